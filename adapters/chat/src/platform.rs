//! The port itself.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::BoxStream;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Arrival, Attachment, Content, Cursor, Inbound, MessageRef, Network, Person, Post, RoomRef, SendKey, Text, Tone,
    UserRef,
};

/// Why a call to a platform brought no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Nothing was done; the same call may succeed later.
    #[error("try again later: {reason}")]
    Retry {
        /// How long the platform asked to wait, if it said.
        after: Option<Duration>,
        /// For the log. Holds no token and no message text.
        reason: String,
    },
    /// It may have been done: the answer was lost.
    #[error("no answer: {reason}")]
    Unknown {
        /// For the log. Holds no token and no message text.
        reason: String,
    },
    /// It was not done, and never will be until a person changes something.
    #[error("refused: {reason}")]
    Refused {
        /// What stands in the way and what to do about it, in one sentence for people.
        reason: String,
    },
}

/// Who may write in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Posting {
    /// Every member.
    Members,
    /// Herald alone; everybody else reads and reacts.
    HeraldOnly,
}

/// A room to open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomSpec {
    /// Its name, as people will see it in their list.
    pub name: String,
    /// One line on what it is for.
    pub topic: String,
    /// Who is let in from the start. Nobody else can find or read it.
    pub members: Vec<UserRef>,
    /// Who may write.
    pub posting: Posting,
}

/// A stretch of a room's history, oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// What happened after the cursor that was asked for.
    pub events: Vec<Inbound>,
    /// Whether there is more after these. If so, at least one of them has a cursor to go on from.
    pub more: bool,
}

