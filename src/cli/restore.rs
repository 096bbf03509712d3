//! `herald restore`: a data directory from a backup.

use std::fs::File;
use std::path::PathBuf;

use jiff::Timestamp;

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
    let journal = (roots.open_existing)(dir)?;
    let incidents = incidents(journal.as_ref())?;
    let mut newest = None;
    journal.scan(counts.records..=counts.records, &mut |record| newest = Some(record.at))?;
    let newest = newest.map(|at| age(at, config, roots.clock.now(), counts.entries)).unwrap_or_default();
    print(&format!(
        "{} of {} restored to {}\n{newest}",
        counted(counts.records, "record"),
        counted(incidents, "incident"),
        dir.display()
    ))
}

/// How old it is, and what follows from that.
fn age(newest: Timestamp, config: &Config, now: Timestamp, waiting: u64) -> String {
    let hours = now.duration_since(newest).as_hours();
    let at = newest.to_zoned(config.herald.zone.clone()).strftime("%Y-%m-%d %H:%M %Z");
    let old = if hours > 0 { format!(" ({} ago)", counted(hours.unsigned_abs(), "hour")) } else { String::new() };
    let waiting = match waiting {
        0 => String::new(),
        n => format!(" {} of that time had not been sent, and will be.", counted(n, "post")),
    };
    format!(
        "⚠ The newest record is of {at}{old}.{waiting} Once Herald runs, what was said since is read back and handled as \
         new: updates are published again. Tell the spokespersons of open incidents before you start it.\n"
    )
}
