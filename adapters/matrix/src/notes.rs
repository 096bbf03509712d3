//! What is kept in mind between two calls. All of it can be found again, but how many emoji somebody put on a message: after a
//! start that is counted anew.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use herald_chat::{Arrival, Cursor, RoomRef};
use jiff::{SignedDuration, Timestamp};
use matrix_sdk::Room;
use matrix_sdk::ruma::{EventId, OwnedEventId, OwnedRoomId, OwnedUserId, RoomId, UserId};

use crate::made::Beginning;
use crate::rooms::ARCHIVED;
use crate::successor::Replaced;
use crate::{Inner, RoomKind};

/// In how many messages' threads an answer finds its place.
const THREADS: usize = 1000;
/// Of how many messages it is known who wrote them, without asking the homeserver.
const AUTHORS: usize = 1000;

/// How many different emoji of one person stay on one message where only Herald writes.
const EMOJIS: usize = 10;

/// Of how many rooms it is known how they began, without asking the store or the homeserver.
const ROOMS: usize = 1000;

/// See the module's words.
#[derive(Default)]
pub(crate) struct Notes {
    /// Rooms where nobody but Herald may write.
    guarded: BTreeSet<OwnedRoomId>,
    /// Rooms that Herald has closed, and those of which it is known that it has not.
    archived: BTreeMap<OwnedRoomId, bool>,
    removed: BTreeSet<OwnedRoomId>,
    /// Rooms where people can write who have as much power as Herald.
    peers: BTreeSet<OwnedRoomId>,
    /// Rooms that a person made for a talk with Herald, until a sync says so.
    directs: BTreeMap<OwnedRoomId, OwnedUserId>,
    /// Talks of which the homeserver has said that they are between two, since something has happened there last.
    between: BTreeMap<OwnedRoomId, OwnedUserId>,
    /// How often something has happened that may end a talk.
    changes: u64,
    /// Rooms that were named to Herald, for whatever purpose, and have one still.
    pub(crate) named: BTreeSet<OwnedRoomId>,
    /// What the rooms are for that serve something.
    pub(crate) kinds: BTreeMap<OwnedRoomId, RoomKind>,
    /// Rooms that were given up, and what comes of that.
    pub(crate) replaced: BTreeMap<OwnedRoomId, Replaced>,
    /// How rooms began.
    beginnings: Recent<Beginning>,
    /// The last page read of each room: where it ended, and the server's token for that.
    pages: BTreeMap<RoomRef, (Cursor, String)>,
    /// Which thread a message stands in.
    threads: Recent<OwnedEventId>,
    /// Who wrote a message.
    authors: Recent<OwnedUserId>,
    /// With which emoji somebody has reacted to a message where only Herald writes.
    reactions: Recent<BTreeSet<String>>,
    last_sync: Option<Timestamp>,
    began: Option<Timestamp>,
    /// Whether the last sync has failed.
    fails: bool,
    /// What was asked for in vain, and how often.
    unanswered: BTreeMap<OwnedEventId, u32>,
}

impl Inner {
    pub(crate) fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn arrive(&self, arrival: Arrival) {
        // Nobody listens only while Herald stops.
        let _ = self.arrivals.unbounded_send(arrival);
    }

    pub(crate) fn is_ready(&self) -> bool {
        *self.ready.borrow()
    }

    pub(crate) fn set_ready(&self) {
        self.ready.send_replace(true);
    }

    pub(crate) fn is_closed(&self) -> bool {
        *self.closed.borrow()
    }

    /// Lets time pass, but not once Herald stops.
    pub(crate) async fn wait(&self, time: Duration) {
        let mut closed = self.closed.subscribe();
        let until = self.clock.now().saturating_add(time).unwrap_or(Timestamp::MAX);
        tokio::select! {
            _ = closed.wait_for(|closed| *closed) => {}
            () = self.clock.until(until) => {}
        }
    }

    pub(crate) fn heard_at(&self, now: Timestamp) {
        self.notes().last_sync = Some(now);
    }

    pub(crate) fn begin(&self) {
        self.notes().began = Some(self.clock.now());
    }

