//! Messages: limits, nonces, mentions, history, pins, reactions, conversations.

use std::time::Duration;

use crate::raw::World;
use herald_guild::permissions::{
    ADD_REACTIONS, EVERYONE, MENTION_EVERYONE, READ_MESSAGE_HISTORY, SEND_MESSAGES, VIEW_CHANNEL,
};
use herald_guild::{Limits, NONCE_WINDOW, transcript};
use serde_json::{Value, json};

#[tokio::test]
async fn a_nonce_makes_one_message_within_its_window() {
    let world = World::new().await;
    let path = format!("/channels/{}/messages", world.channel);
    let once = json!({ "content": "one", "nonce": "ABC", "enforce_nonce": true });
    let first = world.bot.post(&path, once.clone()).await;
    assert_eq!(first.json()["nonce"], "ABC");
    let other = json!({ "content": "two", "nonce": "ABC", "enforce_nonce": true });
    let again = world.bot.post(&path, other.clone()).await;
    assert_eq!((again.status, again.id(), again.json()["content"].clone()), (200, first.id(), json!("one")));
    let other_room = world.guild.channel("other").unwrap();
    let elsewhere = world.bot.post(&format!("/channels/{other_room}/messages"), other.clone()).await;
    assert_eq!(elsewhere.id(), first.id(), "a nonce is the author's, not the channel's");
    let unforced = world.bot.post(&path, json!({ "content": "three", "nonce": "ABC" })).await;
    assert_ne!(unforced.id(), first.id());
    world.discord.advance(NONCE_WINDOW + Duration::from_secs(1));
    assert_ne!(world.bot.post(&path, other).await.id(), first.id());
    let long = json!({ "content": "x", "nonce": "x".repeat(26), "enforce_nonce": true });
    assert_eq!(world.bot.post(&path, long).await.code(), (400, 50035));
    assert_eq!(transcript(&world.ana.reads(world.channel).unwrap()), "Herald: one\nHerald: three\nHerald: two");
}

