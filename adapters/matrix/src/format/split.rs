//! Posts that are too long for one event, as several.

use herald_chat::{Line, Post, Span, Text, Weights};

/// What one part may take as `body` and `formatted_body` together, in bytes of JSON. An event may have 65,536 bytes, an
/// edit says everything twice, and encryption makes four bytes of three: 2 · 20,000 · 4/3 leaves 12,000 for the rest.
pub(super) const LIMIT: usize = 20_000;

/// The post in parts that each fit into one event, always the same ones for the same post. It is cut at line ends, else
/// after spaces, else between characters. The first part is the one that calls people and answers a message.
pub(crate) fn parts(post: &Post) -> Vec<Post> {
    let part = |(i, text): (usize, Text)| {
        let mut part = post.clone();
        part.text = text;
        if i > 0 {
            part.calls = Vec::new();
            part.reply_to = None;
        }
        part
    };
    post.text.split(&Event).into_iter().enumerate().map(part).collect()
}

/// An event, in bytes.
pub(super) struct Event;

impl Weights for Event {
    fn limit(&self) -> usize {
        LIMIT
    }

    fn line_end(&self) -> usize {
        LINE_END
    }

    fn lead(&self, _line: &Line) -> usize {
        0
    }

    fn fence(&self, _language: &str) -> usize {
        0
    }

    /// Once in the plain words and once in those with markup, both as JSON.
    fn character(&self, c: char) -> usize {
        match c {
            '"' => "\\\"&quot;".len(),
            '\\' => "\\\\\\\\".len(),
            '\n' => LINE_END,
            '&' | '<' | '>' | '\'' => "&&amp;".len(),
            ' ' => " \u{a0}".len(),
            c if c.is_control() => " \u{a0}".len(),
            c => 2 * c.len_utf8(),
        }
    }

    fn markup(&self, span: &Span) -> usize {
        match span {
            Span::Plain(_) | Span::Styled { .. } | Span::Time { .. } => 0,
            Span::Distance { .. } => 2 * " ()".len() + 2,
            Span::Strong(_) | Span::Code(_) => "``<strong></strong>".len(),
            // A character of the id becomes at most three by the rules of addresses, or six by those of HTML.
            Span::Person(person) => "<a href=\\\"https://matrix.to/#/\\\"></a>".len() + 6 * person.id.id().len(),
        }
    }

    fn words<'a>(&self, span: &'a Span) -> &'a str {
        match span {
            Span::Plain(text)
            | Span::Styled { text, .. }
            | Span::Strong(text)
            | Span::Code(text)
            | Span::Time { text, .. }
            | Span::Distance { text, .. } => text,
            Span::Person(person) => &person.name,
        }
    }
}

/// `\n` and `<br>`.
const LINE_END: usize = "\\n<br>".len();
