//! How it stands with Discord, asked without changing anything there: no session, no command, no channel.

use std::sync::Arc;

use herald_chat::{Clock, Finding, Mapped, Posting};
use serde::Deserialize;
use serenity::model::id::{ChannelId, RoleId};

use crate::gateway::budget::Limit;
use crate::line::{LEAST, faults, lacking, plan};
use crate::names::snowflake;
use crate::permissions::{
    Channel, Guild, MANAGE_CHANNELS, MANAGE_ROLES, Member, READ_MESSAGE_HISTORY, SEND_MESSAGES, VIEW_AUDIT_LOG,
    VIEW_CHANNEL, on_server,
};
use crate::rest::{Request, Rest};
use crate::rooms::{by_name, is_written};
use crate::sight::Told;
use crate::start::{Application, User, ask, intents, invite};
use crate::{RoomKind, Settings, StartError, menu, start};

/// The kind of channels that hold others.
const CATEGORY: u8 = 4;

/// What is said of a channel on record that is not there any more.
const GONE: &str = "the channel that it was found to be is gone. What is for it is held until an admin names another with \
                    `!admin map`";

#[derive(Deserialize)]
struct Gateway {
    session_start_limit: Limit,
}

/// The server, with all that decides who may do what there.
struct Seen {
    guild: Guild,
    me: Member,
    channels: Vec<Channel>,
    /// The role that is called as one.
    called: Option<u64>,
}

/// Looks at the token, the intents, the server, the commands, the rooms and the people in charge, in this order. Where
/// one of the first is wrong, what depends on it is left out.
pub async fn examine(
    settings: &Settings,
    rooms: &[Mapped<RoomKind>],
    admins: &[u64],
    clock: &Arc<dyn Clock>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    match look(settings, rooms, admins, clock, &mut found).await {
        Ok(()) => {}
        Err((about, error)) => found.push(Finding::wrong(about, error.to_string())),
    }
    found
}

