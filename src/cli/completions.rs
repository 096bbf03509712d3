//! `herald completions`: what completes the command line in a shell, made from its definition.

use clap::CommandFactory;
use clap_complete::Shell;

use super::data::print;
use super::{Cli, Failure};

/// Print what completes Herald's command line in a shell.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which shell.
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "herald", &mut script);
    print(&String::from_utf8(script)?)
}
