//! What stands in angle brackets and means something.

use herald_chat::Person;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Names;

/// The longest that is looked at, in bytes.
const LONGEST: usize = 2000;

/// What stands there.
pub(super) enum Angle {
    Person(Person),
    Words(String),
    Time(Timestamp, String),
}

/// Reads what stands in the angle brackets that `rest` begins with, and how many bytes it takes.
pub(super) fn read(rest: &str, names: &dyn Names) -> Option<(usize, Angle)> {
    let tail = rest.strip_prefix('<')?;
    let end = tail.bytes().take(LONGEST).position(|b| matches!(b, b'>' | b'<' | b'\n'))?;
    let inner = tail.get(..end).filter(|_| tail.as_bytes().get(end) == Some(&b'>'))?;
    let found = if let Some(who) = inner.strip_prefix("@&") {
        let name = names.role(number(who)?).unwrap_or_else(|| "role".to_owned());
        Angle::Words(format!("@{}", name.trim_start_matches('@')))
    } else if let Some(who) = inner.strip_prefix('@') {
        Angle::Person(names.person(number(who.strip_prefix('!').unwrap_or(who))?))
    } else if let Some(channel) = inner.strip_prefix('#') {
        Angle::Words(format!("#{}", names.channel(number(channel)?).unwrap_or_else(|| "channel".to_owned())))
    } else if let Some(place) = inner.strip_prefix("id:") {
        Angle::Words(format!("#{}", part_of_the_server(place.split(':').next().unwrap_or_default())?))
    } else if let Some(moment) = inner.strip_prefix("t:") {
        let (at, text) = time(moment)?;
        Angle::Time(at, text)
    } else if let Some(command) = inner.strip_prefix('/').and_then(|it| it.split_once(':')) {
        number(command.1)?;
        Angle::Words(format!("/{}", command.0))
    } else if let Some(emoji) = inner.strip_prefix("a:").or_else(|| inner.strip_prefix(':')) {
        let (name, id) = emoji.split_once(':')?;
        number(id)?;
        let fits = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        Angle::Words(fits.then(|| format!(":{name}:"))?)
    } else {
        let (scheme, _) = inner.split_once("://")?;
        let fits = matches!(scheme, "http" | "https") && !inner.contains(char::is_whitespace);
        // It shows where it leads.
        Angle::Words(fits.then(|| inner.to_owned())?)
    };
    Some((end + 2, found))
}

/// What clients call the parts of a server that are no channels.
fn part_of_the_server(id: &str) -> Option<&'static str> {
    match id {
        "customize" => Some("Channels & Roles"),
        "browse" => Some("Browse Channels"),
        "guide" | "home" => Some("Server Guide"),
        "linked-roles" => Some("Linked Roles"),
        _ => None,
    }
}

fn number(text: &str) -> Option<u64> {
    crate::names::snowflake(text)
}

/// A moment, and how it reads where there are no timestamps: in UTC, with its day unless Discord showed the time alone.
fn time(written: &str) -> Option<(Timestamp, String)> {
    let (seconds, style) = written.split_once(':').unwrap_or((written, "f"));
    let digits = seconds.strip_prefix('-').unwrap_or(seconds);
    let fits = digits.bytes().all(|b| b.is_ascii_digit())
        && matches!(style, "t" | "T" | "d" | "D" | "f" | "F" | "s" | "S" | "R");
    let at = Timestamp::from_second(seconds.parse().ok().filter(|_| fits)?).ok()?;
    let shown = at.to_zoned(TimeZone::UTC);
    let text = match style {
        "t" | "T" => shown.strftime("%H:%M UTC").to_string(),
        "d" | "D" => shown.strftime("%-d %b %Y").to_string(),
        _ => shown.strftime("%-d %b %Y %H:%M UTC").to_string(),
    };
    Some((at, text))
}
