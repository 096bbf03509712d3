//! What a chat network has to bring beside [`Platform`], so that Herald can be started on it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use herald_chat::{Desk, Network, Platform, RoomRef};

use crate::incident::Audience;

/// A chat network that the configuration speaks of, and how to get on it.
#[async_trait]
pub trait Join: Send + Sync {
    /// Which one.
    fn network(&self) -> Network;

    /// Connects: proves who Herald is, and is ready to look for rooms. Nothing is read yet. Called again after
    /// [`JoinError::Later`]. A network with menus and forms asks `desk` what they show.
    ///
    /// # Errors
    /// [`JoinError`].
    async fn join(&self, desk: Arc<dyn Desk>) -> Result<Joined, JoinError>;
}

/// A network that Herald is on.
pub struct Joined {
    /// The network itself.
    pub platform: Arc<dyn Platform>,
    /// The connection to it.
    pub link: Arc<dyn Link>,
    /// What is wrong although it works, each with what to do, in one sentence for whoever runs Herald.
    pub notes: Vec<String>,
}

/// The connection to a network.
#[async_trait]
pub trait Link: Send + Sync {
    /// The room behind what an admin wrote: an id, or a name that the network knows. Where the configuration says that
    /// Herald makes rooms, one that is not there is made as suits `audience`.
    ///
    /// # Errors
    /// [`JoinError`]; in [`JoinError::Never`] the key and the room need not be named.
    async fn resolve(&self, written: &RoomRef, audience: Audience) -> Result<RoomRef, JoinError>;

    /// The room that `written` leads to now, or `written` itself if it is an id. Nothing is made, joined or changed: a
    /// stranger may have brought that room about.
    ///
    /// # Errors
    /// [`JoinError`].
    async fn leads_to(&self, written: &RoomRef) -> Result<Option<RoomRef>, JoinError>;

    /// What an admin has to know that only the first sync could show, each in one sentence with what to do. Ready once that
    /// is known; given out once.
    async fn news(&self) -> Vec<String> {
        Vec::new()
    }

    /// How long ago the network last told all there was to tell. `None` before the first time.
    fn since_sync(&self) -> Option<Duration>;

    /// Whether Herald can read and write there now, as far as is known.
    fn is_ready(&self) -> bool;

    /// The rooms that Herald works in there and was taken out of, until it is back.
    fn missing(&self) -> Vec<RoomRef> {
        Vec::new()
    }

    /// The room for which this one was given up, as far as is known. Whether that counts comes with the arrivals.
    fn replaced_by(&self, _room: &RoomRef) -> Option<RoomRef> {
        None
    }

    /// Says goodbye. Nothing is asked of it afterwards.
    async fn close(&self);
}

/// Why a network cannot be joined now. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// It cannot be reached, or is not well: the same may work later.
    #[error("{0}")]
    Later(String),
    /// It never will until somebody changes the configuration or the account: what is wrong, and what to do.
    #[error("{0}")]
    Never(String),
}
