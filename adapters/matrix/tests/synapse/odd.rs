//! Events with fields that are not as the protocol has them. What they say is heard, live and read back.

use herald_chat::What;
use serde_json::{Value, json};

use crate::common::Tested;
use crate::town::Town;

/// What stands in a message beside its words or in place of its type, and makes no sense. No fractions: homeservers take
/// them in ciphertexts only.
fn odd() -> Vec<(&'static str, Value)> {
    vec![
        ("no words for a type", json!({ "msgtype": "m.text", "format": 5, "formatted_body": {} })),
        ("no type", json!({})),
        ("a type that is none", json!({ "msgtype": 7 })),
        ("a relation that is a text", json!({ "msgtype": "m.text", "m.relates_to": "x" })),
        ("a relation that is a list", json!({ "msgtype": "m.text", "m.relates_to": [] })),
        ("an answer to nothing", json!({ "msgtype": "m.text", "m.relates_to": { "m.in_reply_to": {} } })),
        (
            "an answer to a number",
            json!({ "msgtype": "m.text", "m.relates_to": { "m.in_reply_to": { "event_id": 5 } } }),
        ),
        ("a thread without a root", json!({ "msgtype": "m.text", "m.relates_to": { "rel_type": "m.thread" } })),
        ("a change of nothing", json!({ "msgtype": "m.text", "m.relates_to": { "rel_type": "m.replace" } })),
        ("mentions of no accounts", json!({ "msgtype": "m.text", "m.mentions": { "user_ids": ["ana", 5] } })),
        ("mentions that are a text", json!({ "msgtype": "m.text", "m.mentions": "all" })),
        ("an action", json!({ "msgtype": "m.emote", "m.mentions": [] })),
        ("a picture without a place", json!({ "msgtype": "m.image", "info": { "size": -1 } })),
        ("a file with a place that is none", json!({ "msgtype": "m.file", "url": 5 })),
        ("a file with a key that is none", json!({ "msgtype": "m.file", "file": { "url": "mxc://a/b" } })),
        ("a place without coordinates", json!({ "msgtype": "m.location" })),
        ("a request that lacks all", json!({ "msgtype": "m.key.verification.request", "to": "x" })),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_in_an_odd_event_is_heard_live_and_read_back_in_the_clear_and_encrypted() -> Tested {
    let town = Town::start().await?;
    let words = "!status now";
    for (encrypted, room) in town.rooms.iter().enumerate() {
        let mut ids = Vec::new();
        for (what, mut content) in odd() {
            content["body"] = json!(words);
            let id = match town.send(room, "m.room.message", content).await {
                Ok(id) => id,
                // The homeserver looks at some fields itself, where it can see them, or falls over them.
                Err(error) if encrypted == 0 && ["[400", "[500"].iter().any(|it| error.to_string().contains(it)) => {
                    continue;
                }
                Err(error) => return Err(format!("{what}: {error}").into()),
            };
            let heard = town.heard(room, &id).await.map_err(|error| format!("{what}, {encrypted}: {error}"))?;
            assert!(matches!(&heard.what, What::Message { text, .. } if text == words), "{what}: {heard:?}");
            ids.push((what, id));
        }
        assert!(ids.len() > 10, "the homeserver let too few through: {ids:?}");
        for (what, info) in [
            ("a size below nothing", json!({ "size": -1, "mimetype": "image/png", "w": 3, "h": 2 })),
            ("a size that is a text", json!({ "size": "big", "mimetype": "image/png", "w": 3, "h": 2 })),
            ("a duration in words", json!({ "duration": "1.5", "mimetype": "image/png", "w": 3, "h": 2, "size": -1 })),
        ] {
            let file = json!({
                "msgtype": "m.image", "body": words, "filename": "a.png", "url": "mxc://example.org/abc", "info": info,
            });
            let id = town.send(room, "m.room.message", file).await?;
            let heard = town.heard(room, &id).await.map_err(|error| format!("{what}, {encrypted}: {error}"))?;
            let What::Message { text, shown, .. } = &heard.what else { panic!("{what}: {heard:?}") };
            assert_eq!((text.as_str(), shown.files.len()), (words, 1), "{what}: {heard:?}");
            assert_eq!(shown.files[0].mime.as_deref(), Some("image/png"), "{what}");
            assert_eq!(shown.files[0].pixels, Some((3, 2)), "{what}");
            ids.push((what, id));
        }
        // A change with an odd field is still the author's, and never a message.
        let said = town.send(room, "m.room.message", json!({ "msgtype": "m.text", "body": "first" })).await?;
        let change = json!({
            "msgtype": "m.text", "body": "* second", "format": 5, "formatted_body": {},
            "m.new_content": { "msgtype": "m.text", "body": "second", "m.mentions": { "user_ids": ["?"] } },
            "m.relates_to": { "rel_type": "m.replace", "event_id": said },
        });
        let id = town.send(room, "m.room.message", change).await?;
        let heard = town.heard(room, &id).await?;
        assert!(matches!(&heard.what, What::Edit { of, text, .. } if *of == said && text == "second"), "{heard:?}");
        // A machine's words stay a machine's.
        let notice = json!({ "msgtype": "m.notice", "body": words, "format": 5, "formatted_body": {} });
        let id = town.send(room, "m.room.message", notice).await?;
        assert_eq!(town.heard(room, &id).await?.origin, herald_chat::Origin::Machine);
        // A mention of Herald before a command.
        let me = herald_chat::Platform::me(&town.matrix).await?.id;
        let html = format!("<a href=\"https://matrix.to/#/{}\">The bot</a>: !status now", me.id());
        let pill = json!({
            "msgtype": "m.text", "body": "The bot: !status now", "format": "org.matrix.custom.html", "formatted_body": html,
        });
        let heard = town.hears(room, pill).await?;
        assert!(matches!(&heard, What::Message { text, .. } if text == words), "{heard:?}");
        let read = town.read_back(room).await?;
        for (what, id) in ids {
            let found = read.iter().find(|it| it.id == id);
            let heard = matches!(found.map(|it| &it.what), Some(What::Message { text, .. }) if text == words);
            assert!(heard, "{what}, read back: {found:?}");
        }
    }
    Ok(())
}
