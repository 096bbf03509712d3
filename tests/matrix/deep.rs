//! Events nested as deep as a homeserver takes them, before a start, and deeper.

use herald_synapse::{DEEPEST, Fault, Proxy, Rule, Synapse, nested};
use serde_json::json;

use crate::herald::Herald;
use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_s_deep_events_stop_no_start() {
    let (town, herald) = Town::new(Synapse::shared().await.unwrap(), "").await;
    let bot = town.bot.user_id();
    let talk = town.dora.begin_talk(bot).await.unwrap();
    assert_eq!(herald.stop().await, 0);
    // Her client is of the same SDK, and would not outlive what comes now.
    town.ana.account.leave(&town.company).await.unwrap();
    for name in ["d", "dora"] {
        for room in [&talk, &town.company] {
            let member = json!({ "membership": "join", "displayname": name, "d": nested(DEEPEST) });
            town.dora.put_state(room, "m.room.member", town.dora.user_id(), &member).await.unwrap();
        }
    }
    // Where only Herald writes, words beside it are seen all the same.
    let member =
        json!({ "membership": "join", "displayname": "dora", "reason": "It is over, go home", "d": nested(DEEPEST) });
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

#[tokio::test(flavor = "multi_thread")]
async fn where_an_answer_is_more_than_the_sdk_can_bear_herald_ends_and_says_so() {
    let server = Synapse::shared().await.unwrap();
    let proxy = Proxy::start(server.port(), 1).await.unwrap();
    let (town, herald) = Town::behind(server, &proxy.url(), "").await;
    // A homeserver that leaves out nothing of what it is asked to.
    let event = json!({
        "type": "m.room.member", "state_key": town.dora.user_id(), "event_id": "$deep", "sender": town.dora.user_id(),
        "origin_server_ts": 1, "content": { "membership": "join" },
        "unsigned": { "prev_content": { "membership": "join", "d": nested(DEEPEST) } },
    });
    let timeline = json!({ "events": [event], "limited": false, "prev_batch": "p" });
    let answer = json!({ "next_batch": "s", "rooms": { "join": { (&town.company): { "timeline": timeline } } } });
    proxy.inject(Rule::new(Fault::Says(answer.to_string().leak())).on(|_, path| path.ends_with("/sync")));
    town.ana.person.say(&town.war, "now").await.unwrap();
    herald.logs_line("herald: the connection to matrix has broken down", 0).await;
    assert_eq!(herald.stop().await, 1, "it has ended by itself");
}
