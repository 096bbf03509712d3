//! A Herald that is started while one of its networks is down.

use herald_synapse::{Proxy, Synapse};

use crate::herald::Herald;
use crate::town::Town;

/// What all chance begins with.
const SEED: u64 = 15;

#[tokio::test(flavor = "multi_thread")]
async fn a_herald_started_while_one_network_is_down_works_on_the_other_and_joins_the_first_later() {
    let synapse = Synapse::shared().await.unwrap();
    let proxy = Proxy::start(synapse.port(), SEED).await.unwrap();
    let (town, herald) = Town::behind(synapse, &proxy.url(), "").await;
    let (mia, ben, here, there) = (&town.mia, &town.ben, town.war.as_str(), town.war_there());
    mia.gets(here, "!declare checkout is down", "INC-1 checkout is down").await;
    town.reads(ben, there, "I keep this board up to date").await;
    assert_eq!(herald.stop().await, 0);

    // Discord is down: on Matrix, commands are answered and what is said waits.
    town.discord.stop();
    let mut herald = Herald::begin(town.home());
    herald.says("⚠ discord cannot be reached. Herald works without it and goes on trying").await;
    mia.gets(here, "!take spokesperson", "is spokesperson now").await;
    mia.person.say(here, "the queue is full").await.unwrap();
    let (status, text) = herald.get("/readyz").await;
    assert!(status == 503 && text.contains("discord"), "{status} {text}");
    town.discord.start_again().await.unwrap();
    herald.ready().await;
    for words in ["mia · Matrix:** !take spokesperson", "is spokesperson now", "mia · Matrix:** the queue is full"] {
        town.reads(ben, there, words).await;
    }
    ben.say(there, "I empty it").unwrap();
    mia.reads(here, "ben · Discord: I empty it").await;
    assert_eq!(herald.stop().await, 0);

    // Matrix is down: the same the other way round.
    proxy.go_dark().await;
    let mut herald = Herald::begin(town.home());
    herald.says("⚠ matrix cannot be reached. Herald works without it and goes on trying").await;
    town.gets(ben, there, "!status", "INC-1 checkout is down").await;
    ben.say(there, "it is empty").unwrap();
    mia.person.say(here, "orders go through").await.unwrap();
    proxy.go_light().await.unwrap();
    herald.ready().await;
    mia.reads(here, "ben · Discord: it is empty").await;
    town.reads(ben, there, "mia · Matrix:** orders go through").await;
    let count = |words: &str| {
        let stands = town.stands(there, herald_guild::Id(0));
        stands.iter().filter(|it| it.content.contains(words)).count()
    };
    assert_eq!((count("the queue is full"), count("orders go through")), (1, 1));
    assert_eq!(herald.stop().await, 0);
}
