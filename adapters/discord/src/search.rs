//! What has become of a post whose answer was lost.
//!
//! Discord tells a message's nonce when it is made, to whoever makes it and over the gateway, and forgets it within
//! minutes. A message is the one looked for
//! - when its nonce says so, from the answer, the gateway or the history; never when its nonce is another one's;
//! - where no nonce is known (Herald was started anew since), when it is Herald's own, not older than the post, answers
//!   the same message, and says exactly what the post says. Of several, the oldest: posts of one room go out one by one,
//!   each after the one before was received, so that the oldest unclaimed one is the one without a receipt.
//!
//! A post of several messages whose first one is there is completed.

use std::collections::BTreeSet;

use herald_chat::{MessageRef, Post, RoomRef, SendError, SendKey, Voice};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::Inner;
use crate::format::{self, Part};
use crate::line::WORK;
use crate::names::{channel_id, interaction_of, snowflake, snowflake_at};
use crate::rest::{PAGE, Request};
use crate::send::{answered, part_key};

/// How far Discord's clock and ours may be apart. Longer would take an older post that says the same for this one.
const SKEW: SignedDuration = SignedDuration::from_secs(30);
/// How far behind a message its further parts are looked for, in pages.
const TAIL_PAGES: usize = 10;

/// A message, as far as it tells whose it is.
#[derive(Debug, Deserialize)]
struct Found {
    id: String,
    author: Author,
    #[serde(default)]
    content: String,
    #[serde(default)]
    webhook_id: Option<String>,
    #[serde(default)]
    application_id: Option<String>,
    #[serde(default)]
    attachments: Vec<serde::de::IgnoredAny>,
    #[serde(default)]
    nonce: Option<serde_json::Value>,
    #[serde(default)]
    message_reference: Option<Reference>,
    #[serde(default)]
    interaction_metadata: Option<Interaction>,
    #[serde(rename = "type", default)]
    kind: u8,
}

#[derive(Debug, Deserialize)]
struct Author {
    id: String,
}

#[derive(Debug, Deserialize)]
struct Reference {
    #[serde(default)]
    message_id: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Interaction {
    id: String,
}

impl Found {
    fn id(&self) -> u64 {
        snowflake(&self.id).unwrap_or(0)
    }

    fn answers(&self) -> Option<u64> {
        self.message_reference.as_ref()?.message_id.as_deref().and_then(snowflake)
    }
}

impl Inner {
    /// The message that `post` with `key` made in a channel at or after `since`. See the module's words.
    pub(crate) async fn find_post(
        &self,
        at: &RoomRef,
        post: &Post,
        key: &SendKey,
        since: Timestamp,
    ) -> Result<Option<MessageRef>, SendError> {
        let channel = channel_id(at)?;
        let place = self.place(channel, post, false).await?;
        self.may_read(place).await?;
        let oldest = since.saturating_sub(SKEW).unwrap_or(Timestamp::UNIX_EPOCH);
        if let Some(voice) = self.voice(channel, post)
            && let Some(found) = self.find_as((channel, place), (post, voice), key, oldest).await?
        {
            return Ok(Some(found));
        }
        let mut parts = self.parts(post);
        if parts.is_empty() {
            // It was a file alone.
            parts.push(Part::silence(post.tone));
        }
        let Some(head) = parts.first() else { return Ok(None) };
        let after = snowflake_at(oldest).saturating_sub(1);
        let asked = post.reply_to.as_ref().and_then(|it| interaction_of(&it.id)).map(|(id, _)| id.to_string());
        let reply = answered(post, place);
        let mine = self.own_messages(place, after, usize::MAX, false).await?;
        let is_head = |it: &&Found| match &asked {
            // An answer to a command of the menu names that command.
            Some(asked) if it.interaction_metadata.as_ref().is_some_and(|of| of.id == *asked) => true,
            Some(_) | None => self.is_it(it, head, key, reply),
        };
        let Some(first) = mine.iter().find(is_head).map(Found::id) else { return Ok(None) };
        let mut sent = vec![first];
        let mut taken = BTreeSet::from([first]);
        for (n, part) in parts.iter().enumerate().skip(1) {
            let key = part_key(key, n);
            let there = mine.iter().filter(|it| !taken.contains(&it.id()));
            let there = there.filter(|it| it.id() > first).find(|it| self.is_it(it, part, &key, Some(first)));
            let id = match there {
                Some(there) => there.id(),
                // It broke off here.
                None => self.send(place, part, &key, Some(first), None).await?,
            };
            taken.insert(id);
            sent.push(id);
        }
        self.note_parts(place, &sent).map(Some)
    }

