//! Events that Herald asks for beside the syncs, opened without what the SDK adds of its own: its push rules cannot read all that
//! a homeserver lets people send, and end the task that asks them.

use std::collections::BTreeMap;

use herald_chat::SendError;
use matrix_sdk::deserialized_responses::{TimelineEvent, TimelineEventKind};
use matrix_sdk::ruma::api::Direction;
use matrix_sdk::ruma::api::client::context::get_context;
use matrix_sdk::ruma::api::client::filter::{LazyLoadOptions, RoomEventFilter};
use matrix_sdk::ruma::api::client::message::get_message_events;
use matrix_sdk::ruma::api::client::room::get_room_event;
use matrix_sdk::ruma::events::{AnySyncTimelineEvent, AnyTimelineEvent};
use matrix_sdk::ruma::serde::Raw;
use matrix_sdk::ruma::{EventId, UInt, assign};
use matrix_sdk::{HttpError, Room};
use serde_json::value::RawValue;
use tracing::warn;

use crate::Inner;
use crate::failure::http;
use crate::unread::is_unreadable;

/// What Herald and the SDK read of an event. A homeserver puts more beside it, whole other events among it, which may be nested
/// deeper than can be parsed. The syncs ask for these fields alone (`event_fields` of a filter); what no filter is for is cut
/// by [`lean`].
pub(crate) const FIELDS: [&str; 15] = [
    "type",
    "content",
    "sender",
    "event_id",
    "state_key",
    "origin_server_ts",
    "redacts",
    "unsigned.age",
    "unsigned.membership",
    "unsigned.transaction_id",
    "unsigned.replaces_state",
    "unsigned.redacted_because.type",
    "unsigned.redacted_because.event_id",
    "unsigned.redacted_because.sender",
    "unsigned.redacted_because.origin_server_ts",
];

/// How deep an event may be nested in another one that comes with it.
const DEEP: usize = 32;

/// How often what an event asks of the homeserver is tried: for about three minutes. Nothing else is read back meanwhile.
const TRIES: u32 = 40;

/// Events of a room, in the order that was asked for.
pub(crate) struct Chunk {
    pub(crate) events: Vec<TimelineEvent>,
    /// Where to go on; `None` where there is nothing more.
    pub(crate) end: Option<String>,
}

impl Inner {
    /// Up to `limit` events of a room, from a place that the homeserver has named.
    pub(crate) async fn page(
        &self,
        room: &Room,
        dir: Direction,
        from: Option<String>,
        limit: u32,
    ) -> Result<Chunk, SendError> {
        let request = assign!(get_message_events::v3::Request::new(room.room_id().to_owned(), dir), {
            from: from,
            limit: UInt::from(limit),
            filter: assign!(RoomEventFilter::default(), {
                lazy_load_options: LazyLoadOptions::Enabled { include_redundant_members: false },
            }),
        });
        let answer = self.client.send(request).await.map_err(|error| http(&error))?;
        let mut events = Vec::new();
        for event in answer.chunk {
            events.push(open(room, event).await);
        }
        Ok(Chunk { events, end: answer.end })
    }

    /// Where to go on reading after an event.
    pub(crate) async fn place_after(&self, room: &Room, id: &EventId) -> Result<Option<String>, HttpError> {
        let request = get_context::v3::Request::new(room.room_id().to_owned(), id.to_owned());
        let request = assign!(request, { limit: UInt::from(0u32) });
        Ok(self.client.send(request).await?.end)
    }

    /// One event of a room.
    pub(crate) async fn event(&self, room: &Room, id: &EventId) -> Result<TimelineEvent, HttpError> {
        let request = get_room_event::v3::Request::new(room.room_id().to_owned(), id.to_owned());
        Ok(open(room, self.client.send(request).await?.event).await)
    }

    /// An event of a room, as the homeserver has it. `None` when there is none.
    ///
    /// # Errors
    /// When the homeserver does not answer: what is about that event is to be heard of again.
    pub(crate) async fn fetched(&self, room: &Room, id: &EventId) -> Result<Option<TimelineEvent>, SendError> {
        match self.event(room, id).await {
            Ok(event) => {
                self.answered_for(id);
                Ok(Some(event))
            }
            Err(error) => self.unanswered(id, http(&error)).map(|()| None),
        }
    }

