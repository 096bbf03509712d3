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
use crate::outbox::Removal;

/// How long what is about the same is told together.
const QUIET: SignedDuration = SignedDuration::from_mins(5);
/// How many are named of those whose messages were removed.
const NAMED: usize = 3;

/// What was told, and what waits to be. After a restart nothing was.
#[derive(Debug, Default)]
pub(super) struct Calm {
    strays: BTreeMap<RoomRef, Strays>,
    /// Who was told, and when, that their message was removed, or that it could not be.
    told: BTreeMap<(UserRef, bool), Timestamp>,
    /// Who was called, and when, about what of an incident.
    called: BTreeMap<(IncidentNo, UserRef, bool), Timestamp>,
}

/// Messages that were removed from a room since somebody was told of it.
#[derive(Debug)]
struct Strays {
    until: Timestamp,
    count: u32,
    /// Those that could not be removed.
    stand: u32,
    some: Vec<Person>,
    all: BTreeSet<UserRef>,
}

impl Strays {
    fn until(until: Timestamp) -> Self {
        Self { until, count: 0, stand: 0, some: Vec::new(), all: BTreeSet::new() }
    }
}

impl Calm {
    /// When something is told.
    pub(super) fn wakes(&self) -> Option<Timestamp> {
        self.strays.values().filter(|strays| strays.count + strays.stand > 0).map(|strays| strays.until).min()
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
    /// Only updates stand in the company's channel. What slips through is removed.
    pub(super) fn stray(&mut self, step: &mut Step, by: &Person, origin: Origin, what: &What, from: From<'_>) {
        self.send(step, None, &Out::delete(from.message), Some(from.room));
        let words = if let What::Message { text, .. } | What::Edit { text, .. } = what { text } else { "" };
        let stray = Removal::Stray {
            by: by.clone(),
            account: from.account.clone(),
            is_person: origin == Origin::Human,
            // A secret is repeated to nobody, and kept nowhere.
            typed: Some(clean(words))
                .filter(|typed| found(typed, &self.setup.policy.guard).is_none())
                .unwrap_or_default(),
        };
        if let Some(entry) = step.batch.entries.last_mut() {
            entry.removal = Some(Box::new(stray));
        }
    }

    /// It is known what became of it. It is repeated to nobody but its author, so that no words are lost; a secret not even to
    /// them. With why it stands there still, if it does.
    pub(super) fn stray_came_back(
        &mut self,
        step: &mut Step,
        place: &RoomRef,
        (by, account, is_person, typed): (&Person, &UserRef, bool, &str),
        why: Option<&str>,
    ) {
        let room = self.setup.rooms.name(place);
        let is_inside = self.setup.rooms.audience(place) != Some(Audience::Customers);
        let can_ask = is_inside || self.is_something_told();
        let (to_them, to_us) = match why {
            None => announce::stray(by, !is_person, &room, can_ask),
            Some(why) => announce::stray_stands(by, !is_person, &room, can_ask, why),
        };
        step.asker = Some((by.id.clone(), account.clone()));
        let calm = &mut self.calm;
        calm.told.retain(|_, at| step.now.duration_since(*at) < QUIET);
        if is_person {
            let is_first = calm.told.insert((account.clone(), why.is_some()), step.now).is_none();
            let text = if is_first || why.is_some() { to_them } else { announce::stray_again(&room) };
            // The words of one who floods the room are no more than they may send to Herald alone.
            let is_given = !typed.is_empty() && self.spend(&by.id, Kind::Strays, step.now) == Permit::Go;
            let text = if is_given { announce::with_words(text, typed) } else { text };
            if is_first || is_given {
                self.send(step, None, &Out::direct(text, by), None);
            }
        }
        if let Some(strays) = self.calm.strays.get_mut(place).filter(|strays| step.now < strays.until) {
            let count = if why.is_none() { &mut strays.count } else { &mut strays.stand };
            *count = count.saturating_add(1);
            if strays.all.insert(by.id.clone()) && strays.some.len() < NAMED {
                strays.some.push(by.clone());
            }
        } else {
            let until = step.now.checked_add(QUIET).unwrap_or(Timestamp::MAX);
            self.calm.strays.insert(place.clone(), Strays::until(until));
            self.send(step, None, &Out::war(to_us), None);
        }
    }

    /// Tells of what has been counted for long enough.
    pub(super) fn tell_strays(&mut self, step: &mut Step) {
        let is_due = |(_, strays): &(&RoomRef, &Strays)| strays.until <= step.now;
        let due: Vec<RoomRef> = self.calm.strays.iter().filter(is_due).map(|(room, _)| room.clone()).collect();
        for room in due {
            let Some(strays) = self.calm.strays.remove(&room).filter(|strays| strays.count + strays.stand > 0) else {
                continue;
            };
            let until = step.now.checked_add(QUIET).unwrap_or(Timestamp::MAX);
            self.calm.strays.insert(room.clone(), Strays::until(until));
            step.because(format!("strays:{room}:{}", strays.until));
            let name = self.setup.rooms.name(&room);
            let text =
                announce::strays((strays.count, strays.stand), (&strays.some, strays.all.len()), &name, &span(QUIET));
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
