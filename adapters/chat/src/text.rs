//! Text without markup: lines of spans, which each adapter writes in its platform's own markup.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Kind, Line, Person, Style, clean, clean_line, is_address_of, markdown};

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Span {
    /// Words to be shown exactly so, whatever they look like. All that people typed is this, unless it is passed on.
    Plain(String),
    /// Emphasis.
    Strong(String),
    /// What somebody wrote, as they wrote it.
    Styled {
        /// The words.
        text: String,
        /// How they look.
        style: Style,
    },
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
    /// How far off a moment is, as seen from when this was written. A platform with timestamps of its own writes one
    /// that goes on being true.
    Distance {
        /// The moment.
        to: Timestamp,
        /// For example `in 30 min`, without brackets.
        text: String,
    },
}

/// What stands before a line of somebody's words that begins no line of Herald's.
const GOES_ON: &str = "│";

/// Lines of spans.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(Vec<Line>);

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
        self.0.push(Line::default());
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

    /// Goes on with what somebody typed, line for line. Every line after the first has a mark before it, so that none can be
    /// taken for a line of Herald's own.
    #[must_use]
    pub fn quote(self, typed: &str) -> Self {
        let clean = clean(typed);
        let (first, rest) = clean.split_once('\n').map_or((clean.as_str(), None), |(first, rest)| (first, Some(rest)));
        let text = if first.is_empty() { self } else { self.span(Span::Plain(first.to_owned())) };
        rest.map_or(text.clone(), |rest| text.marked(rest))
    }

    /// Goes on with what somebody typed, line for line, where nothing of Herald's stands beside it.
    #[must_use]
    pub fn typed(mut self, typed: &str) -> Self {
        for (i, line) in clean(typed).lines().enumerate() {
            if i > 0 {
                self.0.push(Line::default());
            }
            self = self.span(Span::Plain(line.to_owned()));
        }
        self
    }

    /// Begins a new line with what somebody typed. Every line of it has the mark before it.
    #[must_use]
    pub fn block(self, typed: &str) -> Self {
        self.marked(&clean(typed))
    }

    fn marked(mut self, lines: &str) -> Self {
        for line in lines.split('\n') {
            let marked = format!("{GOES_ON} {line}").trim_end().to_owned();
            self.0.push(Line { spans: vec![Span::Plain(marked)], ..Line::default() });
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

    /// Goes on with how far off a moment is, in brackets. It is left out of what is sent late.
    #[must_use]
    pub fn distance(self, to: Timestamp, text: impl Into<String>) -> Self {
        self.span(Span::Distance { to, text: text.into() })
    }

    /// Without distances: they were true when this was written.
    #[must_use]
    pub fn aged(mut self) -> Self {
        for line in &mut self.0 {
            line.spans.retain(|span| !matches!(span, Span::Distance { .. }));
        }
        self
    }

    /// Goes on with one span.
    #[must_use]
    pub fn span(mut self, span: Span) -> Self {
        match self.0.last_mut() {
            Some(line) => line.spans.push(span),
            None => self.0.push(Line { spans: vec![span], ..Line::default() }),
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

    /// Begins a new line that may stand in something.
    #[must_use]
    pub fn push(mut self, line: Line) -> Self {
        self.0.push(line);
        self
    }

    /// The lines.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.0
    }

    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|line| line.spans.is_empty())
    }

    /// As Markdown in which everything that people typed stands as plain words: no markup, no HTML, no
    /// link and no mention can come out of it. Lines are hard breaks; empty lines at the end are left out.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        markdown::write(&self.0)
    }
}

impl From<Vec<Line>> for Text {
    fn from(lines: Vec<Line>) -> Self {
        Self(lines)
    }
}

impl IntoIterator for Text {
    type Item = Line;
    type IntoIter = std::vec::IntoIter<Line>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// The words alone, things to type in backquotes, as a terminal shows them.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, line) in self.0.iter().enumerate() {
            let before = i.checked_sub(1).and_then(|at| self.0.get(at));
            if i > 0 {
                f.write_str("\n")?;
            }
            fence(f, line, before)?;
            lead(f, line)?;
            for span in line {
                word(f, span, line)?;
            }
            if matches!(line.kind, Kind::Code { .. }) && self.0.get(i + 1).is_none_or(|next| !next.goes_on_with(line)) {
                f.write_str("\n")?;
                quote_marks(f, line)?;
                f.write_str("```")?;
            }
        }
        Ok(())
    }
}

/// Opens a block of code, on a line of its own.
fn fence(f: &mut fmt::Formatter<'_>, line: &Line, before: Option<&Line>) -> fmt::Result {
    match &line.kind {
        Kind::Code { language, .. } if before.is_none_or(|before| !line.goes_on_with(before)) => {
            quote_marks(f, line)?;
            writeln!(f, "```{language}")
        }
        Kind::Code { .. } | Kind::Words | Kind::Heading(_) | Kind::Item { .. } | Kind::More { .. } => Ok(()),
    }
}

fn quote_marks(f: &mut fmt::Formatter<'_>, line: &Line) -> fmt::Result {
    (0..line.quoted).try_for_each(|_| f.write_str("> "))
}

/// What stands before the words of a line.
fn lead(f: &mut fmt::Formatter<'_>, line: &Line) -> fmt::Result {
    quote_marks(f, line)?;
    let indent = |f: &mut fmt::Formatter<'_>, depth: u8| (0..depth).try_for_each(|_| f.write_str("  "));
    match &line.kind {
        Kind::Words | Kind::Heading(_) | Kind::Code { .. } => Ok(()),
        Kind::Item { depth, number: Some(number) } => {
            indent(f, *depth)?;
            write!(f, "{number}. ")
        }
        Kind::Item { depth, number: None } => {
            indent(f, *depth)?;
            f.write_str("- ")
        }
        Kind::More { depth } => indent(f, *depth + 1),
    }
}

fn word(f: &mut fmt::Formatter<'_>, span: &Span, line: &Line) -> fmt::Result {
    match span {
        Span::Plain(text) | Span::Strong(text) | Span::Time { text, .. } => f.write_str(text),
        Span::Distance { text, .. } => write!(f, " ({text})"),
        Span::Code(text) if matches!(line.kind, Kind::Code { .. }) => f.write_str(text),
        Span::Code(text) => write!(f, "`{text}`"),
        Span::Person(person) => f.write_str(&person.name),
        Span::Styled { text, style } => {
            let marks = if style.code { "`" } else { "" };
            write!(f, "{marks}{text}{marks}")?;
            match &style.link {
                Some(address) if address != text && !is_address_of(text, address) => write!(f, " ({address})"),
                Some(_) | None => Ok(()),
            }
        }
    }
}
