//! Rooms that Herald makes, and who is let into them.

use herald_chat::{Posting, RoomRef, RoomSpec, SendError, SendKey};
use matrix_sdk::ruma::api::client::room::create_room::v3::{Request, RoomPreset};
use matrix_sdk::ruma::assign;
use matrix_sdk::ruma::events::room::encryption::RoomEncryptionEventContent;
use matrix_sdk::ruma::events::room::history_visibility::{HistoryVisibility, RoomHistoryVisibilityEventContent};
use matrix_sdk::ruma::events::{AnyInitialStateEvent, InitialStateEvent, StateEventType};
use matrix_sdk::ruma::serde::Raw;
use matrix_sdk::ruma::{OwnedRoomId, RoomAliasId, RoomId, RoomOrAliasId, UserId};
use matrix_sdk::{Room, RoomState};
use matrix_sdk_base::RoomInfoNotableUpdateReasons;
use serde_json::{Value, json};
use tracing::{info, warn};

use crate::Inner;
use crate::failure::{Denial, http, later, meaning, refused};
use crate::line::STILL_ALLOWED;
use crate::names::{room_id, room_ref, user_id};

/// The state that marks a room as closed for good.
pub(crate) const ARCHIVED: &str = "im.herald.archived";

/// What a room is for that is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoomKind {
    /// For the people who respond: private, encrypted, by invitation.
    Private,
    /// For everybody to read, and for Herald alone to write.
    Announcements,
    /// For everybody who could help: private and encrypted too, with all that was said before.
    Internal,
}

/// Somebody who is in a room, or invited to it.
pub(crate) struct Member {
    /// Whether they are in it.
    pub(crate) joined: bool,
    /// Whose act that is: their own, or of whoever invites.
    pub(crate) by: String,
}

impl Inner {
    /// The room behind a reference, once the SDK knows it well enough to write there.
    pub(crate) fn room(&self, at: &RoomRef) -> Result<Room, SendError> {
        let id = room_id(at)?;
        match self.client.get_room(&id) {
            Some(room) if room.state() == RoomState::Joined => Ok(room),
            Some(_) | None if !self.is_ready() => Err(later("Herald has not heard from the homeserver yet")),
            Some(_) | None => Err(refused(format!(
                "Herald is not in {id}. Invite {} there, or take the room out of the configuration.",
                self.me
            ))),
        }
    }

    pub(crate) async fn open(&self, spec: &RoomSpec, key: &SendKey) -> Result<RoomRef, SendError> {
        let invite = spec.members.iter().map(user_id).collect::<Result<Vec<_>, _>>()?;
        let mark = self.marks.opened(key);
        let before = self.made(&mark).await?.into_iter().next();
        let (room, new) = if let Some(room) = before {
            (room, false)
        } else {
            let mut state = vec![encrypted(), history(HistoryVisibility::Invited)];
            state.extend(self.parent().await);
            let request = assign!(Request::new(), {
                name: Some(spec.name.clone()),
                topic: Some(spec.topic.clone()).filter(|topic| !topic.is_empty()),
                preset: Some(RoomPreset::PrivateChat),
                initial_state: state,
                power_level_content_override: levels(spec.posting),
                invite: invite.clone(),
            });
            self.make(&request, &mark, None).await?
        };
        if !new {
            for user in invite {
                self.let_in(&room, &user).await?;
            }
        }
        self.adopt(&room).await;
        Ok(room_ref(&room))
    }

    /// Invites somebody, unless they are there or invited already.
    pub(crate) async fn let_in(&self, room: &RoomId, user: &UserId) -> Result<(), SendError> {
        use matrix_sdk::ruma::api::client::membership::invite_user::v3::{InvitationRecipient, InviteUserId, Request};
        let recipient = InvitationRecipient::UserId(InviteUserId::new(user.to_owned()));
        match self.client.send(Request::new(room.to_owned(), recipient)).await {
            Ok(_) => {
                self.look_around(room).await;
                Ok(())
            }
            Err(error) if Denial::of_http(&error).is_some_and(|denial| denial.status == 403) => {
                if self.is_in(room, user).await? { Ok(()) } else { Err(http(&error)) }
            }
            Err(error) => Err(http(&error)),
        }
    }

    /// Takes somebody out of a room who is in it or invited to it.
    pub(crate) async fn let_out(&self, room: &RoomId, user: &UserId) -> Result<(), SendError> {
        use matrix_sdk::ruma::api::client::membership::kick_user::v3::Request;
        match self.client.send(Request::new(room.to_owned(), user.to_owned())).await {
            Ok(_) => {
                self.look_around(room).await;
                Ok(())
            }
            // Nobody is taken out who is not there.
            Err(error) if Denial::of_http(&error).is_some_and(|denial| denial.status == 403) => {
                if self.is_in(room, user).await? { Err(http(&error)) } else { Ok(()) }
            }
            Err(error) => Err(http(&error)),
        }
    }

