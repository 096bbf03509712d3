//! Rows in sled, and what it takes to make them durable.

use std::fs::File;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::JournalError;
use super::rows::{Changes, EachRow, Rows, Store};
use super::sled_fault::{guarded, reason, unusable};
use super::sled_journal::Options;
use super::sled_open::Held;
use super::watermark::Watermark;

/// An open database, shared by the journal and its backup jobs: the directory is free again when the last is gone.
pub(super) struct Database {
    dir: PathBuf,
    /// `None` only while it is dropped.
    sled: Option<sled::Db>,
    /// sled's log. To sync it through any handle is to sync the file; but a write that failed in the background is
    /// reported once, to each handle that was open then. So this one is opened before anything is written, and kept.
    log: File,
    watermark: Watermark,
    /// What was odd when it was opened, and is no damage.
    remarks: Vec<String>,
    /// Set when sled failed: it may never let go of its files, so nobody waits for that.
    failed: AtomicBool,
    /// Held for as long as the directory is in use.
    _held: Arc<Held>,
}

impl Database {
    /// Puts together what has been opened of the data directory `dir`: its database, a handle of its own on the
    /// database's log, and the file that holds the directory.
    pub(super) fn new(dir: &Path, sled: sled::Db, log: File, watermark: Watermark, held: Arc<Held>) -> Self {
        let failed = AtomicBool::new(false);
        Self { dir: dir.to_owned(), sled: Some(sled), log, watermark, remarks: Vec::new(), failed, _held: held }
    }

    pub(super) fn remark(&mut self, remark: String) {
        self.remarks.push(remark);
    }

    pub(super) fn remarks(&self) -> &[String] {
        &self.remarks
    }

    /// The number of a commit that was durable. `None` when none is known.
    pub(super) fn watermark(&self) -> Result<Option<u64>, JournalError> {
        self.watermark.read().map_err(|error| unusable(&self.dir, &error))
    }

    fn sled(&self) -> Result<&sled::Db, JournalError> {
        // Never `None` here; but there is an error to return, so no reason to panic.
        self.sled.as_ref().ok_or_else(|| self.broken("it is closed".to_owned()))
    }

    fn broken(&self, reason: String) -> JournalError {
        JournalError::Broken { dir: self.dir.clone(), reason }
    }

    fn read<T>(&self, call: impl FnOnce() -> sled::Result<T>) -> Result<T, JournalError> {
        guarded(call).map_err(|fault| {
            self.failed.store(true, Ordering::Relaxed);
            fault.while_reading(&self.dir)
        })
    }
}

impl Rows for Database {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, JournalError> {
        let sled = self.sled()?;
        Ok(self.read(|| sled.get(key))?.map(|value| value.to_vec()))
    }

    fn scan(&self, range: Range<Vec<u8>>, each: &mut EachRow<'_>) -> Result<(), JournalError> {
        let sled = self.sled()?;
        let mut rows = sled.range(range);
        let mut count = 0_u64;
        // Only sled's own steps are guarded: a panic in `each` is the caller's.
        while let Some((key, value)) = self.read(|| rows.next().transpose())? {
            count += 1;
            // sled lets go of pages only when one of its 256 queues has counted 64 accesses. A scan accesses each page
            // once, and so would bring 16,384 pages into memory, 60 MiB of them. Asking for a row that is at hand
            // counts too, and costs next to nothing.
            if count.is_multiple_of(2) {
                self.read(|| sled.contains_key(&key))?;
            }
            if each(&key, &value).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn dir(&self) -> &Path {
        &self.dir
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let sled = self.sled.take();
        let closed = catch_unwind(AssertUnwindSafe(|| drop(sled)));
        // sled's writing threads let go of its log, and of its lock on it, a moment after it is dropped. Who opens
        // this directory next must not find it locked: so wait for the lock here.
        if closed.is_ok() && !*self.failed.get_mut() {
            let _ = self.log.lock();
        }
    }
}

/// Where the journal of one process reads and writes.
pub(super) struct SledStore {
    pub(super) database: Arc<Database>,
    pub(super) options: Options,
}

impl Rows for SledStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, JournalError> {
        self.database.get(key)
    }

    fn scan(&self, range: Range<Vec<u8>>, each: &mut EachRow<'_>) -> Result<(), JournalError> {
        self.database.scan(range, each)
    }

    fn dir(&self) -> &Path {
        &self.database.dir
    }
}

impl Store for SledStore {
    fn check_room(&self, bytes: u64, settling: bool) -> Result<(), JournalError> {
        let keep = self.options.keep_free_bytes;
        let free = (self.options.free_bytes)(self.dir()).map_err(|error| self.database.broken(reason(&error)))?;
        let floor = if settling { keep / 4 } else { keep };
        if free >= floor.saturating_add(bytes) {
            return Ok(());
        }
        Err(JournalError::Full { dir: self.dir().to_owned(), free_mib: free >> 20, keep_mib: keep >> 20 })
    }

    /// One batch on one tree is recovered whole or not at all: sled 0.34.7 writes the position of the batch's last
    /// message in front of it (`Tree::apply_batch`, `PageCache::pin_log`, `Reservation::mark_writebatch`), and
    /// recovery ends in front of a batch whose last message is not there (`LogIter::next`, `BatchManifest`).
    fn write(&mut self, changes: Changes, commit: u64) -> Result<(), JournalError> {
        let mut batch = sled::Batch::default();
        for (key, value) in changes {
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        let database = &self.database;
        let sled = database.sled()?;
        let written = guarded(|| {
            sled.apply_batch(batch)?;
            sled.flush()?;
            // On Linux, `flush` calls `sync_file_range`, which leaves the disk's cache and the file's length as they are.
            database.log.sync_all()?;
            Ok(())
        });
        if let Err(fault) = written {
            // The batch is half in sled's memory, no longer held together, and dropping sled would write it out.
            // The process has to end anyway: so sled is kept from being dropped.
            database.failed.store(true, Ordering::Relaxed);
            std::mem::forget(sled.clone());
            return Err(fault.while_writing(&database.dir));
        }
        database.watermark.raise(commit);
        Ok(())
    }
}
