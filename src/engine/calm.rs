//! What is about the same is told together: strays in one room, and calls to one person about the same kind of thing.
//!
//! The first is told at once. What follows within some minutes is counted, and told in one line when they are over.

use std::collections::{BTreeMap, BTreeSet};

use herald_chat::{Origin, Person, RoomRef, UserRef, What, clean};
use jiff::{SignedDuration, Timestamp};

use super::budget::Kind;
use super::record::From;
use super::{Engine, Step};
use crate::announce::{self, Out};
use crate::incident::allowance::Permit;
use crate::incident::guard::found;
use crate::incident::words::span;
use crate::incident::{Audience, Event, IncidentNo, List};
use crate::journal::Journal;

/// How long what is about the same is told together.
const QUIET: SignedDuration = SignedDuration::from_mins(5);
/// How many are named of those whose messages were removed.
const NAMED: usize = 3;

/// What was told, and what waits to be. After a restart nothing was.
#[derive(Debug, Default)]
pub(super) struct Calm {
    strays: BTreeMap<RoomRef, Strays>,
    /// Who was told, and when, that their message was removed.
    told: BTreeMap<UserRef, Timestamp>,
    /// Who was called, and when, about what of an incident.
    called: BTreeMap<(IncidentNo, UserRef, bool), Timestamp>,
}

/// Messages that were removed from a room since somebody was told of it.
#[derive(Debug)]
struct Strays {
    until: Timestamp,
    count: u32,
    some: Vec<Person>,
    all: BTreeSet<UserRef>,
}

impl Strays {
    fn until(until: Timestamp) -> Self {
        Self { until, count: 0, some: Vec::new(), all: BTreeSet::new() }
    }
}

impl Calm {
    /// When something is told.
    pub(super) fn wakes(&self) -> Option<Timestamp> {
        self.strays.values().filter(|strays| strays.count > 0).map(|strays| strays.until).min()
    }

    /// What was told in a step that was refused was not told.
    pub(super) fn untold(&mut self, now: Timestamp) {
        let before = |at: &Timestamp| *at != now;
        self.told.retain(|_, at| before(at));
        self.called.retain(|_, at| before(at));
        self.strays.retain(|_, strays| strays.until.duration_since(now) != QUIET);
    }
}

impl<J: Journal> Engine<J> {
    /// Only updates stand in the company's channel. What slips through is removed, and repeated to
    /// nobody but its author, so that no words are lost; a secret not even to them.
    pub(super) fn stray(&mut self, step: &mut Step, by: &Person, origin: Origin, what: &What, from: From<'_>) {
        let room = self.setup.rooms.name(from.room);
        let is_inside = self.setup.rooms.audience(from.room) != Some(Audience::Customers);
        let can_ask = is_inside || self.is_something_told();
        let (to_them, to_us) = announce::stray(by, origin == Origin::Machine, &room, can_ask);
        self.send(step, None, &Out::delete(from.message), Some(from.room));
        let calm = &mut self.calm;
        calm.told.retain(|_, at| step.now.duration_since(*at) < QUIET);
        if origin == Origin::Human {
            let is_first = calm.told.insert(from.account.clone(), step.now).is_none();
            let words = if let What::Message { text, .. } | What::Edit { text, .. } = what { text } else { "" };
            let typed = clean(words);
            let text = if is_first { to_them } else { announce::stray_again(&room) };
            // The words of one who floods the room are no more than they may send to Herald alone.
            let is_secret = found(&typed, &self.setup.policy.guard).is_some();
            let is_given = !typed.is_empty() && !is_secret && self.spend(&by.id, Kind::Strays, step.now) == Permit::Go;
            let text = if is_given { announce::with_words(text, &typed) } else { text };
            if is_first || is_given {
                self.send(step, None, &Out::direct(text, by), None);
            }
        }
        if let Some(strays) = self.calm.strays.get_mut(from.room).filter(|strays| step.now < strays.until) {
            strays.count = strays.count.saturating_add(1);
            if strays.all.insert(by.id.clone()) && strays.some.len() < NAMED {
                strays.some.push(by.clone());
            }
        } else {
            let until = step.now.checked_add(QUIET).unwrap_or(Timestamp::MAX);
            self.calm.strays.insert(from.room.clone(), Strays::until(until));
            self.send(step, None, &Out::war(to_us), None);
        }
    }

    /// Tells of what has been counted for long enough.
    pub(super) fn tell_strays(&mut self, step: &mut Step) {
        let is_due = |(_, strays): &(&RoomRef, &Strays)| strays.until <= step.now;
        let due: Vec<RoomRef> = self.calm.strays.iter().filter(is_due).map(|(room, _)| room.clone()).collect();
        for room in due {
            let Some(strays) = self.calm.strays.remove(&room).filter(|strays| strays.count > 0) else { continue };
            let until = step.now.checked_add(QUIET).unwrap_or(Timestamp::MAX);
            self.calm.strays.insert(room.clone(), Strays::until(until));
            step.because(format!("strays:{room}:{}", strays.until));
            let name = self.setup.rooms.name(&room);
            let text = announce::strays(strays.count, (&strays.some, strays.all.len()), &name, &span(QUIET));
            self.send(step, None, &Out::war(text), None);
        }
    }

    /// Whether whoever speaks for an incident was called a moment ago about something like this. They are now, if not.
    pub(super) fn was_called(&mut self, no: IncidentNo, by: Option<&Person>, event: &Event, now: Timestamp) -> bool {
        let is_question = matches!(event, Event::Listed { list: List::Question, .. });
        if !is_question && !matches!(event, Event::DraftProposed { .. }) {
            return false;
        }
        let Some(speaker) = self.open.get(&no).and_then(|it| it.spokesperson.as_ref()) else { return false };
        // Nobody is called about what they say themselves.
        if by == Some(speaker) {
            return false;
        }
        let key = (no, speaker.id.clone(), is_question);
        self.calm.called.retain(|_, at| now.duration_since(*at) < QUIET);
        if self.calm.called.contains_key(&key) {
            return true;
        }
        self.calm.called.insert(key, now);
        false
    }
}
