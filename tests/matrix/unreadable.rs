//! Messages whose keys come late.

use herald_element::Person;
use herald_synapse::{Admin, Fault, Proxy, Rule, Synapse};

use crate::herald::Herald;
use crate::town::{Town, same};

#[tokio::test(flavor = "multi_thread")]
async fn a_message_whose_key_is_late_is_answered_once_and_handled_when_the_key_comes() {
    let server = Synapse::shared().await.unwrap();
    let proxy = Proxy::start(server.port(), 1).await.unwrap();
    let (town, herald) = Town::new(server, "").await;
    let (ana, war) = (&town.ana, &town.war);
    let fred = town.server.register("fred", Admin::No).await.unwrap();
    let person = Person::login(&proxy.url(), fred.user_id(), fred.password()).await.unwrap();
    town.bot.invite(war, fred.user_id()).await.unwrap();
    person.accept().await.unwrap();
    town.incident().await;
    let before = ana.sees(war).await;

    // What carries keys stays on the way; what they open arrives.
    let hold = || proxy.inject(Rule::new(Fault::Withhold).on(|_, path| path.contains("/sendToDevice/")));
    hold();
    for n in 1..=5 {
        person.say(war, &format!("!finding tk{n} is what I see")).await.unwrap();
    }
    ana.reads(war, "I cannot read your message yet").await;
    proxy.heal();
    proxy.release().await;
    let mut expected = vec!["I cannot read your message yet".to_owned()];
    expected.extend((1..=5).map(|n| format!("Finding {n} is on the timeline")));
    ana.reads(war, expected.last().unwrap()).await;
    ana.reads(&town.engineering, "finding 5").await;
    check(&town, before, &expected).await;
    let findings: Vec<String> = (1..=5).map(|n| format!("finding {n}, fred: tk{n} is what I see")).collect();
    let told = ana.person.lines(&town.engineering).await.unwrap();
    same(&findings, told.iter().filter(|line| line.text.contains("finding")));

    // Another key, which comes while Herald is away.
    let room = person.client().joined_rooms().into_iter().find(|room| room.room_id().as_str() == war).unwrap();
    room.discard_room_key().await.unwrap();
    hold();
    person.say(war, "!finding tk6 is what I see").await.unwrap();
    // Answered, so what was said before it is noted.
    ana.gets(war, "!bogus1", "bogus1").await;
    assert_eq!(herald.stop().await, 0);
    proxy.heal();
    proxy.release().await;
    let herald = Herald::start(town.home()).await;
    expected.push("bogus1".to_owned());
    expected.push("Finding 6 is on the timeline".to_owned());
    ana.reads(war, expected.last().unwrap()).await;
    check(&town, before, &expected).await;

    // What has been handled stays so, however it dies and starts.
    herald.kill().await;
    let herald = Herald::start(town.home()).await;
    ana.gets(war, "!bogus2", "bogus2").await;
    expected.push("bogus2".to_owned());
    check(&town, before, &expected).await;
    assert_eq!(herald.stop().await, 0);
}

/// All that Herald has said in the war room since then.
async fn check(town: &Town, before: usize, expected: &[String]) {
    let lines = town.ana.person.lines(&town.war).await.unwrap();
    same(expected, lines.iter().skip(before).filter(|line| line.sender == town.bot.user_id()));
}
