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

use crate::failure::later;
use crate::format::shown_parts;
use crate::names::{network, person, room_ref, user_id};
use crate::{Inner, Matrix};

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
                tokio::spawn(self.0.clone().listen());
                tokio::spawn(self.0.clone().watch());
                tokio::spawn(self.0.clone().watch_for_twin());
                stream.boxed()
            }
            None => futures::stream::pending().boxed(),
        }
    }

    fn boards(&self) -> bool {
        true
    }

    async fn rooms(&self) -> Result<Vec<RoomRef>, SendError> {
        self.0.heard_from().await?;
        let mut rooms = Vec::new();
        for room in self.0.client.joined_rooms() {
            if !room.is_space() && !self.0.is_archived(&room).await {
                rooms.push(room_ref(room.room_id()));
            }
        }
        Ok(rooms)
    }

    async fn present(&self, user: &UserRef, rooms: &[RoomRef]) -> Result<BTreeSet<RoomRef>, SendError> {
        self.0.present(user, rooms).await
    }

    async fn newest(&self, room: &RoomRef) -> Result<Cursor, SendError> {
        self.0.heard_from().await?;
        self.0.newest_cursor(&self.0.room(room)?).await
    }

    async fn read_back(&self, room: &RoomRef, since: Option<&Cursor>, limit: usize) -> Result<Page, SendError> {
        self.0.heard_from().await?;
        self.0.read_after(room, &self.0.room(room)?, since, limit).await
    }

    fn split(&self, text: &Text) -> Vec<Text> {
        shown_parts(text)
    }

    fn carries(&self) -> u64 {
        self.0.media.carries
    }

    async fn download(&self, file: &Attachment, most: u64, into: &mut std::fs::File) -> Result<u64, SendError> {
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
        self.0.say_with_file(room, post, file, content, key).await
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
        self.0.find_post(&self.0.room(room)?, post, key, since).await
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
        self.0.open(spec, key).await
    }

    async fn invite(&self, room: &RoomRef, user: &UserRef) -> Result<(), SendError> {
        self.0.let_in(self.0.room(room)?.room_id(), &user_id(user)?).await
    }

    async fn exclude(&self, room: &RoomRef, user: &UserRef) -> Result<(), SendError> {
        self.0.let_out(self.0.room(room)?.room_id(), &user_id(user)?).await
    }

    async fn archive(&self, room: &RoomRef) -> Result<(), SendError> {
        self.0.close(&self.0.room(room)?).await
    }

    async fn direct(&self, user: &UserRef) -> Result<RoomRef, SendError> {
        self.0.direct_room(&user_id(user)?).await
    }

    async fn restrict(&self, room: &RoomRef, posting: Posting) -> Result<(), SendError> {
        self.0.heard_from().await?;
        let room = self.0.room(room)?;
        self.0.note_guarded(room.room_id(), posting == Posting::HeraldOnly);
        self.0.hold_line(&room, posting).await
    }
}

impl Inner {
    /// Before the first answer to a sync, nobody knows which rooms there are, nor has the keys to read them.
    async fn heard_from(&self) -> Result<(), SendError> {
        if self.is_ready() {
            return Ok(());
        }
        let mut ready = self.ready.subscribe();
        let patience = self.clock.until(self.clock.now().saturating_add(PATIENCE).unwrap_or(Timestamp::MAX));
        tokio::select! {
            _ = ready.wait_for(|ready| *ready) => Ok(()),
            () = patience => Err(later("the homeserver has not answered yet")),
        }
    }
}

/// How long a call waits for the first answer of the homeserver.
const PATIENCE: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);
