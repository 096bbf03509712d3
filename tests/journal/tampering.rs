//! What both journals promise when what is stored is not what was written.

use herald::incident::Seq;
use herald::journal::{Batch, Journal, JournalError, Snapshot, Verdict, record};

use crate::places::{InMemory, OnDisk, Place};
use crate::samples::{assert_plain, mixed, record_saying, records, scan};

promised_by_both!(
    verify_names_a_record_that_was_changed,
    verify_names_the_record_after_one_that_was_rewritten_together_with_its_hash,
    verify_names_a_record_that_is_missing,
    verify_names_a_record_that_was_added,
    verify_names_a_record_that_cannot_be_read,
    verify_names_a_record_that_lost_a_part,
    a_changed_record_is_passed_on_to_nobody,
    a_journal_whose_last_record_was_changed_does_not_open,
    a_row_of_any_table_changed_or_missing_is_noticed,
    a_newer_format_is_refused,
    a_newer_record_is_refused,
    a_snapshot_that_cannot_be_read_is_as_good_as_none,
);

/// A journal of 9 records, of which the 5th is treated so: the rows of its key are passed to `each` one by one.
fn with_fifth<P: Place>(mut each: impl FnMut(Vec<u8>) -> Option<Vec<u8>>) -> P {
    let place = P::new();
    let mut journal = place.open().unwrap();
    journal.commit(&records(1, 4)).unwrap();
    let long = record_saying(5, &"long ".repeat(3_000));
    journal.commit(&Batch { records: vec![long], ..records(5, 4) }).unwrap();
    journal.commit(&records(6, 9)).unwrap();
    drop(journal);
    place.tamper(&mut |key, value| if is_record(key, 5) { each(value) } else { Some(value) });
    place
}

fn is_record(key: &[u8], seq: Seq) -> bool {
    key[0] == b'r' && key[1..9] == seq.to_be_bytes()
}

fn verdict<P: Place>(place: &P) -> (Seq, String) {
    match place.open().unwrap().verify().unwrap() {
        Verdict::Whole { .. } => panic!("it is not whole"),
        Verdict::Broken { seq, what } => (seq, what),
    }
}

/// What becomes of a value.
#[derive(Clone, Copy)]
enum Harm {
    Cut,
    OneBit,
    Gone,
}

const HARMS: [Harm; 3] = [Harm::Cut, Harm::OneBit, Harm::Gone];

impl Harm {
    fn strike(self, mut value: Vec<u8>) -> Option<Vec<u8>> {
        match self {
            Self::Cut => value.truncate(value.len() / 2),
            Self::OneBit => *value.last_mut().unwrap() ^= 1,
            Self::Gone => return None,
        }
        Some(value)
    }
}

fn verify_names_a_record_that_was_changed<P: Place>() {
    let (seq, what) = verdict(&with_fifth::<P>(|value| Harm::OneBit.strike(value)));
    assert_eq!((seq, what.as_str()), (5, "its hash does not follow from its words and the record before"));
}

fn verify_names_the_record_after_one_that_was_rewritten_together_with_its_hash<P: Place>() {
    let place = with_fifth::<P>(Some);
    replace_fifth(&place, &record::encode(&record_saying(5, "nothing happened")).unwrap());
    assert_eq!(verdict(&place).0, 6);
}

fn verify_names_a_record_that_is_missing<P: Place>() {
    assert_eq!(verdict(&with_fifth::<P>(|value| Harm::Gone.strike(value))), (5, "it is missing".to_owned()));
}

fn verify_names_a_record_that_was_added<P: Place>() {
    let place = P::new();
    let mut journal = place.open().unwrap();
    journal.commit(&records(1, 2)).unwrap();
    drop(journal);
    // The old head comes back, and so does a record that it knows nothing of.
    let mut old_head = Vec::new();
    place.tamper(&mut |key, value| {
        if key[0] == b'h' {
            old_head.clone_from(&value);
        }
        Some(value)
    });
    let mut journal = place.open().unwrap();
    journal.commit(&records(3, 3)).unwrap();
    drop(journal);
    place.tamper(&mut |key, value| {
        // Its first 8 bytes count commits, and a count that falls is noticed before anything else.
        let head = [&value[..8.min(value.len())], old_head.get(8..).unwrap_or_default()].concat();
        if key[0] == b'h' { Some(head) } else { Some(value) }
    });
    assert_eq!(verdict(&place), (3, "it was never committed".to_owned()));
}

