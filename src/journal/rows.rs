//! Rows sorted by key: what a journal is made of, wherever it lives.
//!
//! | first byte | then | value |
//! |---|---|---|
//! | `f` | | the data format, 4 bytes |
//! | `h` | | the head: see `head` |
//! | `r` | record's place, 8 bytes | 32 bytes of hash, then the record: see `record` |
//! | `e` | entry's number, 8 bytes | the entry as JSON |
//! | `m` | running number, 8 bytes | a mark |
//! | `c` | digest of the room, 16 bytes | room and cursor as JSON |
//! | `s` | digest of the message, 16 bytes | message and subject as JSON |
//! | `i` | incident's number, 4 bytes | the summary as JSON |
//! | `b` | running number, 8 bytes | a message that stands in several rooms, as JSON |
//! | `k` | digest of a message, 16 bytes | the number of what it belongs to under `b`, 8 bytes |
//! | `z` | | the snapshot: 32 bytes of hash, 8 of its place, its state |
//!
//! Numbers are big endian, so that the order of keys is the order of numbers. Names are digests, because ids of
//! rooms and messages are long and sled keeps every key that parts two pages in memory.
//!
//! Every key ends in 4 more bytes, the number of a part: values longer than [`PART`] are cut, and the last part is
//! the first that is shorter. sled keeps up to 20 rows in one page, and a page above 128 KiB goes to a file of its
//! own that it never syncs: a power cut would take what was durable. Parts keep every page below that.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::sync::Arc;

use herald_chat::{MessageRef, RoomRef};
use sha2::{Digest, Sha256};

use super::JournalError;

/// How long a part of a value is, in bytes; the last one is shorter.
pub(super) const PART: usize = 6 * 1024;

/// The tables, by the first byte of their keys.
pub(super) mod table {
    pub(in crate::journal) const FORMAT: u8 = b'f';
    pub(in crate::journal) const HEAD: u8 = b'h';
    pub(in crate::journal) const RECORD: u8 = b'r';
    pub(in crate::journal) const ENTRY: u8 = b'e';
    pub(in crate::journal) const MARK: u8 = b'm';
    pub(in crate::journal) const CURSOR: u8 = b'c';
    pub(in crate::journal) const SUBJECT: u8 = b's';
    pub(in crate::journal) const SUMMARY: u8 = b'i';
    pub(in crate::journal) const SAID: u8 = b'b';
    pub(in crate::journal) const POINTER: u8 = b'k';
    pub(in crate::journal) const SNAPSHOT: u8 = b'z';
}

/// Rows to be written (`Some`) and removed (`None`), by key.
pub(super) type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// Takes a row's key and value, and says whether to go on.
pub(super) type EachRow<'a> = dyn FnMut(&[u8], &[u8]) -> ControlFlow<()> + 'a;

/// Reads rows.
pub(super) trait Rows {
    /// The value of one row.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, JournalError>;

    /// Passes the rows of `range` to `each` in the order of their keys, until it breaks.
    fn scan(&self, range: Range<Vec<u8>>, each: &mut EachRow<'_>) -> Result<(), JournalError>;

    /// The directory to be named in errors.
    fn dir(&self) -> &Path;

    /// Says that what is stored is not what was written.
    fn damaged(&self, what: impl Into<String>) -> JournalError
    where
        Self: Sized,
    {
        JournalError::Damaged { dir: self.dir().to_owned(), what: what.into() }
    }
}

/// Rows that outlive whoever opened them.
pub(super) type SharedRows = Arc<dyn Rows + Send + Sync>;

impl Rows for SharedRows {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, JournalError> {
        (**self).get(key)
    }

    fn scan(&self, range: Range<Vec<u8>>, each: &mut EachRow<'_>) -> Result<(), JournalError> {
        (**self).scan(range, each)
    }

