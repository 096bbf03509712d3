//! What was measured, line by line.

use std::time::{Duration, Instant};

/// On which side of its bar a ratio has to be.
#[derive(Clone, Copy)]
pub(crate) enum Bar {
    AtLeast(f64),
    AtMost(f64),
}

/// What has been measured so far.
pub(crate) struct Report {
    group: &'static str,
    measured: usize,
    short: Vec<&'static str>,
}

impl Report {
    /// Of this group, and nothing so far.
    pub(crate) fn new(group: &'static str) -> Self {
        Self { group, measured: 0, short: Vec::new() }
    }

    /// One figure.
    pub(crate) fn line(&mut self, name: &'static str, ratio: f64, bar: Bar) {
        let (bar, ok) = match bar {
            Bar::AtLeast(bar) => (bar, ratio >= bar),
            Bar::AtMost(bar) => (bar, ratio <= bar),
        };
        self.measured += 1;
        if !ok {
            self.short.push(name);
        }
        println!("bench {name} ratio={ratio:.3} bar={bar} {}", if ok { "ok" } else { "short" });
    }

    /// All of them.
    pub(crate) fn end(self) {
        let Self { group, measured, short } = self;
        if short.is_empty() {
            println!("{group}: all {measured} figures within their bars");
        } else {
            println!("{group}: {} of {measured} figures short: {}", short.len(), short.join(", "));
        }
    }
}

/// A watch that runs.
#[derive(Clone, Copy)]
pub(crate) struct Watch(Instant);

impl Watch {
    #[expect(clippy::disallowed_methods, reason = "a bench measures time")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn read(self) -> Duration {
        self.0.elapsed()
    }

    /// From its start until that of another, or no time if that was earlier.
    pub(crate) fn until(self, other: Self) -> Duration {
        other.0.saturating_duration_since(self.0)
    }
}

/// The one in the middle.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The ratio of each pair, the middle one of them.
pub(crate) fn ratio(pairs: &[(Duration, Duration)]) -> f64 {
    median(pairs.iter().map(|(it, base)| it.as_secs_f64() / base.as_secs_f64()).collect())
}

/// Seconds in the middle.
pub(crate) fn seconds(times: impl Iterator<Item = Duration>) -> f64 {
    median(times.map(|time| time.as_secs_f64()).collect())
}
