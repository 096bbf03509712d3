//! Text without markup: lines of spans, which each adapter writes in its platform's own markup.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Person;

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Span {
    /// Words to be shown exactly so, whatever they look like. All that people typed is this.
    Plain(String),
    /// Emphasis.
    Strong(String),
    /// Something to type.
    Code(String),
    /// Somebody. A platform that knows them may write its own mention; they are notified only if the post calls them.
    Person(Person),
    /// A moment. `text` is how it reads where the platform has no timestamps of its own.
    Time {
        /// The moment.
        at: Timestamp,
        /// With its zone, for example `12:30 UTC`.
        text: String,
    },
}

/// Lines of spans.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(Vec<Vec<Span>>);

impl Text {
    /// No text yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One line in Herald's own words, where `` `…` `` marks something to type. Never pass it what somebody typed.
    #[must_use]
    pub fn says(words: &str) -> Self {
        Self::new().line(words)
    }

    /// Begins a new line with Herald's own words, where `` `…` `` marks something to type.
    #[must_use]
    pub fn line(mut self, words: &str) -> Self {
        self.0.push(Vec::new());
        self.and(words)
    }

    /// Goes on with Herald's own words, where `` `…` `` marks something to type.
    #[must_use]
    pub fn and(mut self, words: &str) -> Self {
        for (i, part) in words.split('`').enumerate().filter(|(_, part)| !part.is_empty()) {
            let span = if i % 2 == 0 { Span::Plain(part.to_owned()) } else { Span::Code(part.to_owned()) };
            self = self.span(span);
        }
        self
    }

    /// Goes on with what somebody typed, line for line.
    #[must_use]
    pub fn quote(mut self, typed: &str) -> Self {
        for (i, line) in clean(typed).lines().enumerate() {
            if i > 0 {
                self.0.push(Vec::new());
            }
            self = self.span(Span::Plain(line.to_owned()));
        }
        self
    }

    /// Goes on with words that must be shown exactly so.
    #[must_use]
    pub fn exact(self, words: &str) -> Self {
        self.span(Span::Plain(clean_line(words)))
    }

    /// Goes on with emphasised words.
    #[must_use]
    pub fn strong(self, words: &str) -> Self {
        self.span(Span::Strong(clean_line(words)))
    }

    /// Goes on with something to type.
    #[must_use]
    pub fn code(self, words: &str) -> Self {
        self.span(Span::Code(clean_line(words)))
    }

    /// Goes on with somebody's name.
    #[must_use]
    pub fn person(self, person: &Person) -> Self {
        self.span(Span::Person(Person { id: person.id.clone(), name: clean_line(&person.name) }))
    }

    /// Goes on with a moment, as `text` where the platform has no timestamps of its own.
    #[must_use]
    pub fn time(self, at: Timestamp, text: impl Into<String>) -> Self {
        self.span(Span::Time { at, text: text.into() })
    }

    /// Goes on with one span.
    #[must_use]
    pub fn span(mut self, span: Span) -> Self {
        match self.0.last_mut() {
            Some(line) => line.push(span),
            None => self.0.push(vec![span]),
        }
        self
    }

    /// Goes on with all lines of `other`, each a new line.
    #[must_use]
    pub fn append(mut self, other: Text) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Goes on in the same line with the first line of `other`, then with its other lines.
    #[must_use]
    pub fn join(mut self, other: Text) -> Self {
        let mut lines = other.0.into_iter();
        for span in lines.next().unwrap_or_default() {
            self = self.span(span);
        }
        self.0.extend(lines);
        self
    }

    /// The lines.
    #[must_use]
    pub fn lines(&self) -> &[Vec<Span>] {
        &self.0
    }

    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }

    /// As Markdown (CommonMark) in which everything that people typed stands as plain words: no markup, no HTML, no
    /// link and no mention can come out of it. Lines are hard breaks.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let lines = self.0.iter().map(|line| line.iter().map(markdown).collect::<String>());
        lines.collect::<Vec<_>>().join("\\\n")
    }
}

/// The words alone, things to type in backquotes, as a terminal shows them.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, line) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            for span in line {
                match span {
                    Span::Plain(text) | Span::Strong(text) | Span::Time { text, .. } => f.write_str(text)?,
                    Span::Code(text) => write!(f, "`{text}`")?,
                    Span::Person(person) => f.write_str(&person.name)?,
                }
            }
        }
        Ok(())
    }
}

fn markdown(span: &Span) -> String {
    match span {
        Span::Plain(text) | Span::Time { text, .. } => escape(text),
        Span::Strong(text) if text.trim().is_empty() => escape(text),
        Span::Strong(text) => format!("**{}**", escape(text.trim())),
        Span::Code(text) => code(text),
        Span::Person(person) => escape(&person.name),
    }
}

/// Every ASCII punctuation character may be escaped in CommonMark, so all are: nothing is left to mean anything.
/// Spaces at the ends of a line are dropped by Markdown itself.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A code span, fenced by one backquote more than the longest run inside it.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.trim().is_empty() { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// What may stand in a message: no control characters but line breaks, nothing that turns the writing direction,
/// nothing invisible; tabs become spaces, foreign line breaks become ours, blank ends go.
#[must_use]
pub fn clean(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    let mut kept = String::with_capacity(unified.len());
    for c in unified.chars() {
        match c {
            '\n' => kept.push('\n'),
            '\t' => kept.push(' '),
            ZERO_WIDTH_JOINER if !kept.ends_with(joins) => {}
            c if c.is_control() || is_invisible(c) => {}
            c => kept.push(c),
        }
    }
    defang(kept.trim())
}

/// [`clean`], on one line.
#[must_use]
pub fn clean_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Breaks the words that call a whole room on one platform or another, whatever their case: their `@` becomes `＠`.
#[must_use]
pub fn defang(text: &str) -> String {
    const CALLS: [&str; 4] = ["everyone", "here", "room", "channel"];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        out.push_str(before);
        let called =
            CALLS.iter().any(|call| after.get(..call.len()).is_some_and(|head| head.eq_ignore_ascii_case(call)));
        out.push(if called { '＠' } else { '@' });
        rest = after;
    }
    out.push_str(rest);
    out
}

const ZERO_WIDTH_JOINER: char = '\u{200d}';

/// What a joiner may follow: emoji are made with it, words are not.
fn joins(c: char) -> bool {
    !c.is_ascii() && !c.is_alphanumeric() && c != ZERO_WIDTH_JOINER
}

/// Zero-width, direction-turning, tag, filler and private-use characters. The emoji variation selector stays.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0e}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..='\u{10ffff}')
}
