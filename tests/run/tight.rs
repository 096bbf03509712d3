//! A journal on a disk that can be full for as long as the test likes.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use herald::incident::{Record, Seq};
use herald::journal::{BackupJob, Batch, Journal, JournalError, MemoryJournal, Snapshot, Tables, Verdict};
use herald::relay::{Said, SaidNo};
use herald_chat::MessageRef;
use jiff::Timestamp;

pub(crate) struct Tight {
    pub(crate) journal: MemoryJournal,
    pub(crate) is_full: Arc<AtomicBool>,
    pub(crate) refused: Arc<AtomicUsize>,
}

impl Journal for Tight {
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
        if self.is_full.load(Ordering::SeqCst) && !batch.only_notes() {
            self.refused.fetch_add(1, Ordering::SeqCst);
            return Err(JournalError::Full { dir: "data".into(), free_mib: 0, keep_mib: 64 });
        }
        self.journal.commit(batch)
    }

    fn has_room(&self) -> Result<bool, JournalError> {
        Ok(!self.is_full.load(Ordering::SeqCst))
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
