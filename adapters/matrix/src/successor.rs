//! Rooms that were given up for others, by a tombstone: who says so, whether the other one says it too, and whether Herald can
//! go on there. A tombstone alone is no proof: in a room whose levels are loose, more than its admins can send one.

mod mind;

use std::sync::Arc;

use futures::FutureExt;
use herald_chat::{Arrival, Inbound, Origin, SendError, Succession, What};
use matrix_sdk::Room;
use matrix_sdk::RoomState;
use matrix_sdk::ruma::api::client::state::get_state_event_for_key::v3::{Request, StateEventFormat};
use matrix_sdk::ruma::events::StateEventType;
use matrix_sdk::ruma::events::room::power_levels::{RoomPowerLevels, UserPowerLevel};
use matrix_sdk::ruma::{OwnedRoomId, OwnedUserId, RoomId, UserId};
use serde_json::Value;
use tracing::{info, warn};

use crate::failure::{Denial, http, later, refused};
use crate::line::{lacking, needed};
use crate::names::{person, room_ref};
use crate::{Inner, RoomKind, history};

pub(crate) use mind::Replaced;

/// The state by which a room is given up.
pub(crate) const TOMBSTONE: &str = "m.room.tombstone";
/// The level that clients call admin.
const ADMIN: i64 = 100;
/// What Herald needs in a room where people work.
const MODERATOR: i64 = 50;

/// That a room was given up, as the homeserver has it.
struct Tombstone {
    by: OwnedUserId,
    /// The room that is named.
    successor: Option<OwnedRoomId>,
}

/// Why a room does not follow another now.
struct Doubt {
    why: String,
    can_heal: bool,
}

impl Inner {
    /// Notes, before anything is posted, whether a room that serves something was given up.
    pub(crate) async fn look_for_tombstone(&self, id: &RoomId) -> Result<(), SendError> {
        match self.tombstone(id).await? {
            Some(it) => self.note_replaced(id, it.successor),
            None => drop(self.forget_replaced(id)),
        }
        Ok(())
    }

    /// The same for one of which the syncs have told that.
    pub(crate) async fn note_given_up_in(&self, id: &RoomId) {
        if self.matters(id).await {
            self.note_replaced(id, None);
        }
    }

    /// The same for all that the store knows for such.
    pub(crate) async fn note_given_up(&self) {
        for room in self.client.joined_rooms() {
            if room.is_tombstoned() {
                self.note_given_up_in(room.room_id()).await;
            }
        }
    }

    /// Looks at all rooms that were given up and matter still.
    pub(crate) async fn consider_successors(self: Arc<Self>) {
        for old in self.replaced_rooms() {
            self.clone().consider_successor(old).await;
        }
    }

    /// Looks whether a room was given up for another, and tells what comes of that once that is news.
    pub(crate) async fn consider_successor(self: Arc<Self>, old: OwnedRoomId) {
        let _one_at_a_time = self.inviting.lock().await;
        if self.is_closed() || !self.matters(&old).await {
            return;
        }
        let tombstone = match self.tombstone(&old).await {
            Ok(Some(tombstone)) => tombstone,
            Ok(None) => {
                if self.forget_replaced(&old) {
                    self.tell_succession(&old, None, &Succession::Undone);
                }
                return;
            }
            Err(why) => return info!(room = %old, %why, "what became of a room that was given up is asked again"),
        };
        self.note_replaced(&old, tombstone.successor.clone());
        // Herald has gone on there in an earlier run.
        if !self.is_named(&old) && tombstone.successor.as_ref().is_some_and(|new| self.is_named(new)) {
            return;
        }
        let succession = match self.verified(&old, &tombstone).await {
            Ok(Ok(follows)) => follows,
            Ok(Err(Doubt { why, can_heal })) => {
                Succession::Doubtful { room: tombstone.successor.as_ref().map(|it| room_ref(it)), why, can_heal }
            }
            Err(why) => return info!(room = %old, %why, "what became of a room that was given up is asked again"),
        };
        let is_soon = matches!(succession, Succession::Doubtful { can_heal: true, .. });
        if is_soon && !std::mem::replace(&mut self.notes().replaced.entry(old.clone()).or_default().had_time, true) {
            // Clients make the new room, then invite people to it.
            let this = self.clone();
            tokio::spawn(async move {
                this.wait(this.clock.pause(crate::line::AGAIN)).await;
                this.consider_again(old);
            });
            return;
        }
        self.tell_succession(&old, Some(&tombstone.by), &succession);
    }

    /// Looks again, beside whatever else is done.
    pub(crate) fn consider_again(self: Arc<Self>, old: OwnedRoomId) {
        tokio::spawn(self.consider_successor(old).boxed());
    }

