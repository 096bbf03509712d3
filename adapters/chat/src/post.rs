//! What Herald says.

use serde::{Deserialize, Serialize};

use crate::{MessageRef, Text, UserRef};

/// How loud a post is, and who needs to see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// A statement to the company: an ordinary message that notifies.
    Update,
    /// Somebody has to act: an ordinary message that notifies whom it calls.
    Call,
    /// For the record: shown, silently.
    Notice,
    /// A refusal or a help text: only whoever asked needs it.
    Answer,
}

/// One message of Herald's, in no platform's markup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// How loud.
    pub tone: Tone,
    /// The words.
    pub text: Text,
    /// The accounts this post means to call. Nobody else may be notified, whatever the text looks like.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<UserRef>,
    /// The message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageRef>,
    /// The thread it belongs to, by name, where the platform has threads; in the room itself where not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
}

impl Post {
    /// A post that calls nobody.
    #[must_use]
    pub fn new(tone: Tone, text: Text) -> Self {
        Self { tone, text, calls: Vec::new(), reply_to: None, thread: None }
    }

    /// Calls these accounts.
    #[must_use]
    pub fn calling(mut self, users: impl IntoIterator<Item = UserRef>) -> Self {
        self.calls.extend(users);
        self
    }

    /// Puts it in a thread, where there are threads.
    #[must_use]
    pub fn in_thread(mut self, name: impl Into<String>) -> Self {
        self.thread = Some(name.into());
        self
    }
}
