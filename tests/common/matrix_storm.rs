//! Whatever a network does to requests to a homeserver.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use herald_synapse::{Fault, Proxy, Rule};

/// Whatever a network does, to requests of any kind, by chance: so many times each at most.
pub(crate) fn storm(proxy: &Proxy) {
    let limited = |header, body| Fault::Limited { header, body };
    let faults = [
        Fault::Cut,
        Fault::LoseAnswer,
        Fault::Delay(Duration::from_millis(150)),
        limited(Some(1), None),
        limited(None, Some(Duration::from_millis(300))),
        limited(None, None),
        Fault::Gateway(502),
    ];
    // Each for certain, to one post here and one there.
    for (n, fault) in faults.into_iter().enumerate() {
        proxy.inject(Rule::new(fault).on(after(2 + 5 * n, "posts")).times(1));
    }
    for of in ["sync", "history"] {
        proxy.inject(Rule::new(Fault::Gateway(502)).on(after(1, of)).times(1));
    }
    for fault in faults {
        for (of, chance, times) in [("posts", 0.04, 5), ("sync", 0.05, 2), ("history", 0.1, 1), ("others", 0.1, 2)] {
            proxy.inject(Rule::new(fault).on(move |_, path| kind(path) == of).chance(chance).times(times));
        }
    }
    // What is asked rarely. When it is to say who has which keys, the SDK waits 5 s before it encrypts: so only once.
    proxy.inject(Rule::new(Fault::Gateway(502)).on(|_, path| kind(path) == "keys").times(1));
    for fault in [Fault::LoseAnswer, Fault::Cut] {
        proxy.inject(Rule::new(fault).on(|_, path| kind(path) == "shares").times(1));
        proxy.inject(Rule::new(fault).on(|_, path| kind(path) == "state").times(1));
    }
}

/// Fits requests of a kind after so many of them.
fn after(n: usize, of: &'static str) -> impl Fn(&str, &str) -> bool {
    let met = AtomicUsize::new(0);
    move |_, path| kind(path) == of && met.fetch_add(1, Ordering::Relaxed) >= n
}

/// What a request is for.
pub(crate) fn kind(path: &str) -> &'static str {
    let all = [("/send/", "posts"), ("/state/", "state"), ("/messages", "history"), ("/context/", "history")];
    let more = [("/sync", "sync"), ("/keys/", "keys"), ("/sendToDevice/", "shares")];
    all.into_iter().chain(more).find(|(part, _)| path.contains(part)).map_or("others", |(_, kind)| kind)
}
