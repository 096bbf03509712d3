//! Messages that cannot be read, because the key they were encrypted with has not come yet, and those that anybody could have
//! written, because they came unencrypted where messages are encrypted.

use std::collections::BTreeMap;

use herald_chat::{Person, RoomRef, UserRef};
use jiff::{SignedDuration, Timestamp};

use super::record::From;
use super::{Engine, Step};
use crate::announce::{self, Out};
use crate::journal::Journal;

/// How long somebody is not told again in the same room: whoever has lost their keys says more than one thing.
const QUIET: SignedDuration = SignedDuration::from_hours(1);

/// Who was told when, in which room. After a restart nobody was: being told once more does no harm.
#[derive(Debug, Default)]
pub(super) struct Unreadable(BTreeMap<(Why, RoomRef, UserRef), Timestamp>);

/// What is wrong with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Why {
    NoKey,
    InTheClear,
}

impl<J: Journal> Engine<J> {
    /// Says that a message waits for its key, once an hour to each person in a room. Returns whether it did.
    pub(super) fn unreadable(&mut self, step: &mut Step, by: &Person, from: From<'_>) -> bool {
        let first = self.is_first(step, Why::NoKey, from);
        if first {
            self.send(step, None, &Out::answer(announce::unreadable(by)), Some(from.room));
        }
        first
    }

    /// The same for one that came in the clear.
    pub(super) fn unencrypted(&mut self, step: &mut Step, by: &Person, from: From<'_>) -> bool {
        let first = self.is_first(step, Why::InTheClear, from);
        if first {
            self.send(step, None, &Out::answer(announce::unencrypted(by)), Some(from.room));
        }
        first
    }

    fn is_first(&mut self, step: &Step, why: Why, from: From<'_>) -> bool {
        let told = &mut self.unreadable.0;
        told.retain(|_, at| step.now.duration_since(*at) < QUIET);
        let key = (why, from.room.clone(), from.account.clone());
        if told.contains_key(&key) {
            return false;
        }
        told.insert(key, step.now);
        true
    }
}
