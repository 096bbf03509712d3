//! `[relay]`: rooms on several networks that are one room.

use std::collections::BTreeSet;

use herald_chat::UserRef;
use jiff::SignedDuration;
use serde::Deserialize;

use super::values;

/// Rooms on several networks that are one room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Relay {
    /// Whether the war rooms on several networks are one room, and so for engineering and for rooms of incidents' own.
    pub on: bool,
    /// What was said longer ago, while Herald was down, is not passed on but counted.
    #[serde(deserialize_with = "values::duration")]
    pub oldest: SignedDuration,
    /// How large a file may be that is passed on, in bytes.
    #[serde(deserialize_with = "values::bytes")]
    pub file_limit: u64,
    /// Other bots whose messages are passed on like people's.
    #[serde(deserialize_with = "values::users")]
    pub bots: Vec<UserRef>,
}

impl Default for Relay {
    fn default() -> Self {
        Self { on: true, oldest: SignedDuration::from_hours(6), file_limit: 10 << 20, bots: Vec::new() }
    }
}

impl Relay {
    /// Those bots.
    #[must_use]
    pub fn bots(&self) -> BTreeSet<UserRef> {
        self.bots.iter().cloned().collect()
    }
}
