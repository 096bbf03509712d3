//! Messages whose key has not come yet. They are remembered until it does, also across restarts.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use herald_chat::{Arrival, Inbound};
use jiff::{SignedDuration, Timestamp};
use matrix_sdk::Room;
use matrix_sdk::deserialized_responses::{TimelineEvent, TimelineEventKind};
use matrix_sdk::ruma::{OwnedEventId, OwnedRoomId, RoomId};
use serde::{Deserialize, Serialize};
use tracing::{info, warn};

use crate::Inner;
use crate::sdk::Sdk;

/// Where they lie in the SDK's store.
const PLACE: &[u8] = b"herald.unread";
/// How many are remembered. More than that is not a key that is late.
const MOST: usize = 500;
/// How long a key is waited for before its message is called unreadable.
const GRACE: Duration = Duration::from_secs(5);
/// How long a key is waited for before it is given up.
const PATIENCE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// One of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Waiting {
    room: OwnedRoomId,
    since: Timestamp,
    /// Handed on in this run. Whether it was handled too is known only after the next start has handed it on again.
    #[serde(default)]
    given: bool,
}

/// All of them.
#[derive(Debug)]
pub(crate) struct Unread {
    client: Sdk,
    waiting: Mutex<BTreeMap<OwnedEventId, Waiting>>,
}

impl Unread {
    pub(crate) async fn load(client: Sdk) -> Self {
        let stored = client.state_store().get_custom_value(PLACE).await.ok().flatten();
        let waiting = stored.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        Self { client, waiting: Mutex::new(waiting) }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<OwnedEventId, Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers one, before anybody takes it for handled.
    pub(crate) async fn note(&self, room: &RoomId, event: &TimelineEvent) {
        let (Some(id), Some(at)) = (event.event_id(), event.timestamp_raw()) else { return };
        {
            let mut waiting = self.lock();
            if waiting.contains_key(&id) || waiting.len() >= MOST {
                return;
            }
            waiting.insert(id, Waiting { room: room.to_owned(), since: crate::names::time(at), given: false });
        }
        self.keep().await;
    }

    async fn keep(&self) {
        let bytes = serde_json::to_vec(&*self.lock()).unwrap_or_default();
        if let Err(error) = self.client.state_store().set_custom_value_no_read(PLACE, bytes).await {
            warn!(%error, "a message whose key is late is remembered only until the next start");
        }
    }

    /// Oldest first: one key may open several.
    fn open(&self, given: bool) -> Vec<(OwnedEventId, OwnedRoomId)> {
        let waiting = self.lock();
        let mut open: Vec<_> = waiting.iter().filter(|(_, it)| it.given == given).collect();
        open.sort_by_key(|(_, it)| it.since);
        open.into_iter().map(|(id, it)| (id.clone(), it.room.clone())).collect()
    }
}

impl Inner {
    /// At start: those that were handed on before may not have been handled.
    pub(crate) async fn give_again(self: &Arc<Self>) {
        for (id, room) in self.unread.open(true) {
            self.give(&id, &room).await;
            self.unread.lock().remove(&id);
        }
        let oldest = self.clock.now().saturating_sub(PATIENCE).unwrap_or(Timestamp::MIN);
        self.unread.lock().retain(|_, waiting| waiting.since > oldest);
        self.give_readable().await;
        // Whoever wrote those that are left may not have been told before the last end.
        for (id, room) in self.unread.open(false) {
            if let Some(room) = self.client.get_room(&room)
                && let Ok(event) = self.event(&room, &id).await
                && is_unreadable(&event)
            {
                self.met_unreadable(&room, &event).await;
            }
        }
    }

    /// Whenever keys may have come.
    pub(crate) async fn give_readable(self: &Arc<Self>) {
        let mut changed = false;
        for (id, room) in self.unread.open(false) {
            if self.give(&id, &room).await {
                changed = true;
                if let Some(waiting) = self.unread.lock().get_mut(&id) {
                    waiting.given = true;
                }
            }
        }
        if changed {
            self.unread.keep().await;
        }
    }

    /// Remembers a message that cannot be read, and tells of it unless its key comes soon: messages and keys take different
    /// ways through a homeserver.
    pub(crate) async fn met_unreadable(self: &Arc<Self>, room: &Room, event: &TimelineEvent) {
        self.unread.note(room.room_id(), event).await;
        if let Ok(Some(inbound)) = self.belated(room, event).await {
            tokio::spawn(self.clone().tell_unreadable(event.event_id(), inbound));
        }
    }

    async fn tell_unreadable(self: Arc<Self>, id: Option<OwnedEventId>, inbound: Inbound) {
        self.wait(GRACE).await;
        let waits = id.is_some_and(|id| self.unread.lock().get(&id).is_some_and(|waiting| !waiting.given));
        if waits && !self.is_closed() {
            self.arrive(Arrival::Event(inbound));
        }
    }

    async fn give(self: &Arc<Self>, id: &OwnedEventId, room: &OwnedRoomId) -> bool {
        let Some(room) = self.client.get_room(room) else { return false };
        let Ok(event) = self.event(&room, id).await else { return false };
        if is_unreadable(&event) {
            return false;
        }
        match self.belated(&room, &event).await {
            Ok(Some(inbound)) => {
                info!(room = %room.room_id(), event = %id, "the key of a message has come");
                self.arrive(Arrival::Event(inbound));
                true
            }
            Ok(None) => true,
            // It is tried again when more keys come, and at the next start.
            Err(_) => false,
        }
    }
}

/// Whether it is encrypted still.
pub(crate) fn is_unreadable(event: &TimelineEvent) -> bool {
    match event.kind {
        TimelineEventKind::UnableToDecrypt { .. } => true,
        TimelineEventKind::Decrypted(_) => false,
        TimelineEventKind::PlainText { .. } => {
            event.kind.event_type().is_some_and(|kind| kind == "m.room.encrypted") && !is_redacted(event)
        }
    }
}

fn is_redacted(event: &TimelineEvent) -> bool {
    let unsigned = event.raw().get_field::<serde_json::Value>("unsigned").ok().flatten();
    unsigned.is_some_and(|unsigned| unsigned.get("redacted_because").is_some())
}
