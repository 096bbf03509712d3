//! Names of the configuration that lead elsewhere than to the room on record: asked of admins, and answered by them.

use std::collections::BTreeSet;

use herald_chat::{Person, RoomRef, Text};

use crate::announce::{self, Out};
use crate::engine::{Engine, Step};
use crate::incident::{Audience, Excerpt, House, IncidentNo, Moved, Purpose, Refusal, Source};
use crate::journal::Journal;
use crate::outbox::Dest;

impl<J: Journal> Engine<J> {
    /// The names that lead elsewhere than to the room on record, until an admin says which room is meant.
    pub fn moved(&self) -> impl Iterator<Item = &Moved> {
        let stands = |it: &&Moved| self.register.mappings.found(&it.written) == Some(&it.was);
        self.setup.moved.iter().filter(stands)
    }

    /// Tells admins of those that they have not been told of, once for each room that a name leads to.
    pub(in crate::engine) fn tell_moved(&mut self, step: &mut Step) {
        for moved in self.setup.moved.clone() {
            let mappings = &self.register.mappings;
            let is_known = mappings.moved(&moved.written) == Some(&moved.now);
            if is_known || mappings.found(&moved.written) != Some(&moved.was) {
                continue;
            }
            step.because(format!("moved:{}:{}", moved.written, self.last_seq));
            let house = House::NameMoved { written: moved.written.clone(), now: moved.now.clone() };
            self.record_house(step, None, house);
            self.send(step, None, &Out::admins(announce::name_moved(&moved)), None);
        }
        // What leads where it should is asked anew when it does not any more.
        for (written, room) in self.setup.found.clone() {
            let moved_since = self.setup.moved.iter().any(|it| it.written == written);
            if !moved_since && self.register.mappings.moved(&written).is_some() {
                step.because(format!("moved:{written}:{}", self.last_seq));
                self.record_house(step, None, House::NameMoved { written, now: Some(room) });
            }
        }
    }

    /// Where admins are told: in their rooms, or each of them alone where none can be used.
    pub(in crate::engine) fn admins_places(&self) -> Vec<Dest> {
        let is_there = |room: &&RoomRef| {
            !self.moved().any(|it| it.was == **room && it.gone.is_some())
                && !self.admin.given_up.contains_key(*room)
                && !self.admin.away.contains(*room)
        };
        let rooms: Vec<Dest> = self.setup.rooms.of(Audience::Admin).filter(is_there).cloned().map(Dest::Room).collect();
        if !rooms.is_empty() {
            return rooms;
        }
        self.setup.admins.iter().cloned().map(Dest::Direct).collect()
    }

    /// Whether the room of a statement is gone or given up, and an admin has to say where it goes: it is held until then.
    pub(in crate::engine) fn is_held(&self, dest: &Dest) -> bool {
        let Dest::Room(room) = dest else { return false };
        self.admin.given_up.contains_key(room)
            || self.admin.away.contains(room)
            || self.moved().any(|it| it.was == *room && it.gone.is_some())
    }

    /// An admin names a room by a name that leads elsewhere by now: whether they know that cannot be told.
    pub(super) fn is_no_question(&self, name: &RoomRef) -> Result<(), Refusal> {
        let Some(moved) = self.moved().find(|it| it.written == *name) else { return Ok(()) };
        let why = announce::name_moved(moved).to_string();
        Err(Refusal::NoSuchRoom { room: Excerpt::of(name.as_str()), why })
    }

    /// The question that an admin answers who says that this room is for these: it is where the name leads now, or the
    /// room of before is gone and this one is named in its place.
    pub(super) fn answered_by(&self, room: &RoomRef, to: &Purpose) -> Option<Moved> {
        let answers = |it: &&Moved| {
            let in_place = it.gone.is_some() && it.was.network() == room.network();
            it.purpose == *to && it.was != *room && (it.now.as_ref() == Some(room) || in_place)
        };
        self.moved().find(answers).cloned()
    }

    /// From now on the name means this room. What has not arrived in the one of before goes there.
    pub(super) fn follow_name(
        &mut self,
        step: &mut Step,
        by: &Person,
        moved: &Moved,
        room: &RoomRef,
    ) -> Result<Text, Refusal> {
        if let Some(mapping) = self.setup.rooms.mapping(room).filter(|it| it.source == Source::Config) {
            let what = format!("`{}` is for {}", Excerpt::of(room.as_str()), mapping.purpose);
            return Err(Refusal::HeldByConfig { what, key: "[rooms]".to_owned() });
        }
        let before = self.setup.rooms.clone();
        let waiting = self.undelivered(step, &before);
        let house = House::RoomFound { written: moved.written.clone(), room: room.clone() };
        self.record_house(step, Some(by), house);
        let followed = self.follow(step, &before, waiting);
        if moved.gone.is_some() {
            self.let_go_of(step, &moved.was);
        }
        self.open_there(step, room);
        let out = Out::war(announce::followed(moved, room, by));
        let mut told: Vec<Vec<Dest>> = Vec::new();
        let open: BTreeSet<IncidentNo> = self.open.keys().copied().collect();
        for no in open {
            let dests = self.destinations(Some(no), &out, None);
            if !told.contains(&dests) {
                self.send(step, Some(no), &out, None);
                told.push(dests);
            }
        }
        Ok(announce::remapped(room, Some(&moved.purpose), followed))
    }

    /// What waits for a room that is gone, and has gone elsewhere, is struck.
    fn let_go_of(&self, step: &mut Step, room: &RoomRef) {
        let waits = self.outbox.waiting().filter(|it| it.dest == Dest::Room(room.clone()));
        let waits = waits.filter(|it| !self.outbox.is_under_way(it.id));
        step.batch.settled.extend(waits.map(|it| it.id));
    }
}
