//! The rooms that Herald makes and closes, and who is let into them.

use herald_chat::{Posting, RoomRef, RoomSpec, SendError, SendKey};
use serde_json::{Value, json};
use serenity::model::id::{ChannelId, RoleId};

use crate::Inner;
use crate::failure::refused;
use crate::line::{self, LINE, WORK, archive, is_archived};
use crate::mind::Looker;
use crate::names::{room_ref, snowflake};
use crate::permissions::{
    Channel, Kind, MANAGE_CHANNELS, MANAGE_ROLES, Overwrite, Permissions, READ_MESSAGE_HISTORY, SEND_MESSAGES,
    SEND_MESSAGES_IN_THREADS, VIEW_CHANNEL, on_server,
};
use crate::rest::{Failure, Request};
use crate::sight::Told;

/// Who a room that Herald makes is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoomKind {
    /// Those who respond.
    Private,
    /// Everybody on the server, who may write there.
    Internal,
    /// Everybody on the server, who reads what Herald writes.
    Announcements,
}

/// What is said when Discord does not let Herald make a channel.
pub(crate) const MAY_NOT_MAKE: &str = "Herald may not make channels. Allow `Manage Channels` and `Manage Roles` for its role (Server Settings, \
     Roles), and in the category that rooms are made in.";
/// Discord's limits, in characters.
const TOPIC: usize = 1024;
const NAME: usize = 100;
/// The kinds of channels that Herald works in: text and announcements.
const WRITTEN: [u8; 2] = [0, 5];
/// What readers may do, and what writers may.
pub(crate) const READ: Permissions = VIEW_CHANNEL.and(READ_MESSAGE_HISTORY);
pub(crate) const WRITE: Permissions = READ.and(SEND_MESSAGES).and(SEND_MESSAGES_IN_THREADS);

impl Inner {
    /// The channel that `named`, an id or `#name`, means.
    pub(crate) async fn resolved(&self, named: &str) -> Result<Option<RoomRef>, SendError> {
        if let Some(id) = snowflake(named) {
            return self.known_by_id(id).await;
        }
        let all = self.channels().await?;
        let found = by_name(&all, named).map_err(refused)?;
        Ok(found.map(|channel| room_ref(channel.id)))
    }

    async fn known_by_id(&self, id: u64) -> Result<Option<RoomRef>, SendError> {
        let channel = match self.channel(id).await {
            Ok(channel) => channel,
            Err(failure) if failure.is_code(10003) => return Ok(None),
            Err(failure) => return Err(self.why_not(id, VIEW_CHANNEL, failure).await),
        };
        if channel.guild != Some(self.settings.guild.get()) {
            return Err(refused(format!("{} is not on the server that Herald works on.", channel.shown())));
        }
        is_written(&channel).map_err(refused)?;
        Ok(Some(room_ref(id)))
    }

    /// Makes the channel that the configuration names, unless it is there.
    pub(crate) async fn make_room(&self, name: &str, kind: RoomKind) -> Result<RoomRef, SendError> {
        let lock = self.notes().mind.making.clone();
        let _alone = lock.lock().await;
        let made = match self.resolved(name).await? {
            Some(room) => room,
            None => room_ref(self.make_named(name, kind).await?),
        };
        self.notes().mind.kinds.insert(crate::names::channel_id(&made)?, kind);
        Ok(made)
    }

    async fn make_named(&self, name: &str, kind: RoomKind) -> Result<u64, SendError> {
        let guild = self.settings.guild.get();
        let may = on_server(&self.guild().await?, &self.myself().await?);
        let everybody = match kind {
            RoomKind::Private => rule(Kind::Role, guild, Permissions::NONE, VIEW_CHANNEL),
            RoomKind::Internal => rule(Kind::Role, guild, WRITE & may, Permissions::NONE),
            RoomKind::Announcements => rule(Kind::Role, guild, READ & may, LINE & may),
        };
        let mut rules = vec![everybody, rule(Kind::Member, self.my_id(), (WORK | LINE) & may, Permissions::NONE)];
        if kind == RoomKind::Private {
            let responders = self.settings.responders.map(RoleId::get);
            rules.extend(responders.map(|role| rule(Kind::Role, role, WRITE & may, Permissions::NONE)));
        }
        let made = self.make(name, "", &rules).await?;
        if kind == RoomKind::Private && self.settings.responders.is_none() {
            let line = format!(
                "Only admins see #{}. Name the role of those who respond: set `responders`.",
                channel_name(name)
            );
            self.notes().mind.news.found(made, Looker::Maker, vec![line]);
        }
        Ok(made)
    }

