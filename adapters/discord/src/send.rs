//! What Herald says.

use herald_chat::{MessageRef, Post, RoomRef, SendError, SendKey, Tone};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::Inner;
use crate::failure::{later, refused};
use crate::format;
use crate::names::{channel_id, message_id, message_ref, snowflake};
use crate::rest::{Failure, Request};

impl Inner {
    pub(crate) async fn say(&self, at: &RoomRef, post: &Post, key: &SendKey) -> Result<MessageRef, SendError> {
        let mut channel = channel_id(at)?;
        if let Some((_, user)) = post.reply_to.as_ref().and_then(|it| crate::names::interaction_of(&it.id)) {
            if let Some(sent) = self.answer(post, key).await? {
                return Ok(sent);
            }
            if post.tone == Tone::Answer {
                channel = channel_id(&self.direct_room(user).await?)?;
            }
        }
        let mut first = None;
        for body in format::bodies(post) {
            let mut body = body;
            body["nonce"] = json!(key.as_str());
            body["enforce_nonce"] = json!(true);
            let made: Value = self.rest.ask(Request::post(format!("/channels/{channel}/messages"), body)).await?;
            let id = made["id"].as_str().and_then(snowflake).ok_or_else(|| later("no id"))?;
            first.get_or_insert(id);
        }
        first.map(|id| message_ref(channel, id)).ok_or_else(|| refused("There is nothing to say."))
    }

    pub(crate) async fn find_post(
        &self,
        _room: &RoomRef,
        _post: &Post,
        _key: &SendKey,
        _since: Timestamp,
    ) -> Result<Option<MessageRef>, SendError> {
        Err(later("history cannot be searched yet"))
    }

    pub(crate) async fn change(&self, message: &MessageRef, post: &Post, _key: &SendKey) -> Result<(), SendError> {
        let (channel, id) = (channel_id(&message.room)?, message_id(message)?);
        let [body] = format::bodies(post).try_into().map_err(|_| refused("It is too long to be changed to."))?;
        self.rest.ask(Request::patch(format!("/channels/{channel}/messages/{id}"), body)).await?;
        Ok(())
    }

    pub(crate) async fn remove(&self, message: &MessageRef, _key: &SendKey) -> Result<(), SendError> {
        let (channel, id) = (channel_id(&message.room)?, message_id(message)?);
        match self.rest.ask(Request::delete(format!("/channels/{channel}/messages/{id}"))).await {
            Err(failure) if !failure.is_code(10008) => Err(failure.into()),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    pub(crate) async fn put_reaction(
        &self,
        message: &MessageRef,
        emoji: &str,
        _key: &SendKey,
    ) -> Result<(), SendError> {
        let (channel, id) = (channel_id(&message.room)?, message_id(message)?);
        let path = format!("/channels/{channel}/messages/{id}/reactions/{emoji}/@me");
        self.rest.ask(Request::put(path, Value::Null)).await.map(drop).map_err(Failure::into)
    }

    pub(crate) async fn set_pinned(&self, message: &MessageRef, pinned: bool) -> Result<(), SendError> {
        let (channel, id) = (channel_id(&message.room)?, message_id(message)?);
        let path = format!("/channels/{channel}/messages/pins/{id}");
        let request = if pinned { Request::put(path, Value::Null) } else { Request::delete(path) };
        self.rest.ask(request).await.map(drop).map_err(Failure::into)
    }
}
