//! How often Herald may begin a session. Discord allows so many a day, and takes the token away from who uses them up:
//! a Herald that is started, fails and is started again must not.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The name of the file.
const FILE: &str = "sessions.json";

/// What Discord says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) struct Limit {
    /// How many a day.
    pub(crate) total: u32,
    /// How many are left.
    pub(crate) remaining: u32,
    /// How long until they are all there again, in ms.
    pub(crate) reset_after: u64,
}

/// What is kept of it from one start to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Budget {
    /// How many a day.
    total: u32,
    /// How many are left.
    remaining: u32,
    /// When they are all there again.
    resets: Timestamp,
    /// When the last session was begun.
    last: Option<Timestamp>,
}

impl Budget {
    /// What is known by now.
    pub(super) fn of(limit: Limit, kept: Option<Self>, now: Timestamp) -> Self {
        let resets = now.saturating_add(Duration::from_millis(limit.reset_after)).unwrap_or(Timestamp::MAX);
        // Of two numbers for the same day, the smaller: theirs may be behind.
        let same = kept.filter(|kept| kept.resets > now && kept.total == limit.total);
        let remaining = same.map_or(limit.remaining, |kept| kept.remaining.min(limit.remaining));
        Self { total: limit.total, remaining, resets, last: kept.and_then(|kept| kept.last) }
    }

    /// How long to wait before a session is begun. The first half of the day's allowance is there to be used; the rest
    /// is spread over what is left of the day, and never all of it is used.
    pub(super) fn wait(&self, now: Timestamp) -> SignedDuration {
        let left = self.resets.duration_since(now).max(SignedDuration::ZERO);
        if self.remaining <= 1 {
            return left;
        }
        if self.remaining > self.total / 2 {
            return SignedDuration::ZERO;
        }
        let share = left / i32::try_from(self.remaining).unwrap_or(i32::MAX);
        let since = self.last.map_or(SignedDuration::MAX, |last| now.duration_since(last));
        (share - since.min(share)).max(SignedDuration::ZERO)
    }

    /// One is begun.
    pub(super) fn spent(mut self, now: Timestamp) -> Self {
        self.remaining = self.remaining.saturating_sub(1);
        self.last = Some(now);
        self
    }

    /// How many are left.
    pub(super) fn remaining(&self) -> u32 {
        self.remaining
    }

    pub(super) fn load(store: &crate::store::Store) -> Option<Self> {
        store.get(FILE)
    }

    pub(super) fn keep(&self, store: &crate::store::Store) {
        // Without it the next start goes by what Discord says. That it cannot be written stands in the log.
        let _ = store.keep(FILE, || serde_json::to_vec(self));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 24 * 60 * 60 * 1000;

    fn now() -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn limit(remaining: u32) -> Limit {
        Limit { total: 1000, remaining, reset_after: DAY }
    }

    #[test]
    fn a_session_is_begun_at_once_while_most_of_the_allowance_is_left() {
        let budget = Budget::of(limit(501), None, now()).spent(now());
        assert_eq!(Budget::of(limit(501), Some(budget), now()).remaining(), 500);
        assert_eq!(Budget::of(limit(501), None, now()).wait(now()), SignedDuration::ZERO);
    }

    #[test]
    fn a_process_that_dies_and_starts_for_a_day_never_uses_the_last_session() {
        let mut clock = now();
        let mut kept: Option<Budget> = None;
        let (mut begun, end) = (0u32, now() + SignedDuration::from_hours(23));
        while clock < end {
            let left =
                u64::try_from((now() + SignedDuration::from_hours(24)).duration_since(clock).as_millis()).unwrap();
            let told = Limit { total: 1000, remaining: 1000 - begun, reset_after: left };
            let budget = Budget::of(told, kept, clock);
            clock += budget.wait(clock);
            kept = Some(budget.spent(clock));
            begun += 1;
            clock += SignedDuration::from_secs(3);
        }
        assert!(begun < 1000, "{begun} sessions were begun");
        assert!(begun > 900, "{begun} sessions were begun, more would have been allowed");
    }

    #[test]
    fn with_one_left_it_waits_until_the_day_is_over() {
        assert_eq!(Budget::of(limit(1), None, now()).wait(now()), SignedDuration::from_hours(24));
    }

    #[test]
    fn what_was_kept_counts_when_discord_is_behind_but_not_on_another_day() {
        let kept = Budget::of(limit(3), None, now());
        assert_eq!(Budget::of(limit(900), Some(kept), now()).remaining(), 3);
        let tomorrow = now() + SignedDuration::from_hours(25);
        assert_eq!(Budget::of(limit(900), Some(kept), tomorrow).remaining(), 900);
    }
}
