//! Delivery: one lane per destination, so that each gets its posts in order and nothing waits for another.

mod entry;

pub use entry::{Action, Dest, Entry, EntryId, Rank, Statement};
