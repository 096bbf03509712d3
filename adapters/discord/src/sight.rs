//! The server, Herald's place in it and a channel, as Discord tells of them.

use std::collections::BTreeMap;

use herald_chat::SendError;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::Inner;
use crate::failure::refused;
use crate::line::lacking;
use crate::names::snowflake;
use crate::permissions::{
    Channel, Guild, Member, Permissions, READ_MESSAGE_HISTORY, VIEW_CHANNEL, in_channel, in_thread,
};
use crate::rest::{Failure, Request};

/// For how long an answer is good when the gateway has told of no change since.
const FRESH: SignedDuration = SignedDuration::from_mins(10);
/// The kinds of channels that stand in another one.
const THREADS: [u8; 3] = [10, 11, 12];

/// What was seen, and when.
#[derive(Default)]
pub(crate) struct Sight {
    guild: Option<(Timestamp, Guild)>,
    me: Option<(Timestamp, Member)>,
    channels: BTreeMap<u64, (Timestamp, Channel)>,
    /// How often something has changed: what was asked for before it is not kept.
    changes: u64,
}

impl Sight {
    /// Something has changed: in one channel, or everywhere.
    fn forget(&mut self, channel: Option<u64>) {
        self.changes += 1;
        match channel {
            Some(channel) => drop(self.channels.remove(&channel)),
            None => *self = Self { changes: self.changes, ..Self::default() },
        }
    }
}

/// A channel of the server, and what decides who may do what in it.
pub(crate) struct View {
    pub(crate) guild: Guild,
    pub(crate) me: Member,
    /// The channel itself, perhaps a thread.
    pub(crate) place: Channel,
    /// The channel whose rules hold: a thread has none.
    pub(crate) channel: Channel,
}

/// A member, as Discord tells of one.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Told {
    roles: Vec<String>,
    /// When they came.
    #[serde(default, rename = "joined_at")]
    pub(crate) joined: Option<Timestamp>,
    #[serde(default)]
    communication_disabled_until: Option<Timestamp>,
}

impl Told {
    /// Somebody with these roles who came then.
    pub(crate) fn of(roles: Vec<String>, joined: Option<Timestamp>) -> Self {
        Self { roles, joined, communication_disabled_until: None }
    }

    /// Whether they have this role.
    pub(crate) fn has(&self, role: u64) -> bool {
        self.roles.iter().any(|it| snowflake(it) == Some(role))
    }

    /// What it says about this user at this time.
    pub(crate) fn member(&self, user: u64, now: Timestamp) -> Member {
        let is_timed_out = self.communication_disabled_until.is_some_and(|until| until > now);
        let roles = self.roles.iter().filter_map(|role| snowflake(role)).collect();
        Member { user, roles, is_timed_out }
    }
}

impl View {
    /// What Herald may do there.
    pub(crate) fn may(&self) -> Permissions {
        if THREADS.contains(&self.place.kind) {
            in_thread(&self.guild, &self.channel, self.place.kind, true, &self.me)
        } else {
            in_channel(&self.guild, &self.channel, &self.me)
        }
    }
}

impl Channel {
    pub(crate) fn is_thread(&self) -> bool {
        THREADS.contains(&self.kind)
    }
}

impl Inner {
    /// Herald's own number.
    pub(crate) fn my_id(&self) -> u64 {
        snowflake(self.me.id.id()).unwrap_or(0)
    }

    /// Something has changed: in one channel, or everywhere.
    pub(crate) fn look_anew(&self, channel: Option<u64>) {
        self.notes().mind.sight.forget(channel);
    }

    /// Keeps what was seen, unless something has changed since it was asked for.
    fn note_seen(&self, changes: u64, note: impl FnOnce(&mut Sight)) {
        let sight = &mut self.notes().mind.sight;
        if sight.changes == changes {
            note(sight);
        }
    }

