//! Under whose name things stand on Discord, and by which name people are called.

use herald_guild::{Seen, permissions};
use herald_synapse::Synapse;

use crate::herald::Herald;
use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn with_webhooks_what_people_said_stands_under_their_name_and_updates_do_not() {
    let with_webhooks = |town: &Town| {
        town.amend("create_channels = true", "create_channels = true\nwebhooks = true");
        town.guild.give(town.bot.id, town.guild.role("hooks", permissions::MANAGE_WEBHOOKS));
    };
    let (town, herald) = Town::prepared(Synapse::shared().await.unwrap(), with_webhooks).await;
    let (mia, ben, here, there) = (&town.mia, &town.ben, town.war.as_str(), town.war_there());
    let under = |name: &'static str, words: &'static str| {
        let found = move |all: &[Seen]| all.iter().find(|it| it.name == name && it.content.contains(words)).cloned();
        async move { ben.wait_for(there, found).await.unwrap_or_else(|never| panic!("{name}, {words}: {never}")) }
    };

    let asked = mia.person.say(here, "!declare checkout is down").await.unwrap();
    let copy = under("mia · Matrix", "!declare checkout is down").await;
    assert_eq!(copy.content, "!declare checkout is down");
    town.reads(ben, there, "INC-1 checkout is down").await;
    // It is answered, changed and removed there like any other, and none of it comes back.
    ben.reply(there, copy.id, "since when?").unwrap();
    assert_eq!(mia.reads(here, "ben · Discord: since when?").await.answers, Some(asked));
    let said = mia.person.say(here, "for ten minuets").await.unwrap();
    let copy = under("mia · Matrix", "for ten minuets").await;
    mia.person.edit(here, &said, "for ten minutes").await.unwrap();
    assert_eq!(under("mia · Matrix", "for ten minutes").await.id, copy.id);
    assert_eq!(herald.stop().await, 0);
    let herald = Herald::start(town.home()).await;
    mia.person.redact(here, &said).await.unwrap();
    let gone = || town.stands(there, herald_guild::Id(0)).iter().all(|it| it.id != copy.id).then_some(());
    town.discord.eventually(gone).await.unwrap();
    ben.say(there, "thanks").unwrap();
    mia.reads(here, "ben · Discord: thanks").await;
    let read = mia.transcript(here).await;
    assert!(!read.contains("mia · Matrix"), "what was passed on came back:\n{read}");
    // Herald itself speaks for the company.
    mia.gets(here, "!take spokesperson", "is spokesperson now").await;
    mia.person.say(here, "!update We are looking into it. next 20m").await.unwrap();
    town.reads(&town.dora, town.channel("company"), "We are looking into it").await;
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_on_both_networks_is_called_by_their_own_account_on_each() {
    let linked = |town: &Town| {
        let accounts = format!("[[\"matrix:{}\", \"discord:{}\"]]", town.max.id(), town.ben.id());
        town.amend("[people]", &format!("[people]\nlinked = {accounts}"));
    };
    let (town, herald) = Town::prepared(Synapse::shared().await.unwrap(), linked).await;
    let (mia, max, ben, here, there) = (&town.mia, &town.max, &town.ben, town.war.as_str(), town.war_there());
    mia.gets(here, "!declare checkout is down", "INC-1 checkout is down").await;
    mia.person.say(here, "!assign spokesperson max").await.unwrap();
    let called = mia.reads(here, "is spokesperson now").await;
    assert!(called.mentions.iter().any(|it| it == max.id()), "{called:?}");
    let called = town.reads(ben, there, "is spokesperson now").await;
    assert_eq!(called.pinged, [ben.id()], "{called:?}");
    // The role is the person's: it is used from the other network.
    ben.say(there, "!update We are looking into it. next 20m").unwrap();
    town.reads(&town.dora, town.channel("company"), "We are looking into it").await;
    // One who is on Discord alone is called there, and named on Matrix.
    mia.person.say(here, "!assign observer cleo").await.unwrap();
    let called = town.reads(&town.cleo, there, "is observer now").await;
    assert_eq!(called.pinged, [town.cleo.id()], "{called:?}");
    let named = mia.reads(here, "is observer now").await;
    assert!(named.mentions.is_empty() && named.text.contains("cleo"), "{named:?}");
    assert_eq!(herald.stop().await, 0);
}
