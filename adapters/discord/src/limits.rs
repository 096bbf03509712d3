//! Discord's limits: how many requests each bucket allows, and all of them together.
//!
//! What a bucket allows is known only from its answers, so the first request of each goes alone. After that, no request is
//! made that Discord would answer with 429.

mod bucket;
mod route;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use herald_chat::Clock;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderMap;
use serde_json::Value;
use tokio::sync::Notify;
use tracing::warn;

use bucket::{Bucket, When};
pub(crate) use route::Route;

/// How many requests a bot may make in a second, all in all.
const IN_A_SECOND: usize = 50;
/// That second, with room for requests that arrive closer to each other than they were made.
const SECOND: SignedDuration = SignedDuration::from_millis(1050);
/// How long to stay quiet when Discord's front says to and does not say how long.
const QUIET: Duration = Duration::from_secs(10);
/// How many buckets are kept in mind. Those that nobody has used for longest go first.
const MANY: usize = 2000;

/// What an answer says about limits.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Answer {
    /// The bucket's name.
    pub(crate) bucket: Option<String>,
    /// How many requests its window allows.
    pub(crate) limit: Option<u32>,
    /// How many are left of them.
    pub(crate) remaining: Option<u32>,
    /// When the window ends.
    pub(crate) reset: Option<Duration>,
    /// Too many: how long to wait, and what for.
    pub(crate) refused: Option<(Duration, Scope)>,
    /// Whether Discord itself has dealt with the request, and not what stands before it.
    pub(crate) is_own: bool,
}

/// What is to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Requests of this bucket.
    Bucket,
    /// Requests for the same resource, which others have used up.
    Shared,
    /// All requests of this bot.
    Global,
}

impl Answer {
    /// Reads it from an answer's status, headers and body.
    pub(crate) fn of(status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let seconds = |name: &str| text(name).and_then(|text| text.trim().parse().ok()).and_then(seconds);
        let refused = (status == 429).then(|| {
            let said: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
            let after = said["retry_after"].as_f64().and_then(self::seconds).or_else(|| seconds("retry-after"));
            // An answer in HTML is not Discord's own: what stands before it has had enough of this machine.
            let global = said["global"] == true || text("x-ratelimit-global").is_some() || said.is_null();
            let scope = match text("x-ratelimit-scope") {
                Some("shared") => Scope::Shared,
                Some("global") => Scope::Global,
                Some(_) | None if global => Scope::Global,
                Some(_) | None => Scope::Bucket,
            };
            (after.unwrap_or(QUIET), scope)
        });
        Self {
            bucket: text("x-ratelimit-bucket").map(str::to_owned),
            limit: text("x-ratelimit-limit").and_then(|text| text.parse().ok()),
            remaining: text("x-ratelimit-remaining").and_then(|text| text.parse().ok()),
            reset: seconds("x-ratelimit-reset-after"),
            refused,
            is_own: status < 500 && status != 429,
        }
    }
}

fn seconds(number: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(number).ok().filter(|time| *time < Duration::from_hours(24))
}

/// All limits of one bot.
pub(crate) struct Limits {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    /// Something was answered: whoever waits looks again.
    moved: Notify,
}

/// A bucket's name, or the kind of request while it has none, and what it is counted for.
type Place = (String, String);

#[derive(Default)]
struct State {
    /// The bucket that requests of a kind fall in, as answers have told.
    named: BTreeMap<String, String>,
    buckets: BTreeMap<Place, Bucket>,
    /// When the last requests were made.
    recent: VecDeque<Timestamp>,
    /// Until when nothing may be asked.
    quiet: Option<Timestamp>,
}

impl State {
    fn place(&self, route: &Route) -> Place {
        let template = route.template().to_owned();
        (self.named.get(&template).cloned().unwrap_or(template), route.major().to_owned())
    }

    /// Where something is counted that was begun at `place`: its bucket may have got its name since.
    fn now_at(&self, place: &Place) -> Place {
        let name = self.named.get(&place.0).unwrap_or(&place.0);
        (name.clone(), place.1.clone())
    }

