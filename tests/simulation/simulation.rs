//! The seeds.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use herald::config::Config;

use crate::checks::bridge::Passed;
use crate::life::{Seen, live};

/// How many seeds run when nobody says otherwise: few, and many in `make soak`.
const SEEDS: (u64, u64) = (24, 120);
/// The same, with two networks.
const TWIN_SEEDS: (u64, u64) = (16, 80);
/// How many failures are told: the first is what matters.
const TOLD: usize = 3;

/// A number from the environment; nothing when it is not set, or empty.
fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok().filter(|text| !text.is_empty())?;
    Some(text.parse().unwrap())
}

#[test]
fn whatever_is_said_on_one_of_two_networks_stands_on_the_other_once_in_order_and_as_it_is_now() {
    let passed = run(TWIN_SEEDS, crate::twin::live);
    let sum = |count: fn(&Passed) -> usize| passed.iter().map(count).sum::<usize>();
    println!(
        "{} seeds of two networks held: {} messages passed on, {} edits, {} removals, {} reactions, {} answers \
         ({} to what was not known in time), {} files, {} refused, \
         {} posts, {} deaths, {} times the disk was full",
        passed.len(),
        sum(|it| it.messages),
        sum(|it| it.edits),
        sum(|it| it.removals),
        sum(|it| it.reactions),
        sum(|it| it.answers),
        sum(|it| it.unknown),
        sum(|it| it.files),
        sum(|it| it.refused),
        sum(|it| it.posts),
        sum(|it| it.deaths),
        sum(|it| it.full),
    );
    assert!(sum(|it| it.unknown) * 100 <= sum(|it| it.answers), "Herald has to wait for what it has sent");
}

#[test]
fn whatever_people_do_and_whatever_fails_nothing_is_lost_doubled_forgotten_or_leaked() {
    let seen: Vec<Seen> = run(SEEDS, live);
    let sum = |count: fn(&Seen) -> usize| seen.iter().map(count).sum::<usize>();
    println!(
        "{} seeds held: {} records, {} posts, {} edits of boards, {} updates, {} deaths, {} times the disk was full",
        seen.len(),
        sum(|it| it.records),
        sum(|it| it.posts),
        sum(|it| it.edits),
        sum(|it| it.updates),
        sum(|it| it.deaths as usize),
        sum(|it| it.full as usize),
    );
}

/// Lives all seeds, as many as are asked for in the environment, or else so many.
fn run<T: Send>((few, many): (u64, u64), live: impl Fn(u64, &Config) -> Result<T, String> + Sync) -> Vec<T> {
    let seeds = match number("HERALD_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("HERALD_SEEDS").unwrap_or_else(|| herald_soak::count(few, many)),
    };
    let config = Config::default();
    let queue = AtomicU64::new(seeds.start);
    let (seen, failures) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let number = queue.fetch_add(1, Ordering::Relaxed);
                    if !seeds.contains(&number) {
                        return;
                    }
                    match live(number, &config) {
                        Ok(lived) => seen.lock().unwrap().push(lived),
                        Err(why) => failures.lock().unwrap().push((number, why)),
                    }
                }
            });
        }
    });
    let (seen, mut failures) = (seen.into_inner().unwrap(), failures.into_inner().unwrap());
    failures.sort();
    let numbers: Vec<u64> = failures.iter().map(|(seed, _)| *seed).collect();
    for (_, why) in failures.iter().take(TOLD) {
        println!("{why}\n");
    }
    assert!(failures.is_empty(), "{} seeds failed: {numbers:?}", failures.len());
    seen
}
