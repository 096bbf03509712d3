//! Channels, threads and conversations.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::message::Message;
use crate::id::Id;

/// Discord's numbers for kinds of channel.
pub(crate) mod kind {
    pub(crate) const TEXT: u8 = 0;
    pub(crate) const DM: u8 = 1;
    pub(crate) const VOICE: u8 = 2;
    pub(crate) const CATEGORY: u8 = 4;
    pub(crate) const ANNOUNCEMENT: u8 = 5;
    pub(crate) const ANNOUNCEMENT_THREAD: u8 = 10;
    pub(crate) const PUBLIC_THREAD: u8 = 11;
    pub(crate) const PRIVATE_THREAD: u8 = 12;
}

/// What a role or a member may do here otherwise than elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Overwrite {
    /// Of a member, not a role.
    pub(crate) member: bool,
    pub(crate) allow: u64,
    pub(crate) deny: u64,
}

/// A place for messages, or a category of such.
#[derive(Debug, Clone)]
pub(crate) struct Channel {
    pub(crate) id: Id,
    /// `None` for a conversation.
    pub(crate) guild: Option<Id>,
    pub(crate) kind: u8,
    pub(crate) name: String,
    pub(crate) topic: Option<String>,
    /// The category; of a thread, the channel.
    pub(crate) parent: Option<Id>,
    pub(crate) position: i64,
    pub(crate) nsfw: bool,
    /// Seconds between two messages of one person.
    pub(crate) slowmode: u64,
    pub(crate) overwrites: BTreeMap<Id, Overwrite>,
    /// Both sides of a conversation.
    pub(crate) recipients: Vec<Id>,
    pub(crate) messages: BTreeMap<Id, Message>,
    /// Stays when that message is deleted.
    pub(crate) last_message: Option<Id>,
    pub(crate) last_pin: Option<Timestamp>,
    pub(crate) thread: Option<Thread>,
}

impl Channel {
    pub(crate) fn new(id: Id, guild: Option<Id>, kind: u8, name: &str) -> Self {
        Self {
            id,
            guild,
            kind,
            name: name.to_owned(),
            topic: None,
            parent: None,
            position: 0,
            nsfw: false,
            slowmode: 0,
            overwrites: BTreeMap::new(),
            recipients: Vec::new(),
            messages: BTreeMap::new(),
            last_message: None,
            last_pin: None,
            thread: None,
        }
    }

    /// Whether messages can be here at all.
    pub(crate) const fn has_messages(&self) -> bool {
        !matches!(self.kind, kind::CATEGORY | 14 | 15 | 16)
    }
}

/// What a thread has beyond a channel.
#[derive(Debug, Clone)]
pub(crate) struct Thread {
    pub(crate) owner: Id,
    /// Who follows it, and since when.
    pub(crate) members: BTreeMap<Id, Timestamp>,
    pub(crate) archived: bool,
    pub(crate) archive_changed: Timestamp,
    pub(crate) locked: bool,
    pub(crate) invitable: bool,
    /// Minutes without a message until it is archived.
    pub(crate) auto_archive: u64,
    pub(crate) created: Timestamp,
    /// All that were ever sent, without the starter.
    pub(crate) sent: u64,
}
