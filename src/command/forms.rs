//! Forms for what takes more than a line to say: a statement and its promise.

use std::fmt;
use std::str::FromStr;

use herald_chat::{Form, Input, Typed};

use super::menu::promise;
use crate::incident::policy::TEXT_MAX;
use crate::incident::{Incident, IncidentNo, Policy, Proposed};

/// What a form is for. Written `update INC-7`, `update INC-7 customers`, `publish INC-7 2`, `redraft INC-7 2`; the incident
/// is left out while it is not known which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormId {
    /// What is filled in.
    pub asks: Asks,
    /// About which incident.
    pub incident: Option<IncidentNo>,
}

/// What is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// An update, for customers too or not.
    Update {
        /// Whether it is.
        customers: bool,
    },
    /// The promise of this draft.
    Publish(u32),
    /// This draft, anew.
    Redraft(u32),
}

impl fmt::Display for FormId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.verb())?;
        if let Some(no) = self.incident {
            write!(f, " {no}")?;
        }
        match self.asks {
            Asks::Update { customers: true } => f.write_str(" customers"),
            Asks::Update { customers: false } => Ok(()),
            Asks::Publish(n) | Asks::Redraft(n) => write!(f, " {n}"),
        }
    }
}

/// A text that names no form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that form is not known any more. Choose the command again")]
pub struct UnknownForm;

impl FromStr for FormId {
    type Err = UnknownForm;

    fn from_str(text: &str) -> Result<Self, UnknownForm> {
        let mut words = text.split(' ');
        let verb = words.next();
        let mut next = words.next();
        let incident = next.and_then(|word| word.parse().ok());
        if incident.is_some() {
            next = words.next();
        }
        let n = next.and_then(|word| word.parse().ok());
        if words.next().is_some() {
            return Err(UnknownForm);
        }
        let asks = match (verb, next, n) {
            (Some("update"), None, _) => Asks::Update { customers: false },
            (Some("update"), Some("customers"), _) => Asks::Update { customers: true },
            (Some("publish"), _, Some(n)) => Asks::Publish(n),
            (Some("redraft"), _, Some(n)) => Asks::Redraft(n),
            _ => return Err(UnknownForm),
        };
        Ok(Self { asks, incident })
    }
}

impl FormId {
    /// The form that an item of the menu opens with what was chosen there.
    #[must_use]
    pub fn of_menu(given: &[Typed]) -> Self {
        let value = |name: &str| given.iter().find(|(field, _)| field == name).map(|(_, value)| value.trim());
        let incident = value("incident").and_then(super::incident_no);
        Self { asks: Asks::Update { customers: value("customers") == Some("true") }, incident }
    }

    /// The command that it gives.
    #[must_use]
    pub fn verb(&self) -> &'static str {
        match self.asks {
            Asks::Update { .. } => "update",
            Asks::Publish(_) => "publish",
            Asks::Redraft(_) => "redraft",
        }
    }

    /// The command that it comes to when it is filled in, as it would be typed.
    #[must_use]
    pub fn filled(&self, given: &[Typed]) -> String {
        let value = |name: &str| given.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.trim());
        let incident = self.incident.map(|no| format!(" {no}")).unwrap_or_default();
        let next = Some(value("next")).filter(|next| !next.is_empty()).map(promise).unwrap_or_default();
        let text = value("text");
        match self.asks {
            Asks::Update { customers } => {
                let flag = if customers { " --customers" } else { "" };
                format!("!update{incident}{flag} {text}\n{next}")
            }
            Asks::Publish(n) => format!("!publish{incident} {n} {next}"),
            Asks::Redraft(n) => format!("!redraft{incident} {n} {text}\n{next}"),
        }
    }

    /// The form, filled in as far as `incident` tells.
    #[must_use]
    pub fn of(self, incident: &Incident, policy: &Policy) -> Form {
        let usual = policy.usual(incident.severity);
        let draft = |n| incident.draft(n);
        let id = Self { incident: Some(incident.no), ..self };
        let (title, inputs) = match self.asks {
            Asks::Update { .. } => {
                (format!("Update on {}", incident.no), vec![text_input(""), next_input(usual, true)])
            }
            Asks::Publish(n) => (format!("Publish draft {n} of {}", incident.no), vec![next_input(usual, true)]),
            Asks::Redraft(n) => {
                let text = draft(n).map_or("", |draft| &draft.text);
                let next = match draft(n).and_then(|draft| draft.next) {
                    Some(Proposed::Minutes(minutes)) => format!("{minutes}m"),
                    Some(Proposed::Final) => "final".to_owned(),
                    Some(Proposed::At(at)) => at.to_zoned(policy.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string(),
                    None => usual,
                };
                (format!("Draft {n} of {}", incident.no), vec![text_input(text), next_input(next, false)])
            }
        };
        Form { id: id.to_string(), title, inputs }
    }
}

fn text_input(value: &str) -> Input {
    Input {
        name: "text",
        label: "What the company is told".to_owned(),
        value: value.to_owned(),
        hint: "What is wrong, who is affected, what is being done".to_owned(),
        limit: u16::try_from(TEXT_MAX).unwrap_or(u16::MAX),
        is_long: true,
        is_required: true,
    }
}

fn next_input(value: String, is_required: bool) -> Input {
    Input {
        name: "next",
        label: "Next update in".to_owned(),
        value,
        hint: "30m, 1h15m, 14:30, tomorrow 09:00, or final".to_owned(),
        limit: 60,
        is_long: false,
        is_required,
    }
}
