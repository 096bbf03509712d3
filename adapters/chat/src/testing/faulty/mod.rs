//! A platform that fails in all the ways that real ones do.

mod arrivals;
mod calls;
mod dice;
mod faults;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;

use crate::{Platform, Post, RoomRef, SendError};

pub use dice::Deed;
use dice::Dice;
pub use faults::{Faults, Injected};

/// Waits for as long as it is told, by the clock of the test.
pub type Timer = Arc<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>;

/// What time it is, by the clock of the test.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A platform behind a bad network, or one that has a bad day. Which call meets which fault follows from the seed and
/// from the order of calls, and from nothing else. Clones are handles to the same platform and the same bad luck, so it
/// outlives a Herald that is started again.
pub struct Faulty<P> {
    inner: Arc<P>,
    shared: Shared,
}

#[derive(Clone)]
struct Shared {
    dice: Arc<Mutex<Dice>>,
    now: Now,
    timer: Timer,
}

impl<P> Clone for Faulty<P> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), shared: self.shared.clone() }
    }
}

impl<P: Platform> Faulty<P> {
    /// Stands before `inner`, without faults yet.
    #[must_use]
    pub fn new(inner: P, seed: u64, now: Now, timer: Timer) -> Self {
        let dice = Arc::new(Mutex::new(Dice::new(seed)));
        Self { inner: Arc::new(inner), shared: Shared { dice, now, timer } }
    }

    /// The platform behind it.
    #[must_use]
    pub fn inner(&self) -> &P {
        &self.inner
    }

    /// From now on, these faults.
    pub fn set(&self, faults: Faults) {
        self.shared.dice().faults = faults;
    }

    /// The faults of now.
    #[must_use]
    pub fn faults(&self) -> Faults {
        self.shared.dice().faults.clone()
    }

    /// Lets [`Faults::refuse`] fall on the posts that pass `test`. Without this no post is refused: few callers can do
    /// anything about it.
    pub fn refuse_only(&self, test: impl Fn(&RoomRef, &Post) -> bool + Send + Sync + 'static) {
        self.shared.dice().refusable = Arc::new(test);
    }

    /// Lets single things fail in the same way each time that they are asked for, whatever the weather, and all else get
    /// through: those for which `test` has an error.
    pub fn fail_always(&self, test: impl Fn(&Deed<'_>) -> Option<SendError> + Send + Sync + 'static) {
        self.shared.dice().stuck = Arc::new(test);
    }

    /// What has gone wrong so far.
    #[must_use]
    pub fn injected(&self) -> Injected {
        self.shared.dice().injected
    }
}

impl Shared {
    fn dice(&self) -> MutexGuard<'_, Dice> {
        self.dice.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        (self.now)()
    }

    async fn wait(&self, time: Duration) {
        if !time.is_zero() {
            (self.timer)(time).await;
        }
    }
}
