//! Matrix behind Herald's chat port, through matrix-sdk.
//!
//! The SDK encrypts, decrypts and keeps keys. Everything that must hold across a crash is decided here: what has been
//! read is the engine's cursor and never the SDK's, and what has been sent is known by its key and never by a queue.

#![warn(missing_docs)]
#![expect(clippy::wildcard_enum_match_arm, reason = "the SDK's enums have dozens of arms, and grow with the protocol")]

mod calls;
mod emoji;
mod error;
mod events;
mod examine;
mod failure;
mod fetch;
mod format;
mod guard;
mod history;
mod invites;
mod line;
mod made;
mod mark;
mod media;
mod mentions;
mod names;
mod notes;
mod platform;
mod present;
mod read;
mod rooms;
mod sdk;
mod send;
mod session;
mod settings;
mod start;
mod store;
mod successor;
mod sync;
mod talks;
mod trust;
mod twin;
mod unread;

use std::sync::{Arc, Mutex};

use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender};
use herald_chat::{Arrival, Clock};
use matrix_sdk::ruma::OwnedUserId;
use tokio::sync::watch;

pub use error::StartError;
pub use examine::examine;
pub use rooms::RoomKind;
pub use settings::{Secret, Settings};
pub use trust::Trust;

use mark::Marks;
use media::Media;
use notes::Notes;
use sdk::Sdk;
use store::Store;
use unread::Unread;

/// Matrix, as one account on one homeserver. Cheap to clone.
#[derive(Clone)]
pub struct Matrix(Arc<Inner>);

struct Inner {
    client: Sdk,
    /// Holds the lock of the store's directory.
    store: Store,
    settings: Settings,
    clock: Arc<dyn Clock>,
    me: OwnedUserId,
    /// The name that others see.
    name: Option<String>,
    arrivals: UnboundedSender<Arrival>,
    /// Until somebody listens.
    stream: Mutex<Option<UnboundedReceiver<Arrival>>>,
    /// Whether all that the homeserver held for this device has come.
    ready: watch::Sender<bool>,
    /// Whether nobody wants anything any more.
    closed: watch::Sender<bool>,
    /// By which Herald knows the rooms that it has made.
    marks: Marks,
    /// Held by whoever considers an invitation: one at a time.
    inviting: tokio::sync::Mutex<()>,
    media: Media,
    unread: Unread,
    notes: Mutex<Notes>,
    /// What came of the device's trust, until somebody asks.
    trust: Mutex<Option<Trust>>,
}
