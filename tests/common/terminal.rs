//! The real binary in a terminal, as whoever sits there sees it.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use tokio::process::{Child, Command};
use tokio::sync::watch;

/// How long anything may take to be shown.
const PATIENCE: Duration = Duration::from_secs(60);

/// A terminal with Herald in it. Herald is killed when this is dropped.
pub(crate) struct Terminal {
    child: Child,
    keyboard: File,
    shown: watch::Receiver<String>,
    /// How much of it was read already, in bytes.
    read: usize,
}

impl Terminal {
    /// Starts `herald` with these arguments in `home`.
    pub(crate) fn run(home: &Path, arguments: &[&str]) -> Self {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap().into_string().unwrap();
        let theirs = OpenOptions::new().read(true).write(true).open(name).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_herald"))
            .args(arguments)
            .current_dir(home)
            .stdin(Stdio::from(theirs.try_clone().unwrap()))
            .stdout(Stdio::from(theirs.try_clone().unwrap()))
            .stderr(Stdio::from(theirs))
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut screen = File::from(ours);
        let keyboard = screen.try_clone().unwrap();
        let (all, shown) = watch::channel(String::new());
        // It ends with the last process that has the other end.
        std::thread::spawn(move || {
            let (mut buffer, mut bytes) = ([0; 4096], Vec::new());
            while let Ok(count @ 1..) = screen.read(&mut buffer) {
                bytes.extend_from_slice(&buffer[..count]);
                all.send_replace(String::from_utf8_lossy(&bytes).replace('\r', ""));
            }
        });
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
    pub(crate) fn types(&mut self, line: &str) -> &mut Self {
        self.keyboard.write_all(format!("{line}\r").as_bytes()).unwrap();
        self
    }

    /// Waits for a question, and answers it.
    pub(crate) async fn answers(&mut self, question: &str, line: &str) -> &mut Self {
        self.sees(question).await.sees(": ").await.types(line)
    }

    /// Waits for a question whose answer is not shown, and answers it.
    pub(crate) async fn whispers(&mut self, question: &str, line: &str) -> &mut Self {
        self.sees(question).await.sees("(not shown): ").await.types(line)
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
