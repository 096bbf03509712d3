//! A disk without room, under the real binary.

use crate::herald::Herald;
use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_people_are_answered_the_log_has_one_line_and_a_restart_carries_out_nothing_that_was_refused() {
    let (town, herald) = Town::new("").await;
    town.incident().await;
    assert_eq!(herald.stop().await, 0);
    let war = town.channel("war-room");
    let from = town.newest(war);
    town.cleo.say(war, "!finding full0").unwrap();

    // As if somebody had filled the disk, but for a part of the reserve.
    let free = herald::journal::free_bytes(town.home()).unwrap();
    town.configure(&format!("[journal]\nkeep_free = \"{}MiB\"\n", (free >> 19).min(1 << 20)));
    let mut herald = Herald::begin(town.home());
    herald.says("health: ").await;
    let full = "the disk is full: commands are refused in words";
    herald.logs_line(full, 0).await;
    town.reads(&town.cleo, war, "the disk is full").await;
    for n in 1..=3 {
        town.gets(&town.cleo, war, &format!("!finding full{n}"), "the disk is full").await;
    }
    let (status, why) = herald.get("/readyz").await;
    assert!(status == 503 && why.contains("the disk is full: commands are refused"), "{why}");
    let log = herald.logs(|lines| Some(lines.to_vec())).await;
    for (words, count) in [(full, 1), ("there is room", 0), ("recorded", 0)] {
        let lines: Vec<&String> = log.iter().filter(|line| line.contains(words)).collect();
        assert_eq!(lines.len(), count, "{lines:#?}");
    }
    assert_eq!(herald.stop().await, 0);

    town.configure("");
    let herald = Herald::start(town.home()).await;
    town.gets(&town.cleo, war, "!finding roomy", "Finding 2 is on the timeline").await;
    let answers = town.said(war, from);
    let refused = answers.iter().filter(|it| it.content.contains("the disk is full")).count();
    assert_eq!((refused, answers.len()), (4, 5), "{answers:?}");
    assert_eq!(herald.stop().await, 0);
}
