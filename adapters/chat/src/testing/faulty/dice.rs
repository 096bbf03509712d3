//! What happens to which call.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use super::{Faults, Injected};
use crate::{Attachment, MessageRef, Post, RoomRef, RoomSpec, SendError, SendKey, UserRef};

pub(super) type Refusable = Arc<dyn Fn(&RoomRef, &Post) -> bool + Send + Sync>;
pub(super) type Stuck = Arc<dyn Fn(&Deed<'_>) -> Option<SendError> + Send + Sync>;

/// One thing that a caller asks for.
#[derive(Debug, Clone, Copy)]
pub enum Deed<'a> {
    /// To post this.
    Post(&'a RoomRef, &'a Post),
    /// To give this file.
    Download(&'a Attachment),
    /// To take this file.
    File(&'a RoomRef, &'a Attachment),
    /// To change this message.
    Edit(&'a MessageRef),
    /// To remove this message.
    Delete(&'a MessageRef),
    /// To pin this message, or take the pin off.
    Pin(&'a MessageRef),
    /// To open a room.
    Open(&'a RoomSpec),
    /// To let this person in.
    Invite(&'a RoomRef, &'a UserRef),
    /// To take this person out.
    Exclude(&'a RoomRef, &'a UserRef),
    /// To close this room.
    Archive(&'a RoomRef),
    /// To find or make the room with this person alone.
    Direct(&'a UserRef),
}

pub(super) struct Dice {
    rng: SmallRng,
    pub(super) faults: Faults,
    pub(super) injected: Injected,
    pub(super) refusable: Refusable,
    pub(super) stuck: Stuck,
    keys: BTreeMap<(RoomRef, SendKey), Epoch>,
}

/// Since when a key is remembered, and how often it was forgotten before.
struct Epoch {
    since: Timestamp,
    forgotten: usize,
}

/// What a call is, as far as faults care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    /// It changes nothing.
    Read,
    /// It changes something.
    Change,
    /// It posts what may be refused.
    Refusable,
}

/// What becomes of a call.
#[derive(Debug, PartialEq)]
pub(super) enum Fate {
    /// It is done.
    Fine,
    /// It is not done.
    Instead(SendError),
    /// It is done, and nobody learns of it.
    Lose,
    /// It is done, and nobody learns of it for so long.
    Hang(Duration),
}

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            rng: SmallRng::seed_from_u64(seed),
            faults: Faults::none(),
            injected: Injected::default(),
            refusable: Arc::new(|_, _| false),
            stuck: Arc::new(|_| None),
            keys: BTreeMap::new(),
        }
    }

    /// Whether a fault of this rate strikes.
    pub(super) fn strikes(&mut self, rate: fn(&Faults) -> u16) -> bool {
        self.rng.random_range(0..1000) < rate(&self.faults)
    }

    /// How late something comes.
    pub(super) fn delay(&mut self) -> Duration {
        if !self.strikes(|faults| faults.delay) {
            return Duration::ZERO;
        }
        self.injected.delayed += 1;
        self.up_to(self.faults.longest_delay)
    }

    pub(super) fn fate(&mut self, call: Call) -> Fate {
        if self.strikes(|faults| faults.rate_limit) {
            self.injected.rate_limited += 1;
            let after = self.rng.random::<bool>().then(|| self.up_to(self.faults.longest_limit));
            return Fate::Instead(SendError::Retry { after, reason: "rate limit (injected)".to_owned() });
        }
        if self.strikes(|faults| faults.drop) {
            self.injected.dropped += 1;
            return Fate::Instead(SendError::Retry { after: None, reason: "connection lost (injected)".to_owned() });
        }
        if call == Call::Read {
            return Fate::Fine;
        }
        if call == Call::Refusable && self.strikes(|faults| faults.refuse) {
            self.injected.refused += 1;
            return Fate::Instead(SendError::Refused { reason: "Herald may not post here (injected).".to_owned() });
        }
        if self.strikes(|faults| faults.lose_answer) {
            return Fate::Lose;
        }
        if self.strikes(|faults| faults.hang) {
            return Fate::Hang(self.faults.hang_for);
        }
        Fate::Fine
    }

    /// The key to use at the platform behind for `key`: another one each time that `key` was forgotten.
    pub(super) fn key(&mut self, room: &RoomRef, key: &SendKey, now: Timestamp) -> SendKey {
        let window = self.faults.forget_after;
        let place = (room.clone(), key.clone());
        let epoch = self.keys.entry(place).or_insert(Epoch { since: now, forgotten: 0 });
        let age = Duration::try_from(now.duration_since(epoch.since)).unwrap_or_default();
        if window.is_some_and(|window| age >= window) {
            *epoch = Epoch { since: now, forgotten: epoch.forgotten + 1 };
            self.injected.forgotten += 1;
        }
        inner_key(key, epoch.forgotten)
    }

    /// All keys that were used at the platform behind for `key`, oldest first.
    pub(super) fn keys(&self, room: &RoomRef, key: &SendKey) -> Vec<SendKey> {
        let forgotten = self.keys.get(&(room.clone(), key.clone())).map_or(0, |epoch| epoch.forgotten);
        (0..=forgotten).map(|n| inner_key(key, n)).collect()
    }

    fn up_to(&mut self, longest: Duration) -> Duration {
        longest.mul_f64(self.rng.random::<f64>())
    }
}

fn inner_key(key: &SendKey, forgotten: usize) -> SendKey {
    if forgotten == 0 { key.clone() } else { SendKey::derive(key.as_str(), "forgotten", forgotten) }
}
