//! Everything the server knows, behind one lock.

mod apps;
mod audit;
mod channel;
mod guild;
mod interaction;
mod message;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::watch;

use crate::clock::Clock;
use crate::faults::Faults;
use crate::gateway::Sessions;
use crate::id::{Id, Ids};
use crate::limits::Limiter;
use crate::record::Request;
use crate::refused::{self, Refused};

pub(crate) use apps::{App, Command, User, Webhook};
pub(crate) use audit::{Audited, action};
pub(crate) use channel::{Channel, Overwrite, Thread, kind};
pub(crate) use guild::{Guild, Member, Role, Sticker};
pub(crate) use interaction::{Interaction, Stage};
pub(crate) use message::{Author, Message, Reaction, flag};

/// The world.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) clock: Clock,
    ids: Ids,
    pub(crate) users: BTreeMap<Id, User>,
    /// By id, which is also that of the bot's user.
    pub(crate) apps: BTreeMap<Id, App>,
    pub(crate) guilds: BTreeMap<Id, Guild>,
    pub(crate) channels: BTreeMap<Id, Channel>,
    /// By application, and by guild; `None` for the global ones.
    pub(crate) commands: BTreeMap<(Id, Option<Id>), Vec<Command>>,
    pub(crate) interactions: BTreeMap<Id, Interaction>,
    pub(crate) webhooks: BTreeMap<Id, Webhook>,
    /// What files hold, by number.
    pub(crate) files: BTreeMap<u64, Arc<Vec<u8>>>,
    /// Custom emojis, by id.
    pub(crate) emojis: BTreeMap<Id, String>,
    pub(crate) stickers: BTreeMap<Id, Sticker>,
    /// Who did what, oldest first.
    pub(crate) audit: Vec<Audited>,
    /// By author and nonce: the message, its channel, and when.
    pub(crate) nonces: BTreeMap<(Id, String), (Id, Id, Timestamp)>,
    pub(crate) sessions: Sessions,
    pub(crate) limiter: Limiter,
    pub(crate) faults: Faults,
    /// All requests, in the order in which they were answered.
    pub(crate) requests: Vec<Request>,
    pub(crate) port: u16,
    address: String,
}

impl State {
    fn new() -> Self {
        Self {
            clock: Clock::new(),
            ids: Ids::default(),
            users: BTreeMap::new(),
            apps: BTreeMap::new(),
            guilds: BTreeMap::new(),
            channels: BTreeMap::new(),
            commands: BTreeMap::new(),
            interactions: BTreeMap::new(),
            webhooks: BTreeMap::new(),
            files: BTreeMap::new(),
            emojis: BTreeMap::new(),
            stickers: BTreeMap::new(),
            audit: Vec::new(),
            nonces: BTreeMap::new(),
            sessions: Sessions::default(),
            limiter: Limiter::new(),
            faults: Faults::default(),
            requests: Vec::new(),
            port: 0,
            address: String::new(),
        }
    }

    pub(crate) fn id(&mut self) -> Id {
        self.ids.next(self.clock.now())
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn listens_at(&mut self, port: u16) {
        self.port = port;
        self.address = format!("http://127.0.0.1:{port}");
    }

    /// `http://127.0.0.1:…`
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Where the gateway is.
    pub(crate) fn gateway_address(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port)
    }

    pub(crate) fn user(&self, id: Id) -> Result<&User, Refused> {
        self.users.get(&id).ok_or_else(refused::unknown_user)
    }

    pub(crate) fn guild(&self, id: Id) -> Result<&Guild, Refused> {
        self.guilds.get(&id).ok_or_else(refused::unknown_guild)
    }

    pub(crate) fn guild_mut(&mut self, id: Id) -> Result<&mut Guild, Refused> {
        self.guilds.get_mut(&id).ok_or_else(refused::unknown_guild)
    }

    pub(crate) fn channel(&self, id: Id) -> Result<&Channel, Refused> {
        self.channels.get(&id).ok_or_else(refused::unknown_channel)
    }

    pub(crate) fn channel_mut(&mut self, id: Id) -> Result<&mut Channel, Refused> {
        self.channels.get_mut(&id).ok_or_else(refused::unknown_channel)
    }

    pub(crate) fn message(&self, channel: Id, id: Id) -> Result<&Message, Refused> {
        self.channel(channel)?.messages.get(&id).ok_or_else(refused::unknown_message)
    }

    pub(crate) fn message_mut(&mut self, channel: Id, id: Id) -> Result<&mut Message, Refused> {
        self.channel_mut(channel)?.messages.get_mut(&id).ok_or_else(refused::unknown_message)
    }

    pub(crate) fn is_bot(&self, user: Id) -> bool {
        self.apps.contains_key(&user)
    }
}

/// The lock, and the bell that rings whenever something changed.
#[derive(Debug)]
pub(crate) struct Shared {
    state: Mutex<State>,
    bell: watch::Sender<u64>,
}

impl Shared {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { state: Mutex::new(State::new()), bell: watch::Sender::new(0) })
    }

    /// Changes the world, and wakes who waits for a change.
    pub(crate) fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.lock());
        self.bell.send_modify(|count| *count += 1);
        result
    }

    /// Changes what nobody waits for.
    pub(crate) fn quietly<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.lock())
    }

    /// Looks at the world as it is.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.lock())
    }

    /// Hears every change from now on.
    pub(crate) fn listen(&self) -> watch::Receiver<u64> {
        self.bell.subscribe()
    }

    /// Waits, as long as it takes, until `look` finds something.
    pub(crate) async fn until<T>(&self, mut look: impl FnMut(&State) -> Option<T>) -> T {
        let mut bell = self.listen();
        loop {
            // Marked as heard before looking, so nothing falls between.
            bell.mark_unchanged();
            if let Some(found) = self.look(&mut look) {
                return found;
            }
            if bell.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere has already failed its test; the others may go on.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
