//! Herald is taken out of rooms that it works in.

use herald_synapse::Synapse;
use serde_json::json;

use crate::herald::Herald;
use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn herald_is_banned_from_the_company_room_and_what_is_published_waits_until_it_is_back() {
    let mut town = Town::plan(Synapse::shared().await.unwrap()).await;
    let (ana, bot) = (town.ana.clone(), town.bot.user_id().to_owned());
    let room = json!({
        "preset": "private_chat", "room_version": "11", "invite": [bot, town.dora.user_id()],
        "power_level_content_override": { "users": { (ana.id()): 100, (&bot): 20 } },
    });
    town.company = ana.account.create_room(room).await.unwrap();
    town.dora.join(&town.company).await.unwrap();
    town.map("company", &town.company);
    // Herald lacks what it needs there: that is said at its start, and what stands there is not said to be removed.
    let herald = Herald::start(town.home()).await;
    let said = herald.said.join("\n");
    assert!(said.contains("⚠ ") && said.contains("is 20 and has to be 100"), "{said}");
    let town = town.settle_in().await;
    town.incident().await;
    ana.account.say(&town.company, "what is going on?").await.unwrap();
    let talk = ana.comes_in(&bot).await;
    ana.reads(&talk, "I could not remove your message: please remove it yourself").await;
    ana.reads(&town.war, "wrote in the company channel, and it stands there").await;

    ana.account
        .post(&format!("/_matrix/client/v3/rooms/{}/ban", town.company), &json!({ "user_id": bot }))
        .await
        .unwrap();
    herald.is("Herald is not in the company channel").await;
    town.ben.reads(&town.war, "took me out of the company channel").await;
    town.ben.gets(&town.war, "!update We are on it next 30m", "goes to the company").await;
    herald.logs_line("not sent, will try again", 0).await;
    ana.account
        .post(&format!("/_matrix/client/v3/rooms/{}/unban", town.company), &json!({ "user_id": bot }))
        .await
        .unwrap();
    ana.account.set_power(&town.company, &bot, 100).await.unwrap();
    ana.account.invite(&town.company, &bot).await.unwrap();
    town.hears("We are on it").await;
    town.ben.reads(&town.war, "I am back in the company channel").await;
    herald.ready_again().await;

    // Somebody's account is deactivated: their role is free at once.
    let auth = json!({
        "type": "m.login.password", "password": town.ben.account.password(),
        "identifier": { "type": "m.id.user", "user": town.ben.id() },
    });
    town.ben.account.post("/_matrix/client/v3/account/deactivate", &json!({ "auth": auth })).await.unwrap();
    ana.reads(&town.war, "has left. Nobody is spokesperson now").await;
    assert_eq!(herald.stop().await, 0);
}
