//! Incidents run from both networks at once.

use herald_element::Line;
use herald_synapse::Synapse;

use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn one_person_on_matrix_and_one_on_discord_run_an_incident() {
    let (town, herald) = Town::new(Synapse::shared().await.unwrap(), "").await;
    let (mia, max, ben, cleo) = (&town.mia, &town.max, &town.ben, &town.cleo);
    let (here, there, company) = (town.war.as_str(), town.war_there(), town.channel("company"));

    // Declared on Matrix, by whom Discord reads; its answer is one on both sides.
    mia.gets(here, "!declare checkout is down --severity critical", "INC-1 checkout is down").await;
    town.reads(cleo, there, "mia · Matrix:** !declare checkout is down").await;
    town.reads(cleo, there, "INC-1 checkout is down").await;
    town.reads(cleo, there, "I keep this board up to date").await;
    mia.reads(here, "I keep this board up to date").await;

    // Somebody on Discord speaks for it.
    let asked = cleo.say(there, "!take spokesperson").unwrap();
    let taken = town.reads(cleo, there, "is spokesperson now").await;
    let copy = mia.reads(here, "cleo · Discord: !take spokesperson").await;
    let read = mia.reads(here, "is spokesperson now").await;
    assert!(taken.reply_to.is_none_or(|to| to == asked) && read.answers.is_none_or(|to| to == copy.id));
    // What answers a command answers it on both sides.
    let asked = ben.say(there, "!status").unwrap();
    let answer = town.reads(ben, there, "critical · investigating").await;
    let copy = mia.reads(here, "ben · Discord: !status").await;
    let answers = |lines: &[Line]| lines.iter().find(|it| it.answers.as_ref() == Some(&copy.id)).cloned();
    let read = max.person.wait_for(here, answers).await.unwrap();
    assert!(read.text.contains("INC-1 checkout is down"), "{read:?}");
    let replies = |all: &[herald_guild::Seen]| {
        all.iter().find(|it| it.author == town.bot.id && it.reply_to == Some(asked)).cloned()
    };
    let told = ben.wait_for(there, replies).await.unwrap();
    assert!(told.content.contains("INC-1") && answer.author == town.bot.id, "{told:?}");
    // So does a refusal.
    let wrong = max.person.say(here, "!update We are on it next 20m").await.unwrap();
    let draft = max.reads(here, "Draft 2").await;
    assert!(draft.answers.as_ref().is_none_or(|to| *to == wrong), "{draft:?}");

    // An update goes to both companies, from whichever side.
    cleo.say(there, "!update We are looking into it next 20m").unwrap();
    let hears = |words: &'static str| {
        let found = move |all: &[herald_synapse::Event]| all.iter().any(|it| it.body().contains(words)).then_some(());
        town.mona.wait_for(&town.company, found)
    };
    hears("We are looking into it").await.unwrap();
    town.reads(&town.dora, company, "We are looking into it").await;

    // A draft from Matrix, published by a tick on Discord.
    mia.person.say(here, "!draft Orders are kept and go through later. next 25m").await.unwrap();
    let draft = town.reads(cleo, there, "Draft 3").await;
    mia.reads(here, "Draft 3").await;
    cleo.react(there, draft.id, "✅").unwrap();
    hears("Orders are kept").await.unwrap();
    town.reads(&town.dora, company, "Orders are kept").await;

    // Handed over across the networks; then a draft from Discord is published by a tick on Matrix.
    cleo.say(there, "!handoff spokesperson mia").unwrap();
    mia.reads(here, "offers you the role of spokesperson").await;
    mia.person.say(here, "!accept").await.unwrap();
    town.reads(ben, there, "is spokesperson now, handed over by").await;
    ben.say(there, "!draft No order is lost. next 25m").unwrap();
    let draft = mia.reads(here, "Draft 4").await;
    mia.person.react(here, &draft.id, "✅").await.unwrap();
    hears("No order is lost").await.unwrap();
    town.reads(&town.dora, company, "No order is lost").await;

    // A pin on a copy pins the original, in its author's name, and once.
    max.person.say(here, "errors began with the deploy of 11:52").await.unwrap();
    let copy = town.reads(ben, there, "max · Matrix:** errors began with the deploy of 11:52").await;
    ben.react(there, copy.id, "📌").unwrap();
    town.reads(ben, there, "Message 1 is on the timeline").await;
    mia.reads(here, "Message 1 is on the timeline").await;
    let original = max.reads(here, "errors began with the deploy of 11:52").await;
    mia.person.react(here, &original.id, "📌").await.unwrap();
    mia.gets(here, "!timeline", "Timeline of INC-1").await;
    let timeline = max.reads(here, "Timeline of INC-1").await.text;
    assert_eq!(timeline.matches("errors began with the deploy").count(), 1, "{timeline}");
    assert!(timeline.contains("max"), "{timeline}");

    // What is said on the timeline from the other side can be changed there, and is changed here.
    let noted = ben.say(there, "!finding the pool is empty").unwrap();
    mia.reads(here, "Finding 2 is on the timeline").await;
    ben.edit(there, noted, "!finding the pool is full").unwrap();
    let changed =
        |lines: &[Line]| lines.iter().any(|it| it.text == "ben · Discord: !finding the pool is full").then_some(());
    mia.person.wait_for(here, changed).await.unwrap();
    mia.reads(here, "has a version 2 now").await;

    // Its end.
    ben.say(there, "!status").unwrap();
    mia.gets(here, "!resolve a bad deploy, rolled back", "resolved after").await;
    town.reads(ben, there, "resolved after").await;
    mia.gets(here, "!update Orders go through again, and none was lost. final", "the last, goes to the company").await;
    hears("This was the last update.").await.unwrap();
    town.reads(&town.dora, company, "This was the last update.").await;
    mia.gets(here, "!close", "Promises: ").await;
    town.reads(ben, there, "Promises: ").await;

    // The companies' channels are two: what stands in them is what was said to them, and no more.
    let on_discord = town.stands(company, herald_guild::Id(0));
    let on_matrix = town.mona.messages(&town.company).await.unwrap();
    let on_matrix = on_matrix.iter().filter(|it| it.kind() == "m.room.message" && !it.is_redacted());
    assert_eq!((on_discord.len(), on_matrix.clone().count()), (4, 4));
    assert!(on_discord.iter().all(|it| !it.content.contains("· Matrix")), "{on_discord:#?}");
    assert!(on_matrix.clone().all(|it| !it.body().contains("· Discord:")));
    assert!(town.discord.unknown_requests().is_empty(), "{:?}", town.discord.unknown_requests());
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_changes_and_reactions_find_the_message_they_are_about_on_both_sides_and_after_a_start() {
    let (town, herald) = Town::new(Synapse::shared().await.unwrap(), "").await;
    let (mia, max, ben, cleo) = (&town.mia, &town.max, &town.ben, &town.cleo);
    let (here, there) = (town.war.as_str(), town.war_there());
    // One on Matrix, answered on Discord, answered on Matrix, answered on Discord.
    let first = mia.person.say(here, "who restarted the queue?").await.unwrap();
    let first_there = town.reads(ben, there, "who restarted the queue?").await.id;
    let second = ben.reply(there, first_there, "it was me").unwrap();
    let second_here = mia.reads(here, "ben · Discord: it was me").await;
    assert_eq!(second_here.answers.as_deref(), Some(first.as_str()));
    assert_eq!(herald.stop().await, 0);
    let herald = crate::herald::Herald::start(town.home()).await;
    let reply = serde_json::json!({
        "msgtype": "m.text", "body": "when?", "m.relates_to": { "m.in_reply_to": { "event_id": second_here.id } },
    });
    mia.person.send_json(here, "m.room.message", reply).await.unwrap();
    let third = town.reads(ben, there, "mia · Matrix:** when?").await;
    assert_eq!(third.reply_to, Some(second));
    cleo.reply(there, third.id, "just now").unwrap();
    let last = mia.reads(here, "cleo · Discord: just now").await;
    let asked = max.reads(here, "when?").await;
    assert_eq!(last.answers, Some(asked.id));

    // Who has reacted stands in one line under the copy, which is changed, and goes with the last of them.
    ben.react(there, second, "👍").unwrap();
    mia.reads(here, "👍 ben").await;
    cleo.react(there, second, "👍").unwrap();
    ben.react(there, second, "🎉").unwrap();
    let line = mia.reads(here, "👍 ben, cleo · 🎉 ben").await;
    assert_eq!((line.answers.as_deref(), line.kind.as_str()), (Some(second_here.id.as_str()), "m.notice"));
    for (who, emoji) in [(ben, "👍"), (cleo, "👍"), (ben, "🎉")] {
        who.unreact(there, second, emoji).unwrap();
    }
    let gone = |lines: &[Line]| (!lines.iter().any(|it| it.id == line.id)).then_some(());
    mia.person.wait_for(here, gone).await.unwrap();
    // The same from Matrix.
    let up = mia.person.react(here, &first, "👍").await.unwrap();
    let line = town.reads(ben, there, "👍 mia").await;
    assert_eq!(line.reply_to, Some(first_there));
    mia.person.redact(here, &up).await.unwrap();
    town.discord
        .eventually(|| town.stands(there, herald_guild::Id(0)).iter().all(|it| it.id != line.id).then_some(()))
        .await
        .unwrap();

    // What grows is more messages, what shrinks is fewer, and what is removed is none.
    let grown = max.person.say(here, "short").await.unwrap();
    let copy = town.reads(ben, there, "max · Matrix:** short").await;
    let long: Vec<String> = (0..500).map(|n| format!("word{n:04}")).collect();
    max.person.edit(here, &grown, &long.join(" ")).await.unwrap();
    let parts = |all: &[herald_guild::Seen]| {
        let ours = all.iter().filter(|it| it.author == town.bot.id && it.content.contains("word"));
        let ours: Vec<_> = ours.cloned().collect();
        ours.last().is_some_and(|it| it.content.contains("word0499")).then_some(ours)
    };
    let parts = ben.wait_for(there, parts).await.unwrap();
    assert_eq!(parts[0].id, copy.id);
    assert!(parts.len() >= 3 && parts.iter().all(|it| it.content.chars().count() <= 2000), "{parts:#?}");
    let words: Vec<&str> =
        parts.iter().flat_map(|it| it.content.split_whitespace()).filter(|it| it.starts_with("word")).collect();
    assert_eq!(words, long, "no word is lost, and none stands twice");
    max.person.edit(here, &grown, "short again").await.unwrap();
    let left = || {
        let ours: Vec<_> = town
            .stands(there, herald_guild::Id(0))
            .into_iter()
            .filter(|it| it.id >= copy.id && it.author == town.bot.id)
            .collect();
        (ours.len() == 1 && ours[0].content == "**max · Matrix:** short again").then_some(())
    };
    town.discord.eventually(left).await.unwrap();
    max.person.redact(here, &grown).await.unwrap();
    town.discord
        .eventually(|| town.stands(there, herald_guild::Id(0)).iter().all(|it| it.id != copy.id).then_some(()))
        .await
        .unwrap();

    // Many at once, as a moderator removes them.
    let many: Vec<_> = (0..5).map(|n| ben.say(there, &format!("spam {n}")).unwrap()).collect();
    mia.reads(here, "ben · Discord: spam 4").await;
    town.olga
        .call("POST", &format!("/channels/{there}/messages/bulk-delete"), serde_json::json!({ "messages": many }))
        .unwrap();
    let none = |lines: &[Line]| (!lines.iter().any(|it| it.text.contains("spam"))).then_some(());
    mia.person.wait_for(here, none).await.unwrap();
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_room_of_a_security_incident_is_one_on_both_networks_and_nobody_else_reads_its_title() {
    let (town, herald) = Town::new(Synapse::shared().await.unwrap(), "").await;
    let (mia, here, there) = (&town.mia, town.war.as_str(), town.war_there());
    mia.person.say(here, "!declare signing key was stolen --security --severity critical").await.unwrap();
    let own = mia.comes_in(town.me.user_id()).await;
    mia.reads(&own, "signing key was stolen").await;
    mia.gets(&own, "!invite ana", "ana is being let into this room").await;
    let own_there = town.own_channel("inc-1").await;
    town.reads(&town.ana, own_there, "is being let into this room").await;
    mia.person.say(&own, "the key lay in the public bucket").await.unwrap();
    town.reads(&town.ana, own_there, "mia · Matrix:** the key lay in the public bucket").await;
    town.ana.say(own_there, "it is revoked").unwrap();
    mia.reads(&own, "ana · Discord: it is revoked").await;
    // Behind whatever came of it elsewhere.
    mia.gets(here, "!bogus", "I don't know").await;
    town.reads(&town.ben, there, "I don't know").await;
    for words in ["signing key", "bucket", "revoked"] {
        for who in [&town.ben, &town.cleo, &town.dora] {
            for (channel, name) in town.guild.channels() {
                let read = town.transcript(who, channel);
                assert!(!read.contains(words), "{} reads {words:?} in #{name}:\n{read}", who.name());
            }
        }
        assert!(!town.max.transcript(here).await.contains(words));
    }
    assert!(!town.ben.sees(own_there));
    assert_eq!(herald.stop().await, 0);
}
