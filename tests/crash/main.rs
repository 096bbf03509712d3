//! The real binary in practice mode, killed with SIGKILL again and again, and what is left in its data directory.

#![expect(clippy::unwrap_used, reason = "a test may say: this cannot be")]
#![expect(clippy::panic, reason = "that is how a test fails")]
#![expect(clippy::wildcard_enum_match_arm, reason = "a check looks at the few kinds that it is about")]

mod left;
mod life;

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use left::Left;
use life::{Life, Moment};

/// How often it is killed in `make soak`.
const KILLS: usize = 200;
/// How many lines are typed in each life.
const LINES: usize = 8;

#[test]
fn a_herald_killed_at_any_moment_loses_nothing_and_says_nothing_twice() {
    let dir = tempfile::tempdir().unwrap();
    let mut rng = SmallRng::seed_from_u64(200);
    Life::start(dir.path()).live_on(&["ana: !declare checkout is down", "ana: !take spokesperson"]);
    let mut token = 0;
    let moments = if herald_soak::is_on() { by_chance(&mut rng) } else { each(&mut rng) };
    for (n, moment) in moments.into_iter().enumerate() {
        let lines: Vec<String> = (0..LINES).map(|_| line(&mut rng, &mut token)).collect();
        println!("life {n} ends {moment:?}");
        Life::start(dir.path()).die(&lines, moment);
    }
    // Nothing but a clean start and a clean end: whatever was on its way arrives.
    Life::start(dir.path()).live_on(&["bob: good night"]);
    let left = Left::read(dir.path());
    println!("{left}");
    left.check();
}

/// At any moment, many times.
fn by_chance(rng: &mut SmallRng) -> Vec<Moment> {
    let moment = |_| match rng.random_range(0..4) {
        0 => Moment::AtStart { turns: rng.random_range(0..40_000) },
        _ => Moment::AfterLines { lines: rng.random_range(0..LINES), turns: rng.random_range(0..400) },
    };
    (0..KILLS).map(moment).collect()
}

/// Behind each line once, so that every kind of commit is cut off, and all along the start.
fn each(rng: &mut SmallRng) -> Vec<Moment> {
    let starts = [0, 5_000, 15_000, 40_000].map(|turns| Moment::AtStart { turns });
    let commits = (0..LINES).map(|lines| Moment::AfterLines { lines, turns: rng.random_range(0..400) });
    commits.chain(starts).collect()
}

/// What somebody types next.
fn line(rng: &mut SmallRng, token: &mut u32) -> String {
    *token += 1;
    let word = format!("tk{token:05}");
    match rng.random_range(0..12) {
        0..3 => format!("ana: !update {word} we are on it next 30m"),
        3 => format!("ben: !update {word} I think it works again"),
        4..6 => format!("ben: !log {word} restarted a host"),
        6 => format!("cleo: !finding {word} errors began at noon"),
        7 => format!("ana: !problem {word} the queue does not drain"),
        8 => format!("ben: !impact {word} all of Europe"),
        9 => format!("cleo: {word} looks bad from here"),
        10 => format!("bob in company: {word} is it down?"),
        _ => format!("cleo: !bogus {word}"),
    }
}