fn verify_names_a_record_that_cannot_be_read<P: Place>() {
    let place = with_fifth::<P>(Some);
    replace_fifth(&place, br#"{"v":1,"seq":5}"#);
    assert_eq!(verdict(&place), (5, "it is no record that this Herald can read".to_owned()));
}

fn verify_names_a_record_that_lost_a_part<P: Place>() {
    let mut parts = 0;
    let place = with_fifth::<P>(|value| {
        parts += 1;
        (parts != 2).then_some(value)
    });
    assert_eq!(verdict(&place), (5, "a part of it is missing".to_owned()));
}

fn a_changed_record_is_passed_on_to_nobody<P: Place>() {
    let place = with_fifth::<P>(|value| Harm::OneBit.strike(value));
    let journal = place.open().unwrap();
    let mut passed = 0;
    let error = journal.scan(1..=9, &mut |_| passed += 1).unwrap_err();
    assert!(matches!(error, JournalError::Damaged { .. }));
    assert!(error.to_string().contains("record 5"), "{error}");
    assert_plain(&error);
    assert_eq!(passed, 4);
    assert_eq!(scan(&journal, 1, 4).len(), 4);
    // A walk begins with the hash of the record before it, and that of the fifth still stands there.
    assert_eq!(scan(&journal, 6, 9).len(), 4);
}

fn a_journal_whose_last_record_was_changed_does_not_open<P: Place>() {
    let place = with_fifth::<P>(Some);
    place.tamper(&mut |key, mut value| {
        if is_record(key, 9) {
            value[0] ^= 1;
        }
        Some(value)
    });
    let error = place.open().err().unwrap();
    assert!(error.to_string().contains("record 9"), "{error}");
    assert_plain(&error);
}

fn a_row_of_any_table_changed_or_missing_is_noticed<P: Place>() {
    for table in *b"emcsi" {
        for harm in HARMS {
            let place = P::new();
            let mut journal = place.open().unwrap();
            journal.commit(&mixed(1)).unwrap();
            drop(journal);
            let mut damaged = false;
            place.tamper(&mut |key, value| {
                let hit = key[0] == table && !damaged;
                damaged |= hit;
                if hit { harm.strike(value) } else { Some(value) }
            });
            assert!(damaged, "nothing in table {}", char::from(table));
            let error = place.open().unwrap().tables().unwrap_err();
            assert!(matches!(error, JournalError::Damaged { .. }), "{error}");
            assert_plain(&error);
        }
    }
}

fn a_newer_format_is_refused<P: Place>() {
    let place = P::new();
    drop(place.open().unwrap());
    place.tamper(&mut |key, value| Some(if key[0] == b'f' { 3_u32.to_be_bytes().to_vec() } else { value }));
    let error = place.open().err().unwrap();
    assert!(matches!(error, JournalError::Newer { found: 3, known: 2, .. }), "{error}");
}

fn a_newer_record_is_refused<P: Place>() {
    let place = with_fifth::<P>(Some);
    replace_fifth(&place, br#"{"v":6,"news":true}"#);
    let journal = place.open().unwrap();
    for error in [journal.scan(1..=9, &mut |_| ()).unwrap_err(), journal.verify().unwrap_err()] {
        assert!(matches!(error, JournalError::Newer { found: 6, known: 5, .. }), "{error}");
    }
}

/// Puts other words in place of the fifth record, with the hash that they would have.
fn replace_fifth(place: &impl Place, body: &[u8]) {
    let mut before = record::BEGINNING;
    let mut parts = 0;
    place.tamper(&mut |key, value| {
        if is_record(key, 4) {
            before = *value.first_chunk().unwrap();
        }
        if !is_record(key, 5) {
            return Some(value);
        }
        parts += 1;
        (parts == 1).then(|| stored(&before, body))
    });
}

fn stored(before: &record::Hash, body: &[u8]) -> Vec<u8> {
    [record::link(before, body).as_slice(), body].concat()
}

fn a_snapshot_that_cannot_be_read_is_as_good_as_none<P: Place>() {
    for harm in HARMS {
        let place = P::new();
        let mut journal = place.open().unwrap();
        let snapshot = Snapshot { seq: 2, state: vec![7; 20_000] };
        journal.commit(&Batch { snapshot: Some(snapshot.clone()), ..records(1, 2) }).unwrap();
        drop(journal);
        let mut rows = 0;
        place.tamper(&mut |key, value| {
            rows += u32::from(key[0] == b'z');
            if key[0] == b'z' && rows == 2 { harm.strike(value) } else { Some(value) }
        });
        let mut journal = place.open().unwrap();
        assert_eq!(journal.snapshot().unwrap(), None);
        assert_eq!(scan(&journal, 1, 2).len(), 2);
        journal.commit(&Batch { snapshot: Some(snapshot.clone()), ..Batch::default() }).unwrap();
        assert_eq!(journal.snapshot().unwrap(), Some(snapshot));
    }
}
