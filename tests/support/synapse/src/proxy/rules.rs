//! What goes wrong, when, and how often it did.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper::body::Bytes;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The connection is cut; the server learns of nothing.
    Cut,
    /// The server gets the request and answers, and the connection is cut instead of the answer.
    LoseAnswer,
    /// The server gets the request, and its answer arrives so much later.
    Delay(Duration),
    /// 429 `M_LIMIT_EXCEEDED`; the server learns of nothing.
    Limited {
        /// `Retry-After`, in seconds.
        header: Option<u64>,
        /// `retry_after_ms` in the body.
        body: Option<Duration>,
    },
    /// 502, 503, 504 or whatever else a gateway answers, with a page for people; the server learns of nothing.
    Gateway(u16),
    /// 200 with an empty object; the server learns of it when [`super::Proxy::release`] is called, and the client not of
    /// what it says then.
    Withhold,
    /// 401 `M_UNKNOWN_TOKEN`, as after a logout; the server learns of nothing.
    UnknownToken,
    /// The server gets the request, and its answer bears this `Date`.
    Dated(&'static str),
    /// 200 with this JSON; the server learns of nothing.
    Says(&'static str),
}

/// Whether a method and a path fit.
type Predicate = Box<dyn Fn(&str, &str) -> bool + Send>;

/// A fault, and the requests that meet it: all, unless it says otherwise.
pub struct Rule {
    pub(super) fault: Fault,
    fits: Predicate,
    chance: f64,
    left: Option<usize>,
}

impl Rule {
    /// Every request meets this fault.
    #[must_use]
    pub fn new(fault: Fault) -> Self {
        Self { fault, fits: Box::new(|_, _| true), chance: 1.0, left: None }
    }

    /// Only those with a method and a path that fit. The path is encoded, and without its query.
    #[must_use]
    pub fn on(self, fits: impl Fn(&str, &str) -> bool + Send + 'static) -> Self {
        Self { fits: Box::new(fits), ..self }
    }

    /// Only so many of those that fit, by chance: 0.0 is none, 1.0 all.
    #[must_use]
    pub fn chance(self, chance: f64) -> Self {
        Self { chance, ..self }
    }

    /// Only the first so many of those that it would be.
    #[must_use]
    pub fn times(self, times: usize) -> Self {
        Self { left: Some(times), ..self }
    }
}

impl Debug for Rule {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { fault, fits: _, chance, left } = self;
        let mut shown = f.debug_struct("Rule");
        shown.field("fault", fault).field("chance", chance).field("left", left).finish_non_exhaustive()
    }
}

/// How often each fault happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Injected {
    /// [`Fault::Cut`].
    pub cut: usize,
    /// [`Fault::LoseAnswer`], where the server had answered.
    pub answers_lost: usize,
    /// [`Fault::Delay`].
    pub delayed: usize,
    /// [`Fault::Limited`].
    pub limited: usize,
    /// [`Fault::Gateway`].
    pub gateway: usize,
    /// [`Fault::Withhold`].
    pub withheld: usize,
    /// [`Fault::UnknownToken`].
    pub unknown_token: usize,
    /// [`Fault::Says`].
    pub said: usize,
    /// [`Fault::Dated`].
    pub dated: usize,
    /// Connections that were open when [`super::Proxy::go_dark`] dropped them, idle ones included.
    pub connections_dropped: usize,
}

/// A request that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `PUT` …
    pub method: String,
    /// Encoded, without its query.
    pub path: String,
    /// What was answered, by the server or in its place; also when the answer was lost. `None` while there is no
    /// answer, and when there was none.
    pub status: Option<u16>,
    /// What it met.
    pub fault: Option<Fault>,
}

/// A request that was passed on, and its answer.
pub struct Exchange<'a> {
    /// `GET`, `PUT` …
    pub method: &'a str,
    /// Encoded, without its query.
    pub path: &'a str,
    /// What was asked.
    pub request: &'a [u8],
    /// What was answered.
    pub answer: &'a [u8],
    /// When all of the request was here.
    pub asked: Instant,
    /// When all of the answer was here.
    pub answered: Instant,
}

/// Whoever listens to all that is passed on.
pub(super) struct Tap(pub(super) Box<dyn Fn(&Exchange<'_>) + Send + Sync>);

impl Debug for Tap {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Tap")
    }
}

/// A request with its body.
pub(super) type Whole = hyper::Request<Full<Bytes>>;

#[derive(Debug)]
pub(super) struct State {
    pub(super) rules: Vec<Rule>,
    pub(super) injected: Injected,
    pub(super) log: Vec<Request>,
    pub(super) withheld: Vec<Whole>,
    pub(super) tap: Option<Arc<Tap>>,
    dice: SmallRng,
}

impl State {
    pub(super) fn new(seed: u64) -> Self {
        let dice = SmallRng::seed_from_u64(seed);
        Self {
            rules: Vec::new(),
            injected: Injected::default(),
            log: Vec::new(),
            withheld: Vec::new(),
            tap: None,
            dice,
        }
    }

    /// Notes a request: its place in the log, and the fault that it meets.
    pub(super) fn meet(&mut self, method: &str, path: &str) -> (usize, Option<Fault>) {
        let fault = self.roll(method, path);
        self.log.push(Request { method: method.to_owned(), path: path.to_owned(), status: None, fault });
        (self.log.len() - 1, fault)
    }

    /// Notes that a fault happened.
    pub(super) fn count(&mut self, fault: Fault) {
        let count = match fault {
            Fault::Cut => &mut self.injected.cut,
            Fault::LoseAnswer => &mut self.injected.answers_lost,
            Fault::Delay(_) => &mut self.injected.delayed,
            Fault::Limited { .. } => &mut self.injected.limited,
            Fault::Gateway(_) => &mut self.injected.gateway,
            Fault::Withhold => &mut self.injected.withheld,
            Fault::UnknownToken => &mut self.injected.unknown_token,
            Fault::Dated(_) => &mut self.injected.dated,
            Fault::Says(_) => &mut self.injected.said,
        };
        *count += 1;
    }

    fn roll(&mut self, method: &str, path: &str) -> Option<Fault> {
        let Self { rules, dice, .. } = self;
        let mut open = rules.iter_mut().filter(|it| it.left != Some(0));
        let rule = open.find(|it| (it.fits)(method, path) && dice.random::<f64>() < it.chance)?;
        rule.left = rule.left.map(|left| left - 1);
        Some(rule.fault)
    }
}
