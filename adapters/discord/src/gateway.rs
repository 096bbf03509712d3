//! The stream of events: one session with Discord's gateway, taken up again whenever the connection ends.
//!
//! The connection is our own: serenity's `Shard` gives what it hears to its own `Client` only (`recv_json` is private to
//! it), which starts a task for each event, so that their order is lost, and drops what it cannot decode, with the words
//! of it in the log.

pub(crate) mod budget;
mod close;
mod link;
mod session;

use std::sync::Arc;
use std::time::Duration;

use futures::channel::mpsc::UnboundedSender;
use herald_chat::Spell;
use jiff::{SignedDuration, Timestamp};
use rand::RngExt;
use serde::Deserialize;
use serde_json::value::RawValue;
use tracing::{debug, error, info, warn};

use crate::Inner;
use crate::rest::{Failure, Request};
use budget::{Budget, Limit};
use close::{Ended, Next};

/// How long to wait after failures in a row: 1, 2, 4 … seconds and a part of that by chance, at most this.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How often in a row Herald tries to take a session up before it begins another.
const PATIENCE: u32 = 5;
/// How long to wait when an admin has to act first.
const ADMIN_PAUSE: Duration = Duration::from_mins(2);
/// What Discord asks for before a session is begun in place of one that was declared invalid: 1 to 5 s by chance.
const BREATH: (u64, u64) = (1000, 5000);

/// Something that the gateway told.
pub(crate) enum Told {
    /// A new session has begun: anything may have been missed.
    Renewed,
    /// An event, by its name, as it came.
    Event {
        /// `MESSAGE_CREATE` and the like.
        name: String,
        /// What it carries.
        data: Box<RawValue>,
    },
}

/// A session, as far as it is needed to take it up again.
#[derive(Debug, Clone)]
struct Session {
    id: String,
    /// Where to take it up.
    address: String,
    /// The last event that was heard.
    seq: u64,
}

#[derive(Deserialize)]
struct Gateway {
    url: String,
    session_start_limit: Limit,
}

impl Inner {
    /// Hears until nobody listens any more.
    pub(crate) async fn listen(self: Arc<Self>) {
        let (told, events) = futures::channel::mpsc::unbounded();
        tokio::spawn(self.clone().take_in(events));
        let mut session: Option<Session> = None;
        let mut failures = 0u32;
        let (mut spell, mut last) = (Spell::default(), String::new());
        while !self.is_closed() {
            let before = self.clock.now();
            let ended = Box::pin(self.connection(&mut session, &told)).await;
            if self.ready.send_replace(false) {
                failures = 0;
                spell = Spell::default();
            }
            failures += 1;
            let next = match ended.next() {
                // Where it was to be taken up, nobody may be any more.
                Next::Resume if failures > PATIENCE && session.is_some() => Next::Renew,
                next @ (Next::Resume | Next::Renew | Next::Fix | Next::Stop) => next,
            };
            // A session is taken up at its usual pace also where other pauses are short: after so many tries it is given up,
            // and what people changed and reacted to meanwhile with it.
            let (pause, tries) = match next {
                Next::Stop => return,
                Next::Fix => {
                    session = None;
                    (self.clock.pause(ADMIN_PAUSE), "Herald tries again in 2 min")
                }
                Next::Renew => {
                    session = None;
                    (
                        self.clock.pause(by_chance(BREATH).max(pause(failures))),
                        "Herald begins a new session and reads back what was missed",
                    )
                }
                Next::Resume if session.is_some() => (pause(failures), "Herald connects anew and goes on where it was"),
                Next::Resume => (pause(failures), "Herald connects anew"),
            };
            let why = ended.told(self.application);
            let (lasted_s, delay_ms) = (self.clock.now().duration_since(before).as_secs(), pause.as_millis());
            // What is the same as before is told now and then: an outage can last for hours.
            let is_told = spell.fails(self.clock.now()) || last != why;
            match next {
                Next::Fix | Next::Renew | Next::Resume | Next::Stop if !is_told => {
                    debug!(failures, lasted_s, delay_ms, "{why} {tries}");
                }
                Next::Fix => error!(lasted_s, "{why} {tries}"),
                Next::Renew | Next::Resume | Next::Stop if ended == Ended::Asked => {
                    info!(lasted_s, "{why} {tries}");
                }
                Next::Renew | Next::Resume | Next::Stop => warn!(failures, lasted_s, delay_ms, "{why} {tries}"),
            }
            last = why;
            self.wait(pause).await;
        }
    }

    /// One connection, from its beginning to its end.
    async fn connection(&self, session: &mut Option<Session>, told: &UnboundedSender<Told>) -> Ended {
        let address = match session {
            Some(session) => session.address.clone(),
            None => match self.may_begin().await {
                Ok(address) => address,
                Err(ended) => return ended,
            },
        };
        Box::pin(self.converse(&address, session, told)).await
    }

    /// Waits until Discord allows another session. Where to begin it.
    async fn may_begin(&self) -> Result<String, Ended> {
        loop {
            let gateway: Gateway =
                self.rest.ask_as(Request::get("/gateway/bot")).await.map_err(|failure| cannot_ask(&failure))?;
            let now = self.clock.now();
            let budget = Budget::of(gateway.session_start_limit, Budget::load(&self.store), now);
            let wait = budget.wait(now);
            if wait <= SignedDuration::ZERO {
                budget.spent(now).keep(&self.store);
                return Ok(gateway.url);
            }
            budget.keep(&self.store);
            let until = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
            warn!(
                remaining = budget.remaining(),
                "Discord lets Herald connect only so often a day, and most of that is used: something restarts it again \
                 and again. Herald waits until {until} before it connects"
            );
            self.wait(Duration::try_from(wait).unwrap_or_default()).await;
            if self.is_closed() {
                return Err(Ended::Stopped);
            }
        }
    }
}

fn cannot_ask(failure: &Failure) -> Ended {
    match failure {
        Failure::Denied { status: 401, .. } => Ended::Closed { code: 4004 },
        Failure::Denied { status, .. } => {
            Ended::Broken { seen: format!("asked for its address, Discord answers {status}") }
        }
        Failure::Unreachable { reason } | Failure::Unknown { reason } => Ended::Broken { seen: reason.clone() },
        Failure::Limited { .. } => Ended::Broken { seen: "Discord asks to go slower".to_owned() },
    }
}

/// At least half of 1, 2, 4 … seconds, and up to half of it more by chance, so that many do not come back at once.
fn pause(failures: u32) -> Duration {
    let whole = Duration::from_secs(1 << failures.saturating_sub(1).min(5)).min(LONGEST_PAUSE);
    let half = u64::try_from(whole.as_millis() / 2).unwrap_or(u64::MAX);
    by_chance((half, half * 2))
}

fn by_chance((least, most): (u64, u64)) -> Duration {
    Duration::from_millis(rand::rng().random_range(least..=most))
}
