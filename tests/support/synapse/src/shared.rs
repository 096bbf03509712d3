//! Two Synapses for all tests of a run, although each is a process of its own under nextest: one of them uses one core at most,
//! and more cost more to start than they save.
//!
//! The first process that asks for one starts it, the others wait for the lock that it holds meanwhile. It belongs to the
//! test runner, their common parent: `run.py` watches that process and ends with it, however it ends. Without nextest
//! the tests are threads of one process, and it belongs to that one.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::error::Error;
use crate::process::{Home, Owner, entropy, start_new};
use crate::settings::Options;

/// How many there are.
const SHARED: usize = 2;

/// Where the shared Synapse of this process is; the first who asks starts it.
pub(crate) fn home() -> Result<Home, Error> {
    let (run, owner) = match std::env::var("NEXTEST_RUN_ID") {
        Ok(run) => (run, std::os::unix::process::parent_id()),
        Err(_) => ("alone".to_owned(), std::process::id()),
    };
    // Nextest counts through the places of those who run at a time. Outside of a group it says "none".
    let place = std::env::var("NEXTEST_TEST_GROUP_SLOT").ok().and_then(|it| it.parse::<usize>().ok()).unwrap_or(0);
    // The owner is in the name: if something stands between the runner and its tests, each gets a Synapse of its own.
    let dir = std::env::temp_dir().join(format!("herald-synapse-{run}-{owner}-{}", place % SHARED));
    fs::create_dir_all(&dir).map_err(Error::machine("making a directory for the shared Synapse"))?;
    // Closing the file unlocks it, so a process that is killed does not keep it.
    let lock = File::create(dir.join("lock")).map_err(Error::machine("opening the lock of the shared Synapse"))?;
    lock.lock().map_err(Error::machine("waiting for the lock of the shared Synapse"))?;
    let known = dir.join("home");
    if let Some(home) = read(&known) {
        return Ok(home);
    }
    // A directory of its own: a Synapse whose starter was killed before it could say so stays in its.
    let make = || tempfile::Builder::new().prefix("synapse-").tempdir_in(&dir).map(TempDir::keep);
    let (_, home, process) = start_new(make, &Options::new(), &Owner::Process(owner, dir.clone()))?;
    process.leave();
    fs::write(&known, format!("{}\n{}", home.port, home.dir.display()))
        .map_err(Error::machine("noting where the shared Synapse is"))?;
    Ok(home)
}

/// What sets this process's names apart from those of other tests on the same server.
pub(crate) fn tag() -> String {
    format!("{:08x}", entropy() >> 32)
}

fn read(known: &Path) -> Option<Home> {
    let text = fs::read_to_string(known).ok()?;
    let (port, dir) = text.split_once('\n')?;
    Some(Home { dir: PathBuf::from(dir), port: port.parse().ok()? })
}
