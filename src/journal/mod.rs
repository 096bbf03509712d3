//! The durable record: what happened (a chain of events), what is still to be sent, and what has been seen.
//!
//! Everything goes in through one [`Journal::commit`], whole or not at all. [`SledJournal`] keeps it on disk,
//! [`MemoryJournal`] is its twin for tests and forgets whatever was not flushed. Both pass the same contract suite.
//!
//! Inside, top down: `core` is the journal itself, written once over rows sorted by key; `draft` turns a batch into
//! changed rows, `chain` and `tables` read them back, `record` is the words in them, `rows` how they are cut and
//! named, `migrate` what an older Herald wrote. Below are the two places where rows live: `memory`, and `sled_store` with `sled_open`, `sled_fault` and
//! `watermark`, which alone know files. `backup` and `restore` carry a journal from one machine to another.

mod backup;
mod chain;
mod core;
mod draft;
mod head;
mod memory;
mod migrate;
pub mod record;
mod restore;
mod rows;
mod said;
mod sled_fault;
mod sled_journal;
mod sled_open;
mod sled_read;
mod sled_store;
mod tables;
mod watermark;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use herald_chat::{Cursor, MessageRef, RoomRef};
use jiff::Timestamp;

use crate::incident::{Record, Seq, Subject, Summary};
use crate::outbox::{Entry, EntryId};
use crate::relay::{Said, SaidNo};

pub use backup::{BackupError, BackupJob, Counts};
pub use memory::{Fault, MemoryDisk, MemoryJournal};
pub use migrate::Migrated;
pub use restore::restore;
pub use sled_journal::{FreeBytes, Options, SledJournal, free_bytes};
pub use sled_open::is_in_use;
pub use sled_read::{scratch, stored_bytes};

/// The mark of a message that has been handled: a hash of its platform, room and id.
pub type Mark = [u8; 16];

/// The folded state up to and with `seq`: it makes a start faster and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The last record folded in.
    pub seq: Seq,
    /// The engine's own words. Any size.
    pub state: Vec<u8>,
}

/// All that one step of the engine changes.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Records to append. Their `seq` goes on from the last one without a gap.
    pub records: Vec<Record>,
    /// Entries to send.
    pub entries: Vec<Entry>,
    /// Entries that are through, or never will be.
    pub settled: Vec<EntryId>,
    /// Messages handled, oldest first. Only the newest [`MARKS_KEPT`] are kept.
    pub marks: Vec<Mark>,
    /// How far rooms have been read.
    pub cursors: BTreeMap<RoomRef, Cursor>,
    /// What messages stand for; `None` forgets.
    pub subjects: BTreeMap<MessageRef, Option<Subject>>,
    /// Messages that stand in several rooms; `None` forgets.
    pub said: BTreeMap<SaidNo, Option<Said>>,
    /// What is kept at hand of incidents that are over.
    pub summaries: Vec<Summary>,
    /// A new snapshot, in place of the one before.
    pub snapshot: Option<Snapshot>,
}

impl Batch {
    /// Whether it only notes what was done, which may be written when there is no room for anything new.
    #[must_use]
    pub fn only_notes(&self) -> bool {
        self.records.is_empty() && self.entries.is_empty() && self.summaries.is_empty() && self.snapshot.is_none()
    }
}

/// How many marks of handled messages are kept.
pub const MARKS_KEPT: usize = 20_000;

/// Everything but the records and the snapshot, as it is after the last commit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tables {
    /// The last record's place; 0 when there is none.
    pub last: Seq,
    /// Entries still to be sent, in the order they were made.
    pub entries: Vec<Entry>,
    /// Messages handled, oldest first.
    pub marks: Vec<Mark>,
    /// How far rooms have been read.
    pub cursors: BTreeMap<RoomRef, Cursor>,
    /// What messages stand for.
    pub subjects: BTreeMap<MessageRef, Subject>,
    /// The number of the newest message that stands in several rooms; 0 when there is none.
    pub last_said: SaidNo,
    /// What is kept at hand of incidents that are over.
    pub summaries: Vec<Summary>,
}

