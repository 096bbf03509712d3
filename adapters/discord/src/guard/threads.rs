//! Threads of a channel where only Herald writes: those of before are closed and locked, others are removed, and so is what
//! is written in them.

use std::sync::Arc;
use std::time::Duration;

use herald_chat::{RoomPart, SendError};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use tracing::{error, warn};

use super::{FILE, Held, PAUSE, TRIES};
use crate::Inner;
use crate::audit::THREAD_CHANGED;
use crate::events::FIXED;
use crate::events::wire::{Id, Message};
use crate::mind::Look;
use crate::names::{made_at, snowflake_at};
use crate::permissions::{Channel, MANAGE_THREADS};
use crate::rest::{PAGE, Request};

/// How many pages of messages are looked at in one thread.
const PAGES: usize = 10;
/// How many pages of a hundred closed threads are looked at.
const CLOSED: usize = 50;

/// A message that was changed, and when.
pub(crate) type Edited = (u64, Option<Timestamp>);

/// A message in a thread, whatever else it is.
#[derive(Deserialize)]
struct Written {
    id: Id,
    #[serde(rename = "type")]
    kind: u8,
}

impl Inner {
    /// Closes, or removes, all threads of a channel.
    pub(super) async fn shut_threads(self: &Arc<Self>, channel: u64) -> Result<(), SendError> {
        let mut all = self.open_threads().await?;
        for kind in ["public", "private"] {
            let mut before = None;
            for _ in 0..CLOSED {
                match self.closed_threads(channel, kind, before.as_deref()).await {
                    Ok((threads, next)) => {
                        all.extend(threads);
                        before = next;
                    }
                    Err(failure) => {
                        let why = SendError::from(failure);
                        warn!(channel, %why, "closed threads cannot be seen");
                        before = None;
                    }
                }
                if before.is_none() {
                    break;
                }
            }
        }
        let mut left = Ok(());
        for thread in all.into_iter().filter(|it| it.parent == Some(channel)) {
            self.notes().parents.insert(thread.id, channel);
            let done = if self.is_as_left(channel, &thread) {
                let lock = self.notes().mind.looks.clone();
                let _alone = lock.lock().await;
                self.shut_thread(channel, &thread).await
            } else {
                // Since the list was read, another look may have seen to it.
                self.try_thread(channel, thread.id).await
            };
            if let Err(why) = done {
                error!(thread = thread.id, %why, "a thread in a channel where only Herald writes may be open");
                left = Err(why);
            }
        }
        left
    }

    /// Something happened to a thread, or in it. `edited` is a message in it that was changed.
    pub(crate) async fn thread_changed(self: Arc<Self>, thread: u64, edited: Option<Edited>) {
        let Some(&parent) = self.notes().parents.get(&thread) else { return };
        // Until it is on record how the channel was, nothing there is known to be new.
        if !self.is_guarded(parent) || !self.notes().held.contains_key(&parent) {
            return;
        }
        self.look(Look::Thread(thread), || self.look_at_thread(parent, thread)).await;
        if let Some((edited, at)) = edited
            && !self.is_from_before(parent, at)
            && let Err(why) = self.take_away(thread, edited).await
        {
            warn!(thread, %why, "a message in a thread of a channel where only Herald writes stays");
            self.falls_behind(parent);
        }
    }

    /// Shuts a thread, however often it is opened: what Discord does not take at once is tried again.
    async fn look_at_thread(self: &Arc<Self>, parent: u64, thread: u64) {
        for _ in 0..TRIES {
            let pause = match self.try_thread(parent, thread).await {
                Ok(()) => return,
                Err(SendError::Retry { after, .. }) => after.unwrap_or(PAUSE),
                Err(SendError::Unknown { .. }) => PAUSE,
                Err(why @ SendError::Refused { .. }) => {
                    error!(thread, %why, "a thread in a channel where only Herald writes may be open");
                    break;
                }
            };
            self.wait(pause).await;
            if self.is_closed() {
                return;
            }
        }
        self.falls_behind(parent);
    }

