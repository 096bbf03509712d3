//! A Discord in which anything can go wrong, at any request and on the gateway.

use std::collections::BTreeMap;
use std::time::Duration;

use herald_guild::{Connections, Discord, Fault, Id, Person, Reply, Request, Rule, Seen};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use crate::herald::Herald;
use crate::storm::{KINDS, kind, storm, wide};
use crate::town::{Town, same};

/// What all chance begins with.
const SEED: u64 = 300;
/// How often people speak and the gateway then does something: seldom, and often in `make soak`.
const ROUNDS: (usize, usize) = (10, 20);
/// How many findings are told in a round by typing.
const FINDINGS: usize = 4;
/// What is to be read where, in order.
#[derive(Default)]
struct Expected {
    war: Vec<String>,
    engineering: Vec<String>,
    company: Vec<String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn every_post_arrives_once_and_in_order_through_a_discord_in_which_everything_fails() {
    let town = Town::plan().await;
    // So that a gateway that is silent is noticed soon.
    town.discord.heartbeat(Duration::from_secs(2));
    let herald = Herald::start(town.home()).await;
    let (ana, ben, cleo) = (&town.ana, &town.ben, &town.cleo);
    let channels = [town.channel("war-room"), town.incident().await, town.channel("company")];
    let before = channels.map(|channel| town.newest(channel));
    let [war, engineering, company] = channels;
    let start = town.discord.requests().len();

    town.discord.limits(wide());
    town.discord.seed(SEED);
    let mut dice = SmallRng::seed_from_u64(SEED);
    hold(&town.discord, engineering, company);
    storm(&town.discord);
    town.discord.jumble(0.1, 0.1);
    let mut expected = Expected::default();
    let (mut chosen, mut looked) = (Vec::new(), Vec::new());
    let rounds = herald_soak::count(ROUNDS.0, ROUNDS.1);
    for round in 0..rounds {
        for n in round * FINDINGS..(round + 1) * FINDINGS {
            cleo.say(war, &format!("!finding tk{n:04} is what I see")).unwrap();
            expected.war.push("Finding".to_owned());
            expected.engineering.push(format!("tk{n:04} is what I see"));
        }
        ana.say(war, &format!("!log lg{round:04} is what I did")).unwrap();
        expected.war.push("Note".to_owned());
        expected.engineering.push(format!("lg{round:04} is what I did"));
        for half in ["a", "b"] {
            ben.say(war, &format!("!update up{round:04}{half} we are on it next 20m")).unwrap();
            expected.war.push(format!("Update {} goes to the company.", expected.company.len() + 1));
            expected.company.push(format!("up{round:04}{half} we are on it"));
        }
        looked.push(tokio::spawn(look(ana.clone(), war)));
        let cleo = cleo.clone();
        chosen.push(tokio::spawn(async move { choose(&cleo, war, round).await }));
        if round == 2 {
            town.discord.held(2).await;
            town.discord.release();
        }
        upset(&town, round * 20 / rounds, &mut dice).await;
    }
    let mut tries: Vec<(String, bool)> = Vec::new();
    for one in chosen {
        tries.extend(one.await.unwrap());
    }
    let mut answered = 0;
    for one in looked {
        answered += usize::from(one.await.unwrap());
    }
    let taken = tries.iter().filter(|(_, taken)| *taken).count();
    let heard = town.says(company, before[2], expected.company.len()).await;
    town.says(engineering, before[1], expected.engineering.len() + taken).await;
    town.says(war, before[0], expected.war.len()).await;
    // The board comes last of all.
    let edited = |it: &Request| it.fault && kind(&it.method, &it.path) == "edits";
    town.discord.eventually(|| town.discord.requests()[start..].iter().any(edited).then_some(())).await.unwrap();
    town.discord.jumble(0.0, 0.0);
    town.discord.heal();
    // Behind whatever still comes.
    town.gets(cleo, war, "!bogus", "I don't know").await;
    town.gets(cleo, war, "!finding the end", "on the timeline").await;
    town.reads(cleo, engineering, "the end").await;
    expected.engineering.push("the end".to_owned());
    let told = town.said(engineering, before[1]);

    // What was typed is answered in its order; what was chosen stands where Discord put it, once.
    let (by_menu, typed): (Vec<Seen>, Vec<Seen>) = told.into_iter().partition(|it| it.content.contains("mn"));
    same(&expected.engineering, &typed);
    for (words, taken) in &tries {
        let count = by_menu.iter().filter(|it| it.content.contains(words)).count();
        assert!(count == 1 || (count == 0 && !taken), "{words} was chosen once, and stands there {count} times");
    }
    same(&expected.company, &heard);
    let war: Vec<Seen> = town.said(war, before[0]);
    // The first finding was told before.
    once_each(&war, &["Finding ", "Note "], 2, 1 + typed.len() + by_menu.len());
    once_each(&war, &["Update "], 1, expected.company.len());
    let posts = war.len() + typed.len() + by_menu.len() + heard.len();
    assert!(posts >= 15 * rounds, "only {posts} posts were made");
    println!(
        "{posts} posts; {} findings of the menu, {taken} taken in time, {} done; {answered} looks answered",
        tries.len(),
        by_menu.len()
    );
    met(&town.discord.requests()[start..]);
    println!("{:?}", town.discord.connections());
    assert_eq!(herald.stop().await, 0);
}

/// Chooses `/incident finding` until Discord says that it was taken: each try in words of its own, and whether it was.
async fn choose(who: &Person, war: Id, round: usize) -> Vec<(String, bool)> {
    let mut tries = Vec::new();
    loop {
        let words = format!("mn{round:04}-{}", tries.len());
        let options = [("text", json!(format!("{words} is what I see")))];
        let asked = who.slash(war, "incident finding", &options).unwrap();
        let taken = asked.reply().await != Reply::Silence;
        tries.push((words, taken));
        if taken {
            return tries;
        }
    }
}

/// Asks for the state of things: whether that was taken in time, and then it is answered.
async fn look(who: Person, war: Id) -> bool {
    let asked = who.patient(Duration::from_secs(90)).slash(war, "incident status", &[]).unwrap();
    if asked.reply().await == Reply::Silence {
        return false;
    }
    let answer = asked.message().await.unwrap();
    assert!(answer.content.contains("INC-1"), "{answer:?}");
    true
}

/// The next post to each of these waits until it is released, one before it is made and one after.
fn hold(discord: &Discord, before: Id, after: Id) {
    for (fault, channel) in [(Fault::Hold, before), (Fault::HoldAnswer, after)] {
        let part = format!("/channels/{channel}/messages");
        discord.fault(Rule::new(fault).on(move |method, path| method == "POST" && path == part).times(1));
    }
}

/// Something that the gateway does, and that Herald comes back from. `part` is how far the storm is, of 20.
async fn upset(town: &Town, part: usize, dice: &mut SmallRng) {
    let before = town.discord.connections();
    match (part, dice.random_range(0..7)) {
        // Herald notices by itself that nobody acknowledges its heartbeats.
        (4, _) => {
            town.discord.stall(true);
            town.discord.until(|_, now| (now.opened > before.opened).then_some(())).await;
            town.discord.stall(false);
        }
        (8, _) => town.discord.invalidate_sessions(false),
        (12, _) => town.discord.invalidate_sessions(true),
        (16, _) => town.discord.close_gateway(4000, "Unknown error."),
        (_, 0) => town.discord.cut_gateway(),
        (_, 1) => town.discord.ask_to_reconnect(),
        (_, 2) => town.discord.close_gateway(4009, "Session timed out."),
        _ => return,
    }
    let is_back = |_: &[Request], now: Connections| {
        (now.identified + now.resumed > before.identified + before.resumed).then_some(())
    };
    town.discord.until(is_back).await;
}

/// The numbers from `first` to `last` behind these words, each in one message.
fn once_each(said: &[Seen], words: &[&str], first: usize, last: usize) {
    let number = |it: &Seen| {
        let rest = words.iter().find_map(|words| it.content.split_once(words))?.1;
        rest.split(' ').next()?.parse().ok()
    };
    let mut numbers: Vec<usize> = said.iter().filter_map(number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (first..=last).collect::<Vec<_>>(), "{words:?}");
}

/// Shows which requests met which faults, and that each fault happened to posts, and some to each kind of request.
fn met(requests: &[Request]) {
    let mut counts: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for request in requests {
        let fault = if request.fault { request.status.to_string() } else { "-".to_owned() };
        *counts.entry((kind(&request.method, &request.path), fault)).or_default() += 1;
    }
    for ((kind, fault), count) in &counts {
        println!("{kind:9} {count:5} {fault}");
    }
    for kind in KINDS {
        let met = requests.iter().filter(|it| it.fault && self::kind(&it.method, &it.path) == kind).count();
        assert!(met > 0, "nothing of {kind} met any fault");
    }
    for status in [0, 200, 429, 502, 503, 520] {
        let met = requests.iter().any(|it| it.fault && it.status == status && kind(&it.method, &it.path) == "posts");
        assert!(met, "no post met {status}");
    }
}
