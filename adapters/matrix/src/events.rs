//! From an event of a room to what the port calls it.

mod files;
mod mend;
mod message;
mod reaction;

use herald_chat::{Cursor, Inbound, Origin, Person, SendError, What};
use matrix_sdk::Room;
use matrix_sdk::deserialized_responses::{TimelineEvent, TimelineEventKind, VerificationLevel, VerificationState};
use matrix_sdk::ruma::events::room::member::{MembershipState, OriginalSyncRoomMemberEvent, SyncRoomMemberEvent};
use matrix_sdk::ruma::events::{AnySyncMessageLikeEvent, AnySyncStateEvent, AnySyncTimelineEvent};
use matrix_sdk::ruma::{EventId, MilliSecondsSinceUnixEpoch, OwnedEventId, OwnedUserId, UserId};

pub(crate) use files::SPOILER;
use serde_json::Value;
use tracing::warn;

use crate::failure::meaning;
use crate::guard::Slip;
use crate::names::{person, room_ref, time, user_ref};
use crate::unread::is_unreadable;
use crate::{Inner, history};

/// What is put behind the id of a message that cannot be read, so that the message itself is not taken for it later.
const UNREADABLE: &str = "#unreadable";

impl Inner {
    /// What an event means, if it means anything to Herald.
    ///
    /// # Errors
    /// When the homeserver has to be asked for that and does not answer: the event is to be read again.
    pub(crate) async fn inbound(&self, room: &Room, event: &TimelineEvent) -> Result<Option<Inbound>, SendError> {
        let guarded = self.is_guarded(room.room_id());
        if !guarded && is_smuggled(event) {
            warn!(room = %room.room_id(), event = ?event.event_id(), "a removal or a change of the room in a ciphertext: passed over");
            return Ok(None);
        }
        if guarded && !is_unreadable(event) && self.slip(room, event).await? == Slip::Words {
            return self.words(room, event).await;
        }
        let Some(parsed) = mend::mended(event.raw()) else { return Ok(None) };
        let (id, by, at) = (parsed.event_id().to_owned(), parsed.sender().to_owned(), parsed.origin_server_ts());
        if is_anothers(event) {
            warn!(room = %room.room_id(), event = %id, sender = %by, "encrypted by somebody else than who is said to have sent it: passed over");
            return Ok(None);
        }
        self.note_author(&id, &by);
        let what = if is_unreadable(event) {
            Some(What::Unreadable { of: id.to_string() })
        } else if !guarded && by != self.me && is_bare(room, event, &parsed).await? {
            Some(What::Unencrypted)
        } else {
            match parsed {
                AnySyncTimelineEvent::MessageLike(said) => self.message_like(room, said, event).await?,
                AnySyncTimelineEvent::State(AnySyncStateEvent::RoomMember(SyncRoomMemberEvent::Original(member))) => {
                    membership(&member)
                }
                AnySyncTimelineEvent::State(_) => None,
            }
        };
        let Some(what) = what else { return Ok(None) };
        let by = match &what {
            What::Delete { of } if *of == id.as_str() => remover(event).unwrap_or(by),
            _ => by,
        };
        let shown = match what {
            What::Unreadable { .. } => format!("{id}{UNREADABLE}"),
            _ => id.to_string(),
        };
        let origin = self.origin(event, &by);
        Ok(Some(Inbound {
            room: room_ref(room.room_id()),
            id: shown,
            cursor: Some(history::cursor(&id, at)),
            by: self.person(room, &by).await,
            origin,
            direct: self.is_direct(room, &by).await?,
            at: time(at),
            what,
        }))
    }

    /// What somebody put before everybody's eyes in a room where only Herald writes, whatever kind it is.
    async fn words(&self, room: &Room, event: &TimelineEvent) -> Result<Option<Inbound>, SendError> {
        let (Some(id), Some(by), Some(at)) = (event.event_id(), event.sender(), event.timestamp_raw()) else {
            return Ok(None);
        };
        let content: Value = event.raw().get_field("content").ok().flatten().unwrap_or_default();
        let text = content["m.new_content"]["body"].as_str().or_else(|| content["body"].as_str()).unwrap_or_default();
        Ok(Some(Inbound {
            room: room_ref(room.room_id()),
            id: id.to_string(),
            cursor: Some(history::cursor(&id, at)),
            by: self.person(room, &by).await,
            origin: self.origin(event, &by),
            direct: false,
            at: time(at),
            what: What::says(text),
        }))
    }

