//! A plain member takes what they can take, while Herald is up, down and starting: aliases, talks, reactions, names.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use herald_chat::SendKey;
use herald_synapse::{Account, Admin, Event, Fault, Proxy, Rule, Synapse};
use serde_json::{Value, json};

use crate::herald::Herald;
use crate::somebody::Somebody;
use crate::town::Town;

/// The alias that an earlier Herald gave to its talk with somebody.
fn old_talk(user: &str) -> String {
    format!("#herald-{}:example.org", SendKey::derive("direct", user, 0))
}

/// Somebody asks for a code in a talk that they made. Returns the code, and where it came: in one that Herald made for them
/// alone.
async fn code(town: &Town, who: &Somebody) -> (String, String) {
    let bot = town.bot.user_id();
    let talk = who.account.begin_talk(bot).await.unwrap();
    who.account.say(&talk, "!link").await.unwrap();
    let own = who.comes_in(bot).await;
    assert_ne!(own, talk);
    let line = who.reads(&own, "from your other account").await;
    let made_by: Vec<String> = {
        let state = who.account.all_state(&own).await.unwrap();
        state.iter().filter(|it| it.kind() == "m.room.create").map(|it| it.sender().to_owned()).collect()
    };
    assert_eq!(made_by, [bot]);
    let members = who.account.members(&own).await.unwrap();
    assert_eq!(members.keys().map(String::as_str).collect::<std::collections::BTreeSet<_>>(), [bot, who.id()].into());
    let said = who.account.messages(&talk).await.unwrap();
    let code = line.text.split("!link ").nth(1).map(|rest| rest.chars().take(8).collect::<String>()).unwrap();
    assert!(!format!("{said:?}").contains(&code), "a code is told where only Herald lets people in");
    (code, own)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alias_that_a_member_points_at_the_company_brings_nothing_there() {
    let (town, herald) = Town::new(Synapse::shared().await.unwrap(), "").await;
    let dora = &town.dora;
    // While it runs.
    dora.point(&old_talk(town.ben.id()), &town.company).await.unwrap();
    let (ben, _) = code(&town, &town.ben).await;
    assert_eq!(herald.stop().await, 0);
    // While it does not.
    dora.point(&old_talk(town.cleo.id()), &town.company).await.unwrap();
    let mut herald = Herald::begin(town.home());
    // While it starts.
    dora.point(&old_talk(town.ana.id()), &town.company).await.unwrap();
    herald.ready().await;
    let (cleo, _) = code(&town, &town.cleo).await;
    let (ana, own) = code(&town, &town.ana).await;
    let seen = format!("{:?}", dora.messages(&town.company).await.unwrap());
    for code in [ben, cleo, ana] {
        assert!(!seen.contains(&code), "{seen}");
    }
    assert_eq!(town.told().await, [""; 0]);
    // It is the same talk after a start.
    assert_eq!(herald.stop().await, 0);
    let herald = Herald::start(town.home()).await;
    town.ana.gets(&own, "!link", "from your other account").await;
    assert_eq!(herald.stop().await, 0);
}

/// Tells of the aliases under which Herald asks for rooms.
fn overheard(proxy: &Proxy) -> Arc<Mutex<Vec<String>>> {
    let aliases = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&aliases);
    proxy.tap(move |exchange| {
        if exchange.path.ends_with("/createRoom") {
            let body: Value = serde_json::from_slice(exchange.request).unwrap_or_default();
            if let Some(name) = body["room_alias_name"].as_str() {
                kept.lock().unwrap().push(format!("#{name}:example.org"));
            }
        }
    });
    aliases
}

