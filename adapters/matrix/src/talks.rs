//! Talks between one person and Herald: which rooms are one, which of them Herald trusts with a secret, and which it leaves.

use std::collections::BTreeSet;
use std::sync::Arc;

use herald_chat::{Post, Posting, RoomRef, SendError, SendKey, Text, Tone};
use matrix_sdk::deserialized_responses::TimelineEvent;
use matrix_sdk::ruma::api::client::room::create_room::v3::{Request, RoomPreset};
use matrix_sdk::ruma::events::room::history_visibility::HistoryVisibility;
use matrix_sdk::ruma::{OwnedUserId, RoomId, UserId, assign};
use matrix_sdk::{Room, RoomState};
use serde_json::Value;
use tracing::{info, warn};

use crate::Inner;
use crate::failure::http;
use crate::names::room_ref;
use crate::rooms::{encrypted, history, levels};

/// The kinds of state that decide whether a room is between two.
const DECIDING: [&str; 4] = ["m.room.member", "m.room.join_rules", "m.room.history_visibility", "m.room.tombstone"];

/// Who is in a room, and who could be, as the homeserver has it. What the syncs have told is not enough: they leave out what
/// Herald itself has done.
struct Seen {
    /// Who is there or invited, besides Herald.
    others: BTreeSet<OwnedUserId>,
    /// Whether nobody comes in unasked or reads it from outside, and it goes on.
    closed: bool,
}

impl Seen {
    /// Whether nobody but this person is there, who may be missing.
    fn is_for(&self, with: &UserId) -> bool {
        self.closed && self.others.iter().all(|other| other == with)
    }

    /// Whether this person is there, and nobody else.
    fn is_between(&self, with: &UserId) -> bool {
        self.is_for(with) && self.others.contains(with)
    }
}

/// A room that was made for two.
struct Talk {
    with: OwnedUserId,
    /// Made by Herald, which alone decides who comes in.
    ours: bool,
}

impl Inner {
    /// The room with one person alone. Herald has made it: whatever somebody else has made, they may have opened to others,
    /// and will be able to.
    pub(crate) async fn direct_room(&self, user: &UserId) -> Result<RoomRef, SendError> {
        for room in self.client.joined_rooms() {
            if self.made_with(room.room_id()).await?.is_some_and(|with| with == user)
                && self.is_between(&room, user).await?
            {
                return Ok(room_ref(room.room_id()));
            }
        }
        let mark = self.marks.talk(user);
        for room in self.made(&mark).await? {
            if self.is_for(&room, user).await? {
                return self.brought_in(&room, user).await;
            }
        }
        let request = assign!(Request::new(), {
            preset: Some(RoomPreset::PrivateChat),
            is_direct: true,
            invite: vec![user.to_owned()],
            initial_state: vec![encrypted(), history(HistoryVisibility::Invited)],
            power_level_content_override: levels(Posting::Members),
        });
        let (room, new) = self.make(&request, &mark, Some(user)).await?;
        if new { Ok(room_ref(&room)) } else { self.brought_in(&room, user).await }
    }

    /// The room, once that person is there or invited.
    async fn brought_in(&self, room: &RoomId, user: &UserId) -> Result<RoomRef, SendError> {
        if !self.is_in(room, user).await? {
            self.let_in(room, user).await?;
        }
        Ok(room_ref(room))
    }

    /// Whether a room is a talk between this person and Herald alone, at this moment, that one of the two has made.
    ///
    /// # Errors
    /// When the homeserver has to be asked for that and does not answer.
    pub(crate) async fn is_direct(&self, room: &Room, with: &UserId) -> Result<bool, SendError> {
        match self.talk(room).await? {
            Some(talk) if talk.with == with || with == self.me => self.is_between(room, &talk.with).await,
            Some(_) | None => Ok(false),
        }
    }

