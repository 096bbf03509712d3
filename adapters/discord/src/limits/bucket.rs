//! One bucket: so many requests in a window of time.

use jiff::{SignedDuration, Timestamp};

use super::Answer;

/// Two ends of windows that are not further apart are the same: the way to Discord takes a different time each time.
const SAME: SignedDuration = SignedDuration::from_millis(500);
/// How long after its end a window counts as over: their clock and the way there are not ours.
const MARGIN: SignedDuration = SignedDuration::from_millis(30);

/// When a request may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// Now, and it is counted.
    Now,
    /// Not before this.
    At(Timestamp),
    /// Not before another one is answered.
    Answered,
}

/// What is known of a bucket.
#[derive(Debug, Default)]
pub(super) struct Bucket {
    /// How many requests a window allows, once an answer has told.
    limit: Option<u32>,
    /// How many more may be made in this window.
    left: u32,
    /// When this window ends, once an answer has told.
    ends: Option<Timestamp>,
    /// How many are not answered yet.
    in_flight: u32,
    /// Discord said to wait until then.
    blocked: Option<Timestamp>,
    used: Option<Timestamp>,
}

impl Bucket {
    pub(super) fn admit(&mut self, now: Timestamp) -> When {
        if let Some(until) = self.blocked.filter(|until| *until > now) {
            return When::At(until);
        }
        if self.ends.is_some_and(|ends| later(ends, MARGIN) <= now) {
            self.ends = None;
            // Those on their way may be counted in the new window.
            self.left = self.limit.unwrap_or(0).saturating_sub(self.in_flight);
        }
        let free = match self.limit {
            Some(_) => self.left > 0,
            None => false,
        };
        // Nothing is known and nothing will be told unless one is tried.
        let alone = self.in_flight == 0 && self.ends.is_none();
        if free || alone {
            self.left = self.left.saturating_sub(1);
            self.in_flight += 1;
            self.used = Some(now);
            return When::Now;
        }
        match self.ends {
            Some(ends) => When::At(later(ends, MARGIN)),
            None => When::Answered,
        }
    }

    /// One is on its way no more.
    pub(super) fn returned(&mut self, now: Timestamp) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.used = Some(now);
    }

    pub(super) fn learn(&mut self, answer: &Answer, now: Timestamp) {
        if let (Some(limit), Some(remaining), Some(reset)) = (answer.limit, answer.remaining, answer.reset) {
            self.limit = Some(limit);
            let ends = now.saturating_add(reset).unwrap_or(Timestamp::MAX);
            self.left = match self.ends {
                Some(known) if known.duration_since(ends).abs() <= SAME => self.left.min(remaining),
                // An answer of the window before, come late.
                Some(known) if known > ends => self.left.min(remaining),
                Some(_) | None => remaining.saturating_sub(self.in_flight),
            };
            self.ends = Some(self.ends.map_or(ends, |known| known.max(ends)));
        } else if answer.is_own && self.limit.is_none() {
            // An answer without limits: requests like this have none of their own.
            self.left = u32::MAX;
            self.limit = Some(u32::MAX);
        }
    }

    pub(super) fn block(&mut self, until: Timestamp) {
        self.blocked = Some(self.blocked.map_or(until, |known| known.max(until)));
    }

    pub(super) fn is_idle(&self) -> bool {
        self.in_flight == 0
    }

    pub(super) fn last_used(&self) -> Option<Timestamp> {
        self.used
    }
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}
