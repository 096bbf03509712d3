//! Whatever befalls requests to Discord.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use herald_guild::{Discord, Fault, Limit, Limits, Rule, Scope};

/// The kinds of requests that meet faults.
pub(crate) const KINDS: [&str; 6] = ["posts", "edits", "history", "callbacks", "answers", "others"];

/// So much that only faults slow Herald down.
pub(crate) fn wide() -> Limits {
    Limits { routes: BTreeMap::new(), other: Some(Limit::new(40, 500)), ..Limits::discord() }
}

/// Whatever befalls requests, to those of any kind, by chance: so many times each at most.
pub(crate) fn storm(discord: &Discord) {
    // Of what is asked rarely, one for certain.
    for of in KINDS {
        discord.fault(Rule::new(Fault::Error(503)).on(move |method, path| kind(method, path) == of).times(1));
    }
    let limited = |scope, ms, headers, body| {
        let retry_after = Duration::from_millis(ms);
        Fault::Limited { scope, retry_after, headers, body }
    };
    let faults = [
        Fault::Cut,
        Fault::LoseAnswer,
        Fault::Delay(Duration::from_millis(300)),
        limited(Scope::User, 400, true, true),
        limited(Scope::User, 300, false, true),
        limited(Scope::Shared, 500, true, true),
        limited(Scope::Global, 400, true, true),
        limited(Scope::Global, 300, false, true),
        limited(Scope::User, 700, true, false),
        Fault::Error(502),
        Fault::Error(503),
        Fault::Page(502),
        Fault::Page(520),
    ];
    // Each for certain, to one post here and one there.
    for (n, fault) in faults.into_iter().enumerate() {
        let met = AtomicUsize::new(0);
        let fits = move |method: &str, path: &str| {
            kind(method, path) == "posts" && met.fetch_add(1, Ordering::Relaxed) >= 3 + 5 * n
        };
        discord.fault(Rule::new(fault).on(fits).times(1));
    }
    for fault in faults {
        for of in KINDS {
            let (chance, times) = match of {
                "posts" => (0.03, 3),
                "answers" => (0.2, 1),
                _ => (0.05, 1),
            };
            discord
                .fault(Rule::new(fault).on(move |method, path| kind(method, path) == of).chance(chance).times(times));
        }
    }
    // Cloudflare asks for quiet and does not say for how long: once, since Herald is quiet for ten seconds.
    let shield = limited(Scope::Global, 1000, false, false);
    discord.fault(Rule::new(shield).on(|method, path| kind(method, path) == "posts").chance(0.02).times(1));
}

/// What a request is for.
pub(crate) fn kind(method: &str, path: &str) -> &'static str {
    match method {
        "POST" if path.starts_with("/channels/") && path.ends_with("/messages") => "posts",
        "PATCH" if path.starts_with("/channels/") && path.contains("/messages/") => "edits",
        "GET" if path.starts_with("/channels/") && path.ends_with("/messages") => "history",
        "POST" if path.starts_with("/interactions/") => "callbacks",
        "POST" | "PATCH" if path.starts_with("/webhooks/") => "answers",
        _ => "others",
    }
}
