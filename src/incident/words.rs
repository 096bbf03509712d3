//! Times and spans in words, the same everywhere.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A time of day with its zone, with the date when it is not today: `12:30 UTC`, `Tue 6 Jan 09:00 UTC`.
#[must_use]
pub fn clock_time(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (at, today) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()).date());
    let format = if at.date() == today { "%H:%M %Z" } else { "%a %-d %b %H:%M %Z" };
    at.strftime(format).to_string()
}

/// A time and how far off it is: `12:30 UTC (in 30 min)`, `12:30 UTC (7 min ago)`, `12:30 UTC (just now)`.
#[must_use]
pub fn time_and_distance(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    format!("{} ({})", clock_time(at, now, zone), distance(at, now))
}

/// How far off a moment is: `in 30 min`, `7 min ago`.
#[must_use]
pub fn distance(at: Timestamp, now: Timestamp) -> String {
    let off = at.duration_since(now);
    if off.is_positive() { format!("in {}", span(whole(off))) } else { ago(-off) }
}

/// How long ago, in whole minutes that have passed: `just now`, `14 min ago`.
#[must_use]
pub fn ago(passed: SignedDuration) -> String {
    if passed.as_mins() < 1 { "just now".to_owned() } else { format!("{} ago", span(whole(passed))) }
}

/// A span without the seconds of a minute that has not passed.
fn whole(span: SignedDuration) -> SignedDuration {
    if span.as_mins() < 1 { span } else { SignedDuration::from_mins(span.as_mins()) }
}

/// A span in whole minutes, rounded up, for people: `45 s`, `30 min`, `1 h 15 min`, `2 d 3 h`.
#[must_use]
pub fn span(span: SignedDuration) -> String {
    let seconds = span.as_secs().max(0);
    if seconds < 60 {
        return format!("{seconds} s");
    }
    let minutes = seconds / 60 + i64::from(seconds % 60 > 0);
    match (minutes / 1440, minutes / 60 % 24, minutes % 60) {
        (0, 0, m) => format!("{m} min"),
        (0, h, 0) => format!("{h} h"),
        (0, h, m) => format!("{h} h {m} min"),
        (d, 0, _) => format!("{d} d"),
        (d, h, _) => format!("{d} d {h} h"),
    }
}

/// Words as they begin a sentence.
#[must_use]
pub fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// A span as people type it: `30m`, `1h15m`.
#[must_use]
pub fn short(span: SignedDuration) -> String {
    let minutes = span.as_mins().max(1);
    match (minutes / 60, minutes % 60) {
        (0, m) => format!("{m}m"),
        (h, 0) => format!("{h}h"),
        (h, m) => format!("{h}h{m}m"),
    }
}
