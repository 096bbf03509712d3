//! Reading everything but the records: the tables, and the snapshot.

use std::ops::ControlFlow;

use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::head::Head;
use super::record::Hash;
use super::rows::{Joined, Joiner, Rows, table, weight, whole};
use super::{JournalError, Snapshot, Tables};
use crate::relay::SaidNo;

/// Reads all tables and checks them against the head.
pub(super) fn read(rows: &impl Rows, head: &Head) -> Result<Tables, JournalError> {
    let mut tables = Tables { last: head.last, ..Tables::default() };
    let mut reader = Reader { rows, sum: 0 };
    reader.table(table::ENTRY, "entries", |value| {
        tables.entries.push(json(value)?);
        Some(())
    })?;
    reader.table(table::MARK, "marks", |value| {
        tables.marks.push(value.try_into().ok()?);
        Some(())
    })?;
    reader.table(table::CURSOR, "cursors", |value| {
        let (room, cursor) = json(value)?;
        tables.cursors.insert(room, cursor);
        Some(())
    })?;
    reader.table(table::SUBJECT, "subjects", |value| {
        let (message, subject) = json(value)?;
        tables.subjects.insert(message, subject);
        Some(())
    })?;
    reader.table(table::SUMMARY, "summaries", |value| {
        tables.summaries.push(json(value)?);
        Some(())
    })?;
    reader.table(table::SAID, "messages in several rooms", |_| Some(()))?;
    reader.table(table::POINTER, "messages in several rooms", |value| (value.len() == 8).then_some(()))?;
    tables.last_said = last_said(rows)?;
    if reader.sum != head.sum {
        return Err(rows.damaged("its tables are not those of the last commit"));
    }
    Ok(tables)
}

/// The number of the newest message that stands in several rooms; 0 when there is none.
fn last_said(rows: &impl Rows) -> Result<SaidNo, JournalError> {
    let mut last = 0;
    rows.scan(whole(table::SAID), &mut |key, _| {
        let number = key.get(1..9).and_then(|number| number.try_into().ok());
        last = number.map_or(last, SaidNo::from_be_bytes);
        ControlFlow::Continue(())
    })?;
    Ok(last)
}

/// The snapshot, unless there is none, or none that can be read: it can always be done without.
pub(super) fn snapshot(rows: &impl Rows, head: &Head) -> Option<Snapshot> {
    let mut value = None;
    let mut joiner = Joiner::default();
    rows.scan(whole(table::SNAPSHOT), &mut |key, part| {
        value = joiner.feed(key, part).ok().flatten().map(|joined| joined.value.to_vec());
        if value.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .ok()?;
    let value = value?;
    let (hash, checked) = value.split_first_chunk::<32>()?;
    let (seq, state) = checked.split_first_chunk()?;
    let seq = u64::from_be_bytes(*seq);
    let sound = *hash == Hash::from(Sha256::digest(checked)) && seq <= head.last;
    sound.then(|| Snapshot { seq, state: state.to_vec() })
}

/// The stored form of a snapshot.
pub(super) fn snapshot_value(snapshot: &Snapshot) -> Vec<u8> {
    let checked = [&snapshot.seq.to_be_bytes(), snapshot.state.as_slice()].concat();
    [Hash::from(Sha256::digest(&checked)).as_slice(), &checked].concat()
}

struct Reader<'a, R> {
    rows: &'a R,
    sum: u128,
}

impl<R: Rows> Reader<'_, R> {
    fn table(&mut self, table: u8, name: &str, mut each: impl FnMut(&[u8]) -> Option<()>) -> Result<(), JournalError> {
        let mut joiner = Joiner::default();
        let mut whole_so_far = true;
        self.rows.scan(whole(table), &mut |key, part| {
            self.sum = self.sum.wrapping_add(weight(key, part));
            whole_so_far = match joiner.feed(key, part) {
                Ok(Some(Joined { value, .. })) => each(value).is_some(),
                Ok(None) => true,
                Err(_) => false,
            };
            if whole_so_far { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        if whole_so_far && joiner.finish().is_ok() {
            Ok(())
        } else {
            Err(self.rows.damaged(format!("its table of {name} cannot be read")))
        }
    }
}

fn json<T: DeserializeOwned>(value: &[u8]) -> Option<T> {
    serde_json::from_slice(value).ok()
}
