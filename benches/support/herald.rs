//! The real binary, and what it takes of the machine.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::report::Watch;

/// How long Herald may take to get ready, and to end.
const PATIENCE: Duration = Duration::from_secs(90);

/// A Herald that is ready. Killed when this is dropped.
pub(crate) struct Herald {
    child: Child,
    /// From its start until it said that it is ready.
    pub(crate) took: Duration,
}

impl Herald {
    /// Starts it in `home`, where `herald.toml` is.
    pub(crate) async fn start(home: &Path) -> Self {
        let log = fs::OpenOptions::new().create(true).append(true).open(home.join("herald.log")).unwrap();
        let watch = Watch::start();
        let mut child = command(home, "run").stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
        loop {
            match tokio::time::timeout(PATIENCE, out.next_line()).await {
                Ok(Ok(Some(line))) if line.starts_with("Ready") => break,
                Ok(Ok(Some(_))) => {}
                Ok(_) | Err(_) => {
                    panic!("it did not get ready: {}", fs::read_to_string(home.join("herald.log")).unwrap())
                }
            }
        }
        Self { child, took: watch.read() }
    }

    fn pid(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// How long it has been on a processor.
    pub(crate) fn worked(&self) -> Duration {
        herald_synapse::cpu_time(self.pid()).unwrap()
    }

    /// What it holds in memory, in MiB.
    pub(crate) fn memory(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        resident.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }

    /// Asks it to end, and waits until it has.
    pub(crate) async fn stop(mut self) {
        let pid = rustix::process::Pid::from_raw(i32::try_from(self.pid()).unwrap()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await.unwrap().unwrap();
        assert!(status.success(), "it did not end as it should: {status}");
    }
}

/// `herald <subcommand>` in `home`.
pub(crate) fn command(home: &Path, subcommand: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_herald"));
    command.arg(subcommand).arg("--config").arg(home.join("herald.toml"));
    command.current_dir(home).stdin(Stdio::null()).kill_on_drop(true);
    command
}
