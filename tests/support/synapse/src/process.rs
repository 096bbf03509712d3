//! One running Synapse: started, waited for, ended.

use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::net::UnixDatagram;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use crate::error::Error;
use crate::settings::Options;

/// Starts Synapse and watches over it. A script of ours, since an owner that is killed cannot do it.
const RUN: &str = include_str!("run.py");

/// How often a start looks whether the process still lives, and how often it looks at most: a minute in all.
const LOOK_EVERY: Duration = Duration::from_millis(100);
const LOOKS: usize = 600;

/// How often a start is tried when the port is taken.
const TRIES: usize = 3;

/// How many ports are looked at.
const PORTS: usize = 20;

/// Whose end is Synapse's end.
#[derive(Debug)]
pub(crate) enum Owner {
    /// The [`Process`]: it holds the standard input.
    Value,
    /// The process of this id, however many others use the Synapse. This directory goes with it.
    Process(u32, PathBuf),
}

/// Where a Synapse keeps its things.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    pub(crate) dir: PathBuf,
    pub(crate) port: u16,
}

impl Home {
    /// Prepares `dir` for a Synapse on a free port.
    pub(crate) fn new(dir: &Path, options: &Options) -> Result<Self, Error> {
        let home = Self { dir: dir.to_owned(), port: free_port()? };
        home.write("homeserver.yaml", &options.homeserver(dir, home.port).to_string())?;
        home.write("log.yaml", &Options::log(&home.log_file()).to_string())?;
        home.write("signing.key", Options::signing_key())?;
        home.write("run.py", RUN)?;
        Ok(home)
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Error> {
        fs::write(self.dir.join(name), text).map_err(Error::machine(format!("writing {name} of Synapse")))
    }

    pub(crate) fn log_file(&self) -> PathBuf {
        self.dir.join("log")
    }

    /// An error with the end of the log.
    pub(crate) fn failure(&self, what: impl Into<String>) -> Error {
        let log = fs::read_to_string(self.log_file()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        Error::Synapse { what: what.into(), log: lines[lines.len().saturating_sub(30)..].join("\n") }
    }

    /// Starts Synapse and returns when it answers.
    pub(crate) fn start(&self, owner: &Owner) -> Result<Process, Error> {
        // Synapse tells systemd, or whoever listens in its place, when it is ready.
        let notices = self.dir.join("ready");
        drop(fs::remove_file(&notices));
        let ready = UnixDatagram::bind(&notices).map_err(Error::machine("listening for Synapse"))?;
        ready.set_read_timeout(Some(LOOK_EVERY)).map_err(Error::machine("listening for Synapse"))?;
        let mut process = self.spawn(owner, &notices)?;
        for _ in 0..LOOKS {
            if ready.recv(&mut [0; 64]).is_ok() {
                return Ok(process);
            }
            let ended = process.child.try_wait().map_err(Error::machine("looking after Synapse"))?;
            if let Some(status) = ended {
                return Err(self.failure(format!("ended while it started ({status})")));
            }
        }
        Err(self.failure("did not get ready within a minute"))
    }

    fn spawn(&self, owner: &Owner, notices: &Path) -> Result<Process, Error> {
        let log: File = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log_file())
            .map_err(Error::machine("opening the log of Synapse"))?;
        let log_too = log.try_clone().map_err(Error::machine("opening the log of Synapse"))?;
        let mut command = Command::new(python()?);
        command.arg(self.dir.join("run.py")).arg(self.dir.join("homeserver.yaml"));
        command.env("NOTIFY_SOCKET", notices).current_dir(&self.dir).stdout(log).stderr(log_too);
        match owner {
            Owner::Value => command.arg(&self.dir).arg("-").stdin(Stdio::piped()),
            // Out of the group of this test, which the test runner may end as a whole.
            Owner::Process(id, dir) => command.arg(dir).arg(id.to_string()).stdin(Stdio::null()).process_group(0),
        };
        let mut child = command.spawn().map_err(Error::machine("starting Synapse"))?;
        Ok(Process { _held: child.stdin.take(), child })
    }
}

/// Starts a new Synapse in a directory that `make` makes. Once more when somebody else took its port meanwhile.
pub(crate) fn start_new<D: AsRef<Path>>(
    make: impl Fn() -> io::Result<D>,
    options: &Options,
    owner: &Owner,
) -> Result<(D, Home, Process), Error> {
    let mut tries = 0;
    loop {
        tries += 1;
        let dir = make().map_err(Error::machine("making a directory for Synapse"))?;
        let home = Home::new(dir.as_ref(), options)?;
        match home.start(owner) {
            Ok(process) => return Ok((dir, home, process)),
            Err(Error::Synapse { log, .. }) if tries < TRIES && log.contains("ddress already in use") => {}
            Err(error) => return Err(error),
        }
    }
}

/// A process, killed when the value goes.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    /// Kept from `child`, which would close it before it waits: to Synapse that is the end of its owner.
    _held: Option<ChildStdin>,
}

impl Process {
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Lets it live on, for its owner's sake.
    pub(crate) fn leave(self) {
        // A `Child` that is dropped goes on, a `Process` does not.
        std::mem::forget(self);
    }

    /// Asks it to stop.
    pub(crate) fn terminate(&self) -> Result<(), Error> {
        use rustix::process::{Pid, Signal, kill_process};
        kill_process(Pid::from_child(&self.child), Signal::TERM)
            .map_err(|it| Error::machine("stopping Synapse")(it.into()))
    }

    /// Waits until it has ended.
    pub(crate) fn ended(&mut self) -> Result<(), Error> {
        self.child.wait().map(drop).map_err(Error::machine("waiting for the end of Synapse"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The Python that has Synapse: in the target directory that this test was built into.
fn python() -> Result<PathBuf, Error> {
    let test = std::env::current_exe().map_err(Error::machine("finding this test"))?;
    let found = test.ancestors().map(|dir| dir.join("tools/synapse/bin/python")).find(|it| it.exists());
    found.ok_or(Error::NotInstalled)
}

/// A port of loopback that nobody listens on.
///
/// Not one that the system would choose: those it also gives to outgoing connections, so that a server which is down
/// for a while may find its port taken, or a client that looks for it may reach itself.
pub(crate) fn free_port() -> Result<u16, Error> {
    let mut dice = SmallRng::seed_from_u64(entropy());
    let mut refused = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..PORTS {
        let port = dice.random_range(20_000..32_000);
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(_) => return Ok(port),
            Err(error) => refused = error,
        }
    }
    Err(Error::machine("finding a free port")(refused))
}

/// Different in every call and every process.
pub(crate) fn entropy() -> u64 {
    RandomState::new().build_hasher().finish()
}
