//! `herald check`: how it stands with all that Herald needs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use clap::ValueEnum;
use futures::future::join_all;
use herald_chat::{Finding, Grade};

use super::data::{Data, Reading, print, read};
use super::run::listen;
use super::{Failure, Roots};
use crate::config::{Config, ConfigError};
use crate::journal::{JournalError, is_in_use};
use crate::service::{inline_secrets, machine, on_record};

/// Look at all that Herald needs and say how it stands. Exit status 1 when something stands in the way.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// How it is written.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    data: Data,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Herald cannot do its part until somebody changes something.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unfit(&'static str);

pub(super) fn run(args: &Args, config: &Config, file: Option<&Path>, roots: &Roots) -> Result<(), Failure> {
    let mut config = config.clone();
    let dir = args.data.dir(&config).to_owned();
    config.herald.data.clone_from(&dir);
    let is_running = is_in_use(&dir);
    let examiners = (roots.examiners)(&config);
    let networks: BTreeSet<_> = examiners.iter().map(|it| it.network()).collect();
    let mut found = machine(&config, &networks, roots.clock.now(), is_running);
    found.extend(file.and_then(|file| inline_secrets(&config, file)));
    found.extend(config.health.listen.filter(|_| !is_running).map(|address| match listen(address) {
        Ok(_) => Finding::fine("health.listen", format!("health can be served on {address}")),
        Err(why) => Finding::wrong("health.listen", why.to_string()),
    }));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (on_record, odd) = match read(&dir, roots) {
        Ok(Reading { journal, .. }) => on_record(&*journal),
        Err(error) if matches!(error.downcast_ref(), Some(JournalError::Missing { .. })) => {
            (BTreeMap::new(), Vec::new())
        }
        Err(error) => (BTreeMap::new(), vec![Finding::warning("journal", error.to_string())]),
    };
    found.extend(odd);
    let looks = examiners.iter().map(|it| it.examine(&config, &on_record, is_running));
    found.extend(runtime.block_on(join_all(looks)).into_iter().flatten());
    told(args.format, &found)
}

/// The configuration itself cannot be read.
pub(super) fn unreadable(args: &Args, error: &ConfigError) -> Result<(), Failure> {
    told(args.format, &[Finding::wrong("configuration", error.to_string())])
}

fn told(format: Format, found: &[Finding]) -> Result<(), Failure> {
    print(&match format {
        Format::Text => text(found),
        Format::Json => serde_json::to_string_pretty(found)? + "\n",
    })?;
    if found.iter().any(|it| it.grade == Grade::Wrong) {
        return Err(Unfit("Herald cannot do its part like this: see behind ✘ what to do, and check again").into());
    }
    Ok(())
}

fn text(found: &[Finding]) -> String {
    found.iter().fold(String::new(), |text, finding| text + &finding.to_string() + "\n")
}