    /// Whether it makes a difference that a room was given up: it serves something, or is an incident's own.
    async fn matters(&self, id: &RoomId) -> bool {
        if self.is_named(id) || self.succeeds(id) {
            return true;
        }
        let is_own =
            matches!(self.own_beginning(id).await, Ok(Some(_))) && !matches!(self.made_with(id).await, Ok(Some(_)));
        let Some(room) = self.client.get_room(id).filter(|_| is_own) else { return false };
        !self.is_archived(&room).await
    }

    fn tell_succession(self: &Arc<Self>, old: &RoomId, by: Option<&UserId>, succession: &Succession) {
        if !self.note_succession(old, succession) {
            return;
        }
        match succession {
            Succession::Follows { room, .. } => {
                info!(%old, new = %room, "a room was given up for another: Herald goes on there");
            }
            Succession::Doubtful { room, why, .. } if !self.is_named(old) => {
                info!(%old, new = ?room, why, "a room that Herald has made was given up for another");
            }
            Succession::Doubtful { room, why, .. } => {
                warn!(%old, new = ?room, why, "a room was given up for another, and Herald does not go on there by itself");
            }
            Succession::Undone => info!(%old, "a room that was given up goes on"),
        }
        self.arrive(Arrival::Event(Inbound {
            room: room_ref(old),
            id: format!("replaced {}", self.clock.now()),
            cursor: None,
            by: person(by.unwrap_or(&self.me), None),
            origin: if by.is_some() { Origin::Human } else { Origin::Unknown },
            direct: false,
            at: self.clock.now(),
            what: What::Replaced { succession: succession.clone() },
        }));
        // What was said there before is read now. Where the room is mapped, that is done when it is so.
        if matches!(succession, Succession::Follows { .. }) && !self.is_named(old) {
            self.arrive(Arrival::Gap);
        }
    }

    /// From the server: what the syncs have told may not be all.
    async fn tombstone(&self, id: &RoomId) -> Result<Option<Tombstone>, SendError> {
        let mut request = Request::new(id.to_owned(), StateEventType::from(TOMBSTONE), String::new());
        request.format = StateEventFormat::Event;
        let event: Value = match self.client.send(request).await {
            Ok(answer) => serde_json::from_str(answer.event_or_content.get()).unwrap_or_default(),
            Err(error) if Denial::of_http(&error).is_some_and(|it| matches!(it.status, 403 | 404)) => return Ok(None),
            Err(error) => return Err(http(&error)),
        };
        let Some(by) = event["sender"].as_str().and_then(|by| UserId::parse(by).ok()) else { return Ok(None) };
        let named = event["content"]["replacement_room"].as_str();
        // What Herald has put back, or somebody took back, says nothing.
        if event["content"].as_object().is_none_or(serde_json::Map::is_empty) {
            return Ok(None);
        }
        Ok(Some(Tombstone { by, successor: named.and_then(|it| RoomId::parse(it).ok()) }))
    }

    async fn verified(&self, old: &RoomId, tombstone: &Tombstone) -> Result<Result<Succession, Doubt>, SendError> {
        let stop = |why: String| Ok(Err(Doubt { why, can_heal: false }));
        let heal = |why: String| Ok(Err(Doubt { why, can_heal: true }));
        let by = &tombstone.by;
        let Some(room) = self.client.get_room(old) else { return Err(later("the room is not known yet")) };
        let levels = self.levels_now(&room).await?;
        if !self.may_give_up(by, &levels) {
            return stop(format!("{by} gave the room up and is no admin of it"));
        }
        let Some(new) = &tombstone.successor else {
            return stop(format!("{by} gave the room up and named no room in its place"));
        };
        let was_in = self.client.get_room(new).is_some_and(|room| room.state() == RoomState::Joined);
        if let Err(why) = self.go_in(new, by).await {
            return match why {
                SendError::Refused { reason } => heal(reason),
                other => Err(other),
            };
        }
        let beginning = self.beginning(new).await?;
        let names = beginning.predecessor.as_deref() == Some(old);
        if !names || (beginning.by != *by && !self.settings.is_known_maker(&beginning.by)) {
            if !was_in && let Some(room) = self.client.get_room(new) {
                self.depart(&room).await?;
            }
            return stop(if names {
                format!("{} has made that room, and not {by}, who gave up the one before", beginning.by)
            } else {
                format!("{new} does not say that it takes the place of {old}")
            });
        }
        if let Some(opened) = self.is_more_open(old, new).await? {
            return heal(opened);
        }
        let Some(there) = self.client.get_room(new) else { return Err(later("the new room is not known yet")) };
        let now = self.levels_now(&there).await?;
        if let Err(why) = self.has_enough(old, new, (&levels, &now)) {
            return heal(why);
        }
        let Some((id, at)) = &beginning.event else { return Err(later("how the new room began is not known yet")) };
        Ok(Ok(Succession::Follows { room: room_ref(new), since: history::cursor(id, *at) }))
    }

