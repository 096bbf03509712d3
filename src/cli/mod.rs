//! The command line: one file per subcommand.

mod backup;
mod check;
mod completions;
pub mod control;
mod data;
mod export;
mod health;
mod init;
mod man;
mod practice;
mod restore;
mod run;
mod signals;
mod status;
mod verify;

use std::fs::OpenOptions;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand, ValueEnum};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::writer::BoxMakeWriter;

use crate::config::{Config, LogFormat};
use crate::engine::{Clock, Fault, Seed};
use crate::journal::{Journal, JournalError};
use crate::service::{Examine, Join};

/// A journal, or why it cannot be opened.
pub type Opened = Result<Box<dyn Journal>, JournalError>;

/// What only the composition root knows.
pub struct Roots {
    /// The real clock.
    pub clock: Arc<dyn Clock>,
    /// Opens the journal in a directory, keeping so many bytes of its disk free; makes one where there is none.
    pub open: fn(&Path, u64) -> Opened,
    /// Opens the journal in a directory to read it. There has to be one.
    pub open_existing: fn(&Path) -> Opened,
    /// The chat networks that a configuration speaks of, not connected yet.
    pub joins: fn(&Config) -> Vec<Box<dyn Join>>,
    /// What nobody can guess, made by the machine.
    pub seed: fn() -> std::io::Result<Seed>,
    /// The same, to be looked at and not to be joined.
    pub examiners: fn(&Config) -> Vec<Box<dyn Examine>>,
}

/// Runs engineering incidents in chat.
#[derive(Debug, Parser)]
#[command(name = "herald", version, about, arg_required_else_help = true)]
pub struct Cli {
    /// The configuration; without it, everything has its default. See `config/herald.example.toml`.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How the log is written to standard error.
    #[arg(long, global = true, value_enum, value_name = "FORMAT")]
    log_format: Option<LogFormatArg>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogFormatArg {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Set Herald up: write its configuration, try each answer at once, make rooms.
    Init(Box<init::Args>),
    /// Run incidents on the chat networks of the configuration.
    Run(run::Args),
    /// Look at all that Herald needs and say how it stands. Changes nothing, also while Herald runs.
    Check(check::Args),
    /// Ask the Herald that runs on this machine how it is.
    Health(health::Args),
    /// Run a practice incident in this terminal, or play a script.
    Practice(practice::Args),
    /// Walk the record and say whether all of it is what was written.
    Verify(verify::Args),
    /// Print the file of one incident.
    Export(export::Args),
    /// Write all there is to one file, also while Herald runs.
    Backup(backup::Args),
    /// Make a data directory from a backup.
    Restore(restore::Args),
    /// Print what completes Herald's command line in a shell.
    Completions(completions::Args),
    /// Print the manual page, or write those of all subcommands.
    Man(man::Args),
}

/// What ends a subcommand early: a sentence for whoever typed it.
type Failure = Box<dyn std::error::Error>;

/// Herald was running and had to stop.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct Stopped(Fault);

/// Reads the command line and does what it says. Exit status 0 when all went well, 2 when somebody has to change something
/// about the input or the data directory first, 1 when Herald had to stop, when what stands in the way may pass by itself, or when
/// `verify`, `check` or `health` found something wrong.
#[must_use]
pub fn main(roots: &Roots) -> ExitCode {
    let cli = Cli::parse();
    match run(cli, roots) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            complain(&failure.to_string());
            status::of(&failure)
        }
    }
}

/// Says on standard error why something was not done. When nobody takes that, the exit status says it still.
fn complain(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "herald: {line}");
}

fn run(cli: Cli, roots: &Roots) -> Result<(), Failure> {
    let config = match (&cli.command, Config::load(cli.config.as_deref(), std::env::vars_os())) {
        // About the program alone.
        (Command::Completions(args), _) => return completions::run(args),
        (Command::Man(args), _) => return man::run(args),
        // What is not there yet is what it writes.
        (Command::Init(_), _) => Config::default(),
        // What stands in the way is what it looks for.
        (Command::Check(args), Err(error)) => return check::unreadable(args, &error),
        (_, config) => config?,
    };
    start_log(&config, cli.log_format, &cli.command);
    match cli.command {
        Command::Init(args) => init::run(*args, cli.config.as_deref(), roots),
        Command::Run(args) => run::run(&args, &config, roots),
        Command::Check(args) => check::run(&args, &config, cli.config.as_deref(), roots),
        Command::Health(args) => health::run(&args, &config),
        Command::Practice(args) => practice::run(&args, &config, roots),
        Command::Verify(args) => verify::run(&args, &config, roots),
        Command::Export(args) => export::run(&args, &config, roots),
        Command::Backup(args) => backup::run(&args, &config, roots),
        Command::Restore(args) => restore::run(&args, &config, roots),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
    }
}

/// Starts the log: on standard error, or in a file while the terminal is a screen.
fn start_log(config: &Config, format: Option<LogFormatArg>, command: &Command) {
    let file = match command {
        Command::Practice(args) => args.log_file(),
        Command::Init(_)
        | Command::Run(_)
        | Command::Check(_)
        | Command::Health(_)
        | Command::Verify(_)
        | Command::Export(_)
        | Command::Backup(_)
        | Command::Restore(_)
        | Command::Completions(_)
        | Command::Man(_) => None,
    };
    // Somebody looks at what each of the other subcommands prints: the log is for those who ask for it.
    let served = matches!(command, Command::Run(_));
    let quiet = !served && file.is_none() && config.log == crate::config::Log::default();
    // Whatever goes wrong there is answered with a sentence.
    let is_told = matches!(command, Command::Init(_) | Command::Check(_));
    let directives = if is_told { "off" } else { "error" };
    let filter =
        EnvFilter::try_new(if quiet { directives.to_owned() } else { config.log.directives() }).unwrap_or_default();
    let ansi = file.is_none() && std::io::stderr().is_terminal();
    let writer = match file {
        Some(path) => BoxMakeWriter::new(move || append_to(&path)),
        None => BoxMakeWriter::new(std::io::stderr),
    };
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(ansi).with_writer(writer);
    // A log that nobody takes is told of on standard error otherwise, which ends the task that logged when that is gone too.
    let log = log.log_internal_errors(false);
    let json = match format {
        Some(LogFormatArg::Json) => true,
        Some(LogFormatArg::Text) => false,
        None => config.log.format == LogFormat::Json,
    };
    if json {
        log.json().init();
    } else {
        log.init();
    }
}

/// The end of a file. Its directory belongs to the journal, which makes it: until then, nothing is written.
fn append_to(path: &Path) -> Box<dyn Write> {
    match OpenOptions::new().create(true).append(true).open(path) {
        Ok(file) => Box::new(file),
        Err(_) => Box::new(std::io::sink()),
    }
}
