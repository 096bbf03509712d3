//! `[timeline]`: the timeline of an incident.

use serde::Deserialize;

/// The timeline of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Timeline {
    /// Whether findings and decisions are told in engineering as they come.
    pub stream: bool,
}

impl Default for Timeline {
    fn default() -> Self {
        Self { stream: true }
    }
}
