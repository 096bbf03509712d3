//! Many messages, both ways.

use super::town::Town;

/// How many are said before the others have to have come.
const CHUNK: usize = 250;

/// How many are passed on.
pub(crate) fn messages() -> usize {
    std::env::var("HERALD_BENCH_MESSAGES").ok().and_then(|it| it.parse().ok()).unwrap_or(10_000)
}

/// Passes them on, half each way.
pub(crate) async fn relay(town: &Town) {
    let mut said = 0;
    while said < messages() {
        for n in said..said + CHUNK {
            town.olga.say(town.there, &format!("n{n:06} is what I see")).unwrap();
            town.mia.say(&town.here, &format!("n{n:06} is what I see")).await.unwrap();
        }
        let last = format!("n{:06}", said + CHUNK - 1);
        town.told(&last).await;
        town.last_heard(&last).await;
        said += 2 * CHUNK;
    }
}
