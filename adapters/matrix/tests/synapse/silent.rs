//! How long ago the homeserver last answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::future::BoxFuture;
use herald_chat::{Clock, Platform};
use herald_synapse::{Admin, Fault, Request, Rule, Synapse};
use jiff::{SignedDuration, Timestamp};

use crate::common::{Bot, RealClock, Tested};

/// A clock that goes before the real one by so many seconds.
#[derive(Default)]
struct Ahead(AtomicU64);

impl Ahead {
    fn by(&self) -> SignedDuration {
        SignedDuration::from_secs(self.0.load(Ordering::SeqCst).cast_signed())
    }
}

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        RealClock.now() + self.by()
    }

    fn until(&self, at: Timestamp) -> BoxFuture<'static, ()> {
        RealClock.until(at - self.by())
    }

    fn pause(&self, usual: Duration) -> Duration {
        RealClock.pause(usual)
    }
}

/// How many syncs have begun, and how many of those have met a fault.
fn syncs(log: &[Request]) -> (usize, usize) {
    let syncs = || log.iter().filter(|request| request.path.ends_with("/sync"));
    (syncs().count(), syncs().filter(|request| request.fault.is_some()).count())
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_longer_ago_while_syncs_fail_and_no_time_when_one_succeeds() -> Tested {
    let server = Synapse::shared().await?;
    let ana = server.register("ana", Admin::No).await?;
    let (proxy, bot) = Bot::behind(&server, ana.user_id()).await?;
    let clock = Arc::new(Ahead::default());
    let matrix = bot.connect_at(Arc::clone(&clock) as Arc<dyn Clock>).await?;
    assert_eq!(matrix.since_sync(), None);
    let _arrivals = matrix.arrivals();
    matrix.rooms().await?;
    let minute = Duration::from_mins(1);
    assert!(matrix.is_ready() && matrix.since_sync().is_some_and(|ago| ago < minute));

    proxy.inject(Rule::new(Fault::Gateway(502)).on(|_, path| path.ends_with("/sync")));
    // The sync that waits for something to happen ends, too.
    proxy.go_dark().await;
    proxy.go_light().await?;
    // Whoever asks again knows what came of the first.
    proxy.wait_for(|log| (syncs(log).1 > 1).then_some(())).await?;
    clock.0.store(120, Ordering::SeqCst);
    assert!(!matrix.is_ready() && matrix.since_sync().is_some_and(|ago| ago >= 2 * minute));

    proxy.heal();
    let before = syncs(&proxy.log()).0;
    proxy.wait_for(|log| (syncs(log).0 > before + 1).then_some(())).await?;
    assert!(matrix.is_ready() && matrix.since_sync().is_some_and(|ago| ago < minute));
    Ok(())
}
