//! One room: its members, its messages, and what Herald hears of them.

use std::collections::{BTreeMap, BTreeSet};

use herald_chat::{Inbound, Posting, SendKey};
use jiff::{SignedDuration, Timestamp};

use crate::content::Stored;

/// What kind of room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Always there, and open to everybody.
    Standing,
    /// One person and Herald.
    Direct,
    /// Opened by Herald for those whom it lets in.
    Private,
}

/// For how long a repeated key makes no second post.
pub(crate) const REMEMBERS: SignedDuration = SignedDuration::from_hours(24);

#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) kind: Kind,
    pub(crate) members: BTreeSet<String>,
    /// Whoever was in it and is no more. Everybody else is in the standing rooms.
    pub(crate) left: BTreeSet<String>,
    pub(crate) posting: Posting,
    pub(crate) archived: bool,
    /// By number, so oldest first.
    pub(crate) messages: BTreeMap<u64, Message>,
    /// What Herald hears of this room, oldest first, each with its number.
    pub(crate) heard: Vec<(u64, Inbound)>,
    /// When each key was used, and for what, oldest first.
    keys: BTreeMap<SendKey, Vec<(Timestamp, u64)>>,
}

#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) by: String,
    pub(crate) text: String,
    pub(crate) gone: bool,
    pub(crate) pinned: bool,
    /// Emoji and who put it there, oldest first.
    pub(crate) reactions: Vec<(String, String)>,
    /// The message it answers.
    pub(crate) answers: Option<u64>,
    pub(crate) file: Option<Stored>,
}

impl Message {
    /// One without words.
    pub(crate) fn new(by: &str, answers: Option<u64>) -> Self {
        let (text, reactions) = (String::new(), Vec::new());
        Self { by: by.to_owned(), text, gone: false, pinned: false, reactions, answers, file: None }
    }

    /// What people know it by: its words, or the name of its file.
    pub(crate) fn named(&self) -> String {
        match &self.file {
            Some(file) if self.text.is_empty() => file.name.clone(),
            Some(_) | None => self.text.clone(),
        }
    }

    /// Whether people find it by these words.
    pub(crate) fn holds(&self, words: &str) -> bool {
        self.text.contains(words) || self.file.as_ref().is_some_and(|file| file.name.contains(words))
    }
}

impl Room {
    pub(crate) fn new(kind: Kind, posting: Posting) -> Self {
        Self {
            kind,
            members: BTreeSet::new(),
            left: BTreeSet::new(),
            posting,
            archived: false,
            messages: BTreeMap::new(),
            heard: Vec::new(),
            keys: BTreeMap::new(),
        }
    }

    /// Whether somebody can read here.
    pub(crate) fn is_open_to(&self, name: &str) -> bool {
        match self.kind {
            Kind::Standing => !self.left.contains(name),
            Kind::Direct | Kind::Private => self.members.contains(name),
        }
    }

    pub(crate) fn used(&mut self, key: SendKey, at: Timestamp, number: u64) {
        self.keys.entry(key).or_default().push((at, number));
    }

    /// What `key` did here, if that is still remembered at `now`.
    pub(crate) fn remembered(&self, key: &SendKey, now: Timestamp) -> Option<u64> {
        let (at, number) = self.keys.get(key)?.last()?;
        (now.duration_since(*at) < REMEMBERS).then_some(*number)
    }

    /// The first message that `key` made at or after `since`, however long ago, and removed or not.
    pub(crate) fn made(&self, key: &SendKey, since: Timestamp) -> Option<u64> {
        let uses = self.keys.get(key)?;
        uses.iter().find(|(at, number)| *at >= since && self.messages.contains_key(number)).map(|(_, number)| *number)
    }

    /// The newest message that stands here and passes `test`.
    pub(crate) fn newest(&self, test: impl Fn(&Message) -> bool) -> Option<u64> {
        self.messages.iter().rev().find(|(_, message)| !message.gone && test(message)).map(|(number, _)| *number)
    }

    /// Who wrote this message.
    pub(crate) fn author(&self, number: u64) -> Option<String> {
        self.messages.get(&number).map(|message| message.by.clone())
    }

    /// At most `limit` things heard after number `since`, and whether there are more.
    pub(crate) fn heard_after(&self, since: u64, limit: usize) -> (Vec<Inbound>, bool) {
        let start = self.heard.partition_point(|(number, _)| *number <= since);
        let rest = self.heard.get(start..).unwrap_or_default();
        (rest.iter().take(limit).map(|(_, inbound)| inbound.clone()).collect(), rest.len() > limit)
    }
}
