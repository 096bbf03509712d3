//! Herald's calls, and what becomes of them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::{BoxStream, StreamExt};
use jiff::Timestamp;

use super::Faulty;
use super::arrivals::Mixer;
use super::dice::{Call, Deed, Fate};
use crate::{
    Arrival, Attachment, Content, Cursor, MessageRef, Network, Page, Person, Platform, Post, Posting, RoomRef,
    RoomSpec, SendError, SendKey, Text, UserRef,
};

type Answer<T> = Result<T, SendError>;

impl<P: Platform> Faulty<P> {
    /// Meets its fate first, or does `work`. A caller who gives up while it is late has changed nothing.
    async fn meet<T>(&self, call: Call, work: impl Future<Output = Answer<T>> + Send) -> Answer<T> {
        let (delay, fate) = {
            let mut dice = self.shared.dice();
            (dice.delay(), dice.fate(call))
        };
        self.shared.wait(delay).await;
        if let Fate::Instead(error) = fate {
            return Err(error);
        }
        let answer = work.await?;
        match fate {
            Fate::Fine | Fate::Instead(_) => {}
            Fate::Lose => {
                self.shared.dice().injected.answers_lost += 1;
                return Err(SendError::Unknown { reason: "answer lost (injected)".to_owned() });
            }
            Fate::Hang(time) => {
                self.shared.dice().injected.hung += 1;
                self.shared.wait(time).await;
            }
        }
        Ok(answer)
    }

    /// What never gets through, fails at once.
    fn stuck(&self, deed: Deed<'_>) -> Answer<()> {
        let stuck = Arc::clone(&self.shared.dice().stuck);
        match stuck(&deed) {
            Some(error) => {
                self.shared.dice().injected.stuck += 1;
                Err(error)
            }
            None => Ok(()),
        }
    }

    /// The key for the platform behind, chosen when the call gets there.
    fn key(&self, room: &RoomRef, key: &SendKey) -> SendKey {
        let now = self.shared.now();
        self.shared.dice().key(room, key, now)
    }
}

#[async_trait]
impl<P: Platform> Platform for Faulty<P> {
    fn network(&self) -> Network {
        self.inner.network()
    }

    fn remembers(&self) -> Duration {
        let own = self.inner.remembers();
        self.shared.dice().faults.forget_after.map_or(own, |window| window.min(own))
    }

    fn boards(&self) -> bool {
        self.inner.boards()
    }

    async fn me(&self) -> Answer<Person> {
        self.meet(Call::Read, self.inner.me()).await
    }

    fn arrivals(&self) -> BoxStream<'static, Arrival> {
        Mixer::new(self.inner.arrivals(), self.shared.clone()).boxed()
    }

    async fn rooms(&self) -> Answer<Vec<RoomRef>> {
        self.meet(Call::Read, self.inner.rooms()).await
    }

    async fn present(&self, user: &UserRef, rooms: &[RoomRef]) -> Answer<BTreeSet<RoomRef>> {
        self.meet(Call::Read, self.inner.present(user, rooms)).await
    }

    async fn newest(&self, room: &RoomRef) -> Answer<Cursor> {
        self.meet(Call::Read, self.inner.newest(room)).await
    }

    async fn read_back(&self, room: &RoomRef, since: Option<&Cursor>, limit: usize) -> Answer<Page> {
        self.meet(Call::Read, self.inner.read_back(room, since, limit)).await
    }

    fn split(&self, text: &Text) -> Vec<Text> {
        self.inner.split(text)
    }

    fn carries(&self) -> u64 {
        self.inner.carries()
    }

    async fn download(&self, file: &Attachment, most: u64, into: &mut std::fs::File) -> Answer<u64> {
        self.stuck(Deed::Download(file))?;
        self.meet(Call::Read, self.inner.download(file, most, into)).await
    }

    async fn post_file(
        &self,
        room: &RoomRef,
        post: &Post,
        file: &Attachment,
        content: Content,
        key: &SendKey,
    ) -> Answer<MessageRef> {
        self.stuck(Deed::File(room, file))?;
        let work = async { self.inner.post_file(room, post, file, content, &self.key(room, key)).await };
        self.meet(Call::Change, work).await
    }

    async fn post(&self, room: &RoomRef, post: &Post, key: &SendKey) -> Answer<MessageRef> {
        self.stuck(Deed::Post(room, post))?;
        let work = async { self.inner.post(room, post, &self.key(room, key)).await };
        let refusable = Arc::clone(&self.shared.dice().refusable);
        let call = if refusable(room, post) { Call::Refusable } else { Call::Change };
        self.meet(call, work).await
    }

    async fn find(&self, room: &RoomRef, post: &Post, key: &SendKey, since: Timestamp) -> Answer<Option<MessageRef>> {
        let work = async {
            let keys = self.shared.dice().keys(room, key);
            for key in keys {
                let found = self.inner.find(room, post, &key, since).await?;
                if found.is_some() {
                    return Ok(found);
                }
            }
            Ok(None)
        };
        self.meet(Call::Read, work).await
    }

    async fn edit(&self, message: &MessageRef, post: &Post, key: &SendKey) -> Answer<()> {
        self.stuck(Deed::Edit(message))?;
        let work = async { self.inner.edit(message, post, &self.key(&message.room, key)).await };
        self.meet(Call::Change, work).await
    }

    async fn delete(&self, message: &MessageRef, key: &SendKey) -> Answer<()> {
        self.stuck(Deed::Delete(message))?;
        let work = async { self.inner.delete(message, &self.key(&message.room, key)).await };
        self.meet(Call::Change, work).await
    }

    async fn react(&self, message: &MessageRef, emoji: &str, key: &SendKey) -> Answer<()> {
        let work = async { self.inner.react(message, emoji, &self.key(&message.room, key)).await };
        self.meet(Call::Change, work).await
    }

    async fn pin(&self, message: &MessageRef, pinned: bool) -> Answer<()> {
        self.stuck(Deed::Pin(message))?;
        self.meet(Call::Change, self.inner.pin(message, pinned)).await
    }

    /// Its key is never forgotten: the port promises the same room for ever.
    async fn open_room(&self, spec: &RoomSpec, key: &SendKey) -> Answer<RoomRef> {
        self.stuck(Deed::Open(spec))?;
        self.meet(Call::Change, self.inner.open_room(spec, key)).await
    }

    async fn invite(&self, room: &RoomRef, user: &UserRef) -> Answer<()> {
        self.stuck(Deed::Invite(room, user))?;
        self.meet(Call::Change, self.inner.invite(room, user)).await
    }

    async fn exclude(&self, room: &RoomRef, user: &UserRef) -> Answer<()> {
        self.stuck(Deed::Exclude(room, user))?;
        self.meet(Call::Change, self.inner.exclude(room, user)).await
    }

    async fn archive(&self, room: &RoomRef) -> Answer<()> {
        self.stuck(Deed::Archive(room))?;
        self.meet(Call::Change, self.inner.archive(room)).await
    }

    async fn direct(&self, user: &UserRef) -> Answer<RoomRef> {
        self.stuck(Deed::Direct(user))?;
        self.meet(Call::Change, self.inner.direct(user)).await
    }

    async fn restrict(&self, room: &RoomRef, posting: Posting) -> Answer<()> {
        self.meet(Call::Change, self.inner.restrict(room, posting)).await
    }
}
