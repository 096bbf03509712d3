//! Commands from menus that were taken in.

use herald_chat::{MessageRef, Tone};

use crate::outbox::Entry;

/// A command from a platform's own menu that is durable, or refused because the disk is full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Which.
    pub command: MessageRef,
    /// The tone of its answer, if one follows.
    pub answer: Option<Tone>,
}

impl Taken {
    /// Finds its answer among what was queued with it.
    pub(super) fn among(command: MessageRef, entries: &[Entry]) -> Self {
        let answer = entries.iter().find_map(|entry| Self::answered_by(&command, entry));
        Self { command, answer }
    }

    /// The tone of `entry`, if that answers `command`.
    pub(super) fn answered_by(command: &MessageRef, entry: &Entry) -> Option<Tone> {
        let post = entry.action.post().filter(|post| post.reply_to.as_ref() == Some(command))?;
        Some(post.tone)
    }
}
