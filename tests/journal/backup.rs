//! Carrying a journal to another directory.

use std::io::{self, Read, Write};
use std::thread;

use herald::journal::{BackupError, Counts, Journal, JournalError, Options, SledJournal, Verdict, restore};
use tempfile::TempDir;

use crate::places::{OnDisk, Place};
use crate::samples::{assert_plain_words, mixed, records, scan};

/// A journal with something in every table.
fn sample() -> (OnDisk, SledJournal) {
    let place = OnDisk::new();
    let mut journal = place.open().unwrap();
    for n in 1..=5 {
        journal.commit(&mixed(n)).unwrap();
    }
    (place, journal)
}

fn backup(journal: &SledJournal) -> Vec<u8> {
    let mut file = Vec::new();
    journal.backup_job().unwrap().write(&mut file).unwrap();
    file
}

/// Restores what must not be restored, and sees that nothing is left of it.
fn refused(file: impl Read) -> BackupError {
    let dir = TempDir::new().unwrap();
    let error = restore(file, dir.path()).unwrap_err();
    assert_plain_words(&error.to_string());
    let left = SledJournal::open_existing(dir.path(), Options::new(0)).err();
    assert!(matches!(left, Some(JournalError::Missing { .. })), "something is left after: {error}");
    error
}

#[test]
fn a_restored_journal_holds_what_was_backed_up_and_goes_on() {
    let (_place, journal) = sample();
    let other = OnDisk::new();
    let counts = restore(backup(&journal).as_slice(), other.dir()).unwrap();
    assert_eq!(counts, Counts { records: 10, entries: 5, marks: 5, cursors: 2, subjects: 1, summaries: 1, said: 1 });

    let mut restored = other.open().unwrap();
    assert_eq!(restored.tables().unwrap(), journal.tables().unwrap());
    assert_eq!(scan(&restored, 1, 99), scan(&journal, 1, 99));
    assert_eq!(restored.snapshot().unwrap(), None);
    assert_eq!(backup(&restored), backup(&journal));
    restored.commit(&mixed(6)).unwrap();
    assert_eq!(restored.verify().unwrap(), Verdict::Whole { records: 12 });
}

#[test]
fn an_empty_journal_can_be_backed_up_and_restored() {
    let other = OnDisk::new();
    let counts = restore(backup(&OnDisk::new().open().unwrap()).as_slice(), other.dir()).unwrap();
    assert_eq!(counts, Counts::default());
    assert_eq!(other.open().unwrap().tables().unwrap().last, 0);
}

#[test]
fn thousands_of_records_are_restored() {
    let place = OnDisk::new();
    let mut journal = place.open().unwrap();
    journal.commit(&records(1, 4_321)).unwrap();
    let other = OnDisk::new();
    assert_eq!(restore(backup(&journal).as_slice(), other.dir()).unwrap().records, 4_321);
    assert_eq!(other.open().unwrap().verify().unwrap(), Verdict::Whole { records: 4_321 });
}

#[test]
fn a_backup_holds_the_moment_at_which_it_was_begun_while_commits_go_on() {
    let (_place, mut journal) = sample();
    let before = (journal.tables().unwrap(), scan(&journal, 1, 99));
    let job = journal.backup_job().unwrap();
    let writing = thread::spawn(move || {
        let mut file = Vec::new();
        job.write(&mut file).unwrap();
        file
    });
    for n in 6..=50 {
        journal.commit(&mixed(n)).unwrap();
    }
    let file = writing.join().unwrap();
    let other = OnDisk::new();
    restore(file.as_slice(), other.dir()).unwrap();
    let restored = other.open().unwrap();
    assert_eq!((restored.tables().unwrap(), scan(&restored, 1, 99)), before);
}

#[test]
fn every_line_of_a_backup_is_json() {
    let (_place, journal) = sample();
    let file = String::from_utf8(backup(&journal)).unwrap();
    let lines: Vec<serde_json::Value> = file.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["herald-backup"]["format"], 2);
    assert_eq!(lines.last().unwrap()["end"]["counts"]["records"], 10);
    let record = lines.iter().find(|line| line["record"].is_object()).unwrap();
    assert_eq!(record["record"]["body"]["seq"], 1);
}

