//! Rooms that are upgraded: Herald goes on in the new one when whoever did that may, and says what is in the way when it cannot.

use herald_synapse::{Account, Synapse};
use serde_json::{Value, json};

use crate::herald::Herald;
use crate::somebody::Somebody;
use crate::town::Town;

/// Upgrades a room as clients do: the homeserver makes the new one, and its maker invites who was in the old one.
async fn upgrade(by: &Account, room: &str, invite: &[&str]) -> String {
    let answer = by.post(&format!("/_matrix/client/v3/rooms/{room}/upgrade"), &json!({ "new_version": "11" })).await;
    let new = answer.unwrap()["replacement_room"].as_str().unwrap().to_owned();
    for user in invite {
        by.invite(&new, user).await.unwrap();
    }
    new
}

/// Gives up a room for another one by hand.
async fn bury(by: &Account, room: &str, new: &str) {
    by.put_state(room, "m.room.tombstone", "", &json!({ "body": "gone", "replacement_room": new })).await.unwrap();
}

async fn publishes(town: &Town, war: &str, words: &str) {
    town.ben.gets(war, &format!("!update {words} next 30m"), "goes to the company").await;
}

async fn comes(somebody: &Somebody, room: &str) {
    somebody.account.join(room).await.unwrap();
    somebody.person.sync().await.unwrap();
}

