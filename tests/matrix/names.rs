//! Aliases of the configuration that other people take: a name is no proof of whose room it is.

use herald_synapse::{Admin, Synapse};
use serde_json::json;

use crate::checked::Checked;
use crate::herald::Herald;
use crate::town::Town;

/// The alias of the company's room, as Herald made it.
async fn company_alias(town: &Town) -> String {
    let state = town.ana.account.state(&town.company, "m.room.canonical_alias", "").await.unwrap();
    state["alias"].as_str().unwrap().to_owned()
}

/// A stranger's room, open to all, under this alias. Their account is the second.
async fn taken(town: &Town, alias: &str) -> (String, herald_synapse::Account) {
    let mal = town.server.register("mal", Admin::No).await.unwrap();
    let theirs = mal.create_room(json!({ "preset": "public_chat" })).await.unwrap();
    town.bot.unpoint(alias).await.unwrap();
    mal.point(alias, &theirs).await.unwrap();
    (theirs, mal)
}

async fn publishes(town: &Town, words: &str) {
    town.ana.gets(&town.war, "!declare checkout is down", "INC-").await;
    town.ben.gets(&town.war, "!take spokesperson", "is spokesperson now").await;
    town.ben.gets(&town.war, &format!("!update {words} next 30m"), "goes to the company").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alias_that_a_stranger_takes_while_herald_is_down_leads_nowhere_until_an_admin_says_so() {
    let (town, herald) = Town::new(Synapse::shared().await.unwrap(), "").await;
    assert_eq!(herald.stop().await, 0);
    let alias = company_alias(&town).await;
    let (theirs, mal) = taken(&town, &alias).await;

    let checked = Checked::at(town.home()).await;
    checked.well().says("⚠ rooms.company[0]", &theirs);
    let herald = Herald::start(town.home()).await;
    let said = herald.said.join("\n");
    assert!(said.contains("⚠ rooms.company[0]") && said.contains(&theirs), "{said}");
    let (status, ready) = herald.get("/readyz").await;
    assert!(status == 200 && ready.contains(&theirs), "{ready}");
    let talk = town.ana.comes_in(town.bot.user_id()).await;
    let asked = town.ana.reads(&talk, "an admin says").await;
    assert!(asked.text.contains(&theirs) && asked.text.contains(&town.company), "{asked:?}");

    publishes(&town, "We are looking").await;
    town.hears("We are looking").await;
    assert!(!mal.members(&theirs).await.unwrap().contains_key(town.bot.user_id()), "Herald did not even go in");
    Checked::at(town.home()).await.well().says("⚠ rooms.company[0]", &theirs);

    // By the name alone nobody can tell that the admin knows what they say yes to.
    let by_name = format!("!admin map company matrix:{alias}");
    town.ana.gets(&talk, &by_name, "leads to").await;
    assert_eq!(herald.stop().await, 0);

    // They are asked once, and Herald goes on asking at every start.
    let herald = Herald::start(town.home()).await;
    assert!(herald.said.join("\n").contains(&theirs));
    let map = format!("!admin map company matrix:{theirs}");
    town.ana.gets(&talk, &map, "is for company from now on").await;
    assert_eq!(
        town.ana.transcript(&talk).await.matches("an admin says").count(),
        2,
        "once asked, once refused by name"
    );
    town.ben.gets(&town.war, "!update It works again next 30m", "goes to the company").await;
    mal.hears(&theirs, "works again").await.unwrap();
    assert!(!town.told().await.iter().any(|it| it.contains("works again")), "{:?}", town.told().await);
    herald.ready_again().await;
    assert_eq!(herald.get("/readyz").await, (200, "ready\n".to_owned()));
    assert_eq!(herald.stop().await, 0);

    // What an admin said stands.
    let herald = Herald::start(town.home()).await;
    assert!(!herald.said.join("\n").contains("⚠ rooms.company[0]"), "{:?}", herald.said);
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alias_that_is_taken_while_herald_runs_moves_nothing_also_after_the_network_was_away() {
    let server = Synapse::shared().await.unwrap();
    let proxy = herald_synapse::Proxy::start(server.port(), 7).await.unwrap();
    let (town, herald) = Town::behind(server, &proxy.url(), "").await;
    let alias = company_alias(&town).await;
    let (theirs, mal) = taken(&town, &alias).await;
    proxy.go_dark().await;
    herald.is("matrix").await;
    proxy.go_light().await.unwrap();
    herald.ready_again().await;
    publishes(&town, "We are looking").await;
    town.hears("We are looking").await;
    assert!(!mal.members(&theirs).await.unwrap().contains_key(town.bot.user_id()));
    // The alias leads back, so nothing is asked at the next start.
    mal.unpoint(&alias).await.unwrap();
    town.bot.point(&alias, &town.company).await.unwrap();
    assert_eq!(herald.stop().await, 0);
    let herald = Herald::start(town.home()).await;
    assert!(!herald.said.join("\n").contains("⚠ rooms.company[0]"), "{:?}", herald.said);
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_is_held_while_the_room_is_gone_and_another_has_its_name() {
    let (town, herald) = Town::new(Synapse::shared().await.unwrap(), "").await;
    publishes(&town, "We are looking").await;
    town.hears("We are looking").await;
    assert_eq!(herald.stop().await, 0);
    let alias = company_alias(&town).await;
    let (theirs, mal) = taken(&town, &alias).await;
    town.bot.put_state(&town.company, "m.room.join_rules", "", &json!({ "join_rule": "invite" })).await.unwrap();
    town.bot.leave(&town.company).await.unwrap();

    let mut herald = Herald::begin(town.home());
    herald.says("⚠ rooms.company[0]").await;
    let talk = town.ana.comes_in(town.bot.user_id()).await;
    town.ana.reads(&talk, "is held until").await;
    herald.is("⚠ rooms.company[0]").await;
    town.ben.gets(&town.war, "!update Still looking next 30m", "goes to the company").await;
    herald.logs_line("not sent, will try again", 0).await;
    let events = mal.messages(&theirs).await.unwrap();
    assert!(events.iter().all(|it| it.kind() != "m.room.message"), "{events:?}");
    // An admin names a third room: what was held goes there.
    let new = town.dora.create_room(json!({ "preset": "public_chat", "room_version": "11" })).await.unwrap();
    town.dora.set_power(&new, town.bot.user_id(), 100).await.unwrap();
    town.ana.gets(&talk, &format!("!admin map company matrix:{new}"), "goes there too").await;
    town.dora.hears(&new, "Still looking").await.unwrap();
    herald.ready_again().await;
    assert_eq!(herald.stop().await, 0);
}
