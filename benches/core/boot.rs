//! Starting from 1,000,000 events, with and without a snapshot, against reading every row of the same sled tree.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use herald::engine::Engine;
use herald::journal::{Journal, Options, SledJournal};

use super::history;
use super::memory::take_snapshot;
use super::report::{Bar, Report, ratio, seconds};
use super::time::time;
use super::town::{setup, windows};

const ROUNDS: usize = 3;
/// Incidents that are still open.
const OPEN: u32 = 5;

/// How many events there are.
pub(crate) fn events() -> u32 {
    let asked = std::env::var("EVENTS").ok().and_then(|events| events.parse().ok());
    asked.unwrap_or(1_000_000)
}

pub(crate) fn run(report: &mut Report) {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("data");
    let incidents = events() / history::events_each() + 1;
    let (filling, ()) = time(|| history::fill(&mut open(&dir), incidents, OPEN));
    let events = open(&dir).tables().unwrap().last;
    println!("  {events} events of {incidents} incidents, made in {:.0} s", filling.as_secs_f64());

    let replayed = measure(&dir, events, 0);
    report.line("boot-without-snapshot", ratio(&replayed), Bar::AtMost(3.0));

    take_snapshot(&dir);
    let snapshot = measure(&dir, events, 1);
    report.line("boot-with-snapshot", ratio(&snapshot), Bar::AtMost(0.2));
}

/// How long booting takes, and how long reading all rows.
fn measure(dir: &Path, last: u64, snapshots: usize) -> Vec<(Duration, Duration)> {
    let mut pairs = Vec::new();
    let mut opening = Vec::new();
    for _ in 0..ROUNDS {
        let sled = sled::Config::new().path(SledJournal::sled_dir(dir)).mode(sled::Mode::LowSpace);
        let sled = sled.cache_capacity(2 << 20).flush_every_ms(None).open().unwrap();
        let (scan, rows) = time(|| sled.iter().map(|row| row.unwrap().1.len() as u64).filter(|len| *len > 0).count());
        assert!(rows as u64 > last, "each event is a row");
        drop(sled);
        let (open, journal) = time(|| wait_for(dir));
        opening.push(open);
        assert_eq!(journal.snapshot().unwrap().iter().count(), snapshots);
        let (boot, engine) = time(|| Engine::boot(journal, Arc::new(setup()), windows()).unwrap());
        assert_eq!(engine.incidents().count(), OPEN as usize, "what is open was found");
        pairs.push((boot, scan));
    }
    println!(
        "  boot {:.2} s, scan {:.2} s, sled's own opening before {:.2} s",
        seconds(pairs.iter().map(|pair| pair.0)),
        seconds(pairs.iter().map(|pair| pair.1)),
        seconds(opening.into_iter())
    );
    pairs
}

fn open(dir: &Path) -> SledJournal {
    SledJournal::open(dir, Options::new(0)).unwrap()
}

/// sled lets go of its files a moment after it is dropped.
fn wait_for(dir: &Path) -> SledJournal {
    loop {
        match SledJournal::open(dir, Options::new(0)) {
            Ok(journal) => return journal,
            Err(herald::journal::JournalError::InUse { .. }) => std::thread::yield_now(),
            Err(error) => unreachable!("{error}"),
        }
    }
}
