//! `[journal]`: the record on disk.

use serde::Deserialize;

use super::values;

/// The record on disk.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Journal {
    /// Commands are refused while less than this is free on the disk, in bytes: what is on its way can still be kept.
    #[serde(deserialize_with = "values::bytes")]
    pub keep_free: u64,
    /// A snapshot is taken after this many records: 100 to 10,000,000. It makes a start faster and nothing else.
    #[serde(deserialize_with = "values::whole::<_, 100, 10_000_000>")]
    pub snapshot_every: u32,
}

impl Default for Journal {
    fn default() -> Self {
        Self { keep_free: 64 << 20, snapshot_every: 10_000 }
    }
}
