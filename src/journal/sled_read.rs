//! Reading a journal without writing to its directory.
//!
//! sled writes whenever it opens its files. So whoever only reads works on a copy of them elsewhere, made while no Herald
//! runs on them: also on a disk that is full or read-only, as any account that may read them.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::JournalError;
use super::core::Core;
use super::sled_fault::{reason, unusable};
use super::sled_journal::{Options, free_bytes};
use super::sled_open::{Locked, check_files, sled_dir, try_lock_shared};
use super::sled_store::SledStore;

/// Where temporary files go when there is no room for them elsewhere: on a full disk and in a container without `/tmp`.
const IN_MEMORY: &str = "/dev/shm";

/// What sled may write into a copy that is opened, in bytes.
const SLACK: u64 = 4 << 20;

/// Makes a directory for this account alone, removed with what is returned, where at least `need` bytes are free.
///
/// # Errors
/// What the operating system said of the last place that was tried.
pub fn scratch(need: u64) -> io::Result<TempDir> {
    let mut failed = io::Error::from(io::ErrorKind::StorageFull);
    for place in [std::env::temp_dir(), PathBuf::from(IN_MEMORY)] {
        let made = tempfile::tempdir_in(&place);
        match made.and_then(|made| Ok((free_bytes(made.path())?, made))) {
            Ok((free, made)) if free >= need.saturating_add(SLACK) => return Ok(made),
            Ok(_) => failed = io::Error::from(io::ErrorKind::StorageFull),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

/// Opens a copy of the journal in `dir`, which has one. Nothing in `dir` is changed.
pub(super) fn open_copy(dir: &Path, options: Options) -> Result<Core<SledStore>, JournalError> {
    let io = |error| unusable(dir, &error);
    let files = sled_dir(dir);
    check_files(dir, &files)?;
    let lock = match File::open(dir.join("lock")) {
        Ok(lock) => Some(lock),
        // Where no Herald ever ran, as in a copy of the files, there is none.
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(io(error)),
    };
    let log = File::open(files.join("db")).map_err(io)?;
    for held in lock.iter().chain([&log]) {
        try_lock_shared(held, dir)?;
    }
    let no_copy = |error: &io::Error| JournalError::NoCopy { dir: dir.to_owned(), reason: reason(error) };
    let need = size(&files).map_err(io)?;
    let copy = scratch(need.saturating_add(need / 2)).map_err(|error| no_copy(&error))?;
    let copied = copy.path().join("journal");
    copy_all(&files, &copied).map_err(|error| no_copy(&error))?;
    drop((lock, log));
    Locked::of_copy(dir, copy).open_in(&copied, options)
}

/// How many bytes the journal in the data directory `dir` takes.
///
/// # Errors
/// What the operating system says.
pub fn stored_bytes(dir: &Path) -> io::Result<u64> {
    size(&sled_dir(dir))
}

/// How many bytes the files in `dir`, and in directories below, hold.
fn size(dir: &Path) -> io::Result<u64> {
    let mut bytes = 0_u64;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let more = if entry.file_type()?.is_dir() { size(&entry.path())? } else { entry.metadata()?.len() };
        bytes = bytes.saturating_add(more);
    }
    Ok(bytes)
}

fn copy_all(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy_all(&from, &to)?;
        } else {
            // Not `fs::copy`: that would take over a mode which forbids to write.
            io::copy(&mut File::open(from)?, &mut File::create(to)?)?;
        }
    }
    Ok(())
}
