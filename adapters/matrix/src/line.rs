//! Who may write in a room, as the homeserver itself holds it: by power levels.

use std::sync::Arc;
use std::time::Duration;

use herald_chat::{Arrival, Inbound, Origin, Posting, RoomPart, SendError, What};
use matrix_sdk::Room;
use matrix_sdk::ruma::events::StateEventType;
use matrix_sdk::ruma::events::room::power_levels::{RoomPowerLevels, RoomPowerLevelsEventContent, UserPowerLevel};
use matrix_sdk::ruma::{OwnedUserId, RoomId, RoomVersionId, UserId};
use serde_json::{Map, Value, json};
use tracing::{error, info};

use crate::Inner;
use crate::failure::{Denial, http, meaning, refused};
use crate::names::{person, room_ref};
use crate::rooms::shown;

/// What people may do where only Herald writes.
pub(crate) const STILL_ALLOWED: [&str; 2] = ["m.reaction", "m.room.redaction"];
/// The kinds of state that servers give a level of their own. Other kinds have the default for state.
const STATE: [&str; 12] = [
    "m.room.name",
    "m.room.topic",
    "m.room.avatar",
    "m.room.canonical_alias",
    "m.room.power_levels",
    "m.room.history_visibility",
    "m.room.join_rules",
    "m.room.encryption",
    "m.room.server_acl",
    "m.room.tombstone",
    "m.room.pinned_events",
    "m.space.child",
];
/// Of those, the kinds that servers and Herald keep to the highest level. What others people may change who run a room.
const GRAVE: [&str; 5] =
    ["m.room.power_levels", "m.room.history_visibility", "m.room.encryption", "m.room.server_acl", "m.room.tombstone"];
/// How long to wait before that is tried again which the homeserver did not do, where it does not say so itself.
pub(crate) const AGAIN: Duration = Duration::from_secs(5);
/// The level that clients call moderator, and the server's default for changing a room.
const MODERATOR: i64 = 50;
/// The level that clients call admin.
const ADMIN: i64 = 100;

impl Inner {
    /// Makes the homeserver hold who may write in `room`.
    pub(crate) async fn hold_line(&self, room: &Room, posting: Posting) -> Result<(), SendError> {
        // From the server: what the last sync said may be older than our own last change.
        let raw = self.state(room, "m.room.power_levels").await?.unwrap_or_default();
        let levels = self.levels_of(room, &raw).await?;
        if posting == Posting::HeraldOnly
            && highest_other(&levels, &self.me) >= gate(&levels, &self.me)
            && self.note_peers(room.room_id())
        {
            info!(room = %room.room_id(), "people with Herald's own power level can write here: what they write is removed");
        }
        let Some(wanted) = changed(&raw, &levels, &self.me, posting) else { return Ok(()) };
        match room.send_state_event_raw("m.room.power_levels", "", Value::Object(wanted)).await {
            Ok(_) => Ok(()),
            Err(error) => Err(match meaning(&error) {
                SendError::Refused { .. } => refused(lacking(&shown(room), &levels, &self.me)),
                other => other,
            }),
        }
    }

    /// Somebody has changed who may write where Herald holds the line.
    pub(crate) async fn hold_again(self: Arc<Self>, room: Room) {
        let mut told = false;
        while self.is_guarded(room.room_id()) && !self.is_closed() {
            let fault = match self.hold_line(&room, Posting::HeraldOnly).await {
                Ok(()) => return,
                Err(fault) => fault,
            };
            if !told {
                error!(room = %room.room_id(), %fault, "others can write here now; what they write is removed if it can be");
                told = true;
                if matches!(fault, SendError::Refused { .. }) {
                    self.tell_lost_control(room.room_id());
                }
            }
            let Some(again) = self.again(&fault) else { return };
            self.wait(again).await;
        }
    }

    /// Herald cannot look after a room any more where only it writes.
    fn tell_lost_control(&self, room: &RoomId) {
        self.arrive(Arrival::Event(Inbound {
            room: room_ref(room),
            id: format!("control {}", self.clock.now()),
            cursor: None,
            by: person(&self.me, None),
            origin: Origin::Unknown,
            direct: false,
            at: self.clock.now(),
            what: What::Altered { part: RoomPart::Control },
        }));
    }

    /// How long to wait before something is tried again that nobody waits for. `None` where that is in vain.
    pub(crate) fn again(&self, fault: &SendError) -> Option<Duration> {
        match fault {
            SendError::Refused { .. } => None,
            SendError::Retry { after: Some(asked), .. } => Some(*asked),
            SendError::Retry { after: None, .. } | SendError::Unknown { .. } => Some(self.clock.pause(AGAIN)),
        }
    }

    /// What the levels of a room come to, with its creators and its version in mind.
    pub(crate) async fn levels_of(&self, room: &Room, raw: &Map<String, Value>) -> Result<RoomPowerLevels, SendError> {
        let content: RoomPowerLevelsEventContent = serde_json::from_value(Value::Object(raw.clone()))
            .map_err(|_| refused(format!("The power levels of {} make no sense. Set them anew.", shown(room))))?;
        let (version, creators) = if let (Some(version), Some(creators)) = (room.version(), room.creators()) {
            (version, creators)
        } else {
            let beginning = self.beginning(room.room_id()).await?;
            (beginning.version, beginning.creators)
        };
        levels(content, &version, creators).ok_or_else(|| {
            refused(format!(
                "{} has the room version {version}, which Herald does not know. Update Herald.",
                shown(room)
            ))
        })
    }

