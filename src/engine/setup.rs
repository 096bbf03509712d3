//! From what an admin wrote to what the engine goes by.

use std::collections::BTreeSet;

use super::{Relay, Rooms, Seed, Setup};
use crate::config::Config;

impl Setup {
    /// What Herald goes by under `config` in these rooms.
    #[must_use]
    pub fn of(config: &Config, rooms: Rooms, seed: Seed) -> Self {
        Self {
            policy: config.policy(),
            rooms,
            networks: BTreeSet::new(),
            me: BTreeSet::new(),
            found: Vec::new(),
            moved: Vec::new(),
            at_once: usize::try_from(config.delivery.in_flight).unwrap_or(usize::MAX),
            pace: config.delivery.pace(),
            notice: config.delivery.notice,
            relay: Relay {
                on: config.relay.on,
                oldest: config.relay.oldest,
                file_limit: config.relay.file_limit,
                bots: config.relay.bots(),
                spool: config.herald.data.clone(),
            },
            snapshot_every: config.journal.snapshot_every.into(),
            linked: config.people.linked.clone(),
            admins: config.people.admins.clone(),
            limits: config.limits,
            seed,
        }
    }
}
