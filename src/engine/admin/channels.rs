//! Rooms that are for somebody else from now on, and what is still on its way.

use std::collections::BTreeSet;

use herald_chat::{Person, RoomRef, Text};

use super::change::Change;
use crate::announce::{self, Action, Out};
use crate::engine::{Engine, Rooms, Step};
use crate::incident::{Audience, House, Incident, IncidentNo};
use crate::journal::Journal;
use crate::outbox::{Dest, Entry, Rank};

impl<J: Journal> Engine<J> {
    pub(super) fn carry_out(&mut self, step: &mut Step, by: &Person, change: Change) -> Text {
        let (room, to) = (change.room().clone(), change.to().cloned());
        let was = self.setup.rooms.mapping(&room).map(|it| it.purpose.clone());
        let house = match (change, was.clone()) {
            (Change::Map { room, written, to }, was) => House::RoomMapped { room, written, to, was },
            (Change::Unmap { room }, Some(was)) => House::RoomUnmapped { room, was },
            (Change::Unmap { .. }, None) => return announce::remapped(&room, None, 0),
        };
        let concerned: BTreeSet<IncidentNo> =
            self.shifts(&room, to.as_ref()).into_values().flat_map(|it| it.gained.into_iter().chain(it.lost)).collect();
        let before = self.setup.rooms.clone();
        let waiting = self.undelivered(step, &before);
        self.record_house(step, Some(by), house);
        let followed = self.follow(step, &before, waiting);
        self.open_there(step, &room);
        let out = Out::war(announce::rerouted(&room, was.as_ref(), to.as_ref(), by));
        let mut told: Vec<Vec<Dest>> = Vec::new();
        for no in concerned {
            let dests = self.destinations(Some(no), &out, None);
            if !told.contains(&dests) {
                self.send(step, Some(no), &out, None);
                told.push(dests);
            }
        }
        announce::remapped(&room, to.as_ref(), followed)
    }

    /// Statements that have not arrived, in the order in which they were made, each with whom it is for: also those that
    /// wait for rooms that were for somebody until an admin said otherwise.
    pub(super) fn undelivered(&self, step: &Step, rooms: &Rooms) -> Vec<(Audience, Entry)> {
        let audience = |room: &RoomRef| {
            let now = rooms.mapping(room).map(|it| &it.purpose);
            now.or_else(|| self.register.mappings.former(room)).map(|purpose| purpose.audience)
        };
        let all = self.outbox.waiting().chain(&step.batch.entries);
        let mut waiting: Vec<(Audience, Entry)> = all
            .filter(|entry| entry.rank == Rank::Public && !step.batch.settled.contains(&entry.id))
            .filter_map(|entry| match &entry.dest {
                Dest::Room(room) => Some((audience(room)?, entry.clone())),
                Dest::Own(..) | Dest::Direct(_) => None,
            })
            .collect();
        waiting.sort_by_key(|(_, entry)| entry.id);
        waiting
    }

    /// Sends these also to the rooms where what they are about is told only now. Where they go already, they arrive once
    /// that room can be reached; if it never can, they were told here. Returns how many statements that are.
    pub(super) fn follow(&mut self, step: &mut Step, before: &Rooms, waiting: Vec<(Audience, Entry)>) -> usize {
        let mut followed = BTreeSet::new();
        let mut sent: BTreeSet<(IncidentNo, String, Dest)> = BTreeSet::new();
        let goes = waiting.iter().filter_map(|(_, entry)| key(entry, entry.dest.clone()));
        sent.extend(goes);
        for (audience, entry) in waiting {
            let about = entry.statement.as_ref().and_then(|statement| self.open.get(&statement.incident));
            let team = about.and_then(|incident| incident.team.as_deref());
            let old = before.serving(audience, team);
            let new = self.setup.rooms.serving(audience, team).into_iter().filter(|room| !old.contains(room));
            let new: Vec<Dest> = new.cloned().map(Dest::Room).collect();
            for dest in new {
                let Some(it) = key(&entry, dest.clone()).filter(|it| !sent.contains(it)) else { continue };
                followed.insert((it.0, it.1.clone()));
                sent.insert(it);
                self.put(step, dest, Rank::Public, entry.action.clone(), None);
                if let Some(copy) = step.batch.entries.last_mut() {
                    copy.statement.clone_from(&entry.statement);
                    copy.subject.clone_from(&entry.subject);
                }
            }
        }
        followed.len()
    }

    /// People who respond are on one network more: so are the rooms of incidents' own.
    pub(super) fn open_there(&mut self, step: &mut Step, room: &RoomRef) {
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
}

/// What makes a statement that statement, and where it goes.
fn key(entry: &Entry, dest: Dest) -> Option<(IncidentNo, String, Dest)> {
    entry.statement.as_ref().map(|statement| (statement.incident, statement.what.clone(), dest))
}
