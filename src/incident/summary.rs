//! What is kept at hand of an incident once it is over: enough for lists and statistics, and where to read the rest.

use std::collections::BTreeSet;

use herald_chat::RoomRef;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Event, IncidentNo, Record, Seq, Severity, Status};

/// An incident in a few words and figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Summary {
    /// Its number.
    pub no: IncidentNo,
    /// Its title. Shown only through [`super::sight`].
    pub title: String,
    /// How bad it was in the end.
    pub severity: Severity,
    /// How it ended.
    pub status: Status,
    /// Shown by a neutral name outside its own room.
    pub security: bool,
    /// A practice incident: in no statistic.
    pub drill: bool,
    /// Whether anything about it was sent to customers.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sent: bool,
    /// Its own rooms.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub rooms: BTreeSet<RoomRef>,
    /// The moments that the statistics are made of.
    pub times: Milestones,
    /// Promises kept.
    pub kept: u32,
    /// Promises broken.
    pub broken: u32,
    /// The first of its records.
    pub first: Seq,
    /// The last of its records.
    pub last: Seq,
}

/// The moments that the statistics are made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Milestones {
    /// It was declared.
    pub declared: Timestamp,
    /// It first had a commander.
    pub commanded: Option<Timestamp>,
    /// The first update was published.
    pub updated: Option<Timestamp>,
    /// It was first mitigated.
    pub mitigated: Option<Timestamp>,
    /// It was last resolved.
    pub resolved: Option<Timestamp>,
    /// It was closed or cancelled.
    pub ended: Option<Timestamp>,
}

impl Summary {
    /// Takes in a record of later than the end.
    pub fn apply(&mut self, record: &Record) {
        self.last = record.seq;
        if let Event::RoomOpened { room } = &record.event {
            self.rooms.insert(room.clone());
        }
    }

    /// What [`super::sight::see`] goes by.
    #[must_use]
    pub fn face(&self) -> super::sight::Face<'_> {
        super::sight::Face {
            no: self.no,
            title: &self.title,
            severity: self.severity,
            status: self.status,
            security: self.security,
            drill: self.drill,
            sent: self.sent,
        }
    }
}
