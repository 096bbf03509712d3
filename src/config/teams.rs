//! `[teams.…]`: the rooms of one team, for the incidents that are declared in one of them.

use herald_chat::RoomRef;
use serde::Deserialize;

use super::values;
use crate::incident::Audience;

/// The rooms of one team. For an audience that it has none for, its incidents are told in those of `[rooms]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Team {
    /// For the people who respond. An incident declared there is this team's.
    #[serde(deserialize_with = "values::rooms")]
    pub war_room: Vec<RoomRef>,
    /// For everybody who could help.
    #[serde(deserialize_with = "values::rooms")]
    pub engineering: Vec<RoomRef>,
    /// For everybody who works here and wants to know. Only Herald posts there.
    #[serde(deserialize_with = "values::rooms")]
    pub company: Vec<RoomRef>,
    /// For the people who use what this team runs. Only Herald posts there.
    #[serde(deserialize_with = "values::rooms")]
    pub customers: Vec<RoomRef>,
}

impl Team {
    /// All rooms as they are written, each with its key in the section (`company[0]`) and whom it is for.
    pub(super) fn all(&self) -> impl Iterator<Item = (String, Audience, &RoomRef)> {
        let lists = [
            ("war_room", Audience::WarRoom, &self.war_room),
            ("engineering", Audience::Engineering, &self.engineering),
            ("company", Audience::Company, &self.company),
            ("customers", Audience::Customers, &self.customers),
        ];
        lists.into_iter().flat_map(|(name, audience, rooms)| {
            rooms.iter().enumerate().map(move |(index, room)| (format!("{name}[{index}]"), audience, room))
        })
    }
}
