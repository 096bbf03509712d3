//! Many rooms at once: each incident has its own, on both networks.

use std::time::Duration;

use futures::future::join_all;
use herald_guild::{Id, Seen};
use herald_synapse::Account;
use serde_json::json;

use super::report::Watch;
use super::town::{Town, room};

/// How many incidents.
const ROOMS: usize = 20;
/// How many messages are said in each room, on each side.
const MESSAGES: usize = 25;
const PATIENCE: Duration = Duration::from_mins(5);

/// The time that it takes, over what the servers take for the same by themselves.
pub(crate) async fn measure(town: &Town) -> f64 {
    let mut equal = Vec::new();
    for _ in 0..ROOMS {
        let here = room(&town.mia, &[&town.me, &town.max]).await;
        town.me.join(&here).await.unwrap();
        equal.push(here);
    }
    let mut own = Vec::new();
    for n in 0..ROOMS {
        town.mia.say(&town.here, &format!("!declare host {n} is slow")).await.unwrap();
        let here = town.mia.wait_for_invite(|it| it.by == town.me.user_id()).await.unwrap().room;
        town.mia.join(&here).await.unwrap();
        let there = || {
            let all = town.guild.channels();
            all.into_iter().find(|(_, name)| name.to_lowercase().contains(&format!("inc-{}-", n + 1))).map(|it| it.0)
        };
        own.push((here, town.discord.eventually(there).await.unwrap()));
    }
    let before = join_all(own.iter().map(|(here, _)| posts(&town.mia, here, town.me.user_id()))).await;

    let watch = Watch::start();
    join_all(equal.iter().map(|here| async move {
        tokio::join!(speak(&town.mia, here, "said"), speak(&town.me, here, "passed on"));
    }))
    .await;
    let alone = watch.read();

    let watch = Watch::start();
    join_all(own.iter().zip(before).map(|((here, there), before)| async move {
        for n in 0..MESSAGES {
            town.olga.say(*there, &format!("d{n:03} is what I see")).unwrap();
        }
        speak(&town.mia, here, "said").await;
        came(town, *there).await;
        let enough = |events: &[herald_synapse::Event]| {
            let of_herald = events.iter().filter(|it| is_post(it, town.me.user_id()));
            (of_herald.count() >= before + MESSAGES).then_some(())
        };
        town.mia.patient(PATIENCE).wait_for(here, enough).await.unwrap();
    }))
    .await;
    let passed = watch.read();
    println!(
        "  {ROOMS} rooms, {MESSAGES} messages each way in each: {:.2} s by the servers alone, {:.2} s passed on",
        alone.as_secs_f64(),
        passed.as_secs_f64()
    );
    passed.as_secs_f64() / alone.as_secs_f64()
}

async fn speak(who: &Account, room: &str, words: &str) {
    for n in 0..MESSAGES {
        let content = json!({ "msgtype": "m.text", "body": format!("{words} {n:03}") });
        who.send(room, "m.room.message", content).await.unwrap();
    }
}

async fn came(town: &Town, there: Id) {
    let last = format!("said {:03}", MESSAGES - 1);
    let found =
        |seen: &[Seen]| seen.iter().any(|it| it.author == town.bot && it.content.ends_with(&last)).then_some(());
    town.olga.patient(PATIENCE).wait_for(there, found).await.unwrap();
}

async fn posts(who: &Account, room: &str, by: &str) -> usize {
    who.messages(room).await.unwrap().iter().filter(|it| is_post(it, by)).count()
}

fn is_post(event: &herald_synapse::Event, by: &str) -> bool {
    event.sender() == by && ["m.room.message", "m.room.encrypted"].contains(&event.kind())
}
