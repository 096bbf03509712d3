//! Counts since the start.

use std::collections::BTreeMap;

/// Counts since the start, for metrics and for the tests' table of what was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Commands understood, by verb.
    pub commands: BTreeMap<&'static str, u64>,
    /// Refusals, by code.
    pub refusals: BTreeMap<&'static str, u64>,
    /// Steps of the ladder taken, by number.
    pub reminders: BTreeMap<u32, u64>,
}

impl Tally {
    /// Adds what another has counted.
    pub fn add(&mut self, other: &Self) {
        for (verb, count) in &other.commands {
            *self.commands.entry(verb).or_default() += count;
        }
        for (code, count) in &other.refusals {
            *self.refusals.entry(code).or_default() += count;
        }
        for (step, count) in &other.reminders {
            *self.reminders.entry(*step).or_default() += count;
        }
    }
}
