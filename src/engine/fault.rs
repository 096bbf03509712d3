//! What ends the process.

use herald_chat::Network;

use crate::journal::JournalError;

/// The engine cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// What is durable is no longer known, or cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A network's connection has broken down: whoever starts Herald again has all read back that was said meanwhile.
    #[error("the connection to {0} has broken down, so Herald hears nothing there. Start it again")]
    Deaf(Network),
}
