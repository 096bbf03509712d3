//! `herald check` on Discord, with every answer that can be wrong.

use std::fs;
use std::time::Duration;

use herald_guild::permissions;
use serde_json::json;

use crate::checked::Checked;
use crate::herald::Herald;
use crate::town::{RIGHTS, Town};

/// All that the application may be given: who is on the server, and what people write.
const MEMBERS: u64 = 1 << 1;
const CONTENT: u64 = 1 << 15;

/// What may change there, and who did it.
fn changes(town: &Town) -> usize {
    town.discord.requests().iter().filter(|it| it.method != "GET").count()
}

/// A change to the file of the configuration.
fn edit(town: &Town, from: &str, to: &str) {
    let file = town.home().join("herald.toml");
    let config = fs::read_to_string(&file).unwrap();
    assert!(config.contains(from), "{config}");
    fs::write(file, config.replace(from, to)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_up_without_a_fault_is_found_so_and_nothing_is_changed() {
    let town = Town::plan().await;
    let first = Checked::at(town.home()).await;
    first
        .well()
        .says("✔ discord token", "Herald is Herald")
        .says("✔ discord intents", "")
        .says("✔ discord clock", "")
        .says("✔ discord sessions", "1000 of 1000")
        .says("✔ discord commands", "")
        .says("✔ discord.responders", "the role responders")
        .says("✔ rooms.war_room[0] #war-room", "Herald makes it")
        .says("✔ people.admins", "is on the server")
        .says("✔ data directory", "not there yet")
        .says("✔ disk", "MiB are free")
        .says("✔ herald.zone", "UTC");
    assert!(!town.home().join("data").exists());
    assert_eq!(changes(&town), 0);
    assert!(town.guild.channels().is_empty());
    assert!(town.guild.commands(town.bot.id).is_empty());

    // While it runs, and with channels that it made.
    let herald = Herald::start(town.home()).await;
    let before = (changes(&town), town.discord.connections());
    let second = Checked::at(town.home()).await;
    second
        .well()
        .says("✔ data directory", "a Herald runs in data now")
        .says("✔ rooms.war_room[0] #war-room", "may do there what it has to")
        .says("✔ rooms.company[0] #company", "may do there what it has to");
    assert_eq!((changes(&town), town.discord.connections()), before);
    let found = Checked::with(town.home(), &["--format", "json"]).await.json();
    assert!(found.iter().any(|it| it["grade"] == "fine" && it["about"] == "discord token"), "{found:#?}");
    assert!(found.iter().all(|it| it["says"].as_str().is_some_and(|says| !says.contains(&town.bot.token))));
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_and_a_wrong_address_are_named() {
    let town = Town::plan().await;
    fs::write(town.home().join("token"), "not.a.token").unwrap();
    Checked::at(town.home()).await.wrong(&[("discord token", "does not accept the token")]).says("✔ discord clock", "");

    fs::remove_file(town.home().join("token")).unwrap();
    Checked::at(town.home()).await.wrong(&[("discord token", "discord.token_file")]);

    fs::write(town.home().join("token"), &town.bot.token).unwrap();
    edit(&town, &town.discord.address(), "http://127.0.0.1:9");
    Checked::at(town.home()).await.wrong(&[("discord token", "cannot be reached")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intent_that_is_off_is_named_with_the_switch() {
    let town = Town::plan().await;
    for (allowed, switch) in [(MEMBERS, "Message Content Intent"), (CONTENT, "Server Members Intent")] {
        town.discord.allow_intents(town.bot.id, allowed);
        Checked::at(town.home()).await.wrong(&[("discord intents", switch)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_herald_is_not_on_is_named_with_the_invitation() {
    let town = Town::plan().await;
    town.guild.remove(town.bot.id);
    let found = Checked::at(town.home()).await;
    found.wrong(&[("discord server", "https://discord.com/oauth2/authorize")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_that_are_not_there_and_rights_that_are_missing_are_named() {
    let town = Town::plan().await;
    edit(&town, "create_channels = true", "create_channels = false");
    let missing = ("rooms.war_room[0] #war-room", "create_channels = true");
    let company = ("rooms.company[0] #company", "the server has no such channel");
    town.guild.channel("engineering").unwrap();
    Checked::at(town.home()).await.wrong(&[missing, company]);

    // Nobody may write in one of them, Herald may not see another, and in the third it cannot keep others out.
    let war = town.guild.channel("war-room").unwrap();
    let everybody = town.guild.id();
    town.guild.overwrite(war, everybody, 0, permissions::VIEW_CHANNEL).unwrap();
    let told = town.guild.channel("company").unwrap();
    town.guild.overwrite(told, town.bot.id, 0, permissions::MANAGE_ROLES).unwrap();
    let engineering = town.channel("engineering");
    town.guild.overwrite(engineering, everybody, 0, permissions::SEND_MESSAGES).unwrap();
    Checked::at(town.home()).await.wrong(&[
        ("rooms.war_room[0] #war-room", "Herald lacks `View Channel`"),
        ("rooms.engineering[0] #engineering", "Herald lacks `Send Messages`"),
        ("rooms.company[0] #company", "may not say who writes in #company"),
    ]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_open_or_missing_is_behind_a_warning() {
    let town = Town::plan().await;
    for name in ["war-room", "engineering", "company"] {
        town.guild.channel(name).unwrap();
    }
    edit(&town, "responders = ", "archive = \"7\"\nresponders = ");
    edit(&town, &format!("admins = [\"discord:{}\"]", town.ana.id()), "admins = [\"discord:7\"]");
    let found = Checked::at(town.home()).await;
    found
        .well()
        .says("⚠ rooms.war_room[0] #war-room", "Everybody on the server can read #war-room")
        .says("⚠ discord.archive", "no category 7")
        .says("⚠ people.admins", "7 is not on the server");
    town.guild.remove_role(town.responders);
    Checked::at(town.home()).await.wrong(&[("discord.responders", "has no role")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_that_herald_may_not_make_are_named() {
    let town = Town::plan().await;
    town.guild.remove(town.bot.id);
    town.guild.add(town.bot.id, RIGHTS & !permissions::MANAGE_CHANNELS);
    let found = Checked::at(town.home()).await;
    found.says("⚠ discord permissions", "lacks `Manage Channels");
    found.says("✘ rooms.war_room[0] #war-room", "Herald may not make channels");
    assert_eq!(found.status, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_are_used_up_and_a_clock_that_is_off_are_named() {
    let town = Town::plan().await;
    town.discord.sessions_left(town.bot.id, 400);
    Checked::at(town.home()).await.well().says("⚠ discord sessions", "400 of 1000");
    town.discord.sessions_left(town.bot.id, 1);
    Checked::at(town.home()).await.wrong(&[("discord sessions", "Find out what")]);
    town.discord.sessions_left(town.bot.id, 1000);

    town.discord.advance(Duration::from_secs(30));
    Checked::at(town.home()).await.well().says("⚠ discord clock", "s behind the server's");
    town.discord.advance(Duration::from_mins(10));
    Checked::at(town.home()).await.wrong(&[("discord clock", "timedatectl")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_machine_is_looked_at_too() {
    let town = Town::plan().await;
    edit(&town, "data = \"data\"", "data = \"herald.toml/data\"");
    edit(&town, "[people]", "[journal]\nkeep_free = \"1024GiB\"\n[people]");
    Checked::at(town.home())
        .await
        .wrong(&[("data directory", "herald.toml is no directory"), ("disk", "too little room")]);

    town.configure("");
    fs::write(town.home().join("data"), "a file").unwrap();
    Checked::at(town.home()).await.wrong(&[("data directory", "data is no directory")]);

    // What cannot be read at all is a finding as well, and the only one.
    town.configure("[nonsense]\n");
    let found = Checked::at(town.home()).await;
    found.wrong(&[("configuration", "nonsense")]);
    assert_eq!(found.out.lines().count(), 1);
    let found = Checked::with(town.home(), &["--format", "json"]).await;
    assert_eq!((found.status, &found.json()[0]["grade"]), (1, &json!("wrong")));
}
