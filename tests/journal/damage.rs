//! Files that are not what was written.

use std::fs;
use std::path::{Path, PathBuf};

use herald::incident::Record;
use herald::journal::{Journal, JournalError, Snapshot, Tables};

use crate::places::{OnDisk, Place};
use crate::samples::{assert_plain, mixed, records, scan};

/// All that a journal can be asked for.
type Content = (Tables, Option<Snapshot>, Vec<Record>);

fn content(place: &OnDisk) -> Result<Content, JournalError> {
    let journal = place.open()?;
    let mut records = Vec::new();
    journal.scan(1..=u64::MAX, &mut |record| records.push(record))?;
    Ok((journal.tables()?, journal.snapshot()?, records))
}

/// A journal that has been opened several times, so that sled has a snapshot of its own and a log after it.
fn lived_in() -> OnDisk {
    let place = OnDisk::new();
    for round in 0..3 {
        let mut journal = place.open().unwrap();
        for n in 20 * round + 1..=20 * round + 20 {
            journal.commit(&mixed(n)).unwrap();
        }
    }
    place
}

fn files(place: &OnDisk) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(place.files()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.is_file());
    files.sort();
    files
}

fn copy(from: &OnDisk, to: &OnDisk) {
    fs::create_dir_all(to.files().join("blobs")).unwrap();
    for file in files(from) {
        fs::copy(&file, to.files().join(file.file_name().unwrap())).unwrap();
    }
}

/// What becomes of a file's bytes when it strikes at a place in them.
type Damage = fn(&mut Vec<u8>, usize);

const DAMAGES: [(&str, Damage); 5] = [
    ("cut", |bytes, at| bytes.truncate(at)),
    ("one bit", |bytes, at| bytes[at] ^= 4),
    ("zeros", |bytes, at| bytes.iter_mut().skip(at).take(700).for_each(|byte| *byte = 0)),
    ("noise", |bytes, at| bytes.iter_mut().skip(at).take(90).for_each(|byte| *byte = byte.wrapping_mul(167) ^ 0x5a)),
    ("longer", |bytes, at| bytes.extend((0..=250).cycle().take(at.min(900)))),
];

#[test]
fn whatever_happens_to_a_file_the_journal_says_so_or_holds_what_it_held() {
    let sound = lived_in();
    let expected = {
        let place = OnDisk::new();
        copy(&sound, &place);
        content(&place).unwrap()
    };
    let mut refused = 0;
    for file in files(&sound) {
        let name = file.file_name().unwrap();
        let bytes = fs::read(&file).unwrap();
        for (kind, damage) in DAMAGES {
            for step in 0..8 {
                let mut damaged = bytes.clone();
                damage(&mut damaged, bytes.len() * step / 8);
                let place = OnDisk::new();
                copy(&sound, &place);
                fs::write(place.files().join(name), &damaged).unwrap();
                match content(&place) {
                    Ok(found) => assert!(found == expected, "{kind} {step} in {} goes unnoticed", name.display()),
                    Err(error) => {
                        refused += 1;
                        let right = matches!(error, JournalError::Damaged { .. });
                        assert!(right, "{kind} {step} in {}: {error}", name.display());
                        assert_plain(&error);
                    }
                }
            }
        }
    }
    // The rest only hit what sled derives from its log.
    assert!(refused > 15, "only {refused} were noticed");
}

fn refused(place: &OnDisk) -> JournalError {
    let error = content(place).unwrap_err();
    assert_plain(&error);
    error
}

#[test]
fn a_log_that_lost_its_end_is_told_from_one_that_never_had_it() {
    let place = OnDisk::new();
    let mut journal = place.open().unwrap();
    for n in 1..=9 {
        journal.commit(&records(n, n)).unwrap();
    }
    drop(journal);
    let mut log = fs::read(place.files().join("db")).unwrap();
    // sled fills the segment that it writes to with one byte, up to its end.
    let padding = *log.last().unwrap();
    let end = log.iter().rposition(|byte| *byte != padding).unwrap();
    log.truncate(end - 50);
    fs::write(place.files().join("db"), log).unwrap();
    // sled takes what is missing for a write that was not finished, goes on from the commit before, and sees nothing
    // wrong with it ever after.
    for _ in 0..2 {
        let error = refused(&place);
        assert!(error.to_string().contains("its log ends at commit 8, and there have been 9"), "{error}");
    }
}

