//! What an older Herald wrote is brought up to date: once, and whole. `tests/stored/` has real directories of theirs.

use herald::journal::{Fault, Journal, JournalError, Migrated, Options, SledJournal, Tables};

use crate::places::{InMemory, OnDisk, Place};
use crate::samples::{assert_plain, mixed, records, scan};

promised_by_both!(
    an_older_format_is_brought_up_to_date_once_and_nothing_is_lost,
    what_was_brought_up_to_date_goes_on,
    a_format_that_there_never_was_is_no_journal,
);

const FROM_1: Migrated = Migrated { from: 1, to: 2 };

fn set_format(place: &impl Place, format: u32) {
    place.tamper(&mut |key, value| Some(if key[0] == b'f' { format.to_be_bytes().to_vec() } else { value }));
}

/// A journal of the oldest format with something in every table, and its tables.
fn old<P: Place>() -> (P, Tables) {
    let place = P::new();
    let mut journal = place.open().unwrap();
    journal.commit(&mixed(1)).unwrap();
    let tables = journal.tables().unwrap();
    drop(journal);
    set_format(&place, 1);
    (place, tables)
}

fn an_older_format_is_brought_up_to_date_once_and_nothing_is_lost<P: Place>() {
    let (place, tables) = old::<P>();
    for expected in [Some(FROM_1), None, None] {
        let journal = place.open().unwrap();
        assert_eq!(journal.migrated(), expected);
        assert_eq!(journal.tables().unwrap(), tables);
        assert_eq!(scan(&journal, 1, 9).len(), 2);
        assert!(journal.snapshot().unwrap().is_some());
    }
}

fn what_was_brought_up_to_date_goes_on<P: Place>() {
    let (place, _) = old::<P>();
    let mut journal = place.open().unwrap();
    journal.commit(&mixed(2)).unwrap();
    drop(journal);
    let journal = place.open().unwrap();
    assert_eq!((journal.migrated(), journal.tables().unwrap().last), (None, 4));
}

fn a_format_that_there_never_was_is_no_journal<P: Place>() {
    let place = P::new();
    drop(place.open().unwrap());
    set_format(&place, 0);
    let error = place.open().err().unwrap();
    assert!(matches!(error, JournalError::Damaged { .. }), "{error}");
    assert_plain(&error);
}

#[test]
fn whatever_interrupts_it_the_next_start_finds_one_format_or_the_other() {
    for (fault, then) in [
        (Fault::CrashBeforeFlush, Some(FROM_1)),
        (Fault::CrashAfterFlush, None),
        (Fault::Broken, Some(FROM_1)),
        (Fault::Full, Some(FROM_1)),
    ] {
        let (place, tables) = old::<InMemory>();
        place.0.fail_next(fault);
        assert!(place.open().is_err(), "{fault:?}");
        let journal = place.open().unwrap();
        assert_eq!((journal.migrated(), journal.tables().unwrap()), (then, tables), "{fault:?}");
    }
}

#[test]
fn it_may_use_the_reserve_and_not_all_of_it() {
    let (place, _) = old::<OnDisk>();
    place.set_free(crate::places::RESERVE / 4);
    let error = place.open().err().unwrap();
    assert!(matches!(error, JournalError::Full { .. }), "{error}");
    place.starve();
    let mut journal = place.open().unwrap();
    assert_eq!(journal.migrated(), Some(FROM_1));
    assert!(matches!(journal.commit(&records(3, 3)), Err(JournalError::Full { .. })));
}

#[test]
fn whoever_only_reads_leaves_it_as_it_is() {
    let (place, tables) = old::<OnDisk>();
    let journal = SledJournal::open_existing(place.dir(), Options::new(0)).unwrap();
    assert_eq!((journal.migrated(), journal.tables().unwrap()), (None, tables));
    drop(journal);
    assert_eq!(place.open().unwrap().migrated(), Some(FROM_1));
}
