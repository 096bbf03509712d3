//! Promises: when the next update is due, how far the reminders have come, and when they go on.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Role;
use super::policy::Ladder;

/// The next update is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Promise {
    /// Its number in this incident, from 1.
    pub n: u32,
    /// When it was made.
    pub made: Timestamp,
    /// When it is due.
    pub due: Timestamp,
    /// The steps of the ladder below this one have been taken.
    pub step: u32,
}

/// A rung of the ladder of reminders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is due soon: the spokesperson.
    Soon,
    /// It is due now: the spokesperson.
    Due,
    /// It is late: the commander.
    Late,
    /// It is still late: both. Counts from 1.
    Later(u32),
}

impl Step {
    /// The step with this number, if the ladder has it.
    #[must_use]
    pub fn number(n: u32, ladder: &Ladder) -> Option<Self> {
        match n {
            0 => Some(Self::Soon),
            1 => Some(Self::Due),
            2 => Some(Self::Late),
            n => Some(Self::Later(n - 2)).filter(|_| n - 2 <= ladder.most),
        }
    }

    /// The last step that the ladder has.
    #[must_use]
    pub fn is_last(self, ladder: &Ladder) -> bool {
        match self {
            Self::Soon | Self::Due => false,
            Self::Late => ladder.most == 0,
            Self::Later(k) => k >= ladder.most,
        }
    }

    fn at(self, due: Timestamp, ladder: &Ladder) -> Timestamp {
        let offset = match self {
            Self::Soon => -ladder.before,
            Self::Due => SignedDuration::ZERO,
            Self::Late => ladder.after,
            Self::Later(k) => {
                ladder.after.saturating_add(ladder.every.saturating_mul(i32::try_from(k).unwrap_or(i32::MAX)))
            }
        };
        due.saturating_add(offset).unwrap_or(Timestamp::MAX)
    }
}

impl Promise {
    /// The step that comes next, and when. `None` once the ladder is used up. A reminder that would come at the very
    /// moment of the promise is left out.
    #[must_use]
    pub fn next_step(&self, ladder: &Ladder) -> Option<(Timestamp, u32, Step)> {
        let step = if self.step == 0 && Step::Soon.at(self.due, ladder) <= self.made { 1 } else { self.step };
        Step::number(step, ladder).map(|rung| (rung.at(self.due, ladder), step, rung))
    }

    /// The highest step that is due at `now`: after a long sleep the ones below it are not caught up on.
    #[must_use]
    pub fn due_step(&self, ladder: &Ladder, now: Timestamp) -> Option<(u32, Step)> {
        let mut found = None;
        let mut probe = self.clone();
        while let Some((_, n, step)) = probe.next_step(ladder).filter(|(at, ..)| *at <= now) {
            found = Some((n, step));
            probe.step = n + 1;
        }
        found
    }
}

/// When an incident next needs attention, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub why: Why,
}

/// Why an incident needs attention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// A step of the promise's ladder.
    Promise,
    /// An offer of this role has stood long enough.
    Offer(Role),
}
