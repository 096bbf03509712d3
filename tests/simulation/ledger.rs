//! A journal that writes down every batch that became durable, and dies with the wire.

use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex};

use herald::incident::{Record, Seq};
use herald::journal::{BackupJob, Batch, Journal, JournalError, MemoryJournal, Snapshot, Tables, Verdict};
use herald::relay::{Said, SaidNo};
use herald_chat::MessageRef;
use jiff::Timestamp;

use crate::wire::Line;

/// What became durable, in order. Outlives crashes.
pub(crate) type Ledger = Arc<Mutex<Vec<Batch>>>;

/// A journal that is watched.
pub(crate) struct Watched {
    pub(crate) journal: MemoryJournal,
    pub(crate) ledger: Ledger,
    pub(crate) line: Line,
}

impl Journal for Watched {
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

    fn commit(&mut self, batch: &Batch) -> Result<(), JournalError> {
        if self.line.is_cut() {
            return Err(JournalError::Broken { dir: "memory".into(), reason: "the process is dead".to_owned() });
        }
        let committed = self.journal.commit(batch);
        let durable = match &committed {
            Ok(()) => true,
            Err(JournalError::Broken { reason, .. }) => reason.contains("after the flush"),
            Err(_) => false,
        };
        if durable {
            self.ledger.lock().unwrap().push(batch.clone());
        }
        if let Err(JournalError::Full { .. }) = committed {
            self.line.count_full();
        }
        committed
    }
}