/// Why the journal cannot do what it was asked. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Nothing of the batch was kept; the next commit may succeed.
    #[error(
        "there is too little room on the disk that holds {dir}: {free_mib} MiB free, Herald keeps {keep_mib} MiB in reserve. Make room; nothing needs a restart"
    )]
    Full {
        /// The data directory.
        dir: PathBuf,
        /// Free now, in MiB.
        free_mib: u64,
        /// Kept free, in MiB.
        keep_mib: u64,
    },
    /// Another process has the directory open.
    #[error("{dir} is in use by another Herald. Stop it first, or give this one a directory of its own with --data")]
    InUse {
        /// The data directory.
        dir: PathBuf,
    },
    /// There is no journal to read.
    #[error("there is no journal in {dir}. Give the directory that Herald runs in with --data")]
    Missing {
        /// The data directory.
        dir: PathBuf,
    },
    /// There is no room for the copy that is read in its place.
    #[error(
        "{dir} is read from a copy, which cannot be made: {reason}. Make room for temporary files, or name a directory for them in the variable TMPDIR"
    )]
    NoCopy {
        /// The data directory.
        dir: PathBuf,
        /// What the operating system said.
        reason: String,
    },
    /// The directory cannot be read or written.
    #[error(
        "{dir} cannot be used: {reason}. Make it a directory that this user can read and write, or give another with --data"
    )]
    Unusable {
        /// The data directory.
        dir: PathBuf,
        /// What the operating system said.
        reason: String,
    },
    /// The operating system refuses, and may not later: nobody has to change what Herald was told.
    #[error("{dir} cannot be used: {reason}. {advice}")]
    Refused {
        /// The data directory.
        dir: PathBuf,
        /// What the operating system said.
        reason: String,
        /// What to do.
        advice: &'static str,
    },
    /// Written by a newer Herald.
    #[error(
        "{dir} was written by a newer Herald (format {found}, this one knows {known}). Run that version, or restore a backup made by this one"
    )]
    Newer {
        /// The data directory.
        dir: PathBuf,
        /// The format found.
        found: u32,
        /// The newest format this build knows.
        known: u32,
    },
    /// What is stored is not what was written.
    #[error("{dir} is damaged: {what}. Move it away and restore the last backup with `herald restore`")]
    Damaged {
        /// The data directory.
        dir: PathBuf,
        /// What is wrong, and where.
        what: String,
    },
    /// The disk failed under a commit: what is durable is no longer known, so the process must end.
    #[error(
        "writing to {dir} failed: {reason}. Check the disk, then start Herald again: it goes on from what is durable"
    )]
    Broken {
        /// The data directory.
        dir: PathBuf,
        /// What the operating system said.
        reason: String,
    },
}

impl JournalError {
    /// Whether the same may go well later, so that whatever supervises Herald does right to start it again.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Full { .. }
            | Self::InUse { .. }
            | Self::Refused { .. }
            | Self::Broken { .. }
            | Self::NoCopy { .. } => true,
            Self::Missing { .. } | Self::Unusable { .. } | Self::Newer { .. } | Self::Damaged { .. } => false,
        }
    }
}

/// What `herald verify` found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every record follows from the one before.
    Whole {
        /// How many there are.
        records: u64,
    },
    /// Record `seq` is the first that does not.
    Broken {
        /// Its place.
        seq: Seq,
        /// What is wrong with it.
        what: String,
    },
}

/// The durable record.
/// [`JournalError::Full`] leaves everything as it was. After [`JournalError::Broken`] the journal refuses everything.
pub trait Journal: Send {
    /// What was brought up to date when this was opened: said to whoever runs Herald, once.
    fn migrated(&self) -> Option<Migrated> {
        None
    }

    /// What was odd when this was opened although nothing of the record is damaged, each in a sentence with what to do.
    fn remarks(&self) -> Vec<String> {
        Vec::new()
    }

