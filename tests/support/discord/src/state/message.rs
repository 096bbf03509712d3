//! Messages.

use jiff::Timestamp;
use serde_json::Value;

use crate::id::Id;

/// Bits of a message's `flags`.
pub(crate) mod flag {
    pub(crate) const CROSSPOSTED: u64 = 1 << 0;
    pub(crate) const SUPPRESS_EMBEDS: u64 = 1 << 2;
    pub(crate) const HAS_THREAD: u64 = 1 << 5;
    pub(crate) const EPHEMERAL: u64 = 1 << 6;
    pub(crate) const LOADING: u64 = 1 << 7;
    pub(crate) const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;
    pub(crate) const COMPONENTS_V2: u64 = 1 << 15;
}

/// Who wrote a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Author {
    User(Id),
    Webhook { id: Id, name: String },
}

/// One emoji's reactions.
#[derive(Debug, Clone)]
pub(crate) struct Reaction {
    /// A Unicode emoji, or `name:id` of a custom one.
    pub(crate) emoji: String,
    pub(crate) users: Vec<Id>,
}

/// A message.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) id: Id,
    pub(crate) channel: Id,
    pub(crate) author: Author,
    /// Discord's number: 0 said, 6 a pin's notice, 18 a thread's, 19 a reply, 20 a command's answer, 21 a thread's start.
    pub(crate) kind: u8,
    pub(crate) content: String,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
    pub(crate) attachments: Vec<Value>,
    pub(crate) stickers: Vec<Id>,
    pub(crate) poll: Option<Value>,
    /// What it passes on: the parts of the message that Discord shows.
    pub(crate) passed: Option<Value>,
    pub(crate) flags: u64,
    pub(crate) tts: bool,
    pub(crate) edited: Option<Timestamp>,
    pub(crate) mentions: Vec<Id>,
    pub(crate) mention_roles: Vec<Id>,
    pub(crate) mention_everyone: bool,
    /// What it says was put there by an edit, also of "is thinking": that notifies nobody.
    pub(crate) hushed: bool,
    pub(crate) nonce: Option<Value>,
    pub(crate) pinned: Option<Timestamp>,
    pub(crate) reactions: Vec<Reaction>,
    /// The channel and message that it answers or points to.
    pub(crate) reference: Option<(Id, Option<Id>)>,
    /// The application that sent it by an interaction or webhook.
    pub(crate) app: Option<Id>,
    /// What `interaction_metadata` says.
    pub(crate) interaction: Option<Value>,
    /// Ephemeral: nobody else sees it.
    pub(crate) only_for: Option<Id>,
}

impl Message {
    pub(crate) fn new(id: Id, channel: Id, author: Author, kind: u8) -> Self {
        Self {
            id,
            channel,
            author,
            kind,
            content: String::new(),
            embeds: Vec::new(),
            components: Vec::new(),
            attachments: Vec::new(),
            stickers: Vec::new(),
            poll: None,
            passed: None,
            flags: 0,
            tts: false,
            edited: None,
            mentions: Vec::new(),
            mention_roles: Vec::new(),
            mention_everyone: false,
            hushed: false,
            nonce: None,
            pinned: None,
            reactions: Vec::new(),
            reference: None,
            app: None,
            interaction: None,
            only_for: None,
        }
    }

    /// The account that wrote it. `None` for a webhook.
    pub(crate) const fn user(&self) -> Option<Id> {
        match self.author {
            Author::User(id) => Some(id),
            Author::Webhook { .. } => None,
        }
    }

    /// Neither deleted nor answered by people like what was said.
    pub(crate) const fn is_system(&self) -> bool {
        !matches!(self.kind, 0 | 19 | 20 | 23)
    }
}