#[test]
fn a_missing_log_is_not_replaced_by_an_empty_one() {
    let place = lived_in();
    fs::remove_file(place.files().join("db")).unwrap();
    assert!(refused(&place).to_string().contains("journal/db is missing"));
    assert!(!place.files().join("db").exists());
}

#[test]
fn an_empty_database_is_not_taken_for_an_empty_journal() {
    let place = OnDisk::new();
    place.with_bare(|_| ());
    assert!(refused(&place).to_string().contains("its files hold no journal"));
}

fn replace_with_directory(file: &Path) {
    let _ = fs::remove_file(file);
    fs::create_dir(file).unwrap();
}

fn replace_with_file(dir: &Path) {
    fs::remove_dir_all(dir).unwrap();
    fs::write(dir, "").unwrap();
}

#[test]
fn things_that_are_not_what_they_should_be_are_named() {
    type Damage = fn(&Path);
    let cases: [(&str, Damage); 6] = [
        ("journal/db is not a file", |files| replace_with_directory(&files.join("db"))),
        ("Is a directory", |files| replace_with_directory(&files.join("conf"))),
        ("Is a directory", |files| replace_with_directory(&files.join("watermark"))),
        ("Is a directory", |files| replace_with_directory(&files.join("snap.FFFFFFFFFFFFFFFF"))),
        ("Not a directory", |files| replace_with_file(&files.join("blobs"))),
        ("journal is not a directory", replace_with_file),
    ];
    for (expected, damage) in cases {
        let place = lived_in();
        damage(&place.files());
        let error = refused(&place);
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn strange_files_beside_those_of_sled_change_nothing() {
    let place = lived_in();
    fs::write(place.files().join("blobs").join("note"), "").unwrap();
    fs::write(place.files().join("note"), "").unwrap();
    fs::remove_file(place.files().join("conf")).unwrap();
    let journal = place.open().unwrap();
    assert_eq!(scan(&journal, 1, u64::MAX).len(), 120);
}

/// sled's newest snapshot.
fn snapshot(place: &OnDisk) -> PathBuf {
    let is = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with("snap.");
    files(place).into_iter().rfind(is).unwrap()
}

#[test]
fn a_broken_snapshot_of_the_database_is_set_aside_and_the_log_is_read() {
    type Damage = fn(&Path);
    let damages: [Damage; 4] = [
        |file| fs::write(file, "").unwrap(),
        |file| fs::write(file, [7; 500]).unwrap(),
        |file| {
            let bytes = fs::read(file).unwrap();
            fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
        },
        |file| fs::write(file.with_file_name("snap.FFFFFFFFFFFFFFFF"), "newer, and no snapshot").unwrap(),
    ];
    for damage in damages {
        let place = lived_in();
        let whole = content(&place).unwrap();
        damage(&snapshot(&place));
        let journal = place.open().unwrap();
        let remarks = journal.remarks();
        assert!(remarks.len() == 1 && remarks[0].contains("journal/snap."), "{remarks:?}");
        drop(journal);
        assert!(content(&place).unwrap() == whole, "nothing is lost");
        assert!(files(&place).iter().any(|it| it.to_string_lossy().contains("set-aside.snap.")));
        assert_eq!(place.open().unwrap().remarks(), Vec::<String>::new(), "that was all");
    }
}

#[test]
fn a_broken_log_is_damage_also_without_its_snapshot_which_stays_where_it_was() {
    let place = lived_in();
    let before = snapshot(&place);
    fs::write(place.files().join("db"), [7; 9000]).unwrap();
    let error = refused(&place);
    assert!(matches!(error, JournalError::Damaged { .. }), "{error}");
    assert!(before.exists());
}

#[test]
fn a_journal_whose_watermark_is_gone_says_so_once() {
    for damage in [|file: &Path| fs::remove_file(file).unwrap(), |file: &Path| fs::write(file, "1").unwrap()] {
        let place = lived_in();
        assert_eq!(place.open().unwrap().remarks(), Vec::<String>::new());
        damage(&place.files().join("watermark"));
        let mut journal = place.open().unwrap();
        assert!(journal.remarks()[0].contains("watermark is missing"), "{:?}", journal.remarks());
        journal.commit(&records(121, 121)).unwrap();
        drop(journal);
        assert_eq!(place.open().unwrap().remarks(), Vec::<String>::new());
    }
    assert_eq!(OnDisk::new().open().unwrap().remarks(), Vec::<String>::new(), "a new one has one");
}
