//! Durable commands per second, against bare sled transactions of the same bytes, flushed and grouped alike.

use std::fs::File;
use std::ops::RangeInclusive;

use herald::incident::{Record, Seq};
use herald::journal::{
    BackupJob, Batch, Journal, JournalError, MARKS_KEPT, MemoryDisk, MemoryJournal, Options, SledJournal, Snapshot,
    Tables, Verdict, record,
};
use herald::relay::{Said, SaidNo};
use herald_chat::MessageRef;
use jiff::Timestamp;

use sled::transaction::TransactionResult;

use super::report::{Bar, Report, ratio, seconds};
use super::time::time;
use super::town::{Town, setup};

const ROUNDS: usize = 60;
const STEPS: usize = 5;
/// In one round.
const COMMANDS: f64 = 5.0 * 64.0;

pub(crate) fn run(report: &mut Report) {
    let writes = record_writes();
    let home = tempfile::tempdir().unwrap();
    let mut town = Town::new(SledJournal::open(&home.path().join("engine"), Options::new(0)).unwrap(), setup());
    let bare = Bare::open(&home.path().join("bare"));
    let (before, rounds) = writes.split_at(writes.len() - ROUNDS * STEPS);
    for write in before {
        bare.write(write);
    }
    let mut pairs = Vec::new();
    for round in rounds.chunks(STEPS) {
        let groups: Vec<_> = (0..STEPS).map(|_| town.group()).collect();
        let (engine, ()) = time(|| groups.into_iter().for_each(|group| town.step(group)));
        let (baseline, ()) = time(|| round.iter().for_each(|write| bare.write(write)));
        pairs.push((baseline, engine));
    }
    let per_second = |seconds: f64| COMMANDS / seconds;
    println!(
        "  {:.0} durable commands a second; bare sled writes their bytes at {:.0} a second",
        per_second(seconds(pairs.iter().map(|pair| pair.1))),
        per_second(seconds(pairs.iter().map(|pair| pair.0))),
    );
    report.line("commands", ratio(&pairs), Bar::AtLeast(0.7));
}

/// What the journal writes in the same course of events: key and value, or the key alone of what it removes.
fn record_writes() -> Vec<Write> {
    let journal = MemoryJournal::open(&MemoryDisk::new()).unwrap();
    let mut town = Town::new(Recorder { journal, writes: Vec::new(), marks: 0 }, setup());
    for _ in 0..ROUNDS * STEPS {
        let group = town.group();
        town.step(group);
    }
    town.engine.journal().writes.clone()
}

type Write = Vec<(Vec<u8>, Option<Vec<u8>>)>;

struct Recorder {
    journal: MemoryJournal,
    writes: Vec<Write>,
    marks: u64,
}

impl Recorder {
    /// As `src/journal/rows.rs` describes them.
    fn rows(&mut self, batch: &Batch) -> Write {
        let key = |table: u8, id: &[u8]| [&[table], id, &[0; 4]].concat();
        let digest = |bytes: &[u8]| record::link(&record::BEGINNING, bytes)[..16].to_vec();
        let json = |value: &serde_json::Value| serde_json::to_vec(value).unwrap();
        let mut rows = Vec::new();
        for it in &batch.records {
            let body = record::encode(it).unwrap();
            let hash = record::link(&record::BEGINNING, &body);
            rows.push((key(b'r', &it.seq.to_be_bytes()), Some([&hash[..], &body].concat())));
        }
        for entry in &batch.entries {
            rows.push((key(b'e', &entry.id.to_be_bytes()), Some(serde_json::to_vec(entry).unwrap())));
        }
        rows.extend(batch.settled.iter().map(|id| (key(b'e', &id.to_be_bytes()), None)));
        for mark in &batch.marks {
            rows.push((key(b'm', &self.marks.to_be_bytes()), Some(mark.to_vec())));
            if let Some(old) = self.marks.checked_sub(MARKS_KEPT as u64) {
                rows.push((key(b'm', &old.to_be_bytes()), None));
            }
            self.marks += 1;
        }
        for (room, cursor) in &batch.cursors {
            let value = json(&serde_json::json!([room, cursor]));
            rows.push((key(b'c', &digest(room.as_str().as_bytes())), Some(value)));
        }
        for (message, subject) in &batch.subjects {
            let value = subject.as_ref().map(|subject| json(&serde_json::json!([message, subject])));
            let id = digest(format!("{}{}", message.room, message.id).as_bytes());
            rows.push((key(b's', &id), value));
        }
        for summary in &batch.summaries {
            rows.push((key(b'i', &summary.no.0.to_be_bytes()), Some(serde_json::to_vec(summary).unwrap())));
        }
        if let Some(snapshot) = &batch.snapshot {
            rows.push((key(b'z', &[]), Some(snapshot.state.clone())));
        }
        rows.push((key(b'h', &[]), Some(vec![0; 80])));
        rows
    }
}

impl Journal for Recorder {
    fn tables(&self) -> Result<Tables, JournalError> {
        self.journal.tables()
    }

    fn snapshot(&self) -> Result<Option<Snapshot>, JournalError> {
        self.journal.snapshot()
    }

    fn scan(&self, range: RangeInclusive<Seq>, each: &mut dyn FnMut(Record)) -> Result<(), JournalError> {
        self.journal.scan(range, each)
    }

    fn verify(&self) -> Result<Verdict, JournalError> {
        self.journal.verify()
    }

    fn commit(&mut self, batch: &Batch) -> Result<(), JournalError> {
        let rows = self.rows(batch);
        self.writes.push(rows);
        self.journal.commit(batch)
    }

    fn said(&self, n: SaidNo) -> Result<Option<Said>, JournalError> {
        self.journal.said(n)
    }

    fn find_said(&self, message: &MessageRef) -> Result<Option<SaidNo>, JournalError> {
        self.journal.find_said(message)
    }

    fn said_before(&self, floor: Timestamp, most: usize) -> Result<Vec<SaidNo>, JournalError> {
        self.journal.said_before(floor, most)
    }

    fn backup_job(&self) -> Result<BackupJob, JournalError> {
        self.journal.backup_job()
    }
}

/// sled and nothing else, set up as the journal sets it up.
struct Bare {
    sled: sled::Db,
    log: File,
}

impl Bare {
    fn open(dir: &std::path::Path) -> Self {
        let sled = sled::Config::new().path(dir).mode(sled::Mode::LowSpace).cache_capacity(2 << 20);
        let sled = sled.flush_every_ms(None).open().unwrap();
        Self { sled, log: File::open(dir.join("db")).unwrap() }
    }

    fn write(&self, write: &Write) {
        let written: TransactionResult<(), ()> = self.sled.transaction(|rows| {
            for (key, value) in write {
                match value {
                    Some(value) => rows.insert(key.as_slice(), value.as_slice())?,
                    None => rows.remove(key.as_slice())?,
                };
            }
            Ok(())
        });
        written.unwrap();
        self.sled.flush().unwrap();
        self.log.sync_all().unwrap();
    }
}
