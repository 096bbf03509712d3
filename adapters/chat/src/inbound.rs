//! What a platform tells us.

use jiff::Timestamp;

use crate::{Cursor, MessageRef, Person, RoomRef, Shown, UserRef};

/// One item of a platform's stream.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "nearly every item is an event")]
pub enum Arrival {
    /// Something happened in a room.
    Event(Inbound),
    /// The connection was lost: anything may have been missed. Read every room back from its cursor. It comes before
    /// anything that is newer than what was missed, so that no cursor has moved past that yet.
    Gap,
}

/// One thing that happened in a room. A platform delivers each at least once, and those of one room in the room's
/// order. One that was delivered before may come again at any time: its cursor is an old one then.
#[derive(Debug, Clone, PartialEq)]
pub struct Inbound {
    /// Where.
    pub room: RoomRef,
    /// The platform's id of this event, unique in the room: the key of "handled already".
    pub id: String,
    /// Where the room has been read up to once this is handled. `None` when it moves nothing.
    pub cursor: Option<Cursor>,
    /// Who did it.
    pub by: Person,
    /// What kind of sender that is.
    pub origin: Origin,
    /// Whether the room is a conversation between this person and Herald alone: nobody else is in it, comes into it unasked or
    /// reads it, and one of the two has made it.
    pub direct: bool,
    /// The server's time.
    pub at: Timestamp,
    /// What it was.
    pub what: What,
}

/// What kind of sender. Only a [`Origin::Human`] can command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A person's own account.
    Human,
    /// A bot, a webhook, a notice, or a message relayed for somebody else.
    Machine,
    /// Herald itself.
    Own,
    /// The platform does not say who it was: [`Inbound::by`] stands for somebody.
    Unknown,
}

/// A mention that the platform itself resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct Mention {
    /// The words as they stand in the text.
    pub text: String,
    /// Whom they mean.
    pub person: Person,
}

/// What of a room people may try to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RoomPart {
    /// What it is called.
    Name,
    /// What it says that it is for.
    Topic,
    /// Anything else about it: its kind, or how often people may write.
    Settings,
    /// Who sees it.
    Access,
    /// A room within it, where others can write.
    Thread,
    /// The means by which Herald says what others said elsewhere.
    Webhook,
    /// Who of those who were let in sees it.
    Members,
    /// Who may read or write in it.
    Rules,
    /// What Herald itself may do there: it cannot look after the room, and has put nothing back.
    Control,
    /// All of it: it was deleted.
    Gone,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A message. `text` is what was typed, markup and all, as people see that they typed it: what a client sends in place
    /// of a name or a moment is that name or moment. Only people whom it mentions stand in it as [`Mention::text`] says.
    Message {
        /// The text.
        text: String,
        /// The message it answers.
        reply_to: Option<MessageRef>,
        /// Who is mentioned in it.
        mentions: Vec<Mention>,
        /// How it shows there.
        shown: Shown,
    },
    /// A command given through the platform's own menus, buttons or forms: meant for Herald, wherever it was given, and
    /// always answered. No message of the room says it. [`Platform::taken`](crate::Platform::taken) tells when it is durable.
    Command {
        /// The command as it would be typed, with its `!`.
        text: String,
        /// Who is mentioned in it.
        mentions: Vec<Mention>,
    },
    /// A message of this room was changed to `text`, by whoever wrote it.
    Edit {
        /// The message's id in this room.
        of: String,
        /// All of its text now.
        text: String,
        /// How it shows there now.
        shown: Shown,
    },
    /// A message of this room was removed, by whoever the event names: its author, a moderator, or nobody knows who.
    Delete {
        /// The message's id in this room.
        of: String,
    },
    /// A message that cannot be read, because the key it was encrypted with has not come yet. The id of this event is
    /// another than the message's, so that the message can arrive under its own once it can be read.
    Unreadable {
        /// The message's id in this room.
        of: String,
    },
    /// A message, or a change of one, that came in the clear into a room where messages are encrypted. Nothing proves whose it
    /// is, so what it says is not told.
    Unencrypted,
    /// A reaction was put on a message of this room.
    Reaction {
        /// The message's id in this room.
        to: String,
        /// The emoji; `:name:` of one that only its platform has.
        emoji: String,
        /// What that message says.
        text: String,
        /// Who wrote it.
        author: Person,
    },
    /// A reaction was taken off a message of this room. Where a platform gives a reaction an id of its own, that is removed
    /// instead, as [`What::Delete`].
    Unreacted {
        /// The message's id in this room.
        to: String,
        /// The emoji.
        emoji: String,
    },
    /// Somebody is (now) a member of the room.
    Joined {
        /// Who.
        person: Person,
    },
    /// Somebody changed something of the room itself that is not theirs to change, and Herald has put it back if it can be.
    Altered {
        /// What.
        part: RoomPart,
    },
    /// Somebody is a member no more. Of one of Herald's own rooms, from [`Origin::Own`]: Herald took back somebody's access,
    /// because they left, came back, or lost what it hung on.
    Left {
        /// Who.
        user: UserRef,
    },
    /// The room was given up for another. Until it is known which one counts, posts to it are
    /// [`SendError::Retry`](crate::SendError::Retry): nobody would read them.
    Replaced {
        /// What comes of that.
        succession: Succession,
    },
}

/// What comes of a room that was given up for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Succession {
    /// `room` takes its place: whoever said so may, it says so itself, it is no more open than the one before, and Herald is
    /// in it with what it needs.
    Follows {
        /// The room.
        room: RoomRef,
        /// Where it begins: it is read from there.
        since: Cursor,
    },
    /// It is not known that another takes its place, or Herald cannot work in that one.
    Doubtful {
        /// The room that is named.
        room: Option<RoomRef>,
        /// What stands in the way, and what to do, in one sentence or two for people.
        why: String,
        /// Whether it is the right room all the same, and follows once that is done.
        can_heal: bool,
    },
    /// It was taken back: the room goes on.
    Undone,
}

impl What {
    /// A message without formatting, which answers none and mentions nobody.
    #[must_use]
    pub fn says(text: &str) -> Self {
        Self::Message { text: text.to_owned(), reply_to: None, mentions: Vec::new(), shown: Shown::plain(text) }
    }
}
