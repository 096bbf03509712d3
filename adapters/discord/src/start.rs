//! From settings to a connected platform, and back.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::channel::mpsc;
use herald_chat::{Clock, Desk, RoomRef, SendError};
use serde::Deserialize;
use tokio::sync::watch;

use crate::files::{Hosts, carries};
use crate::interactions::Interactions;
use crate::line::INVITED;
use crate::names::{person, snowflake};
use crate::notes::Notes;
use crate::rest::{Failure, Request, Rest};
use crate::store::Store;
use crate::{Discord, Inner, RoomKind, Settings, StartError, menu, own};

/// Bits of an application's flags: what its owner has switched on, with and without Discord's approval.
const MEMBERS_ON: u64 = 1 << 14 | 1 << 15;
const CONTENT_ON: u64 = 1 << 18 | 1 << 19;

/// The application that the bot belongs to, as Discord tells of it.
#[derive(Deserialize)]
pub(crate) struct Application {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) flags: u64,
}

/// The bot, likewise.
#[derive(Deserialize)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) username: String,
    global_name: Option<String>,
    #[serde(default)]
    pub(crate) bot: bool,
}

impl Discord {
    /// Checks the token, the intents and the server, and offers the commands. Nothing is heard until somebody takes the
    /// arrivals.
    ///
    /// # Errors
    /// [`StartError`], in words for whoever starts Herald.
    pub async fn connect(settings: Settings, clock: Arc<dyn Clock>, desk: Arc<dyn Desk>) -> Result<Self, StartError> {
        let store = Store::open(&settings.store)?;
        let rest = Rest::new(settings.api.as_deref(), settings.token.clone(), clock.clone())
            .map_err(|reason| StartError::NoClient { reason })?;
        let hosts = Hosts::new(settings.api.as_deref()).map_err(|reason| StartError::NoClient { reason })?;
        let user: User = ask(&rest, "to say who Herald is", "/users/@me").await?;
        if !user.bot {
            return Err(StartError::NotABot);
        }
        let application: Application = ask(&rest, "to say which application it is", "/applications/@me").await?;
        let (Some(me), Some(id)) = (snowflake(&user.id), snowflake(&application.id)) else {
            return Err(StartError::Unreachable { reason: "its answer is not that of Discord".to_owned() });
        };
        intents(application.flags, id)?;
        let guild = settings.guild.get();
        let tier = on_server(&rest, guild, id).await?;
        menu::offer(&rest, &store, (id, guild), &desk.menu(), &invite(id, guild)).await?;
        let (arrivals, stream) = mpsc::unbounded();
        let inner = Inner {
            rest,
            hosts,
            carries: AtomicU64::new(carries(tier)),
            begun: clock.now(),
            settings,
            notes: Mutex::new(Notes::knowing(&store)),
            secret: own::secret(&store)?,
            store,
            clock,
            desk,
            me: person(me, &[user.global_name.as_deref(), Some(&user.username)]),
            application: id,
            arrivals,
            stream: Mutex::new(Some(stream)),
            ready: watch::Sender::new(false),
            closed: watch::Sender::new(false),
            open: Interactions::default(),
        };
        Ok(Self(Arc::new(inner)))
    }

    /// The channel that `named`, an id or `#name`, means.
    ///
    /// # Errors
    /// [`SendError`], as for the port.
    pub async fn resolve(&self, named: &str) -> Result<Option<RoomRef>, SendError> {
        self.0.resolved(named).await
    }

    /// Makes the channel that the configuration names.
    ///
    /// # Errors
    /// [`SendError`], as for the port.
    pub async fn create(&self, name: &str, kind: RoomKind) -> Result<RoomRef, SendError> {
        self.0.make_room(name, kind).await
    }

    /// What is too open or missing in the rooms that Herald uses, since somebody last asked: each a sentence for people.
    pub async fn news(&self) -> Vec<String> {
        self.0.news().await
    }

    /// Whether a session with the gateway stands.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        *self.0.ready.borrow()
    }

    /// How long ago the gateway last said anything.
    #[must_use]
    pub fn since_sync(&self) -> Option<Duration> {
        self.0.last_heard().and_then(|ago| Duration::try_from(ago).ok())
    }

    /// Stops listening.
    pub fn close(&self) {
        self.0.closed.send_replace(true);
    }
}

pub(crate) async fn ask<T: serde::de::DeserializeOwned>(
    rest: &Rest,
    what: &'static str,
    path: &str,
) -> Result<T, StartError> {
    rest.ask_as(Request::get(path)).await.map_err(|failure| StartError::answer(what, failure))
}

/// Whether Discord will give what Herald has to read.
pub(crate) fn intents(flags: u64, application: u64) -> Result<(), StartError> {
    let (what, switches) = match (flags & CONTENT_ON != 0, flags & MEMBERS_ON != 0) {
        (true, true) => return Ok(()),
        (false, true) => ("what people write", "Message Content Intent"),
        (true, false) => ("who is on the server", "Server Members Intent"),
        (false, false) => {
            ("what people write and who is on the server", "Message Content Intent and Server Members Intent")
        }
    };
    Err(StartError::IntentsOff { what, switches, application })
}

/// Whether Herald is there, and how far the server is boosted.
pub(crate) async fn on_server(rest: &Rest, guild: u64, application: u64) -> Result<u64, StartError> {
    match rest.ask(Request::get(format!("/guilds/{guild}"))).await {
        Ok(found) => Ok(found["premium_tier"].as_u64().unwrap_or(0)),
        Err(Failure::Denied { code: 10004 | 50001, .. }) => {
            Err(StartError::NotInvited { guild, invite: invite(application, guild) })
        }
        Err(failure) => Err(StartError::answer("to show the server", failure)),
    }
}

/// A link that invites the bot to a server with the permissions that it needs.
pub(crate) fn invite(application: u64, guild: u64) -> String {
    format!(
        "https://discord.com/oauth2/authorize?client_id={application}&scope=bot+applications.commands&permissions={}\
         &guild_id={guild}&disable_guild_select=true",
        INVITED.bits()
    )
}
