//! The clock, as everything that waits needs it.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;

/// Tells the time and waits for it. The real one lives in Herald's `main.rs`; scripts and tests have one that they move.
pub trait Clock: Send + Sync + 'static {
    /// The time.
    fn now(&self) -> Timestamp;

    /// Ready once it is `at` or later.
    fn until(&self, at: Timestamp) -> BoxFuture<'static, ()>;

    /// How long to wait before what failed is tried again, where `usual` is what suits real servers. Only for pauses of
    /// Herald's own choice: what a server asks for is waited for in full.
    fn pause(&self, usual: Duration) -> Duration {
        usual
    }
}

/// How long Herald waits before it tries again what failed, as a part of what suits real servers. Tests, whose servers
/// mind no haste, wait less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    percent: u32,
}

impl Pace {
    /// So many percent of what is usual.
    #[must_use]
    pub const fn percent(percent: u32) -> Self {
        Self { percent }
    }

    /// How long to wait in place of `usual`.
    #[must_use]
    pub fn of(self, usual: Duration) -> Duration {
        usual.saturating_mul(self.percent) / 100
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self::percent(100)
    }
}

/// A clock on which pauses have another [`Pace`].
pub struct PacedClock {
    clock: Arc<dyn Clock>,
    pace: Pace,
}

impl PacedClock {
    /// The same time as `clock` has.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, pace: Pace) -> Self {
        Self { clock, pace }
    }
}

impl Clock for PacedClock {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn until(&self, at: Timestamp) -> BoxFuture<'static, ()> {
        self.clock.until(at)
    }

    fn pause(&self, usual: Duration) -> Duration {
        self.pace.of(usual)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct AtRest;

    impl Clock for AtRest {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }

        fn until(&self, _: Timestamp) -> BoxFuture<'static, ()> {
            Box::pin(std::future::pending())
        }
    }

    #[test]
    fn a_pace_changes_how_long_pauses_are_and_not_the_time() {
        let (clock, usual) = (Arc::new(AtRest), Duration::from_secs(2));
        assert_eq!(clock.pause(usual), usual);
        assert_eq!(PacedClock::new(clock.clone(), Pace::default()).pause(usual), usual);
        let quick = PacedClock::new(clock.clone(), Pace::percent(10));
        assert_eq!(quick.pause(usual), Duration::from_millis(200));
        assert_eq!(quick.now(), clock.now());
    }
}
