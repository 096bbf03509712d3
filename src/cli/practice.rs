//! `herald practice`: a whole incident on one's own machine.

use std::io::Read;
use std::path::PathBuf;

use super::{Failure, Roots};
use crate::config::Config;
use crate::practice::{play, setup};

/// Run a practice incident in this terminal, or play a script.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Play this script (`-` is standard input) and print what every room shows.
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// Keep the state here. Default: ./data/practice in a terminal; nothing is kept after a script.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

pub(super) fn run(args: &Args, config: &Config, roots: &Roots) -> Result<(), Failure> {
    match &args.script {
        Some(script) => run_script(script, args, config, roots),
        None => Ok(()),
    }
}

fn run_script(script: &PathBuf, args: &Args, config: &Config, roots: &Roots) -> Result<(), Failure> {
    let mut text = String::new();
    if script.as_os_str() == "-" {
        std::io::stdin().read_to_string(&mut text)?;
    } else {
        text = std::fs::read_to_string(script)
            .map_err(|error| format!("{} cannot be read: {error}. Name a script with --script", script.display()))?;
    }
    let scratch = tempfile::tempdir()?;
    let dir = args.data.clone().unwrap_or_else(|| scratch.path().to_owned());
    let (open, keep_free) = (roots.open, config.journal.keep_free);
    let journal_dir = dir.clone();
    let open = Box::new(move || open(&journal_dir, keep_free));
    play(&text, Some(&dir), setup(config), open, &mut std::io::stdout().lock())?;
    Ok(())
}
