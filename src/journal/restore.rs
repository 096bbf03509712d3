//! A backup becomes a journal again: whole, or not at all.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::incident::Seq;

use super::backup::{BACKUP_FORMAT, Line};
use super::core::Core;
use super::record::{self, BEGINNING, BadRecord, Hash};
use super::sled_fault::reason;
use super::sled_open::Locked;
use super::sled_store::SledStore;
use super::{BackupError, Batch, Counts, JournalError};

/// No line of a backup is longer, in bytes: the longest is one record.
const MAX_LINE: u64 = 64 << 20;

/// How many lines are committed together.
const STEP: usize = 1_000;

/// Makes a journal in `dir` from a backup, and checks every record of it. Interrupted at any point, it leaves no
/// journal there.
///
/// # Errors
/// [`BackupError::Occupied`] when there is a journal in `dir`; the others when the backup cannot be read, is not
/// whole or not what was written, or when `dir` cannot be used or written.
pub fn restore(backup: impl Read, dir: &Path) -> Result<Counts, BackupError> {
    let locked = Locked::take(dir)?;
    if locked.is_occupied() {
        return Err(BackupError::Occupied { dir: dir.to_owned() });
    }
    let mut lines = Lines { input: BufReader::new(backup), hash: Sha256::new(), number: 0, line: Vec::new() };
    locked.build(|core| Restoring::begin(core, &mut lines)?.run(&mut lines)).map_err(|error| {
        let BackupError::Journal(JournalError::Broken { dir, reason } | JournalError::Unusable { dir, reason }) = error
        else {
            return error;
        };
        BackupError::Target { dir, reason }
    })
}

/// A journal being filled.
struct Restoring<'a> {
    core: &'a mut Core<SledStore>,
    counts: Counts,
    /// Rows of the tables and bodies of records not committed yet.
    batch: Batch,
    bodies: Vec<Box<str>>,
    waiting: usize,
    /// The hash of the last record read.
    before: Hash,
    records: Seq,
    hash: String,
}

impl<'a> Restoring<'a> {
    /// Reads the header.
    fn begin(core: &'a mut Core<SledStore>, lines: &mut Lines<impl Read>) -> Result<Self, BackupError> {
        let header = match lines.next() {
            Ok(Some(line)) => line,
            Ok(None) | Err(BackupError::Damaged { .. } | BackupError::Truncated { .. }) => {
                return Err(BackupError::NotABackup);
            }
            Err(error) => return Err(error),
        };
        let Line::HeraldBackup { format, records, hash } = header else {
            return Err(BackupError::NotABackup);
        };
        if format > BACKUP_FORMAT {
            return Err(BackupError::Newer { found: format, known: BACKUP_FORMAT });
        }
        let (counts, batch, bodies) = (Counts::default(), Batch::default(), Vec::new());
        Ok(Self { core, counts, batch, bodies, waiting: 0, before: BEGINNING, records, hash })
    }

    /// Reads all the rest.
    fn run(mut self, lines: &mut Lines<impl Read>) -> Result<Counts, BackupError> {
        loop {
            // What the end line has to vouch for is everything before it.
            let so_far = lines.hash.clone();
            let Some(line) = lines.next()? else { return Err(lines.truncated()) };
            if let Line::End { counts, sha256 } = line {
                self.flush()?;
                self.check_end(counts, &sha256, so_far).map_err(|what| lines.damaged(what))?;
                return match lines.next() {
                    Ok(None) => Ok(self.counts),
                    Ok(Some(_)) | Err(_) => Err(lines.damaged("there is more after the end")),
                };
            }
            self.take(line, lines)?;
        }
    }

