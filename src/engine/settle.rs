//! What comes back from a platform, and what to say when nothing does.

use std::time::Duration;

use herald_chat::{MessageRef, Past, RoomRef, SendError};
use jiff::{SignedDuration, Timestamp};
use tracing::{debug, error, info, warn};

use super::{Engine, Step};
use crate::announce::{self, Action, Out};
use crate::incident::{Event, IncidentNo, Subject, Thing};
use crate::journal::Journal;
use crate::outbox::{Dest, Entry, EntryId, Outcome};

/// How long to wait before a room that could not be opened is tried again.
const UNOPENED_WAIT: Duration = Duration::from_mins(1);

/// What a platform gave for a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receipt {
    /// A message.
    Message(MessageRef),
    /// A room.
    Room(RoomRef),
    /// Nothing.
    Done,
}

impl<J: Journal> Engine<J> {
    /// Takes in what became of a send. `true` when the entry is through and that has to become durable.
    pub(super) fn came_back(&mut self, step: &mut Step, id: EntryId, result: Result<&Receipt, &SendError>) -> bool {
        let Some(entry) = self.outbox.get(id).cloned() else { return false };
        let (key, dest) = (&entry.key, &entry.dest);
        let unopened = self.unopened(step, &entry, result).or_else(|| self.held(&entry, result));
        let result = unopened.as_ref().map_or(result, Err);
        match self.outbox.settle(id, result.err(), step.now) {
            Outcome::Again(at) => {
                let delay_ms = at.duration_since(step.now).as_millis();
                let reason = result.err().map(ToString::to_string);
                if self.failing.entry(dest.clone()).or_default().fails(step.now) {
                    warn!(%key, %dest, delay_ms, reason, "not sent, will try again");
                } else {
                    debug!(%key, %dest, delay_ms, reason, "not sent, will try again");
                }
                return false;
            }
            Outcome::Through => {
                debug!(%key, %dest, "sent");
                let past = self.failing.remove(dest).and_then(|mut spell| spell.ends(step.now));
                if let Some(Past { tries, lasted_s }) = past {
                    info!(%key, %dest, tries, lasted_s, "sent again");
                }
                self.refused_at.remove(dest);
                self.gave_way.retain(|(there, _), _| there != dest);
                if let Ok(receipt) = result {
                    self.received(step, &entry, receipt);
                }
                self.removal_came_back(step, &entry, None);
                self.test_came_back(step, &entry, result);
            }
            Outcome::GaveWay(reason) => {
                self.log_refusal(&entry, &reason);
                step.because(format!("gave-way:{}", entry.key));
                if entry.removal.is_some() {
                    self.removal_came_back(step, &entry, Some(&reason));
                } else {
                    self.gave_way(step, &entry, &reason);
                }
                self.test_came_back(step, &entry, result);
            }
            Outcome::Refused(reason) => {
                self.log_refusal(&entry, &reason);
                step.because(format!("sent:{}", entry.key));
                self.tied_refused(step, &entry, &reason);
                self.removal_came_back(step, &entry, Some(&reason));
                let is_told = matches!(
                    entry.action,
                    Action::Invite(_) | Action::Exclude(_) | Action::Archive | Action::Delete(_)
                );
                if is_told && entry.removal.is_none() {
                    // People were told that it is being done.
                    self.gave_way(step, &entry, &reason);
                }
                self.refused(step, &entry, reason);
                self.test_came_back(step, &entry, result);
            }
        }
        self.told_after.remove(&id);
        step.batch.settled.push(id);
        true
    }

    fn received(&mut self, step: &mut Step, entry: &Entry, receipt: &Receipt) {
        step.because(format!("sent:{}", entry.key));
        if self.board_came_back(step, entry, Ok(receipt)) {
            return;
        }
        self.tied_came_back(step, entry, receipt);
        match receipt {
            Receipt::Message(message) => {
                let stands =
                    |it: &Subject| self.open.contains_key(&it.incident) || matches!(it.thing, Thing::Statement { .. });
                if let Some(subject) = entry.subject.clone().filter(stands) {
                    self.remember(step, message.clone(), subject);
                }
                self.draft_came_back(step, entry, message);
            }
            Receipt::Room(room) => {
                if let Dest::Own(no, network) = &entry.dest
                    && self.own_room(*no, network).as_ref() != Some(room)
                {
                    self.record(step, *no, None, Event::RoomOpened { room: room.clone() }, None);
                }
            }
            Receipt::Done => {}
        }
        let Some((no, what, place)) = self.statement(entry) else { return };
        if self.told_delay(no, &what, &place).is_some() {
            self.record(step, no, None, Event::Delivered { what, place }, None);
        } else if self.told_after.contains_key(&entry.id) {
            self.send(step, None, &Out::war(announce::arrived(no, &what, &place)), None);
        }
    }

