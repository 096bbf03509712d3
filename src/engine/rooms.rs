//! Which room is for whom.

use std::collections::{BTreeMap, BTreeSet};

use herald_chat::{Network, RoomRef};

use crate::incident::{Audience, Mapping, Purpose, Source};

/// Which room is for whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rooms {
    rooms: BTreeMap<RoomRef, Mapping>,
}

impl Rooms {
    /// From pairs of audience and room, as if the configuration said so.
    #[must_use]
    pub fn new(pairs: impl IntoIterator<Item = (Audience, RoomRef)>) -> Self {
        let mapping = |audience: Audience| Mapping { purpose: audience.into(), written: None, source: Source::Config };
        Self::of_mappings(pairs.into_iter().map(|(audience, room)| (room, mapping(audience))))
    }

    /// From rooms and what is said of them.
    #[must_use]
    pub fn of_mappings(mappings: impl IntoIterator<Item = (RoomRef, Mapping)>) -> Self {
        Self { rooms: mappings.into_iter().collect() }
    }

    /// These, with the room that is on record in place of each that is named by something else than its id, or was given up for another.
    #[must_use]
    pub fn found<'a>(&self, on_record: impl Fn(&RoomRef) -> Option<&'a RoomRef>) -> Self {
        let place = |(room, it): (&RoomRef, &Mapping)| {
            let written = it.written.as_ref().unwrap_or(room);
            match on_record(written).filter(|found| it.source == Source::Config && *found != room) {
                Some(found) => (found.clone(), Mapping { written: Some(written.clone()), ..it.clone() }),
                None => (room.clone(), it.clone()),
            }
        };
        Self { rooms: self.rooms.iter().map(place).collect() }
    }

    /// These and those of `others` that are none of these.
    #[must_use]
    pub fn before<'a>(&self, others: impl Iterator<Item = (&'a RoomRef, &'a Mapping)>) -> Self {
        let mut rooms: BTreeMap<RoomRef, Mapping> = others.map(|(room, it)| (room.clone(), it.clone())).collect();
        rooms.extend(self.rooms.clone());
        Self { rooms }
    }

    /// These, with one room for this, or for nobody.
    #[must_use]
    pub fn with(&self, room: &RoomRef, purpose: Option<&Purpose>) -> Self {
        let mut rooms = self.rooms.clone();
        rooms.remove(room);
        if let Some(purpose) = purpose.cloned() {
            rooms.insert(room.clone(), Mapping { purpose, written: None, source: Source::Config });
        }
        Self { rooms }
    }

    /// What is said of a room, if it is mapped.
    #[must_use]
    pub fn mapping(&self, room: &RoomRef) -> Option<&Mapping> {
        self.rooms.get(room)
    }

    /// Whom a room is for, if it is mapped.
    #[must_use]
    pub fn audience(&self, room: &RoomRef) -> Option<Audience> {
        self.mapping(room).map(|it| it.purpose.audience)
    }

    /// The team whose room it is, if it is one's.
    #[must_use]
    pub fn team(&self, room: &RoomRef) -> Option<&str> {
        self.mapping(room).and_then(|it| it.purpose.team.as_deref())
    }

    /// The room with this id, or that was written so.
    #[must_use]
    pub fn named(&self, name: &RoomRef) -> Option<&RoomRef> {
        let is = |(room, it): &(&RoomRef, &Mapping)| *room == name || it.written.as_ref() == Some(name);
        self.rooms.iter().find(is).map(|(room, _)| room)
    }

    /// The rooms for an audience, of all teams.
    pub fn of(&self, audience: Audience) -> impl Iterator<Item = &RoomRef> {
        self.all().filter(move |room| self.audience(room) == Some(audience))
    }

    /// The rooms for an audience where the incidents of `team` are told: the team's own, and those of no team where it
    /// has none.
    #[must_use]
    pub fn serving(&self, audience: Audience, team: Option<&str>) -> Vec<&RoomRef> {
        let of = |team: Option<&str>| self.of(audience).filter(|room| self.team(room) == team).collect::<Vec<_>>();
        let own = team.map(|team| of(Some(team))).filter(|own| !own.is_empty());
        own.unwrap_or_else(|| of(None))
    }

    /// Whether the incidents of `team` are told in `room`.
    #[must_use]
    pub fn serves(&self, room: &RoomRef, team: Option<&str>) -> bool {
        self.audience(room).is_some_and(|audience| self.serving(audience, team).contains(&room))
    }

    /// The rooms that are for the same as this one, itself among them.
    #[must_use]
    pub fn like(&self, room: &RoomRef) -> Vec<&RoomRef> {
        let Some(mapping) = self.mapping(room) else { return Vec::new() };
        self.rooms.iter().filter(|(_, it)| it.purpose == mapping.purpose).map(|(room, _)| room).collect()
    }

    /// All mapped rooms.
    pub fn all(&self) -> impl Iterator<Item = &RoomRef> {
        self.rooms.keys()
    }

    /// All of them, with what is said of each.
    pub fn entries(&self) -> impl Iterator<Item = (&RoomRef, &Mapping)> {
        self.rooms.iter()
    }

    /// The networks on which the people of `team` respond.
    #[must_use]
    pub fn war_networks(&self, team: Option<&str>) -> BTreeSet<Network> {
        self.serving(Audience::WarRoom, team).into_iter().map(RoomRef::network).collect()
    }

    /// What people call a room: `the company channel`, or `the company channel of payments on matrix` when it is a
    /// team's and there are several.
    #[must_use]
    pub fn name(&self, room: &RoomRef) -> String {
        let Some(mapping) = self.mapping(room) else { return room.id().to_owned() };
        let name = match mapping.purpose.audience {
            Audience::WarRoom => "the war room",
            Audience::Engineering => "engineering",
            Audience::Admin => "the admin room",
            Audience::Company => "the company channel",
            Audience::Customers => "the customers' channel",
        };
        let team = mapping.purpose.team.as_ref().map(|team| format!(" of {team}")).unwrap_or_default();
        let network = if self.like(room).len() > 1 { format!(" on {}", room.network()) } else { String::new() };
        format!("{name}{team}{network}")
    }

    /// The same, as no other room is called.
    #[must_use]
    pub fn place(&self, room: &RoomRef) -> String {
        let beside = self.like(room).into_iter().filter(|it| it.network() == room.network()).count();
        let written = self.mapping(room).and_then(|it| it.written.as_ref()).unwrap_or(room);
        if beside > 1 { format!("{} ({written})", self.name(room)) } else { self.name(room) }
    }
}
