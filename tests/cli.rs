//! `verify`, `export`, `backup` and `restore`, through the real binary.

#![expect(clippy::unwrap_used, reason = "a test may say: this cannot be")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
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
use tempfile::TempDir;

const SCRIPT: &str = "
ana: !declare checkout is down --severity critical
ben: !take spokesperson
ben: !update We are rolling back. next 30m
ana: !finding errors began with the deploy
ana: !sitrep Rollback runs on 3 of 8 hosts
wait 10m
ana: !resolve rolled the deploy back
ben: !update Checkout works again. final
ana: !close
ana: !declare a token was published --security
";

/// What a subcommand said and how it ended.
struct Said {
    status: i32,
    out: String,
    err: String,
}

impl Said {
    /// It went well, and said this.
    #[track_caller]
    fn well(self) -> String {
        assert_eq!((self.status, self.err.as_str()), (0, ""), "{}", self.out);
        self.out
    }

    /// It ended with this status and one sentence, and left nothing on standard output.
    #[track_caller]
    fn ended(self, status: i32) -> String {
        assert_eq!((self.status, self.out.as_str()), (status, ""), "{}", self.err);
        assert_eq!(self.err.lines().count(), 1, "{}", self.err);
        self.err.strip_prefix("herald: ").unwrap().trim_end().to_owned()
    }
}

fn herald(args: &[&str], data: &Path) -> Said {
    herald_fed(args, data, "")
}

fn herald_fed(args: &[&str], data: &Path, input: &str) -> Said {
    let mut child = Command::new(env!("CARGO_BIN_EXE_herald"))
        .args(args)
        .arg("--data")
        .arg(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    Said {
        status: done.status.code().unwrap(),
        out: String::from_utf8(done.stdout).unwrap(),
        err: String::from_utf8(done.stderr).unwrap(),
    }
}

/// A place with a data directory in it, in which the script was played.
fn played() -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    herald_fed(&["practice", "--script", "-"], &data, SCRIPT).well();
    (home, data)
}

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
fn verify_counts_the_records() {
    let (_home, data) = played();
    assert_eq!(herald(&["verify"], &data).well(), "12 records, all whole\n");
}

#[test]
fn verify_names_the_first_record_that_is_not_what_was_written() {
    let (_home, data) = played();
    let sled = sled::open(SledJournal::sled_dir(&data)).unwrap();
    for seq in [5, 3] {
        let (key, body) = sled.scan_prefix([b'r']).map(Result::unwrap).nth(seq - 1).unwrap();
        let changed = String::from_utf8_lossy(&body[32..]).replace("incident\":1", "incident\":2");
        sled.insert(key, [&body[..32], changed.as_bytes()].concat()).unwrap();
    }
    drop(sled);
    assert_eq!(
        herald(&["verify"], &data).ended(1),
        format!(
            "record 3 in {} is wrong: its hash does not follow from its words and the record before. Move the \
             directory away and restore the last backup with `herald restore`",
            data.display()
        )
    );
}

#[test]
fn what_is_no_data_directory_is_said_and_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("none");
    let missing =
        format!("there is no journal in {}. Give the directory that Herald runs in with --data", data.display());
    let file = home.path().join("backup");
    for args in [&["verify"][..], &["export", "INC-1"], &["backup", file.to_str().unwrap()]] {
        assert_eq!(herald(args, &data).ended(2), missing, "{args:?}");
    }
    assert!(fs::read_dir(home.path()).unwrap().next().is_none(), "nothing was made");
}

#[test]
fn the_war_room_gets_all_of_an_incident() {
    let (_home, data) = played();
    assert_eq!(herald(&["export", "INC-1"], &data).well(), [PUBLIC, INSIDE].concat());
    assert_eq!(
        herald(&["export", "inc-1", "--audience", "engineering", "--format", "md"], &data).well(),
        [PUBLIC, INSIDE].concat()
    );
}

#[test]
fn the_company_gets_what_was_published() {
    let (_home, data) = played();
    for audience in ["company", "customers"] {
        let args = ["export", "INC-1", "--audience", audience];
        assert_eq!(herald(&args, &data).well(), PUBLIC, "{audience}");
    }
    let json = herald(&["export", "INC-1", "--audience", "company", "--format", "json"], &data).well();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let keys: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["head", "label", "updates"]);
}

#[test]
fn a_security_incident_has_a_neutral_name_and_nothing_else_outside_its_own_room() {
    let (_home, data) = played();
    for audience in ["engineering", "company", "customers"] {
        let args = ["export", "INC-2", "--audience", audience];
        assert_eq!(herald(&args, &data).well(), "# INC\\-2 \\(security\\)\n", "{audience}");
        let args = ["export", "INC-2", "--audience", audience, "--format", "json"];
        assert_eq!(herald(&args, &data).well(), "{\n  \"label\": \"INC-2 (security)\"\n}\n", "{audience}");
    }
    assert!(herald(&["export", "INC-2"], &data).well().starts_with("# INC\\-2 a token was published\n"));
}

#[test]
fn an_unknown_incident_is_answered_with_those_there_are() {
    let (_home, data) = played();
    assert_eq!(
        herald(&["export", "INC-9"], &data).ended(2),
        "there is no INC-9: the incidents here are INC-1 to INC-2"
    );
    let empty = tempfile::tempdir().unwrap();
    drop(SledJournal::open(empty.path(), Options::new(0)).unwrap());
    assert_eq!(
        herald(&["export", "INC-1"], empty.path()).ended(2),
        "there is no INC-1: no incident was declared here yet. Give another directory with --data"
    );
    let said = herald(&["export", "7"], &data);
    assert_eq!(said.status, 2);
    assert!(said.err.contains("invalid value '7' for '<INC-1>': not of the form `INC-7`"), "{}", said.err);
}