#[tokio::test]
async fn what_is_too_long_or_of_another_type_is_refused_where_it_stands() {
    let world = World::new().await;
    world.discord.limits(Limits::off());
    let path = format!("/channels/{}/messages", world.channel);
    let button = json!({ "type": 2, "style": 1, "label": "a", "custom_id": "x" });
    let row = |inside: Value| json!([{ "type": 1, "components": inside }]);
    let embed = |embed: Value| json!({ "embeds": [embed] });
    let cases = [
        (json!({ "content": "x".repeat(2_001) }), "/content"),
        (json!({ "content": 1 }), "/content"),
        (json!({ "content": "x", "tts": "yes" }), "/tts"),
        (json!({ "embeds": vec![json!({ "title": "t" }); 11] }), "/embeds"),
        (embed(json!({ "title": "x".repeat(257) })), "/embeds/0/title"),
        (embed(json!({ "description": "x".repeat(4_097) })), "/embeds/0/description"),
        (embed(json!({ "title": "t", "color": 0x100_0000 })), "/embeds/0/color"),
        (embed(json!({ "title": "t", "timestamp": "soon" })), "/embeds/0/timestamp"),
        (embed(json!({ "title": "t", "url": "nowhere" })), "/embeds/0/url"),
        (embed(json!({ "title": "t", "fields": vec![json!({ "name": "n", "value": "v" }); 26] })), "/embeds/0/fields"),
        (embed(json!({ "fields": [{ "name": "n", "value": "" }] })), "/embeds/0/fields/0/value"),
        (embed(json!({ "fields": [{ "name": "n" }] })), "/embeds/0/fields/0/value"),
        (embed(json!({ "footer": { "text": "x".repeat(2_049) } })), "/embeds/0/footer/text"),
        (json!({ "embeds": vec![json!({ "description": "x".repeat(3_001) }); 2] }), "/embeds"),
        (embed(json!({})), "/embeds/0/description"),
        (json!({ "content": "x", "components": row(json!(vec![button.clone(); 6])) }), "/components/0/components"),
        (json!({ "content": "x", "components": row(json!([button, button])) }), "/components/0/components/1/custom_id"),
        (
            json!({ "content": "x", "components": row(json!([{ "type": 2, "style": 1 }])) }),
            "/components/0/components/0",
        ),
        (json!({ "content": "x", "components": row(json!([])) }), "/components/0/components"),
        (json!({ "content": "x", "components": [button] }), "/components/0/type"),
        (json!({ "content": "x", "allowed_mentions": { "parse": ["all"] } }), "/allowed_mentions/parse/0"),
        (json!({ "content": "x", "allowed_mentions": { "parse": ["users"], "users": ["1"] } }), "/allowed_mentions"),
        (json!({ "content": "x", "message_reference": { "message_id": "1" } }), "/message_reference"),
    ];
    for (body, at) in cases {
        let refused = world.bot.post(&path, body.clone()).await;
        assert_eq!(refused.code(), (400, 50035), "{body}");
        let errors = refused.json()["errors"].pointer(at).cloned().unwrap_or_default();
        assert!(errors["_errors"][0]["code"].is_string(), "{at} in {}", refused.text);
    }
    for empty in [json!({}), json!({ "content": "  " }), json!({ "content": null, "embeds": [] })] {
        assert_eq!(world.bot.post(&path, empty).await.code(), (400, 50006));
    }
    let most = "🔥".repeat(2_000);
    assert_eq!(world.bot.say(world.channel, &most).await.status, 200);
    assert_eq!(world.bot.get("/channels/1/messages").await.code(), (404, 10003));
    assert_eq!(world.bot.get(&format!("{path}/1")).await.code(), (404, 10008));
    assert_eq!(world.bot.get("/guilds/1").await.code(), (404, 10004));
    assert_eq!(world.bot.get(&format!("/guilds/{}/members/1", world.guild.id())).await.code(), (404, 10013));
    assert_eq!(world.bot.get("/nowhere").await.code(), (404, 0));
    assert_eq!(world.discord.unknown_requests().len(), 1);
}

#[tokio::test]
async fn only_what_is_allowed_is_called() {
    let world = World::new().await;
    world.discord.limits(Limits::off());
    let (ana, ben) = (world.ana.id(), world.ben.id());
    let engineers = world.guild.role("engineers", 0);
    world.guild.give(ben, engineers);
    world.guild.permit(world.guild.id(), EVERYONE & !MENTION_EVERYONE);
    let text = format!("<@{ana}> <@&{engineers}> @everyone");
    let path = format!("/channels/{}/messages", world.channel);
    let bot = world.bot.clone();
    let pinged = async |allowed: Value| {
        let id = bot.post(&path, json!({ "content": text, "allowed_mentions": allowed })).await.id();
        let seen = world.olga.reads(world.channel).unwrap().into_iter().find(|it| it.id == id).unwrap();
        seen.pinged
    };
    assert_eq!(pinged(json!(null)).await, [ana]);
    world.guild.mentionable(engineers, true);
    assert_eq!(pinged(json!(null)).await, [ana, ben]);
    assert_eq!(pinged(json!({ "parse": [] })).await, []);
    assert_eq!(pinged(json!({ "users": [ben.to_string()] })).await, []);
    assert_eq!(pinged(json!({ "parse": ["roles"] })).await, [ben]);
    world.guild.permit(world.guild.id(), EVERYONE);
    assert_eq!(pinged(json!({ "parse": ["everyone"] })).await.len(), 4);

    let plain = world.bot.post(&path, json!({ "content": "x", "allowed_mentions": { "parse": [] } })).await.id();
    let edit = format!("{path}/{plain}");
    let edited = world.bot.ask("PATCH", &edit, json!({ "content": format!("<@{ana}>") })).await.unwrap();
    assert_eq!(edited.json()["mentions"][0]["id"], json!(ana.to_string()), "an edit parses mentions too");

    let question = world.ana.say(world.channel, "?").unwrap();
    let reference = json!({ "message_id": question.to_string() });
    let answer = json!({ "content": "!", "message_reference": reference, "allowed_mentions": { "parse": [] } });
    assert_eq!(world.bot.post(&path, answer).await.json()["mentions"], json!([]));
    let loud = json!({ "content": "!", "message_reference": reference });
    assert_eq!(world.bot.post(&path, loud).await.json()["mentions"][0]["id"], json!(ana.to_string()));
}

