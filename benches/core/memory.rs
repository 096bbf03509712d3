//! Memory of a running engine with 1,000 incidents that are over: of a process that does nothing else.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::thread;

use futures::executor::block_on;
use herald::engine::Request;
use herald::journal::{Options, SledJournal};
use herald::practice::script::Action;
use herald::practice::{Live, ManualClock};
use herald_console::Console;

use super::history;
use super::report::{Bar, Report};
use super::town::{setup, start};

/// The word that makes this program the process that is measured.
pub(crate) const CHILD: &str = "memory-child";
const INCIDENTS: u32 = 1_000;

pub(crate) fn run(report: &mut Report) {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("data");
    history::fill(&mut SledJournal::open(&dir, Options::new(0)).unwrap(), INCIDENTS, 0);
    let said = Command::new(std::env::current_exe().unwrap()).arg(CHILD).arg(&dir).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let kib: f64 = String::from_utf8(said.stdout).unwrap().trim().parse().unwrap();
    println!("  {:.1} MiB resident", kib / 1024.0);
    report.line("memory", kib / 1024.0 / 30.0, Bar::AtMost(1.0));
}

/// Starts in `dir` from all of its records, runs an incident of 300 commands, and prints its resident KiB.
pub(crate) fn child(dir: &Path) {
    let journal = SledJournal::open(dir, Options::new(0)).unwrap();
    let console = Console::in_memory(Arc::new(start));
    let (live, herald) = Live::new(console, journal, setup(), Arc::new(ManualClock::new(start()))).unwrap();
    let running = thread::spawn(move || block_on(herald).unwrap());
    let say = |text: String| {
        live.play(&Action::Say { who: "ana".to_owned(), room: "war-room".to_owned(), text }).unwrap();
    };
    say("!declare checkout is down".to_owned());
    for n in 0..300 {
        say(format!("!log restarted payment host {n}"));
    }
    let (mut requests, posts) = (live.requests(), live.console.clone());
    // Each command is answered in a room; the last answers are there when nothing waits any more.
    loop {
        let (give, taken) = std::sync::mpsc::channel();
        let look = Request::Look(Box::new(move |engine: &herald::engine::Engine<SledJournal>| {
            let done = engine.tally().commands.values().sum::<u64>() == 301 && engine.waiting().next().is_none();
            give.send(done).unwrap();
        }));
        assert!(block_on(futures::SinkExt::send(&mut requests, look)).is_ok(), "Herald runs");
        if taken.recv().unwrap() {
            break;
        }
    }
    assert!(posts.shown().len() > 300, "all was said");
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    println!("{}", resident.trim().trim_end_matches(" kB"));
    assert!(block_on(futures::SinkExt::send(&mut requests, Request::Stop)).is_ok(), "Herald runs");
    running.join().unwrap();
}