    /// The post's messages under somebody's name, if they are there. Those that broke off are completed.
    async fn find_as(
        &self,
        (channel, place): (u64, u64),
        (post, voice): (&Post, &Voice),
        key: &SendKey,
        oldest: Timestamp,
    ) -> Result<Option<MessageRef>, SendError> {
        let mut sent = Vec::new();
        let parts = self.voiced(post, place, true);
        for (n, part) in parts.iter().enumerate() {
            sent.extend(self.find_voiced(place, part, &part_key(key, n), oldest).await?);
            if sent.is_empty() {
                return Ok(None);
            }
        }
        if sent.len() < parts.len() {
            return self.say_as((channel, place), (post, voice), key, None).await;
        }
        self.note_parts(place, &sent).map(Some)
    }

    /// The oldest message of a webhook of Herald's, not older than that, that says this and is no other key's.
    pub(crate) async fn find_voiced(
        &self,
        place: u64,
        part: &Part,
        key: &SendKey,
        oldest: Timestamp,
    ) -> Result<Option<u64>, SendError> {
        let after = snowflake_at(oldest).saturating_sub(1);
        let all = self.own_messages(place, after, usize::MAX, true).await?;
        let found = all.iter().find(|it| self.is_it(it, part, key, None)).map(Found::id);
        if let Some(found) = found {
            self.notes().mind.claims.note(found, key.as_str());
        }
        Ok(found)
    }

    /// Whether a message of Herald's is the one that `part` made with `key`.
    fn is_it(&self, found: &Found, part: &Part, key: &SendKey, answered: Option<u64>) -> bool {
        if let Some(nonce) = found.nonce.as_ref().and_then(|nonce| nonce.as_str()) {
            return nonce == key.as_str();
        }
        if let Some(known) = self.notes().mind.claims.is_made_by(found.id(), key) {
            return known;
        }
        // The message that it answers may have been gone already: then Discord names none.
        let same_place = found.answers().is_none() || found.answers() == answered;
        let has_more_than_words = !found.attachments.is_empty();
        same_place
            && (has_more_than_words || !part.content.is_empty())
            && lasting(&found.content) == lasting(&part.content)
    }

    /// The messages by which Herald goes on with what `first` says, oldest first.
    pub(crate) async fn tail(&self, channel: u64, first: u64) -> Result<Vec<u64>, SendError> {
        if let Some(tail) = self.notes().mind.tails.get(&first) {
            return Ok(tail.clone());
        }
        let mine = self.own_messages(channel, first, TAIL_PAGES, false).await?;
        let is_tail = |it: &&Found| it.answers() == Some(first) && it.content.ends_with(format::GOES_ON);
        let tail: Vec<u64> = mine.iter().filter(is_tail).map(Found::id).collect();
        self.notes().mind.note_tail(first, tail.clone());
        Ok(tail)
    }

    /// Herald's own messages after `after`, oldest first, from at most so many pages of everybody's.
    async fn own_messages(
        &self,
        channel: u64,
        mut after: u64,
        pages: usize,
        voiced: bool,
    ) -> Result<Vec<Found>, SendError> {
        let mut mine = Vec::new();
        for _ in 0..pages {
            let path = format!("/channels/{channel}/messages");
            let request = Request::get(path).query("after", after).query("limit", PAGE);
            let mut page: Vec<Found> = match self.rest.ask_as(request).await {
                Ok(page) => page,
                Err(failure) => return Err(self.why_not(channel, WORK, failure).await),
            };
            page.sort_by_key(Found::id);
            let (count, last) = (page.len(), page.last().map(Found::id));
            let own = self.application.to_string();
            let is_voiced = |it: &Found| it.webhook_id.is_some() && it.application_id.as_ref() == Some(&own);
            let is_mine = |it: &Found| if voiced { is_voiced(it) } else { it.author.id == self.me.id.id() };
            mine.extend(page.into_iter().filter(|it| is_mine(it) && is_said(it.kind)));
            match last {
                Some(last) if count == PAGE => after = last,
                Some(_) | None => break,
            }
        }
        Ok(mine)
    }
}

/// The words without the distances, which are left out of what is sent late.
fn lasting(content: &str) -> String {
    const BEGIN: &str = " (<t:";
    let mut out = String::new();
    let mut rest = content.trim();
    while let Some(at) = rest.find(BEGIN) {
        let (before, found) = rest.split_at(at);
        out.push_str(before);
        rest = match found.split_once(":R>)") {
            Some((moment, after)) if is_number(&moment[BEGIN.len()..]) => after,
            Some(_) | None => {
                out.push_str(BEGIN);
                &found[BEGIN.len()..]
            }
        };
    }
    out.push_str(rest);
    out.trim().to_owned()
}

fn is_number(text: &str) -> bool {
    text.strip_prefix('-').unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether it is a message that somebody said: an ordinary one, an answer, or what a command of the menu led to.
fn is_said(kind: u8) -> bool {
    matches!(kind, 0 | 19 | 20 | 23)
}
