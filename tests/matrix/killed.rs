//! The real binary, killed with SIGKILL again and again while people speak to it in an encrypted room.

use herald_synapse::{Proxy, Request, Synapse};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use crate::herald::Herald;
use crate::town::{Town, same};

/// How often it is killed in `make soak`.
const KILLS: usize = 50;
/// How many commands are given in each life.
const COMMANDS: usize = 2;
/// How many requests a start takes.
const START: usize = 36;

/// When it is killed, and how many turns of the scheduler later.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// At one of its first requests, while people speak.
    Starting { request: usize, turns: usize },
    /// At one of its posts after it has read all rooms, when people begin to speak. There are two for each command.
    Working { post: usize, turns: usize },
}

impl Moment {
    /// Along the start, and at each post: by chance and often in `make soak`, once each otherwise.
    fn all(dice: &mut SmallRng) -> Vec<Self> {
        if herald_soak::is_on() {
            return (0..KILLS).map(|_| Self::random(dice)).collect();
        }
        let starts = [1, START / 2, START - 1];
        let starts = starts.map(|request| Self::Starting { request, turns: dice.random_range(0..200) });
        let posts = (1..=2 * COMMANDS).map(|post| Self::Working { post, turns: dice.random_range(0..200) });
        starts.into_iter().chain(posts).collect()
    }

    fn random(dice: &mut SmallRng) -> Self {
        let turns = dice.random_range(0..200);
        match dice.random_range(0..2) {
            0 => Self::Starting { request: dice.random_range(1..START), turns },
            _ => Self::Working { post: dice.random_range(1..=2 * COMMANDS), turns },
        }
    }

    async fn comes(self, proxy: &Proxy, start: usize) {
        let (n, turns, part) = match self {
            Self::Starting { request, turns } => (request, turns, ""),
            Self::Working { post, turns } => (post, turns, "/send/"),
        };
        let made = |log: &[Request]| log.iter().skip(start).filter(|request| request.path.contains(part)).count();
        proxy.wait_for(|log| (made(log) >= n).then_some(())).await.unwrap();
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_herald_killed_at_any_moment_does_everything_once_and_stays_one_device() {
    let mut dice = SmallRng::seed_from_u64(50);
    let server = Synapse::shared().await.unwrap();
    // It lets everything pass, and knows how far Herald has come.
    let proxy = Proxy::start(server.port(), 50).await.unwrap();
    let (town, herald) = Town::behind(server, &proxy.url(), "").await;
    let (ben, cleo, war) = (&town.ben, &town.cleo, &town.war);
    let devices = town.bot.get("/_matrix/client/v3/devices").await.unwrap();
    let before = town.incident().await;
    herald.kill().await;

    let (mut findings, mut updates) = (0, 0);
    let (mut answers, mut told, mut company) = (Vec::new(), Vec::new(), Vec::new());
    let mut at_work = 0;
    let moments = Moment::all(&mut dice);
    let kills = moments.len();
    for (life, moment) in moments.into_iter().enumerate() {
        let start = proxy.log().len();
        let herald = Herald::begin(town.home());
        let start = match moment {
            Moment::Starting { .. } => start,
            Moment::Working { .. } => {
                herald.logs_line("all rooms are read back", 0).await;
                at_work += 1;
                proxy.log().len()
            }
        };
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
            moment.comes(&proxy, start).await;
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
    println!(
        "{kills} kills, {at_work} of them at work, the others at the start; {findings} findings, {updates} updates"
    );
    assert_eq!(herald.stop().await, 0);
}

fn ids(devices: &serde_json::Value) -> Vec<&str> {
    devices["devices"].as_array().unwrap().iter().map(|device| device["device_id"].as_str().unwrap()).collect()
}
