//! Where only Herald writes: what people can still put before everybody's eyes there, and how it is taken away again.

use std::collections::BTreeSet;

use herald_chat::SendError;
use matrix_sdk::Room;
use matrix_sdk::deserialized_responses::TimelineEvent;
use matrix_sdk::ruma::events::StateEventType;
use matrix_sdk::ruma::events::room::power_levels::{RoomPowerLevels, UserPowerLevel};
use matrix_sdk::ruma::{OwnedEventId, OwnedUserId, UserId};
use serde::Deserialize;
use serde_json::{Value, json};
use tracing::{info, warn};

use crate::Inner;
use crate::emoji::is_emoji;
use crate::events::is_smuggled;
use crate::failure::{http, meaning};
use crate::line::gate;

/// A name with more characters than this is no name.
const NAME: usize = 64;
/// How many changes of one piece of state are gone back by. What stood there before that is gone.
const BACK: usize = 100;
/// What Herald's statements begin with.
const CIRCLES: [char; 5] = ['🔴', '🟠', '🟡', '🟢', '⚪'];

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

/// Which event stands as a piece of state. Whatever comes with it need not be readable.
#[derive(Deserialize)]
struct Standing {
    event_id: OwnedEventId,
}

impl Bare {
    /// Which event of the same state this one took the place of. The homeserver says so.
    fn replaces(&self) -> Option<OwnedEventId> {
        OwnedEventId::try_from(self.unsigned.get("replaces_state")?.as_str()?).ok()
    }
}

impl Inner {
    /// What somebody's event comes to in a room where only Herald writes. Words that stand beside something that is allowed
    /// are taken off here; what is written above all messages is put back as it was.
    ///
    /// # Errors
    /// When the homeserver does not do that now: the event is to be read again.
    pub(crate) async fn slip(&self, room: &Room, event: &TimelineEvent) -> Result<Slip, SendError> {
        let Ok(bare) = event.raw().deserialize_as_unchecked::<Bare>() else {
            // What cannot be read may show all the same.
            let is_state = matches!(event.raw().get_field::<Value>("state_key"), Ok(Some(_)));
            let own = event.sender().is_some_and(|sender| sender == self.me);
            return Ok(if is_state || own { Slip::None } else { Slip::Words });
        };
        if is_smuggled(event) && bare.sender != self.me {
            return Ok(Slip::Words);
        }
        let event = bare;
        if event.sender == self.me {
            return Ok(Slip::None);
        }
        match self.taken_off(room, &event).await {
            Ok(slip) => {
                self.answered_for(&event.event_id);
                Ok(slip)
            }
            Err(fault) => {
                self.unanswered(&event.event_id, fault)?;
                Ok(if event.state_key.is_some() && event.kind != "m.room.member" { Slip::Words } else { Slip::None })
            }
        }
    }

    async fn taken_off(&self, room: &Room, event: &Bare) -> Result<Slip, SendError> {
        let gone = event.unsigned.get("redacted_because").is_some();
        match (event.kind.as_str(), &event.state_key) {
            (_, None) if gone => Ok(Slip::None),
            ("m.room.power_levels" | "m.room.create", Some(_)) => Ok(Slip::None),
            ("m.room.member", Some(_)) => {
                let name = &event.content["displayname"];
                if has_words(&event.content["reason"]) || is_long(name) || self.poses(name) {
                    self.take_off(room, event, "words in a membership").await?;
                }
                Ok(Slip::None)
            }
            (kind, Some(key)) => {
                if self.may_write(room, &event.sender).await? {
                    return Ok(Slip::None);
                }
                // Also what its author has taken away has left the room without what stood there.
                self.put_back(room, kind, key, event).await?;
                Ok(if gone { Slip::None } else { Slip::Words })
            }
            ("m.room.redaction", None) => {
                if has_words(&event.content["reason"]) || has_more(&event.content, &["redacts", "reason"]) {
                    self.take_off(room, event, "the reason of a removal").await?;
                }
                Ok(Slip::None)
            }
            ("m.reaction", None) if is_reaction(&event.content) => {
                let relation = &event.content["m.relates_to"];
                let text = |field: &str| relation[field].as_str().unwrap_or_default();
                if !self.note_reaction(text("event_id"), &event.sender, text("key")) {
                    self.take_off(room, event, "one more emoji of many").await?;
                }
                Ok(Slip::None)
            }
            (_, None) => Ok(Slip::Words),
        }
    }

    /// Whether a display name looks like Herald's own, or like the first words of a statement.
    fn poses(&self, name: &Value) -> bool {
        let Some(name) = name.as_str().map(|name| name.trim().to_lowercase()) else { return false };
        let own = self.name.as_ref().is_some_and(|own| own.trim().to_lowercase() == name);
        own || name.contains("inc-") || name.starts_with(CIRCLES)
    }

