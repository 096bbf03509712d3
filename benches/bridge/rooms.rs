//! Many rooms at once: each incident has its own, on both networks.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::future::join_all;
use herald_guild::{Id, Seen};
use herald_synapse::Account;
use serde_json::json;

use super::report::Watch;
use super::town::{Town, pause, room};

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

    let began = now();
    join_all(own.iter().map(|(here, there)| async move {
        for n in 0..MESSAGES {
            town.olga.say(*there, &format!("d{n:03} is what I see")).unwrap();
        }
        speak(&town.mia, here, "said").await;
        came(town, *there).await;
    }))
    .await;
    let mut ended = now();
    for ((here, _), before) in own.iter().zip(before) {
        ended = ended.max(all_came(town, here, before).await);
    }
    let (alone, passed) = (alone.as_secs_f64(), (ended - began) / 1e3);
    println!(
        "  {ROOMS} rooms, {MESSAGES} messages each way in each: {alone:.2} s by the servers alone, {passed:.2} s passed on"
    );
    passed / alone
}

/// Waits until all has come to a room on Matrix: when the last of it came, in ms since 1970. Synapse is asked now and then
/// only, so that it has time for what is measured.
async fn all_came(town: &Town, here: &str, before: usize) -> f64 {
    let deadline = now() + PATIENCE.as_secs_f64() * 1e3;
    loop {
        let events = town.mia.messages(here).await.unwrap();
        let posts: Vec<_> = events.iter().filter(|it| is_post(it, town.me.user_id())).collect();
        if posts.len() >= before + MESSAGES {
            #[expect(clippy::cast_precision_loss, reason = "a time in ms is far below 2^53")]
            return posts.iter().map(|it| it.sent_at() as f64).fold(0.0, f64::max);
        }
        assert!(now() < deadline, "{} of {} came", posts.len(), before + MESSAGES);
        pause(Duration::from_secs(1)).await;
    }
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64() * 1e3
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
