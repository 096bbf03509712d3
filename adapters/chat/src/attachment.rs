//! Files that come with a message.

use serde::{Deserialize, Serialize};

use crate::{Network, Text};

/// A message as it shows on its own platform.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shown {
    /// Its words with their formatting, as they were written: whoever passes them on cleans them.
    pub text: Text,
    /// What comes with it.
    pub files: Vec<Attachment>,
}

/// A file that comes with a message. Herald never looks into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its name, as it was given.
    pub name: String,
    /// What to show it as.
    pub kind: FileKind,
    /// Its media type, as it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
    /// Its size in bytes, as it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Width and height in pixels, as they were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pixels: Option<(u32, u32)>,
    /// Whether it is hidden until somebody wants to see it.
    #[serde(default)]
    pub spoiler: bool,
    /// The platform that has it.
    pub network: Network,
    /// Where it is, and how to decrypt it, in words only its platform understands.
    pub source: String,
}

/// What to show a file as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// A picture.
    Image,
    /// A moving picture.
    Video,
    /// Sound.
    Audio,
    /// A sticker: a picture that stands for words.
    Sticker,
    /// Anything else.
    File,
}

/// What a file holds, in a nameless file on the disk, to be read from its beginning.
#[derive(Debug)]
pub struct Content {
    /// It.
    pub file: std::fs::File,
    /// How long it is in bytes.
    pub length: u64,
}

impl Shown {
    /// Words without formatting.
    #[must_use]
    pub fn plain(typed: &str) -> Self {
        Self { text: Text::new().typed(typed), files: Vec::new() }
    }
}

impl Attachment {
    /// [`with_names`] of these files.
    #[must_use]
    pub fn named_after<'a>(words: &str, files: impl IntoIterator<Item = &'a Self>) -> String {
        with_names(words, files.into_iter().map(|file| file.name.as_str()))
    }
}

/// Words with the names of the files that came with them, so that a message is known by more than its words:
/// `look at this (chart.png)`.
#[must_use]
pub fn with_names<'a>(words: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(crate::clean_line).collect();
    let (words, names) = (words.trim_end(), names.join(", "));
    match (words.is_empty(), names.is_empty()) {
        (_, true) => words.to_owned(),
        (true, false) => names,
        (false, false) => format!("{words} ({names})"),
    }
}
