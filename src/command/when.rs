//! Times and spans of time, as people put them.

use jiff::civil::{Date, Time};
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

/// Every way to say when the next update comes, and what it means. Help and the documents show it.
pub const TIMES: &[(&str, &str)] = &[
    ("next 30m", "In 30 minutes. Also `90m`, `1h15m`, `1h 15m`, `1.5h`, `2 hours`, `2d`: from 1 minute to 7 days."),
    ("next 14:30", "The coming 14:30, today or tomorrow, in the time zone that Herald is set to."),
    (
        "next 14:30 Europe/Prague",
        "The coming 14:30 in that zone. When a night has 02:45 twice, the one that comes next.",
    ),
    ("next tomorrow 09:00", "Tomorrow at nine; with a zone behind it, when it is tomorrow there."),
    ("next 2026-03-14 09:00", "On that day; also `14 Mar 2026 09:00`, and with a zone behind it."),
    (
        "final",
        "Never: this is the last update. It stands behind a mark of punctuation or on a line of its own. For an incident that is resolved or cancelled.",
    ),
];

/// Reads `30m`, `1h 15m`, `90 min`, `14:30`, `9:05 Europe/Prague`, `tomorrow 09:00 UTC` or `2026-03-14 09:00`.
pub(super) fn next(text: &str) -> Option<Next> {
    if text.len() > LONGEST {
        return None;
    }
    match text.split_whitespace().collect::<Vec<_>>().as_slice() {
        [day, time] if is_tomorrow(day) => at(time, None, true),
        [day, time, zone] if is_tomorrow(day) => at(time, Some(zone), true),
        [time] if time.contains(':') => at(time, None, false),
        [time, zone] if time.contains(':') => at(time, Some(zone), false),
        [day, rest @ ..] if day.len() == 10 && day.contains('-') => on(day.parse().ok()?, rest),
        [day, month, year, rest @ ..]
            if year.len() == 4 && is_digits(year) && !month.starts_with(|c: char| c.is_ascii_digit()) =>
        {
            on(Date::strptime("%d %b %Y", format!("{day} {} {year}", month.get(..3)?)).ok()?, rest)
        }
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
        [days] if is_digits(days) => span(&[*days, "days"]),
        words => span(words),
    };
    span.filter(|span| (NEAREST..=TEN_YEARS).contains(span))
}

/// Whether a time is written as nobody writes it in a sentence: `20m`, `1h 15m`, `14:30`, a date, but not `20 minutes`.
pub(super) fn is_short(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let one_letter = |word: &str| !word.as_bytes().windows(2).any(|pair| pair.iter().all(u8::is_ascii_alphabetic));
    let has_unit = |word: &str| word.ends_with(|c: char| c.is_ascii_alphabetic());
    match next(text) {
        Some(Next::At { .. } | Next::On { .. }) => true,
        Some(Next::In(_)) => words.clone().count() == 1 || words.all(|word| one_letter(word) && has_unit(word)),
        Some(Next::Final) | None => false,
    }
}

/// What people put before a span that they are not sure of, or by mistake.
const SIGNS: [char; 5] = ['-', '−', '–', '~', '≈'];

/// What to type in place of what was read as no time, in a sentence.
pub(super) fn instead(text: &str) -> Option<String> {
    let text = Some(text.trim()).filter(|text| text.len() <= LONGEST)?.to_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    let write = |time: &str| next(time).map(|_| format!("Write `next {time}`."));
    if let Some(span) = span(&words) {
        return Some(if span < NEAREST {
            "A minute is the least: write `next 1m`.".to_owned()
        } else {
            "Seven days are the most: write `next 7d`.".to_owned()
        });
    }
    match words.as_slice() {
        [number] if is_digits(number) => {
            let (hour, minute) = number.split_at(number.len().min(2));
            let clock = clock(&[hour, ":", minute]).filter(|_| number.len() == 4);
            write(&clock.unwrap_or_else(|| format!("{number}m")))
        }
        [number, unit, ..] if unit.starts_with("min") && is_digits(number) => write(&format!("{number}m")),
        [signed, ..] if signed.starts_with(SIGNS) => write(text.trim_start_matches(SIGNS)),
        ["half", "an", "hour"] => write("30m"),
        ["an" | "one", "hour"] => write("1h"),
        [first, rest @ ..] if is_tomorrow(first) => time_of_day("tomorrow ", rest)
            .or_else(|| (!text.contains(|c: char| c.is_ascii_digit())).then(|| write("tomorrow 09:00")).flatten()),
        [time @ .., last] if is_tomorrow(last) => time_of_day("tomorrow ", time),
        [time @ .., "today"] | ["today", time @ ..] => time_of_day("", time),
        words => hours_and_minutes(words).and_then(|time| write(&time)).or_else(|| time_of_day("", words)),
    }
}

