//! What the journal in memory has of its own: it can die, and it is the other one's twin.

use std::collections::BTreeMap;

use herald::journal::{Fault, Journal, JournalError, MemoryJournal};

use crate::places::{InMemory, OnDisk, Place};
use crate::samples::{mixed, scan};

fn after(fault: Fault) -> (InMemory, MemoryJournal) {
    let place = InMemory::new();
    let mut journal = place.open().unwrap();
    journal.commit(&mixed(1)).unwrap();
    place.0.fail_next(fault);
    assert!(matches!(journal.commit(&mixed(2)), Err(JournalError::Broken { .. })));
    (place, journal)
}

#[test]
fn a_crash_before_the_flush_forgets_the_batch() {
    for fault in [Fault::CrashBeforeFlush, Fault::Broken] {
        let (place, _dead) = after(fault);
        let journal = place.open().unwrap();
        assert_eq!(journal.tables().unwrap().last, 2);
        assert_eq!(scan(&journal, 1, 9).len(), 2);
    }
}

#[test]
fn a_crash_after_the_flush_keeps_the_batch() {
    let (place, _dead) = after(Fault::CrashAfterFlush);
    let journal = place.open().unwrap();
    assert_eq!(journal.tables().unwrap().last, 4);
    assert_eq!(scan(&journal, 1, 9).len(), 4);
}

#[test]
fn after_a_crash_the_journal_refuses_everything_until_it_is_opened_anew() {
    let (place, mut dead) = after(Fault::CrashBeforeFlush);
    assert!(matches!(dead.tables(), Err(JournalError::Broken { .. })));
    assert!(matches!(dead.commit(&mixed(2)), Err(JournalError::Broken { .. })));
    place.open().unwrap().commit(&mixed(2)).unwrap();
    assert!(matches!(dead.commit(&mixed(2)), Err(JournalError::Broken { .. })));
}

#[test]
fn a_journal_left_over_from_before_the_last_opening_is_dead() {
    let place = InMemory::new();
    let mut old = place.open().unwrap();
    let mut new = place.open().unwrap();
    assert!(matches!(old.commit(&mixed(1)), Err(JournalError::Broken { .. })));
    new.commit(&mixed(1)).unwrap();
}

#[test]
fn memory_and_disk_hold_the_same_bytes_after_the_same_commits() {
    fn rows(place: &impl Place) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let mut journal = place.open().unwrap();
        for n in 1..=20 {
            journal.commit(&mixed(n)).unwrap();
        }
        drop(journal);
        let mut rows = BTreeMap::new();
        place.tamper(&mut |key, value| {
            rows.insert(key.to_vec(), value.clone());
            Some(value)
        });
        rows
    }
    assert_eq!(rows(&InMemory::new()), rows(&OnDisk::new()));
}
