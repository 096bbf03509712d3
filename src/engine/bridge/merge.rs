//! What was said on several networks while Herald was down is taken in by the order of the servers' times.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use herald_chat::{Inbound, Network, Origin, RoomRef};
use jiff::{SignedDuration, Timestamp};

/// How long the networks that have been read back wait for the others.
const PATIENCE: SignedDuration = SignedDuration::from_secs(10);
/// How much is held at most. What comes then is taken in as it comes.
const MOST: usize = 50_000;

/// What has been read back so far, until all networks are.
#[derive(Debug, Default)]
pub(in crate::engine) struct Merge {
    /// Those that are not read back.
    behind: BTreeSet<Network>,
    rooms: BTreeMap<RoomRef, VecDeque<Inbound>>,
    held: usize,
    until: Option<Timestamp>,
}

impl Merge {
    /// Nothing is read back yet. A single network waits for nobody.
    pub(super) fn of(networks: impl IntoIterator<Item = Network>) -> Self {
        let behind: BTreeSet<Network> = networks.into_iter().collect();
        Self { behind: if behind.len() > 1 { behind } else { BTreeSet::new() }, ..Self::default() }
    }

    /// Keeps it until its turn comes, or gives it back when nothing has to wait any more.
    pub(in crate::engine) fn hold(&mut self, inbound: Box<Inbound>) -> Option<Box<Inbound>> {
        if self.behind.is_empty() {
            return Some(inbound);
        }
        self.held += 1;
        self.rooms.entry(inbound.room.clone()).or_default().push_back(*inbound);
        None
    }

    /// A network has been read back. The first one gives the others so long.
    pub(in crate::engine) fn is_read(&mut self, network: &Network, now: Timestamp) {
        if self.behind.remove(network) && self.until.is_none() {
            self.until = now.checked_add(PATIENCE).ok();
        }
    }

    /// When what is held is let go, if nothing happens before.
    pub(in crate::engine) fn wakes(&self) -> Option<Timestamp> {
        self.until.filter(|_| !self.behind.is_empty())
    }

    /// What may be taken in now: by the servers' times, but each room in its own order.
    pub(in crate::engine) fn release(&mut self, now: Timestamp) -> Vec<Inbound> {
        let is_late = self.until.is_some_and(|until| now >= until) || self.held >= MOST;
        if !is_late && (self.held == 0 || !self.behind.is_empty()) {
            return Vec::new();
        }
        self.behind.clear();
        self.held = 0;
        let mut released = Vec::new();
        let mut rooms = std::mem::take(&mut self.rooms);
        let next = |rooms: &BTreeMap<RoomRef, VecDeque<Inbound>>| {
            let heads = rooms.iter().filter_map(|(room, events)| Some((turn(events.front()?), room)));
            heads.min().map(|(_, room)| room.clone())
        };
        while let Some(room) = next(&rooms) {
            released.extend(rooms.get_mut(&room).and_then(VecDeque::pop_front));
        }
        released
    }
}

/// When an event's turn comes. What Herald itself did holds up nobody: it does nothing.
fn turn(event: &Inbound) -> Timestamp {
    if event.origin == Origin::Own { Timestamp::MIN } else { event.at }
}

#[cfg(test)]
mod tests;
