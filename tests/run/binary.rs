//! Through the real binary.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use tempfile::TempDir;

const WAR_ROOM: (&str, &str) = ("HERALD__ROOMS__WAR_ROOM", "matrix:!war:example.org");
/// A homeserver that nobody is at.
const NOWHERE: [(&str, &str); 4] = [
    ("HERALD__MATRIX__HOMESERVER", "http://127.0.0.1:9"),
    ("HERALD__MATRIX__USER", "@herald:example.org"),
    ("HERALD__MATRIX__PASSWORD", "correct horse"),
    ("HERALD__PEOPLE__ADMINS", "matrix:@ana:example.org"),
];

fn herald(data: &Path, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_herald"));
    command.args(["run", "--data"]).arg(data).envs(variables.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What it says when it cannot start under these variables, with exit status 2 and nothing left behind.
fn refused(variables: &[(&str, &str)]) -> String {
    let home = tempfile::tempdir().unwrap();
    let done = herald(&home.path().join("data"), variables).output().unwrap();
    let (out, err) = (String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap());
    assert_eq!((done.status.code(), out.as_str()), (Some(2), ""), "{err}");
    assert_eq!(err.lines().count(), 1, "{err}");
    err.strip_prefix("herald: ").unwrap().trim_end().to_owned()
}

#[test]
fn without_a_network_it_says_what_to_write() {
    assert_eq!(
        refused(&[]),
        "no chat network is configured. Run `herald init`, or write [matrix] with `homeserver` and `user`, or [discord] with `server` and \
         `token_file`, into the file that --config names; config/herald.example.toml shows how. `herald practice` needs none"
    );
}

#[test]
fn without_a_war_room_it_says_what_to_write() {
    assert_eq!(
        refused(&NOWHERE),
        "rooms.war_room is empty, so nobody could declare an incident. Write the room of the people who respond"
    );
}

#[test]
fn a_room_on_a_network_that_is_not_configured_is_named() {
    let rooms = [("HERALD__ROOMS__WAR_ROOM", "matrix:!war:example.org,discord:7")];
    assert_eq!(
        refused(&[&NOWHERE[..], &rooms].concat()),
        "rooms.war_room[1] is discord:7, on a network that is not configured. Take it out, or write a room on matrix"
    );
}

#[test]
fn an_address_that_others_can_reach_is_refused() {
    for address in ["0.0.0.0:9464", "[::]:9464", "192.0.2.7:9464"] {
        assert_eq!(
            refused(&[("HERALD__HEALTH__LISTEN", address)]),
            format!(
                "environment variable HERALD__HEALTH__LISTEN: health.listen is \"{address}\"; write a loopback address \
                 such as \"127.0.0.1:9464\", for what it answers is for this machine alone, or \"off\""
            )
        );
    }
}

/// Status 1: whoever supervises Herald starts it again, and once that has passed it runs.
#[test]
fn what_may_pass_by_itself_is_no_reason_to_stay_down() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let variables = [&NOWHERE[..], &[WAR_ROOM, ("HERALD__HEALTH__LISTEN", &address)]].concat();
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    let ended = |command: &mut Command| {
        let done = command.output().unwrap();
        let said = String::from_utf8(done.stderr).unwrap();
        assert_eq!((done.status.code(), done.stdout.as_slice()), (Some(1), &b""[..]), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        said
    };
    // A port that somebody has, as the Herald before has for a moment.
    let said = ended(&mut herald(&data, &variables));
    assert!(said.starts_with(&format!("herald: health.listen is {address}, which cannot be used: ")), "{said}");
    // A directory that somebody has, as a backup has for a while.
    let lock = std::fs::File::open(data.join("lock")).unwrap();
    lock.lock().unwrap();
    let said = ended(&mut herald(&data, &variables));
    assert!(said.contains(" is in use by another Herald"), "{said}");
    lock.unlock().unwrap();
    // Too few open files, wherever that is noticed first.
    for files in [5, 9, 12] {
        let mut few = Command::new("sh");
        few.args(["-c", &format!("ulimit -n {files} && exec \"$0\" run --data \"$1\""), env!("CARGO_BIN_EXE_herald")]);
        few.arg(&data).envs(variables.iter().copied()).stdin(Stdio::null());
        let said = ended(&mut few);
        assert!(said.contains("Too many open files") && said.contains("et this user "), "{files}: {said}");
    }
    // What only a person can change is another status, also of the same directory.
    let file = home.path().join("file");
    std::fs::write(&file, "no directory").unwrap();
    let done = herald(&file, &variables).output().unwrap();
    assert_eq!(done.status.code(), Some(2), "{}", String::from_utf8_lossy(&done.stderr));
}

/// A Herald that runs.
struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
    port: u16,
    home: TempDir,
}

impl Running {
    /// Starts it with a homeserver that nobody is at, and waits until it answers.
    fn start(variables: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let health = [WAR_ROOM, ("HERALD__HEALTH__LISTEN", "127.0.0.1:0")];
        let variables = [&NOWHERE[..], &health, variables].concat();
        let mut child = herald(&home.path().join("data"), &variables).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let port = line.strip_prefix("health: http://127.0.0.1:").and_then(|rest| rest.split('/').next());
        let port = port.unwrap_or_else(|| panic!("it says {line:?}")).parse().unwrap();
        line.clear();
        out.read_line(&mut line).unwrap();
        assert!(line.ends_with(": 0 records, 0 incidents open\n"), "{line}");
        Self { child, out, port, home }
    }

    /// Status, type and text.
    fn get(&self, path: &str) -> (u16, String, String) {
        self.get_as(path, "*/*")
    }

    /// The same of who accepts these types.
    fn get_as(&self, path: &str, accept: &str) -> (u16, String, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nhost: herald\r\naccept: {accept}\r\nconnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, text) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let kind = head.lines().find_map(|line| line.strip_prefix("content-type: ")).unwrap_or_default();
        (status, kind.to_owned(), text.to_owned())
    }

    /// Sends a signal. Returns its exit status and its log.
    fn end(mut self, signal: rustix::process::Signal) -> (Option<i32>, String) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), signal).unwrap();
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        let status = self.child.wait().unwrap();
        assert!(!self.home.path().join("data/control.sock").exists());
        (status.code(), log)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A test that failed leaves no process behind. One that has ended already cannot be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg_attr(not(feature = "matrix"), ignore = "needs Matrix")]
