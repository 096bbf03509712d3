//! How much later a message stands on the other side than the server there takes by itself.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use herald_guild::Exchange;

use super::ear::Ear;
use super::report::{Watch, seconds};
use super::town::Town;

/// How many go each way.
const MESSAGES: usize = 200;
/// Between two of one side.
const PAUSE: Duration = Duration::from_millis(50);

/// To Matrix and to Discord: the time added by Herald at the 95th percentile, in ms.
pub(crate) async fn measure(town: &Town) -> [f64; 2] {
    let own = alone(town).await;
    println!("  Synapse takes {:.1} ms for one post, until somebody has it", own * 1e3);
    let mut ear = Ear::begin(&town.max, &town.here).await;
    let arrived = Arc::new(Mutex::new(Vec::new()));
    let tap = arrived.clone();
    let route = format!("/channels/{}/messages", town.there);
    town.discord.tap(move |exchange| {
        if let Exchange::Rest { method, path, request: Some(body), .. } = exchange
            && method == "POST"
            && path.ends_with(&route)
        {
            tap.lock().unwrap().push((body["content"].as_str().unwrap_or_default().to_owned(), Watch::start()));
        }
    });
    let mut said = Vec::new();
    for n in 0..MESSAGES {
        said.push(Watch::start());
        town.olga.say(town.there, &format!("d{n:04}")).unwrap();
        let (mia, here) = (town.mia.clone(), town.here.clone());
        tokio::spawn(async move { mia.say(&here, &format!("m{n:04}")).await.unwrap() });
        pause().await;
    }
    town.told(&format!("m{:04}", MESSAGES - 1)).await;
    let heard = ear.hears(2 * MESSAGES).await;
    let at = |words: &str| *heard.get(words).unwrap_or_else(|| panic!("{words} was not heard"));
    let to_matrix = (0..MESSAGES).map(|n| said[n].until(at(&format!("olga · Discord: d{n:04}"))).as_secs_f64() - own);
    let posts = arrived.lock().unwrap();
    // The moment when others have it from Synapse is the one when Herald has it.
    let to_discord = (0..MESSAGES).map(|n| {
        let words = format!("m{n:04}");
        let post = posts.iter().find(|(content, _)| content.ends_with(&words)).unwrap();
        at(&words).until(post.1).as_secs_f64()
    });
    [("Matrix", to_matrix.collect::<Vec<_>>()), ("Discord", to_discord.collect())].map(|(to, mut added)| {
        added.sort_by(f64::total_cmp);
        let of = |part: usize| added[(added.len() - 1) * part / 100] * 1e3;
        println!("  to {to}: {:.1} ms added in the middle, {:.1} ms at the 95th percentile", of(50), of(95));
        of(95).max(0.0)
    })
}

/// What Synapse takes for one post until somebody else has it, at the same pace, in seconds.
async fn alone(town: &Town) -> f64 {
    let mut ear = Ear::begin(&town.max, &town.here).await;
    let mut said = Vec::new();
    for n in 0..MESSAGES {
        said.push(Watch::start());
        // A notice is not passed on.
        let (me, here) = (town.me.clone(), town.here.clone());
        let content = serde_json::json!({ "msgtype": "m.notice", "body": format!("a{n:04}") });
        tokio::spawn(async move { me.send(&here, "m.room.message", content).await.unwrap() });
        pause().await;
    }
    let heard = ear.hears(MESSAGES).await;
    seconds((0..MESSAGES).map(|n| said[n].until(heard[&format!("a{n:04}")])))
}

#[expect(clippy::disallowed_methods, reason = "people speak at this pace")]
async fn pause() {
    tokio::time::sleep(PAUSE).await;
}