    /// A state event's content as the server has it now.
    pub(crate) async fn state(&self, room: &Room, kind: &str) -> Result<Option<Map<String, Value>>, SendError> {
        self.state_of(room.room_id(), kind).await
    }

    /// The same for a room that the syncs may not have told of.
    pub(crate) async fn state_of(&self, room: &RoomId, kind: &str) -> Result<Option<Map<String, Value>>, SendError> {
        use matrix_sdk::ruma::api::client::state::get_state_event_for_key::v3::Request;
        let request = Request::new(room.to_owned(), StateEventType::from(kind), String::new());
        match self.client.send(request).await {
            Ok(response) => match serde_json::from_str(response.into_content().json().get()) {
                Ok(Value::Object(content)) => Ok(Some(content)),
                Ok(_) | Err(_) => Ok(None),
            },
            Err(error) if Denial::of_http(&error).is_some_and(|denial| denial.status == 404) => Ok(None),
            Err(error) => Err(http(&error)),
        }
    }
}

/// What is wrong with Herald's power in a room, and the exact level to grant.
pub(crate) fn lacking(name: &str, levels: &RoomPowerLevels, me: &UserId) -> String {
    let needed = needed(levels, me);
    let own = match levels.for_user(me) {
        UserPowerLevel::Int(level) => level.to_string(),
        _ => "unlimited".to_owned(),
    };
    format!(
        "Herald's power level in {name} is {own} and has to be {needed} to keep others from writing there. \
         Give {me} the power level {needed} in {name}."
    )
}

/// What the levels of a room come to that has this version and was made by these. `None` when Herald does not know that
/// version.
pub(crate) fn levels(
    content: RoomPowerLevelsEventContent,
    version: &RoomVersionId,
    creators: Vec<OwnedUserId>,
) -> Option<RoomPowerLevels> {
    Some(RoomPowerLevels::new(content.into(), &version.rules()?.authorization, creators))
}

/// The highest level that somebody else has by name, or everybody has by default.
fn highest_other(levels: &RoomPowerLevels, me: &UserId) -> i64 {
    let others = levels.users.iter().filter(|(user, _)| *user != me).map(|(_, level)| i64::from(*level));
    others.chain([levels.users_default.into()]).max().unwrap_or(0)
}

/// The level that Herald needs to keep others from writing: above everybody else, as far as levels go.
pub(crate) fn needed(levels: &RoomPowerLevels, me: &UserId) -> i64 {
    let change = i64::from(levels.for_state(StateEventType::RoomPowerLevels));
    let above = (highest_other(levels, me) + 1).clamp(MODERATOR, ADMIN);
    [change, levels.redact.into(), levels.events_default.into(), above].into_iter().max().unwrap_or(ADMIN)
}

/// The level from which on one may write where only Herald does.
pub(crate) fn gate(levels: &RoomPowerLevels, me: &UserId) -> i64 {
    match levels.for_user(me) {
        UserPowerLevel::Int(own) => i64::from(own).max(MODERATOR),
        // Nobody is above a creator: a gate that no level reaches.
        _ => (highest_other(levels, me) + 1).max(ADMIN),
    }
}

/// The power levels that say so, or `None` when they do already.
fn changed(
    raw: &Map<String, Value>,
    levels: &RoomPowerLevels,
    me: &UserId,
    posting: Posting,
) -> Option<Map<String, Value>> {
    let mut wanted = raw.clone();
    match posting {
        Posting::HeraldOnly => {
            let gate = gate(levels, me);
            let mut events = wanted.get("events").and_then(Value::as_object).cloned().unwrap_or_default();
            // Every kind of message that is named is a way around the gate, and so is a name, a picture or a widget.
            events.retain(|kind, level| STATE.contains(&kind.as_str()) || level.as_i64() >= Some(gate));
            for level in events.values_mut() {
                *level = json!(level.as_i64().unwrap_or(gate).max(gate));
            }
            events.extend(STILL_ALLOWED.map(|kind| (kind.to_owned(), json!(levels.users_default))));
            wanted.insert("events".to_owned(), Value::Object(events));
            wanted.insert("events_default".to_owned(), json!(gate));
            wanted.insert("state_default".to_owned(), json!(i64::from(levels.state_default).max(gate)));
            // An invitation can carry words, and a name that nobody has; who may remove can remove statements.
            let others =
                [("invite", levels.invite), ("redact", levels.redact), ("kick", levels.kick), ("ban", levels.ban)];
            for (what, level) in others {
                wanted.insert(what.to_owned(), json!(i64::from(level).max(MODERATOR)));
            }
        }
        Posting::Members => {
            let gate = gate(levels, me);
            // What was raised for the line is lowered with it. What else is high there somebody chose.
            if i64::from(levels.events_default) >= gate {
                if let Some(events) = wanted.get_mut("events").and_then(Value::as_object_mut) {
                    let raised = |kind: &str, level: &Value| {
                        STATE.contains(&kind) && !GRAVE.contains(&kind) && level.as_i64() == Some(gate)
                    };
                    for (_, level) in events.iter_mut().filter(|(kind, level)| raised(kind, level)) {
                        *level = json!(MODERATOR);
                    }
                }
                if i64::from(levels.state_default) == gate {
                    wanted.insert("state_default".to_owned(), json!(MODERATOR));
                }
            }
            wanted.insert("events_default".to_owned(), json!(levels.users_default));
        }
    }
    (wanted != *raw).then_some(wanted)
}
