//! Interactions: what a person asked of an application, and what came back.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::id::Id;

/// How long an application may take to its first answer.
const FIRST: SignedDuration = SignedDuration::from_secs(3);
/// How long the token is good for.
const TOKEN: SignedDuration = SignedDuration::from_mins(15);

/// How far the answering is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stage {
    /// Nothing yet.
    Open,
    /// A message, whole or still to come: see `original`.
    Message,
    /// The message that the button sits on was changed, or will be.
    Update,
    /// A form.
    Modal(Value),
    /// Suggestions.
    Choices(Vec<Value>),
}

/// An interaction.
#[derive(Debug, Clone)]
pub(crate) struct Interaction {
    pub(crate) id: Id,
    pub(crate) token: String,
    pub(crate) app: Id,
    /// 2 a command, 3 a component, 4 autocomplete, 5 a modal's fields.
    pub(crate) kind: u8,
    pub(crate) user: Id,
    pub(crate) channel: Id,
    pub(crate) guild: Option<Id>,
    /// What was asked: `data` of the event.
    pub(crate) data: Value,
    /// The message that the component sits on, or that the modal came from.
    pub(crate) message: Option<Id>,
    /// The metadata of the interaction that opened this one's modal.
    pub(crate) trigger: Option<Value>,
    pub(crate) created: Timestamp,
    pub(crate) dispatched_at: Instant,
    pub(crate) answered_at: Option<Instant>,
    pub(crate) stage: Stage,
    /// The message that answers it.
    pub(crate) original: Option<Id>,
    pub(crate) followups: Vec<Id>,
}

impl Interaction {
    /// Whether the first answer would come too late.
    pub(crate) fn late(&self, now: Timestamp) -> bool {
        self.stage == Stage::Open && now.duration_since(self.created) > FIRST
    }

    /// When the first answer is too late.
    pub(crate) fn answer_by(&self) -> Timestamp {
        self.created + FIRST
    }

    /// Whether the token is good no more.
    pub(crate) fn expired(&self, now: Timestamp) -> bool {
        now.duration_since(self.created) > TOKEN
    }
}
