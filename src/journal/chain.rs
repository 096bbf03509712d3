//! Walking the records, each checked against the one before.

use std::ops::{ControlFlow, RangeInclusive};

use crate::incident::Seq;

use super::JournalError;
use super::head::Head;
use super::record::{self, BEGINNING, BadRecord, Hash};
use super::rows::{Joined, Joiner, Rows, key, part_key, table, whole};

/// The first record of a walk that is not what was written.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Break {
    /// It was written by a newer Herald.
    Newer { found: u32 },
    /// It is damaged.
    Bad { seq: Seq, what: String },
}

impl Break {
    /// As the error that it is to whoever needs the records.
    pub(super) fn into_error(self, rows: &impl Rows) -> JournalError {
        match self {
            Self::Newer { found } => JournalError::Newer { dir: rows.dir().to_owned(), found, known: record::VERSION },
            Self::Bad { seq, what } => rows.damaged(format!("record {seq} is wrong, {what}")),
        }
    }
}

/// Takes a record's place, hash and body.
pub(super) type EachRecord<'a> = dyn FnMut(Seq, &Hash, &[u8]) -> Result<(), BadRecord> + 'a;

/// Passes place, hash and body of each record of `range` to `each`, oldest first. The walk trusts the hash of the
/// record before the range, and checks the last record of all against the head. A range that goes past the last record
/// also asks that there be nothing.
///
/// # Errors
/// When the rows cannot be read at all. A record that is not what was written is a [`Break`], and ends the walk.
pub(super) fn walk(
    rows: &impl Rows,
    head: &Head,
    range: RangeInclusive<Seq>,
    each: &mut EachRecord<'_>,
) -> Result<Result<(), Break>, JournalError> {
    let (first, last) = (*range.start().max(&1), *range.end().min(&head.last));
    if range.is_empty() || first > last + 1 {
        return Ok(Ok(()));
    }
    let Some(before) = hash_before(rows, first)? else {
        return Ok(Err(bad(first - 1, "it is missing or cut short")));
    };
    let mut walk = Walk { next: first, before, last, head, joiner: Joiner::default() };
    let mut broken = None;
    let end = if *range.end() > last { whole(table::RECORD).end } else { record_key(last + 1) };
    let read = rows.scan(record_key(first)..end, &mut |key, value| match walk.step(key, value, each) {
        Ok(()) => ControlFlow::Continue(()),
        Err(fault) => {
            broken = Some(fault);
            ControlFlow::Break(())
        }
    });
    match (broken, read) {
        (Some(broken), _) => Ok(Err(broken)),
        (None, Ok(())) => Ok(walk.finish()),
        (None, Err(JournalError::Damaged { .. })) => Ok(Err(bad(walk.next, "it cannot be read from the disk"))),
        (None, Err(error)) => Err(error),
    }
}

/// The hash that the record at `seq` has, without a check.
pub(super) fn stored_hash(rows: &impl Rows, seq: Seq) -> Result<Option<Hash>, JournalError> {
    let row = rows.get(&part_key(&record_key(seq), 0))?;
    Ok(row.and_then(|row| row.first_chunk().copied()))
}

/// The key of a record, without the number of its part.
pub(super) fn record_key(seq: Seq) -> Vec<u8> {
    key(table::RECORD, &seq.to_be_bytes())
}

fn hash_before(rows: &impl Rows, first: Seq) -> Result<Option<Hash>, JournalError> {
    if first == 1 { Ok(Some(BEGINNING)) } else { stored_hash(rows, first - 1) }
}

fn bad(seq: Seq, what: impl Into<String>) -> Break {
    Break::Bad { seq, what: what.into() }
}

struct Walk<'a> {
    next: Seq,
    before: Hash,
    last: Seq,
    head: &'a Head,
    joiner: Joiner,
}

impl Walk<'_> {
    fn step(&mut self, key: &[u8], value: &[u8], each: &mut EachRecord<'_>) -> Result<(), Break> {
        let seq = self.next;
        let joined = self.joiner.feed(key, value).map_err(|_| bad(seq, "a part of it is missing"))?;
        let Some(Joined { id, value }) = joined else { return Ok(()) };
        if seq > self.last {
            return Err(bad(seq, "it was never committed"));
        }
        if id != seq.to_be_bytes() {
            return Err(bad(seq, "it is missing"));
        }
        let Some((hash, body)) = value.split_first_chunk() else {
            return Err(bad(seq, "it is cut short"));
        };
        if *hash != record::link(&self.before, body) {
            return Err(bad(seq, "its hash does not follow from its words and the record before"));
        }
        each(seq, hash, body).map_err(|why| match why {
            BadRecord::Newer { found } => Break::Newer { found },
            BadRecord::Unreadable => bad(seq, why.to_string()),
        })?;
        self.before = *hash;
        self.next += 1;
        Ok(())
    }

    fn finish(&self) -> Result<(), Break> {
        if self.joiner.finish().is_err() {
            return Err(bad(self.next, "a part of it is missing"));
        }
        if self.next <= self.last {
            return Err(bad(self.next, "it is missing"));
        }
        if self.last == self.head.last && self.before != self.head.hash {
            return Err(bad(self.last, "it is not the one that was committed last"));
        }
        Ok(())
    }
}
