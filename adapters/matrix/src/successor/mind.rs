//! What is kept in mind of rooms that were given up.

use herald_chat::{Arrival, Inbound, Succession, What};
use matrix_sdk::ruma::{OwnedRoomId, RoomId};

use crate::Inner;

/// What is kept in mind of a room that was given up.
#[derive(Debug, Default)]
pub(crate) struct Replaced {
    /// The room that is named.
    with: Option<OwnedRoomId>,
    /// What was told last of it.
    told: Option<Succession>,
    /// Whether that has been heard.
    is_heard: bool,
    /// Whether it was given the time in which clients invite people to the new room.
    pub(super) had_time: bool,
}

impl Replaced {
    /// Whether it is not decided that Herald goes on in another room.
    fn is_open(&self) -> bool {
        !matches!(self.told, Some(Succession::Follows { .. }))
    }

    /// Whether the room that is named may be the right one.
    fn may_heal(&self) -> bool {
        match &self.told {
            None | Some(Succession::Doubtful { can_heal: true, .. }) => true,
            Some(Succession::Doubtful { can_heal: false, .. } | Succession::Follows { .. } | Succession::Undone) => {
                false
            }
        }
    }
}

impl Inner {
    /// A room was given up, for this one if that is known.
    pub(super) fn note_replaced(&self, room: &RoomId, with: Option<OwnedRoomId>) {
        let mut notes = self.notes();
        let it = notes.replaced.entry(room.to_owned()).or_default();
        it.with = with.or_else(|| it.with.take());
    }

    /// It goes on. Whether anything else was told before.
    pub(super) fn forget_replaced(&self, room: &RoomId) -> bool {
        self.notes().replaced.remove(room).is_some_and(|it| it.told.is_some())
    }

    /// What comes of it that a room was given up. Whether that is news.
    pub(super) fn note_succession(&self, room: &RoomId, succession: &Succession) -> bool {
        let mut notes = self.notes();
        if *succession == Succession::Undone {
            return true;
        }
        if let Succession::Follows { room: new, .. } = succession
            && let Ok(new) = crate::names::room_id(new)
        {
            // It is for the same from now on.
            let kind = notes.kinds.get(room).copied();
            if notes.named.contains(room) {
                notes.named.insert(new.clone());
            }
            notes.kinds.extend(kind.map(|kind| (new, kind)));
        }
        let it = notes.replaced.entry(room.to_owned()).or_default();
        it.is_heard = false;
        it.told.replace(succession.clone()).as_ref() != Some(succession)
    }

    /// Whoever listens has heard that.
    pub(crate) fn note_heard(&self, arrival: &Arrival) {
        let Arrival::Event(Inbound { room, what: What::Replaced { .. }, .. }) = arrival else { return };
        if let Ok(room) = crate::names::room_id(room)
            && let Some(it) = self.notes().replaced.get_mut(&room)
        {
            it.is_heard = true;
        }
    }

    pub(super) fn is_replaced(&self, room: &RoomId) -> bool {
        self.notes().replaced.contains_key(room)
    }

    /// For which room this one was given up.
    pub(crate) fn replaced_by(&self, room: &RoomId) -> Option<OwnedRoomId> {
        self.notes().replaced.get(room)?.with.clone()
    }

    /// The rooms that were given up and have not gone on elsewhere.
    pub(crate) fn replaced_rooms(&self) -> Vec<OwnedRoomId> {
        self.notes().replaced.iter().filter(|(_, it)| it.is_open()).map(|(room, _)| room.clone()).collect()
    }

    /// The room that was given up for this one, as long as it is not known whether Herald goes on here.
    pub(crate) fn waits_for(&self, room: &RoomId) -> Option<OwnedRoomId> {
        let notes = self.notes();
        // One that serves something already waits for nothing.
        let mut waiting = notes.replaced.iter().filter(|(_, it)| it.may_heal() && !notes.named.contains(room));
        waiting.find(|(_, it)| it.with.as_deref() == Some(room)).map(|(old, _)| old.clone())
    }

    /// Whether whoever listens does not know yet what a room is that takes the place of another. It is not read before that.
    pub(crate) fn is_unheard(&self, room: &RoomId) -> bool {
        let notes = self.notes();
        let is_waiting = |it: &Replaced| it.may_heal() && !notes.named.contains(room);
        let is_so =
            |it: &Replaced| it.with.as_deref() == Some(room) && (is_waiting(it) || !(it.is_open() || it.is_heard));
        notes.replaced.values().any(is_so)
    }

    /// Whether this room has taken the place of another.
    pub(super) fn succeeds(&self, room: &RoomId) -> bool {
        let is_it = |it: &Replaced| !it.is_open() && it.with.as_deref() == Some(room);
        self.notes().replaced.values().any(is_it)
    }
}
