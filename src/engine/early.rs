//! What comes before Herald knows what it is about: the answer to a send is late or lost, and people are quick. They speak
//! in an incident's own room before it is known to be there, and react to a message, or answer it, before it is known
//! under its id.

use std::collections::VecDeque;

use herald_chat::{Inbound, MessageRef, RoomRef, What};
use jiff::{SignedDuration, Timestamp};

use super::{Engine, Input, Step};
use crate::announce::Action;
use crate::journal::Journal;

/// How much of it is kept. Nobody says more before an answer comes or the process ends.
const EARLY_MOST: usize = 1000;
/// How long a room waits at most until the message is known that somebody there answers or reacts to.
const PATIENCE: SignedDuration = SignedDuration::from_secs(10);

impl<J: Journal> Engine<J> {
    /// Whether this may be said in a room that is being opened, so that nobody knows yet whose it is. It waits, with no
    /// mark and no cursor moved: a process that ends in the meantime reads it back.
    pub(super) fn is_early(&self, step: &Step, inbound: &Inbound) -> bool {
        let network = inbound.room.network();
        let opening = |entry: &&crate::outbox::Entry| {
            matches!(entry.action, Action::Open(_))
                && entry.dest.network() == network
                && !step.batch.settled.contains(&entry.id)
        };
        self.early.len() < EARLY_MOST && self.site(inbound).is_none() && self.outbox.waiting().any(|it| opening(&it))
    }

    /// Whether this is about a message that may be one of Herald's whose answer has not come. It waits, and so does all that
    /// comes after it in its room, as above.
    pub(super) fn awaits_its_target(&mut self, step: &mut Step, inbound: &Inbound) -> bool {
        let room = &inbound.room;
        let waits = self.early_in(room) || self.is_about_what_is_under_way(step, inbound);
        if !waits {
            self.patience.remove(room);
            return false;
        }
        let until = step.now.checked_add(PATIENCE).unwrap_or(Timestamp::MAX);
        let until = *self.patience.entry(room.clone()).or_insert(until);
        step.now < until && self.early.len() < EARLY_MOST
    }

    fn is_about_what_is_under_way(&self, step: &mut Step, inbound: &Inbound) -> bool {
        let target = match &inbound.what {
            What::Message { reply_to: Some(to), .. } => to.clone(),
            What::Reaction { to, .. } | What::Unreacted { to, .. } => {
                MessageRef { room: inbound.room.clone(), id: to.clone() }
            }
            What::Message { reply_to: None, .. }
            | What::Command { .. }
            | What::Edit { .. }
            | What::Delete { .. }
            | What::Unreadable { .. }
            | What::Joined { .. }
            | What::Left { .. } => return false,
        };
        let here = target.room == inbound.room && self.is_one_with_others(inbound);
        here && self.outbox.may_be_there(&self.lane(&inbound.room)) && self.said_as(step, &target).is_none()
    }

    fn early_in(&self, room: &RoomRef) -> bool {
        self.early.iter().any(|input| matches!(input, Input::Inbound(inbound) if inbound.room == *room))
    }

    /// Lets all of it come again, before everything else.
    pub(super) fn take_early(&mut self, inputs: &mut VecDeque<Input>) {
        std::mem::take(&mut self.early).into_iter().rev().for_each(|input| inputs.push_front(input));
    }

    /// Whether some of it has waited for long enough.
    pub(super) fn has_waited(&self, now: Timestamp) -> bool {
        self.early_wakes().is_some_and(|at| at <= now)
    }

    /// When that will be.
    pub(super) fn early_wakes(&self) -> Option<Timestamp> {
        self.patience.iter().filter(|(room, _)| self.early_in(room)).map(|(_, until)| *until).min()
    }
}
