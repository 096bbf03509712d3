//! How long texts are cut: in characters, as a terminal shows them.

use herald_chat::{Kind, Line, Span, Weights};

/// So many characters make one message.
pub(crate) struct Scissors(pub(crate) usize);

/// What a pair of backquotes takes.
const BACKQUOTES: usize = 2;

impl Weights for Scissors {
    fn limit(&self) -> usize {
        self.0
    }

    fn line_end(&self) -> usize {
        1
    }

    fn lead(&self, line: &Line) -> usize {
        let quotes = 2 * usize::from(line.quoted);
        quotes
            + match &line.kind {
                Kind::Words | Kind::Heading(_) | Kind::Code { .. } => 0,
                Kind::Item { depth, number } => {
                    2 * usize::from(*depth) + number.map_or(2, |number| number.to_string().len() + 2)
                }
                Kind::More { depth } => 2 * usize::from(*depth) + 2,
            }
    }

    /// In as many quotations as there can be.
    fn fence(&self, language: &str) -> usize {
        let fences = "```\n\n```".len();
        fences + language.chars().count() + 4 * 2
    }

    fn character(&self, _: char) -> usize {
        1
    }

    fn markup(&self, span: &Span) -> usize {
        match span {
            Span::Plain(_) | Span::Strong(_) | Span::Person(_) | Span::Time { .. } => 0,
            Span::Code(_) => BACKQUOTES,
            Span::Distance { .. } => " ()".len(),
            Span::Styled { style, .. } => {
                let link = style.link.as_ref().map_or(0, |link| link.chars().count() + " ()".len());
                link + if style.code { BACKQUOTES } else { 0 }
            }
        }
    }

    fn words<'a>(&self, span: &'a Span) -> &'a str {
        match span {
            Span::Plain(text)
            | Span::Strong(text)
            | Span::Code(text)
            | Span::Styled { text, .. }
            | Span::Time { text, .. }
            | Span::Distance { text, .. } => text,
            Span::Person(person) => &person.name,
        }
    }
}
