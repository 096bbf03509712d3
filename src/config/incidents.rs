//! `[incidents]`: how incidents are run.

use jiff::SignedDuration;
use serde::Deserialize;

use super::values;
use crate::incident::Severity;

/// How incidents are run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Incidents {
    /// The severity of a declaration that names none.
    pub default_severity: Severity,
    /// Whether every incident gets a room of its own. A security incident always does.
    pub own_room: bool,
    /// How long the holder of a role has to be silent before somebody else can take it.
    #[serde(deserialize_with = "values::duration")]
    pub silence: SignedDuration,
    /// How long an offered role waits for an answer before it goes back.
    #[serde(deserialize_with = "values::duration")]
    pub handoff: SignedDuration,
}

impl Default for Incidents {
    fn default() -> Self {
        Self {
            default_severity: Severity::Major,
            own_room: false,
            silence: SignedDuration::from_mins(15),
            handoff: SignedDuration::from_mins(5),
        }
    }
}
