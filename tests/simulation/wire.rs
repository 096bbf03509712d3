//! The line between Herald and the platform: where Herald can be cut off in the middle of a call.

use std::collections::BTreeSet;
use std::fs::File;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use futures::future::pending;
use futures::stream::BoxStream;
use herald_chat::{
    Arrival, Attachment, Content, Cursor, MessageRef, Network, Page, Person, Platform, Post, Posting, RoomRef,
    RoomSpec, SendError, SendKey, Text, UserRef,
};
use jiff::Timestamp;

type Answer<T> = Result<T, SendError>;

/// Where in a call the process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Before the platform hears of it.
    Before,
    /// After the platform has done it.
    After,
}

/// What is known of the calls so far, and when the next cut comes. Outlives crashes.
#[derive(Clone, Default)]
pub(crate) struct Line(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    armed: Option<(u32, Cut)>,
    cut: bool,
    refused: BTreeSet<SendKey>,
    posted: BTreeSet<SendKey>,
    specs: Vec<RoomSpec>,
    /// What could not be carried or found at least once: names of files, and keys of posts.
    failed: BTreeSet<String>,
    full: u32,
}

impl Line {
    /// The process dies in the call that comes after `calls` more.
    pub(crate) fn arm(&self, calls: u32, cut: Cut) {
        self.state().armed = Some((calls, cut));
    }

    /// Nothing will be cut.
    pub(crate) fn disarm(&self) {
        self.state().armed = None;
    }

    /// What was cut is whole: a new process begins. It may be cut too.
    pub(crate) fn mend_cut(&self) {
        self.state().cut = false;
    }

    pub(crate) fn is_cut(&self) -> bool {
        self.state().cut
    }

    /// Posts that the platform refused for good.
    pub(crate) fn refused(&self) -> BTreeSet<SendKey> {
        self.state().refused.clone()
    }

    /// Posts and removals that were tried at least once.
    pub(crate) fn tried(&self) -> BTreeSet<SendKey> {
        self.state().posted.clone()
    }

    /// What could not be carried or found at least once, as far as Herald knows: names of files, and keys of posts.
    pub(crate) fn failed(&self) -> BTreeSet<String> {
        self.state().failed.clone()
    }

    /// Rooms that Herald wanted to open.
    pub(crate) fn specs(&self) -> Vec<RoomSpec> {
        self.state().specs.clone()
    }

    pub(crate) fn count_full(&self) {
        self.state().full += 1;
    }

    /// How often the disk was full.
    pub(crate) fn full(&self) -> u32 {
        self.state().full
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Counts one call down. The cut that falls on it, if one does.
    fn count(&self) -> Option<Cut> {
        let mut state = self.state();
        match &mut state.armed {
            Some((0, cut)) => {
                let cut = *cut;
                state.armed = None;
                Some(cut)
            }
            Some((left, _)) => {
                *left -= 1;
                None
            }
            None => None,
        }
    }

    /// A call without which something is not posted. One that is given up has failed.
    async fn call_for<T>(&self, what: &str, work: impl Future<Output = Answer<T>> + Send) -> Answer<T> {
        let is_first = self.state().failed.insert(what.to_owned());
        let answer = self.call(work).await;
        if answer.is_ok() && is_first {
            self.state().failed.remove(what);
        }
        answer
    }

    async fn call<T>(&self, work: impl Future<Output = Answer<T>> + Send) -> Answer<T> {
        let cut = self.count();
        if self.is_cut() || cut == Some(Cut::Before) {
            self.state().cut = true;
            return pending().await;
        }
        let answer = work.await;
        if self.is_cut() || cut == Some(Cut::After) {
            self.state().cut = true;
            return pending().await;
        }
        answer
    }
}

/// A platform at the other end of a [`Line`].
pub(crate) struct Wire<P> {
    pub(crate) platform: P,
    pub(crate) line: Line,
}

impl<P> Wire<P> {
    /// Remembers what is refused for good.
    fn note(&self, key: &SendKey, answer: &Answer<MessageRef>) {
        match answer {
            Err(SendError::Refused { .. }) => self.line.state().refused.insert(key.clone()),
            Ok(_) => self.line.state().refused.remove(key),
            Err(_) => false,
        };
    }
}

#[async_trait]
impl<P: Platform> Platform for Wire<P> {
    fn network(&self) -> Network {
        self.platform.network()
    }