    /// Everything but records and snapshot.
    ///
    /// # Errors
    /// When any of it is not what was last committed.
    fn tables(&self) -> Result<Tables, JournalError>;

    /// The newest snapshot, if there is one that can be read.
    ///
    /// # Errors
    /// Only [`JournalError::Broken`].
    fn snapshot(&self) -> Result<Option<Snapshot>, JournalError>;

    /// Passes each record of `range` to `each`, oldest first, without holding all of them at once. Each is checked
    /// against the one before it, the last also against what was last committed. What the range asks for past the last is not there, which is no
    /// error.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] with the first record that is not what was written, after those before it have been
    /// passed on.
    fn scan(&self, range: RangeInclusive<Seq>, each: &mut dyn FnMut(Record)) -> Result<(), JournalError>;

    /// Walks all records from the first on and says which, if any, is not what was written.
    ///
    /// # Errors
    /// When they cannot be read at all.
    fn verify(&self) -> Result<Verdict, JournalError>;

    /// What is known of a message that stands in several rooms.
    ///
    /// # Errors
    /// When it is not what was written.
    fn said(&self, n: SaidNo) -> Result<Option<Said>, JournalError>;

    /// The number of the one that `message` belongs to.
    ///
    /// # Errors
    /// As [`Journal::said`].
    fn find_said(&self, message: &MessageRef) -> Result<Option<SaidNo>, JournalError>;

    /// The numbers of the oldest ones that were said before `floor`, at most `most`.
    ///
    /// # Errors
    /// As [`Journal::said`].
    fn said_before(&self, floor: Timestamp, most: usize) -> Result<Vec<SaidNo>, JournalError>;

    /// Makes the whole batch durable, or none of it. When it returns, it is on the disk.
    ///
    /// # Errors
    /// [`JournalError::Full`]; any other, [`JournalError::Broken`] above all, is the journal's last word.
    fn commit(&mut self, batch: &Batch) -> Result<(), JournalError>;

    /// Whether there is room for a command, so that a commit that was refused is worth another try. Where nobody can tell
    /// beforehand, it always is.
    ///
    /// # Errors
    /// When the disk does not answer: the journal's last word.
    fn has_room(&self) -> Result<bool, JournalError> {
        Ok(true)
    }

    /// Takes hold of everything as it is now, but the snapshot, for a backup that another thread writes while
    /// commits go on.
    ///
    /// # Errors
    /// When the tables cannot be read.
    fn backup_job(&self) -> Result<BackupJob, JournalError>;
}

impl<J: Journal + ?Sized> Journal for Box<J> {
    fn migrated(&self) -> Option<Migrated> {
        (**self).migrated()
    }

    fn remarks(&self) -> Vec<String> {
        (**self).remarks()
    }

    fn tables(&self) -> Result<Tables, JournalError> {
        (**self).tables()
    }

    fn snapshot(&self) -> Result<Option<Snapshot>, JournalError> {
        (**self).snapshot()
    }

    fn scan(&self, range: RangeInclusive<Seq>, each: &mut dyn FnMut(Record)) -> Result<(), JournalError> {
        (**self).scan(range, each)
    }

    fn verify(&self) -> Result<Verdict, JournalError> {
        (**self).verify()
    }

    fn said(&self, n: SaidNo) -> Result<Option<Said>, JournalError> {
        (**self).said(n)
    }

    fn find_said(&self, message: &MessageRef) -> Result<Option<SaidNo>, JournalError> {
        (**self).find_said(message)
    }

    fn said_before(&self, floor: Timestamp, most: usize) -> Result<Vec<SaidNo>, JournalError> {
        (**self).said_before(floor, most)
    }

    fn commit(&mut self, batch: &Batch) -> Result<(), JournalError> {
        (**self).commit(batch)
    }

    fn has_room(&self) -> Result<bool, JournalError> {
        (**self).has_room()
    }

    fn backup_job(&self) -> Result<BackupJob, JournalError> {
        (**self).backup_job()
    }
}
