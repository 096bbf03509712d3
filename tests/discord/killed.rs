//! The real binary, killed with SIGKILL again and again while people speak to it and choose from its menu.

use std::collections::BTreeMap;

use herald_guild::{Asked, Discord, Limit, Limits, Request, Seen};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use crate::herald::Herald;
use crate::town::{Town, same};

/// What all chance begins with.
const SEED: u64 = 50;
/// How often it is killed in `make soak`.
const KILLS: usize = 50;
/// How many commands are typed in each life.
const COMMANDS: usize = 3;
/// How many requests a start takes.
const START: usize = 20;

/// When it is killed, and how many turns of the scheduler later.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// At one of its first requests, while people speak.
    Starting { request: usize, turns: usize },
    /// At one of its posts after it has read all channels, when people begin to speak. There are two for each command.
    Working { post: usize, turns: usize },
    /// Once Discord has been told that a command of the menu was taken.
    Chosen { turns: usize },
}

impl Moment {
    /// Along the start, at each post and at a choice: by chance and often in `make soak`, once each otherwise.
    fn all(dice: &mut SmallRng) -> Vec<Self> {
        if herald_soak::is_on() {
            return (0..KILLS).map(|_| Self::random(dice)).collect();
        }
        let mut turns = || dice.random_range(0..200);
        let mut all: Vec<Self> = (1..=2 * COMMANDS).map(|post| Self::Working { post, turns: turns() }).collect();
        all.extend([1, START / 2, START - 1].map(|request| Self::Starting { request, turns: turns() }));
        all.push(Self::Chosen { turns: turns() });
        all
    }

    fn random(dice: &mut SmallRng) -> Self {
        let turns = dice.random_range(0..200);
        match dice.random_range(0..3) {
            0 => Self::Starting { request: dice.random_range(1..START), turns },
            1 => Self::Chosen { turns },
            _ => Self::Working { post: dice.random_range(1..=2 * COMMANDS), turns },
        }
    }

    async fn comes(self, discord: &Discord, start: usize, chosen: Option<&Asked>) {
        let (n, turns, part) = match self {
            Self::Starting { request, turns } => (request, turns, ""),
            Self::Working { post, turns } => (post, turns, "POST /channels/{id}/messages"),
            Self::Chosen { turns } => (0, turns, ""),
        };
        if let (Self::Chosen { .. }, Some(asked)) = (self, chosen) {
            asked.reply().await;
        }
        let made = |all: &[Request]| all.iter().skip(start).filter(|it| it.route.contains(part)).count();
        discord.until(|requests, _| (made(requests) >= n).then_some(())).await;
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
    }
}

/// What people said, and what is to be read where.
#[derive(Default)]
struct Expected {
    findings: usize,
    war: Vec<String>,
    engineering: Vec<String>,
    company: Vec<String>,
    chosen: Vec<(String, Asked)>,
}

impl Expected {
    /// People speak, and at times somebody chooses from the menu.
    fn speak(&mut self, town: &Town, moment: Moment, dice: &mut SmallRng) {
        let war = town.channel("war-room");
        for _ in 0..COMMANDS {
            if dice.random_range(0..3) == 0 {
                let n = self.company.len() + 1;
                town.ben.say(war, &format!("!update up{n:03} we are on it next 20m")).unwrap();
                self.war.push(format!("Update {n} goes to the company."));
                self.company.push(format!("up{n:03} we are on it"));
            } else {
                self.findings += 1;
                let words = format!("tk{:03} is what I see", self.findings);
                town.cleo.say(war, &format!("!finding {words}")).unwrap();
                self.war.push("on the timeline".to_owned());
                self.engineering.push(words);
            }
        }
        if matches!(moment, Moment::Chosen { .. }) || dice.random_range(0..2) == 0 {
            let words = format!("mn{:03} is what I see", self.chosen.len());
            let asked = town.ana.slash(war, "incident finding", &[("text", json!(words))]).unwrap();
            self.chosen.push((words, asked));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_herald_killed_at_any_moment_does_everything_once() {
    let mut dice = SmallRng::seed_from_u64(SEED);
    let (town, herald) = Town::new("").await;
    let channels = [town.channel("war-room"), town.incident().await, town.channel("company")];
    let before = channels.map(|channel| town.newest(channel));
    let [war, engineering, company] = channels;
    // So much that a life is short.
    town.discord.limits(Limits { routes: BTreeMap::new(), other: Some(Limit::new(40, 500)), ..Limits::discord() });
    herald.kill().await;

    let mut expected = Expected::default();
    let mut at_work = 0;
    let moments = Moment::all(&mut dice);
    let kills = moments.len();
    for (life, moment) in moments.into_iter().enumerate() {
        let start = town.discord.requests().len();
        let herald = Herald::begin(town.home());
        let start = match moment {
            Moment::Starting { .. } => start,
            Moment::Working { .. } | Moment::Chosen { .. } => {
                let begun = herald.logs_line("a session with Discord has begun", 0).await;
                herald.logs_line("all rooms are read back", begun).await;
                at_work += 1;
                town.discord.requests().len()
            }
        };
        expected.speak(&town, moment, &mut dice);
        println!("life {life} ends {moment:?}");
        let chosen = expected.chosen.last().map(|(_, asked)| asked);
        moment.comes(&town.discord, start, chosen).await;
        herald.kill().await;
    }

    let herald = Herald::start(town.home()).await;
    town.gets(&town.cleo, war, "!bogus", "I don't know").await;
    town.says(company, before[2], expected.company.len()).await;
    let last = expected.engineering.last().unwrap().clone();
    town.reads(&town.cleo, engineering, &last).await;
    // Whatever was chosen and is durable is told there, and after it this.
    town.gets(&town.cleo, war, "!finding the end", "on the timeline").await;
    town.reads(&town.cleo, engineering, "the end").await;
    expected.engineering.push("the end".to_owned());
    expected.war.extend(["I don't know".to_owned(), "on the timeline".to_owned()]);

    let told = town.said(engineering, before[1]);
    let (by_menu, typed): (Vec<Seen>, Vec<Seen>) = told.into_iter().partition(|it| it.content.contains("mn"));
    same(&expected.engineering, &typed);
    same(&expected.company, &town.said(company, before[2]));
    let acknowledged = expected.chosen.iter().filter(|(_, asked)| asked.times().is_some()).count();
    for (words, asked) in &expected.chosen {
        let count = by_menu.iter().filter(|it| it.content.contains(words.as_str())).count();
        let taken = asked.times().is_some();
        assert!(
            count == 1 || (count == 0 && !taken),
            "{words} was chosen once, taken: {taken}, and stands {count} times"
        );
    }
    // What is chosen is answered where it was chosen, and where that is too late in the room.
    let answers = town.said(war, before[0]);
    let numbers = numbers(&answers);
    assert_eq!(numbers, (2..=1 + typed.len() + by_menu.len()).collect::<Vec<_>>());
    println!(
        "{kills} kills, {at_work} of them at work, the others at the start; {} findings and {} updates typed, {} findings \
         chosen, {acknowledged} of them acknowledged, {} done",
        expected.findings,
        expected.company.len(),
        expected.chosen.len(),
        by_menu.len(),
    );
    assert_eq!(herald.stop().await, 0);
}

/// Those of the findings that are answered.
fn numbers(said: &[Seen]) -> Vec<usize> {
    let number = |it: &Seen| it.content.split("Finding ").nth(1)?.split(' ').next()?.parse().ok();
    let mut numbers: Vec<usize> = said.iter().filter_map(number).collect();
    numbers.sort_unstable();
    numbers
}
