//! Messages of long ago are forgotten: 30 days after they were said, or after the incident ended during which they were.

use jiff::{SignedDuration, Timestamp};

use super::super::{Engine, Step};
use crate::journal::Journal;

/// For how long what stands in several rooms is known after the incident.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How often is looked.
const EVERY: SignedDuration = SignedDuration::from_hours(1);
/// How many are forgotten in one step. More are in the next ones.
const MOST: usize = 500;

impl<J: Journal> Engine<J> {
    /// Forgets what is old, now and then. It rides on steps that have other work: a Herald with none forgets nothing.
    pub(in crate::engine) fn sweep(&mut self, step: &mut Step) {
        if self.bridge.last == 0 || self.bridge.sweep_at.is_some_and(|at| step.now < at) {
            return;
        }
        let old = step.known(self.journal.said_before(self.floor(step.now), MOST)).unwrap_or_default();
        if old.len() < MOST {
            self.bridge.sweep_at = step.now.checked_add(EVERY).ok();
        }
        for n in old {
            step.batch.said.entry(n).or_insert(None);
        }
    }

    /// What was said before this is forgotten.
    fn floor(&self, now: Timestamp) -> Timestamp {
        let recent = now.checked_sub(KEPT).unwrap_or(Timestamp::MIN);
        let open = self.open.values().map(|incident| incident.times.declared);
        let ended = self.over.values().map(|it| &it.times);
        let over = ended.filter(|times| times.ended.is_some_and(|at| at > recent)).map(|times| times.declared);
        open.chain(over).chain([recent]).min().unwrap_or(recent)
    }
}
