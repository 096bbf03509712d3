//! What people put on messages.

use herald_chat::{Person, What};
use matrix_sdk::Room;
use matrix_sdk::config::RequestConfig;
use matrix_sdk::ruma::EventId;
use matrix_sdk::ruma::events::relation::Annotation;
use matrix_sdk::ruma::events::room::message::Relation;
use matrix_sdk::ruma::events::{AnySyncMessageLikeEvent, AnySyncTimelineEvent, SyncMessageLikeEvent};

use super::files;
use crate::Inner;

/// How often a message that somebody reacted to is asked for again: for about three minutes.
const RETRIES: usize = 10;

impl Inner {
    pub(super) async fn reaction(&self, room: &Room, reaction: Annotation) -> Option<What> {
        let (to, emoji) = (reaction.event_id, reaction.key);
        // Where nobody else may write, a reaction asks nothing of Herald.
        if self.is_guarded(room.room_id()) {
            return None;
        }
        let (text, author) = self.reacted_to(room, &to).await?;
        Some(What::Reaction { to: to.to_string(), emoji, text, author })
    }

    /// What a message says, as it was last edited, and who wrote it. Of what are no words, nothing.
    async fn reacted_to(&self, room: &Room, id: &EventId) -> Option<(String, Person)> {
        // Without this the reaction would be lost, so a network that fails is asked again.
        let event = room.event(id, Some(RequestConfig::new().retry_limit(RETRIES))).await.ok()?;
        let event = event.raw().deserialize().ok()?;
        let author = self.person(room, event.sender()).await;
        let AnySyncTimelineEvent::MessageLike(AnySyncMessageLikeEvent::RoomMessage(SyncMessageLikeEvent::Original(
            message,
        ))) = event
        else {
            return Some((String::new(), author));
        };
        let newest = message.unsigned.relations.replace.and_then(|edit| match edit.content.relates_to {
            Some(Relation::Replacement(it)) => Some(it.new_content.msgtype),
            _ => None,
        });
        let ((words, _), _) = files::parts(newest.as_ref().unwrap_or(&message.content.msgtype));
        Some((words.to_owned(), author))
    }
}
