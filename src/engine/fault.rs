//! What ends the process.

use crate::journal::JournalError;

/// The engine cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// What is durable is no longer known, or cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
}
