//! The real binary in a terminal, as whoever sits there sees it.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::watch;

/// How long anything may take to be shown.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs its arguments in a terminal of their own, with standard input as the keyboard and standard output as the screen.
const IN_A_TERMINAL: &str = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";

/// A terminal with Herald in it. Herald is hung up on when this is dropped.
pub(crate) struct Terminal {
    child: Child,
    keyboard: ChildStdin,
    shown: watch::Receiver<String>,
    /// How much of it was read already, in bytes.
    read: usize,
}

impl Terminal {
    /// Starts `herald` with these arguments in `home`.
    pub(crate) fn run(home: &Path, arguments: &[&str]) -> Self {
        // Python is there for Synapse.
        let mut child = Command::new("python3")
            .args(["-c", IN_A_TERMINAL, env!("CARGO_BIN_EXE_herald")])
            .args(arguments)
            .current_dir(home)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (keyboard, screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (all, shown) = watch::channel(String::new());
        tokio::spawn(keep(screen, all));
        Self { child, keyboard, shown, read: 0 }
    }

    /// Waits until these words stand there, behind those that were waited for before.
    pub(crate) async fn sees(&mut self, words: &str) -> &mut Self {
        let from = self.read;
        let place = |all: &str| all.get(from..).and_then(|new| new.find(words)).map(|at| from + at + words.len());
        let waiting = async {
            loop {
                if let Some(end) = place(&self.shown.borrow_and_update()) {
                    return Some(end);
                }
                if self.shown.changed().await.is_err() {
                    return place(&self.shown.borrow());
                }
            }
        };
        let found = tokio::time::timeout(PATIENCE, waiting).await.ok().flatten();
        self.read = found.unwrap_or_else(|| panic!("no {words:?} behind what was seen, in\n{}", self.all()));
        self
    }

    /// Types a line.
    pub(crate) async fn types(&mut self, line: &str) -> &mut Self {
        self.keyboard.write_all(format!("{line}\r").as_bytes()).await.unwrap();
        self
    }

    /// Waits for a question, and answers it.
    pub(crate) async fn answers(&mut self, question: &str, line: &str) -> &mut Self {
        self.sees(question).await.sees(": ").await.types(line).await
    }

    /// Waits for a question whose answer is not shown, and answers it.
    pub(crate) async fn whispers(&mut self, question: &str, line: &str) -> &mut Self {
        self.sees(question).await.sees("(not shown): ").await.types(line).await
    }

    /// All that was shown.
    pub(crate) fn all(&self) -> String {
        self.shown.borrow().clone()
    }

    /// Waits until it ends. Returns its exit status.
    pub(crate) async fn ends(&mut self) -> i32 {
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        ended.unwrap_or_else(|_| panic!("it does not end:\n{}", self.all())).unwrap().code().unwrap_or(-1)
    }

    /// Ends it at once, as somebody who closes the window.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

/// Keeps what is shown.
async fn keep(mut screen: ChildStdout, all: watch::Sender<String>) {
    let mut bytes = Vec::new();
    while screen.read_buf(&mut bytes).await.is_ok_and(|count| count > 0) {
        all.send_replace(String::from_utf8_lossy(&bytes).replace('\r', ""));
    }
}
