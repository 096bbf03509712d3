//! The clock, as everything that waits needs it.

use futures::future::BoxFuture;
use jiff::Timestamp;

/// Tells the time and waits for it. The real one lives in Herald's `main.rs`; scripts and tests have one that they move.
pub trait Clock: Send + Sync + 'static {
    /// The time.
    fn now(&self) -> Timestamp;

    /// Ready once it is `at` or later.
    fn until(&self, at: Timestamp) -> BoxFuture<'static, ()>;
}
