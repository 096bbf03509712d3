//! The gateway: the handshake, close codes, intents, resume, and what goes wrong on it.

use std::time::Duration;

use herald_guild::permissions::VIEW_CHANNEL;
use serde_json::{Value, json};

use crate::raw::{Gateway, World};

const GUILDS: u64 = 1;
const MEMBERS: u64 = 1 << 1;
const MESSAGES: u64 = 1 << 9;
const REACTIONS: u64 = 1 << 10;
const DIRECT: u64 = 1 << 12;
const CONTENT: u64 = 1 << 15;

async fn closed(world: &World, talk: impl AsyncFnOnce(&mut Gateway)) -> u16 {
    let mut gateway = Gateway::open(&world.discord.gateway()).await;
    gateway.hello().await;
    talk(&mut gateway).await;
    loop {
        if let Err(code) = gateway.next().await {
            return code;
        }
    }
}

#[tokio::test]
async fn what_is_wrong_closes_the_connection_with_its_code() {
    let world = World::new().await;
    let token = world.app.token.clone();
    assert_eq!(closed(&world, async |it| it.text("{").await).await, 4002);
    assert_eq!(closed(&world, async |it| it.send(json!({ "op": 99 })).await).await, 4001);
    assert_eq!(closed(&world, async |it| it.send(json!({ "op": 3, "d": {} })).await).await, 4003);
    assert_eq!(closed(&world, async |it| it.identify("nobody", GUILDS).await).await, 4004);
    assert_eq!(closed(&world, async |it| it.identify(&token, 1 << 40).await).await, 4013);
    let twice = async |it: &mut Gateway| {
        it.identify(&token, GUILDS).await;
        it.identify(&token, GUILDS).await;
    };
    assert_eq!(closed(&world, twice).await, 4005);
    let much = async |it: &mut Gateway| {
        for _ in 0..121 {
            it.send(json!({ "op": 1, "d": null })).await;
        }
    };
    assert_eq!(closed(&world, much).await, 4008);
    assert_eq!(closed(&world, async |it| it.text(&" ".repeat(5_000)).await).await, 4002);
    world.discord.allow_intents(world.app.id, MEMBERS);
    assert_eq!(closed(&world, async |it| it.identify(&token, GUILDS | CONTENT).await).await, 4014);
    let mut session = world.session(GUILDS | MEMBERS).await;
    let new = world.discord.renew_token(world.app.id);
    assert_eq!(session.next().await, Err(4004));
    assert_ne!(new, token);
    assert_eq!(world.bot.get("/users/@me").await.code(), (401, 0));
    let other = async |it: &mut Gateway| it.resume(&new, &session.session, 99).await;
    assert_eq!(closed(&world, other).await, 4007);
}

#[tokio::test]
async fn the_allowance_of_starts_counts_down() {
    let world = World::new().await;
    let left = async || {
        let body = world.bot.get("/gateway/bot").await.json();
        assert_eq!(body["url"], json!(world.discord.gateway()));
        body["session_start_limit"]["remaining"].as_u64().unwrap()
    };
    let before = left().await;
    let _session = world.session(GUILDS).await;
    assert_eq!(left().await, before - 1);
    world.discord.sessions_left(world.app.id, 0);
    let token = world.app.token.clone();
    assert_eq!(closed(&world, async |it| it.identify(&token, GUILDS).await).await, 4004);
    world.discord.advance(Duration::from_hours(25));
    let _session = world.session(GUILDS).await;
    world.discord.pace_identifies(true);
    let mut soon = Gateway::open(&world.discord.gateway()).await;
    soon.hello().await;
    soon.identify(&token, GUILDS).await;
    assert_eq!(soon.next().await.unwrap()["op"], 9);
    world.discord.advance(Duration::from_secs(6));
    soon.identify(&token, GUILDS).await;
    soon.event("READY").await;
}

