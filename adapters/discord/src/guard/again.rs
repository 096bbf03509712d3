//! What is looked for in a channel where only Herald writes whenever something may have happened there unseen, and what could
//! not be done at first, which is done as soon as it can be.

use std::sync::Arc;
use std::time::Duration;

use herald_chat::{Arrival, SendError};
use jiff::SignedDuration;
use serde_json::Value;
use tracing::{error, warn};

use super::FILE;
use crate::Inner;
use crate::events::FIXED;
use crate::events::wire::{Emoji, Message};
use crate::mind::Look;
use crate::names::made_at;
use crate::rest::{Failure, PAGE, Request};

/// How many messages of before are looked over for what was changed while nobody listened.
const LOOKED_OVER: usize = 100;
/// How many pages of messages are looked at.
const PAGES: usize = 20;
/// How long to wait at first, and at most, until it is tried again what could not be done.
const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_mins(5);
/// How many messages that Discord does not let Herald remove are kept in mind.
const OWED: usize = 1000;
/// Discord removes at once so many messages, and none that are older.
const AT_ONCE: usize = 100;
const OLDEST: SignedDuration = SignedDuration::from_hours(14 * 24 - 1);
/// Discord's emojis of single letters, of which words can be made. Two of them together are a flag.
const LETTERS: std::ops::RangeInclusive<char> = '\u{1f1e6}'..='\u{1f1ff}';

impl Inner {
    /// Sees to what shows of a channel: something may have happened there unseen, or could not be done. With `unheard`, what was
    /// written there and not heard of is told as well.
    pub(crate) async fn see_to(self: &Arc<Self>, channel: u64, unheard: bool) {
        // What cannot be done from now on is to be done later.
        self.notes().mind.behind.remove(&channel);
        // This may have to wait for long, since a name can be put back only now and then.
        tokio::spawn(self.clone().hold_looks(channel));
        let owed = self.remove_owed(channel).await;
        let threads = self.shut_threads(channel).await;
        if let Err(why) = &threads {
            error!(channel, %why, "threads of a channel where only Herald writes may be open");
        }
        let words = self.look_messages_over(channel, unheard).await;
        if let Err(why) = &words {
            warn!(channel, %why, "what was changed in a channel while Herald was away is not seen");
        }
        let is_owed = self.notes().held.get(&channel).is_some_and(|held| !held.owed.is_empty());
        if owed.and(threads).and(words).is_err() || is_owed {
            self.falls_behind(channel);
        }
    }

    /// Whether something is left to be done in a channel.
    pub(crate) fn is_behind(&self, channel: u64) -> bool {
        let mind = &self.notes().mind;
        // A look that is under way has taken it from there, and may not see any more what changes now.
        mind.behind.contains(&channel) || mind.refused.contains(&Look::Channel(channel))
    }

    /// Something could not be done in a channel: it is tried with the next change, and now and then, since Discord does not tell
    /// when a time-out ends.
    pub(crate) fn falls_behind(self: &Arc<Self>, channel: u64) {
        let begins = {
            let mind = &mut self.notes().mind;
            mind.behind.insert(channel);
            mind.catching_up.insert(channel)
        };
        if begins {
            tokio::spawn(self.clone().catch_up(channel));
        }
    }

    async fn catch_up(self: Arc<Self>, channel: u64) {
        let mut pause = FIRST;
        loop {
            self.wait(self.clock.pause(pause)).await;
            {
                let is_closed = self.is_closed();
                let notes = &mut *self.notes();
                let is_held = notes.guarded.contains(&channel) || notes.own.has(channel);
                if is_closed || !is_held || !notes.mind.behind.contains(&channel) {
                    notes.mind.catching_up.remove(&channel);
                    return;
                }
            }
            self.look_anew(None);
            self.clone().look_again(Some(channel)).await;
            pause = (pause * 2).min(LONGEST);
        }
    }

    /// A message in a channel where only Herald writes was to be removed, and Discord did not let Herald do so.
    pub(crate) fn note_owed(&self, channel: u64, message: u64) {
        let note = |owed: &mut std::collections::BTreeSet<u64>| owed.len() < OWED && owed.insert(message);
        let is_new = self.notes().held.get_mut(&channel).is_some_and(|held| note(&mut held.owed));
        if is_new {
            self.keep(FILE, |notes| &notes.held);
        }
    }

    /// A message is gone.
    pub(crate) fn note_gone(&self, channel: u64, message: u64) {
        let was_owed = {
            let mut notes = self.notes();
            if let Some(strays) = notes.mind.strays.get_mut(&channel) {
                strays.remove(&message);
            }
            notes.held.get_mut(&channel).is_some_and(|held| held.owed.remove(&message))
        };
        if was_owed {
            self.keep(FILE, |notes| &notes.held);
        }
    }

    async fn remove_owed(&self, channel: u64) -> Result<(), SendError> {
        let owed = self.notes().held.get(&channel).map(|held| held.owed.clone()).unwrap_or_default();
        let mut left = Ok(());
        for message in owed {
            if let Err(why) = self.take_away(channel, message).await {
                left = Err(why);
            }
        }
        left
    }

