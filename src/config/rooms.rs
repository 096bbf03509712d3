//! `[rooms]`: which rooms are for whom.

use std::collections::BTreeMap;

use herald_chat::RoomRef;
use serde::Deserialize;

use super::{Clash, values};
use crate::incident::Audience;

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

    /// A room in two lists would show one audience what is meant for the other.
    pub(super) fn check(&self) -> Result<(), Clash> {
        let lists = [
            ("war_room", &self.war_room),
            ("engineering", &self.engineering),
            ("company", &self.company),
            ("customers", &self.customers),
            ("admin", &self.admin),
        ];
        let mut seen = BTreeMap::new();
        for (name, rooms) in lists {
            for (index, room) in rooms.iter().enumerate() {
                if let Some(other) = seen.insert(room, name) {
                    let wanted = format!("write another room: that one is in rooms.{other} already");
                    return Err(Clash { key: format!("rooms.{name}[{index}]"), wanted });
                }
            }
        }
        Ok(())
    }
}
