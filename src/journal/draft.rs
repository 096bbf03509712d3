//! What a batch changes, row by row, before any of it is written.

use serde::Serialize;

use crate::incident::Record;
use crate::relay::{Said, SaidNo};

use super::chain::record_key;
use super::head::Head;
use super::record;
use super::rows::{Changes, PART, Rows, key, message_id, part_key, parts, room_id, table, weight};
use super::{Batch, JournalError, MARKS_KEPT, Mark, said, tables};

/// The rows as they will be: those stored, and the changes on top.
pub(super) struct Draft<'a, R> {
    rows: &'a R,
    head: Head,
    changes: Changes,
}

impl<'a, R: Rows> Draft<'a, R> {
    /// Nothing changed yet.
    pub(super) fn new(rows: &'a R, head: &Head) -> Self {
        Self { rows, head: head.clone(), changes: Changes::new() }
    }

    /// Adds all of a batch.
    ///
    /// # Errors
    /// When what it replaces cannot be read, or when it does not go on from what is stored.
    pub(super) fn add(&mut self, batch: &Batch) -> Result<(), JournalError> {
        for record in &batch.records {
            self.append(record)?;
        }
        for entry in &batch.entries {
            self.put(&key(table::ENTRY, &entry.id.to_be_bytes()), &self.json(entry)?)?;
        }
        for id in &batch.settled {
            self.remove(&key(table::ENTRY, &id.to_be_bytes()))?;
        }
        for mark in &batch.marks {
            self.mark(mark)?;
        }
        for (room, cursor) in &batch.cursors {
            self.put(&key(table::CURSOR, &room_id(room)), &self.json(&(room, cursor))?)?;
        }
        for (message, subject) in &batch.subjects {
            let key = key(table::SUBJECT, &message_id(message));
            match subject {
                Some(subject) => self.put(&key, &self.json(&(message, subject))?)?,
                None => self.remove(&key)?,
            }
        }
        // What is forgotten goes first: what it was found by may belong to another from now on.
        let (kept, forgotten): (Vec<_>, Vec<_>) = batch.said.iter().partition(|(_, said)| said.is_some());
        for (n, said) in forgotten.into_iter().chain(kept) {
            self.say(*n, said.as_ref())?;
        }
        for summary in &batch.summaries {
            self.put(&key(table::SUMMARY, &summary.no.0.to_be_bytes()), &self.json(summary)?)?;
        }
        if let Some(snapshot) = &batch.snapshot {
            self.put(&key(table::SNAPSHOT, &[]), &tables::snapshot_value(snapshot))?;
        }
        Ok(())
    }

    /// Notes the data format, which stands outside of the sum as the head does.
    pub(super) fn set_format(&mut self, format: u32) {
        self.changes.insert(part_key(&key(table::FORMAT, &[]), 0), Some(format.to_be_bytes().to_vec()));
    }

    /// Appends the record with this body.
    pub(super) fn append_body(&mut self, body: &[u8]) {
        let hash = record::link(&self.head.hash, body);
        self.head.last += 1;
        self.head.hash = hash;
        self.insert(&record_key(self.head.last), &[hash.as_slice(), body].concat());
    }

    /// All changes, the head's own among them, and the head after them.
    pub(super) fn finish(mut self) -> (Changes, Head) {
        self.head.commits += 1;
        self.changes.insert(part_key(&key(table::HEAD, &[]), 0), Some(self.head.encode()));
        (self.changes, self.head)
    }

    fn append(&mut self, record: &Record) -> Result<(), JournalError> {
        if record.seq != self.head.last + 1 {
            return Err(self.refuse(format!("record {} cannot follow record {}", record.seq, self.head.last)));
        }
        let body = record::encode(record).map_err(|error| self.refuse(error.to_string()))?;
        self.append_body(&body);
        Ok(())
    }

    /// Writes what is known of a message that stands in several rooms, and by which messages it is found.
    fn say(&mut self, n: SaidNo, now: Option<&Said>) -> Result<(), JournalError> {
        // A number is in a batch once, so what stands in the rows is what it was.
        let before = said::get(self.rows, n)?.map(|it| it.messages()).unwrap_or_default();
        let messages = now.map(Said::messages).unwrap_or_default();
        for gone in before.iter().filter(|it| !messages.contains(it)) {
            self.remove(&said::pointer_key(gone))?;
        }
        for new in messages.iter().filter(|it| !before.contains(it)) {
            self.put(&said::pointer_key(new), &n.to_be_bytes())?;
        }
        match now {
            Some(said) => self.put(&said::said_key(n), &self.json(said)?),
            None => self.remove(&said::said_key(n)),
        }
    }

    fn mark(&mut self, mark: &Mark) -> Result<(), JournalError> {
        let kept = &mut self.head.marks;
        let (number, oldest) = (kept.end, kept.start);
        kept.end += 1;
        let full = number - oldest >= MARKS_KEPT as u64;
        if full {
            kept.start += 1;
            self.remove(&key(table::MARK, &oldest.to_be_bytes()))?;
        }
        // No mark had this number before.
        self.insert(&key(table::MARK, &number.to_be_bytes()), mark);
        Ok(())
    }

    /// Writes a value where there may be one already.
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), JournalError> {
        self.remove(key)?;
        self.insert(key, value);
        Ok(())
    }

    /// Removes all parts of the value under `key`, if there is one.
    fn remove(&mut self, key: &[u8]) -> Result<(), JournalError> {
        for n in 0.. {
            let part = part_key(key, n);
            let old = match self.changes.get(&part) {
                Some(changed) => changed.clone(),
                None => self.rows.get(&part)?,
            };
            let Some(old) = old else { break };
            if is_summed(key) {
                self.head.sum = self.head.sum.wrapping_sub(weight(&part, &old));
            }
            self.changes.insert(part, None);
            if old.len() != PART {
                break;
            }
        }
        Ok(())
    }

    /// Writes a value where there is none.
    fn insert(&mut self, key: &[u8], value: &[u8]) {
        for (n, bytes) in parts(value) {
            let part = part_key(key, n);
            if is_summed(key) {
                self.head.sum = self.head.sum.wrapping_add(weight(&part, bytes));
            }
            self.changes.insert(part, Some(bytes.to_vec()));
        }
    }

    fn json(&self, value: &impl Serialize) -> Result<Vec<u8>, JournalError> {
        serde_json::to_vec(value).map_err(|error| self.refuse(error.to_string()))
    }

    /// The journal cannot go on, for this reason.
    pub(super) fn refuse(&self, reason: String) -> JournalError {
        JournalError::Broken { dir: self.rows.dir().to_owned(), reason }
    }
}

/// Records are held by their chain and the snapshot by its own hash; all others by the sum.
fn is_summed(key: &[u8]) -> bool {
    !matches!(key.first(), None | Some(&(table::RECORD | table::SNAPSHOT)))
}
