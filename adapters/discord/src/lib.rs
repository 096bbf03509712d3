//! Discord behind Herald's chat port.
//!
//! Requests go through [`rest::Rest`], which knows every limit; events come through one ordered stream of our own. What
//! must hold across a crash is the engine's: what has been read is its cursor, what has been sent is known by its key.

#![warn(missing_docs)]

mod audit;
mod direct;
mod error;
mod events;
mod examine;
mod failure;
mod files;
mod format;
mod gateway;
mod guard;
mod history;
mod interactions;
mod limits;
mod line;
mod menu;
mod mind;
mod names;
mod notes;
mod own;
mod permissions;
mod platform;
mod present;
mod read;
mod rest;
mod rooms;
mod search;
mod send;
mod settings;
mod sight;
mod start;
mod store;
mod threads;
mod voice;

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};

use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender};
use herald_chat::{Arrival, Clock, Desk, Person};
use jiff::Timestamp;
use tokio::sync::watch;

pub use error::StartError;
pub use examine::examine;
pub use rooms::RoomKind;
pub use serenity::model::id::{ChannelId, GuildId, RoleId};
pub use settings::Settings;

use files::Hosts;
use interactions::Interactions;
use notes::Notes;
use rest::Rest;
use store::Store;

/// Discord, as one bot on one server. Cheap to clone.
#[derive(Clone)]
pub struct Discord(Arc<Inner>);

struct Inner {
    rest: Rest,
    /// Where files are read from.
    hosts: Hosts,
    /// How large a file may be on this server, in bytes.
    carries: AtomicU64,
    /// When this run began.
    begun: Timestamp,
    settings: Settings,
    /// What marks of Herald's own rooms are made with.
    secret: String,
    /// Holds the lock of the store's directory.
    store: Store,
    clock: Arc<dyn Clock>,
    desk: Arc<dyn Desk>,
    /// Herald's own account.
    me: Person,
    /// The application that the bot belongs to.
    application: u64,
    arrivals: UnboundedSender<Arrival>,
    /// Until somebody listens.
    stream: Mutex<Option<UnboundedReceiver<Arrival>>>,
    /// Whether a session with the gateway stands.
    ready: watch::Sender<bool>,
    /// Whether nobody wants anything any more.
    closed: watch::Sender<bool>,
    notes: Mutex<Notes>,
    /// The interactions that wait for their answer.
    open: Interactions,
}