    /// Whether somebody has the power to write where only Herald does, or an admin's word. Nobody has it where Herald may
    /// not even look.
    async fn may_write(&self, room: &Room, user: &UserId) -> Result<bool, SendError> {
        if self.settings.admins.iter().any(|admin| admin == user) {
            return Ok(true);
        }
        let levels = match self.levels_now(room).await {
            Ok(levels) => levels,
            Err(SendError::Refused { .. }) => return Ok(false),
            Err(fault) => return Err(fault),
        };
        Ok(match levels.for_user(user) {
            // Not by what it takes to write just now: that may be what somebody has changed first.
            UserPowerLevel::Int(level) => i64::from(level) >= gate(&levels, &self.me),
            // Whoever made the room.
            _ => true,
        })
    }

    /// From the server: the syncs do not tell what Herald itself has set.
    pub(crate) async fn levels_now(&self, room: &Room) -> Result<RoomPowerLevels, SendError> {
        let raw = self.state(room, "m.room.power_levels").await?;
        self.levels_of(room, &raw.unwrap_or_default()).await
    }

    /// Removes an event for the words that came with it, unless whoever wrote them may write there.
    async fn take_off(&self, room: &Room, event: &Bare, what: &str) -> Result<(), SendError> {
        if self.may_write(room, &event.sender).await? {
            return Ok(());
        }
        match room.redact(&event.event_id, None, None).await.map_err(|error| http(&error)) {
            Ok(_) => info!(room = %room.room_id(), by = %event.sender, what, "removed"),
            Err(why @ SendError::Refused { .. }) => {
                warn!(room = %room.room_id(), by = %event.sender, what, %why, "could not be removed");
            }
            Err(fault) => return Err(fault),
        }
        Ok(())
    }

    /// Sets a room's state as it was before `event`, unless somebody has set it since.
    async fn put_back(&self, room: &Room, kind: &str, key: &str, event: &Bare) -> Result<(), SendError> {
        use matrix_sdk::ruma::api::client::state::get_state_event_for_key::v3::{Request, StateEventFormat};
        let mut request = Request::new(room.room_id().to_owned(), StateEventType::from(kind), key.to_owned());
        request.format = StateEventFormat::Event;
        let put = async {
            let now = self.client.send(request).await.map_err(|error| http(&error))?;
            let now: Option<Standing> = serde_json::from_str(now.event_or_content.get()).ok();
            if now.is_some_and(|now| now.event_id != event.event_id) {
                return Ok(());
            }
            let before = self.set_before(room, event).await?;
            room.send_state_event_raw(kind, key, before).await.map_err(|error| meaning(&error))?;
            info!(room = %room.room_id(), kind, "put back as it was");
            Ok(())
        };
        match put.await {
            Err(why @ SendError::Refused { .. }) => {
                warn!(room = %room.room_id(), kind, %why, "what somebody changed could not be put back");
                Ok(())
            }
            done => done,
        }
    }

    /// What somebody had set who may, before others set what `event` is the last of; nothing when that is not known any more.
    async fn set_before(&self, room: &Room, event: &Bare) -> Result<Value, SendError> {
        let mut strangers = BTreeSet::from([event.sender.clone()]);
        let mut replaced = event.replaces();
        for _ in 0..BACK {
            let Some(id) = replaced else { break };
            let found = match self.event(room, &id).await.map_err(|error| http(&error)) {
                Ok(found) => found,
                Err(SendError::Refused { .. }) => break,
                // Not known now is not the same as not known any more.
                Err(fault) => return Err(fault),
            };
            let Ok(found) = found.raw().deserialize_as_unchecked::<Bare>() else { break };
            if found.sender == self.me {
                return Ok(found.content);
            }
            if !strangers.contains(&found.sender) {
                if self.may_write(room, &found.sender).await? {
                    return Ok(found.content);
                }
                strangers.insert(found.sender.clone());
            }
            replaced = found.replaces();
        }
        Ok(json!({}))
    }
}

fn has_words(text: &Value) -> bool {
    text.as_str().is_some_and(|text| !text.trim().is_empty())
}

fn is_long(name: &Value) -> bool {
    name.as_str().is_some_and(|name| name.chars().count() > NAME || name.contains(['\n', '\r']))
}

/// Whether there is anything but these fields, which could show or call somebody.
fn has_more(content: &Value, fields: &[&str]) -> bool {
    content.as_object().is_none_or(|content| content.keys().any(|field| !fields.contains(&field.as_str())))
}

/// Whether a reaction is one emoji on a message, with nothing beside it.
fn is_reaction(content: &Value) -> bool {
    let relation = &content["m.relates_to"];
    relation["rel_type"] == "m.annotation"
        && relation["key"].as_str().is_some_and(is_emoji)
        && !has_more(content, &["m.relates_to"])
        && !has_more(relation, &["rel_type", "event_id", "key"])
}
