//! What goes wrong with requests when a test says so.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use herald_guild::{Exchange, Fault, Rule, transcript};

use crate::raw::{Gateway, World};

#[tokio::test]
async fn requests_are_cut_before_or_after_they_are_done() {
    let world = World::new().await;
    let posts = |method: &str, path: &str| method == "POST" && path.ends_with("/messages");
    world.discord.fault(Rule::new(Fault::Cut).on(posts).times(1));
    world.discord.fault(Rule::new(Fault::LoseAnswer).on(posts).times(1));
    let path = format!("/channels/{}/messages", world.channel);
    let said = async |text: &str| world.bot.ask("POST", &path, serde_json::json!({ "content": text })).await;
    assert!(said("one").await.is_err());
    assert!(said("two").await.is_err());
    assert_eq!(said("three").await.unwrap().status, 200);
    assert_eq!(transcript(&world.ana.reads(world.channel).unwrap()), "Herald: two\nHerald: three");
    let statuses: Vec<(u16, bool)> = world.discord.requests().iter().map(|it| (it.status, it.fault)).collect();
    assert_eq!(statuses, [(0, true), (200, true), (200, false)]);
}

#[tokio::test]
async fn requests_are_held_and_released() {
    let world = World::new().await;
    world.discord.fault(Rule::new(Fault::Hold).times(1));
    let (bot, channel) = (world.bot.clone(), world.channel);
    let held = tokio::spawn(async move { bot.say(channel, "held").await.status });
    world.discord.held(1).await;
    assert_eq!(world.ana.reads(channel).unwrap(), []);
    world.discord.release();
    assert_eq!(held.await.unwrap(), 200);

    world.discord.fault(Rule::new(Fault::HoldAnswer).times(1));
    let bot = world.bot.clone();
    let held = tokio::spawn(async move { bot.say(channel, "done").await.status });
    world.ana.wait_for(channel, |seen| (seen.len() == 2).then_some(())).await.unwrap();
    world.discord.held(1).await;
    assert!(!held.is_finished());
    world.discord.release();
    assert_eq!(held.await.unwrap(), 200);

    world.discord.fault(Rule::new(Fault::Hold).times(1));
    let bot = world.bot.clone();
    let gives_up = tokio::spawn(async move { bot.say(channel, "after all").await.status });
    world.discord.held(1).await;
    gives_up.abort();
    assert!(gives_up.await.unwrap_err().is_cancelled());
    world.discord.release();
    world.ana.wait_for(channel, |seen| (seen.len() == 3).then_some(())).await.unwrap();
    world.discord.fault(Rule::new(Fault::Delay(Duration::from_millis(1))).times(1));
    assert_eq!(world.bot.say(channel, "late").await.status, 200);
}

#[tokio::test]
async fn errors_are_discords_or_those_of_what_stands_before_it() {
    let world = World::new().await;
    world.discord.fault(Rule::new(Fault::Error(503)).times(1));
    world.discord.fault(Rule::new(Fault::Page(502)));
    assert_eq!(world.bot.say(world.channel, "x").await.code(), (503, 0));
    let page = world.bot.say(world.channel, "x").await;
    assert_eq!((page.status, page.header("server")), (502, "cloudflare"));
    world.discord.heal();
    assert_eq!(world.bot.say(world.channel, "x").await.status, 200);
    assert_eq!(world.ana.reads(world.channel).unwrap().len(), 1);
    world.discord.fault(Rule::new(Fault::Error(500)).chance(0.5));
    let mut failed = 0;
    for _ in 0..20 {
        failed += usize::from(world.bot.get("/users/@me").await.status == 500);
    }
    assert!((1..20).contains(&failed), "{failed}");
}

#[tokio::test]
async fn a_stopped_server_comes_back_with_all_it_knew() {
    let world = World::new().await;
    let mut gateway = world.session(1 << 9 | 1 << 15).await;
    let mut unborn = Gateway::open(&world.discord.gateway()).await;
    unborn.hello().await;
    world.bot.say(world.channel, "before").await;
    gateway.event("MESSAGE_CREATE").await;
    let port = world.discord.port();
    world.discord.stop();
    assert_eq!(gateway.next().await, Err(0));
    assert_eq!(unborn.next().await, Err(0));
    let path = format!("/channels/{}/messages", world.channel);
    assert!(world.bot.ask("GET", &path, serde_json::Value::Null).await.is_err());
    world.ana.say(world.channel, "meanwhile").unwrap();
    world.discord.start_again().await.unwrap();
    assert_eq!(world.discord.port(), port);
    assert_eq!(world.bot.get(&path).await.json().as_array().unwrap().len(), 2);
    let mut again = Gateway::open(&world.discord.gateway()).await;
    again.hello().await;
    again.resume(&world.app.token, &gateway.session, gateway.sequence).await;
    assert_eq!(again.event("MESSAGE_CREATE").await["content"], "meanwhile");
}

#[tokio::test]
async fn who_listens_hears_all() {
    let world = World::new().await;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&heard);
    world.discord.tap(move |exchange| {
        ear.lock().unwrap().push(match exchange {
            Exchange::Rest { method, path, status, fault, .. } => format!("{method} {path} {status} {fault}"),
            Exchange::Sent { payload } => format!("sent {}", payload["op"]),
            Exchange::Received { payload } => format!("received {}", payload["op"]),
        });
    });
    let _gateway = world.session(0).await;
    world.bot.get("/users/@me/guilds?limit=1").await;
    world.discord.fault(Rule::new(Fault::Error(500)).times(1));
    world.bot.get("/users/@me").await;
    let heard = heard.lock().unwrap().clone();
    assert_eq!(
        heard,
        [
            "sent 10",
            "received 2",
            "sent 0",
            "GET /api/v10/users/@me/guilds 200 false",
            "GET /api/v10/users/@me 500 true"
        ]
    );
}
