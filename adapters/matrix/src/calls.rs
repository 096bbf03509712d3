//! What the port asks for, each as a box of its own. The futures of the SDK below are deep, and the compiler looks through all of
//! one for each future that holds it: a box ends that.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use herald_chat::{
    Attachment, Content, Cursor, MessageRef, Page, Post, Posting, RoomRef, RoomSpec, SendError, SendKey, UserRef,
};
use jiff::Timestamp;

use crate::Inner;
use crate::failure::later;
use crate::names::{room_ref, user_id};

/// A call of the port's that is under way.
type Call<'a, T> = BoxFuture<'a, Result<T, SendError>>;

/// How long a call waits for the first answer of the homeserver.
const PATIENCE: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);

impl Inner {
    pub(crate) fn rooms(&self) -> Call<'_, Vec<RoomRef>> {
        async move {
            self.heard_from().await?;
            let mut rooms = Vec::new();
            for room in self.client.joined_rooms() {
                if !room.is_space() && !self.is_unheard(room.room_id()) && !self.is_archived(&room).await {
                    rooms.push(room_ref(room.room_id()));
                }
            }
            Ok(rooms)
        }
        .boxed()
    }

    pub(crate) fn where_present<'a>(&'a self, user: &'a UserRef, rooms: &'a [RoomRef]) -> Call<'a, BTreeSet<RoomRef>> {
        self.present(user, rooms).boxed()
    }

    pub(crate) fn newest<'a>(&'a self, room: &'a RoomRef) -> Call<'a, Cursor> {
        async move {
            self.heard_from().await?;
            self.newest_cursor(&self.room(room)?).await
        }
        .boxed()
    }

    pub(crate) fn read_back<'a>(
        self: &'a Arc<Self>,
        room: &'a RoomRef,
        since: Option<&'a Cursor>,
        limit: usize,
    ) -> Call<'a, Page> {
        async move {
            self.heard_from().await?;
            self.read_after(room, &self.room(room)?, since, limit).await
        }
        .boxed()
    }

    pub(crate) fn download<'a>(
        &'a self,
        file: &'a Attachment,
        most: u64,
        into: &'a mut std::fs::File,
    ) -> Call<'a, u64> {
        self.fetch(file, most, into).boxed()
    }

    pub(crate) fn post<'a>(&'a self, room: &'a RoomRef, post: &'a Post, key: &'a SendKey) -> Call<'a, MessageRef> {
        self.say(room, post, key).boxed()
    }

    pub(crate) fn post_file<'a>(
        &'a self,
        room: &'a RoomRef,
        post: &'a Post,
        file: &'a Attachment,
        content: Content,
        key: &'a SendKey,
    ) -> Call<'a, MessageRef> {
        self.say_with_file(room, post, file, content, key).boxed()
    }

    pub(crate) fn find<'a>(
        &'a self,
        room: &'a RoomRef,
        post: &'a Post,
        key: &'a SendKey,
        since: Timestamp,
    ) -> Call<'a, Option<MessageRef>> {
        async move { self.find_post(&self.room(room)?, post, key, since).await }.boxed()
    }

    pub(crate) fn edit<'a>(&'a self, message: &'a MessageRef, post: &'a Post, key: &'a SendKey) -> Call<'a, ()> {
        self.change(message, post, key).boxed()
    }

    pub(crate) fn delete<'a>(&'a self, message: &'a MessageRef, key: &'a SendKey) -> Call<'a, ()> {
        self.remove(message, key).boxed()
    }

    pub(crate) fn react<'a>(&'a self, message: &'a MessageRef, emoji: &'a str, key: &'a SendKey) -> Call<'a, ()> {
        self.put_reaction(message, emoji, key).boxed()
    }

    pub(crate) fn pin<'a>(&'a self, message: &'a MessageRef, pinned: bool) -> Call<'a, ()> {
        self.set_pinned(message, pinned).boxed()
    }

    pub(crate) fn open_room<'a>(&'a self, spec: &'a RoomSpec, key: &'a SendKey) -> Call<'a, RoomRef> {
        self.open(spec, key).boxed()
    }

    pub(crate) fn invite<'a>(&'a self, room: &'a RoomRef, user: &'a UserRef) -> Call<'a, ()> {
        async move { self.let_in(self.room(room)?.room_id(), &user_id(user)?).await }.boxed()
    }

    pub(crate) fn exclude<'a>(&'a self, room: &'a RoomRef, user: &'a UserRef) -> Call<'a, ()> {
        async move { self.let_out(self.room(room)?.room_id(), &user_id(user)?).await }.boxed()
    }

    pub(crate) fn archive<'a>(&'a self, room: &'a RoomRef) -> Call<'a, ()> {
        async move { self.close(&self.room(room)?).await }.boxed()
    }

    pub(crate) fn direct<'a>(&'a self, user: &'a UserRef) -> Call<'a, RoomRef> {
        async move { self.direct_room(&user_id(user)?).await }.boxed()
    }

    pub(crate) fn restrict<'a>(&'a self, room: &'a RoomRef, posting: Posting) -> Call<'a, ()> {
        async move {
            self.heard_from().await?;
            let room = self.room(room)?;
            self.note_guarded(room.room_id(), posting == Posting::HeraldOnly);
            self.hold_line(&room, posting).await
        }
        .boxed()
    }

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
