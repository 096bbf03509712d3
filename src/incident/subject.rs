//! What a message stands for.

use serde::{Deserialize, Serialize};

use super::IncidentNo;

/// What a message stands for, so that a reaction, an edit or a removal finds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Subject {
    /// The incident.
    pub incident: IncidentNo,
    /// The thing in it.
    pub thing: Thing,
}

/// What kind of thing a message stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Thing {
    /// Draft `n`.
    Draft(u32),
    /// Timeline entry `n`.
    Log(u32),
    /// The incident's board in this room.
    Board(Board),
    /// The statement of this name, which is update `of` or sets it right.
    Statement { name: String, of: u32 },
    /// Something that was removed while a board of the incident was being posted: the board, perhaps.
    Gone,
    /// The command that published update `n`.
    Published(u32),
    /// The command that proposed draft `n`.
    Proposed(u32),
}

/// What a board is known to show. Herald compares it with what it should show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Board {
    /// The hash of its text.
    pub shown: String,
    /// How often it was edited.
    pub edits: u32,
    /// Whether it is pinned.
    pub pin: Pin,
}

/// Whether a board is pinned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pin {
    /// Not yet, or not any more.
    Off,
    /// It is.
    On,
    /// The platform does not let Herald pin it. People have been told.
    Refused,
}
