//! What is wrong with one value, while it is being read.

use std::fmt;
use std::path::Path;

use ::config::{Value, ValueKind};
use serde::de::{Error, Expected, Unexpected};

use super::error::one_of;
use super::shown::shown;
use super::{ConfigError, Origin};

/// Something wrong, and where, as soon as that is known.
#[derive(Debug)]
pub(super) struct Fault {
    problem: Problem,
    place: Option<Place>,
}

/// What can be wrong.
#[derive(Debug)]
enum Problem {
    /// The value is not allowed: what to do.
    Unfit(String),
    /// The key does not exist: those that do.
    Unknown(&'static [&'static str]),
    /// A key is not there: its name.
    Missing(&'static str),
}

/// Where something is wrong.
#[derive(Debug)]
pub(super) struct Place {
    key: String,
    found: String,
    variable: Option<String>,
}

impl Place {
    /// The place of `value`, whose key is `key`.
    pub(super) fn of(key: &str, value: &Value) -> Self {
        Self { key: key.to_owned(), found: shown(key, value), variable: variable(value) }
    }
}

impl Fault {
    /// The value is not allowed; `wanted` begins with what to do: `write …`.
    pub(super) fn unfit(wanted: String) -> Self {
        Self { problem: Problem::Unfit(wanted), place: None }
    }

    /// It is at `place`, unless a place further in is known already.
    pub(super) fn at(self, place: Place) -> Self {
        Self { place: self.place.or(Some(place)), ..self }
    }

    /// The same in words for people. `file` is what was read beside the variables.
    pub(super) fn into_error(self, file: Option<&Path>) -> ConfigError {
        let Place { key, found, variable } =
            self.place.unwrap_or_else(|| Place::of("", &Value::new(None, ValueKind::Nil)));
        let origin = match (variable, file) {
            (Some(name), _) => Origin::Variable(name),
            (None, Some(file)) => Origin::File(file.to_owned()),
            (None, None) => Origin::BuiltIn,
        };
        match self.problem {
            Problem::Unfit(wanted) => ConfigError::Unfit { origin, key, found, wanted },
            Problem::Unknown(allowed) => ConfigError::UnknownKey { origin, key, allowed },
            Problem::Missing(name) => ConfigError::Missing { origin, key: format!("{key}.{name}") },
        }
    }
}

impl Error for Fault {
    fn custom<T: fmt::Display>(wanted: T) -> Self {
        Self::unfit(wanted.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        Self::unfit(format!("write {wanted}"))
    }

    fn invalid_value(_: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        Self::unfit(format!("write {wanted}"))
    }

    fn unknown_variant(_: &str, allowed: &'static [&'static str]) -> Self {
        Self::unfit(format!("write {}", one_of(allowed)))
    }

    fn unknown_field(_: &str, allowed: &'static [&'static str]) -> Self {
        Self { problem: Problem::Unknown(allowed), place: None }
    }

    fn missing_field(name: &'static str) -> Self {
        Self { problem: Problem::Missing(name), place: None }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.problem)
    }
}

impl std::error::Error for Fault {}

/// The variable that set `value`, or the first that set something in it.
fn variable(value: &Value) -> Option<String> {
    if let ValueKind::Table(table) = &value.kind {
        return table.values().filter_map(variable).min();
    }
    value.origin().map(str::to_owned)
}
