//! What was said on both sides while Herald was down.

use std::fs;
use std::time::Duration;

use herald_guild::Id;
use herald_synapse::{Homeserver, Options, Synapse};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::herald::Herald;
use crate::somebody::Somebody;
use crate::town::Town;

/// How slow Discord's clock is in the beginning.
const BEHIND: Duration = Duration::from_mins(10);
/// What lets a bridge of Synapse's say when something was said.
const TOKEN: &str = "says-when";

/// A Synapse on which messages can have been said earlier: by an application service, as Synapse has it.
async fn synapse(dir: &std::path::Path) -> Synapse {
    let file = dir.join("service.yaml");
    let service = json!({
        "id": "clock", "url": null, "as_token": TOKEN, "hs_token": "unused", "sender_localpart": "clock",
        "rate_limited": false, "namespaces": { "users": [{ "exclusive": false, "regex": "@.*" }], "rooms": [], "aliases": [] },
    });
    fs::write(&file, service.to_string()).unwrap();
    Synapse::start_with(Options::new().set("app_service_config_files", json!([file]))).await.unwrap()
}

/// Says something as somebody, so long ago.
async fn said_ago(server: &Homeserver, who: &Somebody, room: &str, words: &str, ago: SignedDuration) {
    let at = (now() - ago).as_millisecond();
    let content = json!({ "msgtype": "m.text", "body": words });
    let id = who.account.as_service(server, TOKEN, room, &content, at).await.unwrap();
    assert!(!id.is_empty());
}

#[expect(clippy::disallowed_methods, reason = "a test of times says what time it is")]
fn now() -> Timestamp {
    Timestamp::now()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_while_herald_was_down_is_passed_on_in_the_order_of_the_servers_times() {
    let files = tempfile::tempdir().unwrap();
    let server = synapse(files.path()).await;
    let mut town = Town::plan_behind(server.clone(), BEHIND).await;
    town.with_plain_war_room().await;
    town.configure(&server.url(), "[relay]\noldest = \"5m\"\n");
    let herald = Herald::start(town.home()).await;
    let town = town.settle_in().await;
    let (there, here) = (town.war_there(), town.war.clone());
    town.mia.account.say(&here, "!declare checkout is down").await.unwrap();
    town.reads(&town.ana, there, "I keep this board up to date").await;
    assert_eq!(herald.stop().await, 0);
    let before = town.newest(there);
    let read = town.max.account.messages(&here).await.unwrap().len();

    // Ten minutes ago: more than the limit.
    for n in 1..=3 {
        town.ben.say(there, &format!("old words {n}")).unwrap();
    }
    said_ago(&server, &town.max, &here, "older words", SignedDuration::from_mins(9)).await;
    // Then by turns.
    town.discord.advance(Duration::from_secs(6 * 60 + 30));
    town.ben.say(there, "!log first").unwrap();
    said_ago(&server, &town.max, &here, "!log second", SignedDuration::from_secs(200)).await;
    town.discord.advance(Duration::from_secs(20));
    town.ben.say(there, "!log third").unwrap();
    said_ago(&server, &town.max, &here, "!log fourth", SignedDuration::from_secs(180)).await;
    town.discord.advance(Duration::from_secs(3 * 60 + 10));
    town.ben.say(there, "just now on Discord").unwrap();
    town.max.account.say(&here, "just now on Matrix").await.unwrap();

    let herald = Herald::start(town.home()).await;
    town.reads(&town.ana, there, "just now on Matrix").await;
    town.max
        .account
        .wait_for(&here, |all| all.iter().any(|it| it.body().ends_with("just now on Discord")).then_some(()))
        .await
        .unwrap();

    // On Discord, in order: what is passed on, and the answers to all.
    let stands = town.stands(there, before);
    let said: Vec<&str> = stands.iter().filter(|it| it.author == town.bot.id).map(|it| it.content.as_str()).collect();
    let has = |words: &str| said.iter().any(|it| it.contains(words));
    assert!(has("1 message from Matrix, said more than 5 min ago, was not passed on"), "{said:#?}");
    assert!(!has("older words"), "{said:#?}");
    assert!(
        said.iter().any(|it| it.starts_with("**max · Matrix:** (<t:") && it.ends_with("\\!log second")
            || it.ends_with("!log second")),
        "{said:#?}"
    );
    assert!(said.contains(&"**max · Matrix:** just now on Matrix"), "what is new has no date: {said:#?}");
    // And on Matrix.
    let events = town.max.account.messages(&here).await.unwrap();
    let lines = read_by(&events[read..], town.me.user_id());
    let has = |words: &str| lines.iter().any(|it| it.contains(words));
    assert!(has("3 messages from Discord, said more than 5 min ago, were not passed on"), "{lines:#?}");
    assert!(!has("old words"), "{lines:#?}");
    assert!(lines.iter().any(|it| it.starts_with("ben · Discord: (") && it.ends_with(") !log first")), "{lines:#?}");
    assert!(has("ben · Discord: just now on Discord"), "{lines:#?}");
    // The timeline tells in which order they were taken in: that in which they were said, on whichever side.
    town.gets(&town.ana, there, "!timeline", "Timeline of").await;
    let told =
        town.stands(there, Id(0)).into_iter().rev().find(|it| it.content.contains("Timeline of")).unwrap().content;
    let places = ["first", "second", "third", "fourth"]
        .map(|word| told.find(word).unwrap_or_else(|| panic!("{word} is not in {told}")));
    assert!(places.is_sorted(), "{told}");
    assert_eq!(herald.stop().await, 0);
}

/// What stands there of somebody's messages, as it was last changed.
fn read_by(events: &[herald_synapse::Event], who: &str) -> Vec<String> {
    let mut lines: Vec<(String, String)> = Vec::new();
    for event in events.iter().filter(|it| it.sender() == who && it.kind() == "m.room.message" && !it.is_redacted()) {
        match event.edit() {
            Some((of, words)) => {
                let line = lines.iter_mut().find(|(id, _)| id == of);
                if let Some((_, line)) = line {
                    words.clone_into(line);
                }
            }
            None => lines.push((event.id().to_owned(), event.body().to_owned())),
        }
    }
    lines.into_iter().map(|(_, words)| words).collect()
}
