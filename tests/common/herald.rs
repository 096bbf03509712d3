//! The real binary.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio::sync::watch;

/// How long Herald may take to get ready, and to end.
const PATIENCE: Duration = Duration::from_secs(90);
/// How long Herald waits before it tries again what failed, in percent of what suits real servers.
const PAUSES: &str = "10";
/// How often Herald is asked how it is, where a test waits for a certain answer.
const ASK_EVERY: Duration = Duration::from_millis(50);

/// A Herald that runs. Killed when this is dropped; if that is because a test has failed, its log is printed.
pub(crate) struct Herald {
    child: Child,
    out: Lines<BufReader<ChildStdout>>,
    /// What it said until it was ready.
    pub(crate) said: Vec<String>,
    log: PathBuf,
    /// What this one has logged so far.
    logged: watch::Receiver<Vec<String>>,
}

impl Herald {
    /// Starts it in `home`, where `herald.toml` is, and waits until it is ready.
    pub(crate) async fn start(home: &Path) -> Self {
        let mut herald = Self::begin(home);
        herald.ready().await;
        herald
    }

    /// Starts it, and waits for nothing.
    pub(crate) fn begin(home: &Path) -> Self {
        let log = home.join("herald.log");
        let mut child = Command::new(env!("CARGO_BIN_EXE_herald"))
            .arg("run")
            .arg("--config")
            .arg(home.join("herald.toml"))
            .env("HERALD__DELIVERY__PAUSES", PAUSES)
            .current_dir(home)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap()).lines();
        let (lines, logged) = watch::channel(Vec::new());
        let file = fs::OpenOptions::new().create(true).append(true).open(&log).unwrap();
        tokio::spawn(keep(child.stderr.take().unwrap(), file, lines));
        Self { child, out, said: Vec::new(), log, logged }
    }

    /// Waits until all rooms have been read.
    pub(crate) async fn ready(&mut self) {
        self.says("Ready").await;
    }

    /// Waits until it says a line that begins with these words.
    pub(crate) async fn says(&mut self, words: &str) {
        loop {
            match tokio::time::timeout(PATIENCE, self.out.next_line()).await {
                Ok(Ok(Some(line))) => {
                    let found = line.starts_with(words);
                    self.said.push(line);
                    if found {
                        return;
                    }
                }
                Ok(_) | Err(_) => panic!("no {words:?}; it said {:#?} and logged\n{}", self.said, self.log()),
            }
        }
    }

    /// Waits until what this one has logged is such that `look` finds something.
    pub(crate) async fn logs<T>(&self, mut look: impl FnMut(&[String]) -> Option<T>) -> T {
        let mut logged = self.logged.clone();
        let search = async {
            loop {
                if let Some(found) = look(&logged.borrow_and_update()) {
                    return found;
                }
                let goes_on = logged.changed().await.is_ok();
                assert!(goes_on, "it ended, having said {:#?} and logged\n{}", self.said, self.log());
            }
        };
        let found = tokio::time::timeout(PATIENCE, search).await;
        found.unwrap_or_else(|_| panic!("waited in vain; it logged\n{}", self.log()))
    }

    /// Waits for a line of its log that holds these words, after the first `after` lines. Returns how many it takes.
    pub(crate) async fn logs_line(&self, words: &str, after: usize) -> usize {
        let place = |lines: &[String]| lines.iter().skip(after).position(|line| line.contains(words));
        self.logs(|lines| place(lines).map(|at| after + at + 1)).await
    }

    /// How many lines it has logged.
    pub(crate) fn logged(&self) -> usize {
        self.logged.borrow().len()
    }

    /// Asks until it is ready.
    pub(crate) async fn ready_again(&self) {
        self.is("ready\n").await;
    }

    /// Asks whether it is ready until the answer begins with these words.
    pub(crate) async fn is(&self, words: &str) {
        let mut turn = tokio::time::interval(ASK_EVERY);
        let asking = async {
            while !self.get("/readyz").await.1.starts_with(words) {
                turn.tick().await;
            }
        };
        let asked = tokio::time::timeout(PATIENCE, asking).await;
        assert!(asked.is_ok(), "{:?}", self.get("/readyz").await);
    }

    /// What all that ran here have logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Where its health is served.
    fn health(&self) -> String {
        let line = self.said.iter().find_map(|line| line.strip_prefix("health: ")).unwrap();
        line.split("/healthz").next().unwrap().to_owned()
    }

    /// The status and the text of an answer over HTTP.
    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        let address = self.health().strip_prefix("http://").unwrap().to_owned();
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: herald\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, text) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), text.to_owned())
    }

    pub(crate) fn pid(&self) -> i32 {
        i32::try_from(self.child.id().unwrap()).unwrap()
    }

    /// Asks it to end, and waits until it has. Returns its exit status.
    pub(crate) async fn stop(mut self) -> i32 {
        let pid = rustix::process::Pid::from_raw(self.pid()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        tokio::time::timeout(PATIENCE, self.child.wait()).await.unwrap().unwrap().code().unwrap_or(-1)
    }

    /// Ends it at once, wherever it is.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

impl Drop for Herald {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("Herald logged\n{}", self.logged.borrow().join("\n"));
        }
    }
}

/// Keeps what is logged: all of it in the file, and what is this one's for whoever waits.
async fn keep(from: ChildStderr, mut file: fs::File, lines: watch::Sender<Vec<String>>) {
    let mut from = BufReader::new(from).lines();
    while let Ok(Some(line)) = from.next_line().await {
        writeln!(file, "{line}").unwrap();
        lines.send_modify(|lines| lines.push(line));
    }
}
