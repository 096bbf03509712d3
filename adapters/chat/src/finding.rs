//! How things stand with a chat platform, for whoever looks before Herald is started, or while it runs.

use std::fmt;

use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::RoomRef;

/// A clock that is further off than this is worth a word: promises are made to the minute.
const NOTABLE: SignedDuration = SignedDuration::from_secs(5);
/// From here on, what people are promised is wrong.
const WRONG: SignedDuration = SignedDuration::from_secs(60);

/// How it stands with one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// As it has to be.
    Fine,
    /// Herald works, and something is missing or could not be looked at.
    Warning,
    /// Herald cannot do its part until somebody changes something.
    Wrong,
}

/// What was seen of one thing. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How it stands.
    pub grade: Grade,
    /// What was looked at: `discord token`, `rooms.company[0]`.
    pub about: String,
    /// One sentence: what was seen and, unless it is fine, what to do.
    pub says: String,
}

impl Finding {
    /// It is as it has to be.
    #[must_use]
    pub fn fine(about: impl Into<String>, says: impl Into<String>) -> Self {
        Self { grade: Grade::Fine, about: about.into(), says: says.into() }
    }

    /// Somebody should know.
    #[must_use]
    pub fn warning(about: impl Into<String>, says: impl Into<String>) -> Self {
        Self { grade: Grade::Warning, about: about.into(), says: says.into() }
    }

    /// Somebody has to act.
    #[must_use]
    pub fn wrong(about: impl Into<String>, says: impl Into<String>) -> Self {
        Self { grade: Grade::Wrong, about: about.into(), says: says.into() }
    }

    /// How far this machine's clock is from a server's, by the `Date` header of an answer. It counts whole seconds, and
    /// was written at some time between `asked` and `heard`.
    #[must_use]
    pub fn clock(about: impl Into<String>, date: Option<&str>, asked: Timestamp, heard: Timestamp) -> Self {
        let Some(date) = date.and_then(|date| DateTimeParser::new().parse_timestamp(date).ok()) else {
            return Self::warning(
                about,
                "the server does not say what time it has. Compare this machine's clock with another yourself",
            );
        };
        let behind = date.duration_since(heard);
        let ahead = asked.duration_since(date) - SignedDuration::from_secs(1);
        let (off, side) = if behind > ahead { (behind, "behind") } else { (ahead, "ahead of") };
        if off <= NOTABLE {
            return Self::fine(about, "this machine's clock is the server's");
        }
        let says = format!(
            "this machine's clock is {} s {side} the server's, and promises are kept by it. Have the machine set it from \
             the network (`timedatectl set-ntp true`)",
            off.as_secs()
        );
        if off < WRONG { Self::warning(about, says) } else { Self::wrong(about, says) }
    }
}

/// One line: ✔, ⚠ or ✘, what was looked at, and the sentence.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.grade {
            Grade::Fine => '✔',
            Grade::Warning => '⚠',
            Grade::Wrong => '✘',
        };
        write!(f, "{mark} {}: {}", self.about, self.says.replace('\n', " ").trim_end_matches('.'))
    }
}

/// A room of the configuration that is to be looked at.
#[derive(Debug, Clone)]
pub struct Mapped<K> {
    /// Where it is configured: `rooms.company[0]`.
    pub key: String,
    /// As it is configured.
    pub written: RoomRef,
    /// What it is for.
    pub kind: K,
    /// The room that it was found to be, by Herald's record.
    pub found: Option<RoomRef>,
    /// What is said when there is none; `None` when Herald makes it at its start.
    pub missing: Option<&'static str>,
}

impl<K> Mapped<K> {
    /// What a finding about it is about.
    #[must_use]
    pub fn about(&self) -> String {
        format!("{} {}", self.key, self.written.id())
    }

    /// The id of the room that Herald goes by when the name leads to the one with the id `now`, and a warning if that is
    /// another one: whoever can move a name can do that.
    #[must_use]
    pub fn goes_by(&self, now: Option<&str>) -> (Option<String>, Option<Finding>) {
        let network = self.written.network();
        let Some(was) = self.found.as_ref().filter(|it| **it != self.written && Some(it.id()) != now) else {
            return (now.map(str::to_owned), None);
        };
        let says = match now {
            Some(now) => format!(
                "it was found to be {was} and leads to {network}:{now} now. Herald goes by the room of before. If the \
                 new one is right, an admin says so with `!admin map`, by its id; if not, give the name back"
            ),
            None => format!(
                "it was found to be {was} and leads to no room now. Herald goes by the room of before. Give that the \
                 name again, or write {was} here"
            ),
        };
        (Some(was.id().to_owned()), Some(Finding::warning(self.about(), says)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The grade when the answer to a request from 12:00:00.4 to 12:00:01.2 is dated so.
    fn grade(date: &str) -> (Grade, String) {
        let found = Finding::clock(
            "clock",
            Some(&format!("Mon, 05 Jan 2026 {date} GMT")),
            "2026-01-05T12:00:00.4Z".parse().unwrap(),
            "2026-01-05T12:00:01.2Z".parse().unwrap(),
        );
        (found.grade, found.says)
    }

    #[test]
    fn a_clock_is_as_far_off_as_it_can_be_told_by() {
        for (date, expected) in [
            ("12:00:00", Grade::Fine),
            ("12:00:06", Grade::Fine),
            ("12:00:07", Grade::Warning),
            ("11:59:55", Grade::Fine),
            ("11:59:54", Grade::Warning),
            ("12:01:02", Grade::Wrong),
            ("11:58:59", Grade::Wrong),
        ] {
            assert_eq!(grade(date).0, expected, "{date}");
        }
        assert!(grade("12:02:00").1.contains("118 s behind"), "{}", grade("12:02:00").1);
        assert!(grade("11:58:00").1.contains("119 s ahead of"), "{}", grade("11:58:00").1);
    }

    #[test]
    fn a_server_without_a_clock_is_no_reason_to_say_that_all_is_well() {
        let now = Timestamp::UNIX_EPOCH;
        for date in [None, Some("yesterday"), Some("")] {
            assert_eq!(Finding::clock("clock", date, now, now).grade, Grade::Warning);
        }
    }
}
