//! Where a statement ends and the time of the next one begins.

use crate::incident::{Excerpt, Next, Refusal};

use super::args::{cut, cut_last};
use super::when;

/// What a promise begins with.
const NEXT: &str = "next";
/// Other words for it. They stand in sentences more often, so they have to begin one, or a line.
const OTHERS: [&str; 2] = ["eta", "promise"];
/// Words that may stand between those and the time: `next update at 14:30`.
const FILLERS: [&str; 5] = ["update", "update:", "in", "at", "by"];
/// Words that `next` after them goes with: `within the next 20m`.
#[rustfmt::skip]
const LEADS_ON: &[&str] = &[
    "a", "about", "after", "all", "almost", "already", "also", "always", "am", "an", "and", "any", "are", "as", "at",
    "became", "become", "becomes", "been", "before", "being", "but", "by", "call", "called", "considered", "declared",
    "deemed", "during", "each", "even", "every", "feel", "feels", "few", "for", "from", "gets", "got", "had", "has", "have",
    "her", "his", "in", "into", "is", "isn't", "its", "just", "like", "look", "looks", "made", "make", "makes", "many",
    "more", "most", "my", "near", "nearly", "never", "no", "nor", "not", "of", "on", "one", "only", "or", "other", "our",
    "over", "per", "quite", "remain", "remains", "seem", "seemed", "seems", "semi", "since", "so", "some", "still", "than",
    "that", "the", "their", "then", "these", "this", "those", "through", "till", "to", "too", "towards", "truly", "two",
    "until", "very", "via", "was", "wasn't", "were", "what", "when", "where", "which", "whose", "with", "within",
    "without", "yet", "your",
];

/// Splits a statement from its promise, where that stands apart: on a line of its own, after a mark of punctuation, or as
/// plain `next 20m` at the end, unless the word before leads on to it. Anything else is a sentence, of which nothing is
/// taken: a `final` after a plain word belongs to it. What stands in backquotes is never read.
///
/// # Errors
/// [`Refusal::BadTime`] when what stands apart sets out to be a time and is none.
pub(super) fn split(text: &str) -> Result<(String, Option<Next>), Refusal> {
    let (_, last) = cut_last(text);
    if is_final(last)
        && let Some(found) = split_final(without(text, last))?
    {
        return Ok(found);
    }
    let found = begun(text);
    for begun in found.iter().rev() {
        if begun.is_apart()
            && let Some(next) = read(begun.tail)
        {
            return Ok((unhinged(begun.head), Some(next)));
        }
        let (line, below) = begun.tail.split_once('\n').unwrap_or((begun.tail, ""));
        if begun.after == After::Line
            && let Some(next) = read(line)
        {
            let above = begun.head.trim_end_matches(|c: char| c != '\n' && c.is_whitespace());
            return Ok((format!("{above}{below}").trim().to_owned(), Some(next)));
        }
    }
    match found.last() {
        Some(begun) if begun.sets_out() => Err(bad(begun.tail)),
        Some(_) | None => Ok((text.trim().to_owned(), None)),
    }
}

/// The statement and the promise of a text in which that reads well but is told apart from the sentence by nothing: `It works
/// again next 20 minutes`.
pub(super) fn in_sentence(text: &str) -> Option<(&str, &str)> {
    let found = begun(text).pop()?;
    let is_one = found.is_next() && matches!(found.after, After::Word(before) if !leads_on(before));
    (is_one && read(found.tail).is_some()).then(|| (found.head.trim(), text[found.head.len()..].trim()))
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
        when if is_final(when) => Ok(Some(Next::Final)),
        when => read(when).map(Some).ok_or_else(|| bad(text)),
    }
}

/// What stands before a `final` that ends the text. `None`: it is a word of the sentence.
fn split_final(before: &str) -> Result<Option<(String, Option<Next>)>, Refusal> {
    // A statement says that it is the last, or when the next one comes, not both.
    if let Some(begun) = begun(before.trim_end()).last()
        && begun.is_apart()
        && read(begun.tail).is_some()
    {
        return Err(Refusal::BadTime { word: Excerpt::of(&format!("{} final", begun.tail.trim())), instead: None });
    }
    let (_, last) = cut_last(before);
    // On another line it leads to nothing.
    let is_led_to = opens(last) && !before[before.trim_end().len()..].contains('\n');
    let is_next = is_led_to && bare(last).eq_ignore_ascii_case(NEXT);
    let head = if is_led_to { without(before, last) } else { before };
    let is_sentence = match After::what(head) {
        After::Word(word) => !is_next || leads_on(word),
        After::Line | After::Sentence | After::Pause => false,
    };
    Ok((!is_sentence).then(|| (unhinged(head), Some(Next::Final))))
}

/// A text without the word at its end, with what stands between them.
fn without<'a>(text: &'a str, last: &str) -> &'a str {
    text.trim_end().strip_suffix(last).unwrap_or(text)
}

