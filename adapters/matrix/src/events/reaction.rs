//! What people put on messages.

use herald_chat::{Person, SendError, What};
use matrix_sdk::Room;
use matrix_sdk::deserialized_responses::TimelineEvent;
use matrix_sdk::ruma::EventId;
use matrix_sdk::ruma::events::relation::Annotation;
use matrix_sdk::ruma::events::room::message::Relation;
use matrix_sdk::ruma::events::{AnySyncMessageLikeEvent, AnySyncTimelineEvent, SyncMessageLikeEvent};
use tracing::warn;

use super::{files, is_anothers, is_clear};
use crate::Inner;
use crate::failure::http;

/// How often what an event asks of the homeserver is tried: for about three minutes. Nothing else is read back meanwhile.
const TRIES: u32 = 40;

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

    /// An event of a room, as the homeserver has it. `None` when there is none.
    ///
    /// # Errors
    /// When the homeserver does not answer: what is about that event is to be heard of again.
    pub(crate) async fn fetched(&self, room: &Room, id: &EventId) -> Result<Option<TimelineEvent>, SendError> {
        match self.event(room, id).await {
            Ok(event) => {
                self.answered_for(id);
                Ok(Some(event))
            }
            Err(error) => self.unanswered(id, http(&error)).map(|()| None),
        }
    }

    /// What is about an event is to be heard of again, unless that is in vain or refused.
    pub(crate) fn unanswered(&self, id: &EventId, fault: SendError) -> Result<(), SendError> {
        if matches!(fault, SendError::Refused { .. }) {
            return Ok(());
        }
        if self.asked_in_vain_for(id) < TRIES {
            return Err(fault);
        }
        warn!(event = %id, why = %fault, "what has to be read or done about this does not succeed, so it is passed over");
        self.answered_for(id);
        Ok(())
    }

    /// What a message says, as it was last edited, and who wrote it. Of what are no words, nothing.
    async fn words_and_author(
        &self,
        room: &Room,
        event: &TimelineEvent,
    ) -> Result<Option<(String, Person)>, SendError> {
        // Whose words those are is the homeserver's word.
        let doubtful = is_clear(room, event).await? || is_anothers(event);
        let Ok(event) = event.raw().deserialize() else { return Ok(None) };
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
        let ((words, _), _) = files::parts(newest.as_ref().unwrap_or(&message.content.msgtype));
        Ok(Some((words.to_owned(), author)))
    }
}