    /// The last messages: what was changed while nobody listened, and pictures that were put on them. However many others
    /// wrote after that, as many are looked over of those that stay.
    async fn look_messages_over(self: &Arc<Self>, channel: u64, unheard: bool) -> Result<(), SendError> {
        self.may_read(channel).await?;
        let Some(since) = self.notes().held.get(&channel).map(|held| held.since) else { return Ok(()) };
        let (mut before, mut left) = (None, LOOKED_OVER);
        for _ in 0..PAGES {
            let mut request = Request::get(format!("/channels/{channel}/messages")).query("limit", PAGE);
            if let Some(before) = before {
                request = request.query("before", before);
            }
            let page: Value = self.rest.ask(request).await?;
            let page = page.as_array().map(Vec::as_slice).unwrap_or_default();
            for raw in page {
                let Ok(message) = serde_json::from_value::<Message>(raw.clone()) else { continue };
                before = Some(message.id.0);
                let is_own = message.author.id.0 == self.my_id();
                let is_stray = !is_own && made_at(message.id.0) > since && !FIXED.contains(&message.kind);
                left = left.saturating_sub(usize::from(!is_stray));
                for reaction in raw["reactions"].as_array().into_iter().flatten() {
                    let Ok(emoji) = serde_json::from_value::<Emoji>(reaction["emoji"].clone()) else { continue };
                    self.clone().take_picture_off(channel, message.id.0, emoji).await;
                }
                if is_stray && unheard && !self.is_stray(channel, message.id.0) {
                    self.tell_unheard(&message);
                }
                if !is_own && let Some(inbound) = self.changed(&message, false) {
                    self.arrive(Arrival::Event(inbound));
                }
            }
            if page.len() < PAGE || left == 0 {
                break;
            }
        }
        Ok(())
    }

    /// Whether a message was heard of where only Herald writes, and stands there.
    pub(crate) fn is_stray(&self, channel: u64, message: u64) -> bool {
        self.notes().mind.strays.get(&channel).is_some_and(|strays| strays.contains(&message))
    }

    /// Tells of what was written while nobody heard it. It moves no cursor: what came after it is read by now.
    fn tell_unheard(&self, message: &Message) {
        if let Some(inbound) = self.said(message, false) {
            self.note_said(message);
            self.arrive(Arrival::Event(herald_chat::Inbound { cursor: None, ..inbound }));
        }
    }

    /// An emoji of a server's own is a picture of any words, under what Herald said, and letters are words. Discord's other
    /// emojis stay.
    pub(crate) async fn take_picture_off(self: Arc<Self>, channel: u64, message: u64, emoji: Emoji) {
        let Some(which) = picture(&emoji) else { return };
        let path = format!("/channels/{channel}/messages/{message}/reactions/{which}");
        match self.rest.ask(Request::delete(path)).await {
            Ok(_) => {}
            // The message, or the emoji.
            Err(failure) if failure.is_code(10008) || failure.is_code(10014) => {}
            Err(failure) => {
                let why = SendError::from(failure);
                warn!(channel, %why, "a picture that somebody put on a message of Herald's stays");
                // Nobody else tries again, whatever stood in the way.
                if self.is_guarded(channel) {
                    self.falls_behind(channel);
                }
            }
        }
    }

    /// Removes what others wrote where only Herald writes, this and what else stands there, in one request. Whether it is done;
    /// each alone is another way.
    pub(crate) async fn remove_together(&self, channel: u64, message: u64) -> bool {
        let now = self.clock.now();
        let is_young = |id: &u64| now.duration_since(made_at(*id)) < OLDEST;
        let mut all: Vec<u64> = {
            let notes = self.notes();
            if !notes.guarded.contains(&channel) || !is_young(&message) {
                return false;
            }
            let others = notes.mind.strays.get(&channel).into_iter().flatten().copied();
            others.filter(|id| *id != message && is_young(id)).take(AT_ONCE - 1).collect()
        };
        if all.is_empty() {
            return false;
        }
        all.push(message);
        self.notes().removing.extend(all.iter().copied());
        let ids: Vec<String> = all.iter().map(u64::to_string).collect();
        let path = format!("/channels/{channel}/messages/bulk-delete");
        let done = self.rest.ask(Request::post(path, serde_json::json!({ "messages": ids }))).await;
        for id in all {
            match &done {
                Ok(_) => self.note_gone(channel, id),
                // They may be gone by Herald's doing.
                Err(Failure::Unknown { .. }) => {}
                Err(Failure::Limited { .. } | Failure::Unreachable { .. } | Failure::Denied { .. }) => {
                    self.notes().removing.remove(&id);
                }
            }
        }
        done.is_ok()
    }
}

/// How a reaction that is a picture or a letter stands in a path.
fn picture(emoji: &Emoji) -> Option<String> {
    let name = emoji.name.as_deref();
    if let Some(id) = emoji.id {
        return Some(format!("{}:{}", name.unwrap_or("_"), id.0));
    }
    let mut signs = name?.chars();
    let is_letter = signs.next().is_some_and(|first| LETTERS.contains(&first)) && signs.next().is_none();
    is_letter.then(|| crate::send::escaped(name.unwrap_or_default()))
}
