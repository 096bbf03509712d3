//! Where only Herald writes: what people can still put before everybody's eyes there, and how it is taken away again.

use herald_chat::SendError;
use matrix_sdk::Room;
use matrix_sdk::deserialized_responses::TimelineEvent;
use matrix_sdk::ruma::events::StateEventType;
use matrix_sdk::ruma::events::room::power_levels::UserPowerLevel;
use matrix_sdk::ruma::{EventId, OwnedEventId, OwnedUserId, UserId};
use serde::Deserialize;
use serde_json::{Value, json};
use tracing::{info, warn};

use crate::Inner;
use crate::emoji::is_emoji;
use crate::failure::{http, meaning};
use crate::line::gate;

/// A name with more characters than this is no name.
const NAME: usize = 64;
/// In these fields some clients look for the words that a reaction's picture is called by.
const CALLED: [&str; 2] = ["shortcode", "com.beeper.reaction.shortcode"];

/// What an event of such a room is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slip {
    /// Nothing that shows, or what is allowed.
    None,
    /// To be taken for words, which are removed.
    Words,
}

/// An event, as leniently as it can be read: what is not as it should be may show all the same.
#[derive(Deserialize)]
struct Bare {
    #[serde(rename = "type")]
    kind: String,
    event_id: OwnedEventId,
    sender: OwnedUserId,
    state_key: Option<String>,
    #[serde(default)]
    content: Value,
    #[serde(default)]
    unsigned: Value,
}

impl Inner {
    /// What somebody's event comes to in a room where only Herald writes. Words that stand beside something that is allowed
    /// are taken off here; what is written above all messages is put back as it was.
    pub(crate) async fn slip(&self, room: &Room, event: &TimelineEvent) -> Slip {
        let Ok(event) = event.raw().deserialize_as_unchecked::<Bare>() else { return Slip::None };
        if event.sender == self.me || event.unsigned.get("redacted_because").is_some() {
            return Slip::None;
        }
        match (event.kind.as_str(), &event.state_key) {
            ("m.room.power_levels" | "m.room.create", Some(_)) => Slip::None,
            ("m.room.member", Some(_)) => {
                if has_words(&event.content["reason"]) || is_long(&event.content["displayname"]) {
                    self.take_off(room, &event, "words in a membership").await;
                }
                Slip::None
            }
            (kind, Some(key)) => {
                if self.may_write(room, &event.sender).await {
                    return Slip::None;
                }
                let before = event.unsigned.get("prev_content").cloned().unwrap_or_else(|| json!({}));
                if let Err(why) = self.put_back(room, kind, key, &event.event_id, before).await {
                    warn!(room = %room.room_id(), kind, %why, "what somebody changed could not be put back");
                }
                Slip::Words
            }
            ("m.room.redaction", None) => {
                if has_words(&event.content["reason"]) {
                    self.take_off(room, &event, "the reason of a removal").await;
                }
                Slip::None
            }
            ("m.reaction", None) if is_reaction(&event.content) => Slip::None,
            (_, None) => Slip::Words,
        }
    }

    /// Whether somebody has the power to write where only Herald does, or an admin's word.
    async fn may_write(&self, room: &Room, user: &UserId) -> bool {
        if self.settings.admins.iter().any(|admin| admin == user) {
            return true;
        }
        // From the server: the syncs do not tell what Herald itself has set.
        let Ok(raw) = self.state(room, "m.room.power_levels").await else { return false };
        let Ok(levels) = self.levels_of(room, &raw.unwrap_or_default()).await else { return false };
        match levels.for_user(user) {
            // Not by what it takes to write just now: that may be what somebody has changed first.
            UserPowerLevel::Int(level) => i64::from(level) >= gate(&levels, &self.me),
            // Whoever made the room.
            _ => true,
        }
    }

    /// Removes an event for the words that came with it, unless whoever wrote them may write there.
    async fn take_off(&self, room: &Room, event: &Bare, what: &str) {
        if self.may_write(room, &event.sender).await {
            return;
        }
        match room.redact(&event.event_id, None, None).await {
            Ok(_) => info!(room = %room.room_id(), by = %event.sender, what, "removed"),
            Err(error) => {
                let why = http(&error);
                warn!(room = %room.room_id(), by = %event.sender, what, %why, "could not be removed");
            }
        }
    }

    /// Sets a room's state as it was before `event`, unless somebody has set it since.
    async fn put_back(
        &self,
        room: &Room,
        kind: &str,
        key: &str,
        event: &EventId,
        before: Value,
    ) -> Result<(), SendError> {
        use matrix_sdk::ruma::api::client::state::get_state_event_for_key::v3::{Request, StateEventFormat};
        let mut request = Request::new(room.room_id().to_owned(), StateEventType::from(kind), key.to_owned());
        request.format = StateEventFormat::Event;
        let now = self.client.send(request).await.map_err(|error| http(&error))?;
        let now: Value = serde_json::from_str(now.event_or_content.get()).unwrap_or_default();
        if now["event_id"] != event.as_str() {
            return Ok(());
        }
        info!(room = %room.room_id(), kind, "put back as it was");
        room.send_state_event_raw(kind, key, before).await.map(drop).map_err(|error| meaning(&error))
    }
}

fn has_words(text: &Value) -> bool {
    text.as_str().is_some_and(|text| !text.trim().is_empty())
}

fn is_long(name: &Value) -> bool {
    name.as_str().is_some_and(|name| name.chars().count() > NAME || name.contains(['\n', '\r']))
}

/// Whether a reaction is one emoji on a message, with no words beside it.
fn is_reaction(content: &Value) -> bool {
    let relation = &content["m.relates_to"];
    relation["rel_type"] == "m.annotation"
        && relation["key"].as_str().is_some_and(is_emoji)
        && content.get("body").is_none()
        && CALLED.iter().all(|field| content.get(field).is_none())
}