    fn remembers(&self) -> Duration {
        self.platform.remembers()
    }

    fn boards(&self) -> bool {
        self.platform.boards()
    }

    async fn me(&self) -> Answer<Person> {
        self.line.call(self.platform.me()).await
    }

    fn arrivals(&self) -> BoxStream<'static, Arrival> {
        self.platform.arrivals()
    }

    async fn rooms(&self) -> Answer<Vec<RoomRef>> {
        self.line.call(self.platform.rooms()).await
    }

    async fn present(&self, user: &UserRef, rooms: &[RoomRef]) -> Answer<BTreeSet<RoomRef>> {
        self.line.call(self.platform.present(user, rooms)).await
    }

    async fn newest(&self, room: &RoomRef) -> Answer<Cursor> {
        self.line.call(self.platform.newest(room)).await
    }

    async fn read_back(&self, room: &RoomRef, since: Option<&Cursor>, limit: usize) -> Answer<Page> {
        self.line.call(self.platform.read_back(room, since, limit)).await
    }

    fn split(&self, text: &Text) -> Vec<Text> {
        self.platform.split(text)
    }

    fn carries(&self) -> u64 {
        self.platform.carries()
    }

    async fn download(&self, file: &Attachment, most: u64, into: &mut File) -> Answer<u64> {
        self.line.call_for(&file.name, self.platform.download(file, most, into)).await
    }

    async fn post_file(
        &self,
        room: &RoomRef,
        post: &Post,
        file: &Attachment,
        content: Content,
        key: &SendKey,
    ) -> Answer<MessageRef> {
        self.line.state().posted.insert(key.clone());
        let answer = self.line.call_for(key.as_str(), self.platform.post_file(room, post, file, content, key)).await;
        self.note(key, &answer);
        answer
    }

    async fn post(&self, room: &RoomRef, post: &Post, key: &SendKey) -> Answer<MessageRef> {
        self.line.state().posted.insert(key.clone());
        let answer = self.line.call(self.platform.post(room, post, key)).await;
        self.note(key, &answer);
        answer
    }

    async fn find(&self, room: &RoomRef, post: &Post, key: &SendKey, since: Timestamp) -> Answer<Option<MessageRef>> {
        let found = self.line.call_for(key.as_str(), self.platform.find(room, post, key, since)).await;
        if let Ok(Some(_)) = found {
            // It had arrived before it was refused.
            self.line.state().refused.remove(key);
        }
        found
    }

    async fn edit(&self, message: &MessageRef, post: &Post, key: &SendKey) -> Answer<()> {
        self.line.call(self.platform.edit(message, post, key)).await
    }

    async fn delete(&self, message: &MessageRef, key: &SendKey) -> Answer<()> {
        // What is removed while the disk is full is told under the same key, once it is known where.
        self.line.state().posted.insert(key.clone());
        self.line.call(self.platform.delete(message, key)).await
    }

    async fn react(&self, message: &MessageRef, emoji: &str, key: &SendKey) -> Answer<()> {
        self.line.call(self.platform.react(message, emoji, key)).await
    }

    async fn pin(&self, message: &MessageRef, pinned: bool) -> Answer<()> {
        self.line.call(self.platform.pin(message, pinned)).await
    }

    async fn open_room(&self, spec: &RoomSpec, key: &SendKey) -> Answer<RoomRef> {
        self.line.state().specs.push(spec.clone());
        self.line.call(self.platform.open_room(spec, key)).await
    }

    async fn invite(&self, room: &RoomRef, user: &UserRef) -> Answer<()> {
        self.line.call(self.platform.invite(room, user)).await
    }

    async fn exclude(&self, room: &RoomRef, user: &UserRef) -> Answer<()> {
        self.line.call(self.platform.exclude(room, user)).await
    }

    async fn archive(&self, room: &RoomRef) -> Answer<()> {
        self.line.call(self.platform.archive(room)).await
    }

    async fn direct(&self, user: &UserRef) -> Answer<RoomRef> {
        self.line.call(self.platform.direct(user)).await
    }

    async fn restrict(&self, room: &RoomRef, posting: Posting) -> Answer<()> {
        self.line.call(self.platform.restrict(room, posting)).await
    }
}
