//! Texts that are too long for one message, as several.

use herald_chat::{Line, Span, Text, Weights};

use super::markdown::{number, write};

/// The text in parts that each take at most `limit` characters as Markdown, always the same ones for the same text. A part
/// that shows nothing is left out.
pub(super) fn split(text: &Text, limit: usize) -> Vec<Text> {
    text.split(&Markdown { limit }).into_iter().filter(|part| !write(part).trim().is_empty()).collect()
}

/// Markdown, in characters as Discord counts them; those that clients count as two do so here, which is never less.
struct Markdown {
    limit: usize,
}

impl Weights for Markdown {
    fn limit(&self) -> usize {
        self.limit
    }

    fn line_end(&self) -> usize {
        1
    }

    fn lead(&self, _line: &Line) -> usize {
        0
    }

    fn fence(&self, _language: &str) -> usize {
        0
    }

    /// The brackets around an address are paid for by its punctuation, which is not escaped.
    fn character(&self, c: char) -> usize {
        if c.is_ascii_punctuation() { 2 } else { c.len_utf16() }
    }

    fn markup(&self, span: &Span) -> usize {
        match span {
            Span::Plain(_) | Span::Styled { .. } => 0,
            Span::Strong(_) | Span::Code(_) => "****".len(),
            Span::Person(person) => number(person).map_or("****".len(), |number| "<@>".len() + number.len()),
            Span::Time { .. } | Span::Distance { .. } => " (<t::f>)".len() + "-377705116800".len(),
        }
    }

    fn words<'a>(&self, span: &'a Span) -> &'a str {
        match span {
            Span::Plain(text) | Span::Styled { text, .. } | Span::Strong(text) | Span::Code(text) => text,
            Span::Person(person) if number(person).is_none() => &person.name,
            Span::Person(_) | Span::Time { .. } | Span::Distance { .. } => "",
        }
    }
}
