//! Rate limits: buckets by route and channel, and one over all.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// So many requests in such a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Requests.
    pub requests: u32,
    /// From the first of them on.
    pub per: Duration,
}

impl Limit {
    /// So many in so many milliseconds.
    #[must_use]
    pub const fn new(requests: u32, ms: u64) -> Self {
        Self { requests, per: Duration::from_millis(ms) }
    }
}

/// The limits of a server. Those of [`Limits::discord`] unless a test sets others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Of each bot over all routes but answers to interactions. `None`: none.
    pub global: Option<Limit>,
    /// By route, such as `POST /channels/{id}/messages`, and `PATCH /channels/{id} name` for those that change a name or
    /// topic; each channel, guild and webhook has its own bucket.
    pub routes: BTreeMap<String, Limit>,
    /// Of any other route. `None`: none.
    pub other: Option<Limit>,
    /// Whether answers tell how much of a bucket is left. Discord's do.
    pub headers: bool,
}

impl Limits {
    /// About what Discord allows.
    #[must_use]
    pub fn discord() -> Self {
        let routes = [
            ("POST /channels/{id}/messages", Limit::new(5, 5_000)),
            ("PATCH /channels/{id}/messages/{id}", Limit::new(5, 5_000)),
            ("DELETE /channels/{id}/messages/{id}", Limit::new(5, 1_000)),
            ("PUT /channels/{id}/messages/{id}/reactions/{emoji}/@me", Limit::new(1, 250)),
            ("DELETE /channels/{id}/messages/{id}/reactions/{emoji}/@me", Limit::new(1, 250)),
            ("PATCH /channels/{id}", Limit::new(5, 15_000)),
            // What a channel is called or about can be changed twice in ten minutes.
            ("PATCH /channels/{id} name", Limit::new(2, 600_000)),
            ("POST /guilds/{id}/channels", Limit::new(10, 10_000)),
            ("POST /users/@me/channels", Limit::new(10, 10_000)),
            ("POST /webhooks/{id}/{token}", Limit::new(5, 2_000)),
            ("PATCH /webhooks/{id}/{token}/messages/{id}", Limit::new(5, 2_000)),
            ("GET /channels/{id}/messages", Limit::new(10, 5_000)),
            ("PUT /applications/{id}/guilds/{id}/commands", Limit::new(5, 20_000)),
        ];
        Self {
            global: Some(Limit::new(50, 1_000)),
            routes: routes.into_iter().map(|(route, limit)| (route.to_owned(), limit)).collect(),
            other: Some(Limit::new(20, 1_000)),
            headers: true,
        }
    }

    /// None at all.
    #[must_use]
    pub fn off() -> Self {
        Self { global: None, routes: BTreeMap::new(), other: None, headers: true }
    }
}

/// What is left of a bucket after a request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Left {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    pub(crate) reset_after: Duration,
    pub(crate) bucket: String,
}

/// Why a request has to wait.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Wait {
    pub(crate) after: Duration,
    pub(crate) global: bool,
    pub(crate) left: Option<Left>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    used: u32,
    since: Instant,
}

/// The buckets as they are now.
#[derive(Debug)]
pub(crate) struct Limiter {
    pub(crate) limits: Limits,
    buckets: BTreeMap<String, Bucket>,
}

impl Limiter {
    pub(crate) fn new() -> Self {
        Self { limits: Limits::discord(), buckets: BTreeMap::new() }
    }

    /// Sets other limits, and forgets what was used.
    pub(crate) fn set(&mut self, limits: Limits) {
        *self = Self { limits, buckets: BTreeMap::new() };
    }

    /// Takes one request out of its buckets: `who` is the bot, `route` the template, `place` the channel, guild or
    /// webhook in it.
    pub(crate) fn take(&mut self, who: &str, route: &str, place: &str, now: Instant) -> Result<Option<Left>, Wait> {
        let free = route.starts_with("POST /interactions/") || route.starts_with("POST /webhooks/");
        if let Some(limit) = self.limits.global.filter(|_| !free) {
            let key = format!("global {who}");
            if let Err(after) = self.one(&key, limit, now, false) {
                return Err(Wait { after, global: true, left: None });
            }
        }
        let named = self.limits.routes.get(route).copied();
        let Some(limit) = named.or(self.limits.other) else {
            self.count_global(who, free, now);
            return Ok(None);
        };
        let key = format!("{who} {route} {place}");
        let taken = self.one(&key, limit, now, true);
        let remaining = self.buckets.get(&key).map_or(0, |it| limit.requests.saturating_sub(it.used));
        let since = self.buckets.get(&key).map_or(now, |it| it.since);
        let reset_after = (since + limit.per).saturating_duration_since(now);
        let left = Left { limit: limit.requests, remaining, reset_after, bucket: name(route) };
        match taken {
            Ok(()) => {
                self.count_global(who, free, now);
                Ok(Some(left))
            }
            Err(after) => Err(Wait { after, global: false, left: Some(left) }),
        }
    }

    fn count_global(&mut self, who: &str, free: bool, now: Instant) {
        if let Some(limit) = self.limits.global.filter(|_| !free) {
            // It was asked before whether there is room.
            let _ = self.one(&format!("global {who}"), limit, now, true);
        }
    }

    fn one(&mut self, key: &str, limit: Limit, now: Instant, count: bool) -> Result<(), Duration> {
        let bucket = self.buckets.entry(key.to_owned()).or_insert(Bucket { used: 0, since: now });
        if now.saturating_duration_since(bucket.since) >= limit.per {
            *bucket = Bucket { used: 0, since: now };
        }
        if bucket.used >= limit.requests {
            return Err((bucket.since + limit.per).saturating_duration_since(now));
        }
        if count {
            bucket.used += 1;
        }
        Ok(())
    }
}

/// Discord names buckets by something opaque.
fn name(route: &str) -> String {
    let hash =
        route.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, it| (hash ^ u64::from(it)).wrapping_mul(0x100_0000_01b3));
    format!("{hash:016x}")
}

/// A request's route, with the ids taken out, and the place that sets its bucket apart from those of the same route.
pub(crate) fn template(method: &str, path: &[String]) -> (String, String) {
    let mut route = format!("{method} ");
    let mut place = String::new();
    for (at, segment) in path.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|it| path.get(it)).map(String::as_str);
        let shown = if segment.parse::<u64>().is_ok() {
            if at == 1 && matches!(before, Some("channels" | "guilds" | "webhooks")) {
                place.clone_from(segment);
            }
            "{id}"
        } else if before == Some("reactions") {
            "{emoji}"
        } else if at == 2 && matches!(path[0].as_str(), "webhooks" | "interactions") {
            place.push_str(segment);
            "{token}"
        } else {
            segment
        };
        route.push('/');
        route.push_str(shown);
    }
    (route, place)
}
