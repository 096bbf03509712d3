//! Starting again with a warm store.

use super::herald::Herald;
use super::people::rest;
use super::report::{Watch, median};
use super::town::Town;

const ROUNDS: usize = 5;
/// In seconds.
const BAR: f64 = 2.0;

/// How long it takes until all rooms have been read, over how long it may.
pub(crate) async fn measure(town: &Town) -> f64 {
    let mut ready = Vec::new();
    let mut memory = Vec::new();
    let mut initial = Vec::new();
    for _ in 0..ROUNDS {
        rest().await;
        let herald: Herald = town.start().await;
        ready.push(herald.took.as_secs_f64());
        memory.push(herald.memory());
        herald.stop().await;
        rest().await;
        let watch = Watch::start();
        town.bot.get("/_matrix/client/v3/sync").await.unwrap();
        initial.push(watch.read().as_secs_f64());
    }
    println!(
        "  ready {:.2} s after its start, with {:.1} MiB resident; Synapse's initial sync of the account alone: {:.2} s",
        median(ready.clone()),
        median(memory),
        median(initial),
    );
    median(ready) / BAR
}
