//! The real binary, killed with SIGKILL again and again while people speak on both sides.

use herald_guild::Discord;
use herald_synapse::{Proxy, Synapse};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use crate::crowd::Crowd;
use crate::discord_storm;
use crate::herald::Herald;
use crate::town::Town;

/// What all chance begins with.
const SEED: u64 = 800;
/// How often it is killed in `make soak`.
const KILLS: usize = 50;
/// How many posts of a life may be its last, on each network.
const POSTS: usize = 4;
/// How much people do in each life.
const DEEDS: usize = 16;
/// How many requests a start takes, to both servers.
const START: usize = 60;

/// When it is killed, and how many turns of the scheduler later.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// At one of its first requests, while people speak.
    Starting { request: usize, turns: usize },
    /// At one of its posts to Synapse after it has read everything, when people begin to speak.
    Here { post: usize, turns: usize },
    /// The same, to Discord.
    There { post: usize, turns: usize },
}

impl Moment {
    /// Along the start, and at posts to both: by chance and often in `make soak`, once each otherwise.
    fn all(dice: &mut SmallRng) -> Vec<Self> {
        if herald_soak::is_on() {
            return (0..KILLS).map(|_| Self::random(dice)).collect();
        }
        let mut turns = || dice.random_range(0..200);
        let starts = [1, START / 2, START - 1].map(|request| Self::Starting { request, turns: turns() });
        let here = [1, POSTS].map(|post| Self::Here { post, turns: turns() });
        let there = [1, POSTS].map(|post| Self::There { post, turns: turns() });
        starts.into_iter().chain(here).chain(there).collect()
    }

    fn random(dice: &mut SmallRng) -> Self {
        let turns = dice.random_range(0..200);
        match dice.random_range(0..3) {
            0 => Self::Starting { request: dice.random_range(1..START), turns },
            1 => Self::Here { post: dice.random_range(1..=POSTS), turns },
            _ => Self::There { post: dice.random_range(1..=POSTS), turns },
        }
    }

    async fn comes(self, proxy: &Proxy, discord: &Discord, (here, there): (usize, usize)) {
        let turns = match self {
            Self::Starting { request, turns } => {
                // Each network is asked in a way of its own, so this looks whenever Synapse is.
                let made = |log: usize| log - here + discord.requests().len() - there;
                proxy.wait_for(|log| (made(log.len()) >= request).then_some(())).await.unwrap();
                turns
            }
            Self::Here { post, turns } => {
                let posts = |log: &[herald_synapse::Request]| {
                    log[here..].iter().filter(|it| it.path.contains("/send/")).count()
                };
                proxy.wait_for(|log| (posts(log) >= post).then_some(())).await.unwrap();
                turns
            }
            Self::There { post, turns } => {
                let is_post = |it: &&herald_guild::Request| it.route == "POST /channels/{id}/messages";
                discord.until(|all, _| (all[there..].iter().filter(is_post).count() >= post).then_some(())).await;
                turns
            }
        };
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_herald_killed_at_any_moment_passes_everything_on_once() {
    let mut dice = SmallRng::seed_from_u64(SEED);
    let server = Synapse::shared().await.unwrap();
    // It lets everything pass, and knows how far Herald has come.
    let proxy = Proxy::start(server.port(), SEED).await.unwrap();
    let (town, herald) = Town::behind(server, &proxy.url(), "").await;
    town.discord.limits(discord_storm::wide());
    herald.kill().await;

    let mut crowd = Crowd::new(SEED);
    // Discord does not tell what was changed, removed and reacted to while nobody listened.
    crowd.all_on_discord = false;
    let mut at_work = 0;
    let moments = Moment::all(&mut dice);
    let kills = moments.len();
    for (life, moment) in moments.into_iter().enumerate() {
        let made = || (proxy.log().len(), town.discord.requests().len());
        let start = made();
        let herald = Herald::begin(town.home());
        let start = match moment {
            Moment::Starting { .. } => start,
            Moment::Here { .. } | Moment::There { .. } => {
                let begun = herald.logs_line("a session with Discord has begun", 0).await;
                herald.logs_line("all rooms are read back", begun).await;
                at_work += 1;
                made()
            }
        };
        println!("life {life} ends {moment:?}");
        let speaking = async {
            let until = crowd.done.all() + DEEDS;
            while crowd.done.all() < until {
                crowd.act(&town).await;
            }
        };
        let dying = async {
            moment.comes(&proxy, &town.discord, start).await;
            herald.kill().await;
        };
        tokio::join!(speaking, dying);
    }
    let herald = Herald::start(town.home()).await;
    crowd.check(&town).await;
    println!("{kills} kills, {at_work} of them at work, the others at the start; {:?}", crowd.done);
    assert_eq!(herald.stop().await, 0);
}
