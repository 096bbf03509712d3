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
}