#[tokio::test]
async fn intents_decide_what_is_told_and_how_much_of_it() {
    let world = World::new().await;
    let mut all = world.session(GUILDS | MESSAGES | REACTIONS | DIRECT | CONTENT).await;
    let mut blind = world.session(GUILDS | MESSAGES).await;
    let mut deaf = world.session(0).await;
    let id = world.ana.say(world.channel, "hello").unwrap();
    let told = all.event("MESSAGE_CREATE").await;
    assert_eq!((told["content"].as_str(), told["member"]["roles"].clone()), (Some("hello"), json!([])));
    assert_eq!(blind.event("MESSAGE_CREATE").await["content"], "");
    world.ana.say(world.channel, &format!("<@{}> look", world.app.id)).unwrap();
    all.event("MESSAGE_CREATE").await;
    assert!(blind.event("MESSAGE_CREATE").await["content"].as_str().unwrap().ends_with("look"), "it was called");
    world.bot.say(world.channel, "mine").await;
    all.event("MESSAGE_CREATE").await;
    assert_eq!(blind.event("MESSAGE_CREATE").await["content"], "mine");
    world.ana.react(world.channel, id, "👍").unwrap();
    assert_eq!(all.event("MESSAGE_REACTION_ADD").await["emoji"]["name"], "👍");
    let direct = world.ana.dm(world.app.id).unwrap();
    world.ana.say(direct, "psst").unwrap();
    let told = all.event("MESSAGE_CREATE").await;
    assert_eq!((told["content"].as_str(), told.get("guild_id")), (Some("psst"), None));
    blind.quiet().await;
    deaf.quiet().await;

    world.discord.allow_intents(world.app.id, 0);
    let read = world.bot.get(&format!("/channels/{}/messages/{id}", world.channel)).await.json();
    assert_eq!(read["content"], "", "HTTP withholds as well");
}

#[tokio::test]
async fn only_those_are_told_who_may_look() {
    let world = World::new().await;
    let mut gateway = world.session(GUILDS | MEMBERS | MESSAGES | CONTENT).await;
    let secret = world.guild.private("secret", &[world.ana.id()]).unwrap();
    assert_eq!(gateway.event("CHANNEL_CREATE").await["name"], "secret");
    world.ana.say(secret, "hush").unwrap();
    gateway.quiet().await;
    world.guild.overwrite(secret, world.app.id, VIEW_CHANNEL, 0).unwrap();
    gateway.event("CHANNEL_UPDATE").await;
    world.ana.say(secret, "welcome").unwrap();
    assert_eq!(gateway.event("MESSAGE_CREATE").await["content"], "welcome");
    world.guild.clear_overwrite(secret, world.app.id).unwrap();
    gateway.event("CHANNEL_UPDATE").await;
    world.ana.say(secret, "hush").unwrap();
    gateway.quiet().await;
    let role = world.guild.role("engineers", 0);
    assert_eq!(gateway.event("GUILD_ROLE_CREATE").await["role"]["name"], "engineers");
    world.guild.give(world.ana.id(), role);
    assert_eq!(gateway.event("GUILD_MEMBER_UPDATE").await["roles"], json!([role]));
    world.guild.remove_role(role);
    assert_eq!(gateway.event("GUILD_ROLE_DELETE").await["role_id"], json!(role));
    assert_eq!(gateway.event("GUILD_MEMBER_UPDATE").await["roles"], json!([]));
    world.guild.remove(world.ben.id());
    assert_eq!(gateway.event("GUILD_MEMBER_REMOVE").await["user"]["username"], "ben");
    world.guild.delete(secret).unwrap();
    assert_eq!(gateway.event("CHANNEL_DELETE").await["id"], json!(secret));
    world.guild.remove(world.app.id);
    assert_eq!(gateway.event("GUILD_DELETE").await["id"], json!(world.guild.id()));
}

#[tokio::test]
async fn a_session_is_resumed_with_what_it_missed() {
    let world = World::new().await;
    let mut gateway = world.session(MESSAGES | CONTENT).await;
    world.ana.say(world.channel, "one").unwrap();
    gateway.event("MESSAGE_CREATE").await;
    world.discord.cut_gateway();
    assert_eq!(gateway.next().await, Err(0));
    world.ana.say(world.channel, "two").unwrap();
    world.ana.say(world.channel, "three").unwrap();

    let mut again = Gateway::open(&world.discord.gateway()).await;
    again.hello().await;
    again.resume(&world.app.token, &gateway.session, gateway.sequence).await;
    assert_eq!(again.event("MESSAGE_CREATE").await["content"], "two");
    assert_eq!(again.event("MESSAGE_CREATE").await["content"], "three");
    again.event("RESUMED").await;
    world.ana.say(world.channel, "four").unwrap();
    assert_eq!(again.event("MESSAGE_CREATE").await["content"], "four");
    assert_eq!(world.discord.connections().resumed, 1);

    world.discord.ask_to_reconnect();
    assert_eq!(again.next().await.unwrap()["op"], 7);
    world.discord.invalidate_sessions(true);
    let told = again.next().await.unwrap();
    assert_eq!((told["op"].as_u64(), told["d"].as_bool()), (Some(9), Some(true)));
    world.discord.refuse_resumes(true);
    let mut refused = Gateway::open(&world.discord.gateway()).await;
    refused.hello().await;
    refused.resume(&world.app.token, &gateway.session, again.sequence).await;
    let told = refused.next().await.unwrap();
    assert_eq!((told["op"].as_u64(), told["d"].as_bool()), (Some(9), Some(false)));
    refused.identify(&world.app.token, MESSAGES).await;
    refused.event("READY").await;
}

