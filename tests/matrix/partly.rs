//! A homeserver that answers some questions and not others.

use herald_synapse::{Fault, Proxy, Request, Rule, Synapse};

use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn herald_goes_on_asking_what_happens_while_nobody_can_say_what_a_reaction_is_on() {
    let server = Synapse::shared().await.unwrap();
    let proxy = Proxy::start(server.port(), 1).await.unwrap();
    let (town, herald) = Town::behind(server, &proxy.url(), "").await;
    let (ben, cleo, war) = (&town.ben, &town.cleo, &town.war);
    town.incident().await;
    let seen = cleo.person.say(war, "the queue drains again").await.unwrap();
    ben.gets(war, "!bogus", "I don't know").await;

    let is_about_it = |path: &str| path.contains("/event/");
    let from = proxy.log().len();
    proxy.inject(Rule::new(Fault::Gateway(502)).on(move |_, path| is_about_it(path)));
    ben.person.react(war, &seen, "📌").await.unwrap();
    let asked = |log: &[Request]| (log[from..].iter().filter(|it| is_about_it(&it.path)).count() > 2).then_some(());
    proxy.wait_for(asked).await.unwrap();
    let then = proxy.log().len();
    cleo.person.say(war, "!finding all orders are there").await.unwrap();
    let asks = |log: &[Request]| log[then..].iter().any(|it| it.path.contains("/sync")).then_some(());
    proxy.wait_for(asks).await.unwrap();

    // Nothing of it is lost, and it is in order.
    proxy.heal();
    let pinned = cleo.reads(war, "Message 1 is on the timeline").await;
    let found = cleo.reads(war, "Finding 2 is on the timeline").await;
    let lines = cleo.person.lines(war).await.unwrap();
    let place = |id: &str| lines.iter().position(|line| line.id == id);
    assert!(place(&pinned.id) < place(&found.id), "{lines:#?}");
    assert_eq!(herald.stop().await, 0);
}
