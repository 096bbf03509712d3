//! What people with rights do to channels that Herald works in, and that the work goes on.

use herald_guild::permissions::{MANAGE_ROLES, READ_MESSAGE_HISTORY, VIEW_CHANNEL};
use serde_json::{Value, json};

use crate::checked::Checked;
use crate::herald::Herald;
use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn a_second_channel_of_a_name_keeps_nobody_from_starting_who_has_found_the_first() {
    let (town, herald) = Town::new("").await;
    let (war, company) = (town.channel("war-room"), town.channel("company"));
    assert_eq!(herald.stop().await, 0);
    let mal = town.discord.person("mal");
    town.guild.join(&mal);
    let other = town.guild.channel("company").unwrap();
    town.guild.private("war-room", &[mal.id()]).unwrap();
    Checked::at(town.home()).await.well().says("⚠ rooms.company[0]", &other.to_string());
    let herald = Herald::start(town.home()).await;
    let said = herald.said.join("\n");
    assert!(said.contains("⚠ rooms.company[0]") && said.contains("⚠ rooms.war_room[0]"), "{said}");
    town.gets(&town.ana, war, "!declare checkout is down", "INC-1 checkout is down").await;
    town.gets(&town.ben, war, "!take spokesperson", "is spokesperson now").await;
    town.gets(&town.ben, war, "!update We are looking next 30m", "goes to the company").await;
    town.reads(&town.dora, company, "We are looking").await;
    assert_eq!(town.olga.reads(other).unwrap(), []);
    assert_eq!(herald.stop().await, 0);

    // Where nothing is on record, nobody can tell which is meant.
    let town = Town::plan().await;
    for _ in 0..2 {
        town.guild.channel("company").unwrap();
    }
    Checked::at(town.home()).await.says("✘ rooms.company[0]", "Several channels are named #company");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_request_against_a_security_room_takes_it_from_nobody() {
    let (town, herald) = Town::new("").await;
    let (ana, ben, dora) = (&town.ana, &town.ben, &town.dora);
    let war = town.channel("war-room");
    let mo = town.discord.person("mo");
    town.guild.join(&mo);
    let moderators = town.guild.role("moderators", MANAGE_ROLES);
    town.guild.give(mo.id(), moderators);
    let options = [("title", json!("zebra keys leaked")), ("security", json!(true))];
    town.chooses(ana, war, "incident declare", &options).await;
    let own = town.own_channel("inc-1").await;
    town.reads(ana, own, "zebra").await;
    for who in [ben, &mo] {
        town.gets(ana, own, &format!("!invite {}", who.mention()), "is being let into this room").await;
    }
    // Whoever leads is taken out by somebody who was let in, and then everybody by the owner.
    let rule = format!("/channels/{own}/permissions/{}", ana.id());
    mo.call("DELETE", &rule, Value::Null).unwrap();
    town.reads(ben, own, "took people out of the room of INC-1").await;
    town.olga.call("PATCH", &format!("/channels/{own}"), json!({ "permission_overwrites": [] })).unwrap();
    let is_back = || (ana.sees(own) && ben.sees(own) && mo.sees(own) && !dora.sees(own)).then_some(());
    town.discord.eventually(is_back).await.unwrap();
    town.gets(&mo, own, "!take commander", "ana").await;
    let said = town.transcript(&town.olga, own);
    assert!(!said.contains("has left") && !said.contains("is not in this room any more"), "{said}");

    // Herald cannot see it: who leads is told, and so is whoever starts Herald.
    let out = json!([{ "id": town.bot.id, "type": 1, "deny": VIEW_CHANNEL.to_string() }]);
    town.olga.call("PATCH", &format!("/channels/{own}"), json!({ "permission_overwrites": out })).unwrap();
    let dm = ana.dm(town.bot.id).unwrap();
    town.reads(ana, dm, "what I need to look after the room of INC-1").await;
    assert_eq!(herald.stop().await, 0);
    let herald = Herald::start(town.home()).await;
    assert!(herald.said.iter().any(|it| it.contains('⚠') && it.contains("#inc-1-security")), "{:?}", herald.said);

    // It is deleted: there is another for the same people, and the work goes on there.
    town.guild.delete(own).unwrap();
    let again = || town.guild.channels().into_iter().find(|(id, name)| *id != own && name.contains("inc-1"));
    let (again, _) = town.discord.eventually(again).await.unwrap();
    town.reads(ana, again, "deleted the room of INC-1").await;
    let told = ben.dm(town.bot.id).unwrap();
    town.reads(ben, told, "deleted the room of INC-1").await;
    town.reads(ana, dm, "deleted the room of INC-1").await;
    assert!(ben.sees(again) && mo.sees(again) && !dora.sees(again));
    town.gets(ana, again, "!status", "zebra keys leaked").await;
    town.gets(ana, again, "!cancel it was a drill", "INC-1").await;
    for (id, _) in town.guild.channels().into_iter().filter(|(id, _)| *id != again) {
        assert!(!town.transcript(&town.olga, id).contains("zebra"), "{}", town.transcript(&town.olga, id));
    }
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_channel_that_is_hidden_is_shown_again_and_told() {
    let (town, herald) = Town::new("").await;
    let (war, company) = (town.channel("war-room"), town.channel("company"));
    let rule = format!("/channels/{company}/permissions/{}", town.guild.id());
    for what in [VIEW_CHANNEL, READ_MESSAGE_HISTORY] {
        let denied = json!({ "type": 0, "allow": "0", "deny": what.to_string() });
        town.olga.call("PUT", &rule, denied).unwrap();
        let reads = || (town.dora.rights(company) & what != 0).then_some(());
        town.discord.eventually(reads).await.unwrap();
    }
    town.reads(&town.ana, war, "changed who may read or write in the company channel").await;
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spokesperson_who_loses_the_war_room_speaks_for_nobody_in_other_rooms() {
    let (town, herald) = Town::new("").await;
    town.incident().await;
    let [war, engineering, company] = ["war-room", "engineering", "company"].map(|name| town.channel(name));
    let form = town.ben.slash(war, "update", &[]).unwrap().modal().await.unwrap();
    town.guild.take(town.ben.id(), town.responders);
    town.reads(&town.ana, war, "has left").await;
    let text = form.fields[0].label.clone();
    let answer = town.ben.submit(&form, &[(&text, "all is gold"), ("Next update in", "20m")]).unwrap();
    let told = answer.message().await.unwrap();
    assert!(told.ephemeral && told.content.contains("not in this room any more"), "{told:?}");
    town.gets(&town.ben, engineering, "!update all is gold next 20m", "spokesperson").await;
    assert!(!town.transcript(&town.olga, company).contains("gold"));
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_channel_that_is_deleted_is_told_at_once_and_what_is_said_waits_for_another() {
    let (town, herald) = Town::new("").await;
    let (war, company) = (town.channel("war-room"), town.channel("company"));
    town.incident().await;
    let dm = town.ana.dm(town.bot.id).unwrap();
    town.guild.delete(company).unwrap();
    town.reads(&town.cleo, war, "was given up: it was deleted").await;
    assert_eq!(herald.get("/readyz").await.0, 503);
    town.gets(&town.ben, war, "!update We are looking next 20m", "Update 1").await;
    let other = town.guild.channel("status").unwrap();
    town.gets(&town.ana, dm, &format!("!admin map company discord:{other}"), "goes there too").await;
    town.reads(&town.dora, other, "We are looking").await;
    herald.ready_again().await;
    assert_eq!(herald.stop().await, 0);
}