    /// This event was asked for in vain. Returns how often.
    pub(crate) fn asked_in_vain_for(&self, id: &EventId) -> u32 {
        let mut notes = self.notes();
        let tries = notes.unanswered.entry(id.to_owned()).or_default();
        *tries += 1;
        *tries
    }

    /// This one need not be asked for any more.
    pub(crate) fn answered_for(&self, id: &EventId) {
        self.notes().unanswered.remove(id);
    }

    pub(crate) fn note_failing(&self, fails: bool) {
        self.notes().fails = fails;
    }

    /// Whether the last sync has failed.
    pub(crate) fn is_failing(&self) -> bool {
        self.notes().fails
    }

    /// How long ago the homeserver last answered a sync; since the start, when it never has.
    pub(crate) fn silence(&self) -> Option<SignedDuration> {
        let notes = self.notes();
        let last = notes.last_sync.or(notes.began)?;
        Some(self.clock.now().duration_since(last))
    }

    /// How long ago the homeserver last answered a sync, if it ever has.
    pub(crate) fn last_heard(&self) -> Option<SignedDuration> {
        let last = self.notes().last_sync?;
        Some(self.clock.now().duration_since(last))
    }

    pub(crate) fn note_guarded(&self, room: &RoomId, guarded: bool) {
        if guarded {
            self.notes().guarded.insert(room.to_owned());
        } else {
            self.notes().guarded.remove(room);
        }
    }

    pub(crate) fn is_guarded(&self, room: &RoomId) -> bool {
        self.notes().guarded.contains(room)
    }

    pub(crate) fn note_archived(&self, room: &RoomId) {
        self.notes().archived.insert(room.to_owned(), true);
    }

    /// Whether Herald has closed a room, perhaps in an earlier run: looked up once, since only Herald does that.
    pub(crate) async fn is_archived(&self, room: &Room) -> bool {
        let known = self.notes().archived.get(room.room_id()).copied();
        if let Some(archived) = known {
            return archived;
        }
        let Ok(found) = room.get_state_event(ARCHIVED.into(), "").await else { return false };
        // It may have been closed meanwhile.
        *self.notes().archived.entry(room.room_id().to_owned()).or_insert(found.is_some())
    }

    /// Whether this is news.
    pub(crate) fn note_removed(&self, room: &RoomId) -> bool {
        self.notes().removed.insert(room.to_owned())
    }

    pub(crate) fn is_removed(&self, room: &RoomId) -> bool {
        self.notes().removed.contains(room)
    }

    /// The rooms that serve something and that Herald is not in any more.
    pub(crate) fn missing(&self) -> Vec<OwnedRoomId> {
        let notes = self.notes();
        notes.removed.iter().filter(|room| notes.named.contains(*room)).cloned().collect()
    }

    /// The rooms that serve something.
    pub(crate) fn serving(&self) -> BTreeSet<OwnedRoomId> {
        self.notes().named.clone()
    }

    /// Whether this is news.
    pub(crate) fn returned(&self, room: &RoomId) -> bool {
        self.notes().removed.remove(room)
    }

    pub(crate) fn note_direct(&self, room: &RoomId, user: &UserId) {
        self.notes().directs.insert(room.to_owned(), user.to_owned());
    }

    pub(crate) fn noted_direct(&self, room: &RoomId) -> Option<OwnedUserId> {
        self.notes().directs.get(room).cloned()
    }

    pub(crate) fn forget_direct(&self, room: &RoomId) {
        self.notes().directs.remove(room);
    }

    pub(crate) fn note_page(&self, room: &RoomRef, cursor: Cursor, token: String) {
        self.notes().pages.insert(room.clone(), (cursor, token));
    }

    pub(crate) fn page_token(&self, room: &RoomRef, cursor: &Cursor) -> Option<String> {
        self.notes().pages.get(room).filter(|(at, _)| at == cursor).map(|(_, token)| token.clone())
    }

    pub(crate) fn note_thread(&self, message: &EventId, root: OwnedEventId) {
        self.notes().threads.note(message.to_string(), root, THREADS);
    }

    pub(crate) fn thread(&self, message: &str) -> Option<OwnedEventId> {
        self.notes().threads.known.get(message).cloned()
    }

    pub(crate) fn note_author(&self, message: &EventId, author: &UserId) {
        self.notes().authors.note(message.to_string(), author.to_owned(), AUTHORS);
    }

