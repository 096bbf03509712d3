//! Texts that are too long for one message, as several.

use herald_chat::{Span, Text};

use super::markdown::{number, write};

/// The text in parts that each take at most `limit` characters as Markdown, always the same ones for the same text. It
/// is cut at line ends, else after spaces, else between characters. A part that shows nothing is left out.
pub(super) fn split(text: &Text, limit: usize) -> Vec<Text> {
    let mut parts: Vec<Vec<Vec<Span>>> = vec![Vec::new()];
    let mut used = 0;
    for line in text.lines() {
        for (i, piece) in pieces(line, limit).into_iter().enumerate() {
            let weight = LINE_END + piece.iter().map(weigh).sum::<usize>();
            match parts.last_mut() {
                // The pieces of one line never meet again in a part: there would be a line end between them.
                Some(part) if used + weight <= limit && i == 0 => {
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
    parts.into_iter().map(together).filter(|part| !write(part).trim().is_empty()).collect()
}

fn together(lines: Vec<Vec<Span>>) -> Text {
    lines.into_iter().fold(Text::new(), |text, line| {
        // An empty list of words begins a line.
        line.into_iter().fold(text.line(""), Text::span)
    })
}

/// The line in pieces that each fit.
fn pieces(line: &[Span], limit: usize) -> Vec<Vec<Span>> {
    let mut pieces = vec![Vec::new()];
    let mut left = limit - LINE_END;
    for span in line {
        let mut rest = span.clone();
        while weigh(&rest) > left {
            let (head, tail) = cut(&rest, left, limit);
            if let (Some(head), Some(piece)) = (head, pieces.last_mut()) {
                piece.push(head);
            }
            pieces.push(Vec::new());
            left = limit - LINE_END;
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
fn cut(span: &Span, room: usize, limit: usize) -> (Option<Span>, Span) {
    let (text, again): (&str, fn(String) -> Span) = match span {
        Span::Plain(text) => (text, Span::Plain),
        Span::Strong(text) => (text, Span::Strong),
        Span::Code(text) => (text, Span::Code),
        // Somebody of another network has a name of any length.
        Span::Person(person) if number(person).is_none() && weigh(span) > limit / 2 => (&person.name, Span::Strong),
        Span::Person(_) | Span::Time { .. } | Span::Distance { .. } => return (None, span.clone()),
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
    if after_space == 0 && weigh(span) <= limit - LINE_END {
        return (None, span.clone());
    }
    let at = if after_space > 0 { after_space } else { end };
    let (head, tail) = text.split_at(at);
    ((!head.is_empty()).then(|| again(head.to_owned())), again(tail.to_owned()))
}

const LINE_END: usize = 1;

/// At least what a span takes. Discord counts characters; those that clients count as two do so here, which is never less.
fn weigh(span: &Span) -> usize {
    let text = match span {
        Span::Plain(text) | Span::Strong(text) | Span::Code(text) => text,
        Span::Person(person) if number(person).is_none() => &person.name,
        Span::Person(_) | Span::Time { .. } | Span::Distance { .. } => "",
    };
    markup(span) + text.chars().map(weight).sum::<usize>()
}

/// At least what a span takes beside its words.
fn markup(span: &Span) -> usize {
    match span {
        Span::Plain(_) => 0,
        Span::Strong(_) | Span::Code(_) => "****".len(),
        Span::Person(person) => number(person).map_or("****".len(), |number| "<@>".len() + number.len()),
        Span::Time { .. } | Span::Distance { .. } => " (<t::f>)".len() + "-377705116800".len(),
    }
}

/// At least what a character takes. The brackets around an address are paid for by its punctuation, which is not escaped.
fn weight(c: char) -> usize {
    if c.is_ascii_punctuation() { 2 } else { c.len_utf16() }
}
