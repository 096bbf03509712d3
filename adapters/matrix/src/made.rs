//! Making a room once, and knowing it again. An alias is no proof: whoever is in a room can point one at it.

use herald_chat::SendError;
use matrix_sdk::deserialized_responses::RawAnySyncOrStrippedState;
use matrix_sdk::ruma::api::client::membership::joined_rooms;
use matrix_sdk::ruma::api::client::room::Visibility;
use matrix_sdk::ruma::api::client::room::create_room::v3::Request;
use matrix_sdk::ruma::events::StateEventType;
use matrix_sdk::ruma::serde::Raw;
use matrix_sdk::ruma::{
    EventId, MilliSecondsSinceUnixEpoch, OwnedEventId, OwnedRoomId, OwnedUserId, RoomAliasId, RoomId, RoomVersionId,
    UserId, assign,
};
use serde_json::{Value, json};
use tracing::warn;

use crate::Inner;
use crate::failure::{Denial, http, later, meaning, refused};
use crate::mark::{MARK, WITH};

/// Under how many aliases a room is tried to be made. One that nobody can guess is taken by Herald's own earlier try, or
/// by whoever runs the homeserver.
const ALIASES: u32 = 4;

/// How a room began. That never changes.
#[derive(Debug, Clone)]
pub(crate) struct Beginning {
    pub(crate) version: RoomVersionId,
    /// Whose account has made it.
    pub(crate) by: OwnedUserId,
    /// Everybody who has the power of having made it.
    pub(crate) creators: Vec<OwnedUserId>,
    /// The room in whose place it was made, as whoever made it says.
    pub(crate) predecessor: Option<OwnedRoomId>,
    /// The event of its making.
    pub(crate) event: Option<(OwnedEventId, MilliSecondsSinceUnixEpoch)>,
    mark: Option<String>,
    with: Option<OwnedUserId>,
}

impl Beginning {
    fn read(event: &Value) -> Option<Self> {
        let text = |path: &str| event.pointer(path).and_then(Value::as_str);
        let user = |user: &str| UserId::parse(user).ok();
        let by = text("/sender").and_then(user)?;
        let more = event.pointer("/content/additional_creators").and_then(Value::as_array);
        let more = more.into_iter().flatten().filter_map(|it| user(it.as_str()?));
        Some(Self {
            // A room that names no version has the first.
            version: text("/content/room_version").unwrap_or("1").try_into().ok()?,
            creators: [by.clone()].into_iter().chain(more).collect(),
            by,
            predecessor: text("/content/predecessor/room_id").and_then(|it| RoomId::parse(it).ok()),
            event: text("/event_id")
                .and_then(|it| EventId::parse(it).ok())
                .zip(event.get("origin_server_ts").and_then(Value::as_u64).and_then(|at| at.try_into().ok()))
                .map(|(id, at)| (id, MilliSecondsSinceUnixEpoch(at))),
            mark: event["content"][MARK].as_str().map(str::to_owned),
            with: event["content"][WITH].as_str().and_then(user),
        })
    }
}

impl Inner {
    /// How a room began, as the server has it: the syncs may not have told yet of one that was just made.
    pub(crate) async fn beginning(&self, room: &RoomId) -> Result<Beginning, SendError> {
        use matrix_sdk::ruma::api::client::state::get_state_event_for_key::v3::{Request, StateEventFormat};
        if let Some(known) = self.known_beginning(room) {
            return Ok(known);
        }
        let stored = match self.client.get_room(room) {
            Some(room) => room.get_state_event(StateEventType::RoomCreate, "").await.ok().flatten(),
            None => None,
        };
        let event = match stored {
            Some(RawAnySyncOrStrippedState::Sync(event)) => serde_json::from_str(event.json().get()),
            // What comes with an invitation is the word of whoever invites.
            Some(RawAnySyncOrStrippedState::Stripped(_)) | None => {
                let request = assign!(
                    Request::new(room.to_owned(), StateEventType::RoomCreate, String::new()),
                    { format: StateEventFormat::Event }
                );
                let response = self.client.send(request).await.map_err(|error| http(&error))?;
                serde_json::from_str(response.event_or_content.get())
            }
        };
        let beginning = event.ok().as_ref().and_then(Beginning::read);
        let beginning = beginning.ok_or_else(|| refused(format!("How {room} began makes no sense.")))?;
        self.note_beginning(room, beginning.clone());
        Ok(beginning)
    }