/// What a promise stands behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After<'a> {
    /// The beginning of a line.
    Line,
    /// The end of a sentence.
    Sentence,
    /// A comma, a dash or a colon.
    Pause,
    /// A word.
    Word(&'a str),
}

impl<'a> After<'a> {
    /// What `head` ends with.
    fn what(head: &'a str) -> Self {
        let trimmed = head.trim_end();
        if trimmed.is_empty() || head[trimmed.len()..].contains('\n') {
            return Self::Line;
        }
        let bare = trimmed.trim_end_matches([')', ']', '"', '”', '’', '\'', '»']);
        let word = trimmed.rsplit(char::is_whitespace).next().unwrap_or_default();
        match bare.chars().next_back() {
            Some('.' | '!' | '?' | '…' | '。' | '！' | '？') => Self::Sentence,
            Some(',' | ';' | ':' | '–' | '—' | '，' | '、' | '；' | '：') => Self::Pause,
            Some('-') if word == "-" => Self::Pause,
            Some(_) | None => Self::Word(word),
        }
    }
}

/// A place where a promise may begin.
struct Begun<'a> {
    head: &'a str,
    word: &'a str,
    tail: &'a str,
    after: After<'a>,
}

impl Begun<'_> {
    fn is_next(&self) -> bool {
        bare(self.word).eq_ignore_ascii_case(NEXT)
    }

    /// Whether it is no part of a sentence, so that it and all behind it can be the promise.
    fn is_apart(&self) -> bool {
        match self.after {
            After::Line | After::Sentence => true,
            After::Pause => self.is_next(),
            After::Word(before) => self.is_next() && !leads_on(before) && when::is_short(unfilled(self.tail)),
        }
    }

    /// Whether it is apart, and what follows sets out to be a time.
    fn sets_out(&self) -> bool {
        let may = match self.after {
            After::Line | After::Sentence => true,
            After::Pause => self.is_next(),
            After::Word(before) => self.is_next() && !leads_on(before),
        };
        may && when::looks_like_one(unfilled(self.tail))
            // A time that only the sentence around it keeps from being read.
            && (self.is_apart() || read(self.tail).is_none())
    }
}

/// Every place outside backquotes where a promise may begin.
fn begun(text: &str) -> Vec<Begun<'_>> {
    let last_quote = text.rfind('`').unwrap_or(0);
    let (mut at, mut quoted) = (0, false);
    let mut found = Vec::new();
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        if opens(word) && !(quoted && at < last_quote) {
            let (head, tail) = (&text[..at], &text[at + word.len()..]);
            found.push(Begun { head, word, tail, after: After::what(head) });
        }
        quoted ^= word.matches('`').count() % 2 == 1;
        at += piece.len();
    }
    found
}

fn opens(word: &str) -> bool {
    let word = bare(word);
    word.eq_ignore_ascii_case(NEXT) || OTHERS.iter().any(|other| other.eq_ignore_ascii_case(word))
}

fn bare(word: &str) -> &str {
    word.strip_suffix(':').unwrap_or(word)
}

fn is_final(word: &str) -> bool {
    word.trim_end_matches(['.', '!']).eq_ignore_ascii_case("final")
}

/// Whether a sentence goes on after this word.
pub(super) fn leads_on(word: &str) -> bool {
    let lower = word.to_lowercase().replace('’', "'");
    let bare = lower.trim_matches(|c: char| !c.is_alphanumeric());
    bare.ends_with("'s") || lower.ends_with("s'") || LEADS_ON.contains(&bare) || lower.ends_with('-')
}

/// A time, without the words that may lead to it.
fn unfilled(tail: &str) -> &str {
    let mut tail = tail.trim().trim_end_matches(['.', '!']);
    for _ in 0..2 {
        let (word, rest) = cut(tail);
        if FILLERS.iter().any(|filler| filler.eq_ignore_ascii_case(word)) {
            tail = rest;
        }
    }
    tail
}

fn read(tail: &str) -> Option<Next> {
    when::next(unfilled(tail))
}

/// What led over to the promise leads nowhere once it is gone.
fn unhinged(text: &str) -> String {
    text.trim().trim_end_matches([',', ';', '-', '–', '—']).trim_end().to_owned()
}

fn bad(tail: &str) -> Refusal {
    let time = unfilled(tail);
    // `at 9` is a time of day.
    let led_by = cut_last(tail.trim().trim_end_matches(['.', '!']).strip_suffix(time).unwrap_or_default()).1;
    let is_clock = ["at", "by"].iter().any(|word| word.eq_ignore_ascii_case(led_by));
    let instead = is_clock.then(|| when::time_of_day("", &[&time.to_lowercase()])).flatten();
    Refusal::BadTime { word: Excerpt::of(tail), instead: instead.or_else(|| when::instead(time)) }
}
