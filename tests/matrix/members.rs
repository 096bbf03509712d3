//! What somebody is told by direct message, on a real homeserver, follows from the rooms that they are in at that moment.

use herald_synapse::{Account, Admin, Synapse};

use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn a_direct_message_is_served_as_far_as_its_author_is_in_a_room_now() {
    let (town, herald) = Town::new(Synapse::shared().await.unwrap(), "").await;
    town.incident().await;
    let mallory = town.server.register("mallory", Admin::No).await.unwrap();
    let talk = mallory.begin_talk(town.bot.user_id()).await.unwrap();
    for text in ["!status", "!ask is it down?", "!admin people"] {
        mallory.say(&talk, text).await.unwrap();
    }
    mallory.hears(&talk, "You are in none of the rooms that I work in").await.unwrap();

    // Somebody in the company's room hears what the company does, until they leave it.
    let dora = talk_of(&town, &town.dora, "!status", "checkout is down").await;
    town.dora.leave(&town.company).await.unwrap();
    town.dora.say(&dora, "!incidents").await.unwrap();
    town.dora.hears(&dora, "You are in none of the rooms that I work in").await.unwrap();

    // Whoever leaves has no role any more, and is no admin.
    let ana = talk_of(&town, &town.ana.account, "!admin people", "Admins").await;
    for room in [&town.war, &town.engineering, &town.company] {
        town.ana.account.leave(room).await.unwrap();
    }
    town.ben.reads(&town.war, "has left. Nobody is commander now").await;
    town.ana.account.say(&ana, "!admin channels").await.unwrap();
    town.ana.account.hears(&ana, "You are in none of the rooms that I work in").await.unwrap();

    let said: Vec<String> =
        mallory.messages(&talk).await.unwrap().iter().map(|event| event.body().to_owned()).collect();
    assert!(said.iter().all(|text| !text.contains("checkout")), "{said:?}");
    assert_eq!(herald.stop().await, 0);
}

async fn talk_of(town: &Town, who: &Account, text: &str, answer: &str) -> String {
    let talk = who.begin_talk(town.bot.user_id()).await.unwrap();
    who.say(&talk, text).await.unwrap();
    who.hears(&talk, answer).await.unwrap();
    talk
}