    /// Whom a room was made for, besides Herald.
    async fn talk(&self, room: &Room) -> Result<Option<Talk>, SendError> {
        if self.is_named(room.room_id()) || room.is_space() {
            return Ok(None);
        }
        let by = match self.beginning(room.room_id()).await {
            Ok(beginning) => beginning.by,
            Err(SendError::Refused { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        if let Some(with) = self.made_with(room.room_id()).await? {
            return Ok(Some(Talk { with, ours: true }));
        }
        let targets = room.direct_targets();
        if by != self.me {
            let meant = self.noted_direct(room.room_id()).is_some_and(|it| it == by)
                || targets.iter().any(|target| target.as_str() == by.as_str());
            return Ok(meant.then_some(Talk { with: by, ours: false }));
        }
        // A talk that an older Herald began: who is in it can still write there. What is sent goes into a new one.
        let mut targets = targets.iter().filter_map(|target| UserId::parse(target.as_str()).ok());
        Ok(targets.next().filter(|_| targets.next().is_none()).map(|with| Talk { with, ours: false }))
    }

    /// Whether this person and Herald are alone in a room, and nobody else comes into it unasked or reads it from outside. The
    /// homeserver is asked once, and again after something has happened there.
    async fn is_between(&self, room: &Room, with: &UserId) -> Result<bool, SendError> {
        let id = room.room_id();
        if room.state() != RoomState::Joined || self.is_named(id) {
            return Ok(false);
        }
        if self.is_known_between(id, with) {
            return Ok(true);
        }
        let changes = self.changes();
        let between = self.look(id).await?.is_some_and(|seen| seen.is_between(with));
        if between {
            self.note_between(id, with, changes);
        }
        Ok(between)
    }

    /// Whether nobody but this person is in a room besides Herald, where they may be missing.
    pub(crate) async fn is_for(&self, room: &RoomId, with: &UserId) -> Result<bool, SendError> {
        Ok(self.look(room).await?.is_some_and(|seen| seen.is_for(with)))
    }

    /// `None` where Herald may not look: it has been taken out.
    async fn look(&self, room: &RoomId) -> Result<Option<Seen>, SendError> {
        match self.seen(room).await {
            Ok(seen) => Ok(Some(seen)),
            Err(SendError::Refused { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn seen(&self, room: &RoomId) -> Result<Seen, SendError> {
        let others = self.others(room).await?;
        let rule = self.state_of(room, "m.room.join_rules").await?.unwrap_or_default();
        let history = self.state_of(room, "m.room.history_visibility").await?.unwrap_or_default();
        let closed = rule.get("join_rule").and_then(Value::as_str) == Some("invite")
            && history.get("history_visibility").and_then(Value::as_str) != Some("world_readable")
            && self.state_of(room, "m.room.tombstone").await?.is_none();
        Ok(Seen { others, closed })
    }

    /// Who is in a room or invited there, besides Herald, as the homeserver has it.
    async fn others(&self, room: &RoomId) -> Result<BTreeSet<OwnedUserId>, SendError> {
        use matrix_sdk::ruma::api::client::membership::get_member_events::v3::Request;
        use matrix_sdk::ruma::events::room::member::MembershipState;
        let request = assign!(Request::new(room.to_owned()), { not_membership: Some(MembershipState::Leave) });
        let answer = self.client.send(request).await.map_err(|error| http(&error))?;
        let there = answer.chunk.iter().filter(|event| {
            let content: Option<Value> = event.get_field("content").ok().flatten();
            content.is_some_and(|content| matches!(content["membership"].as_str(), Some("join" | "invite")))
        });
        let users = there.filter_map(|event| event.get_field::<OwnedUserId>("state_key").ok().flatten());
        Ok(users.filter(|user| *user != self.me).collect())
    }

    /// Leaves a room that was a talk and is none any more. Not one that an admin made, or that serves something.
    pub(crate) async fn reconsider(self: Arc<Self>, room: Room) {
        let Ok(Some(Talk { with, ours })) = self.talk(&room).await else { return };
        let is_admins = !ours && self.settings.admins.contains(&with);
        let id = room.room_id();
        if is_admins || room.state() != RoomState::Joined || self.is_known_between(id, &with) {
            return;
        }
        let changes = self.changes();
        let seen = match self.look(id).await {
            Ok(Some(seen)) => seen,
            Ok(None) => return,
            Err(why) => return info!(room = %id, %why, "cannot tell whether this is still a talk of two"),
        };
        if seen.is_between(&with) {
            return self.note_between(id, &with, changes);
        }
        // Where nobody is, nobody reads: while it is made, it is not closed yet and that person not invited.
        if ours && (seen.is_for(&with) || seen.others.is_empty()) {
            return;
        }
        let others = &seen.others;
        warn!(room = %id, %with, others = others.len(), "left a talk that is not between two any more");
        if let Err(why) = self.depart(&room).await {
            return warn!(room = %id, %why, "such a talk could not be left");
        }
        self.forget_direct(id);
        if others.contains(&with)
            && let Err(why) = self.say_left(id, &with).await
        {
            warn!(room = %id, %with, %why, "could not tell why");
        }
    }

    async fn say_left(&self, room: &RoomId, with: &UserId) -> Result<(), SendError> {
        let text = Text::says(
            "I have left the conversation that you and I had elsewhere: others can come into it or read it now, so \
             nothing that is for you alone is safe there. Write to me here.",
        );
        let key = SendKey::derive("left", room.as_str(), 0);
        self.say(&self.direct_room(with).await?, &Post::new(Tone::Notice, text), &key).await.map(drop)
    }

    /// At a start: what has become of talks meanwhile.
    pub(crate) async fn reconsider_all(self: Arc<Self>) {
        for room in self.client.joined_rooms() {
            self.clone().reconsider(room).await;
        }
    }

    /// Whether an event may change that a room is between two.
    pub(crate) fn moves_people(event: &TimelineEvent) -> bool {
        let kind = event.raw().get_field::<String>("type").ok().flatten();
        kind.is_some_and(|kind| DECIDING.contains(&kind.as_str()))
    }
}
