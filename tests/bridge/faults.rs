//! Both networks fail at once, in every way.

use std::time::Duration;

use herald_guild::Discord;
use herald_synapse::{Proxy, Synapse};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use crate::crowd::{Crowd, Net};
use crate::herald::Herald;
use crate::town::Town;
use crate::{discord_storm, matrix_storm};

/// What all chance begins with.
const SEED: u64 = 1200;
/// How much people do in each of four parts: without a break, then with one network down, the other, and both. Little, and
/// much in `make soak`.
const PART: (usize, usize) = (75, 300);
/// After how much of it the gateway does something.
const UPSET: (usize, usize) = (25, 80);
/// How much is done while one of the two is down, and while both are.
const DOWN: (usize, usize) = (10, 40);
/// How many requests have to meet a fault at least, on each network.
const FAULTS: ((usize, usize), (usize, usize)) = ((15, 15), (50, 45));

#[tokio::test(flavor = "multi_thread")]
async fn each_message_stands_once_on_the_other_side_however_both_networks_fail() {
    let mut synapse = Synapse::start().await.unwrap();
    let proxy = Proxy::start(synapse.port(), SEED).await.unwrap();
    let town = Town::plan(synapse.clone()).await;
    // So that a gateway that is silent is noticed soon.
    town.discord.heartbeat(Duration::from_secs(2));
    town.configure(&proxy.url(), "");
    let herald = Herald::start(town.home()).await;
    let town = town.settle_in().await;
    town.discord.limits(discord_storm::wide());
    town.discord.seed(SEED);
    let mut dice = SmallRng::seed_from_u64(SEED);
    let mut crowd = Crowd::new(SEED);
    let (asked, posted) = (proxy.log().len(), town.discord.requests().len());

    matrix_storm::storm(&proxy);
    discord_storm::storm(&town.discord);
    let (part, down) = (herald_soak::count(PART.0, PART.1), herald_soak::count(DOWN.0, DOWN.1));
    let upset_every = herald_soak::count(UPSET.0, UPSET.1);
    while crowd.done.all() < 4 * part {
        let done = crowd.done.all();
        crowd.act(&town).await;
        if crowd.done.all() == done {
            continue;
        }
        match crowd.done.all() {
            n if n == part => proxy.go_dark().await,
            n if n == part + down => proxy.go_light().await.unwrap(),
            n if n == 2 * part => town.discord.stop(),
            n if n == 2 * part + down => town.discord.start_again().await.unwrap(),
            n if n == 3 * part => {
                town.discord.stop();
                synapse.stop().await.unwrap();
                herald.logs(|lines| is_failing(lines).then_some(())).await;
                crowd.only = Some(Net::Discord);
            }
            n if n == 3 * part + down => {
                synapse.start_again().await.unwrap();
                town.discord.start_again().await.unwrap();
                crowd.only = None;
            }
            n if n % upset_every == 0 => upset(&town.discord, &mut dice).await,
            _ => {}
        }
    }
    // The storm blows until all is passed on: people are done long before Herald is.
    crowd.check(&town).await;
    println!("{:?}", crowd.done);
    println!("{:?}", proxy.injected());
    let faults = proxy.log()[asked..].iter().filter(|it| it.fault.is_some()).count();
    let there = town.discord.requests()[posted..].iter().filter(|it| it.fault).count();
    let least = herald_soak::count(FAULTS.0, FAULTS.1);
    assert!(
        faults >= least.0 && there >= least.1,
        "only {faults} requests to Synapse and {there} to Discord met a fault"
    );
    assert!(proxy.injected().answers_lost > 0 && proxy.injected().cut > 0, "{:?}", proxy.injected());
    println!("{:?}; {faults} faults of Synapse's network, {there} of Discord's", town.discord.connections());
    assert_eq!(herald.stop().await, 0);
}

/// Whether no sync has been answered since the last one that failed. Of several that fail in a row the log names the first.
fn is_failing(logged: &[String]) -> bool {
    let (failed, answers) = ("a sync failed", "the homeserver answers again");
    let last = logged.iter().rev().find(|line| line.contains(failed) || line.contains(answers));
    last.is_some_and(|line| line.contains(failed))
}

/// Something that the gateway does, and that Herald comes back from with the same session.
async fn upset(discord: &Discord, dice: &mut SmallRng) {
    let before = discord.connections();
    match dice.random_range(0..4) {
        0 => discord.cut_gateway(),
        1 => discord.ask_to_reconnect(),
        2 => discord.invalidate_sessions(true),
        _ => discord.close_gateway(4000, "Unknown error."),
    }
    discord.until(|_, now| (now.resumed > before.resumed).then_some(())).await;
}
