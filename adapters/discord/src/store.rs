//! The store directory: one process's, and readable by nobody else.
//!
//! Nothing in it is needed to handle messages. It keeps Herald from asking Discord again for what it was told.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing::warn;

use crate::StartError;

/// The store directory, locked until this is dropped.
#[derive(Debug)]
pub(crate) struct Store {
    dir: PathBuf,
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
            Ok(()) => Ok(Self { dir: dir.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StartError::AlreadyRunning { store: dir.to_owned() }),
            Err(TryLockError::Error(error)) => Err(failed(&path, &error)),
        }
    }

    /// What was kept under a name. What cannot be read counts as not kept.
    pub(crate) fn get<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_slice(&fs::read(self.dir.join(name)).ok()?).ok()
    }

    /// Keeps something, all of it or not at all.
    pub(crate) fn keep<T: Serialize>(&self, name: &str, value: &T) {
        let path = self.dir.join(name);
        let written = serde_json::to_vec(value).map_err(io::Error::from).and_then(|bytes| write(&path, &bytes));
        if let Err(error) = written {
            warn!(path = %path.display(), %error, "a file of the store could not be written");
        }
    }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_added_extension("new");
    let mut file = private().truncate(true).open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).mode(0o600);
    options
}
