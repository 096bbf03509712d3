//! Rooms that were given up for others: Herald goes on in the new one where the network says that it is the right one and can
//! be worked in. Else what is published is held, and whoever can put that right is told how.

use std::collections::BTreeSet;

use herald_chat::{Cursor, Inbound, Origin, Person, Post, RoomRef, Succession, Text};

use crate::announce::{self, Action, Out};
use crate::engine::inbound::Site;
use crate::engine::{Engine, Step};
use crate::incident::{Event, House, IncidentNo, Mapping, Purpose, Source};
use crate::journal::Journal;
use crate::outbox::{Dest, Entry, Rank, Tie};
use crate::relay::Side;

/// Why Herald does not go on where a room was given up for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) struct Doubt {
    pub(in crate::engine) with: Option<RoomRef>,
    pub(in crate::engine) why: String,
}

impl<J: Journal> Engine<J> {
    /// A network says what comes of it that a room was given up.
    pub(in crate::engine) fn replaced(
        &mut self,
        step: &mut Step,
        site: Site,
        by: &Person,
        inbound: &Inbound,
        succession: &Succession,
    ) {
        if matches!(site, Site::Direct | Site::Outside) {
            return;
        }
        let by = (inbound.origin != Origin::Unknown).then_some(by);
        let room = &inbound.room;
        match succession {
            Succession::Follows { room: new, since } => match self.why_not_there(room, new) {
                None => self.go_on_in(step, by, (room, new), Some(since)),
                Some(why) => self.doubt(step, site, room, Some(new), &why),
            },
            Succession::Doubtful { room: new, why, can_heal } => {
                // Nobody says in whose place it is. An incident's own room can be opened anew.
                if let (Site::Own(no), false) = (site, can_heal) {
                    let text = announce::given_up_own(no, why);
                    return self.room_gone(step, no, &room.network(), &text);
                }
                self.doubt(step, site, room, new.as_ref(), why);
            }
            Succession::Undone => {
                if self.admin.given_up.remove(room).is_some() {
                    let text = announce::goes_on(&self.name_of_room(room));
                    self.tell_of_room(step, site, &text);
                }
            }
        }
    }

    /// The rooms that were given up and that Herald does not go on from, each in a sentence or two with what to do.
    pub fn given_up(&self) -> impl Iterator<Item = Text> {
        self.admin.given_up.iter().map(|(room, doubt)| self.doubtful(room, doubt))
    }

    fn doubtful(&self, room: &RoomRef, doubt: &Doubt) -> Text {
        let purpose = self.setup.rooms.mapping(room).map(|it| it.purpose.clone());
        announce::given_up((&self.name_of_room(room), room), doubt.with.as_ref(), purpose.as_ref(), &doubt.why)
    }

    pub(super) fn doubt(&mut self, step: &mut Step, site: Site, room: &RoomRef, with: Option<&RoomRef>, why: &str) {
        let doubt = Doubt { with: with.cloned(), why: why.to_owned() };
        if self.admin.given_up.insert(room.clone(), doubt.clone()).as_ref() != Some(&doubt) {
            let text = self.doubtful(room, &doubt);
            self.tell_of_room(step, site, &text);
        }
    }

    /// Tells the people who respond, and whoever administers Herald, of something about a room.
    pub(in crate::engine) fn tell_of_room(&mut self, step: &mut Step, site: Site, text: &Text) {
        if let Site::Own(no) = site {
            // What is said in the room itself waits.
            let members = self.open.get(&no).map(|it| it.members.clone()).unwrap_or_default();
            self.send(step, Some(no), &Out::war(text.clone()), None);
            return self.tell_alone(step, &members, text);
        }
        let before = step.batch.entries.len();
        self.send(step, None, &Out::admins(text.clone()), None);
        let told: Vec<Dest> = step.batch.entries.iter().skip(before).map(|entry| entry.dest.clone()).collect();
        let out = Out::war(text.clone());
        let all: Vec<Option<IncidentNo>> = [None].into_iter().chain(self.open.keys().copied().map(Some)).collect();
        let mut places: Vec<(Option<IncidentNo>, Dest)> = Vec::new();
        for no in all {
            for dest in self.destinations(no, &out, None) {
                if !told.contains(&dest) && !places.iter().any(|(_, place)| *place == dest) {
                    places.push((no, dest));
                }
            }
        }
        for (no, dest) in places {
            self.queue(step, no, dest, &out, None);
        }
    }

    /// What speaks against going on in a room, although the network says that it takes the place of another.
    fn why_not_there(&self, room: &RoomRef, new: &RoomRef) -> Option<String> {
        if let Some(mapping) = self.setup.rooms.mapping(new) {
            let same = self.setup.rooms.mapping(room).is_some_and(|it| it.purpose == mapping.purpose);
            return (!same).then(|| format!("it is for {} already", mapping.purpose));
        }
        let own = self.open.values().find(|it| it.rooms.contains(new)).map(|it| it.no);
        let over = || self.over.values().find(|it| it.rooms.contains(new)).map(|it| it.no);
        own.or_else(over).map(|no| format!("it is the room of {no}"))
    }

