//! Practice through the real binary: people's lines go in through a pipe, what the rooms show comes out.

#![expect(clippy::unwrap_used, reason = "a test may say: this cannot be")]

use herald::practice::script;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};

fn herald(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_herald"));
    command.args(["practice", "--data"]).arg(data);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What a session left behind: its output without the times, its complaints, its exit status.
struct End {
    shown: Vec<String>,
    complaints: String,
    status: ExitStatus,
}

/// Plays these lines to their end.
fn session(data: &Path, lines: &str) -> End {
    let mut child = herald(data).spawn().unwrap();
    // A Herald that cannot start reads nothing.
    let _ = child.stdin.take().unwrap().write_all(lines.as_bytes());
    end(child)
}

fn end(child: Child) -> End {
    let output = child.wait_with_output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap().lines().map(without_time).collect();
    End { shown, complaints: String::from_utf8(output.stderr).unwrap(), status: output.status }
}

/// `12:30 war-room ana: hello` without `12:30 `.
fn without_time(line: &str) -> String {
    line.split_once(' ').map_or(line, |(_, rest)| rest).to_owned()
}

/// A session that is still going on.
struct Running {
    child: Child,
    input: ChildStdin,
    shown: Box<dyn Iterator<Item = String>>,
}

impl Running {
    fn start(data: &Path) -> Self {
        let mut child = herald(data).spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, input, shown: Box::new(output.lines().map(|line| without_time(&line.unwrap()))) }
    }

    fn say(&mut self, line: &str) {
        writeln!(self.input, "{line}").unwrap();
    }

    /// Reads on until a line begins so.
    fn wait_for(&mut self, beginning: &str) {
        let found = self.shown.any(|line| line.starts_with(beginning));
        assert!(found, "nothing begins with {beginning}");
    }
}

const DECLARED: &str = "war-room herald: 🔴 INC-1 checkout is down · critical · commander ana";

#[test]
fn a_whole_incident_goes_through_a_pipe() {
    let dir = tempfile::tempdir().unwrap();
    let end = session(
        dir.path(),
        "# the first incident\n\
         ana: !declare checkout is down --severity critical\n\
         \n\
         ben: !take spokesperson\n\
         ben: !publish 1 next 30m\n\
         cleo: !finding the error rate is 40%\n\
         bob in company: is checkout down?\n\
         ana: !resolve rolled back\n\
         ben: !update Checkout works again. final\n\
         ana: !close\n",
    );
    assert!(end.status.success(), "{}", end.complaints);
    assert_eq!(end.complaints, "");
    let told = |room: &str| end.shown.iter().filter(|line| line.starts_with(room)).cloned().collect::<Vec<_>>();
    assert_eq!(told("war-room")[..2], ["war-room ana: !declare checkout is down --severity critical", DECLARED]);
    let company = told("company herald: ").join("\n");
    assert!(company.contains("INC-1"), "{company}");
    assert!(company.contains("Checkout works again."), "{company}");
    assert!(!company.contains("error rate"), "{company}");
    let closed = told("war-room herald: INC-1 checkout is down, closed");
    assert_eq!(closed.len(), 1, "{:#?}", end.shown);
}

#[test]
fn each_line_is_answered_while_the_input_is_open() {
    let dir = tempfile::tempdir().unwrap();
    let mut running = Running::start(dir.path());
    running.say("ana: !declare checkout is down --severity critical");
    running.wait_for(DECLARED);
    running.say("ben: !take spokesperson");
    running.wait_for("war-room herald: ben is");
    drop(running.input);
    assert!(running.child.wait().unwrap().success());
}

#[test]
fn what_cannot_be_played_is_named_and_the_session_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let end = session(
        dir.path(),
        "hello\n\
         ana in kitchen: hello\n\
         wait 25m\n\
         | more\n\
         herald: hello\n\
         ana deletes \"nothing of the kind\"\n\
         ana: hello\n",
    );
    assert!(end.status.success());
    assert_eq!(end.shown, ["war-room ana: hello"]);
    let complaints: Vec<&str> = end.complaints.lines().collect();
    assert_eq!(complaints.len(), 6, "{complaints:#?}");
    for (complaint, beginning) in complaints.iter().zip([
        "line 1: a line is `ana: words`",
        "line 2: there is no room `kitchen`: write one of war-room",
        "line 3: `boards`, `networks two`, `at annex`, `wait`, `offline`, `online`, `lost`, `stuck`, `crash`, `down` and `up` are for scripts: `herald practice --script FILE`",
        "line 4: `|` is for scripts",
        "line 5: nobody speaks for herald",
        "line 6: No message of ana's holds \"nothing of the kind\".",
    ]) {
        assert!(complaint.starts_with(beginning), "{complaint}");
    }
}

#[test]
fn bytes_that_are_no_text_are_a_message_like_any_other() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = herald(dir.path()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"ana: caf\xe9 \x1b[2J!\nana: hello").unwrap();
    let end = end(child);
    assert!(end.status.success());
    assert_eq!(end.shown, ["war-room ana: caf\u{fffd} \u{fffd}[2J!", "war-room ana: hello"]);
}

