//! The same beside a Herald that runs, and where something is in the way.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use futures::StreamExt;
use futures::channel::mpsc;
use futures::executor::block_on;
use herald::cli::control::{self, Served};
use herald::config::Config;
use herald::engine::Request;
use herald::journal::{Options, SledJournal};
use herald::practice::{Live, ManualClock, setup};

use crate::{behind_its_back, herald, played};

/// A Herald that runs in a directory and serves its socket.
struct Running {
    requests: mpsc::Sender<Request<SledJournal>>,
    served: Served,
    thread: JoinHandle<()>,
}

impl Running {
    fn start(data: &Path) -> Self {
        let journal = SledJournal::open(data, Options::new(0)).unwrap();
        let clock = ManualClock::new("2026-01-05T12:11:00Z".parse().unwrap());
        let mut live = Live::open(data, journal, setup(&Config::default()), Arc::new(clock)).unwrap();
        let requests = live.requests();
        let served = control::serve(data, requests.clone()).unwrap();
        let thread = thread::spawn(move || block_on(live.pass()).unwrap());
        Self { requests, served, thread }
    }

    fn stop(mut self) {
        drop(self.served);
        self.requests.try_send(Request::Stop).unwrap_or_else(|_| unreachable!("there is room for one"));
        self.thread.join().unwrap();
    }
}

/// Somebody who has asked for a backup.
fn asked(listener: &UnixListener) -> UnixStream {
    let stream = listener.accept().unwrap().0;
    let mut line = String::new();
    BufReader::new(&stream).read_line(&mut line).unwrap();
    assert_eq!(line, "backup\n");
    stream
}

#[test]
fn everything_works_while_herald_runs() {
    let (home, data) = played();
    let (before, during) = (home.path().join("before"), home.path().join("during"));
    herald(&["backup", before.to_str().unwrap()], &data).well();
    let exported = herald(&["export", "INC-1"], &data).well();
    let running = Running::start(&data);
    let socket = data.join("control.sock");
    assert_eq!(fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);

    assert_eq!(herald(&["verify"], &data).well(), "12 records, all whole\n");
    assert_eq!(herald(&["export", "INC-1"], &data).well(), exported);
    let name = during.to_str().unwrap();
    assert_eq!(herald(&["backup", name], &data).well(), format!("12 records written to {name}\n"));
    let records = |file: &Path| -> Vec<String> {
        let lines = fs::read_to_string(file).unwrap();
        lines.lines().filter(|line| line.starts_with("{\"record\":")).map(str::to_owned).collect()
    };
    assert_eq!(records(&during).len(), 12);
    assert!(records(&during) == records(&before), "{} and {} differ", during.display(), before.display());

    running.stop();
    assert!(!socket.exists());
    assert_eq!(herald(&["verify"], &data).well(), "12 records, all whole\n");
}

