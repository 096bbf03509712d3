//! What can happen on the platform, as it is written down: one fact a line.

use herald_chat::{Posting, SendKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::content::Stored;

/// One thing that happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Fact {
    pub(crate) at: Timestamp,
    /// Who did it.
    pub(crate) by: String,
    /// The key Herald did it with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<SendKey>,
    #[serde(flatten)]
    pub(crate) deed: Deed,
}

/// What it was. Messages are named by their number, which no other message of any room has.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Deed {
    /// Somebody came to the standing rooms. These are named, so that a later version with more of them gives the same
    /// numbers to what follows.
    Introduced { rooms: Vec<String> },
    /// Somebody's conversation with Herald began.
    Met { person: String },
    /// A private room was opened.
    Opened { room: String, title: String, topic: String, members: Vec<String>, posting: Posting },
    /// A message.
    Said {
        room: String,
        text: String,
        /// The message it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answers: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file: Option<Stored>,
    },
    /// A message says something else now.
    Edited { room: String, of: u64, text: String },
    /// A message is gone.
    Removed { room: String, of: u64 },
    /// A message of Herald's is gone, because somebody with the right to took it down.
    TakenDown { room: String, of: u64 },
    /// An emoji was put on a message.
    Reacted { room: String, to: u64, emoji: String },
    /// A message is pinned, or is so no more.
    Pinned { room: String, of: u64, pinned: bool },
    /// An emoji was taken off a message again.
    Unreacted { room: String, to: u64, emoji: String },
    /// What a message's file held is gone.
    Expired { room: String, of: u64 },
    /// Somebody was let into a room.
    LetIn { room: String, person: String },
    /// Somebody is in a room no more.
    Left { room: String, person: String },
    /// Nobody writes in this room any more.
    Archived { room: String },
    /// Who should write in this room.
    Restricted { room: String, posting: Posting },
}

impl Deed {
    /// Words alone.
    pub(crate) fn said(room: String, text: String) -> Self {
        Self::Said { room, text, answers: None, file: None }
    }
}

impl Fact {
    pub(crate) fn new(at: Timestamp, by: &str, deed: Deed) -> Self {
        Self { at, by: by.to_owned(), key: None, deed }
    }

    pub(crate) fn keyed(self, key: &SendKey) -> Self {
        Self { key: Some(key.clone()), ..self }
    }
}
