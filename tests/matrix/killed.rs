//! The real binary, killed with SIGKILL again and again while people speak to it in an encrypted room.

use std::sync::atomic::{AtomicUsize, Ordering};

use herald_synapse::{Proxy, Synapse};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use crate::herald::Herald;
use crate::town::{Town, same};

/// How often it is killed.
const KILLS: usize = 50;
/// How many commands are given in each life.
const COMMANDS: usize = 3;
/// At which of its requests it may be killed: its start takes about twenty.
const REQUESTS: usize = 40;

/// When it is killed: when it has made so many requests, and so many turns of the scheduler later.
#[derive(Debug, Clone, Copy)]
struct Moment {
    requests: usize,
    turns: usize,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_herald_killed_at_any_moment_does_everything_once_and_stays_one_device() {
    let mut dice = SmallRng::seed_from_u64(50);
    let server = Synapse::shared().await.unwrap();
    // It lets everything pass, and knows how far Herald has come.
    let proxy = Proxy::start(server.port(), 50).await.unwrap();
    let (town, herald) = Town::behind(server, &proxy.url(), "").await;
    let (ben, cleo, war) = (&town.ben, &town.cleo, &town.war);
    town.ana.gets(war, "!declare checkout is down --severity critical", "INC-1 checkout is down").await;
    ben.gets(war, "!take spokesperson", "is spokesperson now").await;
    let devices = town.bot.get("/_matrix/client/v3/devices").await.unwrap();
    let before = cleo.sees(war).await;
    herald.kill().await;

    let (mut findings, mut updates) = (0, 0);
    let (mut answers, mut told, mut company) = (Vec::new(), Vec::new(), Vec::new());
    let early = AtomicUsize::new(0);
    for life in 0..KILLS {
        let moment = Moment { requests: dice.random_range(1..REQUESTS), turns: dice.random_range(0..200) };
        let start = proxy.log().len();
        let herald = Herald::begin(town.home());
        let speaking = async {
            for _ in 0..COMMANDS {
                if dice.random_range(0..3) == 0 {
                    updates += 1;
                    ben.person.say(war, &format!("!update up{updates:03} we are on it next 20m")).await.unwrap();
                    answers.push(format!("Update {updates} goes to the company."));
                    company.push(format!("up{updates:03} we are on it"));
                } else {
                    findings += 1;
                    cleo.person.say(war, &format!("!finding tk{findings:03} is what I see")).await.unwrap();
                    answers.push(format!("Finding {findings} is on the timeline"));
                    told.push(format!("tk{findings:03} is what I see"));
                }
            }
        };
        let dying = async {
            proxy.wait_for(|log| (log.len() >= start + moment.requests).then_some(())).await.unwrap();
            for _ in 0..moment.turns {
                tokio::task::yield_now().await;
            }
            early.fetch_add(usize::from(!herald.has_logged("all rooms are read back")), Ordering::Relaxed);
            herald.kill().await;
        };
        println!("life {life} ends {moment:?}");
        tokio::join!(speaking, dying);
    }

    let herald = Herald::start(town.home()).await;
    cleo.person.overhears(war, answers.last().unwrap()).await.unwrap();
    cleo.person.overhears(&town.engineering, told.last().unwrap()).await.unwrap();
    town.hears(company.last().unwrap()).await;
    cleo.gets(war, "!bogus", "I don't know").await;
    answers.push("I don't know".to_owned());

    let lines = cleo.person.lines(war).await.unwrap();
    same(&answers, lines.iter().skip(before).filter(|line| line.sender == town.bot.user_id()));
    let lines = cleo.person.lines(&town.engineering).await.unwrap();
    // The first is the declaration.
    same(&told, lines.iter().filter(|line| line.sender == town.bot.user_id()).skip(1));
    let heard = town.told().await;
    assert_eq!(heard.len(), company.len(), "{heard:#?}");
    assert!(heard.iter().zip(&company).all(|(text, update)| text.contains(update.as_str())), "{heard:#?}");
    assert_eq!(ids(&town.bot.get("/_matrix/client/v3/devices").await.unwrap()), ids(&devices));
    let early = early.into_inner();
    println!("{KILLS} kills, {early} of them during the start; {findings} findings, {updates} updates");
    assert!(early > 0 && early < KILLS, "killed during the start: {early}");
    assert_eq!(herald.stop().await, 0);
}

fn ids(devices: &serde_json::Value) -> Vec<&str> {
    devices["devices"].as_array().unwrap().iter().map(|device| device["device_id"].as_str().unwrap()).collect()
}
