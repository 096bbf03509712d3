//! Delivery: one lane per destination, so that each gets its posts in order and nothing waits for another.

mod alone;
mod backoff;
mod entry;
mod lane;
mod lanes;
mod turn;

pub use entry::{Dest, Entry, EntryId, Rank, Removal, Statement, Tie};
pub use lanes::{Delivery, Mode, Outbox, Outcome, PATIENCE};
