//! The gate: what may be said in the company channel, and nothing else may.

use herald_chat::Person;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::sight::Viewer;
use super::{Audience, Incident, IncidentNo, Severity, Status};

/// A statement by the incident's spokesperson: the only thing that the company sender takes.
///
/// Its fields are private and its constructor is for [`fn@super::decide`] alone, so that there is no other way to say
/// something to the company. Replaying a journal reads back what `decide` once built.
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
    draft: Option<u32>,
    late_min: Option<u32>,
    /// What it holds that only looks like a secret, as the spokesperson said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    overruled: Option<String>,
}

/// What kind of statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Kind {
    /// Update `n`, with the time of the next one.
    Update { n: u32, next: Timestamp },
    /// Update `n`, after which there is none.
    Final { n: u32 },
    /// Sets update `of` right. The next update is due by `next`, which is a new promise where the one before was late.
    Correction { of: u32, next: Option<Timestamp> },
}

/// What `decide` has established about a statement.
#[derive(Clone)]
pub(super) struct Statement<'a> {
    pub(super) kind: Kind,
    pub(super) spokesperson: &'a Person,
    pub(super) text: &'a str,
    pub(super) customers: bool,
    pub(super) draft: Option<u32>,
    pub(super) late_min: Option<u32>,
    pub(super) overruled: Option<String>,
}

impl PublicUpdate {
    /// Only [`fn@super::decide`] calls this, after every check of the gate.
    pub(super) fn new(incident: &Incident, statement: Statement<'_>) -> Self {
        Self {
            incident: incident.no,
            kind: statement.kind,
            label: incident.seen_by(Viewer::Audience(Audience::Company)).label,
            drill: incident.drill,
            severity: incident.severity,
            status: incident.status,
            spokesperson: statement.spokesperson.clone(),
            text: statement.text.to_owned(),
            customers: statement.customers,
            draft: statement.draft,
            late_min: statement.late_min,
            overruled: statement.overruled,
        }
    }

    /// The incident it is about.
    #[must_use]
    pub fn incident(&self) -> IncidentNo {
        self.incident
    }

    /// What kind of statement.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What the incident is called outside.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Whether it is practice.
    #[must_use]
    pub fn is_drill(&self) -> bool {
        self.drill
    }

    /// How bad it was when this was said.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// How far it was when this was said.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// Who says it.
    #[must_use]
    pub fn spokesperson(&self) -> &Person {
        &self.spokesperson
    }

    /// In the spokesperson's words.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether customers are told too.
    #[must_use]
    pub fn is_for_customers(&self) -> bool {
        self.customers
    }

    /// The draft it was made from.
    #[must_use]
    pub fn draft(&self) -> Option<u32> {
        self.draft
    }

    /// How many minutes later it came than the one before had promised.
    #[must_use]
    pub fn late_min(&self) -> Option<u32> {
        self.late_min
    }

    /// The number of the update that it is, or sets right.
    #[must_use]
    pub fn about(&self) -> u32 {
        match self.kind {
            Kind::Update { n, .. } | Kind::Final { n } | Kind::Correction { of: n, .. } => n,
        }
    }

    /// What the leak guard took it for, when the spokesperson knew better.
    #[must_use]
    pub fn overruled(&self) -> Option<&str> {
        self.overruled.as_deref()
    }

    /// The number of an update. Corrections have none.
    #[must_use]
    pub fn number(&self) -> Option<u32> {
        match self.kind {
            Kind::Update { n, .. } | Kind::Final { n } => Some(n),
            Kind::Correction { .. } => None,
        }
    }

    /// Whether no more updates come after it.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self.kind, Kind::Final { .. })
    }

    /// When the next update is due.
    #[must_use]
    pub fn next(&self) -> Option<Timestamp> {
        match self.kind {
            Kind::Update { next, .. } => Some(next),
            Kind::Correction { next, .. } => next,
            Kind::Final { .. } => None,
        }
    }

    /// What people call it: `update 3`, `the correction of update 2`.
    #[must_use]
    pub fn name(&self) -> String {
        match self.kind {
            Kind::Update { n, .. } | Kind::Final { n } => format!("update {n}"),
            Kind::Correction { of, .. } => format!("the correction of update {of}"),
        }
    }
}
