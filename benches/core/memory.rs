//! Memory of a running engine with 1,000 incidents that are over: of a process that does nothing else.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use herald::engine::{Engine, Input, Setup};
use herald::journal::{Journal, Options, SledJournal};
use herald::practice::script::Action;
use herald::practice::{Live, ManualClock};
use herald_chat::{Cursor, Network, RoomRef};

use super::history;
use super::report::{Bar, Report};
use super::town::{setup, start, windows};

/// The word that makes this program the process that is measured.
pub(crate) const CHILD: &str = "memory-child";
const INCIDENTS: u32 = 1_000;

pub(crate) fn run(report: &mut Report) {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("data");
    history::fill(&mut SledJournal::open(&dir, Options::new(0)).unwrap(), INCIDENTS, 0);
    take_snapshot(&dir);
    let said = Command::new(std::env::current_exe().unwrap()).arg(CHILD).arg(&dir).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let kib: f64 = String::from_utf8(said.stdout).unwrap().trim().parse().unwrap();
    println!("  {:.1} MiB resident", kib / 1024.0);
    report.line("memory", kib / 1024.0 / 30.0, Bar::AtMost(1.0));
}

/// Has an engine do what it does after every 10,000 records.
pub(crate) fn take_snapshot(dir: &Path) {
    let eager = Setup { snapshot_every: 1, ..setup() };
    let journal = SledJournal::open(dir, Options::new(0)).unwrap();
    let mut engine = Engine::boot(journal, Arc::new(eager), windows()).unwrap();
    let room = RoomRef::new(&Network::new("console"), "war-room");
    engine.step(vec![Input::Met(room, Cursor("0".to_owned()))], start()).unwrap();
    assert!(engine.journal().snapshot().unwrap().is_some(), "it was taken");
}

/// Starts in `dir`, runs an incident of 300 commands, and prints its resident KiB.
pub(crate) fn child(dir: &Path) {
    let journal = SledJournal::open(dir, Options::new(0)).unwrap();
    let mut live = Live::open(dir, journal, setup(), Arc::new(ManualClock::new(start()))).unwrap();
    let mut say = |text: String| {
        live.play(&Action::Say { who: "ana".to_owned(), room: "war-room".to_owned(), text }).unwrap();
        live.settle().unwrap();
    };
    say("!declare checkout is down".to_owned());
    for n in 0..300 {
        say(format!("!log restarted payment host {n}"));
    }
    let done = live.look(|engine| (engine.tally().commands.values().sum::<u64>(), engine.waiting().next().is_none()));
    assert_eq!(done.unwrap(), Some((301, true)), "all was done, and nothing waits to be sent");
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    println!("{}", resident.trim().trim_end_matches(" kB"));
}
