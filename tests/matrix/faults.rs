//! A network in which anything can go wrong, at any request.

use std::collections::BTreeMap;

use herald_element::Line;
use herald_synapse::{Proxy, Request, Synapse};

use crate::storm::{kind, storm};
use crate::town::{Town, same};

/// How many findings are told: few, and many in `make soak`.
const FINDINGS: (usize, usize) = (30, 100);
/// After how many findings there is an update.
const EVERY: usize = 2;

#[tokio::test(flavor = "multi_thread")]
async fn every_post_arrives_once_and_in_order_through_a_network_in_which_everything_fails() {
    let server = Synapse::shared().await.unwrap();
    let proxy = Proxy::start(server.port(), 300).await.unwrap();
    let (town, herald) = Town::behind(server, &proxy.url(), "").await;
    let (ben, cleo, war) = (&town.ben, &town.cleo, &town.war);
    let before = town.incident().await;

    let start = proxy.log().len();
    storm(&proxy);
    let (mut answers, mut told, mut company) = (Vec::new(), Vec::new(), Vec::new());
    let findings = herald_soak::count(FINDINGS.0, FINDINGS.1);
    for n in 1..=findings {
        cleo.person.say(war, &format!("!finding tk{n:04} is what I see")).await.unwrap();
        answers.push(format!("📌 Finding {n} is on the timeline."));
        told.push(format!("tk{n:04} is what I see"));
        if n % EVERY == 0 {
            ben.person.say(war, &format!("!update up{n:04} we are on it next 20m")).await.unwrap();
            let update = n / EVERY;
            answers.push(format!("Update {update} goes to the company."));
            company.push((format!("update {update}"), format!("up{n:04}")));
        }
    }
    let (said, last) = (answers.len(), answers.last().unwrap());
    cleo.person.overhears(war, last).await.unwrap();
    cleo.person.overhears(&town.engineering, told.last().unwrap()).await.unwrap();
    town.hears(&company.last().unwrap().1).await;
    proxy.heal();

    let lines = cleo.person.lines(war).await.unwrap();
    let of_herald = |line: &&Line| line.sender == town.bot.user_id();
    assert_eq!(lines.iter().skip(before).filter(|line| !of_herald(line)).count(), said);
    same(&answers, lines.iter().skip(before).filter(of_herald));
    let lines = cleo.person.lines(&town.engineering).await.unwrap();
    // The first is the declaration.
    same(&told, lines.iter().filter(of_herald).skip(1));
    let heard = town.told().await;
    let heard: Vec<_> = heard.iter().filter(|text| text.contains("update ")).collect();
    assert_eq!(heard.len(), company.len(), "{heard:#?}");
    for (text, (name, words)) in heard.iter().zip(&company) {
        assert!(text.contains(name) && text.contains(words), "{name}, {words}: {text}");
    }
    let posts = answers.len() + told.len() + company.len();
    assert!(posts >= 3 * findings, "only {posts} posts were made");
    met(&proxy.log()[start..]);
    assert_eq!(herald.stop().await, 0);
}

/// Shows which requests met which faults, and that each fault happened, to each kind of request that counts.
fn met(log: &[Request]) {
    let mut counts: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for request in log {
        let fault = request.fault.map_or_else(|| "-".to_owned(), |fault| format!("{fault:?}"));
        *counts.entry((kind(&request.path), fault)).or_default() += 1;
    }
    for ((kind, fault), count) in &counts {
        println!("{kind:8} {count:5} {fault}");
    }
    let of = |wanted: &str, part: &str| {
        let fits =
            counts.iter().filter(|((kind, fault), _)| (wanted.is_empty() || *kind == wanted) && fault.contains(part));
        fits.map(|(_, count)| count).sum::<usize>()
    };
    for fault in ["Cut", "LoseAnswer", "Delay", "header: Some", "body: Some", "header: None, body: None", "Gateway"] {
        assert!(of("posts", fault) > 0, "no post met {fault}");
    }
    for kind in ["state", "history", "sync", "keys", "shares"] {
        assert!(of(kind, "") > of(kind, "-"), "nothing of {kind} met any fault");
    }
}