#[test]
fn a_backup_restored_elsewhere_exports_the_same() {
    let (home, data) = played();
    let (file, other) = (home.path().join("backup"), home.path().join("other"));
    let name = file.to_str().unwrap();
    assert_eq!(herald(&["backup", name], &data).well(), format!("12 records written to {name}\n"));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(
        herald(&["restore", name], &other).well(),
        format!("12 records of 2 incidents restored to {}\n", other.display())
    );
    for no in ["INC-1", "INC-2"] {
        for format in ["md", "json"] {
            let args = ["export", no, "--format", format];
            assert_eq!(herald(&args, &data).well(), herald(&args, &other).well());
        }
    }
    assert_eq!(herald(&["verify"], &other).well(), "12 records, all whole\n");
}

#[test]
fn neither_backup_nor_restore_overwrites_anything() {
    let (home, data) = played();
    let file = home.path().join("backup");
    let name = file.to_str().unwrap();
    fs::write(&file, "precious").unwrap();
    assert_eq!(
        herald(&["backup", name], &data).ended(2),
        format!("{name} is there already, and no backup is ever overwritten. Give another name")
    );
    assert_eq!(fs::read(&file).unwrap(), b"precious");
    fs::remove_file(&file).unwrap();
    herald(&["backup", name], &data).well();
    assert_eq!(
        herald(&["restore", name], &data).ended(2),
        format!(
            "{} already holds a journal. Move it away first, or give an empty directory with --data",
            data.display()
        )
    );
    assert_eq!(herald(&["verify"], &data).well(), "12 records, all whole\n");
}

#[test]
fn what_is_no_whole_backup_restores_nothing() {
    let (home, data) = played();
    let (file, other) = (home.path().join("backup"), home.path().join("other"));
    let name = file.to_str().unwrap();
    herald(&["backup", name], &data).well();
    let whole = fs::read(&file).unwrap();
    let lines = whole.split(|byte| *byte == b'\n').count() - 1;
    let restore = |bytes: &[u8]| {
        fs::write(&file, bytes).unwrap();
        herald(&["restore", name], &other).ended(2)
    };
    let truncated = |lines| {
        format!("the backup ends after line {lines}, in the middle. Nothing was restored; take a copy that is whole")
    };
    assert_eq!(restore(&whole[..whole.len() - 10]), truncated(lines - 1));
    assert_eq!(restore(b"hello\n"), "this is not a backup of Herald's. Give a file that `herald backup` wrote");
    fs::remove_file(&file).unwrap();
    let absent = herald(&["restore", name], &other).ended(2);
    assert!(absent.ends_with("(os error 2). Name a backup"), "{absent}");
    assert_eq!(restore_is_possible(&whole, &file, &other), "12 records of 2 incidents");
}

/// After every failure the same directory can still be restored to.
fn restore_is_possible(whole: &[u8], file: &Path, other: &Path) -> String {
    fs::write(file, whole).unwrap();
    let said = herald(&["restore", file.to_str().unwrap()], other).well();
    said.split(" restored").next().unwrap().to_owned()
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
    let sled = sled::open(SledJournal::sled_dir(&data)).unwrap();
    let (key, _) = sled.scan_prefix([b'r']).map(Result::unwrap).nth(2).unwrap();
    sled.remove(key).unwrap();
    drop(sled);
    // An engine would not start on this, so what answers is a journal that is only read.
    let journal = SledJournal::open_existing(&data, Options::new(0)).unwrap();
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
        assert_eq!(herald(args, &data).ended(2), in_use, "{args:?}");
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

const PUBLIC: &str = r"# INC\-1 checkout is down

- severity: critical
- status: closed
- declared: Mon 5 Jan 12:00 UTC
- resolved: Mon 5 Jan 12:10 UTC
- ended: Mon 5 Jan 12:10 UTC
- promises: 2 kept, 0 broken

## Updates

- Mon 5 Jan 12:00 UTC: update 1 by ben\: We are rolling back\.
- Mon 5 Jan 12:10 UTC: update 2 by ben\: Checkout works again\.
";

/// What comes after that for those who may see all of it.
const INSIDE: &str = r"
## Situation reports

- Mon 5 Jan 12:00 UTC: sitrep 1 by ana\: Rollback runs on 3 of 8 hosts

## Roles over time

- Mon 5 Jan 12:00 UTC: ana declared a critical incident\: checkout is down
- Mon 5 Jan 12:00 UTC: ben became spokesperson

## Timeline

- Mon 5 Jan 12:00 UTC: ana declared a critical incident\: checkout is down
- Mon 5 Jan 12:00 UTC: Herald proposed draft 1\: We are looking into this\: checkout is down\. Engineers are working on it\.
- Mon 5 Jan 12:00 UTC: ben became spokesperson
- Mon 5 Jan 12:00 UTC: ben published update 1\: We are rolling back\.
- Mon 5 Jan 12:00 UTC: ana\, finding 1\: errors began with the deploy
- Mon 5 Jan 12:00 UTC: ana wrote sitrep 1\: Rollback runs on 3 of 8 hosts
- Mon 5 Jan 12:10 UTC: ana called it resolved\: rolled the deploy back
- Mon 5 Jan 12:10 UTC: ben published update 2\: Checkout works again\.
- Mon 5 Jan 12:10 UTC: ana closed it
";
