//! What somebody may see of an incident. Whatever is shown of one goes through [`see`].

use super::{Audience, IncidentNo, Severity, Status};

/// From where somebody looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Viewer {
    /// From the incident's own room.
    Own(IncidentNo),
    /// From a channel for this audience, or from a direct message of somebody who is in one: as the company of whoever is in
    /// any room for people inside, as customers of whoever is in none.
    Audience(Audience),
}

/// What an incident is, before anybody looks at it. Incidents and their summaries both have one.
#[derive(Debug, Clone, Copy)]
pub struct Face<'a> {
    /// Its number.
    pub no: IncidentNo,
    /// Its title, which is secret when `security` is set.
    pub title: &'a str,
    /// How bad.
    pub severity: Severity,
    /// How far.
    pub status: Status,
    /// Whether it has a neutral name outside its own room.
    pub security: bool,
    /// Whether it is practice.
    pub drill: bool,
    /// Whether anything about it was sent to customers.
    pub sent: bool,
}

/// How much somebody may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Not even that it exists.
    Nothing,
    /// What was sent to customers, as it was sent.
    Sent,
    /// That it exists.
    Name,
    /// What was published: title, severity, status, updates.
    Public,
    /// Everything.
    Full,
}

/// What somebody sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// What it is called there: `INC-1 checkout is down`, `INC-2 (security)`, `INC-3 (drill) …`.
    pub label: String,
    /// How much may be shown.
    pub detail: Detail,
}

/// What `viewer` may see of an incident.
#[must_use]
pub fn see(face: Face<'_>, viewer: Viewer) -> Seen {
    let detail = match viewer {
        Viewer::Audience(Audience::Customers) if !face.sent => Detail::Nothing,
        Viewer::Audience(Audience::Customers) => Detail::Sent,
        Viewer::Own(no) if no == face.no => Detail::Full,
        Viewer::Own(_) | Viewer::Audience(_) if face.security => Detail::Name,
        Viewer::Own(_) | Viewer::Audience(Audience::WarRoom | Audience::Engineering | Audience::Admin) => Detail::Full,
        Viewer::Audience(Audience::Company) => Detail::Public,
    };
    let drill = if face.drill { " (drill)" } else { "" };
    let label = match detail {
        Detail::Nothing => face.no.to_string(),
        Detail::Name | Detail::Sent if face.security => format!("{} (security){drill}", face.no),
        Detail::Name | Detail::Sent | Detail::Public | Detail::Full => format!("{}{drill} {}", face.no, face.title),
    };
    Seen { label, detail }
}
