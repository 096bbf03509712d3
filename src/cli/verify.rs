//! `herald verify`: is all of the record what was written?

use super::control::FetchError;
use super::data::{Data, Reading, counted, print, read};
use super::{Failure, Roots};
use crate::config::Config;
use crate::journal::{JournalError, Verdict};

/// Walk the record and say whether all of it is what was written. Exit status 1 when it is not.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    data: Data,
}

/// Something stored is not what was written.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct BrokenChain(String);

pub(super) fn run(args: &Args, config: &Config, roots: &Roots) -> Result<(), Failure> {
    let dir = args.data.dir(config);
    let Reading { journal, .. } = &read(dir, roots).map_err(found)?;
    match journal.verify().map_err(|error| found(error.into()))? {
        Verdict::Whole { records } => {
            // The chain holds the records; what lies beside them is held by a sum.
            journal.tables().map_err(|error| found(error.into()))?;
            let remarks = journal.remarks().into_iter().map(|remark| format!("⚠ {}: {remark}.\n", dir.display()));
            let whole = format!("{}, all whole\n", counted(records, "record"));
            print(&(whole + &remarks.collect::<String>()))
        }
        Verdict::Broken { seq, what } => {
            let what = format!(
                "record {seq} in {} is wrong: {what}. Move the directory away and restore the last backup with \
                 `herald restore`",
                dir.display()
            );
            Err(BrokenChain(what).into())
        }
    }
}

/// Damage is what this subcommand looks for, so it is told apart from being unable to look.
fn found(failure: Failure) -> Failure {
    let journal = matches!(failure.downcast_ref(), Some(JournalError::Damaged { .. }));
    let running = matches!(failure.downcast_ref(), Some(FetchError::Damaged(_)));
    if journal || running { BrokenChain(failure.to_string()).into() } else { failure }
}
