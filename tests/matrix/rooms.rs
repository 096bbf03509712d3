//! Rooms of their own, secrets, and the line that the homeserver holds.

use std::collections::BTreeSet;

use herald_synapse::Synapse;
use serde_json::json;

use crate::herald::Herald;
use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn two_incidents_have_rooms_of_their_own_that_close_with_them() {
    let (town, herald) = Town::new(Synapse::shared().await.unwrap(), "[incidents]\nown_room = true\n").await;
    let (ana, ben, war) = (&town.ana, &town.ben, town.war.as_str());
    ana.person.say(war, "!declare search is slow").await.unwrap();
    let search = ana.comes_in(town.bot.user_id()).await;
    ben.person.say(war, "!declare mail is late").await.unwrap();
    let mail = ben.comes_in(town.bot.user_id()).await;
    assert_ne!(search, mail);

    ana.reads(&search, "INC-1 search is slow").await;
    ben.reads(&mail, "INC-2 mail is late").await;
    ana.gets(&search, "!finding the index is cold", "on the timeline").await;
    ben.gets(&mail, "!finding the queue is full", "on the timeline").await;
    assert!(ana.person.lines(&mail).await.is_err(), "nobody is in the other's room who was not called there");
    assert!(!ana.transcript(&search).await.contains("queue"));

    ana.gets(&search, "!take spokesperson", "ana is spokesperson now").await;
    ana.gets(&search, "!resolve warmed it up", "resolved").await;
    ana.gets(&search, "!update Search is fast again. final", "goes to the company").await;
    ana.person.say(&search, "!close").await.unwrap();
    ana.reads(&search, "Promises: 1 kept, 0 broken").await;
    // Its homeserver takes no more words there, and all that was said can be read.
    ana.account
        .wait_for(&search, |events| events.iter().any(|event| event.kind() == "im.herald.archived").then_some(()))
        .await
        .unwrap();
    let levels = |events: &[herald_synapse::Event]| {
        let newest = events.iter().rev().find(|event| event.kind() == "m.room.power_levels")?;
        (newest.content()["events_default"].as_i64() >= Some(50)).then_some(())
    };
    ana.account.wait_for(&search, levels).await.unwrap();
    let no = ana.account.say(&search, "one more thing").await.unwrap_err();
    assert_eq!(no.code(), Some((403, "M_FORBIDDEN")));
    ben.gets(&mail, "!finding it drains", "on the timeline").await;
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_title_of_a_security_incident_is_in_its_own_room_alone() {
    let (town, herald) = Town::new(Synapse::shared().await.unwrap(), "").await;
    let (ana, ben, war) = (&town.ana, &town.ben, town.war.as_str());
    let title = "signing key was stolen";
    ana.person.say(war, &format!("!declare {title} --security --severity critical")).await.unwrap();
    let own = ana.comes_in(town.bot.user_id()).await;
    ana.reads(&own, title).await;
    ana.gets(&own, "!take spokesperson", "spokesperson now").await;
    ana.gets(&own, "!update We are looking into a security matter next 20m", "goes to the company").await;
    town.hears("We are looking into a security matter").await;
    ana.gets(&own, "!invite cleo", "cleo").await;
    town.cleo.comes_in(town.bot.user_id()).await;
    town.cleo.reads(&own, "cleo is being let into this room").await;
    ben.gets(war, "!status", "INC-1").await;

    let mut seen = BTreeSet::new();
    for somebody in [ana, ben, &town.cleo] {
        somebody.person.sync().await.unwrap();
        for room in somebody.account.joined_rooms().await.unwrap() {
            let words = somebody.transcript(&room).await;
            let raw = somebody.account.messages(&room).await.unwrap();
            let state = somebody.account.all_state(&room).await.unwrap();
            let all = format!("{words}\n{raw:?}\n{state:?}");
            assert!(room == own || !all.contains(title), "{} reads it in {room}:\n{words}", somebody.id());
            seen.insert(room);
        }
    }
    assert!(seen.len() >= 4, "{seen:?}");
    for event in town.dora.messages(&town.company).await.unwrap() {
        assert!(!format!("{event:?}").contains(title));
    }
    assert!(!herald.log().contains(title), "nor in the log");
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_admin_writes_in_the_company_room_is_removed_and_answered() {
    let server = Synapse::shared().await.unwrap();
    let mut town = Town::plan(server).await;
    let (ana, bot) = (town.ana.clone(), town.bot.user_id().to_owned());
    // A room that was there before Herald, with other people in power.
    let alias = town.server.unique("all-hands");
    let room = json!({
        "room_alias_name": alias, "preset": "public_chat", "room_version": "11", "invite": [bot],
        "power_level_content_override": { "users": { (ana.id()): 100, (&bot): 20 } },
    });
    town.company = ana.account.create_room(room).await.unwrap();
    town.dora.join(&town.company).await.unwrap();
    town.map("company", &format!("#{alias}:example.org"));
    let herald = Herald::start(town.home()).await;
    // It says what it lacks, and the exact level to grant.
    let said = herald.said.join("\n");
    assert!(
        said.contains("⚠ ") && said.contains("power level in") && said.contains("is 20 and has to be 100"),
        "{said}"
    );
    assert_eq!(herald.stop().await, 0);

    ana.account.set_power(&town.company, &bot, 100).await.unwrap();
    let herald = Herald::start(town.home()).await;
    let town = town.settle_in().await;
    let no = town.dora.say(&town.company, "hello?").await.unwrap_err();
    assert_eq!(no.code(), Some((403, "M_FORBIDDEN")));

    let slip = ana.account.say(&town.company, "the database password is hunter2").await.unwrap();
    let talk = ana.comes_in(&bot).await;
    let told = ana.reads(&talk, "!ask").await;
    assert!(!told.text.contains("hunter2"), "{told:?}");
    let warned = ana.reads(&town.war, "company channel").await;
    assert!(!warned.text.contains("hunter2"), "{warned:?}");
    let gone = |events: &[herald_synapse::Event]| {
        events.iter().find(|event| event.id() == slip).is_some_and(herald_synapse::Event::is_redacted).then_some(())
    };
    town.dora.wait_for(&town.company, |_| Some(())).await.unwrap();
    let events = town.dora.messages(&town.company).await.unwrap();
    assert!(gone(&events).is_some(), "{events:?}");

    // Somebody opens the room to all: Herald closes it again.
    let mut levels = ana.account.power_levels(&town.company).await.unwrap();
    levels["events_default"] = json!(0);
    ana.account.put_state(&town.company, "m.room.power_levels", "", &levels).await.unwrap();
    let closed = |events: &[herald_synapse::Event]| {
        let newest = events.iter().rev().find(|event| event.kind() == "m.room.power_levels")?;
        (newest.sender() == bot && newest.content()["events_default"] == 100).then_some(())
    };
    town.dora.wait_for(&town.company, closed).await.unwrap();
    assert_eq!(herald.stop().await, 0);
}