    fn dir(&self) -> &Path {
        (**self).dir()
    }
}

/// Reads and writes rows.
pub(super) trait Store: Rows {
    /// Refuses with [`JournalError::Full`] when `bytes` more would leave too little room. What only takes note of
    /// things done (`settling`) may use most of the reserve too: that is what it is for.
    fn check_room(&self, bytes: u64, settling: bool) -> Result<(), JournalError>;

    /// Makes all changes durable, or none. `commit` is their number, one more than that of the changes before.
    fn write(&mut self, changes: Changes, commit: u64) -> Result<(), JournalError>;
}

/// A value's key, without the number of its part.
pub(super) fn key(table: u8, id: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(id.len() + 5);
    key.push(table);
    key.extend_from_slice(id);
    key
}

/// The key of part `n` of the value under `key`.
pub(super) fn part_key(key: &[u8], n: u32) -> Vec<u8> {
    [key, &n.to_be_bytes()].concat()
}

/// All keys of a table.
pub(super) fn whole(table: u8) -> Range<Vec<u8>> {
    vec![table]..vec![table + 1]
}

/// What stands for a room in a key.
pub(super) fn room_id(room: &RoomRef) -> [u8; 16] {
    digest([room.as_str().as_bytes()])
}

/// What stands for a message in a key.
pub(super) fn message_id(message: &MessageRef) -> [u8; 16] {
    digest([message.room.as_str().as_bytes(), message.id.as_bytes()])
}

/// Stands for a row in the sum over all rows of the tables, see [`super::head::Head::sum`].
pub(super) fn weight(key: &[u8], value: &[u8]) -> u128 {
    u128::from_be_bytes(digest([key, value]))
}

fn digest<const N: usize>(pieces: [&[u8]; N]) -> [u8; 16] {
    let mut hash = Sha256::new();
    for piece in pieces {
        hash.update(piece.len().to_be_bytes());
        hash.update(piece);
    }
    let hash: [u8; 32] = hash.finalize().into();
    std::array::from_fn(|i| hash[i])
}

/// Cuts a value into its parts: at least one, and only the last is shorter than [`PART`].
pub(super) fn parts(value: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    (0..).zip((0..=value.len() / PART).map(|n| &value[n * PART..value.len().min((n + 1) * PART)]))
}

/// Puts parts together again, as a scan brings them.
#[derive(Default)]
pub(super) struct Joiner {
    key: Vec<u8>,
    value: Vec<u8>,
    /// The part that has to come next; 0 between values.
    next: u32,
}

/// A value put together.
pub(super) struct Joined<'a> {
    /// Its key, without the table's byte and the number of the part.
    pub(super) id: &'a [u8],
    /// All of it.
    pub(super) value: &'a [u8],
}

/// A part is not where it has to be.
#[derive(Debug)]
pub(super) struct Torn;

impl Joiner {
    /// Takes the next row; returns the value when that was the last part of one.
    pub(super) fn feed<'a>(&'a mut self, key: &'a [u8], value: &'a [u8]) -> Result<Option<Joined<'a>>, Torn> {
        let (key, part) = key.split_last_chunk().ok_or(Torn)?;
        let part = u32::from_be_bytes(*part);
        let last = value.len() != PART;
        if part != self.next || (part > 0 && key != self.key) {
            return Err(Torn);
        }
        if part == 0 && last {
            return Ok(Some(Joined { id: id(key), value }));
        }
        if part == 0 {
            key.clone_into(&mut self.key);
            self.value.clear();
        }
        self.value.extend_from_slice(value);
        self.next = if last { 0 } else { part + 1 };
        Ok(last.then(|| Joined { id: id(&self.key), value: &self.value }))
    }

    /// Says whether the last value came to its end.
    pub(super) fn finish(&self) -> Result<(), Torn> {
        if self.next == 0 { Ok(()) } else { Err(Torn) }
    }
}

fn id(key: &[u8]) -> &[u8] {
    key.get(1..).unwrap_or_default()
}