/// The company's room is one that ana has made, by its id, where Herald has what it needs.
async fn its_own_company_room(town: &mut Town, version: &str) {
    let (ana, bot) = (&town.ana, town.bot.user_id());
    let room = json!({
        "preset": "public_chat", "room_version": version, "invite": [bot],
        "power_level_content_override": { "users": { (ana.id()): 100, (bot): 100 } },
    });
    town.company = ana.account.create_room(room).await.unwrap();
    town.dora.join(&town.company).await.unwrap();
    town.map("company", &town.company);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_room_that_an_admin_upgrades_is_followed_while_herald_runs_and_while_it_is_down() {
    let (town, herald) = Town::new(Synapse::shared().await.unwrap(), "").await;
    let (ana, ben, bot) = (&town.ana, &town.ben, town.bot.user_id());
    for room in [&town.company, &town.war, &town.engineering] {
        town.bot.set_power(room, ana.id(), 100).await.unwrap();
    }
    town.incident().await;

    // While it runs: everybody may join the company's room, so nobody has to invite Herald. In the room of before it has the
    // power of whoever made it, which does not come along.
    let company = upgrade(&ana.account, &town.company, &[]).await;
    ana.account.set_power(&company, bot, 100).await.unwrap();
    town.dora.join(&company).await.unwrap();
    ana.reads(&town.war, "I go on there").await;
    publishes(&town, &town.war, "We are on it").await;
    town.dora.hears(&company, "We are on it").await.unwrap();
    assert!(!town.told().await.iter().any(|it| it.contains("We are on it")));
    assert_eq!(town.dora.say(&company, "hello?").await.unwrap_err().code(), Some((403, "M_FORBIDDEN")));

    let war = upgrade(&ana.account, &town.war, &[bot, ben.id(), town.cleo.id()]).await;
    ana.account.set_power(&war, bot, 50).await.unwrap();
    for somebody in [ben, &town.cleo] {
        comes(somebody, &war).await;
    }
    ben.reads(&war, "I go on there").await;
    ben.gets(&war, "!finding the disk is full", "on the timeline").await;
    publishes(&town, &war, "Still looking").await;
    town.dora.hears(&company, "Still looking").await.unwrap();
    herald.ready_again().await;
    assert_eq!(herald.stop().await, 0);

    // While it is down, and with a command in the new one that nobody has answered.
    let newest = upgrade(&ana.account, &company, &[]).await;
    town.dora.join(&newest).await.unwrap();
    let engineering = upgrade(&ana.account, &town.engineering, &[bot, ben.id()]).await;
    ana.account.set_power(&engineering, bot, 50).await.unwrap();
    comes(ben, &engineering).await;
    ben.person.say(&engineering, "!status").await.unwrap();
    let herald = Herald::start(town.home()).await;
    ben.reads(&engineering, "checkout is down").await;
    publishes(&town, &war, "All is well again").await;
    town.dora.hears(&newest, "All is well again").await.unwrap();
    herald.ready_again().await;
    assert_eq!(herald.get("/readyz").await, (200, "ready\n".to_owned()));
    assert_eq!(herald.stop().await, 0);

    // What was followed stands, also where nothing is to be heard of it any more.
    let herald = Herald::start(town.home()).await;
    assert!(!herald.said.join("\n").contains('⚠'), "{:?}", herald.said);
    publishes(&town, &war, "Back to normal").await;
    town.dora.hears(&newest, "Back to normal").await.unwrap();
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_room_of_an_incident_and_rooms_that_are_written_by_their_ids_are_followed_too() {
    let server = Synapse::shared().await.unwrap();
    let mut town = Town::plan(server).await;
    let (ana, bot) = (town.ana.clone(), town.bot.user_id().to_owned());
    its_own_company_room(&mut town, "10").await;
    let herald = Herald::start(town.home()).await;
    let town = town.settle_in().await;
    ana.person.say(&town.war, "!declare keys leaked --security").await.unwrap();
    let own = ana.comes_in(&bot).await;
    ana.gets(&own, "!take spokesperson", "spokesperson now").await;
    let company = upgrade(&ana.account, &town.company, &[]).await;
    town.dora.join(&company).await.unwrap();
    ana.reads(&own, "I go on there").await;
    ana.gets(&own, "!update We are looking next 30m", "goes to the company").await;
    town.dora.hears(&company, "We are looking").await.unwrap();

    // Herald's level in the new room is lower than what it takes to look after it, until somebody gives it that.
    town.bot.set_power(&own, ana.id(), 100).await.unwrap();
    let new = upgrade(&ana.account, &own, &[&bot]).await;
    let talk = ana.comes_in(&bot).await;
    ana.reads(&talk, "where I cannot go on by myself").await;
    herald.is("⚠ The room of INC-1").await;
    ana.account.set_power(&new, &bot, 100).await.unwrap();
    ana.gets(&new, "!finding it was the laptop", "on the timeline").await;
    ana.gets(&new, "!update We know the cause next 30m", "goes to the company").await;
    town.dora.hears(&company, "We know the cause").await.unwrap();
    assert_eq!(herald.stop().await, 0);
    let herald = Herald::start(town.home()).await;
    assert!(!herald.said.join("\n").contains('⚠'), "{:?}", herald.said);
    ana.gets(&new, "!update We found the laptop next 30m", "goes to the company").await;
    town.dora.hears(&company, "We found the laptop").await.unwrap();
    assert_eq!(herald.stop().await, 0);
}

/// What stands between Herald and the new room, what is said of that, and who puts it right.
struct Case {
    name: &'static str,
    why: &'static str,
    /// Whether Herald goes on by itself once it is put right. Else an admin says so.
    heals: bool,
}

const CASES: [Case; 3] = [
    Case { name: "the new one names none", why: "does not say that it takes the place", heals: false },
    Case { name: "Herald has no power there", why: "power level", heals: true },
    Case { name: "Herald cannot come in", why: "Herald cannot join it. Invite", heals: true },
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_is_held_where_an_upgrade_cannot_be_verified_until_that_is_put_right() {
    let server = Synapse::shared().await.unwrap();
    let mut town = Town::plan(server).await;
    let (ana, bot) = (town.ana.clone(), town.bot.user_id().to_owned());
    let ben = town.ben.id().to_owned();
    its_own_company_room(&mut town, "11").await;
    let herald = Herald::start(town.home()).await;
    let town = town.settle_in().await;
    town.incident().await;
    let mut talk = None;
    let mut old = town.company.clone();
    for Case { name, why, heals } in CASES {
        let predecessor = json!({ "predecessor": { "room_id": old } });
        let levels = |herald: i64| json!({ "users": { (ana.id()): 100, (&bot): herald } });
        let made = |content: Value, preset: &str, levels: Value| {
            json!({ "preset": preset, "room_version": "11", "creation_content": content,
                    "power_level_content_override": levels })
        };
        let room = match name {
            "the new one names none" => made(json!({}), "public_chat", levels(100)),
            "Herald cannot come in" => made(predecessor, "private_chat", levels(100)),
            _ => made(predecessor, "public_chat", levels(0)),
        };
        let new = ana.account.create_room(room).await.unwrap();
        bury(&ana.account, &old, &new).await;
        herald.is("⚠ The company channel").await;
        let ready = herald.get("/readyz").await.1;
        assert!(ready.contains(why) && ready.contains(&new), "{name}: {ready}");
        // In the one that Herald makes.
        let talk = match &talk {
            Some(talk) => talk,
            None => talk.insert(ana.comes_in(&bot).await),
        };
        ana.reads(talk, why).await;
        town.ben.reads(&town.war, why).await;
        let words = format!("Words of the case {why}");
        publishes(&town, &town.war, &words).await;
        herald.logs_line("not sent, will try again", herald.logged()).await;
        if !heals {
            ana.gets(talk, &format!("!admin map company matrix:{new}"), "One update that had not arrived").await;
        } else if name == "Herald cannot come in" {
            ana.account.invite(&new, &bot).await.unwrap();
        } else {
            ana.account.set_power(&new, &bot, 100).await.unwrap();
        }
        ana.account.hears(&new, &words).await.unwrap();
        let told: Vec<String> =
            ana.account.messages(&old).await.unwrap().iter().map(|it| it.body().to_owned()).collect();
        assert!(!told.iter().any(|it| it.contains(&words)), "{name}: {told:?}");
        herald.ready_again().await;
        old = new;
    }

    // Whoever has no more than a moderator's power does not say which room counts, although the homeserver lets them.
    let engineering = &town.engineering;
    let mut levels = town.bot.power_levels(engineering).await.unwrap();
    levels["users"][&ben] = json!(50);
    levels["events"]["m.room.tombstone"] = json!(50);
    town.bot.put_state(engineering, "m.room.power_levels", "", &levels).await.unwrap();
    let room = json!({ "preset": "public_chat", "creation_content": { "predecessor": { "room_id": engineering } } });
    let theirs = town.ben.account.create_room(room).await.unwrap();
    bury(&town.ben.account, engineering, &theirs).await;
    herald.is("⚠ Engineering").await;
    assert!(herald.get("/readyz").await.1.contains("no admin of it"));
    assert!(!town.ben.account.members(&theirs).await.unwrap().contains_key(&bot), "Herald did not even go in");

    // A room that is no more open than the one before, in any way.
    town.bot.set_power(&town.war, ana.id(), 100).await.unwrap();
    let state = |kind: &str, content: Value| json!({ "type": kind, "state_key": "", "content": content });
    let members = json!({ "type": "m.room_membership", "room_id": town.company });
    let room = json!({
        "preset": "private_chat", "room_version": "11", "invite": [bot],
        "creation_content": { "predecessor": { "room_id": town.war } },
        "power_level_content_override": { "users": { (ana.id()): 100, (&bot): 100 } },
        "initial_state": [
            state("m.room.encryption", json!({ "algorithm": "m.megolm.v1.aes-sha2" })),
            state("m.room.join_rules", json!({ "join_rule": "restricted", "allow": [members] })),
        ],
    });
    let new = ana.account.create_room(room).await.unwrap();
    bury(&ana.account, &town.war, &new).await;
    ana.reads(talk.as_ref().unwrap(), "can be joined without an invitation").await;
    ana.account.put_state(&new, "m.room.join_rules", "", &json!({ "join_rule": "invite" })).await.unwrap();
    herald.logs_line("a room was given up for another: Herald goes on there", 0).await;
    assert_eq!(herald.stop().await, 0);
}
