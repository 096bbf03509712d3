//! A Synapse of one test's own, which it may stop, kill and start again.

use std::ops::Deref;
use std::time::Duration;

use tempfile::TempDir;
use tokio::task::{JoinError, spawn_blocking};

use crate::error::Error;
use crate::homeserver::Homeserver;
use crate::process::{Home, Owner, Process, start_new};
use crate::settings::Options;
use crate::shared;

/// How long a stop may take.
const STOP: Duration = Duration::from_secs(30);

/// A running Synapse on loopback, with its data in a temporary directory. Both go with this value, and also when the
/// process that holds it is killed. Starting takes about 1.5 s: where a test only talks, [`Synapse::shared`] is
/// cheaper.
#[derive(Debug)]
pub struct Synapse {
    server: Homeserver,
    home: Home,
    // Before `dir`: fields are dropped in this order, and the process writes into the directory.
    process: Option<Process>,
    _dir: TempDir,
}

impl Synapse {
    /// Starts one and returns when it answers.
    pub async fn start() -> Result<Self, Error> {
        Self::start_with(Options::new()).await
    }

    /// As [`Synapse::start`], configured differently.
    pub async fn start_with(options: Options) -> Result<Self, Error> {
        let make = || tempfile::Builder::new().prefix("herald-synapse-").tempdir();
        let (dir, home, process) = blocking(move || start_new(make, &options, &Owner::Value)).await?;
        let server = Homeserver::new(home.clone(), None)?;
        server.answers().await?;
        Ok(Self { server, home, process: Some(process), _dir: dir })
    }

    /// The Synapse that all tests of one run share: the first who asks starts it, and it ends with the test runner.
    ///
    /// Names on it are many people's: [`Homeserver::register`] and [`Homeserver::unique`] keep them apart.
    pub async fn shared() -> Result<Homeserver, Error> {
        let home = blocking(shared::home).await?;
        let server = Homeserver::new(home, Some(shared::tag()))?;
        server.answers().await?;
        Ok(server)
    }

    /// Stops it as an administrator does, and returns when it has ended. Nothing happens when it is down.
    pub async fn stop(&mut self) -> Result<(), Error> {
        let Some(mut process) = self.process.take() else { return Ok(()) };
        process.terminate()?;
        let id = process.id();
        // When the time is over, the value that waits is still in the other thread: it is killed by its id.
        let ended = spawn_blocking(move || process.ended());
        let Ok(ended) = tokio::time::timeout(STOP, ended).await else {
            kill(id);
            return Err(self.home.failure("did not stop when asked to"));
        };
        ended.map_err(gone)?
    }

    /// Kills it, as a loss of power does. Nothing happens when it is down.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Starts it again after [`Synapse::stop`] or [`Synapse::kill`], on the same port and with the same data. Nothing
    /// happens when it is up.
    pub async fn start_again(&mut self) -> Result<(), Error> {
        if self.process.is_none() {
            let home = self.home.clone();
            self.process = Some(blocking(move || home.start(&Owner::Value)).await?);
        }
        self.server.answers().await
    }

    /// The id of its process. `None` when it is down.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(Process::id)
    }

    /// How much time all its threads have spent on a processor since it last started, to 10 ms. Linux only.
    pub fn cpu_time(&self) -> Result<Duration, Error> {
        let Some(id) = self.pid() else { return Err(self.home.failure("is down")) };
        cpu_time(id)
    }
}

impl Deref for Synapse {
    type Target = Homeserver;

    fn deref(&self) -> &Homeserver {
        &self.server
    }
}

/// How much time all threads of a process have spent on a processor since it started, to 10 ms. Linux only.
pub fn cpu_time(process: u32) -> Result<Duration, Error> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))
        .map_err(Error::machine("reading how long a process has worked"))?;
    // After the name, which is in parentheses: state is field 0, time in its own code 11, in the kernel's 12.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Ok(Duration::from_millis(ticks * 1000 / rustix::param::clock_ticks_per_second()))
}

/// Does what waits in a thread of its own.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    spawn_blocking(work).await.map_err(gone)?
}

/// For a thread that ended early, which only happens when the whole test does.
fn gone(error: JoinError) -> Error {
    Error::machine("waiting for Synapse")(error.into())
}

fn kill(id: u32) {
    use rustix::process::{Pid, Signal, kill_process};
    if let Some(id) = i32::try_from(id).ok().and_then(Pid::from_raw) {
        // It may have ended just now, which is as good.
        kill_process(id, Signal::KILL).ok();
    }
}
