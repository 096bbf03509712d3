//! The composition root: the only file that names the platforms, sled and the real clock.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use herald::cli::Roots;
use herald::config::Config;
use herald::engine::{Clock, Seed};
use herald::journal::{Journal, JournalError, Options, SledJournal};
use herald::service::{Examine, Join};
use jiff::Timestamp;

fn main() -> ExitCode {
    herald::cli::main(&Roots { clock: Arc::new(RealClock), open, open_existing, joins, examiners, seed })
}

fn open(dir: &Path, keep_free: u64) -> Result<Box<dyn Journal>, JournalError> {
    Ok(Box::new(SledJournal::open(dir, Options::new(keep_free))?))
}

fn open_existing(dir: &Path) -> Result<Box<dyn Journal>, JournalError> {
    Ok(Box::new(SledJournal::open_existing(dir, Options::new(0))?))
}

fn seed() -> std::io::Result<Seed> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(std::io::Error::other)?;
    Ok(Seed(seed))
}

/// The chat networks that the configuration speaks of.
fn joins(config: &Config) -> Vec<Box<dyn Join>> {
    let mut joins: Vec<Box<dyn Join>> = Vec::new();
    if let Some(section) = &config.matrix {
        #[cfg(feature = "matrix")]
        joins.push(Box::new(matrix::OnMatrix::new(section, config)));
        #[cfg(not(feature = "matrix"))]
        joins.push(missing::network("matrix", section));
    }
    if let Some(section) = &config.discord {
        #[cfg(feature = "discord")]
        joins.push(Box::new(discord::OnDiscord::new(section, config)));
        #[cfg(not(feature = "discord"))]
        joins.push(missing::network("discord", section));
    }
    joins
}

/// The same networks, to be looked at.
fn examiners(config: &Config) -> Vec<Box<dyn Examine>> {
    let mut examiners: Vec<Box<dyn Examine>> = Vec::new();
    if let Some(section) = &config.matrix {
        #[cfg(feature = "matrix")]
        examiners.push(Box::new(matrix::OnMatrix::new(section, config)));
        #[cfg(not(feature = "matrix"))]
        examiners.push(missing::unseen("matrix", section));
    }
    if let Some(section) = &config.discord {
        #[cfg(feature = "discord")]
        examiners.push(Box::new(discord::OnDiscord::new(section, config)));
        #[cfg(not(feature = "discord"))]
        examiners.push(missing::unseen("discord", section));
    }
    examiners
}

/// From a section of the configuration to its adapter.
#[cfg(feature = "discord")]
#[path = "main/discord.rs"]
mod discord;
#[cfg(feature = "matrix")]
#[path = "main/matrix.rs"]
mod matrix;
#[path = "main/missing.rs"]
mod missing;

/// Why a file with a secret cannot be used.
#[cfg(any(feature = "matrix", feature = "discord"))]
fn unread(error: &herald::config::ConfigError) -> herald::service::JoinError {
    use herald::service::JoinError;
    let why = error.to_string();
    if error.may_pass() { JoinError::Later(why) } else { JoinError::Never(why) }
}

struct RealClock;

#[expect(clippy::disallowed_methods, reason = "this is the one clock that everything else is given")]
impl Clock for RealClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn until(&self, at: Timestamp) -> BoxFuture<'static, ()> {
        // The wall clock may be set while we wait, so no wait is longer than this.
        const LONGEST: Duration = Duration::from_secs(30);
        async move {
            while let Ok(left) = Duration::try_from(at.duration_since(Timestamp::now())) {
                if left.is_zero() {
                    return;
                }
                tokio::time::sleep(left.min(LONGEST)).await;
            }
        }
        .boxed()
    }
}
