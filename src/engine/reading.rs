//! How far every network has been read.

use std::collections::BTreeMap;

use herald_chat::{Network, RoomRef};

/// How far a network has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// What was missed is being read back.
    Behind,
    /// All that was missed is handled, but for what was said in mapped rooms that cannot be read, and why.
    Live {
        /// Those rooms.
        unread: BTreeMap<RoomRef, String>,
    },
}

/// How far every network has been read. Of one that nothing is known of, everything is still to be read.
#[derive(Debug, Clone, Default)]
pub struct Readings(BTreeMap<Network, Reading>);

impl Readings {
    /// How far this one has been read.
    #[must_use]
    pub fn of(&self, network: &Network) -> &Reading {
        self.0.get(network).unwrap_or(&Reading::Behind)
    }

    pub(super) fn set(&mut self, network: Network, reading: Reading) {
        self.0.insert(network, reading);
    }
}
