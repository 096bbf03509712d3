//! What the record says, for whoever looks before Herald runs.

use std::collections::BTreeMap;

use herald_chat::{Finding, RoomRef};

use crate::incident::{Event, House, Seq};
use crate::journal::Journal;

/// The room that each name of the configuration was found to be, at first or as an admin said since; and what is odd about
/// the journal. Whoever opens it hears that once, so it has to be told.
pub fn on_record(journal: &dyn Journal) -> (BTreeMap<RoomRef, RoomRef>, Vec<Finding>) {
    let mut found = BTreeMap::new();
    let scanned = journal.scan(1..=Seq::MAX, &mut |record| {
        if let Event::House(House::RoomFound { written, room }) = record.event {
            found.insert(written, room);
        }
    });
    let damage = scanned.err().map(|error| error.to_string());
    let odd = journal.remarks().into_iter().chain(damage).map(|why| Finding::warning(JOURNAL, why));
    (found, odd.collect())
}

/// What such findings are about.
pub const JOURNAL: &str = "journal";