    /// A room that cannot be opened holds up all that is to be said in it. Nothing of that is dropped: people are told
    /// once, and it is tried again until somebody has put it right.
    fn unopened(&mut self, step: &mut Step, entry: &Entry, result: Result<&Receipt, &SendError>) -> Option<SendError> {
        let (Dest::Own(no, _), Action::Open(_), Err(SendError::Refused { reason })) =
            (&entry.dest, &entry.action, result)
        else {
            return None;
        };
        if self.told_after.insert(entry.id, 0).is_none() {
            step.because(format!("unopened:{}", entry.key));
            self.send(step, None, &Out::war(announce::unopened(*no, reason)), None);
        }
        Some(SendError::Retry { after: Some(UNOPENED_WAIT), reason: reason.clone() })
    }

    /// A statement whose room is gone waits until an admin has said which room is meant: they have been asked.
    fn held(&self, entry: &Entry, result: Result<&Receipt, &SendError>) -> Option<SendError> {
        let Err(SendError::Refused { reason }) = result else { return None };
        let holds = entry.statement.is_some() && self.is_held(&entry.dest);
        holds.then(|| SendError::Retry { after: Some(UNOPENED_WAIT), reason: reason.clone() })
    }

    /// A statement that people outside never get is an error each time. Anything else is told once for each place and
    /// reason: in a room that Herald was removed from, nothing else will happen for a while.
    fn log_refusal(&mut self, entry: &Entry, reason: &str) {
        let Entry { key, dest, .. } = entry;
        let before = self.refused_at.insert(dest.clone(), reason.to_owned());
        let again = before.is_some_and(|before| before == reason);
        match (&entry.statement, again) {
            (Some(_), _) => error!(%key, %dest, reason, "the platform refuses this for good"),
            (None, false) => warn!(%key, %dest, reason, "the platform refuses this for good"),
            (None, true) => debug!(%key, %dest, reason, "the platform refuses this too"),
        }
    }

    fn refused(&mut self, step: &mut Step, entry: &Entry, reason: String) {
        if self.board_came_back(step, entry, Err(&reason)) {
            return;
        }
        let Some((no, what, place)) = self.statement(entry) else { return };
        if self.open.contains_key(&no) {
            self.record(step, no, None, Event::DeliveryRefused { what, place, reason }, None);
        } else {
            let what = format!("{what} of {no}, which is over,");
            self.send(step, None, &Out::war(announce::never(&what, &place, &reason)), None);
        }
    }

    /// Tells the people who respond of statements that have been under way for too long.
    pub(super) fn notices(&mut self, step: &mut Step) {
        let late: Vec<_> = self
            .outbox
            .waiting()
            // What has just come back is no longer under way, although it lies there until that is durable.
            .filter(|entry| !step.batch.settled.contains(&entry.id))
            .filter_map(|entry| self.notice(entry).map(|(at, minutes)| (at, minutes, entry.clone())))
            .filter(|(at, ..)| *at <= step.now)
            .collect();
        for (_, minutes, entry) in late {
            let Some((no, what, place)) = self.statement(&entry) else { continue };
            if self.open.contains_key(&no) {
                // Of two with one name, the first to arrive makes the other late once more: that is another post.
                step.because(format!("late:{}:{minutes}:{}", entry.key, self.last_seq));
                self.record(step, no, None, Event::DeliveryDelayed { what, place, minutes }, None);
            } else {
                // Nothing is recorded of an incident that is over, so this may be said again after a restart, unless the
                // platform remembers.
                step.because(format!("overdue:{}:{minutes}", entry.key));
                self.told_after.insert(entry.id, minutes);
                let text = announce::overdue(no, &what, &place, minutes);
                self.send(step, None, &Out::war(text), None);
            }
        }
    }

    /// When the next such notice is due.
    pub(super) fn next_notice(&self) -> Option<Timestamp> {
        self.outbox.waiting().filter_map(|entry| self.notice(entry)).map(|(at, _)| at).min()
    }

    /// When people are told next that this has not arrived, and how many minutes they will read: after the configured
    /// time, then after twice as long each time, so that a long outage does not fill the room.
    fn notice(&self, entry: &Entry) -> Option<(Timestamp, u32)> {
        let (no, what, place) = self.statement(entry)?;
        let first = u32::try_from(self.setup.notice.as_mins()).unwrap_or(u32::MAX).max(1);
        let told = self.told_after.get(&entry.id).copied().or_else(|| self.told_delay(no, &what, &place));
        let minutes = told.map_or(first, |told| told.saturating_mul(2));
        let at = entry.made.checked_add(SignedDuration::from_mins(minutes.into())).ok()?;
        Some((at, minutes))
    }

    fn told_delay(&self, no: IncidentNo, what: &str, place: &str) -> Option<u32> {
        let delayed = &self.open.get(&no)?.delayed;
        delayed.iter().find(|(a, b, _)| a == what && b == place).map(|(_, _, minutes)| *minutes)
    }

    /// The incident, the name and the goal of a statement to people outside.
    fn statement(&self, entry: &Entry) -> Option<(IncidentNo, String, String)> {
        let Dest::Room(room) = &entry.dest else { return None };
        let statement = entry.statement.as_ref()?;
        Some((statement.incident, statement.what.clone(), self.setup.rooms.place(room)))
    }
}
