//! Times and spans of time, as people put them.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, SpanRelativeTo};

use crate::incident::Next;

/// The nearest and the farthest that the next update can be. What a severity allows is decided elsewhere.
const NEAREST: SignedDuration = SignedDuration::from_mins(1);
const FARTHEST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The longest span that figures are asked of.
const TEN_YEARS: SignedDuration = SignedDuration::from_hours(3660 * 24);
/// No time is longer than this, in bytes: the longest zone has 32.
const LONGEST: usize = 80;

/// Reads `30m`, `1h 15m`, `90 min`, `14:30`, `9:05 Europe/Prague` or `tomorrow 09:00 UTC`.
pub(super) fn next(text: &str) -> Option<Next> {
    if text.len() > LONGEST {
        return None;
    }
    match text.split_whitespace().collect::<Vec<_>>().as_slice() {
        [day, time] if is_tomorrow(day) => at(time, None, true),
        [day, time, zone] if is_tomorrow(day) => at(time, Some(zone), true),
        [time] if time.contains(':') => at(time, None, false),
        [time, zone] if time.contains(':') => at(time, Some(zone), false),
        words => span(words).filter(|span| (NEAREST..=FARTHEST).contains(span)).map(Next::In),
    }
}

/// Reads a span of time that figures are asked of: `30d`, `2 weeks`, `12h`; a number alone means days.
pub(super) fn period(text: &str) -> Option<SignedDuration> {
    if text.len() > LONGEST {
        return None;
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let span = match words.as_slice() {
        [days] if days.bytes().all(|b| b.is_ascii_digit()) => span(&[*days, "days"]),
        words => span(words),
    };
    span.filter(|span| (NEAREST..=TEN_YEARS).contains(span))
}

/// Whether `text` sets out to be a time, well or badly.
pub(super) fn looks_like_one(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-', '−', '–']).unwrap_or(text);
    unsigned.starts_with(|c: char| c.is_ascii_digit()) || text.split_whitespace().next().is_some_and(is_tomorrow)
}

fn is_tomorrow(word: &str) -> bool {
    word.trim_end_matches([',', '.', '!', '?']).eq_ignore_ascii_case("tomorrow")
}

/// Days have 24 hours here; months and years have no length.
fn span(words: &[&str]) -> Option<SignedDuration> {
    let text = words.join(" ").to_lowercase();
    let text = text.strip_prefix('+').unwrap_or(&text);
    if text.contains(':') || !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    text.parse::<Span>().ok()?.to_duration(SpanRelativeTo::days_are_24_hours()).ok()
}

fn at(time: &str, zone: Option<&str>, tomorrow: bool) -> Option<Next> {
    let (hour, minute) = time.split_once(':')?;
    let digits = |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(hour, 2) || !digits(minute, 2) || minute.len() < 2 {
        return None;
    }
    let time = Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()?;
    let zone = match zone {
        Some(name) => Some(self::zone(name)?),
        None => None,
    };
    Some(Next::At { time, tomorrow, zone })
}

/// Only names that the time zone database can have ever reach it.
fn zone(name: &str) -> Option<TimeZone> {
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+'));
    if !plain || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    TimeZone::get(name).ok().filter(|zone| !zone.is_unknown())
}
