//! Posts that are too long for one event, as several.

use herald_chat::{Kind, Line, Post, Span, Text, Weights};

use super::{html, marks};

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

/// The text in parts that each make one message and show something.
pub(crate) fn shown_parts(text: &Text) -> Vec<Text> {
    let mut parts = text.split(&Event);
    parts.retain(|part| !part.to_string().trim().is_empty());
    parts
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

    /// Whatever it opens it also closes.
    fn lead(&self, line: &Line) -> usize {
        let quoted = usize::from(line.quoted);
        let marks = quoted * "> <blockquote></blockquote>".len();
        let indent = |depth: u8| "  ".len() * usize::from(depth);
        let own = match &line.kind {
            Kind::Words => 0,
            Kind::Heading(_) => "<h1></h1>".len(),
            Kind::Item { depth, .. } => {
                indent(*depth) + "4294967295. <ol start=\\\"4294967295\\\"><li></li></ol>".len()
            }
            Kind::More { depth } => indent(*depth) + "  ".len(),
            // Where the block begins and ends, the quotation's marks stand too.
            Kind::Code { .. } => 2 * quoted * "> ".len(),
        };
        marks + own
    }

    fn fence(&self, language: &str) -> usize {
        let words: usize = language.chars().map(|c| self.character(c)).sum();
        "```\\n\\n```<pre><code class=\\\"language-\\\"></code></pre>".len() + words
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
            Span::Plain(_) | Span::Time { .. } => 0,
            Span::Styled { style, .. } => marks::weight(style, |c| self.character(c)),
            Span::Distance { .. } => 2 * " ()".len() + 2,
            // Who speaks, perhaps.
            Span::Strong(_) => "<strong data-mx-profile-fallback></strong>".len(),
            Span::Code(_) => "``<code></code>".len(),
            // A character of the id becomes at most three by the rules of addresses, or six by those of HTML.
            Span::Person(person) => "<a href=\\\"https://matrix.to/#/\\\"></a>".len() + 6 * person.id.id().len(),
        }
    }

    fn words<'a>(&self, span: &'a Span) -> &'a str {
        html::words(span)
    }
}

/// `\n` and `<br>`.
const LINE_END: usize = "\\n<br>".len();