#[test]
fn everything_works_beside_a_practice_session() {
    let (home, data) = played();
    let mut session = Command::new(env!("CARGO_BIN_EXE_herald"))
        .args(["practice", "--data"])
        .arg(&data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut keys = session.stdin.take().unwrap();
    let mut shown = BufReader::new(session.stdout.take().unwrap()).lines().map(Result::unwrap);
    keys.write_all("ana: !declare search is slow --severity minor\n".as_bytes()).unwrap();
    assert!(shown.any(|line| line.contains("INC-3")), "it was declared");

    assert!(herald(&["export", "INC-3"], &data).well().starts_with("# INC\\-3 search is slow\n"));
    let file = home.path().join("backup");
    herald(&["backup", file.to_str().unwrap()], &data).well();
    assert!(herald(&["verify"], &data).well().ends_with(" records, all whole\n"));
    drop(keys);
    shown.for_each(drop);
    assert!(session.wait().unwrap().success());
    let other = home.path().join("other");
    let said = herald(&["restore", file.to_str().unwrap()], &other).well();
    assert!(said.contains(" of 3 incidents restored to "), "{said}");
}

#[test]
fn who_stops_does_not_wait_for_an_engine_that_has_stopped() {
    let (home, data) = played();
    let _journal = SledJournal::open(&data, Options::new(0)).unwrap();
    let (requests, mut engine) = mpsc::channel::<Request<SledJournal>>(1);
    let served = control::serve(&data, requests).unwrap();
    let file = home.path().join("backup");
    let asking = thread::spawn(move || herald(&["backup", file.to_str().unwrap()], &data).ended(2));
    let unanswered = block_on(engine.next()).unwrap();
    drop(served);
    drop(unanswered);
    let said = asking.join().unwrap();
    assert!(said.starts_with("the running Herald stopped in the middle of its backup"), "{said}");
}

#[test]
fn a_damaged_record_is_named_while_herald_runs_too() {
    let (home, data) = played();
    behind_its_back(&data, |sled| {
        let (key, _) = sled.scan_prefix([b'r']).map(Result::unwrap).nth(2).unwrap();
        sled.remove(key).unwrap();
    });
    // An engine would not start on this, so what answers is a journal that is only read.
    let journal = SledJournal::open_existing(&data, Options::new(0)).unwrap();
    // It is a copy, so the directory is taken as a Herald that runs there takes it.
    let lock = fs::File::open(data.join("lock")).unwrap();
    lock.lock().unwrap();
    let listener = UnixListener::bind(data.join("control.sock")).unwrap();
    let answers = thread::spawn(move || {
        use herald::journal::Journal;
        for _ in 0..2 {
            let mut stream = asked(&listener);
            let error = journal.backup_job().unwrap().write(&mut stream).unwrap_err();
            writeln!(stream, "damaged {error}").unwrap();
        }
    });
    let said = herald(&["verify"], &data).ended(1);
    assert!(said.contains(" is damaged: record 3 is wrong, it is missing. Move it away and restore"), "{said}");
    let file = home.path().join("backup");
    assert_eq!(herald(&["backup", file.to_str().unwrap()], &data).ended(2), said);
    assert!(!file.exists());
    answers.join().unwrap();
}

#[test]
fn a_directory_in_use_by_one_that_does_not_listen_is_said_to_be_in_use() {
    let (home, data) = played();
    let journal = SledJournal::open(&data, Options::new(0)).unwrap();
    // Left behind by a process that was killed.
    drop(UnixListener::bind(data.join("control.sock")).unwrap());
    let in_use = format!(
        "{} is in use by another Herald. Stop it first, or give this one a directory of its own with --data",
        data.display()
    );
    let file = home.path().join("backup");
    for args in [&["verify"][..], &["export", "INC-1"], &["backup", file.to_str().unwrap()]] {
        assert_eq!(herald(args, &data).ended(1), in_use, "{args:?}");
    }
    drop(journal);
    let running = Running::start(&data);
    herald(&["verify"], &data).well();
    running.stop();
}

#[test]
fn a_backup_that_breaks_off_leaves_no_file() {
    let (home, data) = played();
    let _journal = SledJournal::open(&data, Options::new(0)).unwrap();
    let listener = UnixListener::bind(data.join("control.sock")).unwrap();
    let answers = thread::spawn(move || asked(&listener).write_all(b"{\"half\":1}\n{\"an").unwrap());
    let file = home.path().join("backup");
    let said = herald(&["backup", file.to_str().unwrap()], &data).ended(2);
    assert!(said.starts_with("the running Herald stopped in the middle of its backup"), "{said}");
    answers.join().unwrap();
    let left: Vec<_> = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["data"]);
}

#[test]
fn a_data_directory_with_a_long_name_has_a_socket_too() {
    let (home, data) = played();
    let long = home.path().join("x".repeat(200));
    symlink(&data, home.path().join("link")).unwrap();
    fs::rename(&data, &long).unwrap();
    let running = Running::start(&long);
    assert_eq!(herald(&["verify"], &long).well(), "12 records, all whole\n");
    running.stop();
}
