//! Which rooms are Herald's own, and who was let into them: Herald's own record of it.
//!
//! A room that is opened is on record with its key before anybody is told of it. Where the answer to its making was lost, it
//! is known again by a mark in its topic that only this Herald can have put there, and only as it was made: seen by nobody but
//! Herald and those who were let in. Whatever else bears such a mark is left alone, and another room is made.

use std::collections::BTreeMap;
use std::sync::Arc;

use herald_chat::{Arrival, Inbound, Origin, RoomPart, RoomSpec, SendError, SendKey, What};
use jiff::Timestamp;
use rand::RngExt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tracing::{error, info};

use crate::Inner;
use crate::failure::later;
use crate::line::allowable;
use crate::names::{person, room_ref, user_id};
use crate::permissions::{Channel, Kind, Overwrite, SEND_MESSAGES, VIEW_CHANNEL};
use crate::rest::Request;
use crate::sight::Told;
use crate::store::Store;

/// The names of the files.
const FILE: &str = "rooms.json";
const SECRET: &str = "secret";
/// What the mark in a topic begins with.
const MARK: &str = "herald:";
/// How many letters of the mark follow.
const LETTERS: usize = 32;
/// How often it is tried to take somebody's access back before the next change or start has to do it.
const TRIES: u32 = 5;

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

    fn opened_with(&self, key: &SendKey) -> Option<u64> {
        self.rooms.iter().find(|(_, room)| room.key == key.as_str()).map(|(channel, _)| *channel)
    }
}

