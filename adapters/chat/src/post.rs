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
    /// A refusal or a help text: only whoever asked needs it, and only they are shown it where the platform can.
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
    /// Whether it calls all who respond, too, as far as the platform knows them as one: by their role, or as those in the room.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub calls_all: bool,
    /// The message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageRef>,
    /// The thread it belongs to, by name, where the platform has threads; in the room itself where not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// What can be done about it with one press, where the platform has buttons. The text says how to type it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// Set when it says what somebody said elsewhere: on whose behalf.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<Voice>,
    /// The same at a glance, where the platform can show it beside the text, which says it all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<Card>,
}

/// Somebody whose words these are. The first span of the text names them, as [`Span::Strong`](crate::Span::Strong), for
/// whoever's client shows no more than the text: a platform that shows a message under their name may leave it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voice {
    /// Their account.
    pub account: UserRef,
    /// Their name with a mark of where they speak: `ana · Discord`.
    pub name: String,
}

/// Something that a press does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What stands on it.
    pub label: String,
    /// What it does.
    pub press: Press,
}

/// What a press does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Press {
    /// The same as typing this, at most 80 characters: whoever presses gives the command.
    Says(String),
    /// Opens the [`Form`](crate::Form) of this id, at most 80 characters.
    Opens(String),
}

/// A post at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Its colour.
    pub accent: Accent,
    /// What it comes to: a heading and what stands under it, each.
    pub facts: Vec<(String, Text)>,
}

/// A colour, by what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Accent {
    /// Degraded.
    Minor,
    /// A major feature fails.
    Major,
    /// Down.
    Critical,
    /// Over.
    Good,
}

impl Post {
    /// A post that calls nobody.
    #[must_use]
    pub fn new(tone: Tone, text: Text) -> Self {
        Self {
            tone,
            text,
            calls: Vec::new(),
            calls_all: false,
            reply_to: None,
            thread: None,
            buttons: Vec::new(),
            voice: None,
            card: None,
        }
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