    /// The same, if Herald itself has made it. Not a room that it may not look into.
    pub(crate) async fn own_beginning(&self, room: &RoomId) -> Result<Option<Beginning>, SendError> {
        match self.beginning(room).await {
            Ok(beginning) => Ok(Some(beginning).filter(|it| it.by == self.me)),
            Err(SendError::Refused { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether Herald has made this room, for what the mark stands for.
    pub(crate) async fn is_made(&self, room: &RoomId, mark: &str) -> Result<bool, SendError> {
        Ok(self.own_beginning(room).await?.is_some_and(|it| it.mark.as_deref() == Some(mark)))
    }

    /// With whom Herald has made this room as a talk, if it has.
    pub(crate) async fn made_with(&self, room: &RoomId) -> Result<Option<OwnedUserId>, SendError> {
        let Some(Beginning { mark, with, .. }) = self.own_beginning(room).await? else { return Ok(None) };
        Ok(with.filter(|with| mark == Some(self.marks.talk(with))))
    }

    /// The rooms that Herald is in and has made with this mark. The homeserver says which those are.
    pub(crate) async fn made(&self, mark: &str) -> Result<Vec<OwnedRoomId>, SendError> {
        let request = joined_rooms::v3::Request::new();
        let mut joined = self.client.send(request).await.map_err(|error| http(&error))?.joined_rooms;
        joined.sort();
        let mut made = Vec::new();
        for room in joined {
            if self.is_made(&room, mark).await? {
                made.push(room);
            }
        }
        Ok(made)
    }

    /// Makes a room with a mark, once: an alias that nobody can guess keeps the homeserver from making a second one while an
    /// earlier request is under way. Returns the room and whether it is new. One for a talk is for nobody else.
    pub(crate) async fn make(
        &self,
        request: &Request,
        mark: &str,
        with: Option<&UserId>,
    ) -> Result<(OwnedRoomId, bool), SendError> {
        for n in 0..ALIASES {
            let alias = self.marks.alias(mark, n);
            if let Some(room) = self.create(request.clone(), &alias, mark, with).await? {
                return Ok((room, true));
            }
            let full = RoomAliasId::parse(format!("#{alias}:{}", self.me.server_name()))
                .map_err(|_| refused("The homeserver's name makes no alias."))?;
            if let Some(room) = self.resolved((&*full).into()).await?
                && self.is_made(&room, mark).await?
            {
                match with {
                    Some(with) if !self.is_for(&room, with).await? => {}
                    Some(_) | None => return Ok((room, false)),
                }
            }
            warn!(alias = %full, "this alias leads to another room than the one that Herald makes; it takes another");
        }
        Err(later("all aliases that the room could have are taken"))
    }

    /// Asks the homeserver for a room. `None` when the alias is taken.
    pub(crate) async fn create(
        &self,
        request: Request,
        alias: &str,
        mark: &str,
        with: Option<&UserId>,
    ) -> Result<Option<OwnedRoomId>, SendError> {
        let mut content = json!({ MARK: mark });
        if let Some(with) = with {
            content[WITH] = json!(with);
        }
        let request = assign!(request, {
            creation_content: Raw::from_json_string(content.to_string()).ok(),
            room_alias_name: Some(alias.to_owned()),
            room_version: self.settings.room_version.clone(),
            visibility: Visibility::Private,
        });
        match self.client.create_room(request).await {
            Ok(room) => Ok(Some(room.room_id().to_owned())),
            // Synapse says 409, with no code of its own, to whoever is overtaken while it makes the room.
            Err(error) if Denial::of(&error).is_some_and(|it| it.code == "M_ROOM_IN_USE" || it.status == 409) => {
                Ok(None)
            }
            Err(error) => Err(meaning(&error)),
        }
    }
}
