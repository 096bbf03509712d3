//! What the journal on disk has of its own: its directory, its lock, its room.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use herald::journal::{Batch, Journal, JournalError, Options, SledJournal, Snapshot, Verdict};
use herald_chat::Cursor;
use tempfile::TempDir;

use crate::places::{OnDisk, Place, RESERVE};
use crate::samples::{assert_plain, entry, mark, message, mixed, records, room, scan, subject, summary};

fn open_error(dir: &Path) -> JournalError {
    let error = SledJournal::open(dir, Options::new(0)).err().unwrap();
    assert_plain(&error);
    error
}

#[test]
fn a_snapshot_that_sled_did_not_finish_stops_bare_sled_and_not_the_journal() {
    let place = OnDisk::new();
    place.open().unwrap().commit(&mixed(1)).unwrap();
    // What a kill while sled opens leaves: a name higher than that of any finished snapshot, cut short.
    let half = place.files().join("snap.FFFFFFFFFFFFFFFF.generating");
    fs::write(&half, b"half").unwrap();
    assert!(matches!(place.bare(), Err(sled::Error::Corruption { .. })));

    let journal = place.open().unwrap();
    assert_eq!(journal.tables().unwrap().last, 2);
    assert!(!half.exists());
}

#[test]
fn a_directory_in_use_is_refused_until_it_is_free() {
    let place = OnDisk::new();
    let journal = place.open().unwrap();
    for _ in 0..2 {
        let error = open_error(place.dir());
        assert!(matches!(error, JournalError::InUse { .. }), "{error}");
    }
    drop(journal);
    for _ in 0..20 {
        place.open().unwrap().commit(&Batch::default()).unwrap();
    }
    let _bare = place.bare().unwrap();
    assert!(matches!(open_error(place.dir()), JournalError::InUse { .. }));
}

#[test]
fn a_backup_job_keeps_the_directory_in_use() {
    let place = OnDisk::new();
    let job = place.open().unwrap().backup_job().unwrap();
    assert!(matches!(open_error(place.dir()), JournalError::InUse { .. }));
    job.write(&mut Vec::new()).unwrap();
    place.open().unwrap();
}

#[test]
fn directories_are_made_for_one_account_alone() {
    let place = TempDir::new().unwrap();
    let dir = place.path().join("data").join("herald");
    drop(SledJournal::open(&dir, Options::new(0)).unwrap());
    for made in [&dir, &SledJournal::sled_dir(&dir)] {
        assert_eq!(fs::metadata(made).unwrap().permissions().mode() & 0o777, 0o700);
    }
}

#[test]
fn opening_to_read_makes_nothing_and_names_the_directory() {
    let place = TempDir::new().unwrap();
    for dir in [place.path().to_owned(), place.path().join("nowhere")] {
        let error = SledJournal::open_existing(&dir, Options::new(0)).err().unwrap();
        assert!(matches!(error, JournalError::Missing { .. }), "{error}");
        assert!(error.to_string().contains(dir.to_str().unwrap()));
    }
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
}

#[test]
fn opening_to_read_leaves_a_wrong_last_record_for_verify_to_name() {
    let place = OnDisk::new();
    place.open().unwrap().commit(&records(1, 3)).unwrap();
    place.tamper(&mut |key, mut value| {
        if key[0] == b'r' && key[8] == 3 {
            *value.last_mut().unwrap() ^= 1;
            value[0] ^= 1;
        }
        Some(value)
    });
    assert!(matches!(open_error(place.dir()), JournalError::Damaged { .. }));
    let journal = SledJournal::open_existing(place.dir(), Options::new(0)).unwrap();
    assert!(matches!(journal.verify().unwrap(), Verdict::Broken { seq: 3, .. }));
}

#[test]
fn a_file_where_the_directory_should_be_is_named() {
    let place = TempDir::new().unwrap();
    let file = place.path().join("file");
    fs::write(&file, "not a directory").unwrap();
    for dir in [&file, &file.join("below")] {
        let error = open_error(dir);
        assert!(matches!(error, JournalError::Unusable { .. }), "{error}");
    }
}

