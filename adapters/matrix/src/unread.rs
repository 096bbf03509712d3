//! Messages whose key has not come yet. They are remembered until it does, also across restarts.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use herald_chat::Arrival;
use jiff::{SignedDuration, Timestamp};
use matrix_sdk::Client;
use matrix_sdk::deserialized_responses::{TimelineEvent, TimelineEventKind};
use matrix_sdk::ruma::{OwnedEventId, OwnedRoomId, RoomId};
use serde::{Deserialize, Serialize};
use tracing::{info, warn};

use crate::Inner;

/// Where they lie in the SDK's store.
const PLACE: &[u8] = b"herald.unread";
/// How many are remembered. More than that is not a key that is late.
const MOST: usize = 500;
/// For how long a key is waited for.
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
    client: Client,
    waiting: Mutex<BTreeMap<OwnedEventId, Waiting>>,
}

impl Unread {
    pub(crate) async fn load(client: Client) -> Self {
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

    fn open(&self, given: bool) -> Vec<(OwnedEventId, OwnedRoomId)> {
        let waiting = self.lock();
        waiting.iter().filter(|(_, it)| it.given == given).map(|(id, it)| (id.clone(), it.room.clone())).collect()
    }
}

impl Inner {
    /// At start: those that were handed on before may not have been handled.
    pub(crate) async fn give_again(&self) {
        for (id, room) in self.unread.open(true) {
            self.give(&id, &room).await;
            self.unread.lock().remove(&id);
        }
        let oldest = self.clock.now().saturating_sub(PATIENCE).unwrap_or(Timestamp::MIN);
        self.unread.lock().retain(|_, waiting| waiting.since > oldest);
        self.give_readable().await;
    }

    /// Whenever keys may have come.
    pub(crate) async fn give_readable(&self) {
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

    async fn give(&self, id: &OwnedEventId, room: &OwnedRoomId) -> bool {
        let Some(room) = self.client.get_room(room) else { return false };
        let Ok(event) = room.event(id, None).await else { return false };
        if is_unreadable(&event) {
            return false;
        }
        if let Some(inbound) = self.belated(&room, &event).await {
            info!(room = %room.room_id(), event = %id, "the key of a message has come");
            self.arrive(Arrival::Event(inbound));
        }
        true
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
