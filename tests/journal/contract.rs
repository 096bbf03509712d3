//! What both journals promise.

use herald::incident::Seq;
use herald::journal::{Batch, Journal, JournalError, MARKS_KEPT, Snapshot, Tables, Verdict};
use herald_chat::{Cursor, MessageRef};

use crate::places::{InMemory, OnDisk, Place};
use crate::samples::{
    assert_plain, entry, mark, message, mixed, moment, record, record_saying, records, room, said, scan, subject,
    summary,
};

promised_by_both!(
    a_new_journal_is_empty,
    what_was_committed_is_there_after_reopening,
    a_message_in_several_rooms_is_found_by_each_that_stands_for_it,
    records_come_back_in_order_and_in_any_range,
    records_of_any_length_come_back,
    values_around_the_length_of_a_part_come_back_and_can_be_replaced,
    entries_come_back_in_the_order_they_were_made_until_they_are_settled,
    an_entry_made_and_settled_in_one_batch_is_settled,
    only_the_newest_marks_are_kept,
    a_subject_can_be_replaced_and_forgotten,
    a_snapshot_of_any_size_replaces_the_one_before,
    a_full_disk_leaves_everything_as_it_was_and_the_next_commit_may_succeed,
    a_record_out_of_order_is_the_end_of_the_journal_and_nothing_of_its_batch_is_kept,
);

fn a_new_journal_is_empty<P: Place>() {
    let journal = P::new().open().unwrap();
    assert_eq!(journal.tables().unwrap(), Tables::default());
    assert_eq!(journal.snapshot().unwrap(), None);
    assert_eq!(scan(&journal, 0, Seq::MAX), []);
    assert_eq!(journal.verify().unwrap(), Verdict::Whole { records: 0 });
}

fn what_was_committed_is_there_after_reopening<P: Place>() {
    let place = P::new();
    let mut journal = place.open().unwrap();
    for n in 1..=3 {
        journal.commit(&mixed(n)).unwrap();
    }
    let expected = Tables {
        last: 6,
        entries: vec![entry(2), entry(4), entry(6)],
        marks: vec![mark(1), mark(2), mark(3)],
        cursors: [(room("war-room"), Cursor("at 3".to_owned())), (room("company"), Cursor("long ".repeat(3_000)))]
            .into(),
        subjects: [(message("m3"), subject(1))].into(),
        last_said: 3,
        summaries: vec![summary(1, "version 3")],
    };
    for _ in 0..2 {
        assert_eq!(journal.tables().unwrap(), expected);
        assert_eq!(scan(&journal, 1, 6), (1..=6).map(record).collect::<Vec<_>>());
        assert_eq!(journal.snapshot().unwrap(), Some(Snapshot { seq: 6, state: b"state 3".to_vec() }));
        assert_eq!(journal.verify().unwrap(), Verdict::Whole { records: 6 });
        drop(journal);
        journal = place.open().unwrap();
    }
    journal.commit(&mixed(4)).unwrap();
    assert_eq!(journal.tables().unwrap().last, 8);
}

fn a_message_in_several_rooms_is_found_by_each_that_stands_for_it<P: Place>() {
    let place = P::new();
    let mut journal = place.open().unwrap();
    for n in 1..=3 {
        journal.commit(&mixed(n)).unwrap();
    }
    let batch = Batch { said: [(4, Some(said(4))), (5, Some(said(5)))].into(), ..Batch::default() };
    journal.commit(&batch).unwrap();
    let copy = |n: u64| MessageRef { room: room("elsewhere"), id: format!("c{n}") };
    for _ in 0..2 {
        assert_eq!(journal.said(3).unwrap(), Some(said(3)));
        assert_eq!(journal.said(2).unwrap(), None);
        assert_eq!(journal.find_said(&message("o3")).unwrap(), Some(3));
        assert_eq!(journal.find_said(&copy(4)).unwrap(), Some(4));
        assert_eq!(journal.find_said(&copy(2)).unwrap(), None);
        assert_eq!(journal.said_before(moment(5), 9).unwrap(), [3, 4]);
        assert_eq!(journal.said_before(moment(5), 1).unwrap(), [3]);
        drop(journal);
        journal = place.open().unwrap();
    }
    // What stands for it is another message now.
    let mut changed = said(4);
    changed.arrived(&herald::relay::Side::Room(room("elsewhere")), 0, Some(&message("other")));
    journal.commit(&Batch { said: [(4, Some(changed))].into(), ..Batch::default() }).unwrap();
    assert_eq!(journal.find_said(&copy(4)).unwrap(), None);
    assert_eq!(journal.find_said(&message("other")).unwrap(), Some(4));
}

