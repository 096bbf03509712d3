//! What was measured, line by line.

use std::time::{Duration, Instant};

/// On which side of its bar a ratio has to be.
#[derive(Clone, Copy)]
pub(crate) enum Bar {
    AtLeast(f64),
    AtMost(f64),
}

/// What has been measured so far.
#[derive(Default)]
pub(crate) struct Report {
    measured: usize,
    short: Vec<&'static str>,
}

impl Report {
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
        let Self { measured, short } = self;
        if short.is_empty() {
            println!("core: all {measured} figures within their bars");
        } else {
            println!("core: {} of {measured} figures short: {}", short.len(), short.join(", "));
        }
    }
}

/// How long something takes.
#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
pub(crate) fn time<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed(), result)
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
