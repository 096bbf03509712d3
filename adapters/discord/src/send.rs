//! What Herald says.
//!
//! A long post is several messages. The further ones answer the first, so that they are found again when it is edited,
//! removed or looked for.

use std::sync::Arc;

use herald_chat::{MessageRef, Post, RoomRef, SendError, SendKey, Tone};
use serde_json::{Value, json};

use crate::Inner;
use crate::failure::refused;
use crate::format::{self, Part};
use crate::line::{WORK, is_archived};
use crate::names::{channel_id, interaction_of, message_id, message_ref, snowflake};
use crate::permissions::{ADD_REACTIONS, ATTACH_FILES, MANAGE_MESSAGES, PIN_MESSAGES, SEND_MESSAGES_IN_THREADS};
use crate::rest::{Failure, Request, Upload};

/// Discord's number for the message that tells of a pin.
const TELLS_OF_A_PIN: u64 = 6;

impl Inner {
    /// The post's messages.
    pub(crate) fn parts(&self, post: &Post) -> Vec<Part> {
        format::parts(post, self.settings.called())
    }

    pub(crate) async fn say(&self, at: &RoomRef, post: &Post, key: &SendKey) -> Result<MessageRef, SendError> {
        self.say_all(at, post, key, None).await
    }

    /// Says all of a post, its first message with a file if there is one.
    pub(crate) async fn say_all(
        &self,
        at: &RoomRef,
        post: &Post,
        key: &SendKey,
        upload: Option<&Upload>,
    ) -> Result<MessageRef, SendError> {
        let mut channel = channel_id(at)?;
        let mut parts = self.parts(post);
        if upload.is_some() && parts.is_empty() {
            parts.push(Part::silence(post.tone));
        }
        if parts.is_empty() {
            return Err(refused("There is nothing to say."));
        }
        let asked = post.reply_to.as_ref().filter(|_| upload.is_none()).and_then(|it| interaction_of(&it.id));
        if let Some((_, user)) = asked {
            if let Some(sent) = self.answer(post, key).await? {
                return Ok(sent);
            }
            if post.tone == Tone::Answer {
                channel = channel_id(&self.direct_room(user).await?)?;
            }
        }
        self.writable(channel).await?;
        let place = self.place(channel, post, true).await?;
        if let Some(voice) = self.voice(channel, post)
            && let Some(said) = self.say_as((channel, place), (post, voice), key, upload).await?
        {
            return Ok(said);
        }
        let answered = answered(post, place);
        let mut sent = Vec::new();
        for (n, part) in parts.iter().enumerate() {
            let before = sent.first().copied();
            let upload = upload.filter(|_| n == 0);
            sent.push(self.send(place, part, &part_key(key, n), before.or(answered), upload).await?);
        }
        for (n, mut body) in self.not_lost(post).into_iter().enumerate() {
            body["nonce"] = json!(part_key(key, parts.len() + n));
            body["enforce_nonce"] = json!(true);
            self.rest.ask(Request::post(format!("/channels/{place}/messages"), body)).await?;
        }
        self.note_parts(place, &sent)
    }

    /// Sends one message.
    pub(crate) async fn send(
        &self,
        place: u64,
        part: &Part,
        key: &SendKey,
        answered: Option<u64>,
        upload: Option<&Upload>,
    ) -> Result<u64, SendError> {
        let body = part.create(key, answered.map(|id| id.to_string()).as_deref());
        let request = Request::post(format!("/channels/{place}/messages"), body);
        match self.rest.ask_with(request, upload).await {
            Ok(made) => {
                // It was sent, whatever the answer looks like.
                let id = made["id"].as_str().and_then(snowflake);
                let id = id.ok_or_else(|| SendError::Unknown { reason: "Discord named no message".to_owned() })?;
                self.notes().mind.claims.note(id, key.as_str());
                Ok(id)
            }
            Err(failure) => {
                // Discord remembers the nonce for a while, and makes nothing in place of what is gone.
                if failure.is_code(10008) {
                    return Err(refused("It was posted, and somebody deleted it since."));
                }
                if failure.is_code(10003) {
                    self.forget_thread(place);
                    self.look_anew(Some(place));
                }
                if let Some(why) = upload.and_then(|_| self.not_taken(&failure)) {
                    return Err(why);
                }
                let is_thread = self.notes().parents.contains_key(&place);
                let mut needed = if is_thread { WORK | SEND_MESSAGES_IN_THREADS } else { WORK };
                if upload.is_some() {
                    needed = needed | ATTACH_FILES;
                }
                Err(self.why_not(place, needed, failure).await)
            }
        }
    }

