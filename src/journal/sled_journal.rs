//! The journal on disk.

use std::io;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::incident::{Record, Seq};
use crate::relay::{Said, SaidNo};
use herald_chat::MessageRef;
use jiff::Timestamp;

use super::core::Core;
use super::sled_open::{self, Locked};
use super::sled_read;
use super::sled_store::SledStore;
use super::{BackupJob, Batch, Journal, JournalError, Migrated, Snapshot, Tables, Verdict};

/// Asks how many bytes an ordinary user may still write on the disk that holds a directory.
pub type FreeBytes = Box<dyn Fn(&Path) -> io::Result<u64> + Send>;

/// How a journal uses its disk.
pub struct Options {
    /// How much of the disk stays free, in bytes: a commit that would leave less is refused with
    /// [`JournalError::Full`]. A commit that only takes note of what was done (posts that are through, messages
    /// that have been handled) is refused only when it would leave less than a quarter of it.
    pub keep_free_bytes: u64,
    /// Asks how much is free, before each commit.
    pub free_bytes: FreeBytes,
}

impl Options {
    /// Keeps so many bytes free, and asks the operating system what is.
    #[must_use]
    pub fn new(keep_free_bytes: u64) -> Self {
        Self { keep_free_bytes, free_bytes: Box::new(free_bytes) }
    }

    /// For what is not running yet: it may fill the disk, and then comes to nothing.
    pub(super) fn without_reserve() -> Self {
        Self { keep_free_bytes: 0, free_bytes: Box::new(|_| Ok(u64::MAX)) }
    }
}

/// A [`Journal`] in a directory, one process at a time.
pub struct SledJournal(Core<SledStore>);

impl SledJournal {
    /// Opens the journal in `dir`; makes the directory and an empty journal where there is none. What an older Herald
    /// wrote is brought up to date, for which [`Journal::migrated`] has the words.
    ///
    /// # Errors
    /// Each [`JournalError`] but `Full` and `Missing`: the directory is in use, cannot be read or written, was
    /// written by a newer Herald or is damaged.
    pub fn open(dir: &Path, options: Options) -> Result<Self, JournalError> {
        let locked = Locked::take(dir)?;
        if !locked.is_occupied() {
            locked.build(|_| Ok::<_, JournalError>(()))?;
        }
        let mut core = locked.open(options)?;
        core.check_last()?;
        core.migrate()?;
        Ok(Self(core))
    }

    /// Opens the journal in `dir` to read it: a copy elsewhere, so that nothing in `dir` changes, and it stays free for
    /// a Herald to start. What an older Herald wrote stays as it is. A last record that is not what was written is no
    /// error here: it is for [`Journal::verify`] to name.
    ///
    /// # Errors
    /// As [`SledJournal::open`], [`JournalError::Missing`] when there is none, and [`JournalError::NoCopy`].
    pub fn open_existing(dir: &Path, options: Options) -> Result<Self, JournalError> {
        if !sled_open::holds_journal(dir) {
            return Err(JournalError::Missing { dir: dir.to_owned() });
        }
        Ok(Self(sled_read::open_copy(dir, options)?))
    }

    /// Where sled's own files are in the data directory `dir`.
    #[must_use]
    pub fn sled_dir(dir: &Path) -> PathBuf {
        sled_open::sled_dir(dir)
    }
}

impl Journal for SledJournal {
    fn migrated(&self) -> Option<Migrated> {
        self.0.migrated()
    }

    fn remarks(&self) -> Vec<String> {
        self.0.store().database.remarks().to_vec()
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

    fn has_room(&self) -> Result<bool, JournalError> {
        self.0.has_room()
    }

    /// The directory stays in use until the job is done.
    fn backup_job(&self) -> Result<BackupJob, JournalError> {
        let database = Arc::clone(&self.0.store().database);
        Ok(BackupJob::new(self.0.tables()?, self.0.all_said()?, self.0.head().clone(), database))
    }
}

/// How many bytes an ordinary user may still write on the disk that holds `dir`.
///
/// # Errors
/// What the operating system says.
pub fn free_bytes(dir: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(dir)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}
