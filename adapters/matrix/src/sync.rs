//! The loop that hears what happens.
//!
//! A sync is a wake-up and the fastest way to hear of something, never the record of what was heard: the SDK has stored
//! its token before anybody has seen the answer. What must not be missed is read back from the engine's own cursors.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use herald_chat::{Arrival, Clock, Inbound, Origin, Spell, What};
use jiff::{SignedDuration, Timestamp};
use matrix_sdk::config::SyncSettings;
use matrix_sdk::ruma::api::client::filter::{Filter, FilterDefinition, LazyLoadOptions, RoomEventFilter, RoomFilter};
use matrix_sdk::ruma::api::client::sync::sync_events;
use matrix_sdk::ruma::{OwnedRoomId, OwnedUserId, RoomId, UserId, assign};
use matrix_sdk::store::StateStoreDataKey;
use matrix_sdk::sync::{JoinedRoomUpdate, LeftRoomUpdate, State, SyncResponse};
use matrix_sdk::{Error, Room, RoomMemberships};
use serde_json::Value;
use tracing::{error, info, warn};

use crate::Inner;
use crate::failure::{Denial, meaning};
use crate::fetch::{FIELDS, reopened};
use crate::names::{room_ref, user_ref};
use crate::successor::TOMBSTONE;
use crate::unread::is_unreadable;

/// How long the homeserver may hold a sync in which nothing happens.
const POLL: Duration = Duration::from_secs(20);
/// How many events of a room one sync may bring. More are read back.
const TIMELINE: u32 = 50;
/// How long nothing is asked after somebody told Herald something. A homeserver is slower to take the answer while it looks
/// for what is new.
const BREATH: Duration = Duration::from_millis(50);
/// The same when more was said at once: what is said in that time comes together.
const DEEP_BREATH: Duration = Duration::from_millis(200);
/// So many events at once are a flood.
const FLOOD: usize = 5;
/// What a message begins with that is for Herald, as far as the pace of syncs goes: what it means is the engine's to say.
const COMMAND: char = '!';
/// Without an answer for so long, something is wrong.
const STALL: SignedDuration = SignedDuration::from_secs(50);
/// How long to wait after failures in a row: 1, 2, 4 … seconds, at most this.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Rooms with more members than this are not asked who they are: whoever speaks there is known by that.
const MANY: u64 = 300;

/// How much happened in a sync.
#[derive(Default)]
struct Spoken {
    events: usize,
    /// How many of those are for Herald, and will be answered.
    to_herald: usize,
}

impl Inner {
    /// Hears until nobody listens any more. Where that breaks, the arrivals end: nobody is to take Herald for one that hears.
    pub(crate) async fn listen_or_end(self: Arc<Self>) {
        if AssertUnwindSafe(self.clone().listen()).catch_unwind().await.is_err() {
            self.note_failing(true);
            self.arrivals.close_channel();
        }
    }

    /// Hears until nobody listens any more.
    pub(crate) async fn listen(self: Arc<Self>) {
        let (mut failures, mut spell) = (0u32, Spell::default());
        // The first answer of a new device tells of what was said before Herald came.
        let token = self.client.state_store().get_kv_data(StateStoreDataKey::SyncToken).await;
        let mut first = !matches!(token, Ok(Some(_)));
        while !self.is_closed() {
            match self.client.sync_once(settings(&self.me, self.is_ready())).await {
                Ok(response) => {
                    if failures > 0 {
                        info!(failures, "the homeserver answers again");
                        self.arrive(Arrival::Gap);
                    }
                    (failures, spell) = (0, Spell::default());
                    self.note_failing(false);
                    let (spoken, was_ready) = (spoken(&response), self.is_ready());
                    self.heard(response, first).await;
                    first = false;
                    if !was_ready {
                        continue;
                    }
                    if spoken.to_herald > 1 || spoken.events >= FLOOD {
                        self.wait(DEEP_BREATH).await;
                    } else if spoken.to_herald == 1 {
                        self.wait(BREATH).await;
                    }
                }
                Err(error) => {
                    failures += 1;
                    self.note_failing(true);
                    let pause = pause(&error, failures, &*self.clock);
                    if spell.fails(self.clock.now()) {
                        let why = meaning(&error);
                        warn!(%why, failures, delay_ms = pause.as_millis(), "a sync failed, Herald tries again");
                    }
                    self.wait(pause).await;
                }
            }
        }
    }