    /// What a post's messages come to, and that they belong together.
    pub(crate) fn note_parts(&self, place: u64, sent: &[u64]) -> Result<MessageRef, SendError> {
        let [first, tail @ ..] = sent else { return Err(refused("There is nothing to say.")) };
        self.notes().mind.note_tail(*first, tail.to_vec());
        Ok(message_ref(place, *first))
    }

    /// Discord may tell of a message of Herald's before it has answered, and after its answer was lost.
    pub(crate) fn note_own(&self, message: u64, nonce: &str) {
        self.notes().mind.claims.note(message, nonce);
    }

    pub(crate) async fn change(&self, message: &MessageRef, post: &Post, key: &SendKey) -> Result<(), SendError> {
        if post.voice.is_some() && self.change_as(message, post).await? {
            return Ok(());
        }
        let (channel, first) = (channel_id(&message.room)?, message_id(message)?);
        let parts = self.parts(post);
        let [head, rest @ ..] = parts.as_slice() else { return Err(refused("There is nothing to say.")) };
        self.put(channel, first, head).await?;
        let mut tail = self.tail(channel, first).await?;
        for (part, id) in rest.iter().zip(&tail) {
            self.put(channel, *id, part).await?;
        }
        for id in tail.split_off(rest.len().min(tail.len())) {
            self.take_away(channel, id).await?;
        }
        for (n, part) in rest.iter().enumerate().skip(tail.len()) {
            tail.push(self.send(channel, part, &part_key(key, n + 1), Some(first), None).await?);
        }
        self.notes().mind.note_tail(first, tail);
        Ok(())
    }

    /// Makes a message say this.
    async fn put(&self, channel: u64, message: u64, part: &Part) -> Result<(), SendError> {
        match self.rest.ask(Request::patch(format!("/channels/{channel}/messages/{message}"), part.edit())).await {
            Ok(_) => Ok(()),
            Err(failure) => Err(self.why_not(channel, WORK, failure).await),
        }
    }

    pub(crate) async fn remove(self: &Arc<Self>, message: &MessageRef, _key: &SendKey) -> Result<(), SendError> {
        if interaction_of(&message.id).is_some() {
            return Ok(());
        }
        let (channel, id) = (channel_id(&message.room)?, message_id(message)?);
        if self.is_stray(channel, id) && self.remove_together(channel, id).await {
            return Ok(());
        }
        let removed = self.remove_all(channel, id).await;
        if let Err(SendError::Refused { .. }) = &removed
            && self.is_guarded(channel)
        {
            self.note_owed(channel, id);
            self.falls_behind(channel);
        }
        removed
    }

    /// Removes a message with all that belongs to it.
    async fn remove_all(&self, channel: u64, id: u64) -> Result<(), SendError> {
        let known = self.notes().mind.tails.get(&id).cloned();
        let tail = match known {
            Some(tail) => tail,
            None if self.is_mine(channel, id).await? => self.tail(channel, id).await?,
            None => Vec::new(),
        };
        for id in tail.into_iter().rev().chain([id]) {
            self.take_away(channel, id).await?;
        }
        self.notes().mind.tails.remove(&id);
        Ok(())
    }

    /// Takes a message away. When Discord tells of that, it is known who did it.
    pub(crate) async fn take_away(&self, channel: u64, message: u64) -> Result<(), SendError> {
        let is_first = self.notes().removing.insert(message);
        let taken = self.take_if_there(channel, message).await;
        // Where it is gone, an earlier try may have done that.
        if is_first && !matches!(taken, Ok(true) | Err(SendError::Unknown { .. })) {
            self.notes().removing.remove(&message);
        }
        if taken.is_ok() {
            self.note_gone(channel, message);
        }
        taken.map(drop)
    }

    /// Whether there was anything to take away.
    async fn take_if_there(&self, channel: u64, message: u64) -> Result<bool, SendError> {
        let is_voiced = self.notes().mind.voiced.contains_key(&message);
        if is_voiced && let Some(hook) = self.hook_of(channel, message).await? {
            return self.change_voiced(&hook, (channel, message), None).await.map(|()| true);
        }
        match self.rest.ask(Request::delete(format!("/channels/{channel}/messages/{message}"))).await {
            Ok(_) => Ok(true),
            Err(failure) if is_gone(&failure) => Ok(false),
            Err(failure) => {
                // What Discord itself says there nobody can remove.
                if failure.is_code(50021) {
                    self.note_gone(channel, message);
                }
                Err(self.why_not(channel, MANAGE_MESSAGES, failure).await)
            }
        }
    }

