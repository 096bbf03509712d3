//! What was said in a room while nobody listened, and what has become of a post whose answer was lost.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt;
use herald_chat::{Cursor, Inbound, MessageRef, Page, Post, RoomRef, SendError, SendKey};
use jiff::{SignedDuration, Timestamp};
use matrix_sdk::Room;
use matrix_sdk::deserialized_responses::TimelineEvent;
use matrix_sdk::ruma::api::Direction;
use matrix_sdk::ruma::{EventId, MilliSecondsSinceUnixEpoch};
use serde::Deserialize;
use tracing::error;

use crate::Inner;
use crate::events::read_cursor;
use crate::failure::{Denial, http};
use crate::format::{self, KEY};
use crate::names::{message_ref, time};
use crate::send::part_key;
use crate::unread::is_unreadable;

/// How far a server's clock and ours may be apart.
const SKEW: SignedDuration = SignedDuration::from_mins(10);
/// How many events are asked for at once when a post is looked for.
const LOOK: u32 = 100;

/// Where somebody is who has read a room up to this event.
pub(crate) fn cursor(id: &EventId, at: MilliSecondsSinceUnixEpoch) -> Cursor {
    Cursor(format!("{id} {}", at.get()))
}

impl Inner {
    pub(crate) async fn newest_cursor(&self, room: &Room) -> Result<Cursor, SendError> {
        let page = self.page(room, Direction::Backward, None, 1).await?;
        let newest = page.events.first().and_then(place);
        Ok(newest.unwrap_or_else(|| Cursor("$nothing 0".to_owned())))
    }

    pub(crate) async fn read_after(
        self: &Arc<Self>,
        at: &RoomRef,
        room: &Room,
        since: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page, SendError> {
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let mut from = match since {
            Some(cursor) => self.token_after(at, room, cursor).await?,
            None => None,
        };
        loop {
            let page = self.page(room, Direction::Forward, from, limit).await?;
            let mut events: Vec<Inbound> = Vec::new();
            for event in &page.events {
                if is_unreadable(event) {
                    self.met_unreadable(room, event).await;
                    continue;
                }
                // Whatever one event does to those who read it, the next ones are read.
                if let Ok(inbound) = AssertUnwindSafe(self.inbound(room, event)).catch_unwind().await {
                    events.extend(inbound?);
                } else {
                    error!(room = %room.room_id(), event = ?event.event_id(), "cannot be read: passed over");
                }
            }
            let more = page.end.is_some() && !page.events.is_empty();
            if !more || !events.is_empty() {
                if let (Some(cursor), Some(token)) = (page.events.last().and_then(place), &page.end) {
                    // The page may end with events that mean nothing: who has read the page has read them too.
                    if let Some(last) = events.last_mut() {
                        last.cursor = Some(cursor.clone());
                    }
                    self.note_page(at, cursor, token.clone());
                }
                return Ok(Page { events, more });
            }
            from = page.end;
        }
    }

    /// Where to go on reading after `cursor`; the start of the room when the server knows nothing of it any more.
    async fn token_after(&self, at: &RoomRef, room: &Room, cursor: &Cursor) -> Result<Option<String>, SendError> {
        if let Some(token) = self.page_token(at, cursor) {
            return Ok(Some(token));
        }
        let Some((id, since)) = read_cursor(cursor) else { return Ok(None) };
        match self.place_after(room, &id).await {
            Ok(token) => Ok(token),
            Err(error) if Denial::of_http(&error).is_some_and(|denial| matches!(denial.status, 403 | 404)) => {
                self.token_before(room, since).await
            }
            Err(error) => Err(http(&error)),
        }
    }

    /// The event of the cursor is gone, with the server's old history perhaps: on from the first event that is younger.
    async fn token_before(&self, room: &Room, at: MilliSecondsSinceUnixEpoch) -> Result<Option<String>, SendError> {
        let mut from = None;
        loop {
            let page = self.page(room, Direction::Backward, from, LOOK).await?;
            let older = |event: &TimelineEvent| event.timestamp_raw().is_some_and(|it| it <= at);
            if page.end.is_none() || page.events.is_empty() || page.events.iter().any(older) {
                // The page may begin before the cursor. What was handled is known by its mark.
                return Ok(page.end);
            }
            from = page.end;
        }
    }

    /// The message that carries `key`, not older than `since`. Of several, the first.
    pub(crate) async fn find_post(
        &self,
        room: &Room,
        post: &Post,
        key: &SendKey,
        since: Timestamp,
    ) -> Result<Option<MessageRef>, SendError> {
        // All of a long post, or none: what lacks its end is sent again.
        let last = part_key(key, format::parts(post).len().saturating_sub(1));
        let oldest = since.saturating_sub(SKEW).unwrap_or(Timestamp::MIN);
        let (mut from, mut found, mut whole) = (None, None, false);
        loop {
            let page = self.page(room, Direction::Backward, from, LOOK).await?;
            for event in &page.events {
                if event.sender().is_none_or(|sender| sender != self.me) {
                    continue;
                }
                whole |= is_keyed(event, &last);
                if is_keyed(event, key)
                    && let Some(id) = event.event_id()
                {
                    found = Some(message_ref(room.room_id(), &id));
                }
            }
            let older = |event: &TimelineEvent| event.timestamp_raw().is_some_and(|at| time(at) < oldest);
            if page.events.iter().any(older) || page.end.is_none() || page.events.is_empty() {
                return Ok(found.filter(|_| whole));
            }
            from = page.end;
        }
    }
}

fn place(event: &TimelineEvent) -> Option<Cursor> {
    Some(cursor(&event.event_id()?, event.timestamp_raw()?))
}

/// What of an event tells that it is a certain post of ours.
#[derive(Deserialize)]
struct Traces {
    #[serde(default)]
    content: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    unsigned: Unsigned,
}

#[derive(Default, Deserialize)]
struct Unsigned {
    transaction_id: Option<String>,
}

fn is_keyed(event: &TimelineEvent, key: &SendKey) -> bool {
    let Ok(traces) = event.raw().deserialize_as_unchecked::<Traces>() else { return false };
    let carried = traces.content.get(KEY).and_then(serde_json::Value::as_str);
    carried == Some(key.as_str()) || traces.unsigned.transaction_id.as_deref() == Some(key.as_str())
}
