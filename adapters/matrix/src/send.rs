//! What Herald says.

use std::time::Duration;

use herald_chat::{MessageRef, Post, RoomRef, SendError, SendKey, Tone};
use jiff::Timestamp;
use matrix_sdk::Room;
use matrix_sdk::room::futures::SendMessageLikeEventResult;
use matrix_sdk::ruma::{EventId, OwnedEventId, TransactionId};
use serde_json::{Value, json};

use crate::Inner;
use crate::failure::{Denial, later, meaning, refused};
use crate::format::{self, EVENT_TYPE};
use crate::line::AGAIN;
use crate::names::{event_id, message_ref, room_id};
use crate::rooms::shown;

/// How long a send may take before it is let go and begun again. When our own list of devices has changed, the SDK waits
/// with the lock on asking for keys in its hand, 5 s long, for what its sync asks only once it has that lock.
const SNAG: Duration = Duration::from_secs(2);

impl Inner {
    pub(crate) async fn say(&self, at: &RoomRef, post: &Post, key: &SendKey) -> Result<MessageRef, SendError> {
        let said = async {
            let room = self.room(at)?;
            self.writable(&room).await?;
            self.say_parts(&room, post, None, key).await
        };
        match said.await {
            // What is meant for people outside waits until Herald is there again.
            Err(SendError::Refused { reason }) if post.tone == Tone::Update && self.is_out_of(at).await? => {
                Err(SendError::Retry { after: Some(self.clock.pause(AGAIN)), reason })
            }
            said => said,
        }
    }

    /// Whether Herald is not in a room where it works.
    async fn is_out_of(&self, at: &RoomRef) -> Result<bool, SendError> {
        let id = room_id(at)?;
        if !self.is_named(&id) {
            return Ok(false);
        }
        match self.is_in(&id, &self.me).await {
            Ok(there) => Ok(!there),
            Err(SendError::Refused { .. }) => Ok(true),
            Err(fault) => Err(fault),
        }
    }

    /// Says it in as many messages as it takes. The file comes with the first.
    pub(crate) async fn say_parts(
        &self,
        room: &Room,
        post: &Post,
        mut file: Option<format::File>,
        key: &SendKey,
    ) -> Result<MessageRef, SendError> {
        let thread = self.thread_of(room, post).await;
        let mut first = None;
        for (n, part) in format::parts(post).iter().enumerate() {
            let key = part_key(key, n);
            let content = content(match file.take() {
                Some(file) => format::with_file(part, file, &key, thread.as_deref()),
                None => format::message(part, &key, thread.as_deref()),
            })?;
            let id = self.send(room, EVENT_TYPE, content, &key).await?;
            first.get_or_insert(id);
        }
        let id = first.ok_or_else(|| refused("There is nothing to say."))?;
        if let Some(name) = &post.thread
            && thread.is_none()
        {
            self.begin_thread(room, name, &id).await;
        }
        Ok(message_ref(room.room_id(), &id))
    }

    pub(crate) async fn change(&self, message: &MessageRef, post: &Post, key: &SendKey) -> Result<(), SendError> {
        let room = self.room(&message.room)?;
        self.writable(&room).await?;
        let [only] = format::parts(post).try_into().map_err(|_| refused("It is too long to be changed to."))?;
        let content = content(format::edit(&only, key, &event_id(message)?))?;
        self.send(&room, EVENT_TYPE, content, key).await.map(drop)
    }

    pub(crate) async fn put_reaction(&self, message: &MessageRef, emoji: &str, key: &SendKey) -> Result<(), SendError> {
        let room = self.room(&message.room)?;
        let relation = json!({ "rel_type": "m.annotation", "event_id": event_id(message)?, "key": emoji });
        match self.send(&room, "m.reaction", json!({ "m.relates_to": relation }), key).await {
            Err(SendError::Refused { reason }) if reason.contains("M_DUPLICATE_ANNOTATION") => Ok(()),
            sent => sent.map(drop),
        }
    }

    pub(crate) async fn remove(&self, message: &MessageRef, key: &SendKey) -> Result<(), SendError> {
        let (room, id) = (self.room(&message.room)?, event_id(message)?);
        match room.redact(&id, None, Some(<&TransactionId>::from(key.as_str()).to_owned())).await {
            Ok(_) => Ok(()),
            // The server knows of no such message, or keeps it no more.
            Err(error) if Denial::of_http(&error).is_some_and(|denial| denial.status == 404) => Ok(()),
            Err(error) => Err(crate::failure::http(&error)),
        }
    }

