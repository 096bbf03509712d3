//! Texts that are too long for one message, as several.

use herald_chat::{Line, Span, Text, Weights};

use super::markdown::number;
use super::pieces::shows;
use super::{blocks, link};

/// The text in parts that each take at most `limit` characters as Markdown, always the same ones for the same text. A part
/// that shows nothing is left out.
pub(super) fn split(text: &Text, limit: usize) -> Vec<Text> {
    let text = Text::from(text.lines().iter().map(blocks::small_headings_bold).collect::<Vec<_>>());
    text.split(&Markdown { limit }).into_iter().filter(|part| part.lines().iter().flatten().any(shows)).collect()
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

    fn lead(&self, line: &Line) -> usize {
        blocks::lead(line)
    }

    fn fence(&self, language: &str) -> usize {
        blocks::fence(language)
    }

    /// The brackets around an address are paid for by its punctuation, which is not escaped.
    fn character(&self, c: char) -> usize {
        if c.is_ascii_punctuation() { 2 } else { c.len_utf16() }
    }

    fn markup(&self, span: &Span) -> usize {
        // All marks, what keeps them from an escaped one, and from those before them.
        const MARKS: usize = "||~~__**_".len() * 2 + 3 + 1;
        match span {
            Span::Plain(_) => 0,
            Span::Strong(_) | Span::Code(_) => "****".len() + 1,
            Span::Styled { style, .. } => MARKS + "``".len() + style.link.as_deref().map_or(0, link::weight),
            Span::Person(person) => number(person).map_or("****".len() + 1, |number| "<@>".len() + number.len()),
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
