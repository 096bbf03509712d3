//! One line of a text, and what it stands in.

use serde::{Deserialize, Serialize};

use crate::Span;

/// One line of a text. Herald's own lines are plain; what people wrote can stand in a quotation, a list or a block of code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Line {
    /// How many quotations it stands in.
    pub quoted: u8,
    /// What it is in there.
    pub kind: Kind,
    /// Its words.
    pub spans: Vec<Span>,
}

/// What a line is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Words.
    #[default]
    Words,
    /// A heading; 1 is the largest.
    Heading(u8),
    /// The first line of a list's item.
    Item {
        /// In how many other lists the list stands.
        depth: u8,
        /// The item's number, in a numbered list.
        number: Option<u32>,
    },
    /// A further line of a list's item.
    More {
        /// In how many other lists the list stands.
        depth: u8,
    },
    /// A line of a block of code. Its spans are plain and shown as they are.
    Code {
        /// What it is written in, or nothing: letters, digits and `+-#._` only.
        language: String,
        /// Whether the block begins here.
        first: bool,
    },
}

/// How words look.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Style {
    /// Bold.
    #[serde(skip_serializing_if = "is_not")]
    pub bold: bool,
    /// Italic.
    #[serde(skip_serializing_if = "is_not")]
    pub italic: bool,
    /// Underlined.
    #[serde(skip_serializing_if = "is_not")]
    pub underline: bool,
    /// Struck out.
    #[serde(skip_serializing_if = "is_not")]
    pub strike: bool,
    /// Hidden until somebody wants to see it.
    #[serde(skip_serializing_if = "is_not")]
    pub spoiler: bool,
    /// As code.
    #[serde(skip_serializing_if = "is_not")]
    pub code: bool,
    /// Where it leads: an address that [`crate::safe_link`] gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_not(it: &bool) -> bool {
    !it
}

/// As it lies in the journal: a plain line is the list of its spans, as it was before there were others.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Stored {
    Plain(Vec<Span>),
    Other { quoted: u8, kind: Kind, spans: Vec<Span> },
}

impl From<Stored> for Line {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Plain(spans) => Self { spans, ..Self::default() },
            Stored::Other { quoted, kind, spans } => Self { quoted, kind, spans },
        }
    }
}

impl From<Line> for Stored {
    fn from(line: Line) -> Self {
        match line {
            Line { quoted: 0, kind: Kind::Words, spans } => Self::Plain(spans),
            Line { quoted, kind, spans } => Self::Other { quoted, kind, spans },
        }
    }
}

impl Line {
    /// Its spans.
    pub fn iter(&self) -> std::slice::Iter<'_, Span> {
        self.spans.iter()
    }

    /// Whether it goes on with the block of code that `before` stands in.
    #[must_use]
    pub fn goes_on_with(&self, before: &Self) -> bool {
        let goes_on = matches!(self.kind, Kind::Code { first: false, .. });
        goes_on && self.quoted == before.quoted && matches!(before.kind, Kind::Code { .. })
    }

    /// An empty line that goes on with this one where it was cut.
    #[must_use]
    pub fn rest(&self) -> Self {
        let kind = match &self.kind {
            Kind::Item { depth, .. } | Kind::More { depth } => Kind::More { depth: *depth },
            Kind::Code { language, .. } => Kind::Code { language: language.clone(), first: false },
            Kind::Words => Kind::Words,
            Kind::Heading(size) => Kind::Heading(*size),
        };
        Self { quoted: self.quoted, kind, spans: Vec::new() }
    }
}

impl<'a> IntoIterator for &'a Line {
    type Item = &'a Span;
    type IntoIter = std::slice::Iter<'a, Span>;

    fn into_iter(self) -> Self::IntoIter {
        self.spans.iter()
    }
}

impl IntoIterator for Line {
    type Item = Span;
    type IntoIter = std::vec::IntoIter<Span>;

    fn into_iter(self) -> Self::IntoIter {
        self.spans.into_iter()
    }
}
