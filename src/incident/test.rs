//! A message that shows an admin that a channel works.

use herald_chat::{Person, RoomRef};
use serde::{Deserialize, Serialize};

/// A test of one channel: the one thing beside a [`super::PublicUpdate`] that reaches people outside.
///
/// It holds nobody's words, so nothing of an incident can be said by it, and what is posted calls itself a test. Only
/// [`fn@super::test_channel`] makes one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ChannelTest {
    room: RoomRef,
    by: Person,
}

impl ChannelTest {
    /// Only [`fn@super::test_channel`] calls this.
    pub(super) fn new(room: RoomRef, by: Person) -> Self {
        Self { room, by }
    }

    /// Which room.
    #[must_use]
    pub fn room(&self) -> &RoomRef {
        &self.room
    }

    /// Who wants to see it.
    #[must_use]
    pub fn by(&self) -> &Person {
        &self.by
    }
}
