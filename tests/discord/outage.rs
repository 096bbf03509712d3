//! A Discord that is down for a while.

use herald_guild::{Fault, Limit, Limits, Rule};

use crate::town::{Town, same};

/// How many updates are published and findings told that cannot be posted yet.
const UPDATES: usize = 12;

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_while_discord_is_down_arrives_once_and_in_order() {
    let (town, herald) = Town::new("").await;
    town.discord.limits(Limits { other: Some(Limit::new(40, 500)), ..Limits::off() });
    let channels = [town.channel("war-room"), town.incident().await, town.channel("company")];
    let before = channels.map(|channel| town.newest(channel));
    let [war, engineering, company] = channels;
    assert_eq!(herald.get("/readyz").await, (200, "ready\n".to_owned()));

    // Herald hears, and nothing that it says arrives; of some it cannot know that.
    let is_post = |method: &str, path: &str| method == "POST" && path.ends_with("/messages");
    town.discord.fault(Rule::new(Fault::LoseAnswer).on(is_post).times(1));
    town.discord.fault(Rule::new(Fault::Cut).on(is_post));
    let (mut answers, mut told, mut updates) = (Vec::new(), Vec::new(), Vec::new());
    let logged = herald.logged();
    for n in 1..=UPDATES {
        told.push(format!("tk{n:02} is what I see"));
        updates.push(format!("up{n:02} we are on it"));
        town.cleo.say(war, &format!("!finding tk{n:02} is what I see")).unwrap();
        town.ben.say(war, &format!("!update up{n:02} we are on it next 20m")).unwrap();
        answers.extend([format!("Finding {} is on the timeline", n + 1), format!("Update {n} goes to the company")]);
    }
    let published = |lines: &[String]| {
        let recorded = lines.iter().skip(logged).filter(|line| line.contains("UpdatePublished"));
        (recorded.count() == UPDATES).then_some(())
    };
    herald.logs(published).await;
    let arrived: usize = channels.iter().zip(before).map(|(channel, before)| town.said(*channel, before).len()).sum();
    assert!(arrived <= 1, "{arrived} posts arrived");

    town.discord.stop();
    town.discord.heal();
    let down = herald.logs_line("The connection to the gateway broke", logged).await;
    assert_eq!(herald.get("/readyz").await, (503, "discord is not ready\n".to_owned()));
    assert_eq!(herald.get("/healthz").await.0, 200);
    // What waits is tried in vain, also with Discord down.
    herald.logs_line("not sent, will try again", down).await;
    // What people say meanwhile is heard afterwards.
    told.push("tk99 is what I see".to_owned());
    answers.push(format!("Finding {} is on the timeline", told.len() + 1));
    town.cleo.say(war, "!finding tk99 is what I see").unwrap();

    town.discord.start_again().await.unwrap();
    herald.ready_again().await;
    same(&updates, &town.says(company, before[2], updates.len()).await);
    same(&answers, &town.says(war, before[0], answers.len()).await);
    same(&told, &town.says(engineering, before[1], told.len()).await);
    // And it goes on, with nothing said twice.
    town.gets(&town.cleo, war, "!finding it is over", &format!("Finding {} is on", told.len() + 2)).await;
    answers.push(format!("Finding {} is on", told.len() + 2));
    same(&answers, &town.said(war, before[0]));
    assert_eq!(herald.stop().await, 0);
}
