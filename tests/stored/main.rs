//! Data directories as older Heralds left them: each opens, is brought up to date once, and says so. README.md says how
//! they were made.

#![expect(clippy::unwrap_used, reason = "a test may say: this cannot be")]

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use herald::incident::{Seq, Status};
use herald::journal::{Journal, Migrated, Options, SledJournal, Verdict};
use tempfile::TempDir;

/// The stored directories by their format, each as a copy that may be changed.
fn stored() -> BTreeMap<u32, TempDir> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stored");
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(home).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if let Some(format) = name.strip_prefix("format-").filter(|_| path.is_dir()) {
            let copy = tempfile::tempdir().unwrap();
            copy_all(&path, copy.path());
            found.insert(format.parse().unwrap(), copy);
        }
    }
    found
}

fn copy_all(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let there = to.join(path.file_name().unwrap());
        if path.is_dir() {
            fs::create_dir(&there).unwrap();
            copy_all(&path, &there);
        } else {
            fs::copy(&path, &there).unwrap();
        }
    }
}

fn open(dir: &Path) -> SledJournal {
    SledJournal::open(dir, Options::new(0)).unwrap()
}

/// Runs the real binary on a directory. Returns what it printed, and what it said beside that.
fn herald(args: &[&str], dir: &Path) -> (String, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_herald")).args(args).arg("--data").arg(dir).output().unwrap();
    let (out, err) = (String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap());
    assert!(done.status.success(), "{args:?}: {out}{err}");
    (out, err)
}

#[test]
fn there_is_one_of_every_format_before_this_one() {
    let stored = stored();
    let Migrated { to, .. } = open(stored[&1].path()).migrated().unwrap();
    let formats: Vec<u32> = stored.into_keys().filter(|format| *format < to).collect();
    assert_eq!(formats, (1..to).collect::<Vec<_>>());
}

#[test]
fn each_is_brought_up_to_date_once_and_holds_what_it_held() {
    for (format, dir) in stored() {
        let before = SledJournal::open_existing(dir.path(), Options::new(0)).unwrap();
        let (tables, snapshot) = (before.tables().unwrap(), before.snapshot().unwrap());
        drop(before);
        assert_eq!(tables.last, 110);
        assert_eq!(tables.entries.len(), 1, "an update waits for the company's room");
        assert_eq!(tables.summaries.len(), 1);
        assert_eq!(tables.summaries[0].status, Status::Closed);
        assert_eq!((tables.cursors.len(), tables.marks.len(), tables.subjects.len()), (6, 127, 5));
        assert!(snapshot.is_some());

        let journal = open(dir.path());
        assert_eq!(journal.migrated().map(|it| it.from), Some(format));
        assert_eq!((journal.tables().unwrap(), journal.snapshot().unwrap()), (tables, snapshot));
        assert_eq!(journal.verify().unwrap(), Verdict::Whole { records: 110 });
        let mut count = 0;
        journal.scan(1..=Seq::MAX, &mut |_| count += 1).unwrap();
        assert_eq!(count, 110);
        drop(journal);
        assert_eq!(open(dir.path()).migrated(), None);
    }
}

#[test]
fn the_binary_says_so_once_goes_on_from_there_and_finds_it_whole() {
    for (format, dir) in stored() {
        let dir = dir.path();
        // To read it changes nothing.
        assert_eq!(herald(&["verify"], dir).0, "110 records, all whole\n");
        let script = write(dir, "status.herald", "ana: !status INC-2\nben: !update INC-2 It is fast again next 30m\n");
        let play = ["practice", "--script", script.to_str().unwrap()];
        let (shown, said) = herald(&play, dir);
        let first = format!(
            "herald: {}: migrated from format {format} to 2. An older Herald cannot open it any more.\n",
            dir.display()
        );
        assert_eq!(said, first);
        for words in ["INC-2 search is slow", "We are warming the index", "It is fast again"] {
            assert!(shown.contains(words), "{words}: {shown}");
        }
        let (_, said) = herald(&play, dir);
        assert_eq!(said, "");
        let (verdict, _) = herald(&["verify"], dir);
        assert!(verdict.ends_with("all whole\n"), "{verdict}");
        let (file, _) = herald(&["export", "INC-1"], dir);
        assert!(file.contains("checkout is down") && file.contains("errors began with the deploy"), "{file}");
    }
}

#[test]
fn a_herald_that_serves_a_company_says_so_too() {
    for (format, dir) in stored() {
        // It goes no further than this: the port is taken.
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let said = Command::new(env!("CARGO_BIN_EXE_herald"))
            .args(["run", "--data"])
            .arg(dir.path())
            .env("HERALD__DISCORD__SERVER", "7")
            .env("HERALD__DISCORD__TOKEN", "none")
            .env("HERALD__ROOMS__WAR_ROOM", "discord:8")
            .env("HERALD__HEALTH__LISTEN", taken.local_addr().unwrap().to_string())
            .output()
            .unwrap();
        let (out, log) = (String::from_utf8(said.stdout).unwrap(), String::from_utf8(said.stderr).unwrap());
        assert!(out.contains(&format!("migrated from format {format} to 2")), "{out}{log}");
        assert!(log.contains("migrated the data to a newer format"), "{log}");
        assert!(log.contains("health.listen"), "{log}");
    }
}

fn write(dir: &Path, name: &str, text: &str) -> PathBuf {
    let path = dir.join(name);
    fs::write(&path, text).unwrap();
    path
}