    pub(crate) fn author(&self, message: &EventId) -> Option<OwnedUserId> {
        self.notes().authors.known.get(message.as_str()).cloned()
    }

    /// Whether somebody has not put more different emoji on a message than may stay.
    pub(crate) fn note_reaction(&self, message: &str, by: &UserId, emoji: &str) -> bool {
        let (mut notes, place) = (self.notes(), format!("{message} {by}"));
        let mut emojis = notes.reactions.known.get(&place).cloned().unwrap_or_default();
        if !emojis.contains(emoji) && emojis.len() >= EMOJIS {
            return false;
        }
        emojis.insert(emoji.to_owned());
        notes.reactions.note(place, emojis, AUTHORS);
        true
    }

    pub(crate) fn note_beginning(&self, room: &RoomId, beginning: Beginning) {
        self.notes().beginnings.note(room.to_string(), beginning, ROOMS);
    }

    pub(crate) fn known_beginning(&self, room: &RoomId) -> Option<Beginning> {
        self.notes().beginnings.known.get(room.as_str()).cloned()
    }

    pub(crate) fn is_known_between(&self, room: &RoomId, with: &UserId) -> bool {
        self.notes().between.get(room).is_some_and(|it| it == with)
    }

    /// To be given to [`Inner::note_between`] by whoever looks.
    pub(crate) fn changes(&self) -> u64 {
        self.notes().changes
    }

    /// A room was seen to be between two, unless something has happened since whoever looked began.
    pub(crate) fn note_between(&self, room: &RoomId, with: &UserId, changes: u64) {
        let mut notes = self.notes();
        if notes.changes == changes {
            notes.between.insert(room.to_owned(), with.to_owned());
        }
    }

    /// Something has happened in a room that may end a talk.
    pub(crate) fn note_change(&self, room: &RoomId) {
        let mut notes = self.notes();
        notes.changes += 1;
        notes.between.remove(room);
    }

    /// This room serves something, so it is nobody's talk with Herald.
    pub(crate) fn note_named(&self, room: &RoomId) {
        self.notes().named.insert(room.to_owned());
    }

    /// People there have as much power as Herald. Whether that is news.
    pub(crate) fn note_peers(&self, room: &RoomId) -> bool {
        self.notes().peers.insert(room.to_owned())
    }

    /// It serves nothing any more.
    pub(crate) fn forget_named(&self, room: &RoomId) {
        let mut notes = self.notes();
        notes.named.remove(room);
        notes.kinds.remove(room);
    }

    /// What a room is for.
    pub(crate) fn note_kind(&self, room: &RoomId, kind: RoomKind) {
        self.notes().kinds.insert(room.to_owned(), kind);
    }

    /// What a room is for, if it serves something.
    pub(crate) fn kind_of(&self, room: &RoomId) -> Option<RoomKind> {
        let notes = self.notes();
        if notes.guarded.contains(room) {
            return Some(RoomKind::Announcements);
        }
        let known = notes.kinds.get(room).copied();
        known.or_else(|| notes.named.contains(room).then_some(RoomKind::Private))
    }

    pub(crate) fn is_named(&self, room: &RoomId) -> bool {
        let notes = self.notes();
        notes.named.contains(room) || notes.guarded.contains(room)
    }
}

/// What is known of the newest messages or rooms, by their ids.
#[derive(Debug)]
struct Recent<T> {
    known: BTreeMap<String, T>,
    order: VecDeque<String>,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self { known: BTreeMap::new(), order: VecDeque::new() }
    }
}

impl<T> Recent<T> {
    fn note(&mut self, id: String, what: T, most: usize) {
        if self.known.insert(id.clone(), what).is_none() {
            self.order.push_back(id);
        }
        if self.order.len() > most
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Recent;

    #[test]
    fn of_many_the_newest_are_known_and_no_more() {
        let mut recent = Recent::default();
        for n in 0..10 {
            recent.note(n.to_string(), n, 3);
            recent.note(n.to_string(), n + 100, 3);
        }
        assert_eq!(recent.known.into_values().collect::<Vec<_>>(), [107, 108, 109]);
        assert_eq!(recent.order.len(), 3);
    }
}
