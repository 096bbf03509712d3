//! What the record says of rooms, for whoever looks before Herald runs.

use std::collections::BTreeMap;

use herald_chat::RoomRef;

use crate::incident::{Event, House, Seq};
use crate::journal::{Journal, JournalError};

/// The room that each name of the configuration was found to be, at first or as an admin said since.
///
/// # Errors
/// [`JournalError`] when the journal cannot be read.
pub fn rooms_on_record(journal: &dyn Journal) -> Result<BTreeMap<RoomRef, RoomRef>, JournalError> {
    let mut found = BTreeMap::new();
    journal.scan(1..=Seq::MAX, &mut |record| {
        if let Event::House(House::RoomFound { written, room }) = record.event {
            found.insert(written, room);
        }
    })?;
    Ok(found)
}
