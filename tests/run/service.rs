//! Herald as `config/herald.service` and `Containerfile` start it: with the arguments and the environment that stand there.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{fs, process};

use rustix::process::{Pid, Signal, kill_process};

const UNIT: &str = include_str!("../../config/herald.service");
const IMAGE: &str = include_str!("../../Containerfile");

/// How something starts Herald.
struct Way {
    /// The program and its arguments.
    start: Vec<String>,
    environment: Vec<(String, String)>,
    /// From where it is started.
    from: String,
    /// The one directory that it can write.
    data: &'static str,
    /// Where the configuration is.
    config: &'static str,
    /// Where a secret is.
    secret: &'static str,
    /// How it is asked how it is.
    health: Vec<String>,
}

fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

/// The values of a key of the unit.
fn unit(key: &str) -> Vec<String> {
    let lines = UNIT.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    lines.map(str::to_owned).collect()
}

fn by_unit() -> Way {
    let start = unit("ExecStart").concat();
    let pair = |it: String| it.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap();
    assert_eq!(unit("StateDirectory"), ["herald"]);
    assert!(unit("LoadCredential").contains(&"password:/etc/herald/password".to_owned()));
    Way {
        health: words("/usr/local/bin/herald health --config /etc/herald/herald.toml"),
        environment: unit("Environment").into_iter().map(pair).collect(),
        start: words(&start),
        from: "/".to_owned(),
        data: "/var/lib/herald",
        config: "/etc/herald/herald.toml",
        secret: "/run/credentials/herald.service/password",
    }
}

/// What follows an instruction of the image, of its last stage.
fn image(instruction: &str) -> String {
    let joined = IMAGE.replace("\\\n", " ");
    let last = joined.rsplit("\nFROM ").next().unwrap();
    let found = last.lines().find_map(|line| line.strip_prefix(instruction)?.strip_prefix(' '));
    found.unwrap_or_else(|| panic!("no {instruction} in the image")).trim().to_owned()
}

fn by_image() -> Way {
    let list = |text: &str| -> Vec<String> { serde_json::from_str(text).unwrap() };
    let environment = image("ENV");
    let pairs = environment.split_whitespace().filter_map(|it| it.split_once('='));
    let health = image("HEALTHCHECK");
    assert!(image("VOLUME") == "/data" && image("USER").split(':').all(|id| id.parse::<u32>().is_ok_and(|id| id > 0)));
    Way {
        start: [list(&image("ENTRYPOINT")), list(&image("CMD"))].concat(),
        environment: pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        from: image("WORKDIR"),
        data: "/data",
        config: "/etc/herald.toml",
        secret: "/run/secrets/password",
        health: list(health.split_once(" CMD ").unwrap().1),
    }
}

/// A machine in a directory, on which Herald is started in some way.
struct Machine {
    root: tempfile::TempDir,
    way: Way,
    address: SocketAddr,
}

impl Machine {
    fn of(way: Way) -> Self {
        let root = tempfile::tempdir().unwrap();
        // Each test is a process, and has an address of its own.
        let [_, a, b, c] = process::id().to_be_bytes();
        let address = SocketAddr::from(([127, a.max(1), b, c], 9464));
        let machine = Self { root, way, address };
        for file in [machine.way.config, machine.way.secret] {
            fs::create_dir_all(machine.at(file).parent().unwrap()).unwrap();
        }
        fs::create_dir_all(machine.at(machine.way.data)).unwrap();
        fs::write(machine.at(machine.way.secret), "correct horse\n").unwrap();
        let config = format!(
            "[matrix]\nhomeserver = \"http://127.0.0.1:9\"\nuser = \"@herald:example.org\"\npassword_file = \"{}\"\n\
             [rooms]\nwar_room = [\"matrix:!war:example.org\"]\n[health]\nlisten = \"{address}\"\n",
            machine.at(machine.way.secret).display()
        );
        fs::write(machine.at(machine.way.config), config).unwrap();
        machine
    }

    /// Where a path of the machine is.
    fn at(&self, path: &str) -> PathBuf {
        self.root.path().join(path.trim_start_matches('/'))
    }

    fn command(&self, words: &[String]) -> Command {
        let here = |word: &String| -> PathBuf { if word.starts_with('/') { self.at(word) } else { word.into() } };
        let mut command = Command::new(env!("CARGO_BIN_EXE_herald"));
        assert_eq!(Path::new(&words[0]).file_name().unwrap(), "herald");
        command.args(words[1..].iter().map(here)).env_clear();
        command.envs(self.way.environment.iter().map(|(name, value)| (name, here(value))));
        command.current_dir(self.at(&self.way.from)).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// All files and directories but those in the one that it can write.
    fn others(&self) -> Vec<PathBuf> {
        let (mut found, mut left) = (Vec::new(), vec![self.root.path().to_owned()]);
        while let Some(dir) = left.pop().filter(|dir| *dir != self.at(self.way.data)) {
            for entry in fs::read_dir(dir).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    left.insert(0, path.clone());
                }
                found.push(path);
            }
        }
        found.sort();
        found
    }
}

