//! From settings to a connected platform, and back.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::channel::mpsc;
use futures::future::BoxFuture;
use herald_chat::{Clock, RoomRef, SendError};
use matrix_sdk::RoomState;
use matrix_sdk::ruma::{OwnedRoomOrAliasId, RoomAliasId, RoomId, RoomOrAliasId};
use tokio::sync::watch;
use tracing::error;

use crate::failure::refused;
use crate::mark::Marks;
use crate::media::Media;
use crate::names::room_ref;
use crate::notes::Notes;
use crate::rooms::{foreign, taken};
use crate::sdk::Sdk;
use crate::session;
use crate::unread::Unread;
use crate::{Inner, Matrix, RoomKind, Settings, StartError, Trust, trust, twin};

// What others await is a box: the futures of the SDK are huge, and would be compiled anew in each crate that awaits them.
impl Matrix {
    /// Logs in, or goes on with the session of before. Nothing is heard until somebody takes the arrivals.
    ///
    /// # Errors
    /// [`StartError`], in words for whoever starts Herald.
    pub fn connect(settings: Settings, clock: Arc<dyn Clock>) -> BoxFuture<'static, Result<Self, StartError>> {
        Self::connected(settings, clock).boxed()
    }

    async fn connected(settings: Settings, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        let (client, store) = session::open(&settings).await?;
        let name = client.account().get_display_name().await.ok().flatten();
        let media = Media::open(&settings, &client).await?;
        let client = Sdk::new(client);
        let marks = Marks::open(&store)?;
        let (arrivals, stream) = mpsc::unbounded();
        let inner = Inner {
            marks,
            inviting: tokio::sync::Mutex::new(()),
            media,
            unread: Unread::load(client.clone()).await,
            me: settings.user.clone(),
            client,
            store,
            settings,
            clock,
            name,
            arrivals,
            stream: Mutex::new(Some(stream)),
            ready: watch::Sender::new(false),
            closed: watch::Sender::new(false),
            notes: Mutex::new(Notes::default()),
            trust: Mutex::new(None),
        };
        inner.begin();
        Ok(Self(Arc::new(inner)))
    }

    /// The room that `named`, an id or an alias, means. Joins it if it is open to all.
    ///
    /// # Errors
    /// [`SendError::Refused`] when there is none, or it cannot be joined, with what to do.
    #[must_use]
    pub fn resolve<'a>(&'a self, named: &'a str) -> BoxFuture<'a, Result<Option<RoomRef>, SendError>> {
        self.resolved(named, false).boxed()
    }

    /// The same where Herald makes a room for an alias that leads nowhere yet: one that neither Herald nor an admin has made
    /// is not used by its alias alone, which anybody can take first.
    ///
    /// # Errors
    /// As for [`Matrix::resolve`].
    #[must_use]
    pub fn resolve_made<'a>(&'a self, named: &'a str) -> BoxFuture<'a, Result<Option<RoomRef>, SendError>> {
        self.resolved(named, true).boxed()
    }

    async fn resolved(&self, named: &str, makes: bool) -> Result<Option<RoomRef>, SendError> {
        let parsed = parsed(named)?;
        let Some(id) = self.0.resolved(&parsed).await? else { return Ok(None) };
        let alias = <&RoomAliasId>::try_from(&*parsed).ok();
        if let Some(alias) = alias
            && self.0.was_taken(alias).await
            && !self.0.is_made(&id, &self.0.marks.named(alias)).await?
        {
            return Err(taken(alias, &id));
        }
        let was_in = self.0.client.get_room(&id).is_some_and(|room| room.state() == RoomState::Joined);
        self.0.enter(&id).await?;
        if let Some(alias) = alias.filter(|_| makes) {
            let by = self.0.beginning(&id).await?.by;
            if !self.0.settings.is_known_maker(&by) {
                if !was_in && let Some(room) = self.0.client.get_room(&id) {
                    self.0.depart(&room).await?;
                }
                return Err(refused(foreign(alias.as_str(), id.as_str(), by.as_str())));
            }
        }
        self.0.note_named(&id);
        self.0.look_for_tombstone(&id).await?;
        Ok(Some(room_ref(&id)))
    }

    /// What a room that was found is for: what Herald needs there follows from it.
    pub fn serves(&self, room: &RoomRef, kind: RoomKind) {
        if let Ok(id) = crate::names::room_id(room) {
            self.0.note_kind(&id, kind);
        }
    }

    /// The room for which this one was given up, as its tombstone says. Whether that counts is told by
    /// [`What::Replaced`](herald_chat::What::Replaced).
    #[must_use]
    pub fn replaced_by(&self, room: &RoomRef) -> Option<RoomRef> {
        let id = crate::names::room_id(room).ok()?;
        self.0.replaced_by(&id).map(|it| room_ref(&it))
    }

    /// The room behind an id or an alias, without joining it.
    ///
    /// # Errors
    /// [`SendError`], as for the port.
    #[must_use]
    pub fn leads_to<'a>(&'a self, named: &'a str) -> BoxFuture<'a, Result<Option<RoomRef>, SendError>> {
        async move { Ok(self.0.resolved(&parsed(named)?).await?.map(|id| room_ref(&id))) }.boxed()
    }

    /// Makes the room that an alias of the configuration names.
    ///
    /// # Errors
    /// [`SendError`], as for the port.
    #[must_use]
    pub fn create<'a>(&'a self, alias: &'a str, kind: RoomKind) -> BoxFuture<'a, Result<RoomRef, SendError>> {
        self.created(alias, kind).boxed()
    }

    async fn created(&self, alias: &str, kind: RoomKind) -> Result<RoomRef, SendError> {
        let parsed = RoomAliasId::parse(alias)
            .map_err(|_| refused(format!("`{alias}` is no alias of a room. Write it as `#name:example.org`.")))?;
        let id = self.0.found(&parsed, kind).await?;
        self.0.note_named(&id);
        Ok(room_ref(&id))
    }

    /// How far other people's clients trust Herald's device, once that is known. A recovery key is given out once.
    pub async fn trust(&self) -> Option<Trust> {
        let _ = self.0.ready.subscribe().wait_for(|ready| *ready).await;
        self.0.trust.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Whether the homeserver has told all that it held for this device, and answers still.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.0.is_ready() && !self.0.is_failing()
    }

    /// The rooms that serve something and that Herald is not in any more.
    #[must_use]
    pub fn missing(&self) -> Vec<RoomRef> {
        self.0.missing().iter().map(|room| room_ref(room)).collect()
    }

    /// How long ago it last answered.
    #[must_use]
    pub fn since_sync(&self) -> Option<Duration> {
        self.0.last_heard().and_then(|ago| Duration::try_from(ago).ok())
    }

    /// Stops listening.
    pub fn close(&self) {
        self.0.closed.send_replace(true);
    }
}

