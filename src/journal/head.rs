//! The head: one row, written with every commit, that holds all others to account.

use std::ops::Range;

use crate::incident::Seq;

use super::record::{BEGINNING, Hash};

/// The data format that this build writes. It brings older data up to it when it opens them, see [`super::migrate`].
pub(super) const FORMAT: u32 = 2;
/// The oldest format that this build can bring up to its own.
pub(super) const OLDEST: u32 = 1;

/// Where the journal stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    /// How many commits there have been.
    pub(super) commits: u64,
    /// The last record's place; 0 when there is none.
    pub(super) last: Seq,
    /// The last record's hash.
    pub(super) hash: Hash,
    /// The running numbers of the marks kept.
    pub(super) marks: Range<u64>,
    /// The sum of [`super::rows::weight`] over all rows but records and snapshot. It costs little to keep and
    /// tells when any of them is missing, changed, or older than the rest: after damage, sled can leave out part of
    /// its log without a word.
    pub(super) sum: u128,
}

impl Default for Head {
    fn default() -> Self {
        Self { commits: 0, last: 0, hash: BEGINNING, marks: 0..0, sum: 0 }
    }
}

impl Head {
    /// As it is stored.
    pub(super) fn encode(&self) -> Vec<u8> {
        let numbers = [self.commits, self.last, self.marks.start, self.marks.end];
        let mut bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
        bytes.extend_from_slice(&self.hash);
        bytes.extend_from_slice(&self.sum.to_be_bytes());
        bytes
    }

    /// `None` when these are not the bytes of a head.
    pub(super) fn decode(mut bytes: &[u8]) -> Option<Self> {
        fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
            let (taken, rest) = bytes.split_first_chunk()?;
            *bytes = rest;
            Some(*taken)
        }
        let bytes = &mut bytes;
        let commits = u64::from_be_bytes(take(bytes)?);
        let last = u64::from_be_bytes(take(bytes)?);
        let marks = u64::from_be_bytes(take(bytes)?)..u64::from_be_bytes(take(bytes)?);
        let hash = take(bytes)?;
        let sum = u128::from_be_bytes(take(bytes)?);
        bytes.is_empty().then_some(Self { commits, last, hash, marks, sum })
    }
}
