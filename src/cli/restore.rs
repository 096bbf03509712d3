//! `herald restore`: a data directory from a backup.

use std::fs::File;
use std::path::PathBuf;

use super::data::{Data, counted, incidents, print};
use super::{Failure, Roots};
use crate::config::Config;
use crate::journal;

/// Make a data directory from a backup. Nothing that is there is overwritten.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A file that `herald backup` wrote.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    data: Data,
}

pub(super) fn run(args: &Args, config: &Config, roots: &Roots) -> Result<(), Failure> {
    let dir = args.data.dir(config);
    let file = File::open(&args.file)
        .map_err(|error| format!("{} cannot be read: {error}. Name a backup", args.file.display()))?;
    let counts = journal::restore(file, dir)?;
    let incidents = incidents((roots.open_existing)(dir)?.as_ref())?;
    print(&format!(
        "{} of {} restored to {}\n",
        counted(counts.records, "record"),
        counted(incidents, "incident"),
        dir.display()
    ))
}