    /// Requests of a kind fall in this bucket. What is known of them goes with it.
    fn name(&mut self, template: &str, name: &str) {
        if self.named.insert(template.to_owned(), name.to_owned()).is_some() {
            return;
        }
        let unnamed: Vec<Place> = self.buckets.keys().filter(|place| place.0 == template).cloned().collect();
        for place in unnamed {
            if let Some(bucket) = self.buckets.remove(&place) {
                self.buckets.entry((name.to_owned(), place.1)).or_insert(bucket);
            }
        }
    }

    /// When a request may be made; counted as made if that is now.
    fn admit(&mut self, route: &Route, now: Timestamp) -> When {
        if !route.is_interaction() {
            if let Some(until) = self.quiet.filter(|until| *until > now) {
                return When::At(until);
            }
            while self.recent.front().is_some_and(|at| now.duration_since(*at) >= SECOND) {
                self.recent.pop_front();
            }
            if let Some(oldest) = self.recent.front().filter(|_| self.recent.len() >= IN_A_SECOND) {
                return When::At(oldest.saturating_add(SECOND).unwrap_or(Timestamp::MAX));
            }
        }
        let when = self.buckets.entry(self.place(route)).or_default().admit(now);
        if when == When::Now && !route.is_interaction() {
            self.recent.push_back(now);
        }
        when
    }

    fn forget_some(&mut self) {
        if self.buckets.len() > MANY {
            let idle = self.buckets.iter().filter(|(_, bucket)| bucket.is_idle());
            let oldest = idle.min_by_key(|(_, bucket)| bucket.last_used()).map(|(place, _)| place.clone());
            if let Some(place) = oldest {
                self.buckets.remove(&place);
            }
        }
    }
}

impl Limits {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, state: Mutex::default(), moved: Notify::new() }
    }

    /// Waits until a request may be made, at most `hold`. What would take longer is returned: how long.
    pub(crate) async fn pass<'a>(&'a self, route: &'a Route, hold: SignedDuration) -> Result<Pass<'a>, Duration> {
        let begun = self.clock.now();
        loop {
            let moved = self.moved.notified();
            let now = self.clock.now();
            let (when, place) = {
                let mut state = self.state();
                (state.admit(route, now), state.place(route))
            };
            match when {
                When::Now => return Ok(Pass { limits: self, route, place, is_open: true }),
                When::At(at) if at.duration_since(begun) > hold => {
                    return Err(Duration::try_from(at.duration_since(now)).unwrap_or_default());
                }
                When::At(at) => {
                    tokio::select! {
                        () = self.clock.until(at) => {}
                        () = moved => {}
                    }
                }
                When::Answered => moved.await,
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answered(&self, route: &Route, place: &Place, answer: &Answer) {
        let now = self.clock.now();
        let mut state = self.state();
        let place = state.now_at(place);
        state.buckets.entry(place).or_default().returned(now);
        if let Some(name) = &answer.bucket {
            state.name(route.template(), name);
        }
        let place = state.place(route);
        let bucket = state.buckets.entry(place).or_default();
        bucket.learn(answer, now);
        if let Some((after, scope)) = answer.refused {
            let ms = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
            warn!(route = route.template(), ?scope, delay_ms = ms, "Discord asks to go slower");
            let until = now.saturating_add(after).unwrap_or(Timestamp::MAX);
            match scope {
                Scope::Bucket | Scope::Shared => bucket.block(until),
                Scope::Global => state.quiet = Some(until),
            }
        }
        state.forget_some();
        drop(state);
        self.moved.notify_waiters();
    }

    fn lost(&self, place: &Place) {
        let now = self.clock.now();
        let mut state = self.state();
        let place = state.now_at(place);
        state.buckets.entry(place).or_default().returned(now);
        drop(state);
        self.moved.notify_waiters();
    }
}

/// One request that may be made now. Until it is answered, it counts as made.
pub(crate) struct Pass<'a> {
    limits: &'a Limits,
    route: &'a Route,
    /// Where it is counted.
    place: Place,
    is_open: bool,
}

impl Pass<'_> {
    /// There was an answer. When it was that there were too many: how long to wait.
    pub(crate) fn answered(mut self, answer: &Answer) -> Option<Duration> {
        self.is_open = false;
        self.limits.answered(self.route, &self.place, answer);
        answer.refused.map(|(after, _)| after)
    }
}

/// There was no answer, or nobody waits for it any more.
impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.is_open {
            self.limits.lost(&self.place);
        }
    }
}
