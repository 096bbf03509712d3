//! One seed, from its first word to its last.

use std::collections::VecDeque;

use herald::config::Config;
use herald_chat::testing::Faults;
use jiff::SignedDuration;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use crate::checks;
use crate::full;
use crate::people::{Known, People};
use crate::weather;
use crate::world::World;

/// How many things happen in one life.
const ACTIONS: usize = 110;
/// How many of the last ones are told when it fails.
const TOLD: usize = 40;

/// What one seed saw.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) records: usize,
    pub(crate) posts: usize,
    pub(crate) edits: usize,
    pub(crate) updates: usize,
    pub(crate) deaths: u32,
    pub(crate) full: u32,
}

/// Lives one seed.
///
/// # Errors
/// What did not hold, and the last that happened before.
pub(crate) fn live(seed: u64, config: &Config) -> Result<Seen, String> {
    let mut story = VecDeque::new();
    play(seed, config, &mut story).map_err(|why| failed(seed, &why, &story))
}

/// What is told of a life that failed.
pub(crate) fn failed(seed: u64, why: &str, story: &VecDeque<String>) -> String {
    let told: Vec<String> = story.iter().skip(story.len().saturating_sub(TOLD)).cloned().collect();
    format!("seed {seed} failed: {why}; run it alone: make simulate SEED={seed}\n{}", told.join("\n"))
}

fn play(seed: u64, config: &Config, story: &mut VecDeque<String>) -> Result<Seen, String> {
    let mut rng = SmallRng::seed_from_u64(seed);
    let mut config = config.clone();
    config.incidents.own_room = rng.random_bool(0.2);
    // Every fourth platform forgets its keys after two minutes; every fifth has posts that it never takes.
    let (forget, refuse) = (seed % 4 == 1, seed % 5 == 2);
    let mut aways = SmallRng::seed_from_u64(seed ^ 0xa3a7);
    // Half of them have boards, with and without the above.
    let boards = seed % 8 < 4;
    let mut world = World::new(seed, &config, boards, Box::new(move || weather::away(&mut aways)));
    world.deadly = true;
    if refuse {
        world.faulty.refuse_only(|room, _| matches!(room.id(), "company" | "customers"));
    }
    let mut people = People::default();
    let calm = weather::change(&mut rng, forget).1;
    world.faulty.set(Faults { forget_after: calm.forget_after, ..Faults::none() });
    let mut told = |world: &World, what: String| {
        let at = world.clock_now().strftime("%H:%M:%S").to_string();
        story.push_back(format!("{at} {what}"));
    };
    for _ in 0..ACTIONS {
        match rng.random_range(0..100) {
            0..16 => {
                let seconds = match rng.random_range(0..10) {
                    0..5 => rng.random_range(1..60),
                    5..9 => rng.random_range(60..900),
                    _ => rng.random_range(900..3600),
                };
                told(&world, format!("wait {seconds}s"));
                world.pass(SignedDuration::from_secs(seconds))?;
            }
            16..22 => {
                let (name, faults) = weather::change(&mut rng, forget);
                told(&world, format!("# the platform is {name}"));
                world.faulty.set(faults);
            }
            22..29 => {
                let how = weather::strike(&mut rng, &mut world);
                told(&world, how);
            }
            29..31 => {
                let deeds: Vec<_> = (0..2).map(|_| people.next(&mut rng)).collect();
                for deed in &deeds {
                    told(&world, format!("{deed} (the disk is full)"));
                }
                full::fill(&mut world, &deeds)?;
            }
            n => {
                let deed = people.next(&mut rng);
                told(&world, deed.to_string());
                deed.play(world.console());
                // Some speak at the same moment.
                if n < 85 {
                    world.settle()?;
                }
            }
        }
        // Before anybody asks Herald for anything: it has to wake by itself.
        checks::promises::meanwhile(&mut world)?;
        if let Some(known) = world.look(|engine| engine.incidents().map(Known::of).collect()) {
            people.known = known;
        }
    }
    told(&world, "# all faults end".to_owned());
    quiet(&mut world, forget)?;
    checks::all(&mut world)
}

/// No more faults: what is on its way arrives, and the reminders come to their end.
pub(crate) fn quiet(world: &mut World, forget: bool) -> Result<(), String> {
    for faulty in world.faulties() {
        let forget_after = faulty.faults().forget_after.filter(|_| forget);
        faulty.set(Faults { forget_after, ..Faults::none() });
    }
    world.line.disarm();
    world.disk.clear_faults();
    world.pass(SignedDuration::from_mins(25))?;
    world.deadly = false;
    world.pass(SignedDuration::from_hours(3))?;
    if !world.is_up() {
        return Err("Herald is not back although nothing hinders it".to_owned());
    }
    checks::promises::meanwhile(world)?;
    let left = world.look(|engine| engine.waiting().map(|entry| format!("{entry:?}")).collect::<Vec<_>>());
    match left {
        Some(left) if left.is_empty() => Ok(()),
        Some(left) => Err(format!("after three quiet hours still to be sent: {}", left.join(", "))),
        None => Err("Herald does not answer".to_owned()),
    }
}
