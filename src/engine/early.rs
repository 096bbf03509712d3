//! What is said in an incident's own room before Herald knows that the room is there: the answer to its opening is
//! late or lost, and people are quick.

use herald_chat::Inbound;

use super::{Engine, Step};
use crate::announce::Action;
use crate::journal::Journal;

/// How much of it is kept. Nobody says more before an answer comes or the process ends.
const EARLY_MOST: usize = 1000;

impl<J: Journal> Engine<J> {
    /// Whether this may be said in a room that is being opened, so that nobody knows yet whose it is. It waits, with no
    /// mark and no cursor moved: a process that ends in the meantime reads it back.
    pub(super) fn is_early(&self, step: &Step, inbound: &Inbound) -> bool {
        let network = inbound.room.network();
        let opening = |entry: &&crate::outbox::Entry| {
            matches!(entry.action, Action::Open(_))
                && entry.dest.network() == network
                && !step.batch.settled.contains(&entry.id)
        };
        self.early.len() < EARLY_MOST && self.site(inbound).is_none() && self.outbox.waiting().any(|it| opening(&it))
    }
}