/// One chat platform that Herald speaks and listens on.
///
/// Posting and opening take a [`SendKey`]: a second call with the same key has no second effect while the platform
/// remembers the key, which it does for [`Platform::remembers`] after the first call. A key is compared within one room;
/// those of opened rooms, on the whole platform. Editing, removing and reacting take one too, for platforms that can use
/// it; everywhere they change nothing more when they are done again, as long as nothing else was done in between. The
/// other calls are the same when repeated, and need none.
///
/// # Errors
/// Unless a method says otherwise: [`SendError::Retry`] when nothing was done and the same call may succeed later,
/// with the delay that the platform asked for; [`SendError::Unknown`] when it may have been done;
/// [`SendError::Refused`] when it never will be, with a sentence for people.
#[async_trait]
pub trait Platform: Send + Sync + 'static {
    /// The short name that the references of this platform begin with.
    fn network(&self) -> Network;

    /// For how long a repeated [`SendKey`] is recognised. Past that, ask [`Platform::find`] before sending again.
    fn remembers(&self) -> Duration;

    /// Whether this platform can keep a board: a message of Herald's that is pinned, and is edited without notifying
    /// anybody. Where not, [`Platform::pin`] is never called.
    fn boards(&self) -> bool;

    /// Whether posts have their [`buttons`](Post::buttons) here. When there is nothing to press any more, the post is edited.
    fn buttons(&self) -> bool {
        false
    }

    /// A [`What::Command`](crate::What::Command) was taken in, and what came of it is durable: whoever gave it may be told so. `answer` is
    /// the tone of the post with `reply_to` this command that follows, if one does. Platforms without menus are never told.
    async fn taken(&self, _command: &MessageRef, _answer: Option<Tone>) {}

    /// A room that was for somebody is for nobody any more: whether Herald is in it does not matter from now on.
    fn released(&self, _room: &RoomRef) {}

    /// Herald's own account.
    async fn me(&self) -> Result<Person, SendError>;

    /// What happens on the platform, from now on. Taken once, at start, before anything is read back. Herald's own
    /// messages are left out or come as [`Origin::Own`](crate::Origin::Own).
    fn arrivals(&self) -> BoxStream<'static, Arrival>;

    /// The rooms that Herald is in, direct ones among them, as far as the platform can tell.
    async fn rooms(&self) -> Result<Vec<RoomRef>, SendError>;

    /// Those of `rooms` that this account can read now, or could by its own doing alone, since it is invited. What the
    /// platform itself says at this moment counts, never what was noted before. A room that is not there, or that Herald does
    /// not see, is left out.
    async fn present(&self, user: &UserRef, rooms: &[RoomRef]) -> Result<BTreeSet<RoomRef>, SendError>;

    /// Where somebody who has read all of `room` would go on: reading back from there gives what comes after now. An
    /// empty room has such a cursor too.
    async fn newest(&self, room: &RoomRef) -> Result<Cursor, SendError>;

    /// The next stretch of `room` after `since`, at most `limit` events; the whole room when there is no cursor yet.
    /// Each is the event that the stream gave, with the same id. Messages are all there; edits, removals, reactions and
    /// memberships as far as the platform keeps a record of them. Where an edit of a removed message is on record, the
    /// message's own place says before that it was removed.
    async fn read_back(&self, room: &RoomRef, since: Option<&Cursor>, limit: usize) -> Result<Page, SendError>;

    /// A text in parts that each make one message here, always the same ones for the same text. None when there is nothing
    /// to show.
    fn split(&self, text: &Text) -> Vec<Text> {
        vec![text.clone()]
    }

    /// How large a file may be to be posted here, in bytes. 0: no file can be.
    fn carries(&self) -> u64 {
        0
    }

    /// Reads a file of this platform's into `into`, from its beginning, and returns its length in bytes. Only from where
    /// this platform keeps its files; not more than `most` bytes, and nothing that is not what the file was said to be.
    ///
    /// # Errors
    /// As all; [`SendError::Refused`] when the file is longer, or gone.
    async fn download(&self, _file: &Attachment, _most: u64, _into: &mut std::fs::File) -> Result<u64, SendError> {
        Err(SendError::Refused { reason: "Files cannot be read here.".to_owned() })
    }

    /// Posts a file of another platform's to `room`, with the words of `post`. As [`Platform::post`] otherwise.
    async fn post_file(
        &self,
        _room: &RoomRef,
        _post: &Post,
        _file: &Attachment,
        _content: Content,
        _key: &SendKey,
    ) -> Result<MessageRef, SendError> {
        Err(SendError::Refused { reason: "Files cannot be posted here.".to_owned() })
    }

    /// Posts to `room`.
    async fn post(&self, room: &RoomRef, post: &Post, key: &SendKey) -> Result<MessageRef, SendError>;

    /// Looks in the room's history for the message that `post` with `key`, with a file or without, made at or after `since`.
    /// `Ok(None)` means: it is not there. Where a forgotten key made several, the first of them.
    async fn find(
        &self,
        room: &RoomRef,
        post: &Post,
        key: &SendKey,
        since: Timestamp,
    ) -> Result<Option<MessageRef>, SendError>;

    /// Replaces what one of Herald's own messages says. Calls nobody.
    async fn edit(&self, message: &MessageRef, post: &Post, key: &SendKey) -> Result<(), SendError>;

    /// Removes a message, Herald's own or another's. Removing what is gone succeeds.
    async fn delete(&self, message: &MessageRef, key: &SendKey) -> Result<(), SendError>;

    /// Puts a reaction of Herald's on a message.
    async fn react(&self, message: &MessageRef, emoji: &str, key: &SendKey) -> Result<(), SendError>;

    /// Pins one of Herald's own messages, or takes the pin off again. Notifies nobody, and leaves all other pins as they
    /// are. Pinning what is pinned succeeds, and so does taking off a pin that is not there, also when the message is
    /// gone. A pinned message that is edited stays pinned.
    async fn pin(&self, message: &MessageRef, pinned: bool) -> Result<(), SendError>;

    /// Opens a private room. The same key gives the same room for ever.
    async fn open_room(&self, spec: &RoomSpec, key: &SendKey) -> Result<RoomRef, SendError>;

    /// Lets somebody into a room. Inviting a member succeeds.
    async fn invite(&self, room: &RoomRef, user: &UserRef) -> Result<(), SendError>;

    /// Takes somebody out of a room that Herald opened: they cannot read it any more. Succeeds when they are not in it.
    async fn exclude(&self, room: &RoomRef, user: &UserRef) -> Result<(), SendError>;

    /// Closes a room: it can be read by its members and written by nobody, Herald included, whose posts there are
    /// [`SendError::Refused`]. Archiving twice succeeds.
    async fn archive(&self, room: &RoomRef) -> Result<(), SendError>;

    /// The room between Herald and this person alone, opened by Herald if there is none. Never one that somebody else has made,
    /// or could let others into.
    async fn direct(&self, user: &UserRef) -> Result<RoomRef, SendError>;

    /// Makes the platform itself hold who may write in `room`. Doing it twice succeeds.
    async fn restrict(&self, room: &RoomRef, posting: Posting) -> Result<(), SendError>;
}
