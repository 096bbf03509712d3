//! The server's time: the machine's, and what a test put on top.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// Runs as fast as the machine's, and jumps ahead when a test says so.
#[derive(Debug)]
pub(crate) struct Clock {
    ahead: Duration,
}

impl Clock {
    pub(crate) const fn new() -> Self {
        Self { ahead: Duration::ZERO }
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.ahead += by;
    }

    /// What the server says the time is.
    #[expect(clippy::disallowed_methods, reason = "a server has a clock of its own")]
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::now() + SignedDuration::try_from(self.ahead).unwrap_or_default()
    }

    /// For distances only; it never goes back.
    pub(crate) fn monotonic(&self) -> Instant {
        instant() + self.ahead
    }
}

/// The machine's, for measurements.
#[expect(clippy::disallowed_methods, reason = "a measurement is of real time")]
pub(crate) fn instant() -> Instant {
    Instant::now()
}

/// As Discord writes times: microseconds, and an offset in digits.
pub(crate) fn iso(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string()
}
