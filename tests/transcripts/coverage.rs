//! Together the scripts show every command, every refusal and every step of the ladder.

use std::collections::BTreeSet;

use herald::command::{ADMIN, VERBS};
use herald::config::Config;
use herald::engine::Tally;
use herald::incident::Refusal;
use herald::incident::policy::LIST_MAX;
use strum::VariantNames as _;

/// Refusals that no script shows, with the reason.
const NOT_IN_A_SCRIPT: [(&str, &str); 3] = [
    ("disk-full", "a script cannot fill the disk"),
    ("unreadable", "a script cannot damage the journal"),
    ("too-many", "takes more lines than anybody would read: the test below makes them"),
];

#[test]
fn every_command_refusal_and_reminder_is_in_a_transcript() {
    let mut seen = Tally::default();
    for name in super::NAMES {
        seen.add(&super::play(name).1);
    }
    let left: Vec<&str> =
        VERBS.iter().chain(ADMIN).map(|verb| verb.name).filter(|verb| !seen.commands.contains_key(verb)).collect();
    assert!(left.is_empty(), "commands in no transcript: {left:?}");

    let excepted: BTreeSet<&str> = NOT_IN_A_SCRIPT.iter().map(|(code, _)| *code).collect();
    let (unseen, caused): (Vec<&str>, Vec<&str>) =
        Refusal::VARIANTS.iter().partition(|code| !seen.refusals.contains_key(**code));
    let left: Vec<&str> = unseen.into_iter().filter(|code| !excepted.contains(code)).collect();
    assert!(left.is_empty(), "refusals in no transcript: {left:?}");
    let stale: Vec<&str> = caused.into_iter().filter(|code| excepted.contains(code)).collect();
    assert!(stale.is_empty(), "a script causes these, so they are no exceptions: {stale:?}");

    let last = 2 + Config::default().promises.most;
    let left: Vec<u32> = (0..=last).filter(|step| !seen.reminders.contains_key(step)).collect();
    assert!(left.is_empty(), "steps of the ladder in no transcript: {left:?}");
}

#[test]
fn a_list_that_is_full_takes_nothing_more() {
    // Nobody gives so many commands at once.
    let entries = (0..=LIST_MAX).map(|n| format!("{}: !problem number {n}\n", ["ana", "ben", "carl"][n as usize % 3]));
    let script = format!("ana: !declare everything is down\n{}", entries.collect::<String>());
    let (shown, tally) = super::play_text("a full list", &script, &Config::default());
    assert_eq!(tally.refusals.get("too-many"), Some(&1));
    let last = shown.lines().last().unwrap_or_default();
    assert!(last.ends_with("Settle some first, or write a `!log`."), "{last}");
}
