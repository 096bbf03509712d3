//! A disk that is full: what needs room waits until there is some, and the log tells of it when it begins, now and then, and when
//! it is over.

use herald_chat::{Past, Spell};
use jiff::{SignedDuration, Timestamp};
use tracing::{info, warn};

use super::{Engine, Fault};
use crate::journal::{Batch, Journal, JournalError};

/// How long to wait before it is looked again whether there is room.
pub(super) const WAIT: SignedDuration = SignedDuration::from_secs(5);

/// The disk is full.
#[derive(Debug)]
pub(super) struct Full {
    /// When it is looked again.
    pub(super) retry_at: Timestamp,
    spell: Spell,
    /// How many commands were refused.
    commands: usize,
}

/// Whether there is room, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// There is.
    There,
    /// It was looked just now, and there is none.
    Missing,
    /// There was none a moment ago, and it is not looked again yet.
    Awaited,
}

impl<J: Journal> Engine<J> {
    /// Whether there is room for what has fallen due.
    pub(super) fn room(&mut self, now: Timestamp) -> Result<Room, Fault> {
        let Some(full) = &mut self.full else { return Ok(Room::There) };
        if now < full.retry_at {
            return Ok(Room::Awaited);
        }
        if self.journal.has_room()? {
            return Ok(Room::There);
        }
        full.retry_at = later(now);
        Ok(Room::Missing)
    }

    /// Notes which commands were refused, as far as the reserve takes that, before people are told: what is not on the disk
    /// would be carried out after a restart.
    pub(super) fn note_refused(&mut self) -> Result<(), Fault> {
        let notes = Batch { marks: self.owed_marks.clone(), ..Batch::default() };
        if notes.marks.is_empty() {
            return Ok(());
        }
        match self.journal.commit(&notes) {
            Ok(()) => self.kept(notes),
            Err(JournalError::Full { .. }) => {}
            Err(fault) => return Err(fault.into()),
        }
        Ok(())
    }

    /// A commit was refused, and so many commands with it.
    pub(super) fn is_filled(&mut self, now: Timestamp, commands: usize, why: &JournalError) {
        let full = self.full.get_or_insert(Full { retry_at: now, spell: Spell::default(), commands: 0 });
        full.retry_at = later(now);
        full.commands += commands;
        if full.spell.fails(now) {
            warn!(commands = full.commands, reason = %why, "the disk is full: commands are refused in words");
        }
    }

    /// There is room.
    pub(super) fn has_room(&mut self, now: Timestamp) {
        let Some(Full { mut spell, commands, .. }) = self.full.take() else { return };
        if let Some(Past { lasted_s, .. }) = spell.ends(now) {
            info!(commands, lasted_s, "there is room on the disk again");
        }
    }
}

fn later(now: Timestamp) -> Timestamp {
    now.checked_add(WAIT).unwrap_or(Timestamp::MAX)
}