#[test]
fn a_directory_with_a_journal_is_not_restored_to() {
    let (place, journal) = sample();
    let file = backup(&journal);
    let in_use = restore(file.as_slice(), place.dir()).unwrap_err();
    assert!(matches!(in_use, BackupError::Journal(JournalError::InUse { .. })), "{in_use}");
    drop(journal);
    let occupied = restore(file.as_slice(), place.dir()).unwrap_err();
    assert!(matches!(occupied, BackupError::Occupied { .. }), "{occupied}");
    assert_eq!(place.open().unwrap().tables().unwrap().last, 10);
}

#[test]
fn a_backup_cut_short_anywhere_is_refused() {
    let (_place, journal) = sample();
    let file = backup(&journal);
    let header = file.iter().position(|byte| *byte == b'\n').unwrap();
    for step in 0..40 {
        let length = file.len() * step / 40;
        let error = refused(&file[..length]);
        let right = if length <= header {
            matches!(error, BackupError::NotABackup)
        } else {
            matches!(error, BackupError::Truncated { .. })
        };
        assert!(right, "{length}: {error}");
    }
    let last_line = file[..file.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    assert!(matches!(refused(&file[..last_line]), BackupError::Truncated { lines: 26 }));
    assert!(matches!(refused(&file[..file.len() - 1]), BackupError::Truncated { .. }));
}

#[test]
fn a_backup_with_one_byte_changed_anywhere_is_refused() {
    let (_place, journal) = sample();
    let file = backup(&journal);
    for step in 0..60 {
        let mut garbled = file.clone();
        garbled[file.len() * step / 60] ^= 1;
        refused(garbled.as_slice());
    }
}

#[test]
fn a_backup_with_lines_removed_doubled_or_added_is_refused() {
    let (_place, journal) = sample();
    let file = String::from_utf8(backup(&journal)).unwrap();
    let lines: Vec<&str> = file.lines().collect();
    let joined = |lines: &[&str]| lines.iter().flat_map(|line| [line, "\n"]).collect::<String>();
    for at in [1, 8, 20, lines.len() - 2] {
        let mut without = lines.clone();
        without.remove(at);
        let mut doubled = lines.clone();
        doubled.insert(at, lines[at]);
        for changed in [without, doubled] {
            let error = refused(joined(&changed).as_bytes());
            assert!(matches!(error, BackupError::Damaged { .. }), "{error}");
        }
    }
    for more in ["\n", "{}", lines[5]] {
        let error = refused([file.as_str(), more].concat().as_bytes());
        assert!(error.to_string().contains("there is more after the end"), "{error}");
    }
}

#[test]
fn other_files_and_newer_backups_are_told_apart() {
    for other in ["", "\n", "hello\n", "{}\n", "{\"mark\":\"00\"}\n", "\u{0}\u{1}\u{2}"] {
        let error = refused(other.as_bytes());
        assert!(matches!(error, BackupError::NotABackup), "{other:?}: {error}");
    }
    let newer = r#"{"herald-backup":{"format":3,"records":0,"hash":"","more":true}}"#.to_owned() + "\n";
    assert!(matches!(refused(newer.as_bytes()), BackupError::Newer { found: 3, known: 2 }));
}

/// Gives so many bytes, then fails.
struct Failing<'a>(&'a [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() { Err(io::Error::from_raw_os_error(5)) } else { self.0.read(into) }
    }
}

impl Write for Failing<'_> {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::from_raw_os_error(28))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_restore_interrupted_leaves_nothing_and_can_be_repeated() {
    let (_place, journal) = sample();
    let file = backup(&journal);
    let error = refused(Failing(&file[..file.len() / 2]));
    assert!(error.to_string().contains("Input/output error"), "{error}");

    let other = OnDisk::new();
    restore(Failing(&file[..file.len() / 2]), other.dir()).unwrap_err();
    restore(file.as_slice(), other.dir()).unwrap();
    assert_eq!(other.open().unwrap().tables().unwrap().last, 10);
}

#[test]
fn a_backup_that_cannot_be_written_says_why() {
    let (_place, journal) = sample();
    let error = journal.backup_job().unwrap().write(&mut Failing(&[])).unwrap_err();
    assert!(error.to_string().contains("No space left on device"), "{error}");
    assert_plain_words(&error.to_string());
}

#[test]
fn a_damaged_journal_is_not_backed_up_and_the_record_is_named() {
    let (place, journal) = sample();
    drop(journal);
    place.tamper(&mut |key, mut value| {
        if key[0] == b'r' && key[8] == 4 {
            value[40] ^= 1;
        }
        Some(value)
    });
    let error = place.open().unwrap().backup_job().unwrap().write(&mut Vec::new()).unwrap_err();
    assert!(error.to_string().contains("record 4"), "{error}");
}
