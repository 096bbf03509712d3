//! How long a message is with Herald: the time that neither server takes.
//!
//! Herald reaches Synapse through a proxy that sees when each request came and when it was answered. Towards Matrix, a message's
//! time with Herald begins when Discord sends it, or when Synapse has answered the post before it in the room, since they
//! are to stay in order; it ends when its own post comes to Synapse. Towards Discord, it is the time that it waits in Synapse
//! while Herald asks for nothing, and the time from the answer that brings it until its post comes to Discord.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use herald_guild::Exchange;
use herald_synapse::Proxy;
use serde_json::Value;

use super::town::{Town, pause};

/// How many go each way.
const MESSAGES: usize = 400;
/// Between two of one side: 20 a second.
const PAUSE: Duration = Duration::from_millis(50);

/// From a request to its answer, or from the moment that something was said until it stood.
#[derive(Clone, Copy)]
struct Span {
    from: Instant,
    to: Instant,
}

/// What has happened so far.
#[derive(Default)]
struct Heard {
    /// Herald's posts on Matrix, by their words.
    posts: BTreeMap<String, Span>,
    /// The syncs that brought something, by the words in them.
    syncs: BTreeMap<String, Span>,
    /// When Herald's posts came to Discord, by their words.
    there: BTreeMap<String, Instant>,
}

/// To Matrix and to Discord: how long messages are with Herald at the 95th percentile, in ms.
pub(crate) async fn measure(town: &Town, proxy: &Proxy) -> [f64; 2] {
    let heard = Arc::new(Mutex::new(Heard::default()));
    listen(town, proxy, &heard);
    // The sync that was asked before is heard of by nobody.
    town.mia.say(&town.here, "begin").await.unwrap();
    town.told("begin").await;
    let stood = Arc::new(Mutex::new(BTreeMap::new()));
    let mut said = Vec::new();
    for n in 0..MESSAGES {
        said.push(now());
        town.olga.say(town.there, &format!("d{n:04}")).unwrap();
        let (mia, here, stood) = (town.mia.clone(), town.here.clone(), stood.clone());
        tokio::spawn(async move {
            let from = now();
            mia.say(&here, &format!("m{n:04}")).await.unwrap();
            stood.lock().unwrap().insert(n, Span { from, to: now() });
        });
        pause(PAUSE).await;
    }
    let last = MESSAGES - 1;
    town.told(&format!("m{last:04}")).await;
    town.last_heard(&format!("d{last:04}")).await;
    let (heard, stood) = (heard.lock().unwrap(), stood.lock().unwrap());
    let mut before = None;
    let to_matrix = said.iter().enumerate().map(|(n, said)| {
        let post = heard.posts[&format!("olga · Discord: d{n:04}")];
        let turn = before.replace(post.to).map_or(*said, |before| before.max(*said));
        post.from.saturating_duration_since(turn)
    });
    let to_matrix: Vec<Duration> = to_matrix.collect();
    let to_discord = (0..MESSAGES).map(|n| {
        let (words, stood) = (format!("m{n:04}"), stood[&n]);
        let (sync, there) = (heard.syncs[&words], heard.there[&format!("**mia-delay · Matrix:** {words}")]);
        sync.from.saturating_duration_since(stood.to) + there.saturating_duration_since(sync.to)
    });
    let to_discord: Vec<Duration> = to_discord.collect();
    let own = (0..MESSAGES).map(|n| heard.posts[&format!("olga · Discord: d{n:04}")]).map(|it| it.to - it.from);
    let [middle, most] = of(own.collect());
    println!(
        "  Synapse takes {middle:.1} ms for one of Herald's posts in the middle, {most:.1} ms at the 95th percentile"
    );
    [("Matrix", to_matrix), ("Discord", to_discord)].map(|(to, times)| {
        let [middle, most] = of(times);
        println!("  to {to}: {middle:.1} ms with Herald in the middle, {most:.1} ms at the 95th percentile");
        most
    })
}

fn listen(town: &Town, proxy: &Proxy, heard: &Arc<Mutex<Heard>>) {
    let (tap, here) = (heard.clone(), town.here.clone());
    proxy.tap(move |exchange| {
        let span = Span { from: exchange.asked, to: exchange.answered };
        if exchange.method == "PUT" && exchange.path.contains("/send/m.room.message/") {
            let sent: Value = serde_json::from_slice(exchange.request).unwrap();
            tap.lock().unwrap().posts.insert(words(&sent["body"]), span);
        } else if exchange.path.ends_with("/sync") {
            let synced: Value = serde_json::from_slice(exchange.answer).unwrap();
            let events = &synced["rooms"]["join"][&here]["timeline"]["events"];
            for event in events.as_array().into_iter().flatten() {
                tap.lock().unwrap().syncs.entry(words(&event["content"]["body"])).or_insert(span);
            }
        }
    });
    let (tap, route) = (heard.clone(), format!("/channels/{}/messages", town.there));
    town.discord.tap(move |exchange| {
        if let Exchange::Rest { method, path, request: Some(body), .. } = exchange
            && method == "POST"
            && path.ends_with(&route)
        {
            tap.lock().unwrap().there.insert(words(&body["content"]), now());
        }
    });
}

fn words(text: &Value) -> String {
    text.as_str().unwrap_or_default().to_owned()
}

/// The one in the middle and the one at the 95th percentile, in ms.
fn of(mut times: Vec<Duration>) -> [f64; 2] {
    times.sort();
    [50, 95].map(|percent| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e3)
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn now() -> Instant {
    Instant::now()
}
