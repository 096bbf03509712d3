//! From `[discord]` to the adapter.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use herald::config::{self, Config};
use herald::incident::{Audience, Purpose};
use herald::service::{Examine, Join, JoinError, Joined, Link};
use herald_chat::{Clock, Desk, Finding, Mapped, Network, RoomRef};
use herald_discord::{Discord, RoomKind, Settings, StartError};

use super::{RealClock, unread};

/// Discord, as it is configured.
pub(super) struct OnDiscord {
    section: config::Discord,
    admins: Vec<u64>,
    calls_responders: bool,
    store: PathBuf,
    clock: Arc<dyn Clock>,
}

impl OnDiscord {
    pub(super) fn new(section: &config::Discord, config: &Config) -> Self {
        let store = config.herald.data.join("discord");
        let admins = config.people.admins.iter().filter(|user| user.network().as_str() == "discord");
        let admins = admins.filter_map(|user| user.id().parse().ok()).collect();
        let clock = config.delivery.paced(Arc::new(RealClock));
        let calls_responders = config.incidents.call_responders.is_some();
        Self { section: section.clone(), admins, calls_responders, store, clock }
    }

    /// What the adapter goes by. The file that holds the token is read here.
    fn settings(&self) -> Result<Settings, JoinError> {
        let section = &self.section;
        Ok(Settings {
            token: section.token().map_err(|error| unread(&error))?,
            guild: section.server.into(),
            api: section.api.clone(),
            responders: section.responders.map(Into::into),
            calls_responders: self.calls_responders,
            category: section.category.map(Into::into),
            archive: section.archive.map(Into::into),
            webhooks: section.webhooks,
            store: self.store.clone(),
        })
    }
}

#[async_trait]
impl Join for OnDiscord {
    fn network(&self) -> Network {
        Network::new("discord")
    }

    async fn join(&self, desk: Arc<dyn Desk>) -> Result<Joined, JoinError> {
        let discord =
            Discord::connect(self.settings()?, self.clock.clone(), desk).await.map_err(|error| unfit(&error))?;
        let link = DiscordLink { discord: discord.clone(), create_channels: self.section.create_channels };
        Ok(Joined { platform: Arc::new(discord), link: Arc::new(link), notes: Vec::new() })
    }
}

#[async_trait]
impl Examine for OnDiscord {
    fn network(&self) -> Network {
        Network::new("discord")
    }

    async fn examine(
        &self,
        config: &Config,
        on_record: &BTreeMap<RoomRef, RoomRef>,
        _is_running: bool,
    ) -> Vec<Finding> {
        let settings = match self.settings() {
            Ok(settings) => settings,
            Err(error) => return vec![Finding::wrong("discord token", error.to_string())],
        };
        let network = Network::new("discord");
        let mapped = |(key, purpose, written): (String, Purpose, &RoomRef)| Mapped {
            key,
            kind: kind(purpose.audience),
            missing: (!is_made(self.section.create_channels, written)).then_some(NO_CHANNEL),
            found: on_record.get(written).cloned(),
            written: written.clone(),
        };
        let rooms: Vec<_> = config.places_on(&network).map(mapped).collect();
        herald_discord::examine(&settings, &rooms, &self.admins, &self.clock).await
    }
}

/// What is said of a room that is not there and that Herald does not make.
const NO_CHANNEL: &str = "the server has no such channel that Herald can see. Correct it, let Herald see it, or write a name and \
     have Herald make it with create_channels = true in [discord]";

/// Whether Herald makes a room of the configuration that is not there.
fn is_made(create_channels: bool, written: &RoomRef) -> bool {
    create_channels && written.id().starts_with('#')
}

fn kind(audience: Audience) -> RoomKind {
    match audience {
        Audience::WarRoom | Audience::Admin => RoomKind::Private,
        Audience::Engineering => RoomKind::Internal,
        Audience::Company | Audience::Customers => RoomKind::Announcements,
    }
}

struct DiscordLink {
    discord: Discord,
    create_channels: bool,
}

#[async_trait]
impl Link for DiscordLink {
    async fn resolve(&self, written: &RoomRef, audience: Audience) -> Result<RoomRef, JoinError> {
        let kind = kind(audience);
        if let Some(room) = self.discord.resolve(written.id()).await? {
            self.discord.mapped(&room, kind)?;
            return Ok(room);
        }
        if !is_made(self.create_channels, written) {
            return Err(JoinError::Never(NO_CHANNEL.to_owned()));
        }
        Ok(self.discord.create(written.id(), kind).await?)
    }

    async fn leads_to(&self, written: &RoomRef) -> Result<Option<RoomRef>, JoinError> {
        Ok(self.discord.resolve(written.id()).await?)
    }

    async fn news(&self) -> Vec<String> {
        let news = self.discord.news().await;
        news.into_iter().map(|line| format!("⚠ discord: {line}")).collect()
    }

    fn since_sync(&self) -> Option<Duration> {
        self.discord.since_sync()
    }

    fn is_ready(&self) -> bool {
        self.discord.is_ready()
    }

    async fn close(&self) {
        self.discord.close();
    }
}

/// What may pass is tried again: the network, the disk, somebody else who uses the store.
fn unfit(error: &StartError) -> JoinError {
    if matches!(
        error,
        StartError::Unreachable { .. }
            | StartError::Limited { .. }
            | StartError::Files { .. }
            | StartError::AlreadyRunning { .. }
    ) {
        JoinError::Later(error.to_string())
    } else {
        JoinError::Never(error.to_string())
    }
}
