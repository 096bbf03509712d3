//! What the tests of the practice platform share.

use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::FutureExt;
use futures::channel::oneshot;
use herald_chat::testing::Timer;
use herald_chat::{Network, Post, RoomRef, SendKey, Text, Tone, UserRef};
use herald_console::Now;
use jiff::{SignedDuration, Timestamp};

pub(crate) type Tested = Result<(), Box<dyn Error>>;

/// A clock that only the test moves, from Monday 2026-01-05 12:00 UTC on.
#[derive(Clone)]
pub(crate) struct Clock(Arc<Mutex<Moment>>);

struct Moment {
    now: Timestamp,
    /// Who waits, and until when.
    timers: Vec<(Timestamp, oneshot::Sender<()>)>,
}

impl Clock {
    pub(crate) fn new() -> Result<Self, Box<dyn Error>> {
        let now = "2026-01-05T12:00:00Z".parse()?;
        Ok(Self(Arc::new(Mutex::new(Moment { now, timers: Vec::new() }))))
    }

    pub(crate) fn now(&self) -> Now {
        let clock = self.clone();
        Arc::new(move || clock.lock().now)
    }

    pub(crate) fn timer(&self) -> Timer {
        let clock = self.clone();
        Arc::new(move |time| {
            let (ring, woken) = oneshot::channel();
            let mut moment = clock.lock();
            let until = moment.now.saturating_add(time).unwrap_or(Timestamp::MAX);
            moment.timers.push((until, ring));
            woken.map(drop).boxed()
        })
    }

    /// Moves on, and wakes those whose time has come, the earliest first.
    pub(crate) fn wait(&self, time: SignedDuration) {
        let mut moment = self.lock();
        moment.now += time;
        let now = moment.now;
        let (mut due, later): (Vec<_>, Vec<_>) = moment.timers.drain(..).partition(|(until, _)| *until <= now);
        moment.timers = later;
        due.sort_by_key(|(until, _)| *until);
        for (_, ring) in due {
            // Fails when nobody waits any more.
            let _ = ring.send(());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Moment> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn room(name: &str) -> RoomRef {
    RoomRef::new(&Network::new("console"), name)
}

pub(crate) fn user(name: &str) -> UserRef {
    UserRef::new(&Network::new("console"), name)
}

pub(crate) fn key(n: usize) -> SendKey {
    SendKey::derive("test", "lane", n)
}

pub(crate) fn post(words: &str) -> Post {
    Post::new(Tone::Notice, Text::new().quote(words)).in_thread("ignored")
}
