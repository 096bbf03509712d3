//! Where a statement ends and the time of the next one begins.

use crate::incident::{Excerpt, Next, Refusal};

use super::args::{cut, cut_last};
use super::lines::{is_in, is_quoted, quotations};
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

/// Words that may go with a `next` behind them, or end what is said: verbs of beginning, waiting and going on, adjectives of a
/// span, adverbs of time. Whoever writes one of them is asked.
#[rustfmt::skip]
const IN_DOUBT: &[&str] = &[
    "additional", "approximately", "around", "begin", "begins", "began", "beginning", "between", "beyond", "busy", "come", "comes",
    "coming", "continue", "continues", "continued", "critical", "delayed", "double", "due", "early", "end", "ends", "entire",
    "expect", "expects", "expected", "extra", "fewer", "first", "follow", "follows", "following", "full", "go", "goes", "going",
    "half", "happen", "happens", "hard", "instead", "last", "lasts", "late", "later", "least", "less", "long", "longer", "maybe",
    "moved", "much", "need", "needs", "often", "once", "perhaps", "plan", "plans", "planned", "planning", "postponed", "previous",
    "quiet", "remaining", "resume", "resumes", "return", "returns", "roughly", "same", "schedule", "scheduled", "second", "short",
    "slow", "soon", "sooner", "start", "starts", "started", "starting", "stay", "stays", "take", "takes", "third", "throughout",
    "today", "tonight", "tries", "try", "trying", "twice", "under", "upcoming", "wait", "waits", "waiting", "whole",
];
/// What a sentence begins with that tells people what to do, perhaps for so long.
const TELLS: [&str; 10] = ["do", "don't", "please", "avoid", "expect", "refrain", "stay", "keep", "wait", "hold"];
/// What may stand before `next` where it is in brackets or quoted.
const OPENING: [char; 7] = ['(', '[', '"', '“', '\'', '‘', '~'];

/// Splits a statement from its promise, where that stands apart: on a line of its own, after a mark of punctuation, or as
/// plain `next 20m` at the end, unless the word before leads on to it. Anything else is a sentence, of which nothing is
/// taken: a `final` after a plain word belongs to it. What stands in backquotes is never read.
///
/// # Errors
/// [`Refusal::BadTime`] when what stands apart sets out to be a time and is none.
pub(super) fn split(text: &str) -> Result<(String, Option<Next>), Refusal> {
    let (text, next) = split_last(text)?;
    if next.is_some() && matches!(split_last(&text), Ok((_, Some(_)))) {
        return Err(Refusal::TwoPromises);
    }
    Ok((text, next))
}

/// The same, whatever the rest of the text holds.
fn split_last(text: &str) -> Result<(String, Option<Next>), Refusal> {
    let ended = text.trim_end_matches(is_sign);
    let (_, last) = cut_last(ended);
    if is_final(last)
        && !is_quoted(text, ended.len() - last.len())
        && let Some(found) = split_final(without(ended, last))?
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
    let end = text[found.head.len()..].trim_start_matches(OPENING).trim();
    let end = end.trim_end_matches([')', ']', '"', '”', '\'', '’']);
    (is_one && read(found.tail).is_some()).then(|| (found.head.trim(), end))
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
    // `Next update: final`.
    let (outer, last) = cut_last(before);
    let named = matches!(bare(last).to_lowercase().as_str(), "update") && opens(cut_last(outer).1);
    let (before, last) = if named { (outer, cut_last(outer).1) } else { (before, last) };
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
            After::Word(before) => {
                let is_clear = !leads_on(before) && !in_doubt(self.head) && !self.word.starts_with(OPENING);
                self.is_next() && is_clear && when::is_short(unfilled(self.tail))
            }
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
    let quotations = quotations(text);
    let (mut at, mut quoted) = (0, false);
    let mut found = Vec::new();
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        // `next:20m`.
        let glued = word.get(..NEXT.len() + 1).filter(|head| word.len() > head.len() && head.ends_with(':'));
        let word = glued.filter(|head| opens(head)).unwrap_or(word);
        if opens(word) && !(quoted && at < last_quote) && !is_in(&quotations, at) {
            let (head, tail) = (&text[..at], &text[at + word.len()..]);
            found.push(Begun { head, word, tail, after: After::what(head) });
        }
        quoted ^= piece.matches('`').count() % 2 == 1;
        at += piece.len();
    }
    found
}

