//! The gate: what may be said in the company channel, and nothing else may.

use herald_chat::Person;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{IncidentNo, Severity, Status};

/// A statement by the incident's spokesperson: the only thing that the company sender takes.
///
/// Its fields are private and its constructor is visible to [`super::decide`] alone, so that there is no other way to
/// say something to the company. Replaying a journal reads back what `decide` once built.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PublicUpdate {
    incident: IncidentNo,
    kind: Kind,
    label: String,
    drill: bool,
    severity: Severity,
    status: Status,
    spokesperson: Person,
    text: String,
    customers: bool,
    late_min: Option<u32>,
}

/// What kind of statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Kind {
    /// Update `n`, with the time of the next one.
    Update { n: u32, next: Timestamp },
    /// Update `n`, after which there is none.
    Final { n: u32 },
    /// Correction `n`, which sets update `of` right and leaves the promise as it is.
    Correction { n: u32, of: u32, next: Option<Timestamp> },
}