#[test]
fn while_the_homeserver_is_away_it_lives_and_answers_and_ends_when_asked() {
    for signal in [rustix::process::Signal::TERM, rustix::process::Signal::INT, rustix::process::Signal::QUIT] {
        let herald = Running::start(&[]);
        assert_eq!(herald.get("/healthz"), (200, "text/plain; charset=utf-8".to_owned(), "alive\n".to_owned()));
        let (status, _, text) = herald.get("/readyz");
        assert_eq!(status, 503);
        assert!(text.starts_with("matrix is not connected yet"), "{text}");
        // As Prometheus asks.
        let accept = "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        let (status, kind, page) = herald.get_as("/metrics", accept);
        assert_eq!((status, kind.as_str()), (200, "application/openmetrics-text; version=1.0.0; charset=utf-8"));
        let open = crate::page::read(&page);
        assert!(open.contains_key("herald_connected{network=\"matrix\"}"), "{page}");
        // As people ask, and `promtool check metrics`.
        let (status, kind, page) = herald.get("/metrics");
        assert_eq!((status, kind.as_str()), (200, "text/plain; version=0.0.4; charset=utf-8"));
        assert_eq!(crate::page::read_plain(&page), open);
        assert_eq!(herald.get("/nowhere/at/all").0, 404);
        let (status, log) = herald.end(signal);
        assert_eq!(status, Some(0), "{log}");
        assert!(!log.contains("correct horse"), "{log}");
        assert!(!log.contains('\u{1b}'), "nobody looks at it in a terminal: {log}");
    }
}

/// Asks how the Herald on this port is: exit status, what it printed, what it complained of.
fn health(port: u16, more: &[&str]) -> (Option<i32>, String, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_herald"))
        .arg("health")
        .args(more)
        .env("HERALD__HEALTH__LISTEN", format!("127.0.0.1:{port}"))
        .output()
        .unwrap();
    (done.status.code(), String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap())
}

#[cfg_attr(not(feature = "matrix"), ignore = "needs Matrix")]
#[test]
fn a_supervisor_without_http_can_ask_how_it_is() {
    let herald = Running::start(&[]);
    let port = herald.port;
    assert_eq!(health(port, &[]), (Some(0), "alive\n".to_owned(), String::new()));
    let (status, out, err) = health(port, &["--ready"]);
    assert_eq!((status, out.as_str()), (Some(1), ""));
    assert!(err.starts_with("herald: matrix is not connected yet") && err.lines().count() == 1, "{err}");
    assert_eq!(herald.end(rustix::process::Signal::TERM).0, Some(0));
    let (status, _, err) = health(port, &[]);
    assert_eq!(status, Some(1));
    assert!(err.contains("nobody answers"), "{err}");
    assert_eq!(health(0, &[]).0, Some(2));
}

#[cfg_attr(not(feature = "matrix"), ignore = "needs Matrix")]
#[test]
fn backups_beside_it_need_no_directory_for_temporary_files() {
    let herald = Running::start(&[("TMPDIR", "/nowhere")]);
    let (data, file) = (herald.home.path().join("data"), herald.home.path().join("file"));
    let mut backup = Command::new(env!("CARGO_BIN_EXE_herald"));
    let done = backup.arg("backup").arg(&file).arg("--data").arg(&data).env("TMPDIR", "/nowhere").output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let (status, log) = herald.end(rustix::process::Signal::TERM);
    assert_eq!(status, Some(0), "{log}");
    assert!(!log.contains("not possible"), "{log}");
}

#[cfg_attr(not(feature = "matrix"), ignore = "needs Matrix")]
#[test]
fn a_backup_can_be_made_beside_it() {
    let herald = Running::start(&[]);
    let data = herald.home.path().join("data");
    for args in [&["verify"][..], &["backup", herald.home.path().join("file").to_str().unwrap()]] {
        let done = Command::new(env!("CARGO_BIN_EXE_herald")).args(args).arg("--data").arg(&data).output().unwrap();
        assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
    }
    let second = self::herald(&data, &[&NOWHERE[..], &[WAR_ROOM]].concat()).output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(said.contains(" is in use by another Herald"), "{said}");
    assert_eq!(herald.end(rustix::process::Signal::TERM).0, Some(0));
}

#[cfg_attr(not(feature = "matrix"), ignore = "needs Matrix")]
#[test]
fn the_log_can_be_read_by_machines() {
    let herald = Running::start(&[("HERALD__LOG__FORMAT", "json")]);
    assert_eq!(herald.get("/healthz").0, 200);
    let (status, log) = herald.end(rustix::process::Signal::TERM);
    assert_eq!(status, Some(0));
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|line| line["fields"]["message"] == "asked to end"), "{log}");
}
