//! What homeservers let people send, and the SDK cannot read: nested as deep as a homeserver takes it, in an event and beside one.

use herald_chat::{Network, RoomRef};
use herald_synapse::{Account, Admin, DEEPEST, Synapse, nested};
use serde_json::json;

use crate::common::{Bot, Listening, Tested};
use crate::town::Town;

/// Somebody does all that puts a deep event beside another one: a change of state, an edit, a removal.
async fn poison(mal: &Account, talk: &str) -> Tested {
    for name in ["m", "m2"] {
        let member = json!({ "membership": "join", "displayname": name, "d": nested(DEEPEST) });
        mal.put_state(talk, "m.room.member", mal.user_id(), &member).await?;
    }
    let said = mal.say(talk, "hello").await?;
    let edit = json!({
        "msgtype": "m.text", "body": "* x", "m.new_content": { "msgtype": "m.text", "body": "x" },
        "m.relates_to": { "rel_type": "m.replace", "event_id": said }, "d": nested(DEEPEST - 1),
    });
    mal.send(talk, "m.room.message", edit).await?;
    mal.react(talk, &said, "👍").await?;
    let gone = mal.say(talk, "goodbye").await?;
    mal.send(talk, "m.room.redaction", json!({ "redacts": gone, "d": nested(DEEPEST) })).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_is_nested_too_deep_makes_herald_neither_deaf_nor_blind() -> Tested {
    let server = Synapse::shared().await?;
    let (ana, mal) = (server.register("ana", Admin::No).await?, server.register("mal", Admin::No).await?);
    let bot = Bot::new(&server, ana.user_id()).await?;
    let matrix = bot.connect().await?;
    let listening = Listening::to(&matrix).await?;
    let herald = bot.account.user_id();

    let talk = mal.begin_talk(herald).await?;
    // In an invitation, and in what it takes the place of.
    let room = mal.create_room(json!({ "preset": "private_chat", "room_version": "11" })).await?;
    for membership in ["invite", "leave", "invite"] {
        let member = json!({ "membership": membership, "d": nested(DEEPEST) });
        mal.put_state(&room, "m.room.member", herald, &member).await?;
    }

    poison(&mal, &talk).await?;
    let last = mal.say(&talk, "!status").await?;
    listening.heard(&talk, &last).await?;
    let read = listening.read_back(&RoomRef::new(&Network::new("matrix"), &talk), 3).await?;
    assert!(read.iter().any(|it| it.id == last), "{read:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_nested_deep_in_a_ciphertext_makes_herald_neither_deaf_nor_blind() -> Tested {
    let town = Town::start().await?;
    let [_, room] = &town.rooms;
    let said = town.send(room, "m.room.message", json!({ "msgtype": "m.text", "body": "hello" })).await?;
    for depth in [DEEPEST - 1, DEEPEST, DEEPEST + 1] {
        let edit = json!({
            "msgtype": "m.text", "body": "* x", "m.new_content": { "msgtype": "m.text", "body": "x" },
            "m.relates_to": { "rel_type": "m.replace", "event_id": said }, "d": nested(depth),
        });
        town.send(room, "m.room.message", edit).await?;
    }
    let reaction = json!({ "m.relates_to": { "rel_type": "m.annotation", "event_id": said, "key": "📌" } });
    town.send(room, "m.reaction", reaction).await?;
    let last = town.send(room, "m.room.message", json!({ "msgtype": "m.text", "body": "!status" })).await?;
    town.heard(room, &last).await?;
    let read = town.listening.read_back(room, 3).await?;
    assert!(read.iter().any(|it| it.id == last), "{read:?}");
    Ok(())
}
