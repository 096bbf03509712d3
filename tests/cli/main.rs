//! `verify`, `export`, `backup` and `restore`, through the real binary.

#![expect(clippy::unwrap_used, reason = "a test may say: this cannot be")]

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use herald::journal::{Options, SledJournal};
use tempfile::TempDir;

mod reading;
mod running;

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

/// Does something to the files of a journal behind Herald's back, and waits until sled has let go of them, which it does a
/// moment after it is dropped.
fn behind_its_back(data: &Path, act: impl FnOnce(&sled::Db)) {
    let files = SledJournal::sled_dir(data);
    let sled = sled::open(&files).unwrap();
    act(&sled);
    drop(sled);
    File::open(files.join("db")).unwrap().lock().unwrap();
}

#[test]
fn verify_counts_the_records() {
    let (_home, data) = played();
    assert_eq!(herald(&["verify"], &data).well(), "12 records, all whole\n");
}

#[test]
fn verify_names_the_first_record_that_is_not_what_was_written() {
    let (_home, data) = played();
    behind_its_back(&data, |sled| {
        for seq in [5, 3] {
            let (key, body) = sled.scan_prefix([b'r']).map(Result::unwrap).nth(seq - 1).unwrap();
            let changed = String::from_utf8_lossy(&body[32..]).replace("incident\":1", "incident\":2");
            sled.insert(key, [&body[..32], changed.as_bytes()].concat()).unwrap();
        }
    });
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
    assert_eq!(herald(&["export", "INC-1", "--audience", "company"], &data).well(), PUBLIC);
    let json = herald(&["export", "INC-1", "--audience", "company", "--format", "json"], &data).well();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let keys: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["head", "label", "updates"]);
}

#[test]
fn customers_get_what_was_sent_to_customers_and_nothing_else() {
    let (_home, data) = played();
    for no in ["INC-1", "INC-2"] {
        let nothing = format!("# {}\n", no.replace('-', "\\-"));
        assert_eq!(herald(&["export", no, "--audience", "customers"], &data).well(), nothing, "nothing was sent");
    }
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    let script = "ana: !declare checkout is down\nana: !take spokesperson\nana: !log the disk of host 7 is full\n\
                  ana: !update Host 7 is full. next 30m\nana: !update Card payments fail. next 30m --customers\n\
                  ana: !update Host 7 is replaced. next 30m\n";
    herald_fed(&["practice", "--script", "-"], &data, script).well();
    assert_eq!(
        herald(&["export", "INC-1", "--audience", "customers"], &data).well(),
        "# INC\\-1 checkout is down\n\n## Updates\n\n- Mon 5 Jan 12:00 UTC: update 2 by ana\\: Card payments fail\\.\n"
    );
    let json = herald(&["export", "INC-1", "--audience", "customers", "--format", "json"], &data).well();
    assert!(!json.contains("severity") && !json.contains("ost 7") && json.contains("Card payments fail"), "{json}");

    // Whoever speaks is called by their name alone, also when others are called alike.
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    let script = "ana: !declare checkout is down\nben: !take spokesperson\nBen is in customers\n\
                  ben: !update Card payments fail. next 30m --customers\n";
    herald_fed(&["practice", "--script", "-"], &data, script).well();
    for audience in ["customers", "company"] {
        for format in ["md", "json"] {
            let file = herald(&["export", "INC-1", "--audience", audience, "--format", format], &data).well();
            assert!(file.contains(" by ben") && !file.contains("console:"), "{audience}: {file}");
        }
    }
}

#[test]
fn a_security_incident_has_a_neutral_name_and_nothing_else_outside_its_own_room() {
    let (_home, data) = played();
    for audience in ["engineering", "company"] {
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
    let said = herald(&["restore", name], &other).well();
    let (restored, age) = said.split_once('\n').unwrap();
    assert_eq!(restored, format!("12 records of 2 incidents restored to {}", other.display()));
    assert!(age.starts_with("⚠ The newest record is of 2026-01-05 ") && age.contains("before you start it"), "{age}");
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

#[test]
fn verify_says_when_nobody_can_tell_whether_the_end_was_cut_off_and_when_a_snapshot_is_broken() {
    let data = tempfile::tempdir().unwrap();
    drop(SledJournal::open(data.path(), Options::new(0)).unwrap());
    assert_eq!(herald(&["verify"], data.path()).well(), "0 records, all whole\n");
    let files = SledJournal::sled_dir(data.path());
    fs::write(files.join("snap.FFFFFFFFFFFFFFFF"), "").unwrap();
    let said = herald(&["verify"], data.path()).well();
    assert!(said.starts_with("0 records, all whole\n⚠ ") && said.contains("will be set aside"), "{said}");
    fs::remove_file(files.join("watermark")).unwrap();
    let said = herald(&["verify"], data.path()).well();
    assert!(said.contains("watermark is missing") && said.contains("compare the last records with a backup"), "{said}");
}

#[test]
fn check_names_a_file_or_directory_that_others_can_read_although_secrets_are_in_it() {
    let home = tempfile::tempdir().unwrap();
    let (file, data) = (home.path().join("herald.toml"), home.path().join("data"));
    fs::create_dir(&data).unwrap();
    // Nobody listens there, so nothing leaves this machine.
    let config = "[discord]\nserver = \"1\"\ntoken = \"made-up\"\napi = \"http://127.0.0.1:9\"\n[rooms]\nwar_room = [\"discord:1\"]\n";
    fs::write(&file, config).unwrap();
    let check = || herald(&["check", "--config", file.to_str().unwrap()], &data).out;
    let mode = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    for (of_file, of_data) in [(0o644, 0o755), (0o640, 0o750)] {
        mode(&file, of_file);
        mode(&data, of_data);
        let said = check();
        assert!(said.contains(&format!("holds discord.token (mode {of_file:04o}). Run `chmod 600 ")), "{said}");
        assert!(said.contains(&format!("(mode {of_data:04o}). Run `chmod 700 ")), "{said}");
        assert!(!said.contains("made-up"), "{said}");
    }
    mode(&file, 0o600);
    mode(&data, 0o700);
    let said = check();
    assert!(!said.contains("chmod") && said.contains("is for its owner alone"), "{said}");
}

#[test]
fn check_holds_nothing_against_a_file_for_a_token_that_comes_from_a_variable() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("herald.toml");
    let config = "[discord]\nserver = \"1\"\napi = \"http://127.0.0.1:9\"\n[rooms]\nwar_room = [\"discord:1\"]\n";
    let check = |token: &str| {
        fs::write(&file, config.replace("server", &format!("{token}server"))).unwrap();
        let mut herald = Command::new(env!("CARGO_BIN_EXE_herald"));
        herald.args(["check", "--config"]).arg(&file).arg("--data").arg(home.path());
        let done = herald.env("HERALD__DISCORD__TOKEN", "made-up").output().unwrap();
        String::from_utf8(done.stdout).unwrap()
    };
    let said = check("");
    assert!(said.contains("discord") && !said.contains("configuration file"), "{said}");
    assert!(check("token = \"old\"\n").contains("holds discord.token"), "what stands there stands there");
}

#[test]
fn check_tells_what_is_odd_about_the_journal() {
    let data = tempfile::tempdir().unwrap();
    drop(SledJournal::open(data.path(), Options::new(0)).unwrap());
    fs::write(SledJournal::sled_dir(data.path()).join("snap.FFFFFFFFFFFFFFFF"), "").unwrap();
    let said = herald(&["check"], data.path()).out;
    assert!(said.contains("journal") && said.contains("will be set aside"), "{said}");
}