fn records_come_back_in_order_and_in_any_range<P: Place>() {
    let mut journal = P::new().open().unwrap();
    // Across every digit of the key that could be mistaken for a letter.
    journal.commit(&records(1, 300)).unwrap();
    journal.commit(&records(301, 600)).unwrap();
    for (from, to) in [(1, 600), (0, Seq::MAX), (255, 257), (300, 301), (600, 600), (599, 9_999)] {
        let expected: Vec<_> = (from.max(1)..=to.min(600)).map(record).collect();
        assert_eq!(scan(&journal, from, to), expected, "{from}..={to}");
    }
    assert_eq!(scan(&journal, 601, 700), []);
    assert_eq!(scan(&journal, 7, 6), []);
}

fn records_of_any_length_come_back<P: Place>() {
    let place = P::new();
    let mut journal = place.open().unwrap();
    let all: Vec<_> = (1..)
        .zip([0, 5_700, 64 << 10, 70_000, 3, 1_000_000])
        .map(|(seq, length)| record_saying(seq, &"\u{1f525}".repeat(length / 4)))
        .collect();
    for record in &all {
        journal.commit(&Batch { records: vec![record.clone()], ..Batch::default() }).unwrap();
    }
    drop(journal);
    let journal = place.open().unwrap();
    assert_eq!(scan(&journal, 1, 6), all);
    assert_eq!(scan(&journal, 5, 6), all[4..]);
    assert_eq!(journal.verify().unwrap(), Verdict::Whole { records: 6 });
}

fn values_around_the_length_of_a_part_come_back_and_can_be_replaced<P: Place>() {
    let place = P::new();
    let mut journal = place.open().unwrap();
    let part = 6 * 1024;
    let lengths = (part - 60..=part + 4).chain(2 * part - 60..=2 * part + 4).chain([0, 10 * part, 1]);
    for length in lengths {
        let cursor = Cursor("x".repeat(length));
        let cursors = [(room("war-room"), cursor)].into();
        journal.commit(&Batch { cursors, ..Batch::default() }).unwrap();
        let found = journal.tables().unwrap().cursors;
        assert_eq!(found[&room("war-room")].0.len(), length);
    }
}

fn entries_come_back_in_the_order_they_were_made_until_they_are_settled<P: Place>() {
    let mut journal = P::new().open().unwrap();
    let entries = [300, 2, 1, 256, 255].map(entry).to_vec();
    journal.commit(&Batch { entries, ..Batch::default() }).unwrap();
    journal.commit(&Batch { settled: vec![2, 7, 256], ..Batch::default() }).unwrap();
    assert_eq!(journal.tables().unwrap().entries, [1, 255, 300].map(entry));
}

fn an_entry_made_and_settled_in_one_batch_is_settled<P: Place>() {
    let mut journal = P::new().open().unwrap();
    journal.commit(&Batch { entries: vec![entry(1), entry(2)], settled: vec![1], ..Batch::default() }).unwrap();
    assert_eq!(journal.tables().unwrap().entries, [entry(2)]);
}

