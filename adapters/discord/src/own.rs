//! Which rooms are Herald's own, and who was let into them: Herald's own record of it.
//!
//! A room that is opened is on record with its key before anybody is told of it. Where the answer to its making was lost, it
//! is known again by a mark in its topic that only this Herald can have made up, and only as it was made: seen by nobody but
//! Herald and those who were let in. Whatever else bears such a mark is left alone, and another room is made.

mod access;
mod private;

use std::collections::BTreeMap;

use herald_chat::{RoomSpec, SendError, SendKey};
use jiff::Timestamp;
use rand::RngExt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tracing::error;

use crate::failure::later;
use crate::names::user_id;
use crate::notes::Notes;
use crate::permissions::{Channel, Kind, Overwrite, SEND_MESSAGES, VIEW_CHANNEL};
use crate::sight::Told;
use crate::store::Store;
use crate::{Inner, StartError};

/// The names of the files.
const FILE: &str = "rooms.json";
const SECRET: &str = "secret";
/// What the mark in a topic begins with.
const MARK: &str = "herald:";
/// How many letters of the mark follow.
const LETTERS: usize = 32;

/// The rooms, by their channels.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Own {
    rooms: BTreeMap<u64, Room>,
}

/// A room that Herald opened.
#[derive(Debug, Serialize, Deserialize)]
struct Room {
    /// The key that it was opened with.
    key: String,
    /// Who was let in.
    people: BTreeMap<u64, LetIn>,
    /// Whether it was closed for good.
    #[serde(default)]
    closed: bool,
}

/// How somebody stood when they were let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct LetIn {
    /// When they came to the server: somebody who left and came back is let in anew, or not at all.
    joined: Option<Timestamp>,
    /// Whether they had the role of those who respond.
    responds: bool,
}

impl Own {
    /// What is on record.
    pub(crate) fn kept(store: &Store) -> Self {
        store.get(FILE).unwrap_or_default()
    }

    /// Whether a channel is one of them.
    pub(crate) fn has(&self, channel: u64) -> bool {
        self.rooms.contains_key(&channel)
    }

    fn opened_with(&self, key: &SendKey) -> Option<u64> {
        self.rooms.iter().find(|(_, room)| room.key == key.as_str()).map(|(channel, _)| *channel)
    }
}

