//! What Discord allows only so often.

use std::time::Duration;

use herald_guild::{Fault, Rule, Scope};

use crate::herald::Herald;
use crate::town::{Town, same};

/// How many answers are wanted at once: more than the five that Discord lets through in 5 s.
const BURST: usize = 14;
/// What posts go through.
const POSTS: &str = "POST /channels/{id}/messages";

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_of_answers_never_goes_beyond_what_discord_allows() {
    let (town, herald) = Town::new("").await;
    let war = town.channel("war-room");
    let before = town.newest(war);
    for n in 0..BURST {
        town.cleo.say(war, &format!("!bogus{n:02}")).unwrap();
    }
    let answers: Vec<String> = (0..BURST).map(|n| format!("bogus{n:02}")).collect();
    same(&answers, &town.says(war, before, BURST).await);
    let limited: Vec<_> = town.discord.requests().into_iter().filter(|it| it.status == 429).collect();
    assert!(limited.is_empty(), "{limited:#?}");
    let (posts, _) = town.discord.count(POSTS);
    assert!(posts >= BURST, "{posts}");
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_others_have_used_up_holds_up_no_other() {
    let (town, herald) = Town::new("").await;
    let (cleo, war, engineering) = (&town.cleo, town.channel("war-room"), town.incident().await);
    let before = [town.newest(war), town.newest(engineering)];
    let (asked, _) = town.discord.count(POSTS);

    let retry_after = Duration::from_hours(1);
    let limited = Fault::Limited { scope: Scope::Shared, retry_after, headers: true, body: true };
    let part = format!("/channels/{engineering}/messages");
    town.discord.fault(Rule::new(limited).on(move |method, path| method == "POST" && path == part));
    let mut answers = Vec::new();
    for n in 1..=5 {
        cleo.say(war, &format!("!finding tk{n} is what I see")).unwrap();
        answers.push(format!("Finding {} is on the timeline", n + 1));
    }
    same(&answers, &town.says(war, before[0], answers.len()).await);
    herald.logs_line("Discord asks to go slower", 0).await;
    // As many again: nobody asks for the one that is to wait.
    for n in 6..=8 {
        cleo.say(war, &format!("!finding tk{n} is what I see")).unwrap();
        answers.push(format!("Finding {} is on the timeline", n + 1));
    }
    same(&answers, &town.says(war, before[0], answers.len()).await);
    assert!(town.said(engineering, before[1]).is_empty());
    let (posts, limited) = town.discord.count(POSTS);
    assert_eq!((posts - asked, limited), (answers.len() + 1, 1), "it is asked once, and then left alone");

    // Nobody waits for an hour in a test: a new start tries everything at once.
    town.discord.heal();
    assert_eq!(herald.stop().await, 0);
    let herald = Herald::start(town.home()).await;
    let told: Vec<String> = (1..=answers.len()).map(|n| format!("tk{n} is what I see")).collect();
    same(&told, &town.says(engineering, before[1], told.len()).await);
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_herald_that_is_started_again_and_again_never_uses_the_days_last_session() {
    let (town, herald) = Town::new("").await;
    herald.kill().await;
    // Three more than the half that is kept back.
    town.discord.sessions_left(town.bot.id, 503);
    let before = town.discord.connections().identified;
    let mut waited = 0;
    for _ in 0..7 {
        waited += usize::from(life_waits(&town).await);
    }
    assert_eq!((town.discord.connections().identified - before, waited), (3, 4));
    // Somebody else has used all but one.
    town.discord.sessions_left(town.bot.id, 1);
    for _ in 0..3 {
        assert!(life_waits(&town).await);
    }
    assert_eq!(town.discord.connections().identified - before, 3);
}

/// One life, up to the session, or up to the word that Herald waits before it begins one: whether it waits.
async fn life_waits(town: &Town) -> bool {
    let herald = Herald::begin(town.home());
    let seen = |lines: &[String]| {
        let begun = lines.iter().any(|line| line.contains("a session with Discord has begun"));
        let waits = lines.iter().any(|line| line.contains("Herald waits until"));
        (begun || waits).then_some(waits)
    };
    let waits = herald.logs(seen).await;
    herald.kill().await;
    waits
}
