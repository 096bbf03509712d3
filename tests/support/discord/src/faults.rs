//! What goes wrong, when, and how often it did.

use std::fmt::{self, Debug, Formatter};
use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

/// For whom a limit counts, as `X-RateLimit-Scope` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Of this bot on this route.
    User,
    /// Of this bot on all routes.
    Global,
    /// Of all bots on this resource.
    Shared,
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The connection is cut; nothing was done.
    Cut,
    /// What was asked is done, and the connection is cut instead of an answer.
    LoseAnswer,
    /// Nothing happens until a test calls `release`; then it is done, also when its client has given up, and answered.
    Hold,
    /// It is done; the answer waits until a test calls `release`.
    HoldAnswer,
    /// It is done and answered so much later.
    Delay(Duration),
    /// 429; nothing was done.
    Limited {
        /// For whom.
        scope: Scope,
        /// How long to wait.
        retry_after: Duration,
        /// Whether the headers tell; otherwise only the body does.
        headers: bool,
        /// Whether the body is Discord's; otherwise it is a page, as its shield sends.
        body: bool,
    },
    /// 500 and its like, in Discord's form and without a number of its own; nothing was done.
    Error(u16),
    /// A status and one of Discord's own numbers: 403 and 50013, say; nothing was done.
    Denied(u16, u64),
    /// 302, to another address; nothing was done.
    Elsewhere,
    /// 502 and its like, as a page for people, such as Cloudflare sends; nothing was done.
    Page(u16),
}

/// Whether a method and a path fit.
type Predicate = Box<dyn Fn(&str, &str) -> bool + Send>;

/// A fault, and the requests that meet it: all, unless it says otherwise.
pub struct Rule {
    fault: Fault,
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

    /// Only those with a method and a path that fit. The path is decoded, and without `/api/v10` and its query.
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

/// The rules, and the dice.
#[derive(Debug)]
pub(crate) struct Faults {
    rules: Vec<Rule>,
    dice: SmallRng,
    /// How often `release` was called.
    pub(crate) released: u64,
    /// Requests that wait for it now.
    pub(crate) held: usize,
}

impl Default for Faults {
    fn default() -> Self {
        Self { rules: Vec::new(), dice: SmallRng::seed_from_u64(0), released: 0, held: 0 }
    }
}

impl Faults {
    pub(crate) fn add(&mut self, rule: Rule) {
        self.rules.push(rule);
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    pub(crate) fn seed(&mut self, seed: u64) {
        self.dice = SmallRng::seed_from_u64(seed);
    }

    /// Whether something happens that has this chance.
    pub(crate) fn roll(&mut self, chance: f64) -> bool {
        chance > 0.0 && self.dice.random::<f64>() < chance
    }

    /// What a request meets.
    pub(crate) fn meet(&mut self, method: &str, path: &str) -> Option<Fault> {
        let Self { rules, dice, .. } = self;
        let mut open = rules.iter_mut().filter(|it| it.left != Some(0));
        let rule = open.find(|it| (it.fits)(method, path) && dice.random::<f64>() < it.chance)?;
        rule.left = rule.left.map(|left| left - 1);
        Some(rule.fault)
    }
}
