//! Which room is for whom.

use std::collections::{BTreeMap, BTreeSet};

use herald_chat::{Network, RoomRef};

use crate::incident::Audience;

/// Which room is for whom.
#[derive(Debug, Clone, Default)]
pub struct Rooms {
    audiences: BTreeMap<RoomRef, Audience>,
}

impl Rooms {
    /// From pairs of audience and room.
    #[must_use]
    pub fn new(pairs: impl IntoIterator<Item = (Audience, RoomRef)>) -> Self {
        Self { audiences: pairs.into_iter().map(|(audience, room)| (room, audience)).collect() }
    }

    /// Whom a room is for, if it is mapped.
    #[must_use]
    pub fn audience(&self, room: &RoomRef) -> Option<Audience> {
        self.audiences.get(room).copied()
    }

    /// The rooms for an audience.
    pub fn of(&self, audience: Audience) -> impl Iterator<Item = &RoomRef> {
        self.audiences.iter().filter(move |(_, it)| **it == audience).map(|(room, _)| room)
    }

    /// All mapped rooms.
    pub fn all(&self) -> impl Iterator<Item = &RoomRef> {
        self.audiences.keys()
    }

    /// The networks on which people respond.
    #[must_use]
    pub fn war_networks(&self) -> BTreeSet<Network> {
        self.of(Audience::WarRoom).map(RoomRef::network).collect()
    }

    /// What people call a room: `the company channel`, or `the company channel on matrix` when there are several.
    #[must_use]
    pub fn name(&self, room: &RoomRef) -> String {
        let Some(audience) = self.audience(room) else { return room.id().to_owned() };
        let name = match audience {
            Audience::WarRoom => "the war room",
            Audience::Engineering => "engineering",
            Audience::Admin => "the admin room",
            Audience::Company => "the company channel",
            Audience::Customers => "the customers' channel",
        };
        if self.of(audience).count() > 1 { format!("{name} on {}", room.network()) } else { name.to_owned() }
    }
}
