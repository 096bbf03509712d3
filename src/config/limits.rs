//! `[limits]`: how much one person may cause in a time.

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer};

use super::values;
use crate::incident::allowance::Allowance;

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
    /// Questions to those who respond.
    #[serde(deserialize_with = "allowance")]
    pub questions: Allowance,
    /// Drafts by others than the spokesperson.
    #[serde(deserialize_with = "allowance")]
    pub drafts: Allowance,
    /// Incidents.
    #[serde(deserialize_with = "allowance")]
    pub declarations: Allowance,
    /// Calls for help in engineering.
    #[serde(deserialize_with = "allowance")]
    pub calls: Allowance,
    /// Codes that link accounts.
    #[serde(deserialize_with = "allowance")]
    pub codes: Allowance,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            commands: Allowance::new(300, 5),
            direct: Allowance::new(30, 10),
            questions: Allowance::new(5, 10),
            drafts: Allowance::new(20, 10),
            declarations: Allowance::new(10, 10),
            calls: Allowance::new(10, 10),
            codes: Allowance::new(5, 10),
        }
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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::incident::allowance::{Permit, Spent};

    #[test]
    fn whoever_keeps_a_pace_of_one_command_in_two_seconds_never_meets_the_limit() {
        let (commands, mut spent) = (Limits::default().commands, Spent::default());
        for second in (0..7200).step_by(2) {
            let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second);
            assert_eq!(spent.take(commands, at), Permit::Go, "{second}");
        }
    }
}
