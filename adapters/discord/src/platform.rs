//! The port, kept by Discord.

use std::collections::BTreeSet;
use std::fs::File;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::BoxStream;
use futures::{StreamExt, future};
use herald_chat::{
    Arrival, Attachment, Content, Cursor, MessageRef, Network, Page, Person, Platform, Post, Posting, RoomRef,
    RoomSpec, SendError, SendKey, Text, Tone, UserRef,
};
use jiff::Timestamp;

use crate::names::{channel_id, network, user_id};
use crate::{Discord, format};

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

    fn buttons(&self) -> bool {
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
                // By now it is known what every channel is for.
                self.0.forget_unused();
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

    async fn present(&self, user: &UserRef, rooms: &[RoomRef]) -> Result<BTreeSet<RoomRef>, SendError> {
        self.0.present(user_id(user)?, rooms).await
    }

    async fn newest(&self, room: &RoomRef) -> Result<Cursor, SendError> {
        self.0.newest_cursor(channel_id(room)?).await
    }

    async fn read_back(&self, room: &RoomRef, since: Option<&Cursor>, limit: usize) -> Result<Page, SendError> {
        self.0.read_after(channel_id(room)?, since, limit).await
    }

    fn split(&self, text: &Text) -> Vec<Text> {
        format::cut(text)
    }

    fn carries(&self) -> u64 {
        self.0.carries()
    }

    async fn download(&self, file: &Attachment, most: u64, into: &mut File) -> Result<u64, SendError> {
        self.0.fetch(file, most, into).await
    }

    async fn post_file(
        &self,
        room: &RoomRef,
        post: &Post,
        file: &Attachment,
        content: Content,
        key: &SendKey,
    ) -> Result<MessageRef, SendError> {
        self.0.say_with(room, post, file, content, key).await
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

    async fn exclude(&self, room: &RoomRef, user: &UserRef) -> Result<(), SendError> {
        self.0.exclude(channel_id(room)?, user_id(user)?).await
    }

    async fn archive(&self, room: &RoomRef) -> Result<(), SendError> {
        self.0.close_room(channel_id(room)?).await
    }

    async fn direct(&self, user: &UserRef) -> Result<RoomRef, SendError> {
        self.0.direct_room(user_id(user)?).await
    }

    async fn restrict(&self, room: &RoomRef, posting: Posting) -> Result<(), SendError> {
        let channel = channel_id(room)?;
        self.0.look_anew(None);
        match posting {
            Posting::HeraldOnly => {
                let line = self.0.hold_line(channel, posting).await;
                // Whatever can be done there is done.
                let guard = self.0.guard(channel).await;
                if line.is_err() || guard.is_err() {
                    self.0.falls_behind(channel);
                }
                line.and(guard)
            }
            Posting::Members => self.0.hold_line(channel, posting).await,
        }
    }
}