    pub(crate) async fn open_room(&self, spec: &RoomSpec, key: &SendKey) -> Result<RoomRef, SendError> {
        let lock = self.notes().mind.making.clone();
        let _alone = lock.lock().await;
        if let Some(there) = self.room_of(spec, key).await? {
            return Ok(room_ref(there));
        }
        let mark = self.mark(key);
        let may = on_server(&self.guild().await?, &self.myself().await?);
        let (all, line) = match spec.posting {
            Posting::Members => (WRITE, Permissions::NONE),
            Posting::HeraldOnly => (READ, LINE),
        };
        let mut rules = vec![
            rule(Kind::Role, self.settings.guild.get(), Permissions::NONE, VIEW_CHANNEL | line & may),
            rule(Kind::Member, self.my_id(), (WORK | LINE) & may, Permissions::NONE),
        ];
        // Nobody is let in who is not on the server; they can be invited once they are.
        let members = self.on_server(spec).await?;
        rules.extend(members.keys().map(|user| rule(Kind::Member, *user, all & may, Permissions::NONE)));
        let room = TOPIC - mark.len() - " · ".len();
        let topic: String = spec.topic.chars().take(room / 2).collect();
        let topic = if topic.trim().is_empty() { mark } else { format!("{} · {mark}", topic.trim()) };
        let made = self.make(&spec.name, &topic, &rules).await?;
        self.note_own_room(made, &members, key)?;
        Ok(room_ref(made))
    }

