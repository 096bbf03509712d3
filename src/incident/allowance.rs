//! What one person may cause in a time.

use jiff::{SignedDuration, Timestamp};

/// How often something may be done: so many times at once, and from then on as often as keeps that pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// How many times.
    pub most: u32,
    /// In how long.
    pub within: SignedDuration,
}

impl Allowance {
    /// So many times in so many minutes.
    #[must_use]
    pub const fn new(most: u32, minutes: i64) -> Self {
        Self { most, within: SignedDuration::from_mins(minutes) }
    }

    /// How far apart two are that keep the pace.
    fn pace(self) -> SignedDuration {
        self.within.checked_div(i32::try_from(self.most.max(1)).unwrap_or(i32::MAX)).unwrap_or(self.within)
    }
}

/// What has been used of an [`Allowance`]. A new one is untouched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// When nothing of it counts any more.
    clear_at: Option<Timestamp>,
    /// Until when nothing is taken.
    closed: Option<Timestamp>,
    /// When that was last said.
    told: Option<Timestamp>,
}

/// How often it is said while nothing is taken: whoever types something that matters has to know that it was not done.
const TOLD_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// Whether something may be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permit {
    /// It may.
    Go,
    /// It may not, and that has to be said: it may be done again after this long.
    Wait(SignedDuration),
    /// It may not, and whoever does it was told so a moment ago: it may be done again after this long.
    Silence(SignedDuration),
}

impl Spent {
    /// Uses it once, if that is allowed now. Once it is used up it is closed for a quarter of its time, which is said at
    /// once, and once a minute to whoever goes on.
    pub fn take(&mut self, allowance: Allowance, now: Timestamp) -> Permit {
        if let Some(until) = self.closed.filter(|until| now < *until) {
            let wait = until.duration_since(now);
            if self.told.is_some_and(|at| now.duration_since(at) < TOLD_EVERY) {
                return Permit::Silence(wait);
            }
            self.told = Some(now);
            return Permit::Wait(wait);
        }
        self.closed = None;
        let from = self.clear_at.map_or(now, |at| at.max(now));
        let clear_at = from.checked_add(allowance.pace()).unwrap_or(Timestamp::MAX);
        if clear_at.duration_since(now) <= allowance.within {
            self.clear_at = Some(clear_at);
            return Permit::Go;
        }
        let wait = (allowance.within / 4).max(SignedDuration::from_secs(1));
        self.closed = now.checked_add(wait).ok();
        self.told = Some(now);
        Permit::Wait(wait)
    }

    /// When it is as if it had never been used.
    #[must_use]
    pub fn clear_at(&self) -> Option<Timestamp> {
        self.clear_at.max(self.closed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn whoever_goes_too_fast_is_told_once_a_minute_and_goes_on_after_the_time_that_was_named() {
        let (five, mut spent) = (Allowance::new(5, 10), Spent::default());
        for _ in 0..5 {
            assert_eq!(spent.take(five, at(0)), Permit::Go);
        }
        assert_eq!(spent.take(five, at(1)), Permit::Wait(SignedDuration::from_secs(150)));
        for second in 2..151 {
            let wait = SignedDuration::from_secs(151 - second);
            let permit = if (second - 1) % 60 == 0 { Permit::Wait(wait) } else { Permit::Silence(wait) };
            assert_eq!(spent.take(five, at(second)), permit, "{second}");
        }
        assert_eq!(spent.take(five, at(151)), Permit::Go);
    }
}
