//! What people say while Herald is not there.

use herald_element::Line;
use herald_synapse::{Admin, Synapse};
use serde_json::json;

use crate::herald::Herald;
use crate::town::Town;

/// How many messages are said in the war room meanwhile: more than two pages.
const SAID: usize = 260;
/// How many of them are commands.
const COMMANDS: usize = 30;
/// How many reactions come in the company's room meanwhile: more than a page.
const REACTIONS: usize = 110;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_while_herald_was_away_is_handled_once_and_oldest_first() {
    let server = Synapse::shared().await.unwrap();
    // A room in which somebody spoke before Herald came. Anybody may ask for help anywhere.
    let eve = server.register("eve", Admin::No).await.unwrap();
    let hall = eve.create_room(json!({ "preset": "public_chat" })).await.unwrap();
    for _ in 0..3 {
        eve.say(&hall, "!help").await.unwrap();
    }
    let (town, herald) = Town::new(server, &format!("admin = [\"matrix:{hall}\"]\n")).await;
    let (ana, ben, cleo, war) = (&town.ana, &town.ben, &town.cleo, &town.war);
    town.incident().await;
    let noted = cleo.person.say(war, "!log payments fail in Europe").await.unwrap();
    cleo.reads(war, "Note 1 is on the timeline").await;
    let removed = cleo.person.say(war, "!log never mind").await.unwrap();
    cleo.reads(war, "Note 2 is on the timeline").await;
    ben.gets(war, "!update We are on it next 20m", "Update 1 goes").await;
    let update = town.hears("We are on it").await;
    let before = ana.sees(war).await;

    assert_eq!(herald.stop().await, 0);
    // Read to the end: whatever Herald says is said before it is gone.
    let lines = ana.person.lines(war).await.unwrap();
    assert_eq!(lines.len(), before, "{lines:#?}");

    let mut expected = Vec::new();
    for n in 0..SAID {
        if n % (SAID / COMMANDS) == 0 && expected.len() < COMMANDS {
            cleo.person.say(war, &format!("!finding tk{n:03} is what I see")).await.unwrap();
            expected.push(format!("Finding {} is on the timeline", expected.len() + 3));
        } else {
            ben.person.say(war, &format!("word {n}")).await.unwrap();
        }
    }
    assert_eq!(expected.len(), COMMANDS);
    // An edit is never a command, unless it makes a version of what stands on the timeline.
    let small = ana.person.say(war, "nothing yet").await.unwrap();
    ana.person.edit(war, &small, "!finding an edit is no command").await.unwrap();
    expected.push("An edit is no command".to_owned());
    cleo.person.edit(war, &noted, "!log payments fail everywhere").await.unwrap();
    expected.push("Note 1 has a version 2 now".to_owned());
    cleo.person.redact(war, &removed).await.unwrap();
    expected.push("Note 2 stays on the timeline, marked".to_owned());
    let seen = ana.person.say(war, "the queue drains again").await.unwrap();
    ana.person.react(war, &seen, "📌").await.unwrap();
    expected.push(format!("Message {} is on the timeline", COMMANDS + 3));
    for n in 0..REACTIONS {
        let emoji = char::from_u32(0x1F300 + u32::try_from(n).unwrap()).unwrap();
        town.dora.react(&town.company, update.id(), &emoji.to_string()).await.unwrap();
    }
    // Somebody lets everybody write there.
    let mut levels = town.bot.power_levels(&town.company).await.unwrap();
    levels["events_default"] = json!(0);
    town.bot.put_state(&town.company, "m.room.power_levels", "", &levels).await.unwrap();
    let strays = [town.dora.say(&town.company, "is my order lost?").await.unwrap()];
    expected.push("dora wrote in".to_owned());
    eve.say(&hall, "!help").await.unwrap();

    // What Herald says from now on is all that it has said since it stopped, for it is not there.
    let now = cleo.person.now().await.unwrap();
    let mut herald = Herald::start(town.home()).await;
    // Whatever is done at the start is done when this is answered.
    let last = |lines: &[Line]| {
        let said = |text: &String| lines.iter().any(|line| line.text.contains(text.as_str()));
        expected[expected.len() - 2..].iter().all(said).then_some(())
    };
    cleo.person.wait_from(war, Some(&now), last).await.unwrap();
    bogus(&town, &now, 1).await;
    check(&town, &now, &expected).await;
    let helped = eve.wait_for(&hall, |events| {
        let of_herald = events.iter().filter(|it| it.sender() == town.bot.user_id() && it.kind() == "m.room.message");
        (of_herald.clone().count() > 0).then(|| of_herald.count())
    });
    assert_eq!(helped.await.unwrap(), 1, "only what was said when Herald was in the room is answered");
    let company = town.dora.messages(&town.company).await.unwrap();
    assert!(
        company.iter().filter(|event| strays.iter().any(|id| id == event.id())).all(herald_synapse::Event::is_redacted)
    );
    assert_eq!(town.told().await.iter().filter(|text| !text.is_empty()).count(), 1, "{:#?}", town.told().await);

    // And nothing of it a third time.
    assert_eq!(herald.stop().await, 0);
    herald = Herald::start(town.home()).await;
    bogus(&town, &now, 2).await;
    expected.push("I don't know".to_owned());
    check(&town, &now, &expected).await;
    assert_eq!(herald.stop().await, 0);
}

/// Cleo tests whether Herald listens, for the `n`th time since then.
async fn bogus(town: &Town, now: &str, n: usize) {
    town.cleo.person.say(&town.war, "!bogus").await.unwrap();
    let answered = |lines: &[Line]| {
        let answers = lines.iter().filter(|line| line.text.contains("I don't know"));
        (answers.count() == n).then_some(())
    };
    town.cleo.person.wait_from(&town.war, Some(now), answered).await.unwrap();
}

/// All that Herald has said in the war room since then is this, and a word to whoever tests whether it listens. In order
/// are the answers to what was said in that room.
async fn check(town: &Town, now: &str, expected: &[String]) {
    town.cleo.person.sync().await.unwrap();
    let lines = town.cleo.person.lines_from(&town.war, Some(now)).await.unwrap();
    let mut lines: Vec<&Line> = lines.iter().filter(|line| line.sender == town.bot.user_id()).collect();
    assert!(lines.pop().unwrap().text.contains("I don't know"));
    assert_eq!(lines.len(), expected.len(), "{lines:#?}");
    // The word about a message in another room comes when that room is read.
    let (strays, answers): (Vec<&Line>, Vec<&Line>) = lines.iter().partition(|line| line.text.contains("wrote in"));
    assert_eq!(strays.len(), expected.iter().filter(|text| text.contains("wrote in")).count());
    let expected = expected.iter().filter(|text| !text.contains("wrote in"));
    for (line, text) in answers.iter().zip(expected) {
        assert!(line.text.contains(text.as_str()), "{text}: {line}");
    }
}