    /// Watches that the loop goes on.
    pub(crate) async fn watch(self: Arc<Self>) {
        let (mut told, mut missing) = (false, BTreeSet::new());
        while !self.is_closed() {
            self.wait(Duration::from_secs(10)).await;
            let Some(silent) = self.silence() else { continue };
            if silent > STALL && !told {
                let seconds = silent.as_secs();
                error!(
                    seconds,
                    "no answer to a sync; Herald keeps asking, and reads back what was missed once it comes"
                );
            }
            told = silent > STALL;
            missing = self.look_for_rooms(&missing).await;
            for old in self.replaced_rooms() {
                tokio::spawn(self.clone().consider_successor(old));
            }
        }
    }

    /// The syncs do not tell of rooms that Herald's own account has left, in another client perhaps. Of all others they do, and
    /// they know by whom: so what was `missing` already a look ago is told. Returns what is missing now.
    async fn look_for_rooms(self: &Arc<Self>, missing: &BTreeSet<OwnedRoomId>) -> BTreeSet<OwnedRoomId> {
        use matrix_sdk::ruma::api::client::membership::joined_rooms::v3::Request;
        let mut named = self.serving();
        if named.is_empty() {
            return named;
        }
        let Ok(answer) = self.client.send(Request::new()).await else { return BTreeSet::new() };
        named.retain(|room| !answer.joined_rooms.contains(room));
        for room in named.intersection(missing) {
            self.removed(room, None);
        }
        named
    }

    /// Goes back into a room that serves something, or that Herald has made, if everybody may come in, unless it has come
    /// back otherwise.
    async fn come_back(self: Arc<Self>, id: OwnedRoomId) {
        if self.is_named(&id) {
            error!(room = %id, "Herald was removed from this room: invite {} there again, or take it out of the configuration", self.me);
        } else if matches!(self.own_beginning(&id).await, Ok(Some(_))) {
            error!(room = %id, "Herald was removed from this room, which it has made: have one of `admins` invite {} there again", self.me);
        } else {
            return info!(room = %id, "Herald is not in this room any more");
        }
        while self.is_removed(&id) && !self.is_closed() {
            let fault = match self.client.join_room_by_id(&id).await {
                Ok(_) => {
                    info!(room = %id, "Herald came back into this room by itself");
                    self.is_back_in(&id);
                    return self.arrive(Arrival::Gap);
                }
                Err(error) => meaning(&error),
            };
            let Some(again) = self.again(&fault) else {
                return info!(room = %id, why = %fault, "Herald cannot come back by itself");
            };
            self.wait(again).await;
        }
    }

    async fn heard(self: &Arc<Self>, response: SyncResponse, first: bool) {
        self.heard_at(self.clock.now());
        let keys_came = !response.to_device.is_empty();
        for (room, _) in response.rooms.invited {
            tokio::spawn(self.clone().consider_invitation(room));
        }
        for (id, update) in response.rooms.left {
            let by = self.remover(&update);
            self.removed(&id, by);
        }
        // Whoever reads back after a gap gets these too: none of them may have moved a cursor before.
        let limited = !first && response.rooms.joined.values().any(|update| update.timeline.limited);
        if limited {
            self.arrive(Arrival::Gap);
        }
        for (id, update) in response.rooms.joined {
            if let Some(room) = self.client.get_room(&id) {
                self.is_back_in(&id);
                self.heard_in(&room, update, first).await;
            }
        }
        // The server hands keys out in portions. Until all are there, messages would seem unreadable that are not.
        if !self.is_ready() && !keys_came {
            self.become_trusted().await;
            self.note_given_up().await;
            self.set_ready();
            tokio::spawn(self.clone().consider_successors());
            tokio::spawn(self.clone().introduce());
            tokio::spawn(self.clone().reconsider_all());
            for room in self.client.invited_rooms() {
                tokio::spawn(self.clone().consider_invitation(room.room_id().to_owned()));
            }
            self.give_again().await;
        } else if keys_came {
            self.give_readable().await;
        }
    }