    /// Has the SDK ask who is in a room: what is said next is encrypted for those whom it knows to be there, and the syncs do
    /// not tell whom Herald itself has let in or out.
    async fn look_around(&self, room: &RoomId) {
        let Some(room) = self.client.get_room(room) else { return };
        room.mark_members_missing();
        // Where that fails, the next message asks again.
        if let Err(error) = room.sync_members().await {
            info!(room = %room.room_id(), why = %meaning(&error), "who is in the room is asked later");
        }
    }

    /// Whether somebody is in a room, or invited to it, as the homeserver has it.
    pub(crate) async fn is_in(&self, room: &RoomId, user: &UserId) -> Result<bool, SendError> {
        Ok(self.member(room, user).await?.is_some())
    }

    /// The same, and how they came there.
    pub(crate) async fn member(&self, room: &RoomId, user: &UserId) -> Result<Option<Member>, SendError> {
        use matrix_sdk::ruma::api::client::state::get_state_event_for_key::v3::{Request, StateEventFormat};
        let mut request = Request::new(room.to_owned(), StateEventType::RoomMember, user.to_string());
        request.format = StateEventFormat::Event;
        match self.client.send(request).await {
            Ok(response) => {
                let event: Value = serde_json::from_str(response.event_or_content.get()).unwrap_or_default();
                let by = event["sender"].as_str().unwrap_or_default().to_owned();
                Ok(match event["content"]["membership"].as_str() {
                    Some("join") => Some(Member { joined: true, by }),
                    Some("invite") => Some(Member { joined: false, by }),
                    Some(_) | None => None,
                })
            }
            Err(error) if Denial::of_http(&error).is_some_and(|denial| denial.status == 404) => Ok(None),
            Err(error) => Err(http(&error)),
        }
    }

    pub(crate) async fn close(&self, room: &Room) -> Result<(), SendError> {
        self.note_archived(room.room_id());
        let sent = room.send_state_event_raw(ARCHIVED, "", json!({ "archived": true })).await;
        sent.map_err(|error| meaning(&error))?;
        self.hold_line(room, Posting::HeraldOnly).await?;
        if let Some(space) = self.space().await {
            let gone = space.send_state_event_raw("m.space.child", room.room_id().as_str(), json!({})).await;
            gone.map_err(|error| meaning(&error))?;
        }
        Ok(())
    }

    /// Puts a room that Herald made into the space, if there is one.
    async fn adopt(&self, room: &RoomId) {
        let Some(space) = self.space().await else { return };
        let via = json!({ "via": [self.me.server_name()], "suggested": false });
        if let Err(error) = space.send_state_event_raw("m.space.child", room.as_str(), via).await {
            let why = meaning(&error);
            warn!(%room, %why, "the room could not be put into the space: give Herald the power level 50 there");
        }
    }

    async fn space(&self) -> Option<Room> {
        let named = self.settings.space.as_ref()?;
        let Ok(Some(id)) = self.resolved(named).await else {
            warn!(space = %named, "the space cannot be found: check `space` in [matrix]");
            return None;
        };
        let Some(space) = self.client.get_room(&id).filter(|room| room.state() == RoomState::Joined) else {
            warn!(space = %named, "Herald is not in the space: invite it there");
            return None;
        };
        if !space.is_space() {
            warn!(space = %named, "this is a room and no space: check `space` in [matrix]");
            return None;
        }
        Some(space)
    }

    async fn parent(&self) -> Option<Raw<AnyInitialStateEvent>> {
        let space = self.space().await?;
        let event = json!({
            "type": "m.space.parent",
            "state_key": space.room_id(),
            "content": { "via": [self.me.server_name()], "canonical": true },
        });
        Raw::from_json_string(event.to_string()).ok()
    }

    /// Makes sure that Herald is in a room.
    pub(crate) async fn enter(&self, id: &RoomId) -> Result<(), SendError> {
        // What the syncs have told may be old: somebody may have taken Herald out while it was down.
        if self.client.get_room(id).is_some_and(|room| room.state() == RoomState::Joined)
            && !matches!(self.is_in(id, &self.me).await, Ok(false) | Err(SendError::Refused { .. }))
        {
            return Ok(());
        }
        match self.client.join_room_by_id(id).await {
            Ok(_) => Ok(()),
            Err(error) => Err(match meaning(&error) {
                SendError::Refused { .. } => {
                    refused(format!("Herald cannot join {id}. Invite {} there, then start Herald again.", self.me))
                }
                other => other,
            }),
        }
    }

    /// Leaves this one room for good. The SDK's own way leaves the rooms too that this one names as its predecessors, and that is
    /// the word of whoever made it.
    pub(crate) async fn depart(&self, room: &Room) -> Result<(), SendError> {
        use matrix_sdk::ruma::api::client::membership::leave_room::v3::Request;
        match self.client.send(Request::new(room.room_id().to_owned())).await {
            Ok(_) => {}
            // Nobody leaves a room who is not there.
            Err(error) if Denial::of_http(&error).is_some_and(|denial| matches!(denial.status, 403 | 404)) => {}
            Err(error) => return Err(http(&error)),
        }
        // The syncs leave out what Herald itself has done.
        let left = room.update_and_save_room_info(|mut info| {
            info.mark_as_left();
            (info, RoomInfoNotableUpdateReasons::MEMBERSHIP)
        });
        left.await.map_err(|error| later(error.to_string()))?;
        room.forget().await.map_err(|error| meaning(&error))
    }

