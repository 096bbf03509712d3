//! Where a statement ends and the time of the next one begins.

use crate::incident::{Excerpt, Next, Refusal};

use super::args::{cut, cut_last};
use super::when;

/// Words that a promise begins with.
const WORDS: [&str; 3] = ["next", "eta", "promise"];
/// Words that may stand between those and the time: `next update at 14:30`.
const FILLERS: [&str; 5] = ["update", "update:", "in", "at", "by"];

/// Splits a statement from its promise, which is the last `next <when>` that the text ends with, a line of its own that
/// reads so, or `final` at the end. What stands in backquotes is never read.
///
/// # Errors
/// [`Refusal::BadTime`] when the last `next` is followed by what sets out to be a time and is none.
pub(super) fn split(text: &str) -> Result<(String, Option<Next>), Refusal> {
    let (before, last) = cut_last(text);
    if last.eq_ignore_ascii_case("final") {
        return split_final(text, before);
    }
    let found = begun(text);
    for begun in found.iter().rev() {
        if let Some(next) = read(begun.tail) {
            return Ok((unhinged(&text[..begun.at]), Some(next)));
        }
        let (line, below) = begun.tail.split_once('\n').unwrap_or((begun.tail, ""));
        if begun.first_on_line
            && let Some(next) = read(line)
        {
            let above = text[..begun.at].trim_end_matches(|c: char| c != '\n' && c.is_whitespace());
            return Ok((format!("{above}{below}").trim().to_owned(), Some(next)));
        }
    }
    match found.last() {
        Some(begun) if when::looks_like_one(begun.tail.trim_start()) => Err(bad(begun.tail)),
        Some(_) | None => Ok((text.trim().to_owned(), None)),
    }
}

/// Reads a promise that stands alone, with or without its `next`. An empty text holds none.
///
/// # Errors
/// [`Refusal::BadTime`] when there is something else.
pub(super) fn alone(text: &str) -> Result<Option<Next>, Refusal> {
    let (first, rest) = cut(text);
    let when = if opens(first) { rest } else { text };
    match when.trim() {
        "" if text.is_empty() => Ok(None),
        when if when.eq_ignore_ascii_case("final") => Ok(Some(Next::Final)),
        when => read(when).map(Some).ok_or_else(|| bad(text)),
    }
}

/// A statement says that it is the last, or when the next one comes, not both.
fn split_final(text: &str, before: &str) -> Result<(String, Option<Next>), Refusal> {
    if let Some(begun) = begun(before).last()
        && read(begun.tail).is_some()
    {
        return Err(bad(&text[begun.tail_at()..]));
    }
    let (head, last) = cut_last(before);
    Ok((unhinged(if opens(last) { head } else { before }), Some(Next::Final)))
}

/// A place where a promise may begin.
struct Begun<'a> {
    at: usize,
    word: usize,
    tail: &'a str,
    first_on_line: bool,
}

impl Begun<'_> {
    fn tail_at(&self) -> usize {
        self.at + self.word
    }
}

/// Every place outside backquotes where a promise may begin.
fn begun(text: &str) -> Vec<Begun<'_>> {
    let last_quote = text.rfind('`').unwrap_or(0);
    let (mut at, mut quoted, mut first_on_line) = (0, false, true);
    let mut found = Vec::new();
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        if opens(word) && !(quoted && at < last_quote) {
            found.push(Begun { at, word: word.len(), tail: &text[at + word.len()..], first_on_line });
        }
        first_on_line = piece.ends_with('\n') || (first_on_line && word.is_empty());
        quoted ^= word.matches('`').count() % 2 == 1;
        at += piece.len();
    }
    found
}

fn opens(word: &str) -> bool {
    let word = word.strip_suffix(':').unwrap_or(word);
    WORDS.iter().any(|opening| opening.eq_ignore_ascii_case(word))
}

fn read(tail: &str) -> Option<Next> {
    let mut tail = tail.trim().trim_end_matches(['.', '!']);
    for _ in 0..2 {
        let (word, rest) = cut(tail);
        if FILLERS.iter().any(|filler| filler.eq_ignore_ascii_case(word)) {
            tail = rest;
        }
    }
    when::next(tail)
}

/// What led over to the promise leads nowhere once it is gone.
fn unhinged(text: &str) -> String {
    text.trim().trim_end_matches([',', ';', '-', '–', '—']).trim_end().to_owned()
}

fn bad(tail: &str) -> Refusal {
    Refusal::BadTime { word: Excerpt::of(tail) }
}
