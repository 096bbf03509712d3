//! The rooms of the configuration, and Herald's power in them.

use herald_chat::{Finding, Mapped, clean_line};
use matrix_sdk::ruma::events::room::power_levels::{RoomPowerLevels, RoomPowerLevelsEventContent, UserPowerLevel};
use matrix_sdk::ruma::events::{MessageLikeEventType, StateEventType};
use matrix_sdk::ruma::{OwnedUserId, RoomVersionId, UserId};
use serde_json::Value;

use super::Server;
use crate::line::{lacking, levels, needed};
use crate::rooms::foreign;
use crate::{RoomKind, Settings};

/// What Herald needs in a room where it is to work.
const MODERATOR: i64 = 50;

impl Server {
    /// All of them, and the space.
    pub(super) async fn rooms(&self, settings: &Settings, rooms: &[Mapped<RoomKind>]) -> Vec<Finding> {
        let joined = match self.get(&["_matrix", "client", "v3", "joined_rooms"]).await {
            Ok((200, answer)) => answer,
            Ok((status, _)) => {
                return vec![Finding::warning("rooms", format!("they could not be looked at: {status}"))];
            }
            Err(error) => return vec![Finding::warning("rooms", format!("they could not be looked at: {error}"))],
        };
        let is_in = |id: &str| joined["joined_rooms"].as_array().into_iter().flatten().any(|it| it == id);
        let me = &*settings.user;
        let mut found = Vec::new();
        for room in rooms {
            let about = room.about();
            let mut led = self.id_of(room.written.id()).await;
            if !room.written.id().starts_with('#') {
                // An id leads where it leads, unless the room was given up for another since it was written.
                led = Ok(room.found.as_ref().map(|it| it.id().to_owned()).or(led.unwrap_or_default()));
            } else if let Ok(now) = &led {
                let (id, moved) = room.goes_by(now.as_deref());
                found.extend(moved);
                led = Ok(id);
            }
            found.push(match led {
                Ok(Some(id)) if is_in(&id) => self.room(about, &id, room, settings).await,
                Ok(Some(id)) => Finding::warning(
                    about,
                    format!("Herald is not in {id} yet. It joins at its start if it may: invite {me} there first"),
                ),
                Ok(None) => match room.missing {
                    Some(missing) => Finding::wrong(about, missing),
                    None => Finding::fine(about, "no room has that alias yet, and Herald makes it at its start"),
                },
                Err(error) => Finding::warning(about, format!("it could not be looked for: {error}")),
            });
        }
        if let Some(space) = &settings.space {
            let about = format!("matrix.space {space}");
            found.push(match self.id_of(space.as_str()).await {
                Ok(Some(id)) if is_in(&id) => {
                    let path = ["_matrix", "client", "v3", "rooms", &id, "state", "m.room.create"];
                    match self.get(&path).await {
                        Ok((200, creation)) if creation["type"] != "m.space" => {
                            Finding::warning(about, "this is a room and no space, and is not used as one. Correct it")
                        }
                        Ok(_) => Finding::fine(about, "Herald is in the space"),
                        Err(error) => Finding::warning(about, format!("it could not be looked at: {error}")),
                    }
                }
                Ok(Some(_)) => Finding::warning(about, format!("Herald is not in the space: invite {me} there")),
                Ok(None) => Finding::warning(about, "no space has that alias. Correct it"),
                Err(error) => Finding::warning(about, format!("it could not be looked for: {error}")),
            });
        }
        found
    }

    /// The id behind an id or an alias.
    async fn id_of(&self, named: &str) -> Result<Option<String>, String> {
        if !named.starts_with('#') {
            return Ok(Some(named.to_owned()));
        }
        match self.get(&["_matrix", "client", "v3", "directory", "room", named]).await? {
            (200, answer) => Ok(answer["room_id"].as_str().map(str::to_owned)),
            (404, _) => Ok(None),
            (status, _) => Err(format!("the homeserver answers {status}")),
        }
    }

