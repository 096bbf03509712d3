//! Discord's events, as far as Herald looks. What is not listed is not asked for, so that a field that Discord adds or
//! changes does no harm.

use jiff::Timestamp;
use serde::Deserialize;

use crate::names::snowflake;

/// An id, written as a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Id(pub(crate) u64);

impl TryFrom<String> for Id {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        snowflake(&text).map(Self).ok_or("no id of Discord's")
    }
}

/// An account.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct User {
    pub(crate) id: Id,
    #[serde(default)]
    pub(crate) username: String,
    #[serde(default)]
    pub(crate) global_name: Option<String>,
    #[serde(default)]
    pub(crate) bot: bool,
    /// On the server, in a message's mentions.
    #[serde(default)]
    pub(crate) member: Option<Member>,
}

/// Somebody on the server.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Member {
    #[serde(default)]
    pub(crate) nick: Option<String>,
    /// Where it is not beside it.
    #[serde(default)]
    pub(crate) user: Option<Box<User>>,
}

/// A message.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Message {
    pub(crate) id: Id,
    pub(crate) channel_id: Id,
    /// Only in events, and not in a talk of two.
    #[serde(default)]
    pub(crate) guild_id: Option<Id>,
    pub(crate) author: User,
    /// Only in events.
    #[serde(default)]
    pub(crate) member: Option<Member>,
    #[serde(default)]
    pub(crate) content: String,
    #[serde(default, rename = "type")]
    pub(crate) kind: u8,
    #[serde(default)]
    pub(crate) webhook_id: Option<Id>,
    /// Whose webhook it came by, or whose command it answers.
    #[serde(default)]
    pub(crate) application_id: Option<Id>,
    #[serde(default)]
    pub(crate) attachments: Vec<File>,
    #[serde(default)]
    pub(crate) sticker_items: Vec<Sticker>,
    #[serde(default, rename = "message_snapshots")]
    pub(crate) passed_on: Vec<Snapshot>,
    #[serde(default)]
    pub(crate) poll: Option<Poll>,
    #[serde(default)]
    pub(crate) mentions: Vec<User>,
    #[serde(default, rename = "message_reference")]
    pub(crate) reference: Option<Reference>,
    #[serde(default)]
    pub(crate) edited_timestamp: Option<String>,
    /// Of Herald's own, in events.
    #[serde(default)]
    pub(crate) nonce: Option<serde_json::Value>,
}

impl Message {
    /// When it was changed last, if it was.
    pub(crate) fn edited_at(&self) -> Option<Timestamp> {
        self.edited_timestamp.as_deref()?.parse().ok()
    }
}

/// A file of a message.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct File {
    pub(crate) id: Id,
    #[serde(default)]
    pub(crate) filename: String,
    #[serde(default)]
    pub(crate) content_type: Option<String>,
    #[serde(default)]
    pub(crate) size: Option<u64>,
    #[serde(default)]
    pub(crate) width: Option<u32>,
    #[serde(default)]
    pub(crate) height: Option<u32>,
    #[serde(default)]
    pub(crate) flags: u64,
    #[serde(default)]
    pub(crate) url: String,
}

/// A picture that stands for words.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Sticker {
    pub(crate) id: Id,
    #[serde(default)]
    pub(crate) name: String,
    /// 1 and 2 are PNG, 3 is drawn by the client, 4 is GIF.
    #[serde(default)]
    pub(crate) format_type: u8,
}

/// A message that is passed on.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Snapshot {
    pub(crate) message: Passed,
}

/// What of a message is passed on.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Passed {
    #[serde(default)]
    pub(crate) content: String,
    #[serde(default)]
    pub(crate) attachments: Vec<File>,
    #[serde(default)]
    pub(crate) sticker_items: Vec<Sticker>,
}

/// A question with answers to choose from.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Poll {
    pub(crate) question: PollWords,
    #[serde(default)]
    pub(crate) answers: Vec<PollAnswer>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct PollAnswer {
    pub(crate) poll_media: PollWords,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct PollWords {
    #[serde(default)]
    pub(crate) text: Option<String>,
    #[serde(default)]
    pub(crate) emoji: Option<Emoji>,
}

/// What a message answers or passes on.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Reference {
    /// 0: it answers it.
    #[serde(default, rename = "type")]
    pub(crate) kind: u8,
    #[serde(default)]
    pub(crate) message_id: Option<Id>,
    #[serde(default)]
    pub(crate) channel_id: Option<Id>,
}

