//! Where journals live in tests: both kinds, treated alike.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use herald::journal::{Fault, Journal, JournalError, MemoryDisk, MemoryJournal, Options, SledJournal};
use tempfile::TempDir;

/// Changes a row: gets key and value, returns the value to be stored instead, or nothing to remove it.
pub(crate) type Tamper<'a> = &'a mut dyn FnMut(&[u8], Vec<u8>) -> Option<Vec<u8>>;

/// Somewhere a journal lives, and survives being dropped.
pub(crate) trait Place {
    type Journal: Journal;

    fn new() -> Self;

    /// Opens the journal. No other may be open.
    fn open(&self) -> Result<Self::Journal, JournalError>;

    /// Leaves no room for the next commit.
    fn starve(&self);

    /// Makes room again.
    fn relieve(&self);

    /// Changes rows behind the journal's back, while it is closed.
    fn tamper(&self, each: Tamper<'_>);
}

pub(crate) struct InMemory(pub(crate) MemoryDisk);

impl Place for InMemory {
    type Journal = MemoryJournal;

    fn new() -> Self {
        Self(MemoryDisk::new())
    }

    fn open(&self) -> Result<MemoryJournal, JournalError> {
        MemoryJournal::open(&self.0)
    }

    fn starve(&self) {
        self.0.fail_next(Fault::Full);
    }

    fn relieve(&self) {}

    fn tamper(&self, each: Tamper<'_>) {
        self.0.tamper(each);
    }
}

pub(crate) struct OnDisk {
    dir: TempDir,
    free: Arc<AtomicU64>,
}

/// What a journal on disk keeps free in tests, in bytes.
pub(crate) const RESERVE: u64 = 64 << 20;

impl OnDisk {
    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Where sled's files are.
    pub(crate) fn files(&self) -> PathBuf {
        SledJournal::sled_dir(self.dir())
    }

    /// The journal is told that so many bytes are free.
    pub(crate) fn set_free(&self, bytes: u64) {
        self.free.store(bytes, Ordering::Relaxed);
    }

    pub(crate) fn options(&self) -> Options {
        let free = Arc::clone(&self.free);
        Options { keep_free_bytes: RESERVE, free_bytes: Box::new(move |_| Ok(free.load(Ordering::Relaxed))) }
    }

    /// sled without the journal around it.
    pub(crate) fn bare(&self) -> sled::Result<sled::Db> {
        sled::Config::new().path(self.files()).flush_every_ms(None).open()
    }

    /// Opens, does something with sled, and waits until sled has let go of its files, which it does a moment after
    /// it is dropped.
    pub(crate) fn with_bare<T>(&self, act: impl FnOnce(&sled::Db) -> T) -> T {
        let sled = self.bare().unwrap();
        let done = act(&sled);
        drop(sled);
        std::fs::File::open(self.files().join("db")).unwrap().lock().unwrap();
        done
    }
}

impl Place for OnDisk {
    type Journal = SledJournal;

    fn new() -> Self {
        Self { dir: TempDir::new().unwrap(), free: Arc::new(u64::MAX.into()) }
    }

    fn open(&self) -> Result<SledJournal, JournalError> {
        SledJournal::open(self.dir(), self.options())
    }

    fn starve(&self) {
        self.set_free(RESERVE);
    }

    fn relieve(&self) {
        self.set_free(u64::MAX);
    }

    fn tamper(&self, each: Tamper<'_>) {
        self.with_bare(|sled| {
            for row in sled.iter() {
                let (key, value) = row.unwrap();
                match each(&key, value.to_vec()) {
                    Some(value) => sled.insert(key, value).unwrap(),
                    None => sled.remove(key).unwrap(),
                };
            }
        });
    }
}
