//! Events nested as deep as a homeserver takes them, before a start.

use herald_synapse::Synapse;
use serde_json::{Value, json};

use crate::herald::Herald;
use crate::town::Town;

/// As deep as Synapse takes it in an event's content.
fn nested() -> Value {
    (0..125).fold(json!(1), |inner, _| json!({ "a": inner }))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_s_deep_events_stop_no_start() {
    let (town, herald) = Town::new(Synapse::shared().await.unwrap(), "").await;
    let bot = town.bot.user_id();
    let talk = town.dora.begin_talk(bot).await.unwrap();
    town.dora.wait_for_join(&talk, bot).await.unwrap();
    assert_eq!(herald.stop().await, 0);
    // Her client is of the same SDK, and would not outlive what comes now.
    town.ana.account.leave(&town.company).await.unwrap();
    for name in ["d", "dora"] {
        for room in [&talk, &town.company] {
            let member = json!({ "membership": "join", "displayname": name, "d": nested() });
            town.dora.put_state(room, "m.room.member", town.dora.user_id(), &member).await.unwrap();
        }
    }
    // Where only Herald writes, words beside it are seen all the same.
    let member = json!({ "membership": "join", "displayname": "dora", "reason": "It is over, go home", "d": nested() });
    town.dora.put_state(&town.company, "m.room.member", town.dora.user_id(), &member).await.unwrap();
    town.dora.say(&talk, "!incidents").await.unwrap();

    let herald = Herald::start(town.home()).await;
    let (ana, war) = (&town.ana, town.war.as_str());
    ana.gets(war, "!declare checkout is down", "INC-1").await;
    assert_eq!(herald.get("/healthz").await, (200, "alive\n".to_owned()));
    herald.logs_line("what=\"words in a membership\"", 0).await;
    assert!(!herald.log().contains("panicked"), "{}", herald.log());
    assert_eq!(herald.stop().await, 0);
}
