//! Which rooms admins mapped in chat.

use std::collections::BTreeMap;
use std::fmt;

use herald_chat::{Person, RoomRef};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::incident::{Audience, House, Record};

/// Whom a room is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Purpose {
    /// Who reads there.
    pub audience: Audience,
    /// Whose incidents are told there. `None`: those of every team that has no such room of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
}

impl Purpose {
    /// For people outside: only Herald posts there.
    #[must_use]
    pub fn is_outside(&self) -> bool {
        matches!(self.audience, Audience::Company | Audience::Customers)
    }
}

impl From<Audience> for Purpose {
    fn from(audience: Audience) -> Self {
        Self { audience, team: None }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.team {
            Some(team) => write!(f, "{} of {team}", self.audience),
            None => write!(f, "{}", self.audience),
        }
    }
}

/// A room that is for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Mapping {
    /// For whom.
    pub purpose: Purpose,
    /// How whoever mapped it named it, if not by its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<RoomRef>,
    /// Who says so.
    pub source: Source,
}

/// Where a mapping comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Source {
    /// The configuration.
    Config,
    /// An admin, in chat.
    Chat { by: Option<Person>, at: Timestamp },
}

/// The rooms that admins mapped in chat.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Mappings {
    rooms: BTreeMap<RoomRef, Mapping>,
    /// Rooms that are for nobody any more, and whom they were for: updates may still be on their way there.
    former: BTreeMap<RoomRef, Purpose>,
    /// Which room was found under which name of the configuration.
    #[serde(default)]
    found: BTreeMap<RoomRef, RoomRef>,
    /// Where names of the configuration were last seen to lead that lead elsewhere by now.
    #[serde(default)]
    moved: BTreeMap<RoomRef, Option<RoomRef>>,
    /// Which room took the place of one that was given up.
    #[serde(default)]
    replaced: BTreeMap<RoomRef, RoomRef>,
}

impl Mappings {
    pub(super) fn apply(&mut self, house: &House, record: &Record) {
        match house {
            House::RoomMapped { room, written, to, .. } => {
                let source = Source::Chat { by: record.by.clone(), at: record.at };
                self.rooms.insert(room.clone(), Mapping { purpose: to.clone(), written: written.clone(), source });
                self.former.remove(room);
            }
            House::RoomUnmapped { room, was } => {
                self.rooms.remove(room);
                self.former.insert(room.clone(), was.clone());
            }
            House::RoomFound { written, room } => {
                self.found.insert(written.clone(), room.clone());
                self.moved.remove(written);
            }
            House::NameMoved { written, now } if now.as_ref() == self.found.get(written) => {
                self.moved.remove(written);
            }
            House::NameMoved { written, now } => {
                self.moved.insert(written.clone(), now.clone());
            }
            House::RoomReplaced { room, with, written } => {
                if let Some(written) = written {
                    self.found.insert(written.clone(), with.clone());
                    self.moved.remove(written);
                }
                if let Some(mapping) = self.rooms.remove(room) {
                    self.rooms.insert(with.clone(), mapping);
                    self.former.remove(with);
                }
                // A room that is taken up again is nobody's predecessor any more.
                self.replaced.remove(with);
                self.replaced.insert(room.clone(), with.clone());
            }
            House::LinkOffered { .. }
            | House::LinkVoided { .. }
            | House::AccountLinked { .. }
            | House::AccountUnlinked { .. }
            | House::SettingChanged { .. }
            | House::PersonRemoved { .. }
            | House::ChannelTested { .. } => {}
        }
    }

    /// The rooms, whether or not the configuration says something else of one.
    pub fn all(&self) -> impl Iterator<Item = (&RoomRef, &Mapping)> {
        self.rooms.iter()
    }

    /// Where this name was last seen to lead, if that is not the room that was found under it.
    #[must_use]
    pub fn moved(&self, written: &RoomRef) -> Option<&Option<RoomRef>> {
        self.moved.get(written)
    }

    /// The room that was found under this name, at first or as an admin said since: what it leads to by now is no proof.
    #[must_use]
    pub fn found(&self, written: &RoomRef) -> Option<&RoomRef> {
        self.found.get(written)
    }

    /// The rooms that were given up, each with the one that took its place.
    pub fn replaced(&self) -> impl Iterator<Item = (&RoomRef, &RoomRef)> {
        self.replaced.iter()
    }

    /// Whom a room was for that is for nobody any more.
    #[must_use]
    pub fn former(&self, room: &RoomRef) -> Option<&Purpose> {
        self.former.get(room)
    }
}
