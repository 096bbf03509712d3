//! What a homeserver does not let Herald do, for a while or in one room.

use std::collections::BTreeMap;

use herald_synapse::{Admin, Fault, Options, Proxy, Rule, Synapse};
use serde_json::json;

use crate::herald::Herald;
use crate::town::{Town, same};

/// How many answers are wanted at once: more than the ten that a homeserver lets through.
const BURST: usize = 14;

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_of_answers_keeps_to_the_limit_that_homeservers_have() {
    // As most homeservers have it, one message every 5 s; one a second asks the same of Herald and is over sooner.
    let quicker = Options::new().set("rc_message", json!({ "per_second": 1, "burst_count": 10 }));
    let options = if herald_soak::is_on() { Options::new().default_message_limit() } else { quicker };
    let synapse = Synapse::start_with(options).await.unwrap();
    let root = synapse.register("root", Admin::Yes).await.unwrap();
    let proxy = Proxy::start(synapse.port(), 1).await.unwrap();
    let (town, herald) = Town::behind(synapse.clone(), &proxy.url(), "").await;
    let (cleo, war) = (&town.cleo, &town.war);
    // The limit is Herald's alone.
    root.limit_messages(cleo.id(), 0, 0).await.unwrap();
    let before = cleo.sees(war).await;
    let mut asked = Vec::new();
    for n in 0..BURST {
        asked.push(cleo.person.say(war, &format!("!bogus{n:02}")).await.unwrap());
    }
    let refused = |n: usize| format!("bogus{n:02}");
    let answers: Vec<String> = (0..BURST).map(refused).collect();
    cleo.person.overhears(war, &format!("know `!{}`", answers.last().unwrap())).await.unwrap();

    let lines = cleo.person.lines(war).await.unwrap();
    let lines: Vec<_> = lines.iter().skip(before).filter(|line| line.sender == town.bot.user_id()).collect();
    same(&answers, lines.iter().copied());
    // Whoever is asked to wait and does is asked once for each post.
    let mut limited: BTreeMap<String, usize> = BTreeMap::new();
    for request in proxy.log() {
        if request.status == Some(429) {
            *limited.entry(request.path).or_default() += 1;
        }
    }
    println!("{} posts were limited", limited.len());
    assert!(!limited.is_empty());
    assert!(limited.values().all(|count| *count == 1), "{limited:#?}");
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_has_to_wait_for_an_hour_holds_up_no_other() {
    let server = Synapse::shared().await.unwrap();
    let proxy = Proxy::start(server.port(), 1).await.unwrap();
    let (town, herald) = Town::behind(server, &proxy.url(), "").await;
    let (cleo, war, engineering) = (&town.cleo, &town.war, &town.engineering);
    let before = town.incident().await;
    let told = cleo.sees(engineering).await;

    // Its id without the sign that some clients encode.
    let part = engineering.trim_start_matches('!').split(':').next().unwrap().to_owned();
    let limited = Fault::Limited { header: Some(3600), body: None };
    let is_theirs = move |_: &str, path: &str| path.contains(&part) && path.contains("/send/");
    proxy.inject(Rule::new(limited).on(is_theirs));
    let mut answers = Vec::new();
    for n in 1..=5 {
        cleo.person.say(war, &format!("!finding tk{n} is what I see")).await.unwrap();
        answers.push(format!("Finding {n} is on the timeline"));
    }
    cleo.person.overhears(war, answers.last().unwrap()).await.unwrap();
    same(
        &answers,
        cleo.person.lines(war).await.unwrap().iter().skip(before).filter(|it| it.sender == town.bot.user_id()),
    );
    assert_eq!(cleo.sees(engineering).await, told);
    assert_eq!(proxy.injected().limited, 1, "it is asked once, and then left alone");

    // Nobody waits for an hour in a test: a new start tries everything at once.
    proxy.heal();
    assert_eq!(herald.stop().await, 0);
    let herald = Herald::start(town.home()).await;
    cleo.person.overhears(engineering, "tk5").await.unwrap();
    let findings: Vec<String> = (1..=5).map(|n| format!("tk{n} is what I see")).collect();
    same(&findings, cleo.person.lines(engineering).await.unwrap().iter().skip(told));
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_herald_was_removed_from_is_told_of_once_and_an_invitation_heals_it() {
    let server = Synapse::shared().await.unwrap();
    let mut town = Town::plan(server).await;
    // Somebody else's room: from its own nobody can remove Herald.
    let people = [town.bot.user_id(), town.ben.id(), town.cleo.id()];
    let engineering = town.ana.person.create_encrypted("engineering", &people).await.unwrap();
    town.map("engineering", &engineering);
    town.engineering.clone_from(&engineering);
    let herald = Herald::start(town.home()).await;
    let town = town.settle_in().await;
    let (ana, cleo, war) = (&town.ana, &town.cleo, &town.war);
    ana.gets(war, "!declare checkout is down --severity critical", "INC-1 checkout is down").await;
    ana.person.overhears(&engineering, "INC-1").await.unwrap();

    ana.account.kick(&engineering, town.bot.user_id()).await.unwrap();
    herald.logs_line("Herald was removed from this room", 0).await;
    let (status, ready) = herald.get("/readyz").await;
    assert!(status == 503 && ready.contains(&format!("matrix:{engineering}) any more: invite it there")), "{ready}");
    for n in 1..=3 {
        cleo.gets(war, &format!("!finding tk{n} is what I see"), &format!("Finding {n} is on the timeline")).await;
    }
    let refused = herald.logs_line("the platform refuses this for good", 0).await;
    herald.logs_line("the platform refuses this too", refused).await;

    ana.account.invite(&engineering, town.bot.user_id()).await.unwrap();
    herald.logs_line("joined by invitation", refused).await;
    ana.person.sync().await.unwrap();
    cleo.gets(war, "!finding tk4 is what I see", "Finding 4 is on the timeline").await;
    ana.person.overhears(&engineering, "tk4 is what I see").await.unwrap();
    ana.gets(&engineering, "!status", "INC-1").await;
    herald.ready_again().await;

    let log = herald.log();
    let errors: Vec<&str> = log.lines().filter(|line| line.contains("ERROR herald")).collect();
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert!(errors[0].contains(&format!("invite {} there again", town.bot.user_id())), "{errors:#?}");
    assert_eq!(log.matches("the platform refuses this for good").count(), 1);
    assert_eq!(herald.stop().await, 0);
}
