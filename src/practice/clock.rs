//! A clock that stands still until somebody moves it.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;

use crate::engine::Clock;

/// A clock that stands still until somebody moves it.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<Mutex<Dial>>);

#[derive(Debug)]
struct Dial {
    now: Timestamp,
    next_id: u64,
    sleepers: BTreeMap<(Timestamp, u64), Option<Waker>>,
}

impl ManualClock {
    /// A clock that shows `now`.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Dial { now, next_id: 0, sleepers: BTreeMap::new() })))
    }

    /// When somebody wants to be woken next.
    #[must_use]
    pub fn next_wake(&self) -> Option<Timestamp> {
        let dial = self.dial();
        dial.sleepers.range((dial.now, u64::MAX)..).next().map(|((at, _), _)| *at)
    }

    /// Moves it forward, and wakes whoever waited for that. It never goes back.
    pub fn set(&self, now: Timestamp) {
        let mut dial = self.dial();
        dial.now = dial.now.max(now);
        let due: Vec<Waker> = {
            let now = dial.now;
            dial.sleepers.range_mut(..=(now, u64::MAX)).filter_map(|(_, waker)| waker.take()).collect()
        };
        drop(dial);
        due.into_iter().for_each(Waker::wake);
    }

    fn dial(&self) -> MutexGuard<'_, Dial> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.dial().now
    }

    fn until(&self, at: Timestamp) -> BoxFuture<'static, ()> {
        let mut dial = self.dial();
        dial.next_id += 1;
        let key = (at, dial.next_id);
        dial.sleepers.insert(key, None);
        Sleep { clock: self.clone(), key }.boxed()
    }
}

struct Sleep {
    clock: ManualClock,
    key: (Timestamp, u64),
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut dial = self.clock.dial();
        if dial.now >= self.key.0 {
            return Poll::Ready(());
        }
        dial.sleepers.insert(self.key, Some(cx.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.clock.dial().sleepers.remove(&self.key);
    }
}
