//! What can go wrong for somebody with a client.

use std::time::Duration;

/// How long anything is waited for before it counts as missing.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// Why a client could not do it.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The server or the client said no.
    #[error(transparent)]
    Client(#[from] matrix_sdk::Error),
    /// What was named is no such thing.
    #[error("{0}")]
    Name(String),
    /// It did not come.
    #[error("waited {} s in vain; {who} reads:\n{room}", PATIENCE.as_secs())]
    Missing {
        /// Who waited.
        who: String,
        /// What stood in the room.
        room: String,
    },
}

impl From<matrix_sdk::HttpError> for Trouble {
    fn from(error: matrix_sdk::HttpError) -> Self {
        Self::Client(error.into())
    }
}
