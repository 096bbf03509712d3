//! Every request that Herald makes: at its first start, at a later one, and for a command. Figures without a bar.

use std::collections::BTreeMap;

use herald_synapse::{Homeserver, Proxy, Request};

use super::people::{Rooms, rest};
use super::town::Town;

const COMMANDS: usize = 20;
const ROOMS: usize = 10;

pub(crate) async fn run(server: &Homeserver) {
    let proxy = Proxy::start(server.port(), 1).await.unwrap();
    let (mut town, people) = Town::encrypted(server, "counted").await;
    town.through(proxy.port());
    town.more_rooms(ROOMS - town.rooms().await).await;
    let herald = town.start().await;
    rest().await;
    let mut seen = 0;
    show(&format!("first start, {ROOMS} rooms"), &proxy.log(), &mut seen, 1);
    let mut people = people.begin().await;
    people.answered("!log nothing yet", "Note 1 ").await;
    rest().await;
    show("a declaration and its first note, encrypted", &proxy.log(), &mut seen, 1);
    for n in 2..2 + COMMANDS {
        people.answered(&format!("!log host {n}"), &format!("Note {n} ")).await;
        rest().await;
    }
    show("a command, encrypted", &proxy.log(), &mut seen, COMMANDS);
    herald.stop().await;
    rest().await;
    seen = proxy.log().len();
    let herald = town.start().await;
    rest().await;
    show(&format!("later start, {ROOMS} rooms"), &proxy.log(), &mut seen, 1);
    herald.stop().await;
}

/// The requests from the `seen`th on, by endpoint.
#[expect(clippy::cast_precision_loss, reason = "there are not so many")]
fn show(what: &str, log: &[Request], seen: &mut usize, times: usize) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for request in &log[*seen..] {
        *counts.entry(format!("{} {}", request.method, endpoint(&request.path))).or_default() += 1;
    }
    println!("  {what}: {:.1} requests", (log.len() - *seen) as f64 / times as f64);
    for (endpoint, count) in counts {
        println!("    {:6.2} {endpoint}", count as f64 / times as f64);
    }
    *seen = log.len();
}

/// A path without what stands for one room, person or message.
fn endpoint(path: &str) -> String {
    let path = path.trim_start_matches("/_matrix/client/");
    let mut parts: Vec<&str> = path.split('/').collect();
    let named = |part: &&str| ["%21", "%23", "%24", "%40", "!", "#", "$", "@"].iter().any(|it| part.starts_with(it));
    for part in &mut parts {
        if named(&&**part) {
            *part = "…";
        }
    }
    // Behind the type of what is sent stands the transaction.
    if let Some(at) = parts.iter().position(|part| ["send", "redact", "sendToDevice"].contains(part)) {
        parts.truncate(at + 2);
    }
    parts.join("/")
}