fn only_the_newest_marks_are_kept<P: Place>() {
    let place = P::new();
    let mut journal = place.open().unwrap();
    let total = MARKS_KEPT as u64 + 1_500;
    for first in (0..total).step_by(1_000) {
        let marks = (first..total.min(first + 1_000)).map(mark).collect();
        journal.commit(&Batch { marks, ..Batch::default() }).unwrap();
    }
    drop(journal);
    let expected: Vec<_> = (1_500..total).map(mark).collect();
    assert_eq!(place.open().unwrap().tables().unwrap().marks, expected);
}

fn a_subject_can_be_replaced_and_forgotten<P: Place>() {
    let mut journal = P::new().open().unwrap();
    let mut commit = |id: &str, what| {
        journal.commit(&Batch { subjects: [(message(id), what)].into(), ..Batch::default() }).unwrap();
        journal.tables().unwrap().subjects
    };
    commit("a", Some(subject(1)));
    assert_eq!(commit("b", Some(subject(2))), [(message("a"), subject(1)), (message("b"), subject(2))].into());
    assert_eq!(commit("a", Some(subject(3))), [(message("a"), subject(3)), (message("b"), subject(2))].into());
    assert_eq!(commit("a", None), [(message("b"), subject(2))].into());
    assert_eq!(commit("never seen", None), [(message("b"), subject(2))].into());
}

fn a_snapshot_of_any_size_replaces_the_one_before<P: Place>() {
    let place = P::new();
    let mut journal = place.open().unwrap();
    for length in [0, 70_000, 500_000, 1_000, 6_104, 6_105] {
        let snapshot = Snapshot { seq: 0, state: (0..=250).cycle().take(length).collect() };
        journal.commit(&Batch { snapshot: Some(snapshot.clone()), ..Batch::default() }).unwrap();
        assert_eq!(journal.snapshot().unwrap().as_ref(), Some(&snapshot));
        drop(journal);
        journal = place.open().unwrap();
        assert_eq!(journal.snapshot().unwrap(), Some(snapshot));
    }
}

fn a_full_disk_leaves_everything_as_it_was_and_the_next_commit_may_succeed<P: Place>() {
    let place = P::new();
    let mut journal = place.open().unwrap();
    journal.commit(&mixed(1)).unwrap();
    let before = journal.tables().unwrap();
    place.starve();
    let error = journal.commit(&mixed(2)).unwrap_err();
    assert!(matches!(error, JournalError::Full { .. }), "{error}");
    assert_plain(&error);
    assert_eq!(journal.tables().unwrap(), before);
    assert_eq!(journal.snapshot().unwrap().map(|snapshot| snapshot.seq), Some(2));
    assert_eq!(scan(&journal, 1, 9).len(), 2);
    place.relieve();
    journal.commit(&mixed(2)).unwrap();
    assert_eq!(journal.tables().unwrap().last, 4);
    assert_eq!(journal.verify().unwrap(), Verdict::Whole { records: 4 });
}

fn a_record_out_of_order_is_the_end_of_the_journal_and_nothing_of_its_batch_is_kept<P: Place>() {
    for seq in [1, 3, 5, 0] {
        let place = P::new();
        let mut journal = place.open().unwrap();
        journal.commit(&records(1, 2)).unwrap();
        let wrong = Batch { records: vec![record(3), record(seq)], marks: vec![mark(1)], ..Batch::default() };
        for batch in [wrong, records(3, 3)] {
            let error = journal.commit(&batch).unwrap_err();
            assert!(matches!(error, JournalError::Broken { .. }), "{error}");
            assert_plain(&error);
        }
        assert!(matches!(journal.tables(), Err(JournalError::Broken { .. })));
        assert!(matches!(journal.snapshot(), Err(JournalError::Broken { .. })));
        assert!(matches!(journal.verify(), Err(JournalError::Broken { .. })));
        assert!(matches!(journal.scan(1..=2, &mut |_| ()), Err(JournalError::Broken { .. })));
        drop(journal);
        assert_eq!(place.open().unwrap().tables().unwrap(), Tables { last: 2, ..Tables::default() });
    }
}