    /// Whether somebody may say that a room is another from now on: an admin of Herald's, or of the room. Whoever has the
    /// highest level there could do as they like with it before.
    fn may_give_up(&self, by: &UserId, levels: &RoomPowerLevels) -> bool {
        let own = match levels.for_user(&self.me) {
            UserPowerLevel::Int(own) => own.into(),
            _ => ADMIN,
        };
        let tombstone = i64::from(levels.for_state(StateEventType::RoomTombstone));
        let has_power = match levels.for_user(by) {
            UserPowerLevel::Int(level) => i64::from(level) >= ADMIN.max(own).max(tombstone),
            // Whoever made the room.
            _ => true,
        };
        has_power || self.settings.is_known_maker(by)
    }

    /// Makes sure that Herald is in the new room: it may have to be invited there, by an admin or by whoever gave up the old one.
    async fn go_in(&self, new: &RoomId, by: &UserId) -> Result<(), SendError> {
        if self.client.get_room(new).is_some_and(|room| room.state() == RoomState::Joined)
            && matches!(self.is_in(new, &self.me).await, Ok(true))
        {
            return Ok(());
        }
        let via = [by.server_name().to_owned()];
        match self.client.join_room_by_id_or_alias(new.into(), &via).await {
            Ok(_) => Ok(()),
            Err(error) => Err(match crate::failure::meaning(&error) {
                SendError::Refused { .. } => refused(format!("Herald cannot join it. Invite {} to {new}", self.me)),
                other => other,
            }),
        }
    }

    /// What of the new room others can read or enter who could not in the old one.
    async fn is_more_open(&self, old: &RoomId, new: &RoomId) -> Result<Option<String>, SendError> {
        let field = async |room: &RoomId, kind: &str, field: &str| {
            let state = self.state_of(room, kind).await?;
            Ok::<_, SendError>(state.and_then(|it| Some(it.get(field)?.as_str()?.to_owned())))
        };
        let history = ("m.room.history_visibility", "history_visibility");
        let is = async |room: &RoomId, (kind, name): (&str, &str), value: &str| {
            Ok::<_, SendError>(field(room, kind, name).await?.as_deref() == Some(value))
        };
        let join = async |room: &RoomId| field(room, "m.room.join_rules", "join_rule").await;
        let (before, after) = (join(old).await?, join(new).await?);
        // Any rule but an invitation lets in people whom nobody here has let in: the members of another room, say.
        if after.as_deref() != Some("invite") && after != before && before.as_deref() != Some("public") {
            return Ok(Some(format!(
                "{new} can be joined without an invitation, and the room of before could not. Let people in by invitation"
            )));
        }
        if is(new, history, "world_readable").await? && !is(old, history, "world_readable").await? {
            return Ok(Some(format!("everybody may read {new} without being in it. Let its members alone read it")));
        }
        let encryption = ("m.room.encryption", "algorithm");
        if field(old, encryption.0, encryption.1).await?.is_some()
            && field(new, encryption.0, encryption.1).await?.is_none()
        {
            return Ok(Some(format!("{new} is not encrypted, and the room of before was. Turn encryption on there")));
        }
        Ok(None)
    }

    /// Whether Herald has in the new room the power that it needs for what the old one is for.
    fn has_enough(
        &self,
        old: &RoomId,
        new: &RoomId,
        (was, now): (&RoomPowerLevels, &RoomPowerLevels),
    ) -> Result<(), String> {
        let level = |levels: &RoomPowerLevels| match levels.for_user(&self.me) {
            UserPowerLevel::Int(level) => i64::from(level),
            // Nobody is above whoever made it.
            _ => i64::MAX,
        };
        let (before, own) = (level(was), level(now));
        let wanted = match self.kind_of(old) {
            Some(RoomKind::Announcements) if own < needed(now, &self.me) => {
                return Err(lacking(new.as_str(), now, &self.me).trim_end_matches('.').to_owned());
            }
            Some(RoomKind::Announcements) => return Ok(()),
            Some(RoomKind::Private | RoomKind::Internal) => MODERATOR.min(before).max(now.events_default.into()),
            // One that Herald made and has to close.
            None => needed(now, &self.me),
        };
        if own >= wanted {
            return Ok(());
        }
        Err(format!(
            "Herald's power level in {new} is {own} and has to be {wanted}. Give {} the power level {wanted} there",
            self.me
        ))
    }

    /// Whether Herald's posts would be read by nobody there, since the room was given up.
    pub(crate) fn lives(&self, room: &Room) -> Result<(), SendError> {
        if !self.is_replaced(room.room_id()) {
            return Ok(());
        }
        let after = Some(self.clock.pause(crate::line::AGAIN));
        Err(SendError::Retry { after, reason: "the room was given up for another".to_owned() })
    }
}
