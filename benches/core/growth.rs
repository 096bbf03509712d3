//! What a command costs with 10,000 incidents that are over, against 10.

use std::time::Duration;

use herald::journal::{Options, SledJournal};

use super::history;
use super::report::{Bar, Report, ratio, seconds};
use super::time::time;
use super::town::{Town, setup};

const ROUNDS: usize = 15;
const STEPS: usize = 10;
/// In one round.
const COMMANDS: f64 = 10.0 * 64.0;

pub(crate) fn run(report: &mut Report) {
    let home = tempfile::tempdir().unwrap();
    let town = |incidents: u32| {
        let mut journal = SledJournal::open(&home.path().join(incidents.to_string()), Options::new(0)).unwrap();
        history::fill(&mut journal, incidents, 0);
        let mut town = Town::new(journal, setup());
        some(&mut town);
        town
    };
    let (mut few, mut many) = (town(10), town(10_000));
    let pairs: Vec<_> = (0..ROUNDS).map(|_| (some(&mut many), some(&mut few))).collect();
    let each = |seconds: f64| seconds * 1e6 / COMMANDS;
    println!(
        "  {:.1} µs a command with 10,000 incidents that are over, {:.1} µs with 10",
        each(seconds(pairs.iter().map(|pair| pair.0))),
        each(seconds(pairs.iter().map(|pair| pair.1))),
    );
    report.line("growth", ratio(&pairs), Bar::AtMost(1.2));
}

fn some(town: &mut Town<SledJournal>) -> Duration {
    let groups: Vec<_> = (0..STEPS).map(|_| town.group()).collect();
    time(|| groups.into_iter().for_each(|group| town.step(group))).0
}