    fn take(&mut self, line: Line, lines: &Lines<impl Read>) -> Result<(), BackupError> {
        let (counts, batch) = (&mut self.counts, &mut self.batch);
        match line {
            Line::Entry(entry) => {
                counts.entries += 1;
                batch.entries.push(*entry);
            }
            Line::Mark(mark) => {
                counts.marks += 1;
                let mark = HEXLOWER.decode(mark.as_bytes()).ok().and_then(|mark| mark.try_into().ok());
                batch.marks.push(mark.ok_or_else(|| lines.damaged("it is no mark"))?);
            }
            Line::Cursor(room, cursor) => {
                counts.cursors += 1;
                batch.cursors.insert(room, cursor);
            }
            Line::Subject(message, subject) => {
                counts.subjects += 1;
                batch.subjects.insert(message, Some(subject));
            }
            Line::Summary(summary) => {
                counts.summaries += 1;
                batch.summaries.push(*summary);
            }
            Line::Said(n, said) => {
                counts.said += 1;
                batch.said.insert(n, Some(*said));
            }
            Line::Record { hash, body } => {
                counts.records += 1;
                self.before = self.check_record(&hash, body.get()).map_err(|what| lines.damaged(what))?;
                self.bodies.push(body.into());
            }
            Line::HeraldBackup { .. } | Line::End { .. } => return Err(lines.damaged("it does not belong there")),
        }
        self.waiting += 1;
        if self.waiting < STEP { Ok(()) } else { self.flush() }
    }

    /// Commits what has been read.
    fn flush(&mut self) -> Result<(), BackupError> {
        let (batch, bodies) = (std::mem::take(&mut self.batch), std::mem::take(&mut self.bodies));
        self.waiting = 0;
        self.core.write(false, |draft| {
            draft.add(&batch)?;
            for body in &bodies {
                draft.append_body(body.as_bytes());
            }
            Ok(())
        })?;
        Ok(())
    }

    fn check_record(&self, hash: &str, body: &str) -> Result<Hash, String> {
        let seq = self.counts.records;
        let wrong = |what: &dyn std::fmt::Display| format!("record {seq} is wrong, {what}");
        let linked = record::link(&self.before, body.as_bytes());
        if HEXLOWER.encode(&linked) != hash {
            return Err(wrong(&"its hash does not follow from its words and the record before"));
        }
        match record::decode(body.as_bytes()) {
            Ok(record) if record.seq == seq => Ok(linked),
            Ok(_) => Err(wrong(&"it is not in its place")),
            Err(why @ (BadRecord::Newer { .. } | BadRecord::Unreadable)) => Err(wrong(&why)),
        }
    }

    fn check_end(&self, counts: Counts, sha256: &str, so_far: Sha256) -> Result<(), String> {
        if HEXLOWER.encode(&so_far.finalize()) != sha256 {
            return Err("something before it was changed".to_owned());
        }
        let head = self.core.head();
        if counts != self.counts || head.last != self.records || HEXLOWER.encode(&head.hash) != self.hash {
            return Err("what it counts is not what came before it".to_owned());
        }
        Ok(())
    }
}

/// The lines of a backup.
struct Lines<R> {
    input: BufReader<R>,
    /// Over all lines read.
    hash: Sha256,
    number: u64,
    line: Vec<u8>,
}

impl<R: Read> Lines<R> {
    /// The next line; `None` at the end of the file.
    fn next(&mut self) -> Result<Option<Line>, BackupError> {
        self.line.clear();
        let read = self.input.by_ref().take(MAX_LINE).read_until(b'\n', &mut self.line);
        read.map_err(|error| BackupError::Read { reason: reason(&error) })?;
        if self.line.is_empty() {
            return Ok(None);
        }
        if self.line.last() != Some(&b'\n') {
            return Err(self.truncated());
        }
        self.number += 1;
        self.hash.update(&self.line);
        serde_json::from_slice(&self.line).map(Some).map_err(|_| self.damaged("it cannot be read"))
    }

    fn truncated(&self) -> BackupError {
        BackupError::Truncated { lines: self.number }
    }

    fn damaged(&self, what: impl Into<String>) -> BackupError {
        BackupError::Damaged { line: self.number, what: what.into() }
    }
}
