//! The composition root: the only file that names the platforms, sled and the real clock.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use herald::cli::Roots;
use herald::engine::Clock;
use herald::journal::{Journal, JournalError, Options, SledJournal};
use jiff::Timestamp;

fn main() -> ExitCode {
    herald::cli::main(&Roots { clock: Arc::new(RealClock), open, open_existing })
}

fn open(dir: &Path, keep_free: u64) -> Result<Box<dyn Journal>, JournalError> {
    Ok(Box::new(SledJournal::open(dir, Options::new(keep_free))?))
}

fn open_existing(dir: &Path) -> Result<Box<dyn Journal>, JournalError> {
    Ok(Box::new(SledJournal::open_existing(dir, Options::new(0))?))
}

struct RealClock;

#[expect(clippy::disallowed_methods, reason = "this is the one clock that everything else is given")]
impl Clock for RealClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn until(&self, at: Timestamp) -> BoxFuture<'static, ()> {
        // The wall clock may be set while we wait, so no wait is longer than this.
        const LONGEST: Duration = Duration::from_secs(30);
        async move {
            while let Ok(left) = Duration::try_from(at.duration_since(Timestamp::now())) {
                if left.is_zero() {
                    return;
                }
                tokio::time::sleep(left.min(LONGEST)).await;
            }
        }
        .boxed()
    }
}