    /// The id of a room that is named by id or by alias; `None` when no room has that alias.
    pub(crate) async fn resolved(&self, named: &RoomOrAliasId) -> Result<Option<OwnedRoomId>, SendError> {
        let Ok(alias) = <&RoomAliasId>::try_from(named) else { return Ok(RoomId::parse(named.as_str()).ok()) };
        match self.client.resolve_room_alias(alias).await {
            Ok(found) => Ok(Some(found.room_id)),
            Err(error) if Denial::of_http(&error).is_some_and(|denial| denial.status == 404) => Ok(None),
            Err(error) => Err(http(&error)),
        }
    }

    /// Makes the room that an alias of the configuration names.
    pub(crate) async fn found(&self, alias: &RoomAliasId, kind: RoomKind) -> Result<OwnedRoomId, SendError> {
        if alias.server_name() != self.me.server_name() {
            let own = self.me.server_name();
            return Err(refused(format!("{alias} cannot be made: an alias that Herald makes ends with `:{own}`.")));
        }
        let open = kind == RoomKind::Announcements;
        let mut state = vec![history(match kind {
            RoomKind::Private => HistoryVisibility::Invited,
            RoomKind::Announcements | RoomKind::Internal => HistoryVisibility::Shared,
        })];
        state.extend((!open).then(encrypted));
        state.extend(self.parent().await);
        let request = assign!(Request::new(), {
            name: Some(alias.alias().replace('-', " ")),
            preset: Some(if open { RoomPreset::PublicChat } else { RoomPreset::PrivateChat }),
            initial_state: state,
            power_level_content_override: levels(if open { Posting::HeraldOnly } else { Posting::Members }),
            invite: if open { Vec::new() } else { self.settings.responders.clone() },
        });
        let mark = self.marks.named(alias);
        let room = match self.create(request, alias.alias(), &mark, None).await? {
            Some(room) => room,
            // The answer to an earlier try was lost, or somebody else was quicker.
            None => match self.resolved(alias.into()).await? {
                Some(room) if self.is_made(&room, &mark).await? => room,
                Some(room) => {
                    self.note_taken(alias, &room).await;
                    return Err(taken(alias, &room));
                }
                None => return Err(later(format!("{alias} was taken and is free again"))),
            },
        };
        self.adopt(&room).await;
        Ok(room)
    }
}

/// What people call a room.
pub(crate) fn shown(room: &Room) -> String {
    match room.canonical_alias() {
        Some(alias) => alias.to_string(),
        None => room.name().filter(|name| !name.is_empty()).unwrap_or_else(|| room.room_id().to_string()),
    }
}

/// An alias of a room that neither Herald nor an admin has made, where Herald would have made one for it.
pub(crate) fn foreign(alias: &str, room: &str, by: &str) -> String {
    format!(
        "{by} has made the room that {alias} leads to, {room}, and is no admin of Herald's, so Herald does not use it. If it is \
         the room you mean, write {room} in place of the alias; if not, have the alias removed, or write another."
    )
}

/// An alias that somebody else has given to a room while Herald was about to make one for it.
pub(crate) fn taken(alias: &RoomAliasId, room: &RoomId) -> SendError {
    refused(format!(
        "Somebody gave {alias} to {room} while Herald was making the room for it, so Herald uses neither. If that is the \
         room you mean, write {room} into the configuration; if not, have the alias removed, or write another."
    ))
}

pub(crate) fn encrypted() -> Raw<AnyInitialStateEvent> {
    InitialStateEvent::with_empty_state_key(RoomEncryptionEventContent::with_recommended_defaults()).to_raw_any()
}

pub(crate) fn history(visibility: HistoryVisibility) -> Raw<AnyInitialStateEvent> {
    InitialStateEvent::with_empty_state_key(RoomHistoryVisibilityEventContent::new(visibility)).to_raw_any()
}

/// Power levels of a new room. Its creator, Herald, has more than any of them.
pub(crate) fn levels<T>(posting: Posting) -> Option<Raw<T>> {
    let everybody = match posting {
        Posting::Members => 0,
        Posting::HeraldOnly => 100,
    };
    // Where others may not write, they do not write in what stands above the messages either.
    let state = everybody.max(50);
    // Servers take this map in place of their own.
    let mut events = json!({
        "m.room.name": state,
        "m.room.avatar": state,
        "m.room.canonical_alias": state,
        "m.room.power_levels": 100,
        "m.room.history_visibility": 100,
        "m.room.encryption": 100,
        "m.room.server_acl": 100,
        "m.room.tombstone": 100,
    });
    for kind in STILL_ALLOWED {
        events[kind] = json!(0);
    }
    let levels = json!({ "events_default": everybody, "state_default": state, "invite": 50, "events": events });
    Raw::from_json_string(levels.to_string()).ok()
}
