//! `[limits]`: how much one person may cause in a time.

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer};

use super::values;
use crate::incident::allowance::{Allowance, Allowances};

/// How much one person may cause in a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Commands and pins in rooms.
    #[serde(deserialize_with = "allowance")]
    pub commands: Allowance,
    /// Messages to Herald alone.
    #[serde(deserialize_with = "allowance")]
    pub direct: Allowance,
    /// Questions.
    #[serde(deserialize_with = "allowance")]
    pub questions: Allowance,
    /// Drafts by others than the spokesperson.
    #[serde(deserialize_with = "allowance")]
    pub drafts: Allowance,
    /// Incidents.
    #[serde(deserialize_with = "allowance")]
    pub declarations: Allowance,
    /// Calls for help.
    #[serde(deserialize_with = "allowance")]
    pub calls: Allowance,
    /// Codes that link accounts.
    #[serde(deserialize_with = "allowance")]
    pub codes: Allowance,
}

impl Default for Limits {
    fn default() -> Self {
        let Allowances { commands, direct, questions, drafts, declarations, calls, codes } = Allowances::default();
        Self { commands, direct, questions, drafts, declarations, calls, codes }
    }
}

impl Limits {
    /// The same, as the engine goes by it.
    #[must_use]
    pub fn allowances(self) -> Allowances {
        let Self { commands, direct, questions, drafts, declarations, calls, codes } = self;
        Allowances { commands, direct, questions, drafts, declarations, calls, codes }
    }
}

/// So many in so long: `"5 in 10m"`.
fn allowance<'de, D: Deserializer<'de>>(from: D) -> Result<Allowance, D::Error> {
    values::text(from, r#"write how many, from 1 to 100000, in how long, from "1s" to "168h": "5 in 10m""#, |text| {
        let (most, within) = text.split_once(" in ")?;
        let most = most.trim().parse().ok().filter(|most| (1..=100_000).contains(most))?;
        let within = within.trim().parse::<SignedDuration>().ok().and_then(values::in_bounds)?;
        Some(Allowance { most, within })
    })
}