    async fn try_thread(&self, parent: u64, thread: u64) -> Result<(), SendError> {
        let lock = self.notes().mind.looks.clone();
        let _alone = lock.lock().await;
        self.look_anew(Some(thread));
        match self.channel(thread).await {
            Ok(seen) => self.shut_thread(parent, &seen).await,
            Err(failure) if failure.is_code(10003) => Ok(()),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Called by whoever holds `looks`.
    async fn shut_thread(&self, channel: u64, thread: &Channel) -> Result<(), SendError> {
        let Some(held) = self.notes().held.get(&channel).cloned() else { return Ok(()) };
        let state = thread.thread.clone().unwrap_or_default();
        let made = state.created.unwrap_or_else(|| made_at(thread.id));
        if made > held.since {
            return self.remove_thread(channel, thread).await;
        }
        let name = thread.name.clone().unwrap_or_default();
        let was = held.threads.get(&thread.id);
        if was.is_none() {
            if let Some(held) = self.notes().held.get_mut(&channel) {
                held.threads.insert(thread.id, name.clone());
            }
            self.keep(FILE, |notes| &notes.held);
        }
        if thread.last_message.is_some_and(|last| made_at(last) > held.since) {
            self.clean_thread(channel, thread.id, held.since).await?;
        }
        let is_shut = state.archived && state.locked;
        if was.is_some() && !self.is_as_left(channel, thread) {
            self.clean_edits(channel, thread.id).await?;
        }
        let renamed = was.filter(|was| **was != name);
        if is_shut && renamed.is_none() {
            self.note_shut(channel, thread.id, state.changed);
            return Ok(());
        }
        // While it is closed, it can be neither locked nor called otherwise.
        if let Some(was) = renamed {
            self.set_thread(thread.id, json!({ "archived": false, "name": was })).await?;
        } else if state.archived {
            self.set_thread(thread.id, json!({ "archived": false })).await?;
        }
        let shut = self.set_thread(thread.id, json!({ "archived": true, "locked": true })).await?;
        self.note_shut(channel, thread.id, shut.thread.and_then(|it| it.changed));
        if was.is_some() {
            self.tell_altered(channel, RoomPart::Thread, THREAD_CHANGED, thread.id).await;
        }
        Ok(())
    }

    /// Whether a thread is shut as Herald shut it.
    fn is_as_left(&self, channel: u64, thread: &Channel) -> bool {
        let Some(state) = thread.thread.as_ref().filter(|it| it.archived && it.locked) else { return false };
        let notes = self.notes();
        let Some(held) = notes.held.get(&channel) else { return false };
        state.changed.is_some() && held.shut.get(&thread.id) == state.changed.as_ref()
    }

    /// A thread of before is shut, since then.
    fn note_shut(&self, channel: u64, thread: u64, since: Option<Timestamp>) {
        let Some(since) = since else { return };
        let was = self.notes().held.get_mut(&channel).map(|held| held.shut.insert(thread, since));
        if was.is_some_and(|before| before != Some(since)) {
            self.keep(FILE, |notes| &notes.held);
        }
    }

    /// A thread of a channel is not there any more.
    pub(crate) fn forget_held_thread(&self, channel: u64, thread: u64) {
        let forget = |held: &mut Held| held.threads.remove(&thread).is_some() | held.shut.remove(&thread).is_some();
        let was = self.notes().held.get_mut(&channel).is_some_and(forget);
        if was {
            self.keep(FILE, |notes| &notes.held);
        }
    }

    async fn set_thread(&self, thread: u64, body: Value) -> Result<Channel, SendError> {
        let request = Request::patch(format!("/channels/{thread}"), body);
        match self.rest.ask_as(request.because("Only Herald writes in this channel")).await {
            Ok(now) => {
                self.look_anew(Some(thread));
                Ok(now)
            }
            // Somebody else has shut it meanwhile.
            Err(failure) if failure.is_code(50083) => {
                let reason = "the thread was shut just now".to_owned();
                Err(SendError::Retry { after: Some(Duration::from_secs(1)), reason })
            }
            Err(failure) => Err(self.why_not(thread, MANAGE_THREADS, failure).await),
        }
    }

    async fn remove_thread(&self, channel: u64, thread: &Channel) -> Result<(), SendError> {
        let request = Request::delete(format!("/channels/{}", thread.id));
        match self.rest.ask(request.because("Only Herald writes in this channel")).await {
            Ok(_) => {
                let by = thread.owner.filter(|owner| *owner != self.my_id());
                let by = by.map(|owner| self.called(owner).unwrap_or_else(|| crate::names::person(owner, &[])));
                if !self.is_told(channel, RoomPart::Thread) {
                    self.altered(channel, RoomPart::Thread, by);
                }
                Ok(())
            }
            Err(failure) if failure.is_code(10003) => Ok(()),
            Err(failure) => Err(self.why_not(thread.id, MANAGE_THREADS, failure).await),
        }
    }

    /// Removes what was written in a thread of before since then.
    async fn clean_thread(&self, channel: u64, thread: u64, since: Timestamp) -> Result<(), SendError> {
        let mut after = snowflake_at(since);
        let (mut found, mut left) = (false, Ok(()));
        for _ in 0..PAGES {
            let path = format!("/channels/{thread}/messages");
            let request = Request::get(path).query("after", after).query("limit", PAGE);
            let page: Vec<Written> = self.rest.ask_as(request).await?;
            for it in page.iter().filter(|it| !FIXED.contains(&it.kind)) {
                match self.take_away(thread, it.id.0).await {
                    Ok(()) => found = true,
                    Err(why) => left = Err(why),
                }
            }
            match page.iter().map(|it| it.id.0).max() {
                Some(last) if page.len() == PAGE => after = last,
                Some(_) | None => break,
            }
        }
        if found && !self.is_told(channel, RoomPart::Thread) {
            self.altered(channel, RoomPart::Thread, None);
        }
        left
    }

    /// Removes messages of before that were changed since then: somebody had opened the thread meanwhile.
    async fn clean_edits(&self, channel: u64, thread: u64) -> Result<(), SendError> {
        let path = format!("/channels/{thread}/messages");
        let last: Vec<Message> = self.rest.ask_as(Request::get(path).query("limit", PAGE)).await?;
        let is_new = |it: &&Message| it.edited_timestamp.is_some() && !self.is_from_before(channel, it.edited_at());
        let mut left = Ok(());
        for message in last.iter().filter(|it| !FIXED.contains(&it.kind)).filter(is_new) {
            if let Err(why) = self.take_away(thread, message.id.0).await {
                left = Err(why);
            }
        }
        left
    }

    /// Something was said or changed in a channel of the server that is no guarded one: perhaps in a thread of one.
    pub(crate) fn heard_elsewhere(self: &Arc<Self>, channel: u64, edited: Option<Edited>) {
        let (is_quiet, parent, is_channel) = {
            let notes = self.notes();
            let parent = notes.parents.get(&channel).copied();
            (notes.guarded.is_empty() || notes.guarded.contains(&channel), parent, notes.channels.contains(&channel))
        };
        if is_quiet || is_channel {
            return;
        }
        match parent {
            Some(parent) if !self.is_guarded(parent) => {}
            Some(_) => drop(tokio::spawn(self.clone().thread_changed(channel, edited))),
            None => drop(tokio::spawn(self.clone().meet_place(channel, edited))),
        }
    }

    /// Learns where a channel stands that the gateway did not tell of.
    async fn meet_place(self: Arc<Self>, channel: u64, edited: Option<Edited>) {
        let Ok(seen) = self.channel(channel).await else { return };
        match seen.parent.filter(|_| seen.is_thread()) {
            Some(parent) => {
                self.notes().parents.insert(channel, parent);
                self.thread_changed(channel, edited).await;
            }
            None => drop(self.notes().channels.insert(channel)),
        }
    }
}
