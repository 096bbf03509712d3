//! `herald backup`: all there is, in one file.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::data::{Data, asked, counted, print};
use super::{Failure, Roots, control};
use crate::config::Config;
use crate::journal::{Counts, JournalError};

/// Write all there is to one file, also while Herald runs.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The file to be written. There must be none yet. Only its owner can read it.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    data: Data,
}

pub(super) fn run(args: &Args, config: &Config, roots: &Roots) -> Result<(), Failure> {
    let file = &args.file;
    if file.symlink_metadata().is_ok() {
        return Err(occupied(file).into());
    }
    let unwritable = |error: &io::Error| {
        format!("{} cannot be written: {error}. Name a file in a directory that you can write to", file.display())
    };
    let home = file.parent().filter(|home| !home.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Made for its owner alone, and removed unless it comes to its end.
    let mut half = tempfile::Builder::new().prefix(".herald-").tempfile_in(home).map_err(|it| unwritable(&it))?;
    let counts = write(&mut half, args.data.dir(config), roots)?;
    half.as_file().sync_all().map_err(|error| unwritable(&error))?;
    half.persist_noclobber(file).map_err(|refused| {
        let taken = refused.error.kind() == io::ErrorKind::AlreadyExists;
        if taken { occupied(file) } else { unwritable(&refused.error) }
    })?;
    File::open(home).and_then(|home| home.sync_all()).map_err(|error| unwritable(&error))?;
    print(&format!("{} written to {}\n", counted(counts.records, "record"), file.display()))
}

/// Writes the backup, or has the Herald that runs there write it.
fn write(out: &mut NamedTempFile, dir: &Path, roots: &Roots) -> Result<Counts, Failure> {
    match (roots.open_existing)(dir) {
        Ok(journal) => Ok(journal.backup_job()?.write(out)?),
        Err(in_use @ JournalError::InUse { .. }) => asked(control::fetch(dir, out), in_use),
        Err(error) => Err(error.into()),
    }
}

fn occupied(file: &Path) -> String {
    format!("{} is there already, and no backup is ever overwritten. Give another name", file.display())
}
