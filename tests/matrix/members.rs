//! What somebody is told by direct message, on a real homeserver, follows from the rooms that they are in at that moment.

use herald_synapse::{Account, Admin, Synapse};
use serde_json::json;

use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn a_direct_message_is_served_as_far_as_its_author_is_in_a_room_now() {
    let (town, herald) = Town::new(Synapse::shared().await.unwrap(), "").await;
    town.incident().await;
    let mallory = town.server.register("mallory", Admin::No).await.unwrap();
    let talk = talk(&town, &mallory).await;
    for text in ["!status", "!ask is it down?", "!admin people"] {
        mallory.say(&talk, text).await.unwrap();
    }
    hears(&mallory, &talk, "You are in none of the rooms that I work in").await;

    // Somebody in the company's room hears what the company does, until they leave it.
    let dora = talk_of(&town, &town.dora, "!status", "checkout is down").await;
    town.dora.leave(&town.company).await.unwrap();
    town.dora.say(&dora, "!incidents").await.unwrap();
    hears(&town.dora, &dora, "You are in none of the rooms that I work in").await;

    // Whoever leaves has no role any more, and is no admin.
    let ana = talk_of(&town, &town.ana.account, "!admin people", "Admins").await;
    for room in [&town.war, &town.engineering, &town.company] {
        town.ana.account.leave(room).await.unwrap();
    }
    town.ben.reads(&town.war, "has left. Nobody is commander now").await;
    town.ana.account.say(&ana, "!admin channels").await.unwrap();
    hears(&town.ana.account, &ana, "You are in none of the rooms that I work in").await;

    let said: Vec<String> =
        mallory.messages(&talk).await.unwrap().iter().map(|event| event.body().to_owned()).collect();
    assert!(said.iter().all(|text| !text.contains("checkout")), "{said:?}");
    assert_eq!(herald.stop().await, 0);
}

/// Somebody's talk with Herald, which takes up the invitation by itself.
async fn talk(town: &Town, who: &Account) -> String {
    let bot = town.bot.user_id();
    let room = json!({ "is_direct": true, "invite": [bot], "preset": "trusted_private_chat" });
    let talk = who.create_room(room).await.unwrap();
    let joined = |events: &[herald_synapse::Event]| {
        let is = |event: &herald_synapse::Event| event.sender() == bot && event.content()["membership"] == "join";
        events.iter().any(is).then_some(())
    };
    who.wait_for(&talk, joined).await.unwrap();
    talk
}

async fn talk_of(town: &Town, who: &Account, text: &str, answer: &str) -> String {
    let talk = talk(town, who).await;
    who.say(&talk, text).await.unwrap();
    hears(who, &talk, answer).await;
    talk
}

async fn hears(who: &Account, room: &str, words: &str) {
    let told = |events: &[herald_synapse::Event]| events.iter().any(|event| event.body().contains(words)).then_some(());
    who.wait_for(room, told).await.unwrap();
}
