//! What admins set in chat, over what the configuration says.

use std::collections::BTreeMap;
use std::fmt;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::mappings::Source;
use crate::incident::policy::in_bounds;
use crate::incident::words::span;
use crate::incident::{House, Policy, Record, Refusal, Severity};

/// Something that can be set in chat. It is called as in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Setting {
    /// The longest that a promise may reach.
    Limit(Severity),
    /// When the first update is owed.
    First(Severity),
    /// Whether every incident gets a room of its own.
    OwnRoom,
    /// How long the holder of a role is silent before it can be taken.
    Silence,
    /// The severity of a declaration that names none.
    DefaultSeverity,
}

/// What something is set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// So long.
    Span(SignedDuration),
    /// Not at all.
    Never,
    /// Yes or no.
    Is(bool),
    /// So bad.
    Level(Severity),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Span(length) => f.write_str(&span(*length)),
            Self::Never => f.write_str("never"),
            Self::Is(yes) => write!(f, "{yes}"),
            Self::Level(severity) => write!(f, "{severity}"),
        }
    }
}

impl Setting {
    /// All of them, in the order of showing.
    pub const ALL: [Self; 9] = [
        Self::Limit(Severity::Critical),
        Self::First(Severity::Critical),
        Self::Limit(Severity::Major),
        Self::First(Severity::Major),
        Self::Limit(Severity::Minor),
        Self::First(Severity::Minor),
        Self::OwnRoom,
        Self::Silence,
        Self::DefaultSeverity,
    ];

    /// Its key in the configuration.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Limit(Severity::Critical) => "promises.critical.limit",
            Self::Limit(Severity::Major) => "promises.major.limit",
            Self::Limit(Severity::Minor) => "promises.minor.limit",
            Self::First(Severity::Critical) => "promises.critical.first",
            Self::First(Severity::Major) => "promises.major.first",
            Self::First(Severity::Minor) => "promises.minor.first",
            Self::OwnRoom => "incidents.own_room",
            Self::Silence => "incidents.silence",
            Self::DefaultSeverity => "incidents.default_severity",
        }
    }

    /// The one with this key, in any case.
    #[must_use]
    pub fn named(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.key().eq_ignore_ascii_case(key))
    }

    /// What it does, in a few words.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Limit(_) => "how far a promise may reach",
            Self::First(_) => "when the first update is owed",
            Self::OwnRoom => "whether every incident gets a room of its own",
            Self::Silence => "how long a holder is silent before a role can be taken",
            Self::DefaultSeverity => "the severity of a declaration that names none",
        }
    }

    /// What it may be set to, in words.
    #[must_use]
    pub fn takes(self) -> &'static str {
        match self {
            Self::Limit(_) | Self::Silence => "a duration from `1s` to `168h`, such as `30m`",
            Self::First(_) => "a duration from `1s` to `168h`, such as `10m`, or `never`",
            Self::OwnRoom => "`true` or `false`",
            Self::DefaultSeverity => "`minor`, `major` or `critical`",
        }
    }

    /// The value that somebody typed, if it can be one.
    #[must_use]
    pub fn read(self, word: &str) -> Option<Value> {
        let word = word.to_lowercase();
        let length = || word.parse().ok().and_then(in_bounds).map(Value::Span);
        match self {
            Self::First(_) if word == "never" => Some(Value::Never),
            Self::First(_) | Self::Limit(_) | Self::Silence => length(),
            Self::OwnRoom => word.parse().ok().map(Value::Is),
            Self::DefaultSeverity => {
                let all = [Severity::Minor, Severity::Major, Severity::Critical];
                all.into_iter().find(|it| it.word() == word).map(Value::Level)
            }
        }
    }

    /// What it is under `policy`.
    #[must_use]
    pub fn of(self, policy: &Policy) -> Value {
        match self {
            Self::Limit(severity) => Value::Span(policy.of(severity).limit),
            Self::First(severity) => policy.of(severity).first.map_or(Value::Never, Value::Span),
            Self::OwnRoom => Value::Is(policy.own_room),
            Self::Silence => Value::Span(policy.silence),
            Self::DefaultSeverity => Value::Level(policy.default_severity),
        }
    }

    /// Whether `policy` allows this value beside its others.
    ///
    /// # Errors
    /// [`Refusal::BeyondLimit`] when an update would be owed later than a promise may reach.
    pub fn check(self, value: Value, policy: &Policy) -> Result<(), Refusal> {
        let (severity, first, limit) = match (self, value) {
            (Self::Limit(severity), Value::Span(limit)) => (severity, policy.of(severity).first, limit),
            (Self::First(severity), Value::Span(first)) => (severity, Some(first), policy.of(severity).limit),
            (Self::Limit(_) | Self::First(_), Value::Never | Value::Is(_) | Value::Level(_))
            | (Self::OwnRoom | Self::Silence | Self::DefaultSeverity, _) => return Ok(()),
        };
        match first.filter(|first| *first > limit) {
            Some(first) => Err(Refusal::BeyondLimit {
                first: Self::First(severity).key(),
                first_is: span(first),
                limit: Self::Limit(severity).key(),
                limit_is: span(limit),
            }),
            None => Ok(()),
        }
    }

    fn set(self, value: Value, policy: &mut Policy) {
        match (self, value) {
            (Self::Limit(severity), Value::Span(limit)) => {
                let mut limits = policy.of(severity);
                // What a draft proposes is the limit, unless the configuration says less.
                limits.usual = if limits.usual == limits.limit { limit } else { limits.usual.min(limit) };
                limits.limit = limit;
                // The configuration may have changed since.
                limits.first = limits.first.map(|first| first.min(limit));
                policy.limits.insert(severity, limits);
            }
            (Self::First(severity), value) => {
                let mut limits = policy.of(severity);
                limits.first = match value {
                    Value::Span(first) => Some(first.min(limits.limit)),
                    Value::Never | Value::Is(_) | Value::Level(_) => None,
                };
                policy.limits.insert(severity, limits);
            }
            (Self::OwnRoom, Value::Is(yes)) => policy.own_room = yes,
            (Self::Silence, Value::Span(silence)) => policy.silence = silence,
            (Self::DefaultSeverity, Value::Level(severity)) => policy.default_severity = severity,
            (Self::Limit(_) | Self::OwnRoom | Self::Silence | Self::DefaultSeverity, _) => {}
        }
    }
}

/// What admins set in chat.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Settings(Vec<(Setting, Value, Source)>);

impl Settings {
    pub(super) fn apply(&mut self, house: &House, record: &Record) {
        let House::SettingChanged { key, to, .. } = house else { return };
        self.0.retain(|(it, ..)| it != key);
        if let Some(value) = to {
            let source = Source::Chat { by: record.by.clone(), at: record.at };
            self.0.push((*key, *value, source));
            self.0.sort_by_key(|(it, ..)| *it);
        }
    }

    /// Who set this in chat, and when, if anybody did.
    #[must_use]
    pub fn source(&self, key: Setting) -> Source {
        let set = self.0.iter().find(|(it, ..)| *it == key);
        set.map_or(Source::Config, |(.., source)| source.clone())
    }

    /// The policy of the configuration with all that was set in chat.
    #[must_use]
    pub fn over(&self, mut policy: Policy) -> Policy {
        // Limits come first, and what is owed under them after that.
        let values: BTreeMap<Setting, Value> = self.0.iter().map(|(key, value, _)| (*key, *value)).collect();
        for (key, value) in values {
            key.set(value, &mut policy);
        }
        policy
    }
}