    pub(crate) async fn set_pinned(&self, message: &MessageRef, pinned: bool) -> Result<(), SendError> {
        let (room, id) = (self.room(&message.room)?, event_id(message)?);
        // From the server: somebody may just have pinned something else.
        let state = self.state(&room, "m.room.pinned_events").await?.unwrap_or_default();
        let mut all = state.get("pinned").and_then(Value::as_array).cloned().unwrap_or_default();
        let there = all.iter().any(|other| other == id.as_str());
        if there == pinned {
            return Ok(());
        }
        if pinned {
            all.push(json!(id));
        } else {
            all.retain(|other| other != id.as_str());
        }
        match room.send_state_event_raw("m.room.pinned_events", "", json!({ "pinned": all })).await {
            Ok(_) => Ok(()),
            Err(error) if Denial::of(&error).is_some_and(|denial| denial.status == 403) => {
                let name = shown(&room);
                Err(refused(format!(
                    "Herald may not pin messages in {name}. Give {} the power level 50 there.",
                    self.me
                )))
            }
            Err(error) => Err(meaning(&error)),
        }
    }

    async fn send(&self, room: &Room, kind: &str, content: Value, key: &SendKey) -> Result<OwnedEventId, SendError> {
        match self.hand_over(room, kind, content, key).await {
            Ok(sent) => Ok(sent.response.event_id),
            Err(error) => Err(self.why_not(room, &error)),
        }
    }

    /// Has the SDK encrypt and send it. To let go and begin again is the same send, since it has the same transaction.
    async fn hand_over(
        &self,
        room: &Room,
        kind: &str,
        content: Value,
        key: &SendKey,
    ) -> matrix_sdk::Result<SendMessageLikeEventResult> {
        let id = <&TransactionId>::from(key.as_str());
        let snag = self.clock.until(self.clock.now().checked_add(SNAG).unwrap_or(Timestamp::MAX));
        tokio::select! {
            sent = room.send_raw(kind, content.clone()).with_transaction_id(id).into_future() => return sent,
            () = snag => {}
        }
        room.send_raw(kind, content).with_transaction_id(id).await
    }

    fn why_not(&self, room: &Room, error: &matrix_sdk::Error) -> SendError {
        match (Denial::of(error), meaning(error)) {
            (Some(denial), SendError::Refused { .. }) if denial.status == 403 => {
                let (name, me) = (shown(room), &self.me);
                refused(format!(
                    "The homeserver does not let Herald write in {name}: {}. Invite {me} there if it is not in the room, \
                     or else give it the power level 100.",
                    denial.message.trim_end_matches('.')
                ))
            }
            (_, meaning) => meaning,
        }
    }

    /// A room that Herald has closed takes no more posts, although the homeserver would take Herald's.
    pub(crate) async fn writable(&self, room: &Room) -> Result<(), SendError> {
        if self.is_archived(room).await {
            return Err(refused(format!("{} is closed.", shown(room))));
        }
        self.lives(room)
    }

    /// The first message of the thread that a post belongs to: the one it names, or the one in which it was asked for.
    async fn thread_of(&self, room: &Room, post: &Post) -> Option<OwnedEventId> {
        if let Some(name) = &post.thread {
            let bytes = self.client.state_store().get_custom_value(&thread_place(room, name)).await.ok().flatten()?;
            return EventId::parse(String::from_utf8(bytes).ok()?).ok();
        }
        let answered = post.reply_to.as_ref().filter(|it| it.room == crate::names::room_ref(room.room_id()))?;
        self.thread(&answered.id)
    }

    async fn begin_thread(&self, room: &Room, name: &str, first: &EventId) {
        let place = thread_place(room, name);
        if let Err(error) = self.client.state_store().set_custom_value_no_read(&place, first.as_bytes().to_vec()).await
        {
            tracing::warn!(%error, "the next message of this thread begins another one");
        }
    }
}

fn thread_place(room: &Room, name: &str) -> Vec<u8> {
    format!("herald.thread {} {name}", room.room_id()).into_bytes()
}

/// Each part of a long post is a message of its own.
pub(crate) fn part_key(key: &SendKey, n: usize) -> SendKey {
    if n == 0 { key.clone() } else { SendKey::derive(key.as_str(), "part", n) }
}

fn content(made: serde_json::Result<Value>) -> Result<Value, SendError> {
    made.map_err(|error| later(format!("a message could not be written: {error}")))
}