#[tokio::test]
async fn history_is_paged_and_silent_without_the_right_to_read_it() {
    let world = World::new().await;
    let ids: Vec<_> = (0..5).map(|it| world.ana.say(world.channel, &it.to_string()).unwrap()).collect();
    let path = format!("/channels/{}/messages", world.channel);
    let page = async |query: String| {
        let body = world.bot.get(&format!("{path}?{query}")).await.json();
        let texts = body.as_array().unwrap().iter().map(|it| it["content"].as_str().unwrap().to_owned());
        texts.collect::<String>()
    };
    assert_eq!(page(String::new()).await, "43210");
    assert_eq!(page("limit=2".to_owned()).await, "43");
    assert_eq!(page(format!("after={}&limit=2", ids[0])).await, "21");
    assert_eq!(page(format!("before={}&limit=2", ids[3])).await, "21");
    assert_eq!(page(format!("around={}&limit=3", ids[2])).await, "321");
    assert_eq!(world.bot.get(&format!("{path}?limit=101")).await.code(), (400, 50035));
    world.guild.overwrite(world.channel, world.app.id, 0, READ_MESSAGE_HISTORY).unwrap();
    assert_eq!(page(String::new()).await, "");
    world.guild.overwrite(world.channel, world.app.id, 0, VIEW_CHANNEL).unwrap();
    assert_eq!(world.bot.get(&path).await.code(), (403, 50001));
}

#[tokio::test]
async fn messages_are_changed_only_by_those_who_may() {
    let world = World::new().await;
    world.discord.limits(Limits::off());
    let path = format!("/channels/{}/messages", world.channel);
    let hers = world.ana.say(world.channel, "mine").unwrap();
    let edit = json!({ "content": "yours" });
    assert_eq!(world.bot.ask("PATCH", &format!("{path}/{hers}"), edit).await.unwrap().code(), (403, 50005));
    assert_eq!(world.bot.ask("DELETE", &format!("{path}/{hers}"), Value::Null).await.unwrap().code(), (403, 50013));
    world.ana.edit(world.channel, hers, "still mine").unwrap();
    world.olga.delete(world.channel, hers).unwrap();
    assert_eq!(world.ana.edit(world.channel, hers, "gone").unwrap_err().code, 10008);

    let own = world.bot.say(world.channel, "board").await.id();
    let pin = format!("{path}/pins/{own}");
    assert_eq!(world.bot.ask("PUT", &pin, Value::Null).await.unwrap().status, 204);
    assert_eq!(
        world.bot.get(&format!("{path}/pins")).await.json()["items"][0]["message"]["id"],
        json!(own.to_string())
    );
    let old = format!("/channels/{}/pins", world.channel);
    assert_eq!(world.bot.get(&old).await.json()[0]["id"], json!(own.to_string()));
    assert_eq!(world.ana.pins(world.channel).len(), 1);
    let notice = world.ana.reads(world.channel).unwrap().pop().unwrap();
    assert_eq!(notice.kind, 6);
    let edit = world.bot.ask("PATCH", &format!("{path}/{}", notice.id), json!({ "content": "x" })).await.unwrap();
    assert_eq!(edit.code(), (403, 50021));
    assert_eq!(world.ana.pin(world.channel, own).unwrap_err().code, 50013);

    world.guild.overwrite(world.channel, world.guild.id(), 0, ADD_REACTIONS).unwrap();
    world.guild.overwrite(world.channel, world.app.id, 0, ADD_REACTIONS).unwrap();
    world.olga.react(world.channel, own, "👍").unwrap();
    world.ana.react(world.channel, own, "👍").unwrap();
    assert_eq!(world.ana.react(world.channel, own, "🔥").unwrap_err().code, 50013, "another emoji is a new reaction");
    assert_eq!(world.ana.react(world.channel, own, "thumb").unwrap_err().code, 10014);
    world.guild.permit(world.guild.id(), VIEW_CHANNEL | SEND_MESSAGES);
    world.guild.permit(world.role, VIEW_CHANNEL | SEND_MESSAGES);
    let embed = json!({ "content": "x", "embeds": [{ "title": "t" }] });
    assert_eq!(world.bot.post(&path, embed.clone()).await.code(), (403, 50013), "without the right to embed");
    assert_eq!(world.ana.whispers(world.channel), []);
}

