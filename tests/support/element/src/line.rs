//! A message as its reader sees it.

use std::fmt;

use serde_json::Value;

/// A message as its reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its event id.
    pub id: String,
    /// The account that sent it.
    pub sender: String,
    /// What a client shows, after edits. Code stands in backquotes.
    pub text: String,
    /// What a client without HTML shows.
    pub plain: String,
    /// All that it says, after edits.
    pub content: Value,
    /// `m.text`, `m.notice` …
    pub kind: String,
    /// Whom it notifies.
    pub mentions: Vec<String>,
    /// Whether it says whom it mentions.
    pub has_mentions: bool,
    /// The message it answers.
    pub answers: Option<String>,
    /// The first message of its thread.
    pub thread: Option<String>,
    /// Whether it came encrypted.
    pub encrypted: bool,
    /// The emoji on it and who put them there.
    pub reactions: Vec<(String, String)>,
    /// How often it was edited.
    pub edits: usize,
    /// The server's time, in milliseconds since 1970.
    pub at: u64,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.sender.trim_start_matches('@').split(':').next().unwrap_or_default();
        write!(f, "{name}: {}", self.text)
    }
}
