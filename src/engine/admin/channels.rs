//! Rooms that are for somebody else from now on, and what is still on its way.

use std::collections::BTreeSet;

use herald_chat::{Person, RoomRef, Text};

use super::change::Change;
use crate::announce::{self, Action, Out};
use crate::engine::{Engine, Step};
use crate::incident::{Audience, House, Incident, IncidentNo, Purpose};
use crate::journal::Journal;
use crate::outbox::{Dest, Entry, Rank};

impl<J: Journal> Engine<J> {
    pub(super) fn carry_out(&mut self, step: &mut Step, by: &Person, change: Change) -> Text {
        let was = self.setup.rooms.mapping(change.room()).map(|it| it.purpose.clone());
        let shift = self.shift(change.room(), change.to());
        let (room, to) = (change.room().clone(), change.to().cloned());
        let house = match (change, &was) {
            (Change::Map { room, written, to }, _) => House::RoomMapped { room, written, to, was: was.clone() },
            (Change::Unmap { room }, Some(was)) => House::RoomUnmapped { room, was: was.clone() },
            // Nothing that was not mapped gets here.
            (Change::Unmap { .. }, None) => return Text::new(),
        };
        // What has not arrived elsewhere is looked up before that is for somebody else.
        let waiting = to.as_ref().map(|to| self.undelivered(step, &room, to)).unwrap_or_default();
        self.record_house(step, Some(by), house);
        let followed: Vec<Entry> = waiting.into_iter().filter(|entry| self.is_told_there(entry, &room)).collect();
        for entry in &followed {
            self.put(step, Dest::Room(room.clone()), Rank::Public, entry.action.clone(), None);
            if let Some(copy) = step.batch.entries.last_mut() {
                copy.statement.clone_from(&entry.statement);
            }
        }
        let tell = |engine: &mut Self, step: &mut Step, all: &[IncidentNo], is: Option<&Purpose>| {
            for no in all {
                engine.send(step, Some(*no), &Out::war(announce::rerouted(*no, &room, was.as_ref(), is, by)), None);
            }
        };
        tell(self, step, &shift.gained, to.as_ref());
        let lost: Vec<IncidentNo> = shift.lost.into_iter().filter(|no| !shift.gained.contains(no)).collect();
        tell(self, step, &lost, to.as_ref());
        self.open_there(step, &room);
        announce::remapped(&room, to.as_ref(), followed.len())
    }

    /// People who respond are on one network more: so are the rooms of incidents' own.
    fn open_there(&mut self, step: &mut Step, room: &RoomRef) {
        if self.setup.rooms.audience(room) != Some(Audience::WarRoom) {
            return;
        }
        let network = room.network();
        let without = |it: &&Incident| {
            it.own_room
                && self.setup.rooms.serves(room, it.team.as_deref())
                && !it.rooms.iter().any(|own| own.network() == network)
        };
        let without: Vec<_> = self.open.values().filter(without).map(|it| (it.no, announce::own_room(it))).collect();
        for (no, out) in without {
            let dest = Dest::Own(no, network.clone());
            let is_open = |entry: &Entry| entry.dest == dest && matches!(entry.action, Action::Open(_));
            if !self.outbox.waiting().chain(&step.batch.entries).any(is_open) {
                self.queue(step, Some(no), dest, &out, None);
            }
        }
    }

    /// Statements for the same audience that wait for other rooms, also for rooms that were for it until an admin said
    /// otherwise: each once, in the order in which they were made.
    fn undelivered(&self, step: &Step, room: &RoomRef, to: &Purpose) -> Vec<Entry> {
        let audience = |room: &RoomRef| {
            let now = self.setup.rooms.mapping(room).map(|it| &it.purpose);
            now.or_else(|| self.register.mappings.former(room)).map(|purpose| purpose.audience)
        };
        let waits = |entry: &&Entry| match &entry.dest {
            Dest::Room(other) => {
                entry.rank == Rank::Public
                    && other != room
                    && audience(other) == Some(to.audience)
                    && !step.batch.settled.contains(&entry.id)
            }
            Dest::Own(..) | Dest::Direct(_) => false,
        };
        let all: Vec<&Entry> = self.outbox.waiting().chain(&step.batch.entries).collect();
        let there = all.iter().filter(|entry| entry.dest == Dest::Room(room.clone()));
        let mut known: BTreeSet<_> = there.filter_map(|entry| name(entry)).collect();
        let mut found: Vec<Entry> = Vec::new();
        let mut waiting: Vec<&Entry> = all.into_iter().filter(waits).collect();
        waiting.sort_by_key(|entry| entry.id);
        for entry in waiting {
            if name(entry).is_some_and(|name| known.insert(name)) {
                found.push(entry.clone());
            }
        }
        found
    }

    /// Whether what the statement is about is told in this room now. Of what is over, the company was told.
    fn is_told_there(&self, entry: &Entry, room: &RoomRef) -> bool {
        let about = entry.statement.as_ref().and_then(|statement| self.open.get(&statement.incident));
        self.setup.rooms.serves(room, about.and_then(|incident| incident.team.as_deref()))
    }
}

/// What makes a statement that statement.
fn name(entry: &Entry) -> Option<(IncidentNo, String)> {
    entry.statement.as_ref().map(|statement| (statement.incident, statement.what.clone()))
}
