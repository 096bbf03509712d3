//! `herald check`: how it stands with all that Herald needs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use clap::ValueEnum;
use futures::future::join_all;
use herald_chat::{Finding, Grade, RoomRef};

use super::data::{Data, Reading, print, read};
use super::run::listen;
use super::{Failure, Roots};
use crate::config::{Config, ConfigError};
use crate::journal::{JournalError, is_in_use};
use crate::service::{inline_secrets, machine, rooms_on_record};

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
    // What comes from a variable stands in no file.
    let written = file.map(|file| (file, Config::load(Some(file), [])));
    let written = written.and_then(|(file, alone)| inline_secrets(alone.as_ref().unwrap_or(&config), file));
    found.extend(written);
    found.extend(config.health.listen.filter(|_| !is_running).map(|address| match listen(address) {
        Ok(_) => Finding::fine("health.listen", format!("health can be served on {address}")),
        Err(why) => Finding::wrong("health.listen", why),
    }));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let on_record = on_record(&dir, roots).unwrap_or_else(|why| {
        found.push(Finding::warning("journal", why));
        BTreeMap::new()
    });
    let looks = examiners.iter().map(|it| it.examine(&config, &on_record, is_running));
    found.extend(runtime.block_on(join_all(looks)).into_iter().flatten());
    told(args.format, &found)
}

/// What names of rooms were found to be. Nothing where there is no journal yet.
fn on_record(dir: &Path, roots: &Roots) -> Result<BTreeMap<RoomRef, RoomRef>, String> {
    match read(dir, roots) {
        Ok(Reading { journal, .. }) => rooms_on_record(&*journal).map_err(|error| error.to_string()),
        Err(error) if matches!(error.downcast_ref(), Some(JournalError::Missing { .. })) => Ok(BTreeMap::new()),
        Err(error) => Err(error.to_string()),
    }
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
