//! How long work takes.

use std::time::Duration;

use super::report::Watch;

/// How long something takes, and what comes of it.
pub(crate) fn time<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let watch = Watch::start();
    let result = work();
    (watch.read(), result)
}
