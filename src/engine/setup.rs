//! From what an admin wrote to what the engine goes by.

use super::{Rooms, Seed, Setup};
use crate::config::Config;

impl Setup {
    /// What Herald goes by under `config` in these rooms.
    #[must_use]
    pub fn of(config: &Config, rooms: Rooms, seed: Seed) -> Self {
        Self {
            policy: config.policy(),
            rooms,
            at_once: usize::try_from(config.delivery.in_flight).unwrap_or(usize::MAX),
            notice: config.delivery.notice,
            snapshot_every: config.journal.snapshot_every.into(),
            linked: config.people.linked.clone(),
            seed,
        }
    }
}
