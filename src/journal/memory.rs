//! The journal in memory, for tests and simulation: what was committed survives a crash, what was not does not.

use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use crate::incident::{Record, Seq};
use crate::relay::{Said, SaidNo};
use herald_chat::MessageRef;
use jiff::Timestamp;

use super::core::Core;
use super::rows::{Changes, EachRow, Rows, Store};
use super::{BackupJob, Batch, Journal, JournalError, Migrated, Snapshot, Tables, Verdict};

/// What is to go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The process dies with the batch written and not flushed: it is lost.
    CrashBeforeFlush,
    /// The process dies with the batch flushed, before it learns of it: it is durable.
    CrashAfterFlush,
    /// There is too little room: the batch is refused, and the one after it is not.
    Full,
    /// The disk fails under the batch: it is lost.
    Broken,
}

/// A disk in memory: it outlives the journals opened on it. Its clones are the same disk.
#[derive(Clone, Default)]
pub struct MemoryDisk(Arc<Shared>);

#[derive(Default)]
struct Shared {
    /// What is durable.
    rows: RwLock<BTreeMap<Vec<u8>, Vec<u8>>>,
    control: Mutex<Control>,
}

#[derive(Default)]
struct Control {
    fault: Option<Fault>,
    /// How often a journal has been opened here: only the newest one may touch the disk.
    opened: u64,
}

impl MemoryDisk {
    /// An empty disk.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the next commit go wrong. Once.
    pub fn fail_next(&self, fault: Fault) {
        self.control().fault = Some(fault);
    }

    /// Makes nothing go wrong, if nothing has yet.
    pub fn clear_faults(&self) {
        self.control().fault = None;
    }

    /// Changes rows behind the journal's back, as damage does: `each` gets every key and value, and returns the
    /// value to be stored instead, or nothing to remove it.
    pub fn tamper(&self, mut each: impl FnMut(&[u8], Vec<u8>) -> Option<Vec<u8>>) {
        let mut rows = self.0.rows.write().unwrap_or_else(PoisonError::into_inner);
        let old = std::mem::take(&mut *rows);
        rows.extend(old.into_iter().filter_map(|(key, value)| each(&key, value).map(|value| (key, value))));
    }

    fn control(&self) -> MutexGuard<'_, Control> {
        self.0.control.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A [`Journal`] on a [`MemoryDisk`]. Records, tables and checks are those of [`super::SledJournal`], down to the bytes.
pub struct MemoryJournal(Core<MemoryStore>);

impl MemoryJournal {
    /// Opens the journal on `disk`, or makes an empty one there. A journal opened there before is dead from now on.
    ///
    /// # Errors
    /// As [`super::SledJournal::open`] for what is on the disk.
    pub fn open(disk: &MemoryDisk) -> Result<Self, JournalError> {
        let opened = {
            let mut control = disk.control();
            control.opened += 1;
            control.opened
        };
        let empty = disk.0.rows.read().unwrap_or_else(PoisonError::into_inner).is_empty();
        let store = MemoryStore { disk: disk.clone(), opened };
        if empty {
            return Ok(Self(Core::create(store)?));
        }
        let mut core = Core::load(store)?;
        core.check_last()?;
        core.migrate()?;
        Ok(Self(core))
    }
}

impl Journal for MemoryJournal {
    fn migrated(&self) -> Option<Migrated> {
        self.0.migrated()
    }

    fn tables(&self) -> Result<Tables, JournalError> {
        self.0.tables()
    }

    fn snapshot(&self) -> Result<Option<Snapshot>, JournalError> {
        self.0.snapshot()
    }

    fn scan(&self, range: RangeInclusive<Seq>, each: &mut dyn FnMut(Record)) -> Result<(), JournalError> {
        self.0.scan(range, each)
    }

    fn verify(&self) -> Result<Verdict, JournalError> {
        self.0.verify()
    }

    fn said(&self, n: SaidNo) -> Result<Option<Said>, JournalError> {
        self.0.said(n)
    }

    fn find_said(&self, message: &MessageRef) -> Result<Option<SaidNo>, JournalError> {
        self.0.find_said(message)
    }

    fn said_before(&self, floor: Timestamp, most: usize) -> Result<Vec<SaidNo>, JournalError> {
        self.0.said_before(floor, most)
    }

    fn commit(&mut self, batch: &Batch) -> Result<(), JournalError> {
        self.0.commit(batch)
    }

    fn backup_job(&self) -> Result<BackupJob, JournalError> {
        let rows = Arc::new(self.0.store().clone());
        Ok(BackupJob::new(self.0.tables()?, self.0.all_said()?, self.0.head().clone(), rows))
    }
}

#[derive(Clone)]
struct MemoryStore {
    disk: MemoryDisk,
    opened: u64,
}

impl MemoryStore {
    fn check_alive(&self) -> Result<(), JournalError> {
        if self.disk.control().opened == self.opened { Ok(()) } else { Err(self.broken("it was opened again")) }
    }

    fn broken(&self, reason: &str) -> JournalError {
        JournalError::Broken { dir: self.dir().to_owned(), reason: reason.to_owned() }
    }
}

impl Rows for MemoryStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, JournalError> {
        self.check_alive()?;
        Ok(self.disk.0.rows.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned())
    }

    fn scan(&self, range: Range<Vec<u8>>, each: &mut EachRow<'_>) -> Result<(), JournalError> {
        self.check_alive()?;
        let rows = self.disk.0.rows.read().unwrap_or_else(PoisonError::into_inner);
        let _ = rows.range(range).try_for_each(|(key, value)| each(key, value));
        Ok(())
    }

    fn dir(&self) -> &Path {
        Path::new("the journal in memory")
    }
}

impl Store for MemoryStore {
    fn check_room(&self, _bytes: u64, _settling: bool) -> Result<(), JournalError> {
        let mut control = self.disk.control();
        if control.fault != Some(Fault::Full) {
            return Ok(());
        }
        control.fault = None;
        Err(JournalError::Full { dir: self.dir().to_owned(), free_mib: 0, keep_mib: 0 })
    }

    fn write(&mut self, changes: Changes, _commit: u64) -> Result<(), JournalError> {
        self.check_alive()?;
        let fault = self.disk.control().fault.take();
        match fault {
            Some(Fault::CrashBeforeFlush) => return Err(self.broken("the process died before the flush")),
            Some(Fault::Broken) => return Err(self.broken("the disk failed")),
            None | Some(Fault::CrashAfterFlush | Fault::Full) => {}
        }
        let mut rows = self.disk.0.rows.write().unwrap_or_else(PoisonError::into_inner);
        for (key, value) in changes {
            match value {
                Some(value) => rows.insert(key, value),
                None => rows.remove(&key),
            };
        }
        match fault {
            Some(Fault::CrashAfterFlush) => Err(self.broken("the process died after the flush")),
            None | Some(Fault::CrashBeforeFlush | Fault::Full | Fault::Broken) => Ok(()),
        }
    }
}