    async fn heard_in(self: &Arc<Self>, room: &Room, update: JoinedRoomUpdate, first: bool) {
        // What is left out of a timeline may have moved it.
        let moved = update.timeline.limited || update.timeline.events.iter().any(Self::moves_the_line);
        if self.is_guarded(room.room_id()) && moved {
            tokio::spawn(self.clone().hold_again(room.clone()));
        }
        let (more, gives_up) = match &update.state {
            State::Before(events) | State::After(events) => {
                (!events.is_empty(), events.iter().any(|it| is_tombstone(it.get_field("type"))))
            }
        };
        if gives_up || update.timeline.events.iter().any(|it| is_tombstone(it.raw().get_field("type"))) {
            self.note_given_up_in(room.room_id()).await;
            tokio::spawn(self.clone().consider_successor(room.room_id().to_owned()));
        }
        // What is said there is read once it is known that Herald goes on there.
        if let Some(old) = self.waits_for(room.room_id()) {
            tokio::spawn(self.clone().consider_successor(old));
            return;
        }
        if more || update.timeline.limited || update.timeline.events.iter().any(Self::moves_people) {
            self.note_change(room.room_id());
            if self.is_ready() {
                tokio::spawn(self.clone().reconsider(room.clone()));
            }
        }
        if first || update.timeline.limited {
            return;
        }
        for event in update.timeline.events {
            let event = &reopened(room, event).await;
            if is_unreadable(event) {
                self.met_unreadable(room, event).await;
                continue;
            }
            match self.inbound(room, event).await {
                Ok(Some(inbound)) if !is_own_talk(&inbound) => self.arrive(Arrival::Event(inbound)),
                Ok(_) => {}
                // This and what follows is read back once the homeserver answers.
                Err(fault) => {
                    info!(room = %room.room_id(), %fault, "what was said cannot be taken in whole");
                    return self.arrive(Arrival::Gap);
                }
            }
        }
    }

    /// Says who is in the rooms, so that people can be called by name before they speak.
    async fn introduce(self: Arc<Self>) {
        for room in self.client.joined_rooms() {
            if room.is_space() || room.active_members_count() > MANY || self.is_archived(&room).await {
                continue;
            }
            let Ok(members) = room.members(RoomMemberships::JOIN).await else { continue };
            for member in members.iter().filter(|member| member.user_id() != self.me) {
                let person = crate::names::person(member.user_id(), member.display_name());
                self.arrive(Arrival::Event(Inbound {
                    room: room_ref(room.room_id()),
                    id: format!("member {}", member.user_id()),
                    cursor: None,
                    by: person.clone(),
                    origin: Origin::Human,
                    direct: false,
                    at: Timestamp::UNIX_EPOCH,
                    what: What::Joined { person },
                }));
            }
        }
    }

    /// Who took Herald out of a room, as the homeserver tells it.
    fn remover(&self, update: &LeftRoomUpdate) -> Option<OwnedUserId> {
        let state = match &update.state {
            State::Before(events) | State::After(events) => events.iter().map(|it| it.json().get()),
        };
        let all = update.timeline.events.iter().map(|it| it.raw().json().get()).chain(state);
        let all = all.filter_map(|event| serde_json::from_str::<Value>(event).ok());
        let mut own = all.filter(|it| it["type"] == "m.room.member" && it["state_key"] == self.me.as_str());
        own.find_map(|it| UserId::parse(it["sender"].as_str()?).ok())
    }

