//! The store directory: one process's, and readable by nobody else.
//!
//! Which rooms are Herald's and how the company's channels are to be is known from here alone. The rest keeps Herald from
//! asking Discord again for what it was told.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::de::DeserializeOwned;
use tracing::error;

use crate::StartError;

/// The store directory, locked until this is dropped.
#[derive(Debug)]
pub(crate) struct Store {
    dir: PathBuf,
    /// Held while a file is written, so that what is newer is never overtaken by what is older.
    writing: Mutex<()>,
    _lock: File,
}

impl Store {
    /// Locks the directory, which is made if it is not there.
    pub(crate) fn open(dir: &Path) -> Result<Self, StartError> {
        let failed =
            |path: &Path, error: &io::Error| StartError::Files { path: path.to_owned(), reason: error.to_string() };
        DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(|error| failed(dir, &error))?;
        let path = dir.join("lock");
        let lock = private().truncate(false).open(&path).map_err(|error| failed(&path, &error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { dir: dir.to_owned(), writing: Mutex::new(()), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StartError::AlreadyRunning { store: dir.to_owned() }),
            Err(TryLockError::Error(error)) => Err(failed(&path, &error)),
        }
    }

    /// What was kept under a name. What cannot be read counts as not kept.
    pub(crate) fn get<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_slice(&fs::read(self.path(name)).ok()?).ok()
    }

    /// Keeps what `bytes` are by the time that nobody else writes, all of it or not at all. It is on the disk when this
    /// returns.
    pub(crate) fn keep(&self, name: &str, bytes: impl FnOnce() -> serde_json::Result<Vec<u8>>) -> io::Result<()> {
        let _alone = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.path(name);
        let written = bytes().map_err(io::Error::from).and_then(|bytes| write(&self.dir, &path, &bytes));
        if let Err(error) = &written {
            error!(path = %path.display(), %error, "a file of the store could not be written");
        }
        written
    }

    /// Where something is kept under a name.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }
}

fn write(dir: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_added_extension("new");
    let mut file = private().truncate(true).open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    // The new name has to be there as well when the machine stops.
    File::open(dir)?.sync_all()
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).mode(0o600);
    options
}
