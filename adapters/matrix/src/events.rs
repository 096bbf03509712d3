//! From an event of a room to what the port calls it.

use herald_chat::{Cursor, Inbound, Mention, Origin, Person, Shown, What};
use matrix_sdk::Room;
use matrix_sdk::deserialized_responses::TimelineEvent;
use matrix_sdk::ruma::events::room::member::{MembershipState, OriginalSyncRoomMemberEvent, SyncRoomMemberEvent};
use matrix_sdk::ruma::events::room::message::{
    MessageType, OriginalSyncRoomMessageEvent, Relation, RoomMessageEventContent, sanitize,
};
use matrix_sdk::ruma::events::room::redaction::SyncRoomRedactionEvent;
use matrix_sdk::ruma::events::{
    AnySyncMessageLikeEvent, AnySyncStateEvent, AnySyncTimelineEvent, SyncMessageLikeEvent, SyncStateEvent,
};
use matrix_sdk::ruma::{EventId, MilliSecondsSinceUnixEpoch, OwnedEventId, UserId};

use crate::mentions::mentions;
use crate::names::{message_ref, person, room_ref, time, user_ref};
use crate::unread::is_unreadable;
use crate::{Inner, history};

/// What is put behind the id of a message that cannot be read, so that the message itself is not taken for it later.
const UNREADABLE: &str = "#unreadable";

impl Inner {
    /// What an event means, if it means anything to Herald.
    pub(crate) async fn inbound(&self, room: &Room, event: &TimelineEvent) -> Option<Inbound> {
        let parsed = event.raw().deserialize().ok()?;
        let (id, by, at) = (parsed.event_id().to_owned(), parsed.sender().to_owned(), parsed.origin_server_ts());
        let what = if is_unreadable(event) {
            Some(What::Unreadable { of: id.to_string() })
        } else {
            match parsed {
                AnySyncTimelineEvent::MessageLike(event) => self.message_like(room, event).await,
                AnySyncTimelineEvent::State(AnySyncStateEvent::RoomMember(SyncRoomMemberEvent::Original(member))) => {
                    membership(&member)
                }
                AnySyncTimelineEvent::State(_) => None,
            }
        }?;
        let shown = match what {
            What::Unreadable { .. } => format!("{id}{UNREADABLE}"),
            _ => id.to_string(),
        };
        let origin = self.origin(event, &by);
        Some(Inbound {
            room: room_ref(room.room_id()),
            id: shown,
            cursor: Some(history::cursor(&id, at)),
            by: self.person(room, &by).await,
            origin,
            direct: self.is_direct(room),
            at: time(at),
            what,
        })
    }

