//! The port, kept by Discord.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::BoxStream;
use futures::{StreamExt, future};
use herald_chat::{
    Arrival, Cursor, MessageRef, Network, Page, Person, Platform, Post, Posting, RoomRef, RoomSpec, SendError, SendKey,
    Tone, UserRef,
};
use jiff::Timestamp;

use crate::Discord;
use crate::names::{channel_id, message_id, network, user_id};

/// Discord says that it checks a nonce against those of the past few minutes.
const REMEMBERS: Duration = Duration::from_mins(2);

#[async_trait]
impl Platform for Discord {
    fn network(&self) -> Network {
        network()
    }

    fn remembers(&self) -> Duration {
        REMEMBERS
    }

    fn boards(&self) -> bool {
        true
    }

    async fn taken(&self, command: &MessageRef, answer: Option<Tone>) {
        self.0.acknowledge(command, answer).await;
    }

    async fn me(&self) -> Result<Person, SendError> {
        Ok(self.0.me.clone())
    }

    fn arrivals(&self) -> BoxStream<'static, Arrival> {
        let stream = self.0.stream.lock().unwrap_or_else(PoisonError::into_inner).take();
        match stream {
            Some(stream) => {
                tokio::spawn(self.0.clone().listen());
                // Whoever still listens does not keep the store from being closed.
                let inner = Arc::downgrade(&self.0);
                let is_wanted = move |arrival: &Arrival| {
                    future::ready(inner.upgrade().is_none_or(|inner| !inner.is_given_up(arrival)))
                };
                stream.filter(is_wanted).boxed()
            }
            None => futures::stream::pending().boxed(),
        }
    }

    async fn rooms(&self) -> Result<Vec<RoomRef>, SendError> {
        self.0.known_rooms().await
    }

    async fn newest(&self, room: &RoomRef) -> Result<Cursor, SendError> {
        self.0.newest_cursor(channel_id(room)?).await
    }

    async fn read_back(&self, room: &RoomRef, since: Option<&Cursor>, limit: usize) -> Result<Page, SendError> {
        self.0.read_after(channel_id(room)?, since, limit).await
    }

    async fn post(&self, room: &RoomRef, post: &Post, key: &SendKey) -> Result<MessageRef, SendError> {
        self.0.say(room, post, key).await
    }

    async fn find(
        &self,
        room: &RoomRef,
        post: &Post,
        key: &SendKey,
        since: Timestamp,
    ) -> Result<Option<MessageRef>, SendError> {
        self.0.find_post(room, post, key, since).await
    }

    async fn edit(&self, message: &MessageRef, post: &Post, key: &SendKey) -> Result<(), SendError> {
        self.0.change(message, post, key).await
    }

    async fn delete(&self, message: &MessageRef, key: &SendKey) -> Result<(), SendError> {
        if let Ok(id) = message_id(message) {
            self.0.notes().removing.insert(id);
        }
        self.0.remove(message, key).await
    }

    async fn react(&self, message: &MessageRef, emoji: &str, key: &SendKey) -> Result<(), SendError> {
        self.0.put_reaction(message, emoji, key).await
    }

    async fn pin(&self, message: &MessageRef, pinned: bool) -> Result<(), SendError> {
        self.0.set_pinned(message, pinned).await
    }

    async fn open_room(&self, spec: &RoomSpec, key: &SendKey) -> Result<RoomRef, SendError> {
        self.0.open_room(spec, key).await
    }

    async fn invite(&self, room: &RoomRef, user: &UserRef) -> Result<(), SendError> {
        self.0.let_in(channel_id(room)?, user_id(user)?).await
    }

    async fn archive(&self, room: &RoomRef) -> Result<(), SendError> {
        self.0.close_room(channel_id(room)?).await
    }

    async fn direct(&self, user: &UserRef) -> Result<RoomRef, SendError> {
        self.0.direct_room(user_id(user)?).await
    }

    async fn restrict(&self, room: &RoomRef, posting: Posting) -> Result<(), SendError> {
        self.0.hold_line(channel_id(room)?, posting).await
    }
}