/// `1h 30`, `2h30`: so few hours are a span.
fn hours_and_minutes(words: &[&str]) -> Option<String> {
    let joined = words.concat();
    let (hours, minutes) = joined.split_once('h')?;
    let few = hours.parse::<u8>().ok().filter(|hours| *hours < 8)?;
    (!minutes.is_empty() && is_digits(minutes)).then(|| format!("{few}h{minutes}m"))
}

/// What to type for a time of day, with or without a zone, on a day that is named before it.
pub(super) fn time_of_day(day: &str, words: &[&str]) -> Option<String> {
    let words = match words {
        ["at" | "by", rest @ ..] => rest,
        words => words,
    };
    let write = |time: &str| next(time).map(|_| format!("Write `next {time}`."));
    if let Some(time) = clock(words) {
        return write(&format!("{day}{time}"));
    }
    let (name, time) = words.split_last()?;
    // A number alone counts something.
    let is_clear = |word: &&str| word.contains(':') || word.ends_with(['m', '.']) || is_named(word);
    let time = clock(time).filter(|_| time.iter().any(is_clear))?;
    match zone(name).as_ref().and_then(TimeZone::iana_name) {
        Some(zone) => write(&format!("{day}{time} {zone}")),
        None => Some(format!("Write the zone as a region and a city: `next {day}{time} Europe/Prague`.")),
    }
}

/// A time of day as others write it: `2pm`, `2:30 p.m.`, `14.30`, `24:00`, `14:30:00`, `noon`.
fn clock(words: &[&str]) -> Option<String> {
    let joined = words.concat().replace("a.m", "am").replace("p.m", "pm");
    let joined = joined.trim_end_matches('.');
    match joined {
        "noon" | "midday" => return Some("12:00".to_owned()),
        "midnight" => return Some("00:00".to_owned()),
        _ => {}
    }
    let half = joined.strip_suffix("am").map(|time| (time, 0)).or_else(|| Some((joined.strip_suffix("pm")?, 12)));
    let (time, after_noon) = half.map_or((joined, None), |(time, half)| (time, Some(half)));
    let mut parts = time.split([':', '.', 'h']);
    let hour: u8 = parts.next()?.parse().ok()?;
    let minute: u8 = parts.next().filter(|part| !part.is_empty()).map_or(Some(0), |part| part.parse().ok())?;
    let hour = match after_noon {
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        None if hour <= 24 => hour % 24,
        Some(_) | None => return None,
    };
    (minute < 60 && time.len() <= 8).then(|| format!("{hour:02}:{minute:02}"))
}

/// Whether `text` sets out to be a time, well or badly.
pub(super) fn looks_like_one(text: &str) -> bool {
    let unsigned = text.strip_prefix('+').unwrap_or(text).trim_start_matches(SIGNS);
    unsigned.starts_with(|c: char| c.is_ascii_digit())
        || text.split_whitespace().next().is_some_and(is_tomorrow)
        || instead(text).is_some()
}

/// Whether a time of day has a name.
fn is_named(word: &str) -> bool {
    matches!(word, "noon" | "midday" | "midnight")
}

pub(super) fn is_digits(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit())
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

/// A time on a day that is named.
fn on(day: Date, rest: &[&str]) -> Option<Next> {
    let (time, zone) = match rest {
        [time] => (time, None),
        [time, zone] => (time, Some(*zone)),
        _ => return None,
    };
    match at(time, zone, false)? {
        Next::At { time, zone, .. } => Some(Next::On { at: day.to_datetime(time), zone }),
        Next::In(_) | Next::On { .. } | Next::Final => None,
    }
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