fn opens(word: &str) -> bool {
    let word = bare(word);
    word.eq_ignore_ascii_case(NEXT) || OTHERS.iter().any(|other| other.eq_ignore_ascii_case(word))
}

fn bare(word: &str) -> &str {
    let word = word.trim_start_matches(OPENING);
    word.strip_suffix(':').unwrap_or(word)
}

fn is_final(word: &str) -> bool {
    word.trim_end_matches(|c: char| !c.is_alphanumeric()).eq_ignore_ascii_case("final")
}

/// Whether a sentence goes on after this word.
pub(super) fn leads_on(word: &str) -> bool {
    let lower = word.to_lowercase().replace('’', "'");
    let bare = lower.trim_matches(|c: char| !c.is_alphanumeric());
    bare.ends_with("'s") || lower.ends_with("s'") || LEADS_ON.contains(&bare) || lower.ends_with('-')
}

/// Whether the words before a `next` may be meant to go with it: by the last one, by the first one of their clause, or since
/// that has only one: `EU goes first, US next 12:30`.
fn in_doubt(head: &str) -> bool {
    // Of a longer clause only the end counts.
    let head = head.trim();
    let far = (head.len().saturating_sub(300)..=head.len()).find(|at| head.is_char_boundary(*at)).unwrap_or(0);
    let head = &head[far..];
    let clause = head.rsplit(['.', '!', '?', ',', ';', ':', '\n']).next().unwrap_or_default();
    let mut words = clause.split_whitespace().map(|word| word.to_lowercase().replace('’', "'"));
    let (first, last) = (words.next().unwrap_or_default(), words.next_back());
    let is_alone = last.is_none() && head[..head.len() - clause.len()].ends_with([',', ';']);
    let last = last.unwrap_or_else(|| first.clone());
    let is_promise = is_final(&last) || last.starts_with("--");
    let goes_with = IN_DOUBT.contains(&&*last) || last.len() > 4 && last.ends_with("ly");
    !is_promise && (is_alone || goes_with || TELLS.contains(&&*first))
}

/// A time, without the words that may lead to it and the signs that may stand behind it.
fn unfilled(tail: &str) -> &str {
    let mut tail = tail.trim().trim_end_matches(is_sign);
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

/// What may stand behind a promise: it means nothing there.
fn is_sign(c: char) -> bool {
    !c.is_alphanumeric() && !matches!(c, '/' | '`')
}

/// What led over to the promise leads nowhere once it is gone, nor does the mark of an item of a list.
fn unhinged(text: &str) -> String {
    let text = text.trim();
    let (above, line) = text.rsplit_once('\n').unwrap_or(("", text));
    let digits = line.trim().strip_suffix(['.', ')']).unwrap_or_default();
    let is_mark =
        matches!(line.trim(), "*" | "+" | "•") || digits.len() < 4 && !digits.is_empty() && when::is_digits(digits);
    let text = if is_mark { above } else { text };
    text.trim_end().trim_end_matches([',', ';', '-', '–', '—']).trim_end().to_owned()
}

fn bad(tail: &str) -> Refusal {
    let time = unfilled(tail);
    // `at 9` is a time of day.
    let led_by = cut_last(tail.trim().trim_end_matches(is_sign).strip_suffix(time).unwrap_or_default()).1;
    let is_clock = ["at", "by"].iter().any(|word| word.eq_ignore_ascii_case(led_by));
    let instead = is_clock.then(|| when::time_of_day("", &[&time.to_lowercase()])).flatten();
    Refusal::BadTime { word: Excerpt::of(tail), instead: instead.or_else(|| when::instead(time)) }
}
