//! `[incidents]`: how incidents are run.

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer};
use strum::IntoEnumIterator;

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
    /// The least severity of an incident for which all who respond are called as one. `None`: of none.
    #[serde(deserialize_with = "least")]
    pub call_responders: Option<Severity>,
}

fn least<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Severity>, D::Error> {
    values::text(from, "write one of `critical`, `major`, `minor`, `never`", |text| match text {
        "never" => Some(None),
        text => Severity::iter().find(|it| it.word() == text).map(Some),
    })
}

impl Default for Incidents {
    fn default() -> Self {
        Self {
            default_severity: Severity::Major,
            own_room: false,
            silence: SignedDuration::from_mins(15),
            handoff: SignedDuration::from_mins(5),
            call_responders: Some(Severity::Critical),
        }
    }
}
