//! `[herald]`: the process itself.

use std::path::PathBuf;

use jiff::tz::TimeZone;
use serde::Deserialize;

use super::values;

/// The process itself.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Herald {
    /// The directory that all state is kept in. Relative to where Herald is started.
    #[serde(deserialize_with = "values::path")]
    pub data: PathBuf,
    /// The zone of times that name none, read and shown.
    #[serde(deserialize_with = "values::zone")]
    pub zone: TimeZone,
}

impl Default for Herald {
    fn default() -> Self {
        Self { data: PathBuf::from("./data/herald"), zone: TimeZone::UTC }
    }
}