    fn removed(self: &Arc<Self>, id: &OwnedRoomId, by: Option<OwnedUserId>) {
        if self.note_removed(id) {
            tokio::spawn(self.clone().come_back(id.clone()));
            let by = by.filter(|by| *by != self.me);
            let origin = if by.is_some() { Origin::Human } else { Origin::Own };
            let user = user_ref(&self.me);
            self.tell_of_me(id, ("removed", by.as_deref()), origin, What::Left { user });
        }
    }

    /// Herald is in a room, perhaps again.
    fn is_back_in(&self, id: &RoomId) {
        if self.returned(id) {
            let person = crate::names::person(&self.me, self.name.as_deref());
            self.tell_of_me(id, ("returned", None), Origin::Own, What::Joined { person });
        }
    }

    fn tell_of_me(&self, id: &RoomId, (what_id, by): (&str, Option<&UserId>), origin: Origin, what: What) {
        self.arrive(Arrival::Event(Inbound {
            room: room_ref(id),
            id: format!("{what_id} {}", self.clock.now()),
            cursor: None,
            by: crate::names::person(by.unwrap_or(&self.me), None),
            origin,
            direct: false,
            at: self.clock.now(),
            what,
        }));
    }
}

fn is_tombstone(kind: serde_json::Result<Option<String>>) -> bool {
    matches!(kind, Ok(Some(kind)) if kind == TOMBSTONE)
}

/// What Herald itself has said, where a homeserver tells of it all the same. The engine knows of it already, and to move a
/// cursor takes a flush.
fn is_own_talk(inbound: &Inbound) -> bool {
    inbound.origin == Origin::Own
        && matches!(inbound.what, What::Message { .. } | What::Edit { .. } | What::Reaction { .. })
}

fn spoken(response: &SyncResponse) -> Spoken {
    let mut spoken = Spoken::default();
    for event in response.rooms.joined.values().flat_map(|update| &update.timeline.events) {
        spoken.events += 1;
        let content: Option<Value> = event.raw().get_field("content").ok().flatten();
        let is_for_herald = content.is_some_and(|it| it["body"].as_str().is_some_and(|it| it.starts_with(COMMAND)));
        spoken.to_herald += usize::from(is_for_herald);
    }
    spoken
}

/// What Herald itself does in a room is not told: it knows of it, and each answer to a sync costs both sides some time.
fn settings(me: &UserId, caught_up: bool) -> SyncSettings {
    let lazy = LazyLoadOptions::Enabled { include_redundant_members: false };
    let timeline = assign!(RoomEventFilter::default(), {
        limit: Some(TIMELINE.into()),
        not_senders: vec![me.to_owned()],
        lazy_load_options: lazy,
    });
    let room = assign!(RoomFilter::default(), {
        ephemeral: RoomEventFilter::ignore_all(),
        account_data: RoomEventFilter::ignore_all(),
        state: assign!(RoomEventFilter::default(), { lazy_load_options: lazy }),
        timeline,
    });
    let filter = assign!(FilterDefinition::default(), {
        event_fields: Some(FIELDS.map(str::to_owned).to_vec()),
        presence: Filter::ignore_all(),
        room,
    });
    let settings = SyncSettings::new().filter(sync_events::v3::Filter::FilterDefinition(filter));
    settings.timeout(if caught_up { POLL } else { Duration::ZERO })
}

/// How long to wait: what the homeserver asks for, or longer after each failure.
fn pause(error: &Error, failures: u32, clock: &dyn Clock) -> Duration {
    let asked = Denial::of(error).and_then(|denial| denial.after);
    let own = || Duration::from_secs(1 << failures.saturating_sub(1).min(5)).min(LONGEST_PAUSE);
    asked.unwrap_or_else(|| clock.pause(own()))
}