    /// A message that could not be read when it came, now that it can.
    pub(crate) async fn belated(&self, room: &Room, event: &TimelineEvent) -> Result<Option<Inbound>, SendError> {
        Ok(self.inbound(room, event).await?.map(|inbound| Inbound { cursor: None, ..inbound }))
    }

    fn origin(&self, event: &TimelineEvent, by: &UserId) -> Origin {
        if by == self.me {
            Origin::Own
        } else if is_notice(event) {
            Origin::Machine
        } else {
            Origin::Human
        }
    }

    /// Somebody in a room, by the name they have there.
    pub(crate) async fn person(&self, room: &Room, user: &UserId) -> Person {
        if user == self.me {
            return person(user, self.name.as_deref());
        }
        // All that is known of a member takes many questions to the store, and this is asked for each message.
        let profile = self.client.state_store().get_profile(room.room_id(), user).await.ok().flatten();
        if let Some(profile) = profile {
            return person(user, profile.content.displayname.as_deref());
        }
        let member = room.get_member_no_sync(user).await.ok().flatten();
        person(user, member.as_ref().and_then(|member| member.display_name()))
    }
}

/// Who has removed an event.
fn remover(event: &TimelineEvent) -> Option<OwnedUserId> {
    let unsigned: Value = event.raw().get_field("unsigned").ok().flatten()?;
    UserId::parse(unsigned["redacted_because"]["sender"].as_str()?).ok()
}

fn membership(member: &OriginalSyncRoomMemberEvent) -> Option<What> {
    match member.content.membership {
        MembershipState::Join => {
            Some(What::Joined { person: person(&member.state_key, member.content.displayname.as_deref()) })
        }
        MembershipState::Leave | MembershipState::Ban => Some(What::Left { user: user_ref(&member.state_key) }),
        _ => None,
    }
}

/// Whether somebody says something in the clear where messages are encrypted: nothing but the homeserver's word says that it
/// is theirs. Reactions and removals are never encrypted.
async fn is_bare(room: &Room, event: &TimelineEvent, parsed: &AnySyncTimelineEvent) -> Result<bool, SendError> {
    let AnySyncTimelineEvent::MessageLike(said) = parsed else { return Ok(false) };
    let says = matches!(said, AnySyncMessageLikeEvent::RoomMessage(_) | AnySyncMessageLikeEvent::Sticker(_))
        || message::is_poll(&said.event_type());
    Ok(says && !said.is_redacted() && is_clear(room, event).await?)
}

/// Whether an event came unencrypted into a room where messages are encrypted.
async fn is_clear(room: &Room, event: &TimelineEvent) -> Result<bool, SendError> {
    if !matches!(event.kind, TimelineEventKind::PlainText { .. }) {
        return Ok(false);
    }
    // Asked of the server where the syncs have not told.
    let state = room.latest_encryption_state().await.map_err(|error| meaning(&error))?;
    Ok(state.is_encrypted())
}

/// Whether what was encrypted claims to be what is never encrypted: no homeserver has done what it says.
pub(crate) fn is_smuggled(event: &TimelineEvent) -> bool {
    let is_state = || event.raw().get_field::<Value>("state_key").ok().flatten().is_some();
    matches!(event.kind, TimelineEventKind::Decrypted(_))
        && (is_state() || event.kind.event_type().is_some_and(|kind| kind == "m.room.redaction"))
}

/// Whether the keys of one account have encrypted what is said to come from another.
fn is_anothers(event: &TimelineEvent) -> bool {
    let level = event.encryption_info().map(|info| &info.verification_state);
    matches!(level, Some(VerificationState::Unverified(VerificationLevel::MismatchedSender)))
}

fn is_notice(event: &TimelineEvent) -> bool {
    event.raw().get_field::<Value>("content").ok().flatten().is_some_and(|content| mend::is_notice(&content))
}

/// The id and time that a cursor was made of.
pub(crate) fn read_cursor(cursor: &Cursor) -> Option<(OwnedEventId, MilliSecondsSinceUnixEpoch)> {
    let (id, at) = cursor.0.split_once(' ')?;
    let at = at.parse::<u64>().ok()?.try_into().ok()?;
    Some((EventId::parse(id).ok()?, MilliSecondsSinceUnixEpoch(at)))
}

impl Inner {
    /// Whether a state event changes who may write, whatever it says.
    pub(crate) fn moves_the_line(event: &TimelineEvent) -> bool {
        event.kind.event_type().is_some_and(|kind| kind == "m.room.power_levels")
    }
}
