//! Commands that come through menus, buttons and forms.

use herald_chat::{MessageRef, Post, SendError, SendKey, Tone};

use crate::Inner;

/// The interactions that wait for their answer.
#[derive(Default)]
pub(crate) struct Interactions {}

impl Inner {
    /// A command is durable: whoever gave it is told so.
    pub(crate) async fn acknowledge(&self, _command: &MessageRef, _answer: Option<Tone>) {}

    /// Answers the interaction that `post` replies to. `None` when that cannot be answered any more: it came before a
    /// restart, or more than 15 minutes ago. Waits for its acknowledgement.
    pub(crate) async fn answer(&self, _post: &Post, _key: &SendKey) -> Result<Option<MessageRef>, SendError> {
        Ok(None)
    }
}
