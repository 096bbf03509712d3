//! Rooms of an incident's own, and the line that the server holds.

use herald_guild::permissions;
use serde_json::json;

use crate::herald::Herald;
use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn two_incidents_have_channels_of_their_own_that_close_with_them() {
    let (town, herald) = Town::new("[incidents]\nown_room = true\n").await;
    let (ana, ben, dora) = (&town.ana, &town.ben, &town.dora);
    let war = town.channel("war-room");
    town.gets(ana, war, "!declare checkout is down", "INC-1").await;
    town.gets(ben, war, "!declare search is slow --severity minor", "INC-2").await;
    let (first, second) = (town.own_channel("inc-1").await, town.own_channel("inc-2").await);
    assert!(!dora.sees(first) && !dora.sees(second));
    town.reads(ana, first, "checkout is down").await;
    let text = town.transcript(ana, first);
    assert!(!text.contains("search"), "{text}");
    town.gets(ana, first, "!cancel a false alarm", "INC-1").await;
    let closed = || (ana.rights(first) & permissions::SEND_MESSAGES == 0).then_some(());
    town.discord.eventually(closed).await.unwrap();
    assert_eq!(ana.say(first, "one more thing").unwrap_err().code, 50013);
    assert!(ben.say(second, "still slow").is_ok());
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_security_incident_has_its_title_in_its_own_channel_only() {
    let (town, herald) = Town::new("").await;
    let (ana, ben) = (&town.ana, &town.ben);
    let [war, engineering, company] = ["war-room", "engineering", "company"].map(|name| town.channel(name));
    let options = [("title", json!("zebra keys leaked")), ("security", json!(true))];
    let answer = town.chooses(ana, war, "incident declare", &options).await;
    assert!(answer.ephemeral && !answer.content.contains("I remove"), "{answer:?}");
    town.reads(ben, engineering, "INC-1 (security)").await;
    let own = town.own_channel("inc-1").await;
    town.reads(ana, own, "zebra keys leaked").await;
    assert!(!ben.sees(own), "who responds to other incidents is not in it");
    for channel in [war, engineering, company] {
        assert!(!town.transcript(&town.olga, channel).contains("zebra"), "{}", town.transcript(&town.olga, channel));
    }
    for (id, name) in town.guild.channels() {
        let shown = town.guild.shown(id).unwrap().to_string();
        assert!(!shown.contains("zebra"), "{name}: {shown}");
    }
    assert!(!herald.log().contains("zebra"));
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_slips_into_the_companys_channel_is_removed_and_answered_in_person() {
    let town = Town::plan().await;
    let company = town.guild.channel("company").unwrap();
    let boss = town.guild.role("boss", permissions::ADMINISTRATOR);
    let pat = town.discord.person("pat");
    town.guild.join(&pat);
    town.guild.give(pat.id(), boss);
    let herald = Herald::start(town.home()).await;
    let said = herald.said.join("\n");
    assert!(said.contains("boss"), "who can write there is said at start: {said}");
    assert_eq!(town.dora.say(company, "hello").unwrap_err().code, 50013);
    pat.say(company, "all hands on deck, purple monkey").unwrap();
    let war = town.channel("war-room");
    let told = town.reads(&town.ana, war, "wrote in the company channel").await;
    assert!(!told.content.contains("purple"), "{told:?}");
    let gone = |seen: &[herald_guild::Seen]| seen.iter().all(|it| !it.content.contains("purple")).then_some(());
    pat.wait_for(company, gone).await.unwrap();
    let dm = pat.dm(town.bot.id).unwrap();
    town.reads(&pat, dm, "!ask").await;
    // What a webhook says there is removed too; the war room is told of it with what else comes within five minutes.
    town.guild.say_by_webhook(company, "deploys", "deployed, green parrot").unwrap();
    let gone = || (!town.transcript(&pat, company).contains("parrot")).then_some(());
    town.discord.eventually(gone).await.unwrap();
    // Whoever opens it again finds it closed.
    town.guild.overwrite(company, town.guild.id(), permissions::SEND_MESSAGES, 0).unwrap();
    let closed = || (town.dora.rights(company) & permissions::SEND_MESSAGES == 0).then_some(());
    town.discord.eventually(closed).await.unwrap();
    assert_eq!(herald.stop().await, 0);
}
