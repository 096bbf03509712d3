//! The numbers that people can argue about.

use std::collections::{BTreeMap, BTreeSet};

use herald_chat::UserRef;
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use regex::Regex;

use super::{Name, Severity};

/// The limits of one severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest that a promise may reach.
    pub limit: SignedDuration,
    /// The first update is owed this long after the declaration. `None`: none is owed.
    pub first: Option<SignedDuration>,
    /// What a draft proposes.
    pub usual: SignedDuration,
}

/// When people are reminded of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ladder {
    /// The spokesperson, this long before it is due (and once when it is).
    pub before: SignedDuration,
    /// The commander, this long after it was due.
    pub after: SignedDuration,
    /// Both, again and again, this far apart.
    pub every: SignedDuration,
    /// How often again at most.
    pub most: u32,
}

/// A pattern that no statement may hold.
#[derive(Debug, Clone)]
pub struct Guard {
    /// What people are told: "an AWS access key".
    pub name: String,
    /// The pattern.
    pub regex: Regex,
    /// Whether something that it finds is none after all.
    pub is_harmless: fn(&Hit<'_>) -> bool,
}

/// What a pattern finds in a text.
#[derive(Debug, Clone, Copy)]
pub struct Hit<'a> {
    /// What stands before it.
    pub before: &'a str,
    /// What it is.
    pub found: &'a str,
    /// What stands behind it.
    pub after: &'a str,
}

/// What `decide` goes by.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The zone of times without one.
    pub zone: TimeZone,
    /// The severity of a declaration without one.
    pub default_severity: Severity,
    /// Whether every incident gets a room of its own. Security incidents always do.
    pub own_room: bool,
    /// How long a holder is silent before their role can be taken.
    pub silence: SignedDuration,
    /// How long an offer stands.
    pub handoff: SignedDuration,
    /// The least severity of an incident for which all who respond are called as one. `None`: of none.
    pub call_all: Option<Severity>,
    /// Limits by severity.
    pub limits: BTreeMap<Severity, Limits>,
    /// Reminders.
    pub ladder: Ladder,
    /// What must not leave the war room.
    pub guard: Vec<Guard>,
    /// Whether what is logged is streamed to engineering.
    pub stream: bool,
    /// Who alone may be spokesperson. `None`: anybody who responds.
    pub spokespersons: Option<Spokespersons>,
}

/// Who alone may be spokesperson.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spokespersons {
    /// All their accounts.
    pub accounts: BTreeSet<UserRef>,
    /// What each is called.
    pub called: Vec<Name>,
    /// Who can add others.
    pub admins: Vec<Name>,
}

/// The longest title, in characters.
pub const TITLE_MAX: usize = 120;
/// The longest text of anything else, in characters.
pub const TEXT_MAX: usize = 2000;
/// The most corrections after the final update of an incident.
pub const CORRECTIONS_AFTER_FINAL: usize = 3;
/// The most entries of one list of an incident that are open at a time.
pub const LIST_MAX: u32 = 500;
/// The most questions of one person that are open in an incident at a time.
pub const QUESTIONS_MAX: u32 = 10;

/// Whether a team can be called so: up to 32 small letters, digits and hyphens.
#[must_use]
pub fn is_team(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !name.is_empty() && name.len() <= 32 && name.chars().all(plain)
}

/// A duration that can be set: none is shorter than a second, none longer than a week.
#[must_use]
pub fn in_bounds(duration: SignedDuration) -> Option<SignedDuration> {
    let allowed = SignedDuration::from_secs(1)..=SignedDuration::from_hours(7 * 24);
    allowed.contains(&duration).then_some(duration)
}

impl Policy {
    /// The limits of `severity`. A severity that was configured without any has those of a minor incident.
    #[must_use]
    pub fn of(&self, severity: Severity) -> Limits {
        let fallback =
            Limits { limit: SignedDuration::from_hours(4), first: None, usual: SignedDuration::from_hours(4) };
        self.limits.get(&severity).copied().unwrap_or(fallback)
    }

    /// How far apart updates usually are while it is that bad, as people type it: `30m`.
    #[must_use]
    pub fn usual(&self, severity: Severity) -> String {
        super::words::short(self.of(severity).usual)
    }
}
