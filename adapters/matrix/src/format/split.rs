//! Posts that are too long for one event, as several.

use herald_chat::{Post, Span, Text};

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
    split(&post.text).into_iter().enumerate().map(part).collect()
}

/// The text in parts that each fit into one event.
pub(super) fn split(text: &Text) -> Vec<Text> {
    let mut parts: Vec<Vec<Vec<Span>>> = vec![Vec::new()];
    let mut used = 0;
    for line in text.lines() {
        for (i, piece) in pieces(line).into_iter().enumerate() {
            let weight = LINE_END + piece.iter().map(weigh).sum::<usize>();
            match parts.last_mut() {
                // The pieces of one line never meet again in a part: there would be a line end between them.
                Some(part) if used + weight <= LIMIT && i == 0 => {
                    part.push(piece);
                    used += weight;
                }
                Some(part) if part.is_empty() => {
                    part.push(piece);
                    used = weight;
                }
                Some(_) | None => {
                    parts.push(vec![piece]);
                    used = weight;
                }
            }
        }
    }
    parts.into_iter().map(together).collect()
}

fn together(lines: Vec<Vec<Span>>) -> Text {
    lines.into_iter().fold(Text::new(), |text, line| {
        // An empty list of words begins a line.
        line.into_iter().fold(text.line(""), Text::span)
    })
}

/// The line in pieces that each fit.
fn pieces(line: &[Span]) -> Vec<Vec<Span>> {
    let mut pieces = vec![Vec::new()];
    let mut left = LIMIT - LINE_END;
    for span in line {
        let mut rest = span.clone();
        while weigh(&rest) > left {
            let (head, tail) = cut(&rest, left);
            if let (Some(head), Some(piece)) = (head, pieces.last_mut()) {
                piece.push(head);
            }
            pieces.push(Vec::new());
            left = LIMIT - LINE_END;
            rest = tail;
        }
        left -= weigh(&rest);
        if let Some(piece) = pieces.last_mut() {
            piece.push(rest);
        }
    }
    pieces
}

/// What of the span fits into `room`, and the others.
fn cut(span: &Span, room: usize) -> (Option<Span>, Span) {
    let (text, again): (&str, fn(String) -> Span) = match span {
        Span::Plain(text) => (text, Span::Plain),
        Span::Strong(text) => (text, Span::Strong),
        Span::Code(text) => (text, Span::Code),
        Span::Person(_) | Span::Time { .. } | Span::Distance { .. } if weigh(span) <= LIMIT / 2 => {
            return (None, span.clone());
        }
        // Never so long but by malice: its words will do.
        Span::Person(person) => (&person.name, Span::Strong),
        Span::Time { text, .. } => (text, Span::Plain),
        Span::Distance { text, .. } => return (None, Span::Plain(format!(" ({text})"))),
    };
    let mut left = room.saturating_sub(markup(span));
    let (mut end, mut after_space) = (0, 0);
    for (at, c) in text.char_indices() {
        if weight(c) > left {
            break;
        }
        left -= weight(c);
        end = at + c.len_utf8();
        if c == ' ' {
            after_space = end;
        }
    }
    if after_space == 0 && weigh(span) <= LIMIT - LINE_END {
        return (None, span.clone());
    }
    let at = if after_space > 0 { after_space } else { end };
    let (head, tail) = text.split_at(at);
    ((!head.is_empty()).then(|| again(head.to_owned())), again(tail.to_owned()))
}

/// `\n` and `<br>`.
const LINE_END: usize = "\\n<br>".len();

/// At least what a span takes, in bytes.
fn weigh(span: &Span) -> usize {
    let text = match span {
        Span::Plain(text) | Span::Strong(text) | Span::Code(text) => text,
        Span::Time { text, .. } | Span::Distance { text, .. } => text,
        Span::Person(person) => &person.name,
    };
    markup(span) + text.chars().map(weight).sum::<usize>()
}

/// At least what a span takes beside its words.
fn markup(span: &Span) -> usize {
    match span {
        Span::Plain(_) | Span::Time { .. } => 0,
        Span::Distance { .. } => 2 * " ()".len() + 2,
        Span::Strong(_) | Span::Code(_) => "``<strong></strong>".len(),
        // A character of the id becomes at most three by the rules of addresses, or six by those of HTML.
        Span::Person(person) => "<a href=\\\"https://matrix.to/#/\\\"></a>".len() + 6 * person.id.id().len(),
    }
}

/// At least what a character takes: once in the plain words and once in those with markup, both as JSON.
fn weight(c: char) -> usize {
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
