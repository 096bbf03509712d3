//! The layer of environment variables.

use std::ffi::OsString;

use ::config::{Map, Source, Value};

use super::shown::text_shown;
use super::{ConfigError, Origin};

/// What the variables that are ours begin with.
pub(super) const PREFIX: &str = "HERALD__";

/// Our environment variables. Each value remembers the variable it came from.
///
/// The source that the `config` crate brings knows only "the environment", and an error has to name the variable.
#[derive(Debug, Clone)]
pub(super) struct Variables(Vec<(String, String)>);

impl Variables {
    /// Takes ours out of `all`.
    pub(super) fn pick(all: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Self, ConfigError> {
        let mut ours = Vec::new();
        for (name, value) in all {
            let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else { continue };
            let text = value.to_str().ok_or_else(|| ConfigError::Unfit {
                origin: Origin::Variable(name.to_owned()),
                key: key(name),
                found: text_shown(&key(name), &value.to_string_lossy()),
                wanted: "write UTF-8 text".to_owned(),
            })?;
            ours.push((name.to_owned(), text.to_owned()));
        }
        Ok(Self(ours))
    }
}

impl Source for Variables {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ::config::ConfigError> {
        Ok(self.0.iter().map(|(name, text)| (key(name), Value::new(Some(name), text.as_str()))).collect())
    }
}

/// `HERALD__PROMISES__EVERY` is `promises.every`. Only the first prefix is one: `HERALD__HERALD__DATA` is `herald.data`. Names of
/// teams have hyphens, which a variable's name cannot have: `HERALD__TEAMS__CARD_PAYMENTS__COMPANY` is
/// `teams.card-payments.company`.
fn key(name: &str) -> String {
    let lower = name.strip_prefix(PREFIX).unwrap_or(name).to_ascii_lowercase();
    let mut steps: Vec<String> = lower.split("__").map(str::to_owned).collect();
    if let [section, team, ..] = steps.as_mut_slice()
        && section == "teams"
    {
        *team = team.replace('_', "-");
    }
    steps.join(".")
}