    /// A message that could not be read when it came, now that it can.
    pub(crate) async fn belated(&self, room: &Room, event: &TimelineEvent) -> Option<Inbound> {
        Some(Inbound { cursor: None, ..self.inbound(room, event).await? })
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

    async fn message_like(&self, room: &Room, event: AnySyncMessageLikeEvent) -> Option<What> {
        match event {
            AnySyncMessageLikeEvent::RoomMessage(SyncMessageLikeEvent::Original(message)) => {
                Some(self.message(room, message).await)
            }
            AnySyncMessageLikeEvent::RoomRedaction(SyncRoomRedactionEvent::Original(redaction)) => {
                let of = redaction.content.redacts.or(redaction.redacts)?;
                Some(What::Delete { of: of.to_string() })
            }
            AnySyncMessageLikeEvent::Reaction(SyncMessageLikeEvent::Original(reaction)) => {
                let (to, emoji) = (reaction.content.relates_to.event_id, reaction.content.relates_to.key);
                // Where nobody else may write, a reaction asks nothing of Herald.
                if self.is_guarded(room.room_id()) {
                    return None;
                }
                let (text, author) = self.said(room, &to).await?;
                Some(What::Reaction { to: to.to_string(), emoji, text, author })
            }
            // Where only Herald writes, anything that shows is a message, whatever kind it is.
            other if self.is_guarded(room.room_id()) && shows(&other) => Some(words_only("")),
            _ => None,
        }
    }

    async fn message(&self, room: &Room, message: OriginalSyncRoomMessageEvent) -> What {
        let content = message.content;
        match content.relates_to {
            // Where only Herald writes, words are words: a client may show an edit of nothing as a message.
            Some(Relation::Replacement(replacement)) if self.is_guarded(room.room_id()) => {
                words_only(replacement.new_content.msgtype.body())
            }
            Some(Relation::Replacement(replacement)) => What::Edit {
                of: replacement.event_id.to_string(),
                text: replacement.new_content.msgtype.body().to_owned(),
                shown: Shown::plain(replacement.new_content.msgtype.body()),
            },
            relation => {
                let (answers, thread) = match relation {
                    Some(Relation::Reply(reply)) => (Some(reply.in_reply_to.event_id), None),
                    Some(Relation::Thread(thread)) => {
                        let real = thread.in_reply_to.filter(|_| !thread.is_falling_back);
                        (real.map(|it| it.event_id), Some(thread.event_id))
                    }
                    _ => (None, None),
                };
                if let Some(root) = thread {
                    self.note_thread(&message.event_id, root);
                }
                let body = content.msgtype.body();
                let text = if answers.is_some() { sanitize::remove_plain_reply_fallback(body) } else { body };
                let mut called = Vec::new();
                for (words, user) in mentions(text, formatted(&content.msgtype)) {
                    called.push(Mention { text: words, person: self.person(room, &user).await });
                }
                What::Message {
                    text: text.to_owned(),
                    reply_to: answers.map(|id| message_ref(room.room_id(), &id)),
                    mentions: called,
                    shown: Shown::plain(text),
                }
            }
        }
    }

    /// Somebody in a room, by the name they have there.
    pub(crate) async fn person(&self, room: &Room, user: &UserId) -> Person {
        if user == self.me {
            return person(user, self.name.as_deref());
        }
        let member = room.get_member_no_sync(user).await.ok().flatten();
        person(user, member.as_ref().and_then(|member| member.display_name()))
    }

    /// What a message says, as it was last edited, and who wrote it.
    async fn said(&self, room: &Room, id: &EventId) -> Option<(String, Person)> {
        let event = room.event(id, None).await.ok()?;
        let AnySyncTimelineEvent::MessageLike(AnySyncMessageLikeEvent::RoomMessage(SyncMessageLikeEvent::Original(
            message,
        ))) = event.raw().deserialize().ok()?
        else {
            return None;
        };
        let author = self.person(room, &message.sender).await;
        let newest = message.unsigned.relations.replace.and_then(|edit| match edit.content.relates_to {
            Some(Relation::Replacement(it)) => Some(it.new_content.msgtype.body().to_owned()),
            _ => None,
        });
        Some((newest.unwrap_or_else(|| message.content.msgtype.body().to_owned()), author))
    }
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

fn words_only(text: &str) -> What {
    What::says(text)
}

fn formatted(message: &MessageType) -> Option<&str> {
    match message {
        MessageType::Text(text) => text.formatted.as_ref().map(|it| it.body.as_str()),
        MessageType::Emote(text) => text.formatted.as_ref().map(|it| it.body.as_str()),
        _ => None,
    }
}

fn is_notice(event: &TimelineEvent) -> bool {
    let content = event.raw().get_field::<RoomMessageEventContent>("content").ok().flatten();
    content.is_some_and(|content| matches!(content.msgtype, MessageType::Notice(_) | MessageType::ServerNotice(_)))
}

/// Whether a client shows something for it.
fn shows(event: &AnySyncMessageLikeEvent) -> bool {
    !event.is_redacted()
        && !matches!(
            event,
            AnySyncMessageLikeEvent::RoomMessage(_)
                | AnySyncMessageLikeEvent::RoomRedaction(_)
                | AnySyncMessageLikeEvent::Reaction(_)
        )
}

/// The id and time that a cursor was made of.
pub(crate) fn read_cursor(cursor: &Cursor) -> Option<(OwnedEventId, MilliSecondsSinceUnixEpoch)> {
    let (id, at) = cursor.0.split_once(' ')?;
    let at = at.parse::<u64>().ok()?.try_into().ok()?;
    Some((EventId::parse(id).ok()?, MilliSecondsSinceUnixEpoch(at)))
}

impl Inner {
    /// Whether a state event changes who may write.
    pub(crate) fn moves_the_line(event: &TimelineEvent) -> bool {
        matches!(
            event.raw().deserialize(),
            Ok(AnySyncTimelineEvent::State(AnySyncStateEvent::RoomPowerLevels(SyncStateEvent::Original(_))))
        )
    }
}