    async fn is_mine(&self, channel: u64, message: u64) -> Result<bool, SendError> {
        match self.rest.ask(Request::get(format!("/channels/{channel}/messages/{message}"))).await {
            Ok(found) => Ok(found["author"]["id"] == json!(self.me.id.id())),
            Err(failure) if is_gone(&failure) => Ok(false),
            Err(failure) => Err(self.why_not(channel, WORK, failure).await),
        }
    }

    pub(crate) async fn put_reaction(
        &self,
        message: &MessageRef,
        emoji: &str,
        _key: &SendKey,
    ) -> Result<(), SendError> {
        // A command of the menu is no message: nothing can be put on it.
        if interaction_of(&message.id).is_some() {
            return Ok(());
        }
        let (channel, id) = (channel_id(&message.room)?, message_id(message)?);
        let path = format!("/channels/{channel}/messages/{id}/reactions/{}/@me", escaped(emoji));
        match self.rest.ask(Request { body: None, ..Request::put(path, Value::Null) }).await {
            Ok(_) => Ok(()),
            Err(failure) => Err(self.why_not(channel, WORK | ADD_REACTIONS, failure).await),
        }
    }

    pub(crate) async fn set_pinned(&self, message: &MessageRef, pinned: bool) -> Result<(), SendError> {
        let (channel, id) = (channel_id(&message.room)?, message_id(message)?);
        let found = match self.rest.ask(Request::get(format!("/channels/{channel}/messages/{id}"))).await {
            Ok(found) => found,
            Err(failure) if failure.is_code(10008) && !pinned => return Ok(()),
            Err(failure) => return Err(self.why_not(channel, WORK, failure).await),
        };
        if found["pinned"] == json!(pinned) {
            return Ok(());
        }
        let path = format!("/channels/{channel}/messages/pins/{id}");
        let why = if pinned { "The board of an incident" } else { "The incident is over" };
        let request = if pinned { Request::put(path, Value::Null) } else { Request::delete(path) };
        match self.rest.ask(Request { body: None, ..request }.because(why)).await {
            Ok(_) if pinned => {
                self.hush(channel, id).await;
                Ok(())
            }
            Ok(_) => Ok(()),
            Err(failure) if failure.is_code(10008) && !pinned => Ok(()),
            Err(failure) if failure.is_code(30003) => Err(refused(
                "The channel holds as many pins as Discord allows, 50 in older channels. Take one off, so that Herald can pin \
                 its board.",
            )),
            Err(failure) => Err(self.why_not(channel, WORK | PIN_MESSAGES, failure).await),
        }
    }

    /// Takes away the message by which Discord tells the room that something was pinned.
    async fn hush(&self, channel: u64, pinned: u64) {
        let path = format!("/channels/{channel}/messages");
        let Ok(last) = self.rest.ask(Request::get(path).query("limit", 10)).await else { return };
        let told = last.as_array().into_iter().flatten().find(|it| {
            it["type"] == json!(TELLS_OF_A_PIN)
                && it["author"]["id"] == json!(self.me.id.id())
                && it["message_reference"]["message_id"] == json!(pinned.to_string())
        });
        if let Some(id) = told.and_then(|it| it["id"].as_str()).and_then(snowflake)
            && let Err(why) = self.take_away(channel, id).await
        {
            tracing::warn!(channel, %why, "the note about a pin stays");
        }
    }

    /// A channel that Herald has closed takes no more posts, although Discord might take Herald's.
    async fn writable(&self, channel: u64) -> Result<(), SendError> {
        if self.notes().directs.contains_key(&channel) {
            return Ok(());
        }
        let seen = match self.channel(channel).await {
            Ok(seen) => seen,
            Err(failure) => return Err(self.why_not(channel, WORK, failure).await),
        };
        if is_archived(&seen, self.my_id()) {
            return Err(refused(format!("{} is closed.", seen.shown())));
        }
        Ok(())
    }
}

/// The message in `place` that a post answers.
pub(crate) fn answered(post: &Post, place: u64) -> Option<u64> {
    let message = post.reply_to.as_ref().filter(|message| channel_id(&message.room) == Ok(place))?;
    snowflake(&message.id)
}

/// Each part of a long post is a message of its own.
pub(crate) fn part_key(key: &SendKey, n: usize) -> SendKey {
    if n == 0 { key.clone() } else { SendKey::derive(key.as_str(), "part", n) }
}

/// As a part of a path.
pub(crate) fn escaped(emoji: &str) -> String {
    emoji.bytes().fold(String::new(), |path, byte| format!("{path}%{byte:02X}"))
}

/// Whether Discord said no because the message is not there, or all of its channel.
fn is_gone(failure: &Failure) -> bool {
    failure.is_code(10008) || failure.is_code(10003)
}
