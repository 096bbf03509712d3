//! The data directory that a subcommand is about, and reading it also while Herald runs in it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::control::{self, FetchError};
use super::{Failure, Opened, Roots};
use crate::config::Config;
use crate::incident::{Event, Record, Seq};
use crate::journal::{Journal, JournalError, restore, scratch, stored_bytes};

/// Which data directory.
#[derive(Debug, clap::Args)]
pub(super) struct Data {
    /// The directory that the state is kept in. Default: `data` in the `[herald]` section of the configuration.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Data {
    pub(super) fn dir<'a>(&'a self, config: &'a Config) -> &'a Path {
        self.data.as_deref().unwrap_or(&config.herald.data)
    }
}

/// Opens the journal in `dir` to run on it, and says what was brought up to date.
pub(super) fn open(dir: &Path, keep_free: u64, open: fn(&Path, u64) -> Opened, say: &mut dyn FnMut(&str)) -> Opened {
    let journal = open(dir, keep_free)?;
    if let Some(migrated) = journal.migrated() {
        say(&format!("{}: {migrated}.", dir.display()));
    }
    for remark in journal.remarks() {
        say(&format!("⚠ {}: {remark}.", dir.display()));
    }
    Ok(journal)
}

/// A journal to be read.
pub(super) struct Reading {
    pub(super) journal: Box<dyn Journal>,
    /// Where the copy is, if it is one. Removed after the journal is closed.
    _copy: Option<TempDir>,
}

/// Opens the journal in `dir`; a copy of it when another Herald runs there.
pub(super) fn read(dir: &Path, roots: &Roots) -> Result<Reading, Failure> {
    match (roots.open_existing)(dir) {
        Ok(journal) => Ok(Reading { journal, _copy: None }),
        Err(in_use @ JournalError::InUse { .. }) => copy(dir, in_use, roots),
        Err(error) => Err(error.into()),
    }
}

/// What a running Herald said, or `in_use` when none listens.
pub(super) fn asked<T>(answer: Result<T, FetchError>, in_use: JournalError) -> Result<T, Failure> {
    answer.map_err(|error| match error {
        FetchError::NobodyThere { .. } => in_use.into(),
        FetchError::Damaged(_) | FetchError::Failed(_) | FetchError::CutShort(_) | FetchError::Write(_) => error.into(),
    })
}

/// How many incidents there are, all declared in the order of their numbers.
pub(super) fn incidents(journal: &dyn Journal) -> Result<u64, JournalError> {
    let mut count = 0;
    let mut each = |record: Record| count += u64::from(matches!(record.event, Event::Declared { .. }));
    journal.scan(1..=Seq::MAX, &mut each)?;
    Ok(count)
}

/// `1 record`, `2 records`.
pub(super) fn counted(n: u64, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// Prints text for whoever asked. That they have seen enough of it is no error.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(format!("cannot print: {error}").into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn copy(dir: &Path, in_use: JournalError, roots: &Roots) -> Result<Reading, Failure> {
    let no_room = |error: io::Error| {
        format!(
            "no copy can be made to read from: {error}. Make room for temporary files, or name a directory for them in \
             the variable TMPDIR"
        )
    };
    // The backup, a journal made from it, and the copy of that which is read. Files come and go while they are counted.
    let need = stored_bytes(dir).unwrap_or_default().saturating_mul(4);
    let home = scratch(need).map_err(no_room)?;
    let file = tempfile::tempfile_in(home.path()).map_err(no_room)?;
    asked(control::fetch(dir, &mut &file), in_use)?;
    io::Seek::rewind(&mut &file).map_err(no_room)?;
    let copy = home.path().join("copy");
    restore(&file, &copy)?;
    Ok(Reading { journal: (roots.open_existing)(&copy)?, _copy: Some(home) })
}
