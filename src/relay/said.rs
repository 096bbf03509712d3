//! A message, and what stands for it on the other sides.

use herald_chat::{MessageRef, Network, Person, RoomRef};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::incident::IncidentNo;

/// The number of a message that stands in more than one room. Smaller was taken in earlier.
pub type SaidNo = u64;

/// One of the rooms that are one room.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// A mapped room.
    Room(RoomRef),
    /// The incident's own room on a network, also before it is there.
    Own(IncidentNo, Network),
}

/// A message that stands in more than one room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Said {
    /// When it was said, by the server's clock.
    pub at: Timestamp,
    /// Who said it. `None`: Herald.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Person>,
    /// Its words, at most [`crate::incident::policy::TEXT_MAX`] characters of them.
    pub text: String,
    /// The names of the files that came with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// Where it was said, and as which message. `None` where no message says it: Herald's own, and what was chosen from a
    /// menu.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<MessageRef>,
    /// What stands for it.
    pub copies: Vec<Copy>,
    /// Who reacted to it, in the order in which they did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reacted>,
    /// Whether it was removed.
    #[serde(default)]
    pub gone: bool,
    /// Whether it says when it was said.
    #[serde(default)]
    pub dated: bool,
    /// Whether it answers a message that nobody knew of.
    #[serde(default)]
    pub answers_unknown: bool,
}

/// What stands for a message on one side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Copy {
    /// Which side.
    pub side: Side,
    /// The room, once something stands there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomRef>,
    /// The ids of all messages that were made for it. `None`: on its way, never got there, or removed.
    pub made: Vec<Option<String>>,
    /// Which of those say its words now, in order.
    pub words: Vec<Part>,
    /// Which of those are its files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Part>,
    /// Which of those says who reacted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<Part>,
}

/// The place of a message among all that were made for another on one side. It is never used again.
pub type Part = usize;

/// A reaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Reacted {
    /// Whose.
    pub by: Person,
    /// The emoji.
    pub emoji: String,
    /// On the message of which side.
    pub side: Side,
    /// The reaction's own id, as it arrived: it is removed by that where a platform does so.
    pub event: MessageRef,
}

impl Side {
    /// The network it is on.
    #[must_use]
    pub fn network(&self) -> Network {
        match self {
            Self::Room(room) => room.network(),
            Self::Own(_, network) => network.clone(),
        }
    }
}

impl Copy {
    /// Nothing stands there yet.
    #[must_use]
    pub fn new(side: Side) -> Self {
        Self { side, room: None, made: Vec::new(), words: Vec::new(), files: Vec::new(), line: None }
    }

    /// A place for one more message.
    pub fn part(&mut self) -> Part {
        self.made.push(None);
        self.made.len() - 1
    }

    /// The message that is this part, if it is there.
    #[must_use]
    pub fn message(&self, part: Part) -> Option<MessageRef> {
        Some(MessageRef { room: self.room.clone()?, id: self.made.get(part)?.clone()? })
    }

    /// The first message there is that says or is something of it.
    fn first(&self) -> Option<MessageRef> {
        self.words.iter().chain(&self.files).find_map(|part| self.message(*part))
    }
}

impl Said {
    /// A message of which nothing is known but its id.
    #[must_use]
    pub fn unknown(origin: MessageRef, at: Timestamp) -> Self {
        Self {
            at,
            by: None,
            text: String::new(),
            origin: Some(origin),
            copies: Vec::new(),
            reactions: Vec::new(),
            gone: false,
            dated: false,
            files: Vec::new(),
            answers_unknown: false,
        }
    }

    /// Whether nothing is known of it but its id, and perhaps who reacted.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.by.is_none() && self.copies.is_empty() && !self.gone
    }

    /// What stands for it on a side.
    #[must_use]
    pub fn copy(&self, side: &Side) -> Option<&Copy> {
        self.copies.iter().find(|copy| copy.side == *side)
    }

    /// The same, to be changed. Nothing stands there yet when there was none.
    pub fn copy_mut(&mut self, side: &Side) -> &mut Copy {
        let at = self.copies.iter().position(|copy| copy.side == *side).unwrap_or_else(|| {
            self.copies.push(Copy::new(side.clone()));
            self.copies.len() - 1
        });
        &mut self.copies[at]
    }

    /// The message to be answered on a side: itself, or what stands for it.
    #[must_use]
    pub fn stands_as(&self, side: &Side, room: &RoomRef) -> Option<MessageRef> {
        let own = self.origin.as_ref().filter(|origin| origin.room == *room);
        own.cloned().or_else(|| self.copy(side)?.first())
    }

    /// Takes note of the message that a part has become; `None`: it was removed.
    pub fn arrived(&mut self, side: &Side, part: Part, message: Option<&MessageRef>) {
        let copy = self.copy_mut(side);
        if let Some(message) = message {
            copy.room = Some(message.room.clone());
        }
        if let Some(made) = copy.made.get_mut(part) {
            *made = message.map(|it| it.id.clone());
        }
    }

    /// All messages by which it can be found.
    #[must_use]
    pub fn messages(&self) -> Vec<MessageRef> {
        let copies = self.copies.iter().filter_map(|copy| Some((copy.room.as_ref()?, copy)));
        let ids = copies.flat_map(|(room, copy)| {
            copy.made.iter().flatten().map(|id| MessageRef { room: room.clone(), id: id.clone() })
        });
        let reactions = self.reactions.iter().map(|it| it.event.clone());
        self.origin.clone().into_iter().chain(ids).chain(reactions).collect()
    }
}