/// What was looked at when it could not go on, and why.
type Stuck = (&'static str, StartError);

async fn look(
    settings: &Settings,
    rooms: &[Mapped<RoomKind>],
    admins: &[u64],
    clock: &Arc<dyn Clock>,
    found: &mut Vec<Finding>,
) -> Result<(), Stuck> {
    let rest = Rest::new(settings.api.as_deref(), settings.token.clone(), clock.clone())
        .map_err(|reason| ("discord", StartError::NoClient { reason }))?;
    let asked = clock.now();
    let (user, date) = rest.ask_dated(Request::get("/users/@me")).await;
    if date.is_some() || user.is_ok() {
        found.push(Finding::clock("discord clock", date.as_deref(), asked, clock.now()));
    }
    let token = |error| ("discord token", error);
    let user = user.map_err(|failure| token(StartError::answer("to say who Herald is", failure)))?;
    let strange = || StartError::Unreachable { reason: "its answer is not that of Discord".to_owned() };
    let user: User = serde_json::from_value(user).map_err(|_| token(strange()))?;
    if !user.bot {
        return Err(token(StartError::NotABot));
    }
    let application: Application =
        ask(&rest, "to say which application it is", "/applications/@me").await.map_err(token)?;
    let (Some(me), Some(application_id)) = (snowflake(&user.id), snowflake(&application.id)) else {
        return Err(token(strange()));
    };
    found.push(Finding::fine("discord token", format!("Herald is {} ({me})", user.username)));
    found.push(match intents(application.flags, application_id) {
        Ok(()) => Finding::fine("discord intents", "Discord gives what people write, and who is on the server"),
        Err(error) => Finding::wrong("discord intents", error.to_string()),
    });
    found.push(sessions(&rest).await);

    let guild = settings.guild.get();
    let server = |error| ("discord server", error);
    start::on_server(&rest, guild, application_id).await.map_err(server)?;
    let invitation = invite(application_id, guild);
    found.push(match menu::may_offer(&rest, (application_id, guild), &invitation).await {
        Ok(()) => Finding::fine("discord commands", "Herald may offer its commands on the server"),
        Err(error) => Finding::wrong("discord commands", error.to_string()),
    });
    let show = "to show the server";
    let told: Told = ask(&rest, show, &format!("/guilds/{guild}/members/{me}")).await.map_err(server)?;
    let seen = Seen {
        guild: ask(&rest, show, &format!("/guilds/{guild}")).await.map_err(server)?,
        channels: ask(&rest, show, &format!("/guilds/{guild}/channels")).await.map_err(server)?,
        me: told.member(me, clock.now()),
        called: settings.called(),
    };
    found.push(seen.rights(&invitation));
    found.push(seen.audit());
    found.extend(seen.named(settings));
    found.extend(rooms.iter().flat_map(|room| seen.room(room, guild)));
    for admin in admins {
        let there: Result<Told, _> = ask(&rest, show, &format!("/guilds/{guild}/members/{admin}")).await;
        found.push(match there {
            Ok(_) => Finding::fine("people.admins", format!("{admin} is on the server")),
            Err(_) => Finding::warning(
                "people.admins",
                format!("{admin} is not on the server. Correct the number, or have that person join"),
            ),
        });
    }
    Ok(())
}

/// How many sessions Discord still lets Herald begin.
async fn sessions(rest: &Rest) -> Finding {
    let about = "discord sessions";
    match ask::<Gateway>(rest, "to say how often Herald may connect", "/gateway/bot").await {
        Ok(Gateway { session_start_limit: Limit { total, remaining, reset_after } }) => {
            let hours = reset_after.div_ceil(60 * 60 * 1000);
            let left = format!("Herald may connect {remaining} of {total} times in the next {hours} h");
            if remaining > total / 2 {
                return Finding::fine(about, left);
            }
            let says = format!("{left}: something restarts it again and again. Find out what, and stop it");
            if remaining <= 1 { Finding::wrong(about, says) } else { Finding::warning(about, says) }
        }
        Err(error) => Finding::warning(about, error.to_string()),
    }
}

impl Seen {
    /// What Herald may do on the whole server.
    fn rights(&self, invitation: &str) -> Finding {
        let about = "discord permissions";
        if self.me.is_timed_out {
            return Finding::wrong(about, "Herald is timed out on the server. Somebody who may has to end that");
        }
        let missing = LEAST - on_server(&self.guild, &self.me);
        if missing.is_empty() {
            return Finding::fine(about, "Herald's role has what it needs on the server");
        }
        Finding::warning(
            about,
            format!(
                "Herald's role lacks `{missing}`. Allow it (Server Settings, Roles), or open {invitation} once more"
            ),
        )
    }

    /// The role and the categories that the configuration names.
    fn named(&self, settings: &Settings) -> Vec<Finding> {
        let mut found = Vec::new();
        if let Some(role) = settings.responders.map(RoleId::get) {
            let about = "discord.responders";
            found.push(if self.guild.roles.iter().any(|it| it.id == role) {
                Finding::fine(about, format!("it is the role {}", self.guild.role_name(role)))
            } else {
                Finding::wrong(about, format!("the server has no role {role}. Write the number of one that it has"))
            });
        }
        for (about, category) in [("discord.category", settings.category), ("discord.archive", settings.archive)] {
            let Some(id) = category.map(ChannelId::get) else { continue };
            let is_there = self.channels.iter().any(|it| it.id == id && it.kind == CATEGORY);
            found.push(if is_there {
                Finding::fine(about, "the category is there")
            } else {
                Finding::warning(
                    about,
                    format!("the server has no category {id}: channels stay outside of it. Write the number of one"),
                )
            });
        }
        found
    }

    /// Whether Herald can see who deletes messages.
    fn audit(&self) -> Finding {
        let about = "discord audit log";
        if on_server(&self.guild, &self.me).has(VIEW_AUDIT_LOG) {
            return Finding::fine(about, "Herald sees who deletes messages");
        }
        let says = "Herald cannot see who deletes messages, and says so when one is deleted. Allow `View Audit Log` for its \
                    role (Server Settings, Roles)";
        Finding::warning(about, says)
    }

    /// A room of the configuration.
    fn room(&self, room: &Mapped<RoomKind>, guild: u64) -> Vec<Finding> {
        let named = room.written.id();
        let by_id = |id: u64| self.channels.iter().find(|it| it.id == id);
        let channel = match snowflake(named) {
            Some(id) => Ok(by_id(id)),
            None => by_name(&self.channels, named),
        };
        let mut moved = None;
        let on_record = room.found.as_ref().filter(|it| **it != room.written).and_then(|it| it.id().parse().ok());
        let channel = match (channel, on_record.and_then(by_id)) {
            // Of several with that name, it is the one on record.
            (Err(why), Some(known)) => {
                moved = Some(Finding::warning(room.about(), format!("{why} Herald goes by {}, as before", known.id)));
                Ok(Some(known))
            }
            (channel, _) => channel,
        };
        let channel = channel.map(|channel| {
            let (id, warning) = room.goes_by(channel.map(|it| it.id.to_string()).as_deref());
            moved = moved.take().or(warning);
            id.and_then(|id| by_id(id.parse().ok()?))
        });
        let found = self.looked_at(room, channel, guild);
        moved.into_iter().chain(found).collect()
    }

    fn looked_at(
        &self,
        room: &Mapped<RoomKind>,
        channel: Result<Option<&Channel>, String>,
        guild: u64,
    ) -> Vec<Finding> {
        let about = room.about();
        let channel = match channel.and_then(|it| it.map_or(Ok(None), |it| is_written(it).map(|()| Some(it)))) {
            Ok(Some(channel)) => channel,
            Ok(None) => {
                let missing = room.missing.or(room.found.is_some().then_some(GONE));
                return vec![self.absent(about, missing)];
            }
            Err(why) => return vec![Finding::wrong(about, why)],
        };
        // The list of a server's channels leaves out whose they are.
        let channel = Channel { guild: Some(guild), ..channel.clone() };
        let vital = VIEW_CHANNEL | SEND_MESSAGES | READ_MESSAGE_HISTORY;
        if let Some(why) = lacking(&self.guild, &channel, &self.me, vital) {
            return vec![Finding::wrong(about, why)];
        }
        if room.kind == RoomKind::Announcements
            && let Some(why) = plan(&self.guild, &channel, &self.me, Posting::HeraldOnly).obstacle
        {
            return vec![Finding::wrong(about, why)];
        }
        let faults = faults(&self.guild, &channel, &self.me, room.kind, self.called);
        if faults.is_empty() {
            return vec![Finding::fine(about, "Herald may do there what it has to")];
        }
        faults.into_iter().map(|fault| Finding::warning(about.clone(), fault)).collect()
    }

    /// A room that is not there.
    fn absent(&self, about: String, missing: Option<&'static str>) -> Finding {
        if let Some(missing) = missing {
            return Finding::wrong(about, missing);
        }
        let needed = MANAGE_CHANNELS | MANAGE_ROLES;
        if on_server(&self.guild, &self.me).has(needed) {
            return Finding::fine(about, "there is no such channel yet, and Herald makes it at its start");
        }
        Finding::wrong(about, crate::rooms::MAY_NOT_MAKE)
    }
}