    /// A room that Herald is in.
    async fn room(&self, about: String, id: &str, room: &Mapped<RoomKind>, settings: &Settings) -> Finding {
        let me = &*settings.user;
        let state = match self.get(&["_matrix", "client", "v3", "rooms", id, "state"]).await {
            Ok((200, Value::Array(state))) => state,
            Ok((status, _)) => return Finding::warning(about, format!("its state could not be read: {status}")),
            Err(error) => return Finding::warning(about, format!("its state could not be read: {error}")),
        };
        let content = |kind: &str| state.iter().find(|event| event["type"] == kind && event["state_key"] == "");
        let create = content("m.room.create");
        if may_be_anybodys(room)
            && let Some(by) = create.and_then(|it| it["sender"].as_str())
            && !<&UserId>::try_from(by).is_ok_and(|by| settings.is_known_maker(by))
        {
            return Finding::wrong(about, foreign(room.written.id(), id, &clean_line(by)));
        }
        let alias = content("m.room.canonical_alias").and_then(|it| it["content"]["alias"].as_str());
        let name = clean_line(alias.unwrap_or_else(|| room.written.id()));
        let successor = content(crate::successor::TOMBSTONE).and_then(|it| it["content"]["replacement_room"].as_str());
        if let Some(successor) = successor {
            let successor = clean_line(successor);
            return Finding::wrong(
                about,
                format!(
                    "{name} was given up for {successor}, and nobody reads it any more. Herald goes on there at its start if an \
                     admin of the room did that and {me} has there what it needs; if not, it says what is missing"
                ),
            );
        }
        let Some(levels) = power(content("m.room.power_levels"), create) else {
            return Finding::warning(about, format!("the power levels of {name} make no sense. Set them anew"));
        };
        let own = match levels.for_user(me) {
            UserPowerLevel::Int(level) => i64::from(level),
            // Nobody is above whoever made it.
            _ => i64::MAX,
        };
        let grant = |level: i64| format!("Give {me} the power level {level} in {name}");
        let write = [MessageLikeEventType::RoomMessage, MessageLikeEventType::RoomEncrypted]
            .into_iter()
            .map(|kind| i64::from(levels.for_message(kind)))
            .max();
        if let Some(write) = write.filter(|write| own < *write) {
            return Finding::wrong(
                about,
                format!("Herald's power level is {own}, and who writes there has {write}. {}", grant(write)),
            );
        }
        match room.kind {
            RoomKind::Announcements if own < needed(&levels, me) => Finding::wrong(about, lacking(&name, &levels, me)),
            RoomKind::Announcements => Finding::fine(about, "Herald can keep others from writing there"),
            RoomKind::Private | RoomKind::Internal => {
                let pin = i64::from(levels.for_state(StateEventType::RoomPinnedEvents));
                let level = pin.max(levels.redact.into());
                if own >= level {
                    return Finding::fine(about, "Herald may write, pin and remove there");
                }
                let says = format!(
                    "Herald's power level is {own}: it cannot pin the board, or remove what gives a security incident \
                     away. {}",
                    grant(level.max(MODERATOR))
                );
                Finding::warning(about, says)
            }
        }
    }
}

/// Whether a room is found for the first time by an alias for which Herald would have made one: anybody can take that first.
fn may_be_anybodys(room: &Mapped<RoomKind>) -> bool {
    room.missing.is_none() && room.found.is_none() && room.written.id().starts_with('#')
}

/// What the levels of a room come to.
fn power(own: Option<&Value>, create: Option<&Value>) -> Option<RoomPowerLevels> {
    let content = own.map_or_else(|| Value::Object(serde_json::Map::new()), |own| own["content"].clone());
    let content: RoomPowerLevelsEventContent = serde_json::from_value(content).ok()?;
    let create = create?;
    let version = RoomVersionId::try_from(create["content"]["room_version"].as_str().unwrap_or("1")).ok()?;
    let also = create["content"]["additional_creators"].as_array().into_iter().flatten();
    let creators = [&create["sender"]].into_iter().chain(also).filter_map(|user| user.as_str());
    let creators = creators.map(OwnedUserId::try_from).collect::<Result<Vec<_>, _>>().ok()?;
    levels(content, &version, creators)
}
