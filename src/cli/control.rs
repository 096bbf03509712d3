//! What a running Herald does for a second one that is started beside it: a Unix socket in the data directory.
//!
//! One line asks (`backup`), lines answer: those that begin with `{` are the backup's own, the last one is another
//! and says how it ended: `done` and what the backup holds, `damaged` or `failed` and a sentence.

use std::fs::{self, Permissions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use futures::channel::mpsc;
use tempfile::TempDir;
use tracing::warn;

use crate::engine::Request;
use crate::journal::{BackupError, BackupJob, Counts, Journal, JournalError};

/// The socket's name in the data directory.
const SOCKET: &str = "control.sock";
/// How long the name of a directory may be in which a socket can be made, in bytes: the system allows 104 for all, and what
/// is made there begins as `.tmpABCDEF/s`.
const SHORT: usize = 80;
/// How long either side waits for the other to go on.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often whoever waits for the engine looks whether it is still wanted.
const GLANCE: Duration = Duration::from_millis(100);
/// No line of an answer is longer, in bytes: the longest is one record.
const MAX_LINE: u64 = 65 << 20;

/// Why a running Herald did not give a backup. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Nobody listens.
    #[error("nobody listens on {}: {reason}", path.display())]
    NobodyThere {
        /// The socket.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },
    /// What it has is not what was written.
    #[error("{0}")]
    Damaged(String),
    /// It said no.
    #[error("{0}")]
    Failed(String),
    /// It went away before the end.
    #[error("the running Herald stopped in the middle of its backup: {0}. Run this again")]
    CutShort(String),
    /// Its answer has nowhere to go.
    #[error("the backup cannot be written: {0}. Make room, or write it elsewhere")]
    Write(io::Error),
}

/// A socket that is being served. Dropped, it stops and removes the socket.
#[must_use = "the socket is served until this is dropped"]
pub struct Served {
    path: PathBuf,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    /// The connection that is being answered.
    current: Mutex<Option<UnixStream>>,
}

/// Serves the socket in `dir` from a thread of its own, until the result is dropped. The engine behind `requests` holds
/// the directory's lock, so a socket that is there already was left by a process that is gone.
///
/// # Errors
/// When the socket cannot be made.
pub fn serve<J: Journal + 'static>(dir: &Path, requests: mpsc::Sender<Request<J>>) -> io::Result<Served> {
    let path = dir.join(SOCKET);
    let (listener, shared) = (listen(dir)?, Arc::new(Shared::default()));
    let theirs = shared.clone();
    let work = move || accept(&listener, &theirs, &requests);
    let thread = thread::Builder::new().name("control".to_owned()).spawn(work)?;
    Ok(Served { path, shared, thread: Some(thread) })
}