#[tokio::test(flavor = "multi_thread")]
async fn the_room_of_a_security_incident_whose_answers_are_lost_is_none_that_others_name() {
    let server = Synapse::start().await.unwrap();
    let proxy = Proxy::start(server.port(), 1).await.unwrap();
    let (town, herald) = Town::behind((*server).clone(), &proxy.url(), "").await;
    let root = town.server.register("root", Admin::Yes).await.unwrap();
    let aliases = overheard(&proxy);
    let asked = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&asked);
    let creation = move |method: &str, path: &str| {
        let fits = method == "POST" && path.ends_with("/createRoom");
        seen.fetch_or(fits, Ordering::SeqCst);
        fits
    };
    proxy.inject(Rule::new(Fault::LoseAnswer).on(creation).times(1));
    // What Herald asks next has to wait.
    let next = move |method: &str, path: &str| {
        method == "GET" && path.ends_with("/joined_rooms") && asked.load(Ordering::SeqCst)
    };
    proxy.inject(Rule::new(Fault::Cut).on(next));
    let title = "signing key was stolen";
    town.ana.person.say(&town.war, &format!("!declare {title} --security --severity critical")).await.unwrap();
    let lost = |log: &[herald_synapse::Request]| {
        log.iter().any(|it| it.path.ends_with("/createRoom") && it.fault.is_some() && it.status.is_some()).then_some(())
    };
    proxy.wait_for(lost).await.unwrap();
    // The one who runs the homeserver gives the alias to the company's room.
    let asked = aliases.lock().unwrap().clone();
    for alias in &asked {
        root.unpoint(alias).await.unwrap();
        town.dora.point(alias, &town.company).await.unwrap();
    }
    proxy.heal();
    let own = town.ana.comes_in(town.bot.user_id()).await;
    town.ana.reads(&own, title).await;
    town.ana.gets(&own, "!status", title).await;
    for event in town
        .dora
        .messages(&town.company)
        .await
        .unwrap()
        .iter()
        .chain(&town.dora.all_state(&town.company).await.unwrap())
    {
        assert!(!format!("{event:?}").contains(title), "{event:?}");
    }
    let named = |event: &&Event| {
        event.kind() == "m.room.name" && event.content()["name"].as_str().is_some_and(|it| it.contains("INC-1"))
    };
    let mut rooms = 0;
    for room in town.bot.joined_rooms().await.unwrap() {
        rooms += town.bot.all_state(&room).await.unwrap().iter().filter(named).count();
    }
    assert_eq!(rooms, 1, "one room was made");
    assert_eq!(herald.stop().await, 0);
}

/// A room for the company that ana made, where Herald has all power, too.
async fn company(town: &Town) -> String {
    let bot = town.bot.user_id();
    let room = json!({
        "preset": "public_chat", "room_version": "11", "invite": [bot], "name": "Incidents", "topic": "Only updates",
        "power_level_content_override": { "users": { (town.ana.id()): 100, (bot): 100 } },
    });
    town.ana.account.create_room(room).await.unwrap()
}

