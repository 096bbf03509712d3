//! `[delivery]`: how posts reach their rooms.

use std::sync::Arc;

use herald_chat::{Clock, Pace, PacedClock};
use jiff::SignedDuration;
use serde::Deserialize;

use super::values;

/// How posts reach their rooms.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Delivery {
    /// How long an update is tried for before the war room is told that it has not arrived.
    #[serde(deserialize_with = "values::duration")]
    pub notice: SignedDuration,
    /// How many posts are on their way to one network at a time: 1 to 64. Files, and what has failed by itself, are counted
    /// apart: half as many more, at least one. A room gets one after another of each all the same, so two at a time.
    #[serde(deserialize_with = "values::whole::<_, 1, 64>")]
    pub in_flight: u32,
    /// How long Herald waits before it tries again what failed, in percent of what suits real servers: 1 to 100. Less is
    /// for tests alone.
    #[serde(deserialize_with = "values::whole::<_, 1, 100>")]
    pub pauses: u32,
}

impl Delivery {
    /// How long Herald waits before it tries again what failed.
    #[must_use]
    pub const fn pace(&self) -> Pace {
        Pace::percent(self.pauses)
    }

    /// The same time, with such pauses.
    #[must_use]
    pub fn paced(&self, clock: Arc<dyn Clock>) -> Arc<dyn Clock> {
        Arc::new(PacedClock::new(clock, self.pace()))
    }
}

impl Default for Delivery {
    fn default() -> Self {
        Self { notice: SignedDuration::from_mins(2), in_flight: 8, pauses: 100 }
    }
}