/// Asks the Herald that runs in `dir` for a backup, and writes it to `out`.
///
/// # Errors
/// [`FetchError::NobodyThere`] when none listens; the others when it could not.
pub fn fetch(dir: &Path, out: &mut dyn Write) -> Result<Counts, FetchError> {
    let stream =
        connect(dir).map_err(|error| FetchError::NobodyThere { path: dir.join(SOCKET), reason: error.to_string() })?;
    let cut_short = |error: io::Error| FetchError::CutShort(error.to_string());
    (&stream).write_all(b"backup\n").map_err(cut_short)?;
    let mut input = BufReader::new(&stream);
    let mut line = Vec::new();
    loop {
        line.clear();
        input.by_ref().take(MAX_LINE).read_until(b'\n', &mut line).map_err(cut_short)?;
        let text = match line.split_last() {
            Some((b'\n', b"")) | None => return Err(FetchError::CutShort("its answer has no end".to_owned())),
            Some((b'\n', [b'{', ..])) => {
                out.write_all(&line).map_err(FetchError::Write)?;
                continue;
            }
            Some((b'\n', text)) => String::from_utf8_lossy(text),
            Some(_) => return Err(FetchError::CutShort("its answer has no end".to_owned())),
        };
        return match text.split_once(' ') {
            Some(("done", counts)) => {
                serde_json::from_str(counts).map_err(|error| FetchError::CutShort(error.to_string()))
            }
            Some(("damaged", why)) => Err(FetchError::Damaged(why.to_owned())),
            Some((_, why)) => Err(FetchError::Failed(why.to_owned())),
            None => Err(FetchError::Failed(text.into_owned())),
        };
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        let current = self.shared.current.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(stream) = current {
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
        // A call to wake it up; when nobody hears it, the thread is gone already.
        let woken = self.path.parent().map(connect).is_some_and(|call| call.is_ok());
        let _ = fs::remove_file(&self.path);
        if let (true, Some(thread)) = (woken, self.thread.take()) {
            let _ = thread.join();
        }
    }
}

fn accept<J: Journal + 'static>(listener: &UnixListener, shared: &Shared, requests: &mpsc::Sender<Request<J>>) {
    for stream in listener.incoming() {
        let Ok(stream) = stream else {
            // Too many open files, most likely: that passes.
            thread::park_timeout(Duration::from_secs(1));
            continue;
        };
        let handle = stream.try_clone().ok();
        {
            let mut current = shared.current.lock().unwrap_or_else(PoisonError::into_inner);
            if shared.stop.load(Ordering::SeqCst) {
                return;
            }
            *current = handle;
        }
        if let Err(fault) = answer(&stream, requests.clone(), &shared.stop) {
            warn!(%fault, "a request on the control socket came to nothing");
        }
        *shared.current.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

fn answer<J: Journal + 'static>(
    mut stream: &UnixStream,
    requests: mpsc::Sender<Request<J>>,
    stop: &AtomicBool,
) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut asked = Vec::new();
    BufReader::new(stream.take(64)).read_until(b'\n', &mut asked)?;
    let last = if asked == b"backup\n" {
        let written = |job: Result<BackupJob, JournalError>| job?.write(&mut stream);
        match take_hold(requests, stop).map(written) {
            Some(Ok(counts)) => format!("done {}", serde_json::to_string(&counts)?),
            Some(Err(error @ BackupError::Journal(JournalError::Damaged { .. }))) => format!("damaged {error}"),
            Some(Err(error)) => format!("failed {error}"),
            None => "failed the running Herald is stopping. Run this again once it has".to_owned(),
        }
    } else {
        "failed the running Herald is of another version. Use that one's command, or stop it first".to_owned()
    };
    writeln!(stream, "{}", last.replace('\n', " "))
}

/// Has the engine begin a backup between two of its steps. `None`: it is past its last one.
fn take_hold<J: Journal + 'static>(
    mut requests: mpsc::Sender<Request<J>>,
    stop: &AtomicBool,
) -> Option<Result<BackupJob, JournalError>> {
    let (give, taken) = sync_channel(1);
    let look = Request::Look(Box::new(move |engine: &crate::engine::Engine<J>| {
        let _ = give.send(engine.journal().backup_job());
    }));
    // A sender of one's own has room for one request.
    requests.try_send(look).ok()?;
    loop {
        match taken.recv_timeout(GLANCE) {
            Ok(job) => return Some(job),
            Err(RecvTimeoutError::Timeout) if !stop.load(Ordering::SeqCst) => {}
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
        }
    }
}

/// The name of a socket is short, a data directory's need not be: so one that is long is reached through a link. One that
/// is short is not, since there may be no directory for temporary files, as in a container.
struct Near {
    link: PathBuf,
    _home: Option<TempDir>,
}

impl Near {
    fn new(dir: &Path) -> io::Result<Self> {
        let dir = dir.canonicalize()?;
        if dir.as_os_str().len() <= SHORT {
            return Ok(Self { link: dir, _home: None });
        }
        let home = tempfile::tempdir()?;
        let link = home.path().join("d");
        symlink(dir, &link)?;
        Ok(Self { link, _home: Some(home) })
    }
}

/// The socket is made where nobody else can reach it, and moved to its place once nobody else can use it.
fn listen(dir: &Path) -> io::Result<UnixListener> {
    let near = Near::new(dir)?;
    let hidden = tempfile::tempdir_in(&near.link)?;
    let made = hidden.path().join("s");
    let listener = UnixListener::bind(&made)?;
    fs::set_permissions(&made, Permissions::from_mode(0o600))?;
    fs::rename(&made, near.link.join(SOCKET))?;
    Ok(listener)
}

fn connect(dir: &Path) -> io::Result<UnixStream> {
    let near = Near::new(dir)?;
    let stream = UnixStream::connect(near.link.join(SOCKET))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(stream)
}