/// What no one else can guess, made once.
pub(crate) fn secret(store: &Store) -> String {
    if let Some(kept) = store.get::<String>(SECRET) {
        return kept;
    }
    let bytes: [u8; 32] = rand::rng().random();
    let made = hex(&bytes);
    store.keep(SECRET, &made);
    made
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
        let (mut fit, other): (Vec<&Channel>, Vec<&Channel>) = marked.partition(|it| self.is_as_made(it, spec));
        for channel in other {
            let shown = channel.shown();
            error!(channel = channel.id, "{shown} bears the mark of a room of Herald's, and is none: it is left alone");
        }
        // The mark was to be seen only after the first was there.
        fit.sort_by_key(|it| it.id);
        let Some(found) = fit.first().map(|it| it.id) else { return Ok(None) };
        self.note_own_room(found, spec, key).await?;
        Ok(Some(found))
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

    /// A room is Herald's, and these are in it.
    pub(crate) async fn note_own_room(&self, channel: u64, spec: &RoomSpec, key: &SendKey) -> Result<(), SendError> {
        let mut people = BTreeMap::new();
        for member in &spec.members {
            let user = user_id(member)?;
            if user != self.my_id()
                && let Some(told) = self.member(user).await?
            {
                people.insert(user, self.as_let_in(&told));
            }
        }
        let mut notes = self.notes();
        notes.own.rooms.insert(channel, Room { key: key.as_str().to_owned(), people });
        self.store.keep(FILE, &notes.own);
        Ok(())
    }

    /// Somebody was let into a room, who stands so on the server.
    pub(crate) fn note_let_in(&self, channel: u64, user: u64, told: &Told) {
        let let_in = self.as_let_in(told);
        let mut notes = self.notes();
        if let Some(room) = notes.own.rooms.get_mut(&channel) {
            room.people.insert(user, let_in);
            self.store.keep(FILE, &notes.own);
        }
    }

    fn as_let_in(&self, told: &Told) -> LetIn {
        let role = self.settings.responders.map(u64::from);
        LetIn { joined: told.joined, responds: role.is_some_and(|role| told.has(role)) }
    }

    fn note_let_out(&self, channel: u64, user: u64) -> bool {
        let mut notes = self.notes();
        let was = notes.own.rooms.get_mut(&channel).is_some_and(|room| room.people.remove(&user).is_some());
        if was {
            self.store.keep(FILE, &notes.own);
        }
        was
    }

    pub(crate) fn forget_own(&self, channel: u64) {
        let mut notes = self.notes();
        if notes.own.rooms.remove(&channel).is_some() {
            self.store.keep(FILE, &notes.own);
        }
    }

    pub(crate) fn own_rooms(&self) -> Vec<u64> {
        self.notes().own.rooms.keys().copied().collect()
    }

    /// Somebody stands so on the server now, or is not there any more: what that is not enough for is taken back.
    pub(crate) async fn hold_access(self: Arc<Self>, user: u64, told: Option<Told>) {
        let role = self.settings.responders.map(u64::from);
        let lost = |it: &LetIn| match &told {
            None => true,
            Some(told) => told.joined != it.joined || (it.responds && role.is_some_and(|role| !told.has(role))),
        };
        let rooms: Vec<u64> = {
            let notes = self.notes();
            let theirs = notes.own.rooms.iter().filter(|(_, room)| room.people.get(&user).is_some_and(lost));
            theirs.map(|(channel, _)| *channel).collect()
        };
        for channel in rooms {
            for n in 1..=TRIES {
                match self.shut_out(channel, user).await {
                    Ok(()) => {
                        if self.note_let_out(channel, user) {
                            info!(channel, user, "somebody's access to a room of Herald's was taken back");
                            self.tell_out(channel, user);
                        }
                        break;
                    }
                    Err(why) => {
                        error!(channel, user, %why, "somebody's access to a room of Herald's could not be taken back");
                        self.wait(std::time::Duration::from_secs(1 << n)).await;
                    }
                }
            }
        }
    }

    /// Looks at all who were let in anywhere, at the beginning of a session: nobody knows what was changed before.
    pub(crate) async fn hold_all_access(self: Arc<Self>) {
        let people: std::collections::BTreeSet<u64> = {
            let notes = self.notes();
            notes.own.rooms.values().flat_map(|room| room.people.keys().copied()).collect()
        };
        for user in people {
            match self.member(user).await {
                Ok(told) => self.clone().hold_access(user, told).await,
                Err(why) => error!(user, %why, "it cannot be seen whether somebody may still read rooms of Herald's"),
            }
        }
        for channel in self.own_rooms() {
            self.hold_private(channel).await;
        }
    }

    /// Takes somebody's own rule in a channel away.
    pub(crate) async fn shut_out(&self, channel: u64, user: u64) -> Result<(), SendError> {
        let request = Request::delete(format!("/channels/{channel}/permissions/{user}"));
        match self.rest.ask(request.because("Not in this room any more")).await {
            Ok(_) => {
                self.look_anew(Some(channel));
                Ok(())
            }
            // No such rule, or no such channel.
            Err(failure) if failure.is_code(10009) || failure.is_code(10003) => Ok(()),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Takes somebody out of a room.
    pub(crate) async fn let_out(&self, channel: u64, user: u64) -> Result<(), SendError> {
        if user == self.my_id() {
            return Err(crate::failure::refused("Herald stays in its own rooms."));
        }
        self.shut_out(channel, user).await?;
        self.note_let_out(channel, user);
        Ok(())
    }

    fn tell_out(&self, channel: u64, user: u64) {
        let at = self.clock.now();
        let who = self.called(user).unwrap_or_else(|| person(user, &[]));
        self.arrive(Arrival::Event(Inbound {
            room: room_ref(channel),
            id: format!("out:{user}:{at}"),
            cursor: None,
            by: who.clone(),
            origin: Origin::Own,
            direct: false,
            at,
            what: What::Left { user: who.id },
        }));
    }

    /// Sees to it that a room of Herald's is for those who were let in alone, whatever became of its rules.
    pub(crate) async fn hold_private(&self, channel: u64) {
        match self.make_private(channel).await {
            Ok(()) => {}
            Err(why) => error!(channel, %why, "a room of Herald's may be open to others"),
        }
    }

    async fn make_private(&self, id: u64) -> Result<(), SendError> {
        // Each rule that is put back brings another look: that one waits until all of this is done and told.
        let lock = self.notes().mind.access.clone();
        let _alone = lock.lock().await;
        // Before the look: whoever is on record has been let in.
        let people: Vec<u64> = {
            let notes = self.notes();
            let Some(room) = notes.own.rooms.get(&id) else { return Ok(()) };
            room.people.keys().copied().collect()
        };
        self.look_anew(Some(id));
        let Some(view) = self.view(id).await? else { return Err(later("Discord calls it a conversation of two")) };
        let guild = self.settings.guild.get();
        let may = allowable(&view.guild, &view.channel, &view.me);
        let mut rules = Vec::new();
        let herald = view.channel.rule(Kind::Member, self.my_id());
        if !herald.allow.has(VIEW_CHANNEL) {
            rules.push(Overwrite {
                allow: herald.allow | (VIEW_CHANNEL & may),
                deny: herald.deny - VIEW_CHANNEL,
                ..herald
            });
        }
        let everybody = view.channel.rule(Kind::Role, guild);
        if !everybody.deny.has(VIEW_CHANNEL) {
            rules.push(Overwrite {
                allow: everybody.allow - VIEW_CHANNEL,
                deny: everybody.deny | VIEW_CHANNEL,
                ..everybody
            });
        }
        let others = view.channel.overwrites.iter().filter(|it| it.kind == Kind::Role && it.id != guild);
        let open = others.filter(|it| it.allow.has(VIEW_CHANNEL));
        rules.extend(open.map(|it| Overwrite { allow: it.allow - VIEW_CHANNEL, ..*it }));
        if !rules.is_empty() {
            self.set_rules(id, &rules, "Only those who were let in read here").await?;
            self.tell_altered(id, RoomPart::Access, crate::audit::CHANNEL_CHANGED, id).await;
        }
        // Whom somebody has taken out by hand is not let in again by itself.
        let is_in = |channel: &Channel, user: u64| channel.rule(Kind::Member, user).allow.has(VIEW_CHANNEL);
        if people.iter().any(|user| !is_in(&view.channel, *user)) {
            let now: Channel = self.rest.ask_as(Request::get(format!("/channels/{id}"))).await?;
            for user in people.into_iter().filter(|user| !is_in(&now, *user)) {
                if self.note_let_out(id, user) {
                    self.tell_out(id, user);
                }
            }
        }
        Ok(())
    }
}
