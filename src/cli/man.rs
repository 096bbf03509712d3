//! `herald man`: manual pages, made from the definition of the command line.

use std::path::PathBuf;

use clap::CommandFactory;
use clap_mangen::Man;

use super::data::print;
use super::{Cli, Failure};

/// Print the manual page, or write those of all subcommands.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Write one page for each subcommand into this directory, which has to be there.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let Some(dir) = &args.dir else {
        let mut page = Vec::new();
        Man::new(Cli::command()).render(&mut page)?;
        return print(&String::from_utf8(page)?);
    };
    clap_mangen::generate_to(Cli::command(), dir).map_err(|error| {
        let shown = dir.display();
        format!("{shown} cannot be written: {error}. Name a directory that is there and that you can write to").into()
    })
}