/// `MESSAGE_DELETE`, and `MESSAGE_DELETE_BULK`.
#[derive(Debug, Deserialize)]
pub(crate) struct Deleted {
    #[serde(default)]
    pub(crate) id: Option<Id>,
    #[serde(default)]
    pub(crate) ids: Vec<Id>,
    pub(crate) channel_id: Id,
    #[serde(default)]
    pub(crate) guild_id: Option<Id>,
}

/// `MESSAGE_REACTION_ADD`, and `MESSAGE_REACTION_REMOVE`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Reacted {
    pub(crate) user_id: Id,
    pub(crate) channel_id: Id,
    pub(crate) message_id: Id,
    #[serde(default)]
    pub(crate) guild_id: Option<Id>,
    #[serde(default)]
    pub(crate) member: Option<Member>,
    pub(crate) emoji: Emoji,
}

/// An emoji. One with an id is a server's own.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Emoji {
    #[serde(default)]
    pub(crate) id: Option<Id>,
    #[serde(default)]
    pub(crate) name: Option<String>,
}

impl Emoji {
    /// As it is written among words. One that is gone from its server has no name.
    pub(crate) fn shown(&self) -> Option<String> {
        let name = self.name.clone()?;
        Some(if self.id.is_some() { format!(":{name}:") } else { name })
    }
}

/// `MESSAGE_REACTION_REMOVE_ALL`, and `MESSAGE_REACTION_REMOVE_EMOJI`.
#[derive(Debug, Deserialize)]
pub(crate) struct Cleared {
    pub(crate) channel_id: Id,
    pub(crate) message_id: Id,
    #[serde(default)]
    pub(crate) guild_id: Option<Id>,
    /// Without one, all.
    #[serde(default)]
    pub(crate) emoji: Option<Emoji>,
}

/// `GUILD_CREATE`, and a server's part of `READY`.
#[derive(Debug, Deserialize)]
pub(crate) struct Guild {
    pub(crate) id: Id,
    #[serde(default)]
    pub(crate) unavailable: bool,
    #[serde(default)]
    pub(crate) roles: Vec<Named>,
    #[serde(default)]
    pub(crate) channels: Vec<Named>,
    #[serde(default)]
    pub(crate) threads: Vec<Named>,
}

/// A role, a channel or a thread, as far as it is called something.
#[derive(Debug, Deserialize)]
pub(crate) struct Named {
    pub(crate) id: Id,
    /// Of a thread, the channel that it stands in.
    #[serde(default)]
    pub(crate) parent_id: Option<Id>,
    #[serde(default)]
    pub(crate) name: Option<String>,
}

/// `GUILD_MEMBER_ADD`, `GUILD_MEMBER_UPDATE` and `GUILD_MEMBER_REMOVE`.
#[derive(Debug, Deserialize)]
pub(crate) struct Membership {
    pub(crate) guild_id: Id,
    pub(crate) user: User,
    #[serde(default)]
    pub(crate) nick: Option<String>,
    /// Not of somebody who left.
    #[serde(default)]
    pub(crate) roles: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) joined_at: Option<Timestamp>,
}

/// Any event of a channel, a thread or a role, as far as it tells where.
#[derive(Debug, Deserialize)]
pub(crate) struct Place {
    #[serde(default)]
    pub(crate) id: Option<Id>,
    #[serde(default)]
    pub(crate) guild_id: Option<Id>,
    /// Of a channel or a thread.
    #[serde(default)]
    pub(crate) name: Option<String>,
    /// The category, or a thread's channel.
    #[serde(default)]
    pub(crate) parent_id: Option<Id>,
    /// Of an event of a role.
    #[serde(default)]
    pub(crate) role: Option<Named>,
    /// How far a server is boosted.
    #[serde(default)]
    pub(crate) premium_tier: Option<u64>,
}
