//! The port, kept by Matrix.

use std::collections::BTreeSet;
use std::sync::PoisonError;
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::BoxStream;
use herald_chat::{
    Arrival, Attachment, Content, Cursor, MessageRef, Network, Page, Person, Platform, Post, Posting, RoomRef,
    RoomSpec, SendError, SendKey, Text, UserRef,
};
use jiff::Timestamp;

use crate::Matrix;
use crate::format::shown_parts;
use crate::names::{network, person, room_id};

/// Homeservers forget transactions after a day at the earliest.
const REMEMBERS: Duration = Duration::from_hours(12);

#[async_trait]
impl Platform for Matrix {
    fn network(&self) -> Network {
        network()
    }

    fn remembers(&self) -> Duration {
        REMEMBERS
    }

    async fn me(&self) -> Result<Person, SendError> {
        Ok(person(&self.0.me, self.0.name.as_deref()))
    }

    fn arrivals(&self) -> BoxStream<'static, Arrival> {
        let stream = self.0.stream.lock().unwrap_or_else(PoisonError::into_inner).take();
        match stream {
            Some(stream) => {
                tokio::spawn(self.0.clone().listen_or_end());
                tokio::spawn(self.0.clone().watch());
                tokio::spawn(self.0.clone().watch_for_twin());
                let heard = self.0.clone();
                stream.inspect(move |arrival| heard.note_heard(arrival)).boxed()
            }
            None => futures::stream::pending().boxed(),
        }
    }

    fn boards(&self) -> bool {
        true
    }

    fn released(&self, room: &RoomRef) {
        if let Ok(id) = room_id(room) {
            self.0.forget_named(&id);
        }
    }

    async fn rooms(&self) -> Result<Vec<RoomRef>, SendError> {
        self.0.rooms().await
    }

    async fn present(&self, user: &UserRef, rooms: &[RoomRef]) -> Result<BTreeSet<RoomRef>, SendError> {
        self.0.where_present(user, rooms).await
    }

    async fn newest(&self, room: &RoomRef) -> Result<Cursor, SendError> {
        self.0.newest(room).await
    }

    async fn read_back(&self, room: &RoomRef, since: Option<&Cursor>, limit: usize) -> Result<Page, SendError> {
        self.0.read_back(room, since, limit).await
    }

    fn split(&self, text: &Text) -> Vec<Text> {
        shown_parts(text)
    }

    fn carries(&self) -> u64 {
        self.0.media.carries
    }

    async fn download(&self, file: &Attachment, most: u64, into: &mut std::fs::File) -> Result<u64, SendError> {
        self.0.download(file, most, into).await
    }

    async fn post_file(
        &self,
        room: &RoomRef,
        post: &Post,
        file: &Attachment,
        content: Content,
        key: &SendKey,
    ) -> Result<MessageRef, SendError> {
        self.0.post_file(room, post, file, content, key).await
    }

    async fn post(&self, room: &RoomRef, post: &Post, key: &SendKey) -> Result<MessageRef, SendError> {
        self.0.post(room, post, key).await
    }

    async fn find(
        &self,
        room: &RoomRef,
        post: &Post,
        key: &SendKey,
        since: Timestamp,
    ) -> Result<Option<MessageRef>, SendError> {
        self.0.find(room, post, key, since).await
    }

    async fn edit(&self, message: &MessageRef, post: &Post, key: &SendKey) -> Result<(), SendError> {
        self.0.edit(message, post, key).await
    }

    async fn delete(&self, message: &MessageRef, key: &SendKey) -> Result<(), SendError> {
        self.0.delete(message, key).await
    }

    async fn react(&self, message: &MessageRef, emoji: &str, key: &SendKey) -> Result<(), SendError> {
        self.0.react(message, emoji, key).await
    }

    async fn pin(&self, message: &MessageRef, pinned: bool) -> Result<(), SendError> {
        self.0.pin(message, pinned).await
    }

    async fn open_room(&self, spec: &RoomSpec, key: &SendKey) -> Result<RoomRef, SendError> {
        self.0.open_room(spec, key).await
    }

    async fn invite(&self, room: &RoomRef, user: &UserRef) -> Result<(), SendError> {
        self.0.invite(room, user).await
    }

    async fn exclude(&self, room: &RoomRef, user: &UserRef) -> Result<(), SendError> {
        self.0.exclude(room, user).await
    }

    async fn archive(&self, room: &RoomRef) -> Result<(), SendError> {
        self.0.archive(room).await
    }

    async fn direct(&self, user: &UserRef) -> Result<RoomRef, SendError> {
        self.0.direct(user).await
    }

    async fn restrict(&self, room: &RoomRef, posting: Posting) -> Result<(), SendError> {
        self.0.restrict(room, posting).await
    }
}
