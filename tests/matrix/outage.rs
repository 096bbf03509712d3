//! A homeserver that is down for a while.

use herald_synapse::{Fault, Proxy, Rule, Synapse};

use crate::town::Town;

/// How many updates are published and findings told that cannot be posted yet.
const UPDATES: usize = 12;

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_while_the_homeserver_is_down_arrives_once_and_in_order() {
    let mut synapse = Synapse::start().await.unwrap();
    let proxy = Proxy::start(synapse.port(), 1).await.unwrap();
    let (town, herald) = Town::behind(synapse.clone(), &proxy.url(), "").await;
    let (ben, cleo, war) = (&town.ben, &town.cleo, &town.war);
    let before = town.incident().await;
    assert_eq!(herald.get("/readyz").await, (200, "ready\n".to_owned()));

    // Herald hears, and nothing that it says arrives; of some it cannot know that.
    proxy.inject(Rule::new(Fault::LoseAnswer).on(|_, path| path.contains("/send/m.room")).times(1));
    proxy.inject(Rule::new(Fault::Cut).on(|_, path| path.contains("/send/m.room")));
    let (mut answers, mut updates) = (Vec::new(), Vec::new());
    let logged = herald.logged();
    for n in 1..=UPDATES {
        cleo.person.say(war, &format!("!finding tk{n:02} is what I see")).await.unwrap();
        ben.person.say(war, &format!("!update up{n:02} we are on it next 20m")).await.unwrap();
        answers.extend([format!("Finding {n} is on the timeline"), format!("Update {n} goes to the company")]);
        updates.push(format!("up{n:02} we are on it"));
    }
    let published = |lines: &[String]| {
        let recorded = lines.iter().skip(logged).filter(|line| line.contains("UpdatePublished"));
        (recorded.count() == UPDATES).then_some(())
    };
    herald.logs(published).await;
    assert!(town.told().await.iter().all(|text| !text.contains("up02")), "nothing but the first could arrive");

    synapse.stop().await.unwrap();
    proxy.heal();
    let down = herald.logs_line("a sync failed", logged).await;
    let (status, why) = herald.get("/readyz").await;
    assert_eq!((status, why.as_str()), (503, "matrix is not ready\n"));
    assert_eq!(herald.get("/healthz").await.0, 200);
    // What waits is tried in vain, also with the homeserver down.
    let down = herald.logs_line("not sent, will try again", down).await;
    // It says so once nothing was heard for a minute; tests/run and the adapter's own tests hold it with clocks that they move.
    if herald_soak::is_on() {
        herald.is("matrix was last synced").await;
    }

    synapse.start_again().await.unwrap();
    herald.logs_line("all rooms are read back", down).await;
    herald.ready_again().await;
    town.hears(updates.last().unwrap()).await;
    cleo.person.overhears(war, answers.last().unwrap()).await.unwrap();
    let lines = cleo.person.lines(war).await.unwrap();
    let lines: Vec<&str> =
        lines.iter().skip(before).filter(|it| it.sender == town.bot.user_id()).map(|it| it.text.as_str()).collect();
    assert_eq!(lines.len(), answers.len(), "{lines:#?}");
    assert!(lines.iter().zip(&answers).all(|(line, answer)| line.contains(answer.as_str())), "{lines:#?}");
    let told = town.told().await;
    let told: Vec<&String> = told.iter().filter(|text| text.contains(" we are on it")).collect();
    assert_eq!(told.len(), updates.len(), "{told:#?}");
    assert!(told.iter().zip(&updates).all(|(text, update)| text.contains(update.as_str())), "{told:#?}");
    assert!(proxy.injected().answers_lost > 0 && proxy.injected().cut > 0, "{:?}", proxy.injected());
    // And it goes on.
    cleo.gets(war, "!finding it is over", &format!("Finding {} is on", UPDATES + 1)).await;
    assert_eq!(herald.stop().await, 0);
}
