//! Together the scripts show every command, every refusal and every step of the ladder.

use std::collections::BTreeSet;

use herald::command::VERBS;
use herald::config::Config;
use herald::engine::Tally;
use herald::incident::Refusal;
use strum::VariantNames as _;

/// Refusals that no script can cause, each with the test that does.
const NOT_IN_A_SCRIPT: [(&str, &str); 2] = [
    ("disk-full", "a script cannot fill the disk"),
    ("unreadable", "a script cannot damage the journal"),
];

fn all() -> Tally {
    let mut all = Tally::default();
    for name in super::NAMES {
        all.add(&super::play(name).1);
    }
    all
}

#[test]
fn every_command_refusal_and_reminder_is_in_a_transcript() {
    let seen = all();
    let verbs: BTreeSet<&str> = VERBS.iter().map(|verb| verb.name).collect();
    let left: Vec<&str> = verbs.into_iter().filter(|verb| !seen.commands.contains_key(verb)).collect();
    assert!(left.is_empty(), "commands in no transcript: {left:?}");

    let excepted = NOT_IN_A_SCRIPT.map(|(code, _)| code);
    let codes = Refusal::VARIANTS.iter().filter(|code| !excepted.contains(code));
    let left: Vec<&&str> = codes.filter(|code| !seen.refusals.contains_key(**code)).collect();
    assert!(left.is_empty(), "refusals in no transcript: {left:?}");
    let caused: Vec<&str> = excepted.into_iter().filter(|code| seen.refusals.contains_key(code)).collect();
    assert!(caused.is_empty(), "these can be caused by a script after all: {caused:?}");

    let last = 2 + Config::default().promises.most;
    let left: Vec<u32> = (0..=last).filter(|step| !seen.reminders.contains_key(step)).collect();
    assert!(left.is_empty(), "steps of the ladder in no transcript: {left:?}");
}
