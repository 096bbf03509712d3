//! Messages that cannot be read, because the key they were encrypted with has not come yet.

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
pub(super) struct Unreadable(BTreeMap<(RoomRef, UserRef), Timestamp>);

impl<J: Journal> Engine<J> {
    /// Says that a message waits for its key, once an hour to each person in a room. Returns whether it did.
    pub(super) fn unreadable(&mut self, step: &mut Step, by: &Person, from: From<'_>) -> bool {
        let told = &mut self.unreadable.0;
        told.retain(|_, at| step.now.duration_since(*at) < QUIET);
        let first = told.insert((from.room.clone(), by.id.clone()), step.now).is_none();
        if first {
            self.send(step, None, &Out::answer(announce::unreadable(by)), Some(from.room));
        }
        first
    }
}
