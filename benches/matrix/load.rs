//! Commands as fast as the homeserver takes them: what Herald's processor time is to Synapse's.

use herald_synapse::Synapse;
use serde_json::Value;

use super::herald::{Herald, command};
use super::people::{Rooms, rest};
use super::report::Watch;
use super::town::Town;

pub(crate) const COMMANDS: usize = 500;

const SAYINGS: [&str; 3] = [
    "!log restarted payment host and looked at its queue, number",
    "!finding errors per minute on the checkout service are at",
    "!decision we go on with the next host after the next look at graph",
];

/// Herald's processor time over Synapse's, from the first command until the last answer.
pub(crate) async fn measure(name: &str, server: &Synapse, herald: &Herald, rooms: &impl Rooms) -> f64 {
    rest().await;
    let already = rooms.read().await.0.len();
    let worked = || [herald.worked(), server.cpu_time().unwrap()].map(|time| time.as_secs_f64() * 1e3);
    let (watch, before) = (Watch::start(), worked());
    let commands = (0..COMMANDS).map(|n| format!("{} {n}", SAYINGS[n % SAYINGS.len()])).collect();
    // The declaration is no note.
    rooms.storm(commands, &format!(" {} is on the timeline", already - 1 + COMMANDS)).await;
    let (took, after) = (watch.read(), worked());
    let [ours, theirs] = [0, 1].map(|who| after[who] - before[who]);
    println!(
        "  {name}: {COMMANDS} commands in {:.1} s, {ours:.0} ms of Herald's processor time and {theirs:.0} ms of Synapse's",
        took.as_secs_f64(),
    );
    ours / theirs
}

/// That each command was handled and answered once, in the order of the room: in the room, and on record.
pub(crate) async fn check(town: &Town, rooms: &impl Rooms) {
    let (said, answers) = rooms.read().await;
    let note = |line: &str| VERBS.iter().find_map(|verb| line.strip_prefix(verb).map(str::to_owned));
    let notes: Vec<String> = said.iter().filter_map(|line| note(line)).collect();
    let answers = answers.iter().filter(|line| line.ends_with("is on the timeline."));
    let numbers: Vec<usize> = answers.map(|line| line.split(' ').nth(2).unwrap().parse().unwrap()).collect();
    assert_eq!(numbers, (1..=notes.len()).collect::<Vec<_>>(), "each is answered once, in order");
    let told = command(town.home.path(), "export").args(["INC-1", "--format", "json"]).output().await.unwrap();
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    let mut timeline = told["timeline"].as_array().unwrap().iter();
    for note in notes {
        let recorded = timeline.any(|entry| entry["text"].as_str().unwrap().ends_with(&note));
        assert!(recorded, "{note} is not on record, or not in its place");
    }
}

const VERBS: [&str; 3] = ["!log ", "!finding ", "!decision "];
