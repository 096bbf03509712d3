//! A server with Herald and two people on it.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt;
use futures::future::BoxFuture;
use herald_chat::{Choice, Clock, Desk, Form, MenuItem, Network, RoomRef, Typed, UserRef};
use herald_discord::{Discord, Settings};
use herald_guild::{Application, Guild, Id, Person, permissions};
use jiff::Timestamp;
use tempfile::TempDir;

pub(crate) type Tested = Result<(), Box<dyn Error + Send + Sync>>;
pub(crate) type Maybe<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// The permissions that Herald's invitation asks for.
pub(crate) const INVITED: u64 = permissions::VIEW_CHANNEL
    | permissions::SEND_MESSAGES
    | permissions::SEND_MESSAGES_IN_THREADS
    | permissions::CREATE_PUBLIC_THREADS
    | permissions::CREATE_PRIVATE_THREADS
    | permissions::READ_MESSAGE_HISTORY
    | permissions::ADD_REACTIONS
    | permissions::EMBED_LINKS
    | permissions::MANAGE_MESSAGES
    | permissions::PIN_MESSAGES
    | permissions::MANAGE_CHANNELS
    | permissions::MANAGE_ROLES
    | permissions::MANAGE_THREADS
    | permissions::USE_EXTERNAL_APPS;

/// The clock of this machine.
pub(crate) struct RealClock;

#[expect(clippy::disallowed_methods, reason = "the server lives by the real time")]
impl Clock for RealClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn until(&self, at: Timestamp) -> BoxFuture<'static, ()> {
        let left = Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or_default();
        tokio::time::sleep(left).boxed()
    }
}

/// Herald without a menu.
pub(crate) struct NoDesk;

#[async_trait]
impl Desk for NoDesk {
    fn menu(&self) -> Vec<MenuItem> {
        Vec::new()
    }

    fn line(&self, item: &str, _given: &[Typed]) -> String {
        format!("!{item}")
    }

    async fn suggest(&self, _room: &RoomRef, _item: &str, _field: &str, _typed: &str) -> Vec<Choice> {
        Vec::new()
    }

    fn form_id(&self, item: &str, _given: &[Typed]) -> String {
        item.to_owned()
    }

    async fn form(&self, _room: &RoomRef, _by: &UserRef, _id: &str) -> Result<Form, String> {
        Err("There is nothing to fill in.".to_owned())
    }

    fn filled(&self, id: &str, _given: &[Typed]) -> String {
        format!("!{id}")
    }
}

/// A server, and who is on it.
pub(crate) struct Town {
    pub(crate) server: herald_guild::Discord,
    pub(crate) guild: Guild,
    pub(crate) app: Application,
    /// The role that Herald was invited with.
    pub(crate) role: Id,
    pub(crate) ana: Person,
    pub(crate) ben: Person,
    store: TempDir,
}

impl Town {
    pub(crate) async fn new() -> Maybe<Self> {
        let server = herald_guild::Discord::start().await?;
        let olga = server.person("olga");
        let (ana, ben) = (server.person("ana"), server.person("ben"));
        let app = server.application("Herald", &olga);
        let guild = server.guild("Acme", &olga);
        guild.join(&ana);
        guild.join(&ben);
        let role = guild.add(app.id, INVITED);
        Ok(Self { server, guild, app, role, ana, ben, store: tempfile::tempdir()? })
    }

    /// How Herald reaches it.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            token: self.app.token.clone().into(),
            guild: self.guild.id().0.into(),
            api: Some(self.server.address()),
            responders: None,
            category: None,
            archive: None,
            store: self.store.path().join("discord"),
        }
    }

    /// Connects. Nothing is heard until somebody takes the arrivals.
    pub(crate) async fn connect(&self) -> Maybe<Discord> {
        self.connect_as(self.settings()).await
    }

    pub(crate) async fn connect_as(&self, settings: Settings) -> Maybe<Discord> {
        Ok(Discord::connect(settings, Arc::new(RealClock), Arc::new(NoDesk)).await?)
    }
}

pub(crate) fn network() -> Network {
    Network::new("discord")
}

pub(crate) fn room(channel: Id) -> RoomRef {
    RoomRef::new(&network(), &channel.to_string())
}

pub(crate) fn user(id: Id) -> UserRef {
    UserRef::new(&network(), &id.to_string())
}

pub(crate) fn id(text: &str) -> Id {
    text.parse().unwrap_or_default()
}
