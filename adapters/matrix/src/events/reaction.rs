//! What people put on messages.

use herald_chat::{Attachment, Person, SendError, What};
use matrix_sdk::Room;
use matrix_sdk::deserialized_responses::TimelineEvent;
use matrix_sdk::ruma::events::relation::Annotation;
use matrix_sdk::ruma::events::room::message::Relation;
use matrix_sdk::ruma::events::{AnySyncMessageLikeEvent, AnySyncTimelineEvent, SyncMessageLikeEvent};

use super::mend::mended;
use super::{files, is_anothers, is_clear};
use crate::Inner;

impl Inner {
    pub(super) async fn reaction(&self, room: &Room, reaction: Annotation) -> Result<Option<What>, SendError> {
        let (to, emoji) = (reaction.event_id, reaction.key);
        // Where nobody else may write, a reaction asks nothing of Herald.
        if self.is_guarded(room.room_id()) {
            return Ok(None);
        }
        let said = match self.fetched(room, &to).await? {
            Some(event) => self.words_and_author(room, &event).await?,
            None => None,
        };
        Ok(said.map(|(text, author)| What::Reaction { to: to.to_string(), emoji, text, author }))
    }

    /// What a message says, as it was last edited, and who wrote it. Of what are no words, nothing.
    async fn words_and_author(
        &self,
        room: &Room,
        event: &TimelineEvent,
    ) -> Result<Option<(String, Person)>, SendError> {
        // Whose words those are is the homeserver's word.
        let doubtful = is_clear(room, event).await? || is_anothers(event);
        let Some(event) = mended(event.raw()) else { return Ok(None) };
        let author = self.person(room, event.sender()).await;
        let AnySyncTimelineEvent::MessageLike(AnySyncMessageLikeEvent::RoomMessage(SyncMessageLikeEvent::Original(
            message,
        ))) = event
        else {
            return Ok(Some((String::new(), author)));
        };
        if doubtful && message.sender != self.me {
            return Ok(None);
        }
        let theirs = message.unsigned.relations.replace.filter(|edit| edit.sender == message.sender);
        let newest = theirs.and_then(|edit| match edit.content.relates_to {
            Some(Relation::Replacement(it)) => Some(it.new_content.msgtype),
            _ => None,
        });
        let ((words, _), file) = files::parts(newest.as_ref().unwrap_or(&message.content.msgtype));
        Ok(Some((Attachment::named_after(words, &file), author)))
    }
}