/// What no one else can guess, made once.
///
/// # Errors
/// When it cannot be kept: the next start could not know the rooms again that this one makes.
pub(crate) fn secret(store: &Store) -> Result<String, StartError> {
    if let Some(kept) = store.get::<String>(SECRET) {
        return Ok(kept);
    }
    let bytes: [u8; 32] = rand::rng().random();
    let made = hex(&bytes);
    let failed = |error: std::io::Error| StartError::Files { path: store.path(SECRET), reason: error.to_string() };
    store.keep(SECRET, || serde_json::to_vec(&made)).map_err(failed)?;
    Ok(made)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Inner {
    /// What the topic of the room with this key ends with.
    pub(crate) fn mark(&self, key: &SendKey) -> String {
        let hash = Sha256::new().chain_update(&self.secret).chain_update(key.as_str()).finalize();
        let mut hash = hex(&hash);
        hash.truncate(LETTERS);
        format!("{MARK}{hash}")
    }

    /// The room that this key has opened, if it has.
    pub(crate) async fn room_of(&self, spec: &RoomSpec, key: &SendKey) -> Result<Option<u64>, SendError> {
        let on_record = self.notes().own.opened_with(key);
        if let Some(channel) = on_record {
            self.look_anew(Some(channel));
            match self.channel(channel).await {
                Ok(_) => return Ok(Some(channel)),
                Err(failure) if failure.is_code(10003) => self.forget_own(channel),
                Err(failure) => return Err(failure.into()),
            }
        }
        let mark = self.mark(key);
        let all = self.channels().await?;
        let marked = all.iter().filter(|it| it.topic.as_deref().is_some_and(|topic| topic.ends_with(&mark)));
        let (fit, mut other): (Vec<&Channel>, Vec<&Channel>) = marked.partition(|it| self.is_as_made(it, spec));
        let found = if let [only] = fit.as_slice() { Some(only.id) } else { None };
        if found.is_none() {
            // Of several, nobody can tell which was the first.
            other.extend(fit);
        }
        for channel in other {
            let shown = channel.shown();
            error!(channel = channel.id, "{shown} bears the mark of a room of Herald's, and is none: it is left alone");
        }
        let Some(found) = found else { return Ok(None) };
        let members = self.on_server(spec).await?;
        self.note_own_room(found, &members, key)?;
        Ok(Some(found))
    }

    /// Those for whom a room is, Herald left out, as far as they are on the server.
    pub(crate) async fn on_server(&self, spec: &RoomSpec) -> Result<BTreeMap<u64, Told>, SendError> {
        let mut there = BTreeMap::new();
        for member in &spec.members {
            let user = user_id(member)?;
            if user != self.my_id()
                && let Some(told) = self.member(user).await?
            {
                there.insert(user, told);
            }
        }
        Ok(there)
    }

    /// Whether a channel is as [`Inner::open_room`] makes one for `spec`: for nobody else, and for nothing else.
    fn is_as_made(&self, channel: &Channel, spec: &RoomSpec) -> bool {
        let (guild, me) = (self.settings.guild.get(), self.my_id());
        let let_in = |user: u64| spec.members.iter().any(|member| user_id(member) == Ok(user));
        let is_right = |it: &Overwrite| match it.kind {
            Kind::Role => it.id == guild && !it.allow.has(VIEW_CHANNEL),
            Kind::Member => it.id == me || let_in(it.id),
        };
        let serves = {
            let notes = self.notes();
            notes.guarded.contains(&channel.id)
                || notes.mind.kinds.contains_key(&channel.id)
                || notes.own.rooms.contains_key(&channel.id)
        };
        let category = self.settings.category.map(u64::from);
        channel.kind == 0
            && !serves
            && (channel.parent.is_none() || channel.parent == category)
            && channel.rule(Kind::Role, guild).deny.has(VIEW_CHANNEL)
            && channel.rule(Kind::Member, me).allow.has(VIEW_CHANNEL | SEND_MESSAGES)
            && channel.overwrites.iter().all(is_right)
    }

    /// A room is Herald's, and these are in it, who stand so on the server.
    ///
    /// # Errors
    /// When that cannot be kept: then it is none yet.
    pub(crate) fn note_own_room(
        &self,
        channel: u64,
        members: &BTreeMap<u64, Told>,
        key: &SendKey,
    ) -> Result<(), SendError> {
        let people = members.iter().map(|(user, told)| (*user, self.as_let_in(told))).collect();
        self.notes().own.rooms.insert(channel, Room { key: key.as_str().to_owned(), people, closed: false });
        if self.keep(FILE, |notes| &notes.own) {
            return Ok(());
        }
        self.notes().own.rooms.remove(&channel);
        Err(later("it cannot be kept on the disk which room it is"))
    }

    /// Somebody was let into a room, who stands so on the server.
    pub(crate) fn note_let_in(&self, channel: u64, user: u64, told: &Told) {
        let let_in = self.as_let_in(told);
        self.notes().mind.leaving.remove(&(channel, user));
        let was = self.notes().own.rooms.get_mut(&channel).map(|room| room.people.insert(user, let_in));
        if was.is_some_and(|before| before != Some(let_in)) {
            self.keep(FILE, |notes| &notes.own);
        }
    }

    fn as_let_in(&self, told: &Told) -> LetIn {
        let role = self.settings.responders.map(u64::from);
        LetIn { joined: told.joined, responds: role.is_some_and(|role| told.has(role)) }
    }

    /// Somebody is not in a room any more. Whether they were.
    fn note_let_out(&self, channel: u64, user: u64) -> bool {
        let room = |notes: &mut Notes| Some(notes.own.rooms.get_mut(&channel)?.people.remove(&user).is_some());
        self.notes().mind.leaving.remove(&(channel, user));
        let was = room(&mut self.notes()).unwrap_or(false);
        if was {
            self.keep(FILE, |notes| &notes.own);
        }
        was
    }

    /// A room is not there any more.
    pub(crate) fn forget_own(&self, channel: u64) {
        let was = self.notes().own.rooms.remove(&channel).is_some();
        if was {
            self.keep(FILE, |notes| &notes.own);
        }
    }

    /// A room is closed for good.
    pub(crate) fn note_closed(&self, channel: u64) {
        let close = |room: &mut Room| !std::mem::replace(&mut room.closed, true);
        if self.notes().own.rooms.get_mut(&channel).is_some_and(close) {
            self.keep(FILE, |notes| &notes.own);
        }
    }

    pub(crate) fn own_rooms(&self) -> Vec<u64> {
        self.notes().own.rooms.keys().copied().collect()
    }
}