/// A process that does not outlive its test.
struct Held(Child);

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg_attr(not(feature = "matrix"), ignore = "needs Matrix")]
#[test]
fn it_runs_as_the_unit_and_as_the_image_start_it_and_ends_by_no_signal_but_one_that_asks_for_that() {
    for way in [by_unit(), by_image()] {
        let machine = Machine::of(way);
        let before = machine.others();
        let mut herald = Held(machine.command(&machine.way.start).spawn().unwrap());
        let mut out = BufReader::new(herald.0.stdout.take().unwrap()).lines();
        let mut log = BufReader::new(herald.0.stderr.take().unwrap()).lines();
        let first = out.next().map(Result::unwrap);
        let mut rest = || log.by_ref().map(Result::unwrap).collect::<Vec<_>>().join("\n");
        assert_eq!(
            first,
            Some(format!("health: http://{}/healthz, /readyz and /metrics", machine.address)),
            "{}",
            rest()
        );

        let pid = Pid::from_child(&herald.0);
        for (signal, says) in [
            (Signal::HUP, "Herald goes on with the configuration that it has: restart it to have a changed one count"),
            (Signal::USR1, "Herald goes on: this signal means nothing to it"),
            (Signal::USR2, "Herald goes on: this signal means nothing to it"),
        ] {
            kill_process(pid, signal).unwrap();
            assert!(log.any(|line| line.unwrap().contains(says)), "{signal:?}");
        }
        let mut stream = TcpStream::connect(machine.address).unwrap();
        write!(stream, "GET /readyz HTTP/1.1\r\nhost: herald\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.contains("matrix is not connected yet"), "the secret was read: {answer}");
        let asked = machine.command(&machine.way.health).output().unwrap();
        assert_eq!((asked.status.code(), asked.stdout.as_slice()), (Some(0), &b"alive\n"[..]));

        // Nobody reads any more what it prints and logs.
        drop((out, log));
        kill_process(pid, Signal::HUP).unwrap();
        let asked = machine.command(&machine.way.health).output().unwrap();
        assert_eq!(asked.status.code(), Some(0));
        kill_process(pid, Signal::TERM).unwrap();
        assert_eq!(herald.0.wait().unwrap().code(), Some(0));
        assert!(machine.at(machine.way.data).join("journal/db").is_file());
        assert_eq!(machine.others(), before, "it writes in one directory alone");
    }
}

#[test]
fn the_unit_starts_it_again_for_as_long_as_that_can_help() {
    assert_eq!(unit("Restart"), ["on-failure"]);
    assert_eq!(unit("RestartPreventExitStatus"), ["2"]);
    // A disk can be full for hours.
    assert_eq!(unit("StartLimitIntervalSec"), ["0"]);
    // Longer than Herald takes to end at most.
    assert_eq!(unit("TimeoutStopSec"), ["10s"]);
    // A key that systemd does not know is passed over there, and what it was to do is not done.
    let mut sections = Vec::new();
    for line in UNIT.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            sections.push(section);
            continue;
        }
        let (key, value) = line.split_once('=').unwrap_or_else(|| panic!("neither section nor key: {line}"));
        assert!(KNOWN.contains(&key), "systemd 247 has no {key}, or nobody has looked");
        assert!(!value.ends_with('\\') && key.trim() == key && value.trim() == value, "{line}");
    }
    assert_eq!(sections, ["Unit", "Service", "Install"]);
}

/// Keys of systemd 247, of those that a unit like this can have.
const KNOWN: &[&str] = &[
    "AmbientCapabilities",
    "After",
    "CapabilityBoundingSet",
    "Description",
    "Documentation",
    "DynamicUser",
    "Environment",
    "ExecStart",
    "LoadCredential",
    "LockPersonality",
    "MemoryDenyWriteExecute",
    "NoNewPrivileges",
    "PrivateDevices",
    "PrivateIPC",
    "PrivateTmp",
    "PrivateUsers",
    "ProcSubset",
    "ProtectClock",
    "ProtectControlGroups",
    "ProtectHome",
    "ProtectHostname",
    "ProtectKernelLogs",
    "ProtectKernelModules",
    "ProtectKernelTunables",
    "ProtectProc",
    "ProtectSystem",
    "RemoveIPC",
    "Restart",
    "RestartPreventExitStatus",
    "RestartSec",
    "RestrictAddressFamilies",
    "RestrictNamespaces",
    "RestrictRealtime",
    "RestrictSUIDSGID",
    "StartLimitIntervalSec",
    "StateDirectory",
    "StateDirectoryMode",
    "SystemCallArchitectures",
    "SystemCallErrorNumber",
    "SystemCallFilter",
    "TimeoutStopSec",
    "Type",
    "UMask",
    "WantedBy",
    "Wants",
];
