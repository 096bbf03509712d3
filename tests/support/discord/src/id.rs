//! Snowflakes.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

/// The first millisecond of 2015, when Discord's ids begin.
const EPOCH_MS: i64 = 1_420_070_400_000;

/// Names anything on Discord: milliseconds since 2015 in the upper 42 bits, so ids are ordered by time. Written as a
/// decimal number, in JSON as a string of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Id(pub u64);

impl Id {
    /// When what it names was made.
    #[must_use]
    pub fn created(self) -> Timestamp {
        let ms = i64::try_from(self.0 >> 22).unwrap_or_default() + EPOCH_MS;
        Timestamp::from_millisecond(ms).unwrap_or_default()
    }
}

impl Display for Id {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.0, f)
    }
}

impl FromStr for Id {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Makes ids, each greater than all before it.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    last: u64,
}

impl Ids {
    pub(crate) fn next(&mut self, now: Timestamp) -> Id {
        let ms = u64::try_from(now.as_millisecond() - EPOCH_MS).unwrap_or_default();
        self.last = (self.last + 1).max(ms << 22);
        Id(self.last)
    }
}
