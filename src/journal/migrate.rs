//! From the data format of an older Herald to the one of this build: one step for each number in between.
//!
//! [`FORMAT`](super::head::FORMAT) is raised together with a step here, and with a directory of the format before it in
//! `tests/stored/`. All steps and the new number are one commit, so whatever interrupts it, the next start begins anew.

use std::fmt;

use super::JournalError;
use super::draft::Draft;
use super::rows::Rows;

/// What opening a journal has brought up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migrated {
    /// The format that was found.
    pub from: u32,
    /// The format that it has now.
    pub to: u32,
}

impl fmt::Display for Migrated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "migrated from format {} to {}. An older Herald cannot open it any more", self.from, self.to)
    }
}

/// Brings the rows from format `from` to the next.
///
/// Whoever opens a journal only to read it has this done by nobody: a step that changes rows which are there already
/// needs [`super::sled_journal::SledJournal::open_existing`] to migrate as well.
pub(super) fn step<R: Rows>(from: u32, draft: &Draft<'_, R>) -> Result<(), JournalError> {
    match from {
        // New tables, which are empty.
        1 => Ok(()),
        unknown => Err(draft.refuse(format!("there is no way from format {unknown} to the next"))),
    }
}