#[tokio::test]
async fn a_stalled_gateway_says_nothing_and_then_everything() {
    let world = World::new().await;
    let mut gateway = world.session(MESSAGES | CONTENT).await;
    world.discord.stall(true);
    gateway.send(json!({ "op": 1, "d": null })).await;
    world.ana.say(world.channel, "hello?").unwrap();
    let waited = tokio::time::timeout(Duration::from_millis(50), gateway.next()).await;
    assert!(waited.is_err(), "{waited:?}");
    world.discord.stall(false);
    assert_eq!(gateway.event("MESSAGE_CREATE").await["content"], "hello?");
    gateway.quiet().await;

    world.discord.withhold_hello(true);
    let mut mute = Gateway::open(&world.discord.gateway()).await;
    let waited = tokio::time::timeout(Duration::from_millis(50), mute.next()).await;
    assert!(waited.is_err(), "{waited:?}");
    world.discord.withhold_hello(false);
    mute.hello().await;
}

#[tokio::test]
async fn events_come_twice_or_late_if_a_test_says_so() {
    let world = World::new().await;
    let mut gateway = world.session(MESSAGES | CONTENT).await;
    let said = async |gateway: &mut Gateway| gateway.event("MESSAGE_CREATE").await["content"].clone();
    world.discord.jumble(1.0, 0.0);
    world.ana.say(world.channel, "one").unwrap();
    assert_eq!(said(&mut gateway).await, "one");
    assert_eq!(said(&mut gateway).await, "one");
    world.discord.jumble(0.0, 1.0);
    world.ana.say(world.channel, "two").unwrap();
    world.discord.jumble(0.0, 0.0);
    world.ana.say(world.channel, "three").unwrap();
    assert_eq!(said(&mut gateway).await, "three");
    assert_eq!(said(&mut gateway).await, "two");
    world.discord.jumble(0.0, 1.0);
    world.ana.say(world.channel, "last").unwrap();
    assert_eq!(said(&mut gateway).await, "last");
}

#[tokio::test]
async fn payloads_are_compressed_for_those_who_ask() {
    let world = World::new().await;
    let text = "x".repeat(2_000);
    let mut whole = Gateway::at(&format!("{}/?v=10&encoding=json&compress=zlib-stream", world.discord.gateway())).await;
    whole.hello().await;
    whole.identify(&world.app.token, GUILDS | MESSAGES | CONTENT).await;
    whole.event("READY").await;
    whole.event("GUILD_CREATE").await;
    let mut large = Gateway::open(&world.discord.gateway()).await;
    large.hello().await;
    let properties = json!({ "os": "linux", "browser": "raw", "device": "raw" });
    let intents = GUILDS | MESSAGES | CONTENT;
    let body = json!({ "token": world.app.token, "intents": intents, "properties": properties, "compress": true });
    large.send(json!({ "op": 2, "d": body })).await;
    large.event("READY").await;
    large.event("GUILD_CREATE").await;
    let embeds = vec![json!({ "description": "x".repeat(2_900) }); 2];
    let path = format!("/channels/{}/messages", world.channel);
    world.bot.post(&path, json!({ "content": text, "embeds": embeds })).await;
    for gateway in [&mut whole, &mut large] {
        assert_eq!(gateway.event("MESSAGE_CREATE").await["content"], json!(text));
    }
    assert!(whole.compressed > 3);
    assert!((1..4).contains(&large.compressed), "{}", large.compressed);
}

#[tokio::test]
async fn a_silent_client_is_given_up() {
    let world = World::new().await;
    world.discord.heartbeat(Duration::from_millis(20));
    let mut gateway = Gateway::open(&world.discord.gateway()).await;
    assert_eq!(gateway.hello().await, 20);
    assert_eq!(gateway.next().await, Err(4009));
}

#[tokio::test]
async fn members_are_asked_for_over_the_gateway() {
    let world = World::new().await;
    let mut gateway = world.session(GUILDS | MEMBERS).await;
    let guild = world.guild.id();
    gateway.send(json!({ "op": 8, "d": { "guild_id": guild, "query": "an", "limit": 5, "nonce": "n" } })).await;
    let chunk = gateway.event("GUILD_MEMBERS_CHUNK").await;
    let names: Vec<&Value> = chunk["members"].as_array().unwrap().iter().map(|it| &it["user"]["username"]).collect();
    assert_eq!((names, chunk["nonce"].as_str()), (vec![&json!("ana")], Some("n")));
    let found = world.bot.get(&format!("/guilds/{guild}/members/search?query=be&limit=10")).await.json();
    assert_eq!(found[0]["user"]["username"], "ben");
}
