//! Spans as Markdown in which nothing that people typed can mean anything.

use crate::clean::is_pictograph;
use crate::{Line, Span};

/// What a piece of a line becomes, neighbours of a kind put together: two code spans side by side would read as one
/// with other ends.
enum Piece {
    Words(String),
    Strong(String),
    Code(String),
}

pub(crate) fn write(lines: &[Line]) -> String {
    let mut written: Vec<String> = lines.iter().map(|line| hold_ends(&write_line(&pieces(line)))).collect();
    // A backslash before nothing would stand there as one.
    while written.last().is_some_and(String::is_empty) {
        written.pop();
    }
    written.join("\\\n")
}

fn pieces(line: &Line) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for span in line {
        let piece = match span {
            Span::Distance { text, .. } => Piece::Words(on_one_line(&format!(" ({text})"))),
            Span::Plain(text) | Span::Styled { text, .. } | Span::Time { text, .. } => Piece::Words(on_one_line(text)),
            Span::Strong(text) => Piece::Strong(on_one_line(text)),
            Span::Code(text) => Piece::Code(on_one_line(text)),
            Span::Person(person) => Piece::Words(on_one_line(&person.name)),
        };
        match (pieces.last_mut(), piece) {
            (_, Piece::Words(text) | Piece::Strong(text) | Piece::Code(text)) if text.is_empty() => {}
            (Some(Piece::Words(last)), Piece::Words(text))
            | (Some(Piece::Strong(last)), Piece::Strong(text))
            | (Some(Piece::Code(last)), Piece::Code(text)) => last.push_str(&text),
            (_, piece) => pieces.push(piece),
        }
    }
    pieces
}

fn on_one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn write_line(pieces: &[Piece]) -> String {
    let mut out = String::new();
    for (i, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Words(text) => out.push_str(&escape(text)),
            Piece::Code(text) => out.push_str(&code(text)),
            Piece::Strong(text) => {
                let inner = text.trim();
                let (before, after) = text.split_once(inner).unwrap_or_default();
                out.push_str(before);
                let next = after.chars().next().or_else(|| pieces.get(i + 1).and_then(first_char));
                let marks = if stands_out(out.chars().next_back(), inner, next) { "**" } else { "" };
                out.extend([marks, &escape(inner), marks, after]);
            }
        }
    }
    out
}

/// The first character as it will stand in the Markdown.
fn first_char(piece: &Piece) -> Option<char> {
    match piece {
        Piece::Words(text) => text.chars().next(),
        Piece::Strong(_) => Some('*'),
        Piece::Code(_) => Some('`'),
    }
}

/// Whether Markdown would take the stars around `inner` for emphasis: beside a letter it does so only if `inner` begins
/// or ends with one too (a letter in a circle is none). Where it would not, the words go without.
fn stands_out(before: Option<char>, inner: &str, after: Option<char>) -> bool {
    let apart = |c: Option<char>| c.is_none_or(|c| c == ' ' || c.is_ascii_punctuation());
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !is_pictograph(c));
    !inner.is_empty()
        && (letter(inner.chars().next()) || apart(before))
        && (letter(inner.chars().next_back()) || apart(after))
}

/// Every ASCII punctuation character may be escaped in Markdown, so all are: nothing is left to mean anything.
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
    let stripped = text.starts_with(' ') && text.ends_with(' ') && !text.trim_matches(' ').is_empty();
    let pad = if text.starts_with('`') || text.ends_with('`') || stripped { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Keeps the spaces at both ends of a line, which Markdown drops, or takes for a block of code.
fn hold_ends(line: &str) -> String {
    const SPACE: &str = "&#32;";
    let (lead, rest) = line.strip_prefix(' ').map_or(("", line), |rest| (SPACE, rest));
    let (rest, tail) = rest.strip_suffix(' ').map_or((rest, ""), |rest| (rest, SPACE));
    format!("{lead}{rest}{tail}")
}
