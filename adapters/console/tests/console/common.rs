//! What the tests of the practice platform share.

use std::error::Error;
use std::sync::{Arc, Mutex};

use herald_chat::{Network, Post, RoomRef, SendKey, Text, Tone, UserRef};
use herald_console::Now;
use jiff::{SignedDuration, Timestamp};

pub(crate) type Tested = Result<(), Box<dyn Error>>;

/// A clock that only the test moves, from Monday 2026-01-05 12:00 UTC on.
#[derive(Clone)]
pub(crate) struct Clock(Arc<Mutex<Timestamp>>);

impl Clock {
    pub(crate) fn new() -> Result<Self, Box<dyn Error>> {
        Ok(Self(Arc::new(Mutex::new("2026-01-05T12:00:00Z".parse()?))))
    }

    pub(crate) fn now(&self) -> Now {
        let clock = self.clone();
        Arc::new(move || clock.0.lock().map_or(Timestamp::UNIX_EPOCH, |now| *now))
    }

    pub(crate) fn wait(&self, time: SignedDuration) {
        if let Ok(mut now) = self.0.lock() {
            *now += time;
        }
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
