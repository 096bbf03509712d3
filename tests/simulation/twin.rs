//! One seed with two networks whose rooms are one.

use std::collections::VecDeque;

use herald::config::Config;
use herald_chat::testing::Faults;
use jiff::SignedDuration;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use crate::checks;
use crate::checks::bridge::Passed;
use crate::people::Known;
use crate::talk::Talk;
use crate::world::World;
use crate::{full, life, weather};

/// How many things happen in one life.
const ACTIONS: usize = 110;
/// What is passed on is cut into messages of so many characters.
const LONGEST: usize = 200;

/// Lives one seed.
///
/// # Errors
/// What did not hold, and the last that happened before.
pub(crate) fn live(seed: u64, config: &Config) -> Result<Passed, String> {
    let mut story = VecDeque::new();
    play(seed, config, &mut story).map_err(|why| life::failed(seed, &why, &story))
}

fn play(seed: u64, config: &Config, story: &mut VecDeque<String>) -> Result<Passed, String> {
    let mut rng = SmallRng::seed_from_u64(seed ^ 0x7717);
    let mut config = config.clone();
    config.incidents.own_room = rng.random_bool(0.3);
    let forget = seed % 4 == 1;
    let mut aways = SmallRng::seed_from_u64(seed ^ 0xa3a7);
    let away = Box::new(move || weather::away(&mut aways));
    let mut world = World::new(seed, &config, seed % 8 < 2, away).with_annex(seed, LONGEST);
    world.deadly = true;
    // Every fifth second network has messages that it never takes.
    if seed % 5 == 2
        && let Some(annex) = &world.annex
    {
        annex.refuse_only(|_, post| post.voice.is_some());
    }
    // Of every third pair, some files are never given out.
    if seed % 3 == 1 {
        world.faulties().for_each(weather::stick);
    }
    let mut talk = Talk::default();
    let forget_after = weather::change(&mut rng, forget).1.forget_after;
    for faulty in world.faulties() {
        faulty.set(Faults { forget_after, ..Faults::none() });
    }
    let mut told = |world: &World, what: String| {
        let at = world.clock_now().strftime("%H:%M:%S").to_string();
        story.push_back(format!("{at} {what}"));
    };
    for _ in 0..ACTIONS {
        match rng.random_range(0..100) {
            0..16 => {
                let seconds = if rng.random_bool(0.6) { rng.random_range(1..30) } else { rng.random_range(30..600) };
                told(&world, format!("wait {seconds}s"));
                world.pass(SignedDuration::from_secs(seconds))?;
            }
            16..22 => {
                let at = rng.random_range(0..2);
                let (name, faults) = weather::change(&mut rng, forget);
                told(&world, format!("# network {at} is {name}"));
                if let Some(faulty) = world.faulties().nth(at) {
                    faulty.set(faults);
                }
            }
            22..28 => {
                let how = weather::strike(&mut rng, &mut world);
                told(&world, how);
            }
            28..30 => {
                let deeds: Vec<_> = (0..2).map(|_| talk.next(&mut rng)).collect();
                for deed in &deeds {
                    told(&world, format!("{deed} (the disk is full)"));
                }
                full::fill(&mut world, &deeds)?;
            }
            n => {
                let deed = talk.next(&mut rng);
                told(&world, deed.to_string());
                deed.play(world.home(deed.who()));
                // Some speak at the same moment.
                if n < 80 {
                    world.settle()?;
                }
            }
        }
        if let Some(known) = world.look(|engine| engine.incidents().map(Known::of).collect()) {
            talk.people.known = known;
        }
    }
    told(&world, "# all faults end".to_owned());
    life::quiet(&mut world, forget)?;
    checks::bridge::check(&world)
}