async fn is_gone(reader: &Account, room: &str, event: &str) {
    let gone =
        |events: &[Event]| events.iter().find(|it| it.id() == event).is_some_and(Event::is_redacted).then_some(());
    reader.wait_for(room, gone).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_member_puts_before_all_eyes_in_the_company_s_room_is_taken_away() {
    let mut town = Town::plan(Synapse::shared().await.unwrap()).await;
    let room = company(&town).await;
    town.dora.join(&room).await.unwrap();
    town.company = room.clone();
    town.map("company", &room);
    let herald = Herald::start(town.home()).await;
    let town = town.settle_in().await;
    let (ana, ben, dora) = (&town.ana, &town.ben, &town.dora);
    ana.gets(&town.war, "!declare checkout is down", "INC-1").await;
    ben.gets(&town.war, "!take spokesperson", "is spokesperson now").await;
    ben.gets(&town.war, "!update We are looking into it next 20m", "goes to the company").await;
    let update = town.hears("We are looking into it").await;
    // Text where emoji stand.
    let kept = dora.react(&room, update.id(), "👀").await.unwrap();
    for key in ["It is over, go home", "mxc://example.org/cat", "🇸🇨🇦🇲"] {
        let reaction = dora.react(&room, update.id(), key).await.unwrap();
        is_gone(dora, &room, &reaction).await;
    }
    ana.reads(&town.war, "dora wrote in").await;
    let events = dora.messages(&room).await.unwrap();
    assert!(events.iter().any(|event| event.id() == kept && !event.is_redacted()));
    // Words in a membership.
    let member = json!({ "membership": "join", "displayname": "dora", "reason": "It is over, go home" });
    let member = dora.put_state(&room, "m.room.member", dora.user_id(), &member).await.unwrap();
    is_gone(dora, &room, &member).await;

    // While Herald is away, somebody with power opens the room, and another uses that, more than once.
    assert_eq!(herald.stop().await, 0);
    let mut levels = ana.account.power_levels(&room).await.unwrap();
    levels["state_default"] = json!(0);
    levels["events"] = json!({ "m.room.name": 0, "m.room.topic": 0, "m.room.pinned_events": 0, "m.room.avatar": 0 });
    ana.account.put_state(&room, "m.room.power_levels", "", &levels).await.unwrap();
    for (kind, content) in [
        ("m.room.name", json!({ "name": "It is over" })),
        ("m.room.topic", json!({ "topic": "ask dora" })),
        ("m.room.pinned_events", json!({ "pinned": ["$y"] })),
    ] {
        dora.put_state(&room, kind, "", &content).await.unwrap();
    }
    let all = [
        ("m.room.name", json!({ "name": "All is fine" })),
        ("m.room.topic", json!({ "topic": "go home" })),
        ("m.room.pinned_events", json!({ "pinned": ["$x"] })),
        ("im.vector.modular.widgets", json!({ "url": "https://example.org", "type": "m.custom" })),
    ];
    for (kind, content) in &all {
        dora.put_state(&room, kind, "", content).await.unwrap();
    }
    let herald = Herald::start(town.home()).await;
    let expected = [json!("Incidents"), json!("Only updates"), Value::Null, Value::Null];
    for ((kind, content), before) in all.iter().zip(expected) {
        let back = |events: &[Event]| {
            let newest = events.iter().rev().find(|event| event.kind() == *kind)?;
            let content = newest.content();
            let shown = [&content["name"], &content["topic"], &content["pinned"], &content["url"]];
            let shown = shown.into_iter().find(|it| !it.is_null()).cloned().unwrap_or_default();
            (newest.sender() == town.bot.user_id() && shown == before).then_some(())
        };
        dora.wait_for(&room, back).await.unwrap();
        assert_eq!(dora.put_state(&room, kind, "", content).await.unwrap_err().code(), Some((403, "M_FORBIDDEN")));
    }
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn clear_text_in_an_encrypted_room_is_answered_and_not_obeyed() {
    let (town, herald) = Town::new(Synapse::shared().await.unwrap(), "").await;
    let (ana, war) = (&town.ana, town.war.as_str());
    let clear = ana.account.say(war, "!declare all is lost --severity critical").await.unwrap();
    ana.reads(war, "your message came unencrypted").await;
    ana.account.say(war, "!declare all is lost again").await.unwrap();
    ana.gets(war, "!incidents", "No incident is open").await;
    let seen = ana.transcript(war).await;
    assert_eq!(seen.matches("came unencrypted").count(), 1, "{seen}");
    // Nor is it on a timeline.
    ana.gets(war, "!declare checkout is down", "INC-1").await;
    ana.person.react(war, &clear, "📌").await.unwrap();
    let timeline = ana.gets(war, "!timeline", "Timeline of INC-1").await;
    assert!(!timeline.text.contains("all is lost"), "{timeline:?}");
    // What somebody says that another rewrites stays as it was said.
    let said = ana.person.say(war, "!finding the index is cold").await.unwrap();
    ana.reads(war, "on the timeline").await;
    town.ben.reads(war, "on the timeline").await;
    let edit = json!({
        "msgtype": "m.text", "body": "* !finding ana broke it",
        "m.new_content": { "msgtype": "m.text", "body": "!finding ana broke it" },
        "m.relates_to": { "rel_type": "m.replace", "event_id": said },
    });
    town.ben.person.send_json(war, "m.room.message", edit).await.unwrap();
    // What he says after that is heard after that.
    town.ben.gets(war, "!status", "INC-1").await;
    let timeline = ana.gets(war, "!timeline", "Timeline of INC-1").await;
    assert!(timeline.text.contains("the index is cold") && !timeline.text.contains("broke"), "{timeline:?}");
    assert_eq!(herald.stop().await, 0);
}
