//! What is not as described, and the sum of it.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use super::exceptions::{EXCEPTIONS, Exception};

/// Which half of an exchange deviates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// What a client asked.
    Request,
    /// What was answered, with this status.
    Answer(u16),
}

/// One thing that is not as the description says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deviation {
    /// The operation: `POST /channels/{channel_id}/messages`. Method and path as asked when it is none.
    pub operation: String,
    /// Which half.
    pub side: Side,
    /// Where in the body, as a JSON pointer with `*` for each index; `?limit` for a part of the query; empty for the
    /// whole.
    pub at: String,
    /// What the description says about it.
    pub says: String,
    /// The value that it says this about, when it is a simple one.
    pub value: Option<String>,
}

impl Deviation {
    pub(super) fn new(operation: &str, side: Side, at: &str, says: impl Into<String>) -> Self {
        let any = |part: &str| if part.parse::<u64>().is_ok() { "*".to_owned() } else { part.to_owned() };
        let at = at.split('/').map(any).collect::<Vec<_>>().join("/");
        Self { operation: operation.to_owned(), side, at, says: says.into(), value: None }
    }
}

impl Display for Side {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request => f.write_str("request"),
            Self::Answer(status) => write!(f, "answer {status}"),
        }
    }
}

impl Display for Deviation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { operation, side, at, says, value } = self;
        write!(f, "{operation} ({side}) {at}: {says}")?;
        value.as_ref().map_or(Ok(()), |it| write!(f, " ({it})"))
    }
}

/// All that was checked so far.
#[derive(Debug, Default)]
pub struct Deviations {
    checked: usize,
    /// How often each was seen, whatever the value, and the first of them.
    unexplained: BTreeMap<Deviation, (usize, Deviation)>,
    /// How often each exception was needed, by its place in the table.
    excepted: BTreeMap<usize, usize>,
}

impl Deviations {
    /// Adds what was found in one exchange.
    pub fn add(&mut self, found: Vec<Deviation>) {
        self.checked += 1;
        for deviation in found {
            if let Some(exception) = EXCEPTIONS.iter().position(|it| it.covers(&deviation)) {
                *self.excepted.entry(exception).or_default() += 1;
            } else {
                let key = Deviation { value: None, ..deviation.clone() };
                self.unexplained.entry(key).or_insert((0, deviation)).0 += 1;
            }
        }
    }

    /// How many exchanges were checked.
    #[must_use]
    pub const fn checked(&self) -> usize {
        self.checked
    }

    /// Those that no exception covers, each with how often it was seen.
    pub fn unexplained(&self) -> impl Iterator<Item = (&Deviation, usize)> {
        self.unexplained.values().map(|(times, first)| (first, *times))
    }

    /// The exceptions that were needed, each with how often.
    pub fn excepted(&self) -> impl Iterator<Item = (&'static Exception, usize)> {
        self.excepted.iter().filter_map(|(at, times)| Some((EXCEPTIONS.get(*at)?, *times)))
    }
}

impl Display for Deviations {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (checked, wrong) = (self.checked, self.unexplained.len());
        write!(f, "{checked} exchanges against Discord's description: {wrong} unexplained deviations")?;
        for (deviation, times) in self.unexplained() {
            write!(f, "\n  {times} × {deviation}")?;
        }
        for (exception, times) in self.excepted() {
            write!(f, "\n  {times} × excepted: {exception}")?;
        }
        Ok(())
    }
}
