//! The promises of the port, as cases that every adapter passes against its own server.
//!
//! An adapter writes a [`Harness`]: its platform, and somebody outside who uses the same server by other means. Then
//! [`all`] tells which promises it breaks. The cases wait for the server where it needs time, and hold nothing against
//! an adapter that delivers twice, tells of members, or delivers Herald's own messages as
//! [`Origin::Own`](crate::Origin::Own).

mod hearing;
mod help;
mod posting;
mod reading;
mod rooms;

use std::fmt;

use async_trait::async_trait;
use futures::future::BoxFuture;

use crate::{Arrival, MessageRef, Person, Platform, RoomRef, SendError, UserRef};

pub use hearing::*;
pub use posting::*;
pub use reading::*;
pub use rooms::*;

/// Somebody who is not Herald.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outsider {
    /// The one who does most.
    Ana,
    /// The one who should not see all.
    Ben,
}

/// A message as somebody reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its id in the room.
    pub id: String,
    /// Who wrote it.
    pub author: UserRef,
    /// What it says to a reader, without the platform's markup.
    pub text: String,
    /// The emoji on it, each once.
    pub reactions: Vec<String>,
}

/// Why a harness could not do its part: the case is not decided then.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct Trouble(pub String);

/// A platform under test, and the people outside.
#[async_trait]
pub trait Harness: Send + Sync {
    /// The platform.
    fn platform(&self) -> &dyn Platform;

    /// Somebody's account. Always the same.
    fn outsider(&self, who: Outsider) -> Person;

    /// A room in which Herald and both outsiders are and everybody may write, with no message in it yet. Another one
    /// each time.
    async fn fresh_room(&self) -> Result<RoomRef, Trouble>;

    /// Whether somebody or something that is typed by number arrives as people see it: `<@1>` as a name.
    fn reads_numbers(&self) -> bool {
        false
    }

    /// Says something.
    async fn say(&self, who: Outsider, room: &RoomRef, text: &str) -> Result<MessageRef, Trouble>;

    /// Changes what one of their messages says.
    async fn edit(&self, who: Outsider, message: &MessageRef, text: &str) -> Result<(), Trouble>;

    /// Removes one of their messages.
    async fn delete(&self, who: Outsider, message: &MessageRef) -> Result<(), Trouble>;

    /// Puts an emoji on a message.
    async fn react(&self, who: Outsider, message: &MessageRef, emoji: &str) -> Result<(), Trouble>;

    /// Somebody is in a room no more.
    async fn leave(&self, who: Outsider, room: &RoomRef) -> Result<(), Trouble>;

    /// The messages that stand in a room, oldest first; `None` when this person cannot read it. Takes up an invitation
    /// to the room if there is one.
    async fn reads(&self, who: Outsider, room: &RoomRef) -> Result<Option<Vec<Line>>, Trouble>;

    /// The ids of the messages that are pinned in a room, in any order. Only platforms that keep
    /// [`boards`](Platform::boards) are asked.
    async fn pinned(&self, room: &RoomRef) -> Result<Vec<String>, Trouble> {
        Err(Trouble(format!("the harness cannot tell what is pinned in {room}")))
    }

    /// The next arrival of the platform, whose stream the harness took when it was made. `None` when nothing has come
    /// for longer than the slowest server takes.
    async fn next_arrival(&self) -> Option<Arrival>;

    /// Waits until everybody can see what has been done so far.
    async fn settle(&self);
}

/// Why a case failed.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// A promise of the port does not hold.
    #[error("{0}")]
    Promise(String),
    /// The platform gave no answer where it should have.
    #[error("a call failed: {0}")]
    Call(#[from] SendError),
    /// The harness could not do its part.
    #[error("the harness had trouble: {0}")]
    Harness(#[from] Trouble),
}

/// What a case comes to.
pub type Verdict = Result<(), Broken>;

/// One promise of the port.
pub struct Case {
    /// The promise, as the name of its function.
    pub name: &'static str,
    /// Tests it.
    pub run: for<'a> fn(&'a dyn Harness) -> BoxFuture<'a, Verdict>,
}

macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        &[$(Case { name: stringify!($name), run: |harness| Box::pin($name(harness)) }),*]
    };
}

/// Every case. Each takes a fresh room, so they can run in any order.
pub const CASES: &[Case] = cases![
    a_post_appears_once_with_its_words_and_author,
    the_same_key_makes_one_post,
    different_keys_make_posts_in_their_order,
    a_post_is_found_by_its_key,
    what_was_not_posted_is_not_found,
    an_edit_changes_a_post_in_its_place,
    a_removed_post_is_gone_and_can_be_removed_again,
    what_others_say_can_be_removed,
    a_reaction_is_put_on_a_message,
    a_board_is_pinned_edited_and_unpinned_in_its_place,
    posted_words_read_as_they_were_meant,
    a_very_long_post_appears_whole_or_is_refused,
    a_message_arrives_with_its_words_author_and_ids,
    messages_arrive_in_the_order_of_the_room,
    an_edit_arrives,
    a_deletion_arrives,
    a_reaction_arrives_with_what_it_is_on,
    words_arrive_exactly_as_typed,
    herald_is_never_taken_for_a_person,
    a_direct_message_is_marked_as_direct,
    reading_back_gives_what_came_after_the_cursor_in_pages,
    reading_back_without_a_cursor_gives_the_whole_room,
    reading_back_gives_what_the_stream_gave,
    no_change_is_read_back_of_a_message_that_nothing_is_told_of,
    an_opened_room_is_for_its_members_alone,
    the_same_key_opens_the_same_room,
    whoever_is_invited_can_read,
    whoever_is_taken_out_reads_no_more,
    only_whoever_can_read_a_room_is_present_there,
    an_archived_room_is_read_and_takes_no_posts,
    a_room_just_opened_can_be_restricted_and_archived,
    a_direct_room_is_always_the_same,
    restricting_a_room_again_changes_nothing,
];

/// Runs every case, and tells which failed.
///
/// # Errors
/// When a promise does not hold or could not be tested.
pub async fn all(harness: &dyn Harness) -> Result<(), Failures> {
    let mut failed = Vec::new();
    for case in CASES {
        if let Err(why) = (case.run)(harness).await {
            failed.push((case.name, why));
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(Failures(failed)) }
}

/// The cases that failed, by name, and why.
#[derive(Debug)]
pub struct Failures(pub Vec<(&'static str, Broken)>);

impl std::error::Error for Failures {}

impl fmt::Display for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} cases failed", self.0.len(), CASES.len())?;
        self.0.iter().try_for_each(|(name, why)| write!(f, "\n{name}: {why}"))
    }
}