    /// From now on another room is for the same. What has not arrived in the one of before goes there.
    fn go_on_in(
        &mut self,
        step: &mut Step,
        by: Option<&Person>,
        (room, new): (&RoomRef, &RoomRef),
        since: Option<&Cursor>,
    ) {
        let name = self.name_of_room(room);
        let site = self.site_of(room);
        self.admin.given_up.remove(room);
        if let (Some(since), None) = (since, self.cursors.get(new)) {
            step.batch.cursors.insert(new.clone(), since.clone());
        }
        match site {
            Some(Site::Own(no)) => {
                self.record(step, no, by, Event::RoomOpened { room: new.clone() }, None);
            }
            Some(Site::Channel(_)) => {
                let written = self.setup.rooms.mapping(room).filter(|it| it.source == Source::Config);
                let written = written.map(|it| it.written.clone().unwrap_or_else(|| room.clone()));
                let house = House::RoomReplaced { room: room.clone(), with: new.clone(), written };
                self.record_house(step, by, house);
                self.forward(step);
                self.open_there(step, new);
                self.find_boards();
            }
            Some(Site::Direct | Site::Outside) | None => return,
        }
        let text = announce::went_on(&name, new, by);
        match site {
            Some(Site::Own(no)) => self.send(step, Some(no), &Out::war(text), None),
            Some(site) => self.tell_of_room(step, site, &text),
            None => {}
        }
    }

    /// The room that was given up, and for which an admin says that this one is for the same.
    pub(super) fn given_up_for(&self, room: &RoomRef, to: &Purpose) -> Option<RoomRef> {
        let is_for = |old: &RoomRef| {
            let mapping = self.setup.rooms.mapping(old);
            mapping.is_some_and(|Mapping { purpose, .. }| purpose == to) && old.network() == room.network()
        };
        let all = || self.admin.given_up.iter().filter(|(old, _)| *old != room && is_for(old));
        let named = all().find(|(_, doubt)| doubt.with.as_ref() == Some(room));
        named.or_else(|| all().next()).map(|(old, _)| old.clone())
    }

    /// An admin has said so.
    pub(super) fn go_on_as_said(&mut self, step: &mut Step, by: &Person, old: &RoomRef, new: &RoomRef) -> Text {
        let purpose = self.setup.rooms.mapping(old).map(|it| it.purpose.clone());
        let waiting = self.undelivered(step, &self.setup.rooms.clone());
        let is_there = |entry: &Entry| entry.dest == Dest::Room(old.clone());
        let followed: BTreeSet<(IncidentNo, String)> = waiting
            .iter()
            .filter(|(_, entry)| is_there(entry))
            .filter_map(|(_, entry)| entry.statement.as_ref())
            .map(|it| (it.incident, it.what.clone()))
            .collect();
        self.go_on_in(step, Some(by), (old, new), None);
        announce::remapped(new, purpose.as_ref(), followed.len())
    }

    /// What waits for a room that was given up goes where that one's place is now, in its order.
    pub(in crate::engine) fn forward(&mut self, step: &mut Step) {
        let moved = |room: &RoomRef| {
            // A room may have been given up several times.
            let mut at = room;
            for _ in 0..self.register.mappings.replaced().count() {
                let Some((_, next)) = self.register.mappings.replaced().find(|(old, _)| *old == at) else { break };
                at = next;
            }
            (at != room && self.setup.rooms.mapping(room).is_none()).then(|| at.clone())
        };
        let mut waiting: Vec<(Entry, RoomRef)> = self
            .outbox
            .waiting()
            .filter(|entry| !step.batch.settled.contains(&entry.id) && !self.outbox.is_under_way(entry.id))
            .filter_map(|entry| match &entry.dest {
                Dest::Room(room) => Some((entry.clone(), moved(room)?)),
                Dest::Own(..) | Dest::Direct(_) => None,
            })
            .collect();
        waiting.sort_by_key(|(entry, _)| entry.id);
        for (entry, new) in waiting {
            step.batch.settled.push(entry.id);
            // What changes a message of the old room has nothing to change in the new one; a board is made anew there.
            let action = if let Some(post) = entry.action.post().filter(|_| entry.rank != Rank::Board) {
                let reply_to = post.reply_to.clone().filter(|it| it.room == new);
                Action::Post(Post { reply_to, ..post.clone() })
            } else if entry.action.file().is_some() {
                entry.action.clone()
            } else {
                continue;
            };
            step.because(format!("forward:{}", entry.key));
            let tie = entry.tie.clone().map(|tie| Tie { side: Side::Room(new.clone()), ..tie });
            self.put(step, Dest::Room(new), entry.rank, action, tie);
            if let Some(copy) = step.batch.entries.last_mut() {
                copy.statement.clone_from(&entry.statement);
                copy.subject.clone_from(&entry.subject);
                copy.made = entry.made;
            }
        }
    }
}
