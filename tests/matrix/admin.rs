//! What an admin does in chat, on a real homeserver.

use herald_synapse::Synapse;
use serde_json::json;

use crate::herald::Herald;
use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_is_mapped_in_chat_by_its_alias_is_closed_told_and_opened_again() {
    let (town, herald) = Town::new(Synapse::shared().await.unwrap(), "").await;
    let (ana, bot) = (&town.ana, town.bot.user_id().to_owned());
    let alias = town.server.unique("status");
    let room = json!({
        "room_alias_name": alias, "preset": "public_chat", "invite": [bot],
        "power_level_content_override": { "users": { (ana.id()): 100, (&bot): 100 } }, "room_version": "11",
    });
    let status = ana.account.create_room(room).await.unwrap();
    town.dora.join(&status).await.unwrap();
    let talk = ana.account.begin_talk(&bot).await.unwrap();
    assert!(town.dora.say(&status, "what was said before").await.is_ok());

    let map = format!("!admin map company matrix:#{alias}:example.org");
    let preview = ana.gets(&talk, &map, "Only Herald could write there").await;
    ana.gets(&talk, &code(&preview.text), "is for company from now on").await;
    town.dora.wait_for(&status, |events| level(events, 100)).await.unwrap();
    assert_eq!(town.dora.say(&status, "hello?").await.unwrap_err().code(), Some((403, "M_FORBIDDEN")));
    assert_eq!(herald.stop().await, 0);
    let herald = Herald::start(town.home()).await;
    ana.gets(&town.war, "!declare checkout is down", "INC-1").await;
    ana.gets(&town.war, "!take spokesperson", "is spokesperson now").await;
    ana.gets(&town.war, "!update We are looking next 30m", "goes to the company").await;
    town.dora.hears(&status, "We are looking").await.unwrap();
    town.hears("We are looking").await;

    let unmap = format!("!admin unmap matrix:#{alias}:example.org");
    let preview = ana.gets(&talk, &unmap, "Everybody in it could write there").await;
    ana.gets(&talk, &code(&preview.text), "is for nobody any more").await;
    town.dora.wait_for(&status, |events| level(events, 0)).await.unwrap();
    assert!(town.dora.say(&status, "we can talk again").await.is_ok());

    // It does not matter any more whether Herald is there: it stays out, and nobody but an admin brings it back.
    ana.account.set_power(&status, town.dora.user_id(), 50).await.unwrap();
    // Nobody is removed by whoever stands no higher.
    town.bot.set_power(&status, &bot, 50).await.unwrap();
    ana.account.kick(&status, &bot).await.unwrap();
    herald.logs_line("Herald is not in this room any more", 0).await;
    town.dora.invite(&status, &bot).await.unwrap();
    herald.logs_line("an invitation was turned down", 0).await;
    assert_eq!(herald.get("/readyz").await, (200, "ready\n".to_owned()));
    assert_eq!(herald.stop().await, 0);
}

/// Whether it takes this level now to write.
fn level(events: &[herald_synapse::Event], level: i64) -> Option<()> {
    let newest = events.iter().rev().find(|event| event.kind() == "m.room.power_levels")?;
    (newest.content()["events_default"].as_i64().unwrap_or(0) == level).then_some(())
}

/// The command that confirms what was previewed.
fn code(preview: &str) -> String {
    let code = preview.split("!admin confirm ").nth(1).unwrap_or_else(|| panic!("{preview}"));
    format!("!admin confirm {}", &code[..4])
}
