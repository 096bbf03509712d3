//! `[rooms]`: which rooms are for whom.

use std::collections::BTreeMap;

use herald_chat::{Network, RoomRef};
use serde::Deserialize;

use super::{Clash, Config, discord, matrix, values};
use crate::incident::policy::is_team;
use crate::incident::{Audience, Purpose};

/// Which rooms are for whom. No room is for two audiences.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rooms {
    /// For the people who respond.
    #[serde(deserialize_with = "values::rooms")]
    pub war_room: Vec<RoomRef>,
    /// For everybody who could help.
    #[serde(deserialize_with = "values::rooms")]
    pub engineering: Vec<RoomRef>,
    /// For everybody who works here. Only Herald posts there.
    #[serde(deserialize_with = "values::rooms")]
    pub company: Vec<RoomRef>,
    /// For the people who use what is run here. Only Herald posts there.
    #[serde(deserialize_with = "values::rooms")]
    pub customers: Vec<RoomRef>,
    /// For whoever administers Herald.
    #[serde(deserialize_with = "values::rooms")]
    pub admin: Vec<RoomRef>,
}

/// The lists, by name and audience.
const LISTS: [(&str, Audience); 5] = [
    ("war_room", Audience::WarRoom),
    ("engineering", Audience::Engineering),
    ("company", Audience::Company),
    ("customers", Audience::Customers),
    ("admin", Audience::Admin),
];

impl Rooms {
    /// The rooms of `audience`.
    #[must_use]
    pub fn of(&self, audience: Audience) -> &[RoomRef] {
        match audience {
            Audience::WarRoom => &self.war_room,
            Audience::Engineering => &self.engineering,
            Audience::Company => &self.company,
            Audience::Customers => &self.customers,
            Audience::Admin => &self.admin,
        }
    }

    /// All rooms as they are written, each with its key (`rooms.company[0]`) and whom it is for.
    pub fn all(&self) -> impl Iterator<Item = (String, Audience, &RoomRef)> {
        LISTS.into_iter().flat_map(|(name, audience)| {
            let rooms = self.of(audience).iter().enumerate();
            rooms.map(move |(index, room)| (format!("rooms.{name}[{index}]"), audience, room))
        })
    }
}

impl Config {
    /// All rooms as they are written, also those of teams, each with its key (`teams.payments.company[0]`) and whom it is
    /// for.
    pub fn places(&self) -> impl Iterator<Item = (String, Purpose, &RoomRef)> {
        let house = self.rooms.all().map(|(key, audience, room)| (key, audience.into(), room));
        let teams = self.teams.iter().flat_map(|(team, rooms)| {
            rooms.all().map(move |(key, audience, room)| {
                (format!("teams.{team}.{key}"), Purpose { audience, team: Some(team.clone()) }, room)
            })
        });
        house.chain(teams)
    }

    /// Those on one network.
    pub fn places_on<'a>(&'a self, network: &'a Network) -> impl Iterator<Item = (String, Purpose, &'a RoomRef)> {
        self.places().filter(move |(.., room)| room.network() == *network)
    }

    /// A room in two lists would show one audience what is meant for the other.
    pub(super) fn check_places(&self) -> Result<(), Clash> {
        if let Some(team) = self.teams.keys().find(|team| !is_team(team)) {
            let wanted = "call a team by up to 32 small letters, digits and hyphens".to_owned();
            return Err(Clash { key: format!("teams.{team}"), wanted });
        }
        let mut seen = BTreeMap::new();
        for (key, _, room) in self.places() {
            if room.network().as_str() == "matrix" && !matrix::is_room(room.id()) {
                let wanted =
                    r#"write a room's id or alias, such as "matrix:!abc:example.org" or "matrix:#company:example.org""#;
                return Err(Clash { key, wanted: wanted.to_owned() });
            }
            if room.network().as_str() == "discord" && !discord::is_channel(room.id()) {
                let wanted =
                    r#"write a channel's id or name, such as "discord:41771983423143937" or "discord:#company""#;
                return Err(Clash { key, wanted: wanted.to_owned() });
            }
            let name = key.split('[').next().unwrap_or_default().to_owned();
            if let Some(other) = seen.insert(room, name) {
                return Err(Clash { key, wanted: format!("write another room: that one is in {other} already") });
            }
        }
        Ok(())
    }
}
