//! Messages that stand in several rooms, read one by one: there may be many, so none is kept in memory.

use std::ops::ControlFlow;

use herald_chat::MessageRef;
use jiff::Timestamp;

use super::JournalError;
use super::rows::{Joiner, Rows, key, message_id, part_key, table, whole};
use crate::relay::{Said, SaidNo};

/// The key of the message with this number.
pub(super) fn said_key(n: SaidNo) -> Vec<u8> {
    key(table::SAID, &n.to_be_bytes())
}

/// The key under which lies the number of what `message` belongs to.
pub(super) fn pointer_key(message: &MessageRef) -> Vec<u8> {
    key(table::POINTER, &message_id(message))
}

/// What is known of one.
pub(super) fn get(rows: &impl Rows, n: SaidNo) -> Result<Option<Said>, JournalError> {
    let key = said_key(n);
    let mut value = Vec::new();
    for part in 0.. {
        match rows.get(&part_key(&key, part))? {
            Some(bytes) => {
                value.extend_from_slice(&bytes);
                if bytes.len() != super::rows::PART {
                    break;
                }
            }
            None if part == 0 => return Ok(None),
            None => return Err(damaged(rows)),
        }
    }
    serde_json::from_slice(&value).map(Some).map_err(|_| damaged(rows))
}

/// The number of what a message belongs to.
pub(super) fn find(rows: &impl Rows, message: &MessageRef) -> Result<Option<SaidNo>, JournalError> {
    let Some(value) = rows.get(&part_key(&pointer_key(message), 0))? else { return Ok(None) };
    let number = value.try_into().map(SaidNo::from_be_bytes);
    number.map(Some).map_err(|_| damaged(rows))
}

/// Passes all to `each`, oldest first, until it breaks.
pub(super) fn scan(
    rows: &impl Rows,
    each: &mut dyn FnMut(SaidNo, Said) -> ControlFlow<()>,
) -> Result<(), JournalError> {
    let mut joiner = Joiner::default();
    let mut sound = true;
    rows.scan(whole(table::SAID), &mut |key, part| {
        let Ok(whole) = joiner.feed(key, part) else {
            sound = false;
            return ControlFlow::Break(());
        };
        let Some(row) = whole else { return ControlFlow::Continue(()) };
        let number = row.id.try_into().map(SaidNo::from_be_bytes);
        match (number, serde_json::from_slice(row.value)) {
            (Ok(number), Ok(said)) => each(number, said),
            (Err(_), _) | (_, Err(_)) => {
                sound = false;
                ControlFlow::Break(())
            }
        }
    })?;
    if sound { Ok(()) } else { Err(damaged(rows)) }
}

/// The numbers of the oldest ones that were said before `floor`, at most `most`.
pub(super) fn before(rows: &impl Rows, floor: Timestamp, most: usize) -> Result<Vec<SaidNo>, JournalError> {
    let mut old = Vec::new();
    scan(rows, &mut |n, said| {
        if said.at >= floor || old.len() >= most {
            return ControlFlow::Break(());
        }
        old.push(n);
        ControlFlow::Continue(())
    })?;
    Ok(old)
}

fn damaged(rows: &impl Rows) -> JournalError {
    rows.damaged("its table of messages in several rooms cannot be read")
}
