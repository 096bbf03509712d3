//! `[promises]`: how far a promise may reach, and how people are reminded of it.

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer};

use super::{Clash, values};
use crate::incident::Severity;

/// How promises are kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Promises {
    /// The spokesperson is reminded this long before an update is due.
    #[serde(deserialize_with = "values::duration")]
    pub before: SignedDuration,
    /// The commander is told this long after it was due.
    #[serde(deserialize_with = "values::duration")]
    pub after: SignedDuration,
    /// From then on, both are told this often.
    #[serde(deserialize_with = "values::duration")]
    pub every: SignedDuration,
    /// How often at most: 0 to 100 times.
    #[serde(deserialize_with = "values::whole::<_, 0, 100>")]
    pub most: u32,
    /// The limits of a critical incident.
    #[serde(deserialize_with = "critical")]
    pub critical: Promise,
    /// The limits of a major incident.
    #[serde(deserialize_with = "major")]
    pub major: Promise,
    /// The limits of a minor incident.
    #[serde(deserialize_with = "minor")]
    pub minor: Promise,
}

/// The limits of one severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// The longest that a promise may reach.
    pub limit: SignedDuration,
    /// The first update is owed this long after the declaration; `None`: none is owed.
    pub first: Option<SignedDuration>,
    /// What a draft proposes: at most the limit.
    pub usual: SignedDuration,
}

impl Default for Promises {
    fn default() -> Self {
        Self {
            before: SignedDuration::from_mins(5),
            after: SignedDuration::from_mins(5),
            every: SignedDuration::from_mins(10),
            most: 6,
            critical: Promise::of(Severity::Critical),
            major: Promise::of(Severity::Major),
            minor: Promise::of(Severity::Minor),
        }
    }
}

impl Promise {
    /// The defaults of `severity`.
    #[must_use]
    pub fn of(severity: Severity) -> Self {
        let (limit, first) = match severity {
            Severity::Critical => (30, Some(10)),
            Severity::Major => (60, Some(15)),
            Severity::Minor => (240, None),
        };
        let limit = SignedDuration::from_mins(limit);
        Self { limit, first: first.map(SignedDuration::from_mins), usual: limit }
    }
}

impl Promises {
    /// The limits of `severity`.
    #[must_use]
    pub fn of(&self, severity: Severity) -> &Promise {
        match severity {
            Severity::Critical => &self.critical,
            Severity::Major => &self.major,
            Severity::Minor => &self.minor,
        }
    }

    /// Nothing reaches further than its limit.
    pub(super) fn check(&self) -> Result<(), Clash> {
        for severity in [Severity::Critical, Severity::Major, Severity::Minor] {
            let Promise { limit, first, usual } = *self.of(severity);
            for (name, value) in [("first", first), ("usual", Some(usual))] {
                if value.is_some_and(|value| value > limit) {
                    let key = format!("promises.{severity}.{name}");
                    return Err(Clash { key, wanted: format!("write at most the limit, which is {limit:#}") });
                }
            }
        }
        Ok(())
    }
}

/// What a section sets of a [`Promise`].
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Given {
    #[serde(deserialize_with = "values::some_duration")]
    limit: Option<SignedDuration>,
    #[serde(deserialize_with = "first")]
    first: Option<First>,
    #[serde(deserialize_with = "values::some_duration")]
    usual: Option<SignedDuration>,
}

/// When the first update is owed.
#[derive(Clone, Copy)]
enum First {
    After(SignedDuration),
    Never,
}

impl Given {
    /// What is given, over the defaults of `severity`.
    fn over(self, severity: Severity) -> Promise {
        let default = Promise::of(severity);
        let limit = self.limit.unwrap_or(default.limit);
        Promise {
            limit,
            first: match self.first {
                Some(First::After(first)) => Some(first),
                Some(First::Never) => None,
                None => default.first.map(|first| first.min(limit)),
            },
            usual: self.usual.unwrap_or(limit),
        }
    }
}

fn first<'de, D: Deserializer<'de>>(from: D) -> Result<Option<First>, D::Error> {
    let wanted = r#"write a duration such as "10m", or "never""#;
    values::text(from, wanted, |text| match text {
        "never" => Some(First::Never),
        text => text.parse().ok().and_then(values::in_bounds).map(First::After),
    })
    .map(Some)
}

fn critical<'de, D: Deserializer<'de>>(from: D) -> Result<Promise, D::Error> {
    Given::deserialize(from).map(|given| given.over(Severity::Critical))
}

fn major<'de, D: Deserializer<'de>>(from: D) -> Result<Promise, D::Error> {
    Given::deserialize(from).map(|given| given.over(Severity::Major))
}

fn minor<'de, D: Deserializer<'de>>(from: D) -> Result<Promise, D::Error> {
    Given::deserialize(from).map(|given| given.over(Severity::Minor))
}
