//! The other side: a process of discord.py, which says a line for each step that it has done.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use herald_guild::{Application, Discord};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// How long one step may take: only so that a failure ends.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running script. It is killed when the value goes.
pub(crate) struct Script {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Script {
    /// Starts a play, `session` or `doors`, with a bot.
    pub(crate) async fn start(play: &str, discord: &Discord, bot: &Application) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/session");
        let mut child = Command::new(python())
            .arg(script)
            .args([play, &format!("{}/api/v10", discord.address()), &discord.gateway()])
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(format!("{}\n", bot.token).as_bytes()).await.unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// The next line.
    pub(crate) async fn line(&mut self) -> String {
        let line = tokio::time::timeout(PATIENCE, self.lines.next_line()).await.expect("the script says nothing more");
        line.unwrap().expect("the script has ended early, and says why above")
    }

    /// Waits for one step. Nothing else may come before it.
    pub(crate) async fn step(&mut self, expected: &str) {
        assert_eq!(self.line().await, expected);
    }

    /// Waits for several, one after the other.
    pub(crate) async fn steps(&mut self, expected: &[&str]) {
        for step in expected {
            self.step(step).await;
        }
    }

    /// Waits for its end, which must be a good one, with nothing left to say.
    pub(crate) async fn end(mut self) {
        let rest = tokio::time::timeout(PATIENCE, self.lines.next_line()).await.expect("the script does not end");
        assert_eq!(rest.unwrap(), None);
        assert!(self.child.wait().await.unwrap().success(), "the script failed, and says why above");
    }
}

/// The Python that has discord.py: in the target directory that this test was built into.
fn python() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let found = test.ancestors().map(|dir| dir.join("tools/discordpy/bin/python")).find(|it| it.exists());
    found.expect("discord.py is not installed in tools/discordpy of the target directory. `make setup` installs it.")
}