#[test]
fn the_next_session_goes_on_where_this_one_was() {
    let dir = tempfile::tempdir().unwrap();
    session(dir.path(), "ana: !declare checkout is down --severity critical\n");
    let end = session(dir.path(), "ben: !take spokesperson\nben: !publish 1 next 30m\n");
    assert!(end.status.success(), "{}", end.complaints);
    assert_eq!(end.shown[0], "war-room ben: !take spokesperson");
    assert!(end.shown.iter().any(|line| line.starts_with("company herald: ")), "{:#?}", end.shown);
    assert!(!end.shown.contains(&DECLARED.to_owned()), "{:#?}", end.shown);
}

#[test]
fn being_asked_to_end_is_an_end_like_any_other() {
    for signal in ["TERM", "INT"] {
        let dir = tempfile::tempdir().unwrap();
        let mut running = Running::start(dir.path());
        running.say("ana: !declare checkout is down --severity critical");
        running.wait_for(DECLARED);
        let pid = running.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
        assert!(running.child.wait().unwrap().success(), "{signal}");
        let end = session(dir.path(), "ana: !status\n");
        assert!(end.shown.iter().any(|line| line.contains("INC-1 checkout is down")), "{:#?}", end.shown);
    }
}

/// A start that cannot be: status 2, and one sentence.
fn refused(data: &Path, status: i32) -> String {
    let end = session(data, "ana: hello\n");
    assert_eq!(end.status.code(), Some(status), "{}", end.complaints);
    assert_eq!(end.shown, [""; 0]);
    assert_eq!(end.complaints.lines().count(), 1, "{}", end.complaints);
    end.complaints
}

#[test]
fn a_directory_in_use_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let mut first = Running::start(dir.path());
    first.say("ana: hello");
    first.wait_for("war-room ana: hello");
    let rooms = std::fs::read(dir.path().join("rooms.jsonl")).unwrap();
    let complaint = refused(dir.path(), 1);
    assert!(complaint.contains("is in use by another Herald. Stop it first"), "{complaint}");
    assert_eq!(std::fs::read(dir.path().join("rooms.jsonl")).unwrap(), rooms);
    drop(first.input);
    assert!(first.child.wait().unwrap().success());
}

#[test]
fn a_directory_of_a_newer_herald_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    session(dir.path(), "ana: hello\n");
    let journal = sled::open(dir.path().join("journal")).unwrap();
    let (key, format) = journal.scan_prefix(b"f").next().expect("the row that holds the format").unwrap();
    let newer = u32::from_be_bytes(format.as_ref().try_into().unwrap()) + 1;
    journal.insert(key, &newer.to_be_bytes()).unwrap();
    journal.flush().unwrap();
    drop(journal);
    // sled's threads may have it open for a moment longer.
    std::fs::File::open(dir.path().join("journal/db")).unwrap().lock().unwrap();
    let complaint = refused(dir.path(), 2);
    assert!(complaint.contains("was written by a newer Herald"), "{complaint}");
}

#[test]
fn a_damaged_directory_is_named_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    session(dir.path(), "ana: hello\n");
    std::fs::remove_file(dir.path().join("journal/db")).unwrap();
    let complaint = refused(dir.path(), 2);
    assert!(complaint.contains("is damaged: journal/db is missing. Move it away"), "{complaint}");
}

#[test]
fn rooms_that_cannot_be_read_are_named_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    session(dir.path(), "ana: hello\n");
    std::fs::write(dir.path().join("rooms.jsonl"), "nonsense\n").unwrap();
    let complaint = refused(dir.path(), 2);
    assert!(complaint.contains("rooms.jsonl, line 1, cannot be understood"), "{complaint}");
}

#[test]
fn any_text_is_a_script_or_an_error_that_names_a_line_of_it() {
    bolero::check!().with_iterations(5_000).for_each(|bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        match script::read(&text) {
            Ok(lines) => assert!(lines.len() <= text.lines().count()),
            Err(wrong) => assert!((1..=text.lines().count()).contains(&wrong.number), "{wrong}"),
        }
    });
}

#[test]
fn any_pieces_of_script_lines_are_read_or_refused_in_words() {
    const PIECES: [&str; 28] = [
        "ana",
        "ben",
        "herald",
        " in ",
        "company",
        "inc-2",
        "dm",
        ":",
        ": ",
        " reacts 📌 to ",
        "\"5%\"",
        "\"",
        " edits ",
        " to ",
        " deletes ",
        "wait ",
        "25m",
        "offline ",
        "crash",
        "networks two\n",
        " at annex",
        " answers ",
        " takes 📌 off ",
        " sends chart.png ",
        "2000",
        "gone ",
        "\ndown\n",
        "\n| ",
    ];
    bolero::check!().with_iterations(5_000).with_type::<Vec<u8>>().for_each(|picks| {
        let text: String = picks.iter().map(|pick| PIECES[usize::from(*pick) % PIECES.len()]).collect();
        if let Err(wrong) = script::read(&text) {
            assert!(wrong.to_string().starts_with("line "), "{wrong}");
        }
    });
}
