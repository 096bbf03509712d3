//! A journal as a stream of JSON lines: a header, the tables, the records, and an end that vouches for the rest.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use data_encoding::HEXLOWER;
use herald_chat::{Cursor, MessageRef, RoomRef};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::incident::{Seq, Summary};
use crate::outbox::Entry;
use crate::relay::{Said, SaidNo};

use super::chain::walk;
use super::head::Head;
use super::record::BadRecord;
use super::rows::SharedRows;
use super::sled_fault::reason;
use super::{JournalError, Subject, Tables};

/// The format of backups that this build writes.
pub(super) const BACKUP_FORMAT: u32 = 2;

/// Why a journal could not be backed up or restored. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The journal itself.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The backup cannot be written.
    #[error("the backup cannot be written: {reason}. What there is of it is no backup; write it again, elsewhere")]
    Write {
        /// What the operating system said.
        reason: String,
    },
    /// The backup cannot be read.
    #[error("the backup cannot be read: {reason}. Nothing was restored")]
    Read {
        /// What the operating system said.
        reason: String,
    },
    /// Some other file.
    #[error("this is not a backup of Herald's. Give a file that `herald backup` wrote")]
    NotABackup,
    /// Written by a newer Herald.
    #[error(
        "the backup was written by a newer Herald (format {found}, this one knows {known}). Restore it with that version"
    )]
    Newer {
        /// The format found.
        found: u32,
        /// The newest format this build knows.
        known: u32,
    },
    /// The end is missing.
    #[error("the backup ends after line {lines}, in the middle. Nothing was restored; take a copy that is whole")]
    Truncated {
        /// How many lines there are.
        lines: u64,
    },
    /// What is in it is not what was written.
    #[error(
        "the backup is damaged in line {line}: {what}. Nothing was restored; take another copy, or an older backup"
    )]
    Damaged {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
    /// There is a journal already.
    #[error("{dir} already holds a journal. Move it away first, or give an empty directory with --data")]
    Occupied {
        /// The data directory.
        dir: PathBuf,
    },
    /// The restored journal cannot be written.
    #[error(
        "the journal cannot be written to {dir}: {reason}. Nothing was restored; make room there, then restore again"
    )]
    Target {
        /// The data directory.
        dir: PathBuf,
        /// What the operating system said.
        reason: String,
    },
}

/// How much a backup holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Records.
    pub records: u64,
    /// Entries still to be sent.
    pub entries: u64,
    /// Marks of messages handled.
    pub marks: u64,
    /// Rooms with a cursor.
    pub cursors: u64,
    /// Messages that stand for something.
    pub subjects: u64,
    /// Incidents that are over.
    pub summaries: u64,
    /// Messages that stand in several rooms.
    #[serde(default)]
    pub said: u64,
}

/// One line of a backup.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Line {
    /// The first line: what it is, and how many records with which last hash will follow.
    HeraldBackup {
        format: u32,
        records: Seq,
        hash: String,
    },
    Entry(Box<Entry>),
    Mark(String),
    Cursor(RoomRef, Cursor),
    Subject(MessageRef, Subject),
    Summary(Box<Summary>),
    Said(SaidNo, Box<Said>),
    /// A record, byte for byte: its hash is over its words as they stand here.
    Record {
        hash: String,
        body: Box<RawValue>,
    },
    /// The last line, with the SHA-256 of everything before it.
    End {
        counts: Counts,
        sha256: String,
    },
}

/// A backup that has been begun: what the journal held at one moment.
pub struct BackupJob {
    tables: Tables,
    said: Vec<(SaidNo, Said)>,
    head: Head,
    rows: SharedRows,
}

impl BackupJob {
    pub(super) fn new(tables: Tables, said: Vec<(SaidNo, Said)>, head: Head, rows: SharedRows) -> Self {
        Self { tables, said, head, rows }
    }

    /// Writes the backup. Commits may go on meanwhile: records are only ever appended, and those that are new are
    /// left out.
    ///
    /// # Errors
    /// [`BackupError::Write`] when `out` fails, [`BackupError::Journal`] when a record is not what was written.
    pub fn write(self, out: &mut dyn Write) -> Result<Counts, BackupError> {
        let mut writer = Writer { out: BufWriter::new(out), hash: Sha256::new() };
        let mut counts = Counts::default();
        let Self { tables, said, head, rows } = self;
        writer.line(&Line::HeraldBackup {
            format: BACKUP_FORMAT,
            records: head.last,
            hash: HEXLOWER.encode(&head.hash),
        })?;
        writer.tables(tables, &mut counts)?;
        counts.said = writer.lines(said, |(n, said)| Line::Said(n, Box::new(said)))?;
        let mut failed = None;
        let walked = walk(&rows, &head, 1..=head.last, &mut |_, hash, body| {
            if failed.is_some() {
                return Ok(());
            }
            counts.records += 1;
            let line = Line::Record { hash: HEXLOWER.encode(hash), body: raw(body)? };
            failed = writer.line(&line).err();
            Ok(())
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
        walked.map_err(|broken| broken.into_error(&rows))?;
        let sha256 = HEXLOWER.encode(&writer.hash.clone().finalize());
        writer.line(&Line::End { counts, sha256 })?;
        writer.out.flush().map_err(|error| unwritable(&error))?;
        Ok(counts)
    }
}

struct Writer<'a> {
    out: BufWriter<&'a mut dyn Write>,
    hash: Sha256,
}

impl Writer<'_> {
    fn tables(&mut self, tables: Tables, counts: &mut Counts) -> Result<(), BackupError> {
        let Tables { last: _, last_said: _, entries, marks, cursors, subjects, summaries } = tables;
        counts.entries = self.lines(entries, |entry| Line::Entry(Box::new(entry)))?;
        counts.marks = self.lines(marks, |mark| Line::Mark(HEXLOWER.encode(&mark)))?;
        counts.cursors = self.lines(cursors, |(room, cursor)| Line::Cursor(room, cursor))?;
        counts.subjects = self.lines(subjects, |(message, subject)| Line::Subject(message, subject))?;
        counts.summaries = self.lines(summaries, |summary| Line::Summary(Box::new(summary)))?;
        Ok(())
    }

    fn lines<T>(&mut self, all: impl IntoIterator<Item = T>, line: impl Fn(T) -> Line) -> Result<u64, BackupError> {
        let mut count = 0;
        for one in all {
            self.line(&line(one))?;
            count += 1;
        }
        Ok(count)
    }

    fn line(&mut self, line: &Line) -> Result<(), BackupError> {
        let mut bytes = serde_json::to_vec(line).map_err(|error| BackupError::Write { reason: error.to_string() })?;
        bytes.push(b'\n');
        self.hash.update(&bytes);
        self.out.write_all(&bytes).map_err(|error| unwritable(&error))
    }
}

/// The body of a record as it stands, which is one line of JSON.
fn raw(body: &[u8]) -> Result<Box<RawValue>, BadRecord> {
    let raw: Box<RawValue> = serde_json::from_slice(body).map_err(|_| BadRecord::Unreadable)?;
    let same = raw.get().as_bytes() == body && !body.contains(&b'\n');
    if same { Ok(raw) } else { Err(BadRecord::Unreadable) }
}

fn unwritable(error: &io::Error) -> BackupError {
    BackupError::Write { reason: reason(error) }
}