#[test]
fn a_directory_without_permission_is_named() {
    let place = OnDisk::new();
    drop(place.open().unwrap());
    fs::set_permissions(place.dir(), fs::Permissions::from_mode(0o500)).unwrap();
    fs::set_permissions(place.dir().join("lock"), fs::Permissions::from_mode(0o400)).unwrap();
    // Permissions do not hold for root, as whom containers run tests.
    if File::options().append(true).open(place.dir().join("lock")).is_err() {
        let error = open_error(place.dir());
        assert!(matches!(error, JournalError::Refused { .. }), "{error}");
        assert!(error.to_string().contains("Permission denied"), "{error}");
    }
    fs::set_permissions(place.dir(), fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn what_is_left_of_a_journal_that_was_not_finished_is_removed() {
    let place = OnDisk::new();
    let unfinished = place.dir().join("journal.new");
    fs::create_dir(&unfinished).unwrap();
    fs::write(unfinished.join("db"), "half").unwrap();
    let journal = place.open().unwrap();
    assert_eq!(journal.tables().unwrap().last, 0);
    assert!(!unfinished.exists());
}

#[test]
fn a_commit_is_refused_when_it_would_eat_into_the_reserve() {
    let place = OnDisk::new();
    let mut journal = place.open().unwrap();
    let long = Batch { snapshot: Some(Snapshot { seq: 0, state: vec![0; 10_000] }), ..Batch::default() };
    place.set_free(RESERVE + 10_000);
    let error = journal.commit(&long).unwrap_err();
    assert!(matches!(error, JournalError::Full { free_mib: 64, keep_mib: 64, .. }), "{error}");
    place.set_free(RESERVE + 12_000);
    journal.commit(&long).unwrap();
}

#[test]
fn what_was_done_is_noted_down_to_a_quarter_of_the_reserve() {
    let place = OnDisk::new();
    let mut journal = place.open().unwrap();
    journal.commit(&Batch { entries: vec![entry(1), entry(2)], ..Batch::default() }).unwrap();
    let note = |settled| Batch {
        settled: vec![settled],
        marks: vec![mark(settled)],
        cursors: [(room("war-room"), Cursor("here".to_owned()))].into(),
        subjects: [(message("m1"), Some(subject(1)))].into(),
        ..Batch::default()
    };
    place.set_free(RESERVE / 4 + 10_000);
    journal.commit(&note(1)).unwrap();
    for more in [
        records(1, 1),
        Batch { entries: vec![entry(3)], ..note(1) },
        Batch { summaries: vec![summary(1, "over")], ..Batch::default() },
        Batch { snapshot: Some(Snapshot { seq: 0, state: Vec::new() }), ..Batch::default() },
    ] {
        assert!(matches!(journal.commit(&more), Err(JournalError::Full { .. })));
    }
    place.set_free(RESERVE / 4);
    assert!(matches!(journal.commit(&note(2)), Err(JournalError::Full { .. })));
    assert_eq!(journal.tables().unwrap().entries, [entry(2)]);
}

#[test]
fn the_operating_system_is_asked_how_much_is_free() {
    let place = TempDir::new().unwrap();
    let mut journal = SledJournal::open(place.path(), Options::new(u64::MAX)).unwrap();
    let JournalError::Full { free_mib, .. } = journal.commit(&records(1, 1)).unwrap_err() else {
        panic!("no disk has so much room");
    };
    let free = rustix::fs::statvfs(place.path()).unwrap();
    let free = (free.f_bavail * free.f_frsize) >> 20;
    assert!(free_mib.abs_diff(free) < 10_000, "{free_mib} is far from {free}");
}

#[test]
fn a_disk_that_cannot_be_asked_is_the_end_of_the_journal() {
    let place = TempDir::new().unwrap();
    let free_bytes = Box::new(|_: &Path| Err(std::io::Error::from_raw_os_error(5)));
    let mut journal = SledJournal::open(place.path(), Options { keep_free_bytes: 0, free_bytes }).unwrap();
    for _ in 0..2 {
        let error = journal.commit(&records(1, 1)).unwrap_err();
        assert!(matches!(error, JournalError::Broken { .. }), "{error}");
        assert!(error.to_string().contains("Input/output error"), "{error}");
    }
}

#[test]
fn no_value_however_long_makes_sled_write_a_file_that_it_would_not_sync() {
    let place = OnDisk::new();
    let mut journal = place.open().unwrap();
    for n in 1..=40 {
        let cursors = (0..n).map(|i| (room(&format!("room {i}")), Cursor("x".repeat(6_000 + 300 * n)))).collect();
        let snapshot = Some(Snapshot { seq: 0, state: vec![0; 400_000 - 9_000 * n] });
        journal.commit(&Batch { cursors, snapshot, ..Batch::default() }).unwrap();
        assert_eq!(fs::read_dir(place.files().join("blobs")).unwrap().count(), 0);
    }
    drop(journal);
    assert_eq!(place.open().unwrap().tables().unwrap().cursors.len(), 40);
}

#[test]
fn a_journal_grows_with_what_it_holds_and_not_with_what_it_has_let_go() {
    let place = OnDisk::new();
    let mut journal = place.open().unwrap();
    for n in 1..=1_500 {
        let settled = vec![n - 1];
        let cursors = [(room("war-room"), Cursor("x".repeat(1_000)))].into();
        journal.commit(&Batch { entries: vec![entry(n)], settled, cursors, ..Batch::default() }).unwrap();
    }
    let mebibytes = fs::metadata(place.files().join("db")).unwrap().len() >> 20;
    assert!(mebibytes <= 4, "{mebibytes} MiB for one entry and one cursor");
    assert_eq!(scan(&journal, 1, 1), []);
}
