//! Channels, threads and webhooks.

use std::time::Duration;

use herald_guild::permissions::{ADMINISTRATOR, MANAGE_WEBHOOKS};
use herald_guild::transcript;
use serde_json::{Value, json};

use crate::raw::{ENOUGH, World};

#[tokio::test]
async fn channels_are_made_changed_and_removed() {
    let world = World::new().await;
    world.discord.limits(herald_guild::Limits::off());
    world.guild.permit(world.role, ADMINISTRATOR);
    let create = format!("/guilds/{}/channels", world.guild.id());
    let category = world.bot.post(&create, json!({ "name": "Incidents", "type": 4 })).await;
    assert_eq!(category.json()["name"], "Incidents");
    let body = json!({ "name": "INC 1", "topic": "checkout", "parent_id": category.id() });
    let made = world.bot.post(&create, body).await;
    assert_eq!((made.status, made.json()["parent_id"].clone()), (201, json!(category.id())));
    let path = format!("/channels/{}", made.id());
    let places = json!([{ "id": made.id(), "position": 7, "parent_id": category.id() }]);
    assert_eq!(world.bot.ask("PATCH", &create, places).await.unwrap().status, 204);
    assert_eq!(world.guild.shown(made.id()).unwrap()["position"], 7);
    let edited = world.bot.ask("PATCH", &path, json!({ "name": "Closed", "parent_id": null })).await.unwrap();
    assert_eq!((edited.json()["name"].clone(), edited.json()["parent_id"].clone()), (json!("closed"), Value::Null));
    for wrong in [
        json!({ "name": "" }),
        json!({ "name": "x".repeat(101) }),
        json!({ "topic": "x".repeat(1_025) }),
        json!({ "rate_limit_per_user": 21_601 }),
        json!({ "parent_id": "1" }),
        json!({ "permission_overwrites": [{ "id": "1", "type": 0 }] }),
    ] {
        assert_eq!(world.bot.ask("PATCH", &path, wrong.clone()).await.unwrap().code(), (400, 50035), "{wrong}");
    }
    let over = format!("{path}/permissions/{}", world.ana.id());
    assert_eq!(world.bot.ask("DELETE", &over, Value::Null).await.unwrap().code(), (404, 10009));
    assert_eq!(world.bot.say(category.id(), "x").await.code(), (400, 50008));
    assert_eq!(world.bot.ask("DELETE", &path, Value::Null).await.unwrap().status, 200);
    assert_eq!(world.bot.get(&path).await.code(), (404, 10003));
    let slow = json!({ "rate_limit_per_user": 30 });
    world.bot.ask("PATCH", &format!("/channels/{}", world.channel), slow).await.unwrap();
    world.ana.say(world.channel, "one").unwrap();
    let slowed = world.ana.say(world.channel, "two").unwrap_err();
    assert_eq!((slowed.status, slowed.code), (429, 20016));
    assert!(slowed.retry_after.is_some_and(|it| it > 0.0 && it <= 30.0), "{slowed}");
    world.discord.advance(Duration::from_secs(31));
    world.ana.say(world.channel, "two").unwrap();
}

#[tokio::test]
async fn threads_are_archived_locked_and_woken() {
    let world = World::new().await;
    let start = world.ana.say(world.channel, "start").unwrap();
    let thread = world.ana.thread(world.channel, start, "talk").unwrap();
    assert_eq!(thread, start, "it has its message's id");
    assert_eq!(world.ana.thread(world.channel, start, "again").unwrap_err().code, 160_004);
    world.bot.say(thread, "hello").await;
    let path = format!("/channels/{thread}");
    let rename = json!({ "name": "other" });
    assert_eq!(world.bot.ask("PATCH", &path, rename.clone()).await.unwrap().code(), (403, 50013));
    world.ana.call("PATCH", &path, json!({ "archived": true })).unwrap();
    assert_eq!(world.ana.call("PATCH", &path, rename).unwrap_err().code, 50083);
    let active = format!("/guilds/{}/threads/active", world.guild.id());
    assert_eq!(world.bot.get(&active).await.json(), json!({ "threads": [], "members": [], "has_more": false }));
    let archived = format!("/channels/{}/threads/archived/public", world.channel);
    assert_eq!(world.bot.get(&archived).await.json()["threads"][0]["name"], "talk");
    assert_eq!(world.bot.say(thread, "wake up").await.status, 200);
    assert_eq!(world.bot.get(&active).await.json()["threads"][0]["thread_metadata"]["archived"], false);
    world.olga.call("PATCH", &path, json!({ "locked": true })).unwrap();
    assert_eq!(world.bot.say(thread, "no").await.code(), (400, 160_005));
    let members = world.bot.get(&format!("{path}/thread-members")).await.json();
    assert_eq!(members.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn webhooks_speak_for_whoever_has_their_token() {
    let world = World::new().await;
    let path = format!("/channels/{}/webhooks", world.channel);
    assert_eq!(world.bot.post(&path, json!({ "name": "hook" })).await.code(), (403, 50013));
    world.guild.permit(world.role, ENOUGH | MANAGE_WEBHOOKS);
    assert_eq!(world.bot.post(&path, json!({ "name": "Discord" })).await.code(), (400, 50035));
    let mut gateway = world.session(1 << 5 | 1 << 9 | 1 << 15).await;
    let hook = world.olga.call("POST", &path, json!({ "name": "hook" })).unwrap();
    assert_eq!(gateway.event("WEBHOOKS_UPDATE").await["channel_id"], json!(world.channel));
    let (id, token) = (hook["id"].as_str().unwrap(), hook["token"].as_str().unwrap());
    let nobody = reqwest::Client::new();
    let url = format!("{}/api/v10/webhooks/{id}/{token}", world.discord.address());
    let sent =
        nobody.post(format!("{url}?wait=true")).json(&json!({ "content": "hi", "username": "Ana" })).send().await;
    assert_eq!(sent.unwrap().status(), 200);
    let told = gateway.event("MESSAGE_CREATE").await;
    assert_eq!((told["webhook_id"].as_str(), told["author"]["bot"].as_bool()), (Some(id), Some(true)));
    assert_eq!(transcript(&world.ana.reads(world.channel).unwrap()), "Ana: hi");
    let wrong = nobody.post(format!("{url}x")).json(&json!({ "content": "hi" })).send().await.unwrap();
    assert_eq!(wrong.status(), 401);
    let by_hook = world.guild.say_by_webhook(world.channel, "other", "and I").unwrap();
    assert_eq!(gateway.event("WEBHOOKS_UPDATE").await["channel_id"], json!(world.channel));
    assert_eq!(gateway.event("MESSAGE_CREATE").await["id"], json!(by_hook));
    assert_eq!(world.bot.get(&path).await.json()[0]["name"], "hook");
    assert_eq!(world.bot.ask("DELETE", &format!("/webhooks/{id}"), Value::Null).await.unwrap().status, 204);
    let gone = nobody.post(&url).json(&json!({ "content": "hi" })).send().await.unwrap();
    assert_eq!(gone.json::<Value>().await.unwrap()["code"], 10015);
}