    /// What is about an event is to be heard of again, unless that is in vain or refused.
    pub(crate) fn unanswered(&self, id: &EventId, fault: SendError) -> Result<(), SendError> {
        if matches!(fault, SendError::Refused { .. }) {
            return Ok(());
        }
        if self.asked_in_vain_for(id) < TRIES {
            return Err(fault);
        }
        warn!(event = %id, why = %fault, "what has to be read or done about this does not succeed, so it is passed over");
        self.answered_for(id);
        Ok(())
    }
}

/// An event, decrypted if it can be.
async fn open(room: &Room, event: Raw<AnyTimelineEvent>) -> TimelineEvent {
    let event: Raw<AnySyncTimelineEvent> = lean(&event).unwrap_or(event).cast();
    reopened(room, TimelineEvent::from_plaintext(event)).await
}

/// An event that came encrypted and was not decrypted, decrypted if it can be. The SDK does not try where anything beside the
/// ciphertext is odd.
pub(crate) async fn reopened(room: &Room, event: TimelineEvent) -> TimelineEvent {
    let untried = matches!(event.kind, TimelineEventKind::PlainText { .. }) && is_unreadable(&event);
    if untried && let Ok(opened) = room.decrypt_event(event.raw().cast_ref_unchecked(), None).await {
        return opened;
    }
    event
}

/// The event with no more of other ones beside it than can be read. `None` where it is no object.
fn lean<T>(event: &Raw<T>) -> Option<Raw<T>> {
    type Parts = BTreeMap<String, Box<RawValue>>;
    let mut parts: Parts = serde_json::from_str(event.json().get()).ok()?;
    if let Some(unsigned) = parts.get_mut("unsigned") {
        let mut kept: Parts = serde_json::from_str(unsigned.get()).unwrap_or_default();
        if let Some(because) = kept.get_mut("redacted_because") {
            let mut few: Parts = serde_json::from_str(because.get()).unwrap_or_default();
            few.retain(|field, _| FIELDS.contains(&format!("unsigned.redacted_because.{field}").as_str()));
            *because = serde_json::value::to_raw_value(&few).ok()?;
        }
        kept.retain(|_, value| depth(value.get()) <= DEEP);
        *unsigned = serde_json::value::to_raw_value(&kept).ok()?;
    }
    Some(Raw::from_json(serde_json::value::to_raw_value(&parts).ok()?))
}

/// How deep a piece of JSON is nested.
fn depth(json: &str) -> usize {
    let (mut now, mut most, mut text, mut escaped) = (0usize, 0usize, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if text => escaped = true,
            b'"' => text = !text,
            b'{' | b'[' if !text => {
                now += 1;
                most = most.max(now);
            }
            b'}' | b']' if !text => now = now.saturating_sub(1),
            _ => {}
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::events::AnySyncTimelineEvent;
    use matrix_sdk::ruma::serde::Raw;
    use serde_json::{Value, json};

    use super::{depth, lean};

    fn nested(depth: usize) -> String {
        format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth))
    }

    #[test]
    fn what_is_nested_too_deep_beside_an_event_is_left_out_and_the_rest_stays() {
        let deep = nested(130);
        let text = format!(
            "{{\"type\":\"m.room.member\",\"content\":{{\"d\":{}}},\"unsigned\":{{\"age\":1,\"prev_content\":{deep},\
             \"replaces_state\":\"$a\",\"m.relations\":{deep},\"redacted_because\":{{\"sender\":\"@a:b\",\"content\":{deep}}}}}}}",
            nested(125)
        );
        let event: Raw<AnySyncTimelineEvent> = Raw::from_json_string(text).unwrap();
        serde_json::from_str::<Value>(event.json().get()).unwrap_err();
        let lean: Value = serde_json::from_str(lean(&event).unwrap().json().get()).unwrap();
        let unsigned = json!({ "age": 1, "replaces_state": "$a", "redacted_because": { "sender": "@a:b" } });
        assert_eq!(lean["unsigned"], unsigned);
        assert_eq!(lean["type"], "m.room.member");
    }

    #[test]
    fn brackets_in_texts_nest_nothing() {
        for (json, deep) in [("1", 0), ("{}", 1), (r#"["{[",{"\"{":[]}]"#, 3), (r#""\\""#, 0)] {
            assert_eq!(depth(json), deep, "{json}");
        }
    }
}
