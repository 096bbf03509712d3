//! Rate limits.

use std::time::Duration;

use herald_guild::{Fault, Limit, Limits, Rule, Scope};
use serde_json::{Value, json};

use crate::raw::World;

#[tokio::test]
async fn a_bucket_tells_what_is_left_and_refuses_when_nothing_is() {
    let world = World::new().await;
    for left in (0..5).rev() {
        let answer = world.bot.say(world.channel, "x").await;
        assert_eq!((answer.status, answer.header("x-ratelimit-remaining")), (200, left.to_string().as_str()));
        assert_eq!(answer.header("x-ratelimit-limit"), "5");
        assert!(answer.header("x-ratelimit-reset-after").parse::<f64>().unwrap() <= 5.0);
    }
    let refused = world.bot.say(world.channel, "x").await;
    assert_eq!((refused.status, refused.header("x-ratelimit-scope")), (429, "user"));
    let body = refused.json();
    assert_eq!(body["global"], false);
    let after = body["retry_after"].as_f64().unwrap();
    assert!(after > 0.0 && after <= 5.0, "{after}");
    assert_eq!(refused.header("retry-after"), "5");
    assert_eq!(world.discord.count("POST /channels/{id}/messages"), (6, 1));
    assert_eq!(world.ana.reads(world.channel).unwrap().len(), 5);
    let other = world.guild.channel("other").unwrap();
    assert_eq!(world.bot.say(other, "x").await.status, 200, "another channel is another bucket");
    world.ana.say(world.channel, "people have no limits here").unwrap();
    world.discord.advance(Duration::from_secs(5));
    assert_eq!(world.bot.say(world.channel, "x").await.status, 200);
}

#[tokio::test]
async fn names_of_channels_change_twice_in_ten_minutes() {
    let world = World::new().await;
    world.guild.permit(world.role, herald_guild::permissions::ADMINISTRATOR);
    let path = format!("/channels/{}", world.channel);
    let rename = async || world.bot.ask("PATCH", &path, json!({ "name": "new" })).await.unwrap().status;
    assert_eq!((rename().await, rename().await, rename().await), (200, 200, 429));
    let move_it = world.bot.ask("PATCH", &path, json!({ "position": 3 })).await.unwrap();
    assert_eq!(move_it.status, 200);
}

#[tokio::test]
async fn one_limit_is_over_all_routes_but_interactions() {
    let world = World::new().await;
    let global = Some(Limit::new(2, 60_000));
    world.discord.limits(Limits { global, ..Limits::off() });
    assert_eq!(world.bot.get("/users/@me").await.status, 200);
    assert_eq!(world.bot.say(world.channel, "x").await.status, 200);
    let refused = world.bot.get("/users/@me").await;
    assert_eq!((refused.status, refused.header("x-ratelimit-global")), (429, "true"));
    assert_eq!(refused.json()["global"], true);
    assert_eq!(world.bot.post("/interactions/1/x/callback", json!({ "type": 4 })).await.code(), (404, 10062));
}

#[tokio::test]
async fn a_test_has_any_request_limited() {
    let world = World::new().await;
    let retry_after = Duration::from_millis(1_500);
    let limited = |scope, headers, body| Rule::new(Fault::Limited { scope, retry_after, headers, body }).times(1);
    world.discord.fault(limited(Scope::Shared, true, true));
    world.discord.fault(limited(Scope::User, false, true));
    world.discord.fault(limited(Scope::Global, true, false));
    let shared = world.bot.say(world.channel, "x").await;
    assert_eq!((shared.status, shared.header("x-ratelimit-scope")), (429, "shared"));
    assert_eq!((shared.header("retry-after"), shared.json()["retry_after"].as_f64()), ("2", Some(1.5)));
    let bare = world.bot.say(world.channel, "x").await;
    assert_eq!((bare.status, bare.header("retry-after"), bare.json()["retry_after"].as_f64()), (429, "", Some(1.5)));
    let page = world.bot.say(world.channel, "x").await;
    assert_eq!((page.status, page.json()), (429, Value::Null));
    assert!(page.text.contains("<html"), "{}", page.text);
    assert_eq!(world.bot.say(world.channel, "x").await.status, 200);
}