    /// Makes a channel in the category for them, or outside of it when that takes no more.
    async fn make(&self, name: &str, topic: &str, rules: &[Overwrite]) -> Result<u64, SendError> {
        let mut body = json!({ "name": channel_name(name), "type": 0, "permission_overwrites": rules });
        if !topic.is_empty() {
            body["topic"] = json!(topic);
        }
        if let Some(category) = self.settings.category {
            body["parent_id"] = json!(category.to_string());
        }
        let path = format!("/guilds/{}/channels", self.settings.guild);
        let mut made = self.rest.ask(Request::post(path.clone(), body.clone())).await;
        if let (Err(failure), Some(category)) = (&made, self.settings.category)
            && is_about_the_category(failure)
        {
            let line =
                format!("The category {category} is full or gone: rooms are made outside of it. Change `category`.");
            self.notes().mind.news.found(category.get(), Looker::Maker, vec![line]);
            body["parent_id"] = Value::Null;
            made = self.rest.ask(Request::post(path, body)).await;
        }
        match made {
            Ok(made) => made["id"]
                .as_str()
                .and_then(snowflake)
                .ok_or_else(|| SendError::Unknown { reason: "Discord named no channel".to_owned() }),
            Err(failure) if failure.is_code(50013) => Err(refused(MAY_NOT_MAKE)),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Lets somebody into a channel, unless they are.
    pub(crate) async fn let_in(&self, channel: u64, user: u64) -> Result<(), SendError> {
        let lock = self.notes().mind.access.clone();
        let _alone = lock.lock().await;
        self.look_anew(Some(channel));
        let Some(view) = self.view(channel).await? else {
            return Err(refused("Nobody can be let into a conversation of two."));
        };
        let Some(told) = self.member(user).await? else {
            let shown = view.place.shown();
            return Err(refused(format!(
                "<@{user}> is not on the server, so cannot be let into {shown}. Invite them first."
            )));
        };
        let closed = is_archived(&view.channel, self.my_id()) || self.is_guarded(channel);
        let grant = if closed { READ } else { WRITE } & line::allowable(&view.guild, &view.channel, &view.me);
        let own = view.channel.rule(Kind::Member, user);
        let wanted = Overwrite { allow: own.allow | grant, deny: own.deny - grant, ..own };
        if wanted != own {
            self.set_rules(channel, &[wanted], "Let in by Herald").await?;
        }
        self.note_let_in(channel, user, &told);
        Ok(())
    }

    /// How somebody stands on the server, if they are there.
    pub(crate) async fn member(&self, user: u64) -> Result<Option<Told>, SendError> {
        let path = format!("/guilds/{}/members/{user}", self.settings.guild);
        match self.rest.ask_as(Request::get(path)).await {
            Ok(told) => Ok(Some(told)),
            Err(failure) if failure.is_code(10007) || failure.is_code(10013) => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Closes a channel for good: everybody in it reads, and nobody writes.
    pub(crate) async fn close_room(&self, channel: u64) -> Result<(), SendError> {
        self.look_anew(None);
        let Some(view) = self.view(channel).await? else {
            return Err(refused("A conversation of two cannot be closed."));
        };
        let plan = archive(&view.guild, &view.channel, &view.me);
        if let Some(why) = plan.obstacle {
            return Err(refused(why));
        }
        self.set_rules(channel, &plan.rules, "The incident is over").await?;
        self.note_closed(channel);
        let archive = self.settings.archive.map(ChannelId::get);
        if archive.is_none() || view.channel.parent == archive {
            return Ok(());
        }
        let body = json!({ "parent_id": archive.map(|category| category.to_string()) });
        let moved = self.rest.ask(Request::patch(format!("/channels/{channel}"), body).because("The incident is over"));
        match moved.await {
            Ok(_) => {
                self.look_anew(Some(channel));
                Ok(())
            }
            Err(failure) if is_about_the_category(&failure) => {
                let id = archive.unwrap_or_default();
                let line =
                    format!("The category {id} is full or gone: closed rooms stay where they are. Change `archive`.");
                self.notes().mind.news.found(id, Looker::Maker, vec![line]);
                Ok(())
            }
            Err(failure) => Err(self.why_not(channel, MANAGE_CHANNELS | MANAGE_ROLES, failure).await),
        }
    }

    /// The server's channels, as Discord has them now.
    pub(crate) async fn channels(&self) -> Result<Vec<Channel>, SendError> {
        Ok(self.rest.ask_as(Request::get(format!("/guilds/{}/channels", self.settings.guild))).await?)
    }
}

/// The channel called `named` among all that Herald can work in.
///
/// # Errors
/// When several are, with what to write.
pub(crate) fn by_name<'a>(all: &'a [Channel], named: &str) -> Result<Option<&'a Channel>, String> {
    let wanted = named.trim_start_matches('#');
    let is_meant = |channel: &&Channel| {
        let name = channel.name.as_deref().unwrap_or_default();
        name.to_lowercase() == wanted.to_lowercase() || name == channel_name(wanted)
    };
    let found: Vec<&Channel> = all.iter().filter(|it| WRITTEN.contains(&it.kind)).filter(is_meant).collect();
    match found.as_slice() {
        [] => Ok(None),
        [only] => Ok(Some(only)),
        several => {
            let ids: Vec<String> = several.iter().map(|channel| channel.id.to_string()).collect();
            let ids = ids.join(" or ");
            Err(format!("Several channels are named #{wanted}. Write the number of the one: {ids}."))
        }
    }
}

/// Whether Herald can work in a channel of this kind.
///
/// # Errors
/// What to take instead.
pub(crate) fn is_written(channel: &Channel) -> Result<(), String> {
    if WRITTEN.contains(&channel.kind) {
        return Ok(());
    }
    Err(format!("{} is no text channel. Take a text channel or one for announcements.", channel.shown()))
}

fn rule(kind: Kind, id: u64, allow: Permissions, deny: Permissions) -> Overwrite {
    Overwrite { id, kind, allow, deny }
}

/// Whether a request failed because a category takes no channel any more.
fn is_about_the_category(failure: &Failure) -> bool {
    match failure {
        Failure::Denied { code: 50035, message, .. } => message.contains("parent_id"),
        Failure::Denied { .. } | Failure::Limited { .. } | Failure::Unreachable { .. } | Failure::Unknown { .. } => {
            false
        }
    }
}

/// A name as Discord writes those of text channels: in lower case, with dashes.
fn channel_name(name: &str) -> String {
    let mut out = String::new();
    for c in name.trim_start_matches('#').to_lowercase().chars() {
        if c.is_alphanumeric() || c == '_' {
            out.push(c);
        } else if (c.is_whitespace() || c == '-') && !out.ends_with('-') {
            out.push('-');
        }
    }
    let out: String = out.trim_matches('-').chars().take(NAME).collect();
    if out.is_empty() { "incident".to_owned() } else { out }
}
