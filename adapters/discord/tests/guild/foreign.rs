//! A no that is not Discord's own: of the network in front of it, which says it now and something else a moment later.

use herald_chat::{MessageRef, Platform, Posting, SendError};
use herald_discord::StartError;
use herald_guild::{Fault, Rule};

use crate::common::{Herald, Tested, Town, key, room, user};
use crate::squatters::{says, spec};

/// A page for people, Discord's form without a number, and the one number that is the network's own.
fn foreign() -> [Fault; 9] {
    [
        Fault::Page(403),
        Fault::Page(404),
        Fault::Page(400),
        Fault::Page(401),
        Fault::Page(405),
        Fault::Error(403),
        Fault::Error(404),
        Fault::Denied(403, 40333),
        Fault::Denied(404, 40333),
    ]
}

/// Nothing is over: it is to be tried again.
fn is_open<T>(what: &str, done: Result<T, SendError>) {
    let done = done.map(drop);
    assert!(matches!(done, Err(SendError::Retry { .. })), "{what}: {done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_of_the_network_in_front_of_discord_ends_nothing() -> Tested {
    let town = Town::new().await?;
    let company = town.guild.channel("company")?;
    let herald = Herald::listening(town.connect().await?);
    herald.gap().await?;
    let discord = &herald.discord;
    let (here, ana) = (town.room(), user(town.ana.id()));
    let own = discord.open_room(&spec(&town), &key("open")).await?;
    let theirs = MessageRef { room: here.clone(), id: town.ana.say(town.channel, "checkout is down")?.to_string() };
    let post = discord.post(&here, &says("looking"), &key("post")).await?;
    for (n, fault) in foreign().into_iter().enumerate() {
        let key = |what: &str| key(&format!("{what} {n}"));
        town.discord.fault(Rule::new(fault));
        is_open("a post", discord.post(&here, &says("update"), &key("post")).await);
        is_open("an edit", discord.edit(&post, &says("looking into it"), &key("edit")).await);
        is_open("a reaction", discord.react(&theirs, "👀", &key("react")).await);
        is_open("a pin", discord.pin(&post, true).await);
        is_open("a removal", discord.delete(&theirs, &key("delete")).await);
        is_open("a new room", discord.open_room(&spec(&town), &key("room")).await);
        is_open("letting in", discord.invite(&own, &user(town.ben.id())).await);
        is_open("taking out", discord.exclude(&own, &ana).await);
        is_open("closing a room", discord.archive(&own).await);
        is_open("a direct message", discord.direct(&user(town.ben.id())).await);
        is_open("reading back", discord.read_back(&here, None, 10).await);
        is_open("the newest message", discord.newest(&here).await);
        is_open("the company's rules", discord.restrict(&room(company), Posting::HeraldOnly).await);
        town.discord.heal();
    }
    // And then it goes through.
    discord.post(&here, &says("update"), &key("post 0")).await?;
    discord.read_back(&here, None, 10).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_through_a_network_that_says_no_is_tried_again() -> Tested {
    let town = Town::new().await?;
    // The first request, the second, and so on.
    let mut failed = 0;
    for request in 0..6 {
        for fault in foreign() {
            let passed = std::sync::atomic::AtomicUsize::new(0);
            let is_it = move |_: &str, _: &str| passed.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == request;
            town.discord.fault(Rule::new(fault).on(is_it));
            if let Err(error) = town.connect().await {
                assert!(matches!(error, StartError::Unreachable { .. }), "request {request}: {error}");
                failed += 1;
            }
            town.discord.heal();
        }
    }
    // Some of them are for what a start can do without.
    assert!(failed >= 2 * foreign().len(), "{failed}");
    Ok(())
}
