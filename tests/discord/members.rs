//! What somebody is told and offered on a real server follows from the channels that they can read at that moment.

use herald_guild::{Reply, permissions};

use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn a_direct_message_is_served_as_far_as_its_author_can_read_a_channel_now() {
    let (town, herald) = Town::new("").await;
    town.incident().await;
    let (ana, dora) = (&town.ana, &town.dora);
    let (talk, of_ana) = (dora.dm(town.bot.id).unwrap(), ana.dm(town.bot.id).unwrap());
    town.gets(dora, talk, "!status", "checkout is down").await;
    town.gets(ana, of_ana, "!admin people", "Admins").await;
    for channel in ["company", "engineering", "war-room"] {
        town.guild.overwrite(town.channel(channel), dora.id(), 0, permissions::VIEW_CHANNEL).unwrap();
    }
    // Herald has heard of that, since it hears what is said after it.
    town.gets(&town.ben, town.channel("war-room"), "!status", "checkout is down").await;
    town.gets(dora, talk, "!incidents", "You are in none of the rooms that I work in").await;

    // Whoever is removed from the server is an admin no more, and has no role.
    town.guild.remove(ana.id());
    town.reads(&town.ben, town.channel("war-room"), "has left. Nobody is commander now").await;
    // Discord lets nobody write to a bot with whom they share no server: Herald was added to another one, too.
    let other = town.discord.guild("Other", &town.olga);
    other.join(ana);
    other.add(town.bot.id, permissions::VIEW_CHANNEL);
    town.gets(ana, of_ana, "!admin channels", "You are in none of the rooms that I work in").await;
    town.gets(&town.ben, town.channel("war-room"), "!who", "no commander").await;
    assert!(!town.transcript(ana, of_ana).contains("war-room"));
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn menus_suggest_nothing_that_the_command_would_refuse() {
    let (town, herald) = Town::new("").await;
    town.incident().await;
    let (ana, ben, war, company) = (&town.ana, &town.ben, town.channel("war-room"), town.channel("company"));
    town.gets(ana, war, "!draft Our database lost its disk. next 20m", "is kept for the spokesperson").await;
    let publish = |who: &herald_guild::Person, channel| {
        who.autocomplete(channel, "incident updates publish", ("n", ""), &[]).unwrap()
    };
    assert!(choices(publish(ben, war).reply().await).iter().any(|it| it.contains("lost its disk")));
    assert_eq!(choices(publish(ana, war).reply().await), [""; 0]);
    assert_eq!(choices(publish(ben, company).reply().await), [""; 0]);
    assert_eq!(choices(publish(ben, town.channel("engineering")).reply().await), [""; 0]);
    assert_eq!(herald.stop().await, 0);
}

fn choices(reply: Reply) -> Vec<String> {
    match reply {
        Reply::Choices(choices) => choices.into_iter().map(|(label, _)| label).collect(),
        other @ (Reply::Message(_) | Reply::Update(_) | Reply::Modal(_) | Reply::Silence) => panic!("{other:?}"),
    }
}
