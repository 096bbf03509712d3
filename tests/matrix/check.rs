//! `herald check` on Matrix, with every answer that can be wrong.

use std::fs;

use herald_synapse::{Admin, Fault, Proxy, Rule, Synapse};
use serde_json::{Value, json};

use crate::checked::Checked;
use crate::herald::Herald;
use crate::town::Town;

/// A change to the file of the configuration.
fn edit(town: &Town, from: &str, to: &str) {
    let file = town.home().join("herald.toml");
    let config = fs::read_to_string(&file).unwrap();
    assert!(config.contains(from), "{config}");
    fs::write(file, config.replace(from, to)).unwrap();
}

/// The devices of Herald's account.
async fn devices(town: &Town) -> Vec<Value> {
    let answer = town.bot.get("/_matrix/client/v3/devices").await.unwrap();
    let mut devices = answer["devices"].as_array().unwrap().clone();
    for device in &mut devices {
        // When it was last seen is not part of it.
        *device = json!([device["device_id"], device["display_name"]]);
    }
    devices
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_up_without_a_fault_is_found_so_and_nothing_is_changed() {
    let town = Town::plan(Synapse::shared().await.unwrap()).await;
    let before = devices(&town).await;
    let first = Checked::at(town.home()).await;
    first
        .well()
        .says("✔ matrix.homeserver", "answers")
        .says("✔ matrix clock", "")
        .says("✔ matrix account", town.bot.user_id())
        .says("✔ matrix device", "first start")
        .says("⚠ matrix message limit", "override_ratelimit")
        .says("✔ rooms.war_room[0]", "Herald makes it")
        .says("✔ people.admins", town.ana.id());
    assert_eq!(devices(&town).await, before);
    assert!(!town.home().join("data").exists());
    let found = Checked::with(town.home(), &["--format", "json"]).await.json();
    assert!(found.iter().any(|it| it["grade"] == "warning" && it["about"] == "matrix message limit"), "{found:#?}");
    assert!(found.iter().all(|it| it["says"].as_str().is_some_and(|says| !says.contains(town.bot.password()))));
    assert_eq!(devices(&town).await, before);

    // With the session of its own, while it runs and after.
    let herald = Herald::start(town.home()).await;
    let before = devices(&town).await;
    let running = Checked::at(town.home()).await;
    running
        .well()
        .says("✔ data directory", "a Herald runs in data now")
        .says("✔ matrix device", "is signed")
        .says("✔ rooms.war_room[0]", "may write, pin and remove")
        .says("✔ rooms.company[0]", "keep others from writing");
    assert_eq!(herald.stop().await, 0);
    Checked::at(town.home()).await.well().says("✔ matrix device", "is signed");
    assert_eq!(devices(&town).await, before);
    let herald = Herald::start(town.home()).await;
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_address_and_a_wrong_password_are_named() {
    let town = Town::plan(Synapse::shared().await.unwrap()).await;
    let url = town.server.url();
    fs::write(town.home().join("password"), "not this").unwrap();
    Checked::at(town.home()).await.wrong(&[("matrix account", "does not accept this password")]);
    fs::remove_file(town.home().join("password")).unwrap();
    Checked::at(town.home()).await.wrong(&[("matrix account", "matrix.password_file")]);
    fs::write(town.home().join("password"), town.bot.password()).unwrap();

    edit(&town, &url, "http://127.0.0.1:9");
    Checked::at(town.home()).await.wrong(&[("matrix.homeserver", "cannot be reached")]);
    edit(&town, "http://127.0.0.1:9", &format!("{url}/_matrix"));
    Checked::at(town.home()).await.wrong(&[("matrix.homeserver", "no Matrix homeserver")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_signed_out_is_named() {
    let town = Town::plan(Synapse::shared().await.unwrap()).await;
    let herald = Herald::start(town.home()).await;
    assert_eq!(herald.stop().await, 0);
    town.bot.post("/_matrix/client/v3/logout/all", &json!({})).await.unwrap();
    Checked::at(town.home()).await.wrong(&[("matrix account", "does not know the access token of Herald's session")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_logs_in_beside_a_herald_that_has_no_session_yet() {
    let server = Synapse::shared().await.unwrap();
    let town = Town::plan(server.clone()).await;
    let proxy = Proxy::start(server.port(), 1).await.unwrap();
    edit(&town, &server.url(), &proxy.url());
    proxy.go_dark().await;
    let mut herald = Herald::begin(town.home());
    herald.says("Herald 0").await;
    proxy.inject(Rule::new(Fault::Gateway(503)).on(|_, path| path.ends_with("/login")));
    proxy.go_light().await.unwrap();
    let found = Checked::at(town.home()).await;
    found.well().says("⚠ matrix account", "has no session yet");
    herald.kill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_that_are_not_there_and_power_that_is_missing_are_named() {
    let town = Town::plan(Synapse::shared().await.unwrap()).await;
    edit(&town, "create_rooms = true", "create_rooms = false");
    let ana = town.ana.account.clone();
    let bot = town.bot.user_id().to_owned();
    let room = |powers: Value| json!({ "preset": "public_chat", "room_version": "11", "invite": [bot], "power_level_content_override": powers });
    let company = ana.create_room(room(json!({ "users": { (ana.user_id()): 100, (&bot): 20 } }))).await.unwrap();
    let muted =
        ana.create_room(room(json!({ "users": { (ana.user_id()): 100 }, "events_default": 50 }))).await.unwrap();
    for at in [&company, &muted] {
        town.bot.join(at).await.unwrap();
    }
    town.map("company", &company);
    town.map("engineering", &muted);
    Checked::at(town.home()).await.wrong(&[
        ("rooms.war_room[0]", "create_rooms = true"),
        ("rooms.engineering[0]", "who writes there has 50"),
        ("rooms.company[0]", "is 20 and has to be 100"),
    ]);

    ana.set_power(&company, &bot, 100).await.unwrap();
    let mut levels = ana.power_levels(&muted).await.unwrap();
    levels["events_default"] = json!(0);
    ana.put_state(&muted, "m.room.power_levels", "", &levels).await.unwrap();
    town.bot.leave(&company).await.unwrap();
    let found = Checked::at(town.home()).await;
    found
        .says("⚠ rooms.engineering[0]", "cannot pin the board")
        .says("⚠ rooms.company[0]", "invite")
        .wrong(&[("rooms.war_room[0]", "no room has that alias")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_limit_is_told_as_far_as_it_can_be_seen() {
    let server = Synapse::shared().await.unwrap();
    let mut town = Town::plan(server.clone()).await;
    Checked::at(town.home()).await.well().says("⚠ matrix message limit", "only an admin of the homeserver can see it");
    // Whoever runs Herald as an admin of the homeserver learns more.
    let admin = server.register("chief", Admin::Yes).await.unwrap();
    let (old, new) = (town.bot.user_id().to_owned(), admin.user_id().to_owned());
    town.bot = admin;
    edit(&town, &old, &new);
    fs::write(town.home().join("password"), town.bot.password()).unwrap();
    Checked::at(town.home()).await.well().says("⚠ matrix message limit", "10 messages, then one every 5 s");
    town.bot.limit_messages(&new, 1, 10).await.unwrap();
    Checked::at(town.home()).await.well().says("⚠ matrix message limit", "only 1 messages a second");
    town.bot.limit_messages(&new, 0, 0).await.unwrap();
    Checked::at(town.home()).await.well().says("✔ matrix message limit", "as fast as an incident needs");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_off_is_named() {
    let server = Synapse::shared().await.unwrap();
    let town = Town::plan(server.clone()).await;
    let proxy = Proxy::start(server.port(), 1).await.unwrap();
    edit(&town, &server.url(), &proxy.url());
    proxy.inject(Rule::new(Fault::Dated("Mon, 05 Jan 2026 12:00:00 GMT")));
    Checked::at(town.home()).await.wrong(&[("matrix clock", "ahead of the server's")]);
}