#[tokio::test]
async fn many_are_deleted_at_once_if_they_are_young() {
    let world = World::new().await;
    world.guild.permit(world.role, herald_guild::permissions::ADMINISTRATOR);
    let ids: Vec<_> = (0..3).map(|it| world.ana.say(world.channel, &it.to_string()).unwrap().to_string()).collect();
    let path = format!("/channels/{}/messages/bulk-delete", world.channel);
    assert_eq!(world.bot.post(&path, json!({ "messages": [ids[0]] })).await.code(), (400, 50016));
    assert_eq!(world.bot.post(&path, json!({ "messages": ids[..2] })).await.status, 204);
    assert_eq!(transcript(&world.ana.reads(world.channel).unwrap()), "ana: 2");
    let new = world.ana.say(world.channel, "3").unwrap().to_string();
    world.discord.advance(Duration::from_hours(15 * 24));
    assert_eq!(world.bot.post(&path, json!({ "messages": [ids[2], new] })).await.code(), (400, 50034));
}

#[tokio::test]
async fn conversations_are_between_two_and_can_be_closed() {
    let world = World::new().await;
    let open = json!({ "recipient_id": world.ana.id() });
    let made = world.bot.post("/users/@me/channels", open.clone()).await;
    let channel = made.id();
    assert_eq!(made.json()["recipients"][0]["username"], "ana");
    assert_eq!(world.bot.post("/users/@me/channels", open).await.id(), channel);
    world.bot.say(channel, "psst").await;
    assert_eq!(transcript(&world.ana.reads(channel).unwrap()), "Herald: psst");
    assert_eq!(world.ben.reads(channel), None);
    world.ana.say(channel, "yes?").unwrap();
    world.ana.take_dms(false);
    assert_eq!(world.bot.say(channel, "psst").await.code(), (403, 50007));
    let zoe = world.discord.person("zoe");
    let made = world.bot.post("/users/@me/channels", json!({ "recipient_id": zoe.id() })).await;
    assert_eq!(world.bot.say(made.id(), "psst").await.code(), (403, 50007), "they share no guild");
    assert_eq!(world.bot.post("/users/@me/channels", json!({ "recipient_id": "1" })).await.code(), (404, 10013));
}

#[tokio::test]
async fn whoever_hides_the_links_of_others_changes_no_words() {
    let world = World::new().await;
    let said = world.ana.say(world.channel, "https://example.org").unwrap();
    let path = format!("/channels/{}/messages/{said}", world.channel);
    let hidden = world.olga.call("PATCH", &path, json!({ "flags": 4 })).unwrap();
    assert_eq!((&hidden["flags"], &hidden["edited_timestamp"]), (&json!(4), &Value::Null));
    assert!(world.olga.call("PATCH", &path, json!({ "content": "other words" })).is_err());
}
