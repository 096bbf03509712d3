//! A log that nobody reads any more.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::town::Town;

/// How long Herald may take to end.
const PATIENCE: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread")]
async fn herald_works_and_ends_when_nobody_reads_what_it_writes() {
    let town = Town::plan().await;
    let mut child = Command::new(env!("CARGO_BIN_EXE_herald"))
        .args(["run", "--config", "herald.toml"])
        .current_dir(town.home())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    drop(child.stderr.take());
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    while let Some(line) = out.next_line().await.unwrap() {
        if line.starts_with("Ready") {
            break;
        }
    }
    drop(out);
    town.gets(&town.ana, town.channel("war-room"), "!declare checkout is down", "INC-1 checkout is down").await;
    let pid = rustix::process::Pid::from_raw(i32::try_from(child.id().unwrap()).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    let status = tokio::time::timeout(PATIENCE, child.wait()).await.unwrap().unwrap();
    assert_eq!(status.code(), Some(0));
}
