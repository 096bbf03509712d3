//! The server's time: the machine's, and what a test put on top.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// Runs as fast as the machine's, slow if a test wants it so, and jumps ahead when a test says so.
#[derive(Debug)]
pub(crate) struct Clock {
    ahead: Duration,
    /// By how much it was slow from the beginning on.
    behind: Duration,
}

impl Clock {
    pub(crate) const fn new() -> Self {
        Self { ahead: Duration::ZERO, behind: Duration::ZERO }
    }

    /// Sets it back: before anything has happened, since it never goes back afterwards.
    pub(crate) fn set_back(&mut self, by: Duration) {
        self.behind = by;
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.ahead += by;
    }

    /// What the server says the time is.
    #[expect(clippy::disallowed_methods, reason = "a server has a clock of its own")]
    pub(crate) fn now(&self) -> Timestamp {
        let apart = |it: Duration| SignedDuration::try_from(it).unwrap_or_default();
        Timestamp::now() + apart(self.ahead) - apart(self.behind)
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