/// Where the SDK's store says that somebody else has given an alias to a room.
fn taken_place(alias: &RoomAliasId) -> Vec<u8> {
    format!("herald.taken {alias}").into_bytes()
}

impl Inner {
    /// Remembers, across restarts, that somebody else gave this alias to a room while Herald was making another for it. Which
    /// room that was nobody has to know: they can lead the alias to any other.
    pub(crate) async fn note_taken(&self, alias: &RoomAliasId, room: &RoomId) {
        let store = self.client.state_store();
        if let Err(error) = store.set_custom_value_no_read(&taken_place(alias), Vec::new()).await {
            error!(%alias, %room, %error, "that somebody else took this alias is forgotten at the next start");
        }
    }

    /// Whether somebody was quicker once.
    async fn was_taken(&self, alias: &RoomAliasId) -> bool {
        matches!(self.client.state_store().get_custom_value(&taken_place(alias)).await, Ok(Some(_)))
    }

    /// Tells when another copy of the store uses this device.
    pub(crate) async fn watch_for_twin(self: Arc<Self>) {
        let why = twin::noticed(&self.client, &self.store).await;
        error!(%why, "people's messages may stay unreadable until one of the two is stopped");
    }

    /// Has other people's clients trust this device, before anything is encrypted on it.
    pub(crate) async fn become_trusted(&self) {
        let trust = trust::establish(&self.client, &self.settings).await.unwrap_or_else(|error| Trust::Unverified {
            why: error.to_string(),
            advice: "Herald tries again at its next start.".to_owned(),
        });
        *self.trust.lock().unwrap_or_else(PoisonError::into_inner) = Some(trust);
    }
}

fn parsed(named: &str) -> Result<OwnedRoomOrAliasId, SendError> {
    RoomOrAliasId::parse(named).map_err(|_| {
        refused(format!("`{named}` is neither a room's id, `!abc:example.org`, nor its alias, `#name:example.org`."))
    })
}
