//! What comes before Herald knows what it is about: the answer to a send is late or lost, and people are quick. They speak
//! in an incident's own room before it is known to be there, and react to a message, or answer it, before it is known
//! under its id. What somebody writes to Herald alone waits until it is known in which rooms they are ([`super::members`]).
//!
//! It waits, and so does all that comes after it in its room, with no mark and no cursor moved: a process that ends in the
//! meantime reads it back.

use std::collections::{BTreeMap, VecDeque};

use herald_chat::{Inbound, MessageRef, RoomRef, What};
use jiff::{SignedDuration, Timestamp};

use super::{Engine, Input, Step};
use crate::announce::Action;
use crate::journal::{Journal, Mark};

/// How much of it is kept. Nobody says more before an answer comes or the process ends.
const MOST: usize = 1000;
/// How long something waits at most for the message that it answers or is a reaction to.
const PATIENCE: SignedDuration = SignedDuration::from_secs(10);

/// All that waits.
#[derive(Default)]
pub(super) struct Early {
    rooms: BTreeMap<RoomRef, VecDeque<Held>>,
    count: usize,
}

struct Held {
    mark: Mark,
    inbound: Box<Inbound>,
    until: Timestamp,
}

impl Early {
    /// Keeps it behind what waits in its room. What is read back again meanwhile waits already.
    pub(super) fn hold(&mut self, mark: Mark, inbound: Box<Inbound>, now: Timestamp) {
        let until = now.checked_add(PATIENCE).unwrap_or(Timestamp::MAX);
        let room = self.rooms.entry(inbound.room.clone()).or_default();
        if room.iter().all(|held| held.mark != mark) {
            room.push_back(Held { mark, inbound, until });
            self.count += 1;
        }
    }

    /// Whether there is no place for more.
    pub(super) fn is_full(&self) -> bool {
        self.count >= MOST
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.rooms.is_empty()
    }

    /// All of it, each room in its order, to arrive again.
    pub(super) fn take(&mut self) -> impl Iterator<Item = Input> + use<> {
        let all = std::mem::take(self);
        all.rooms.into_values().flatten().map(|held| Input::Inbound(held.inbound))
    }

    /// What comes next in each room.
    fn heads(&self) -> impl Iterator<Item = &Held> {
        self.rooms.values().filter_map(VecDeque::front)
    }

    /// What comes next in this one, which waits no more.
    fn pop(&mut self, room: &RoomRef) -> Option<(Mark, Box<Inbound>)> {
        let waiting = self.rooms.get_mut(room)?;
        let held = waiting.pop_front()?;
        if waiting.is_empty() {
            self.rooms.remove(room);
        }
        self.count -= 1;
        Some((held.mark, held.inbound))
    }
}

impl<J: Journal> Engine<J> {
    /// Whether something that has just arrived has to wait.
    pub(super) fn has_to_wait(&self, step: &mut Step, inbound: &Inbound) -> bool {
        self.early.rooms.contains_key(&inbound.room)
            || self.is_early(step, inbound)
            || self.is_unseen(inbound)
            || self.is_about_late(step, inbound)
    }

    /// The next that waits no more; with `all`, the next that waits.
    pub(super) fn next_early(&mut self, step: &mut Step, all: bool) -> Option<(Mark, Box<Inbound>)> {
        let goes = |step: &mut Step, held: &Held| {
            let is_late = || step.now >= held.until;
            let waits = |step: &mut Step| self.is_about_late(step, &held.inbound) || self.is_unseen(&held.inbound);
            !self.is_early(step, &held.inbound) && (is_late() || !waits(step))
        };
        let room = self.early.heads().find(|held| all || goes(step, held))?.inbound.room.clone();
        self.early.pop(&room)
    }

    /// Whether this may be said in a room that is being opened, so that nobody knows yet whose it is.
    fn is_early(&self, step: &Step, inbound: &Inbound) -> bool {
        let network = inbound.room.network();
        let opening = |entry: &&crate::outbox::Entry| {
            matches!(entry.action, Action::Open(_))
                && entry.dest.network() == network
                && !step.batch.settled.contains(&entry.id)
        };
        self.site(inbound).is_none() && self.outbox.waiting().any(|it| opening(&it))
    }

    /// Whether this is about a message that may be one of Herald's whose answer has not come.
    fn is_about_late(&self, step: &mut Step, inbound: &Inbound) -> bool {
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
            | What::Unencrypted
            | What::Altered { .. }
            | What::Replaced { .. }
            | What::Joined { .. }
            | What::Left { .. } => return false,
        };
        let here = target.room == inbound.room && self.is_one_with_others(inbound);
        here && self.outbox.may_be_there(&self.lane(&inbound.room)) && self.said_as(step, &target).is_none()
    }

    /// When the first of it has waited for long enough. For a room to be opened it waits as long as that takes.
    pub(super) fn early_wakes(&self) -> Option<Timestamp> {
        let ends = |held: &&Held| self.site(&held.inbound).is_some() || self.is_unseen(&held.inbound);
        self.early.heads().filter(ends).map(|held| held.until).min()
    }
}
