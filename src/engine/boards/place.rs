//! A board in one place, and what brings it nearer to what it should be.

use herald_chat::{MessageRef, Post, Text, Tone};
use sha2::{Digest, Sha256};

use crate::announce::Action;
use crate::incident::{Board, Pin};
use crate::outbox::EntryId;

/// A board in one place.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    /// The message, and what it is known to show.
    pub(super) message: Option<(MessageRef, Board)>,
    /// What is under way to change it.
    pub(super) waiting: Option<EntryId>,
    /// The id of the message that was the board before: the next one is another.
    pub(super) before: String,
}

/// What brings a board nearer to what it should be.
#[expect(clippy::large_enum_variant, reason = "nearly every one is to be sent, and none is kept")]
pub(super) enum Next {
    /// To do this, after which it is so.
    Send(Action, Board),
    /// To know it no more: it has shown how the incident ended.
    Forget(MessageRef),
    /// Nothing.
    Rest,
}

impl Place {
    pub(super) fn is(&self, message: &MessageRef) -> bool {
        self.message.as_ref().is_some_and(|(known, _)| known == message)
    }

    /// What is to be done: `wanted` says whether there should be a board, `text` what may be shown there.
    pub(super) fn next(&self, wanted: bool, text: Option<Text>) -> Next {
        let text = text.map(|text| (hash(&text), Post::new(Tone::Notice, text)));
        let Some((message, now)) = self.message.clone() else {
            return match text.filter(|_| wanted) {
                Some((shown, post)) => Next::Send(Action::Post(post), Board { shown, edits: 0, pin: Pin::Off }),
                None => Next::Rest,
            };
        };
        if wanted && now.pin == Pin::Off {
            return Next::Send(Action::Pin(message, true), Board { pin: Pin::On, ..now });
        }
        match text {
            Some((shown, post)) if shown != now.shown => {
                Next::Send(Action::Edit(message, post), Board { shown, edits: now.edits + 1, ..now })
            }
            Some(_) if wanted => Next::Rest,
            _ if now.pin == Pin::On => Next::Send(Action::Pin(message, false), Board { pin: Pin::Off, ..now }),
            _ => Next::Forget(message),
        }
    }
}

/// What tells one text from another.
fn hash(text: &Text) -> String {
    let digest = Sha256::digest(serde_json::to_vec(text).unwrap_or_default());
    data_encoding::HEXLOWER.encode(&digest[..16])
}