    /// A channel, as it was seen a moment ago.
    pub(crate) async fn channel(&self, id: u64) -> Result<Channel, Failure> {
        let now = self.clock.now();
        let changes = {
            let sight = &self.notes().mind.sight;
            if let Some((at, channel)) = sight.channels.get(&id)
                && is_fresh(*at, now)
            {
                return Ok(channel.clone());
            }
            sight.changes
        };
        let channel: Channel = self.rest.ask_as(Request::get(format!("/channels/{id}"))).await?;
        self.note_seen(changes, |sight| drop(sight.channels.insert(id, (now, channel.clone()))));
        Ok(channel)
    }

    /// The server with its roles.
    pub(crate) async fn guild(&self) -> Result<Guild, Failure> {
        let now = self.clock.now();
        let changes = {
            let sight = &self.notes().mind.sight;
            if let Some((at, guild)) = &sight.guild
                && is_fresh(*at, now)
            {
                return Ok(guild.clone());
            }
            sight.changes
        };
        let guild: Guild = self.rest.ask_as(Request::get(format!("/guilds/{}", self.settings.guild))).await?;
        self.note_seen(changes, |sight| sight.guild = Some((now, guild.clone())));
        Ok(guild)
    }

    /// Herald, as a member of the server.
    pub(crate) async fn myself(&self) -> Result<Member, Failure> {
        let now = self.clock.now();
        let changes = {
            let sight = &self.notes().mind.sight;
            if let Some((at, me)) = &sight.me
                && is_fresh(*at, now)
            {
                return Ok(me.clone());
            }
            sight.changes
        };
        let user = self.my_id();
        let path = format!("/guilds/{}/members/{user}", self.settings.guild);
        let told: Told = self.rest.ask_as(Request::get(path)).await?;
        let me = told.member(user, now);
        self.note_seen(changes, |sight| sight.me = Some((now, me.clone())));
        Ok(me)
    }

    /// A channel of the server. `None` for a conversation of two.
    pub(crate) async fn view(&self, id: u64) -> Result<Option<View>, SendError> {
        let place = self.channel(id).await.map_err(|failure| unseen(id, failure))?;
        if place.guild.is_none() {
            return Ok(None);
        }
        let ruled = place.parent.filter(|_| place.is_thread());
        let channel = match ruled {
            Some(parent) => self.channel(parent).await.map_err(|failure| unseen(parent, failure))?,
            None => place.clone(),
        };
        Ok(Some(View { guild: self.guild().await?, me: self.myself().await?, place, channel }))
    }

    /// Whether Herald may read what was said in `channel`. Without that, Discord gives an empty history and no error.
    pub(crate) async fn may_read(&self, channel: u64) -> Result<(), SendError> {
        let Some(view) = self.view(channel).await? else { return Ok(()) };
        let needed = VIEW_CHANNEL | READ_MESSAGE_HISTORY;
        if view.may().has(needed) {
            return Ok(());
        }
        let why = lacking(&view.guild, &view.channel, &view.me, needed);
        Err(refused(why.unwrap_or_else(|| format!("Herald cannot read in {}.", view.place.shown()))))
    }

    /// What a failed call in a channel means, with the permission that is missing if that is why.
    pub(crate) async fn why_not(&self, channel: u64, needed: Permissions, failure: Failure) -> SendError {
        // No access, no permission, no reply without the history.
        if ![50001, 50013, 160_002].iter().any(|code| failure.is_code(*code)) {
            return failure.into();
        }
        self.look_anew(None);
        match self.view(channel).await {
            Ok(Some(view)) => match lacking(&view.guild, &view.channel, &view.me, needed) {
                Some(why) => refused(why),
                None => failure.into(),
            },
            Ok(None) => failure.into(),
            Err(error) => error,
        }
    }
}

fn unseen(channel: u64, failure: Failure) -> SendError {
    if failure.is_code(50001) {
        return refused(format!(
            "Herald cannot see the channel {channel}. Allow `View Channel` for Herald there (Edit Channel, Permissions)."
        ));
    }
    failure.into()
}

fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) < FRESH
}
