//! `herald practice`: a whole incident on one's own machine.

use std::io::{self, BufRead, IsTerminal, Read};
use std::path::PathBuf;

use futures::channel::mpsc;
use futures::executor::block_on;
use futures::stream::BoxStream;
use futures::{SinkExt, StreamExt};
use tokio::signal::unix::{SignalKind, signal};

use super::data::{open, print};
use super::{Failure, Roots, Stopped, complain, control};
use crate::config::Config;
use crate::practice::{LinesError, Live, PlayError, ScreenError, play, play_lines, play_screen, setup};

/// Where the state is kept when nothing else is said.
const DATA: &str = "data/practice";

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

impl Args {
    /// Where the state is kept, unless a script is played without a word about it.
    fn dir(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(|| PathBuf::from(DATA))
    }

    /// Whether the whole terminal is used.
    fn on_screen(&self) -> bool {
        self.script.is_none() && io::stdin().is_terminal() && io::stdout().is_terminal()
    }

    /// Where the log goes when the terminal is not free for it.
    pub(super) fn log_file(&self) -> Option<PathBuf> {
        self.on_screen().then(|| self.dir().join("herald.log"))
    }
}

pub(super) fn run(args: &Args, config: &Config, roots: &Roots) -> Result<(), Failure> {
    match &args.script {
        Some(script) => run_script(script, args, config, roots),
        None => run_live(args, config, roots),
    }
}

fn run_live(args: &Args, config: &Config, roots: &Roots) -> Result<(), Failure> {
    let dir = args.dir();
    let journal = open(&dir, config.journal.keep_free, roots.open, &mut complain)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let _timers = runtime.enter();
    let mut live = Live::open(&dir, journal, setup(config), roots.clock.clone())?;
    let _control = control::serve(&dir, live.requests())
        .inspect_err(|error| tracing::error!(%error, "backups beside this process are not possible"))
        .ok();
    let end = asked_to_end()?;
    // Herald is polled to its end in places, which the runtime's fairness would make impossible.
    if args.on_screen() {
        let policy = config.policy();
        let session = play_screen(&mut live, &policy, roots.clock.clone(), end);
        let farewell = runtime.block_on(tokio::task::unconstrained(session)).map_err(|error| match error {
            ScreenError::Herald(fault) => Stopped(fault).into(),
            ScreenError::Terminal(_) => Failure::from(error),
        })?;
        return print(&format!("{farewell}\n"));
    }
    let (mut out, mut complaints) = (io::stdout(), io::stderr());
    let session = play_lines(&mut live, input_lines(), end, &mut out, &mut complaints);
    match runtime.block_on(tokio::task::unconstrained(session)) {
        Err(LinesError::Output(error)) if has_seen_enough(&error) => Ok(()),
        Err(LinesError::Herald(fault)) => Err(Stopped(fault).into()),
        Err(error @ LinesError::Output(_)) => Err(error.into()),
        Ok(()) => Ok(()),
    }
}

/// Whether whoever reads what is printed has gone.
fn has_seen_enough(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}

/// Ready when the system or the person at the keyboard asks this process to end.
fn asked_to_end() -> Result<impl Future<Output = ()>, Failure> {
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut hung_up = signal(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
            _ = hung_up.recv() => {}
        }
    })
}

/// The lines of standard input as they come. The thread that reads them is never waited for.
fn input_lines() -> BoxStream<'static, Vec<u8>> {
    let (mut sender, lines) = mpsc::channel(0);
    std::thread::spawn(move || {
        for line in io::stdin().lock().split(b'\n').map_while(Result::ok) {
            if block_on(sender.send(line)).is_err() {
                return;
            }
        }
    });
    lines.boxed()
}

fn run_script(script: &PathBuf, args: &Args, config: &Config, roots: &Roots) -> Result<(), Failure> {
    let mut text = String::new();
    if script.as_os_str() == "-" {
        io::stdin().read_to_string(&mut text)?;
    } else {
        text = std::fs::read_to_string(script)
            .map_err(|error| format!("{} cannot be read: {error}. Name a script with --script", script.display()))?;
    }
    let scratch = tempfile::tempdir()?;
    let dir = args.data.clone().unwrap_or_else(|| scratch.path().to_owned());
    let (real, keep_free) = (roots.open, config.journal.keep_free);
    let journal_dir = dir.clone();
    let open = Box::new(move || open(&journal_dir, keep_free, real, &mut complain));
    match play(&text, Some(&dir), setup(config), open, &mut io::stdout().lock()) {
        Err(PlayError::Output(error)) if has_seen_enough(&error) => Ok(()),
        played => Ok(played.map(drop)?),
    }
}
