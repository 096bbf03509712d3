//! Getting on all networks, or at first on those that can be reached.
//!
//! Whoever starts Herald again while one network is down needs it on the others. What is for the missing one waits in its lanes,
//! which takes knowing its rooms: they are kept in mind from the last time that they were found.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, Either, LocalBoxFuture, select};
use futures::stream::{FuturesUnordered, StreamExt};
use herald_chat::{Clock, Network};
use jiff::Timestamp;
use tracing::error;

use super::connect::{Home, OnRecord, connect};
use super::{Join, Status};
use crate::config::Config;
use crate::journal::Journal;

/// How long the networks that are joined wait for the others.
const GRACE: Duration = Duration::from_secs(15);

/// Networks that are being joined.
pub(super) struct Joining<'a>(FuturesUnordered<LocalBoxFuture<'a, (Network, Result<Home, String>)>>);

impl<'a> Joining<'a> {
    /// Begins to join all of them.
    pub(super) fn begin<J: Journal + 'static>(
        joins: &'a [Box<dyn Join>],
        (config, on_record): (&'a Config, &'a OnRecord),
        status: &'a Status<J>,
        clock: &'a Arc<dyn Clock>,
    ) -> Self {
        let connecting = joins.iter().map(|join| {
            async move { (join.network(), connect(&**join, config, on_record, status, clock).await) }.boxed_local()
        });
        Self(connecting.collect())
    }

    /// Waits for all of them, or at first for as many as can be reached, if the rooms of the others are `known`.
    ///
    /// # Errors
    /// What somebody has to change first, in one sentence.
    pub(super) async fn gather(
        &mut self,
        all: &BTreeSet<Network>,
        known: &BTreeSet<Network>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Vec<Home>, String> {
        let mut homes: Vec<Home> = Vec::new();
        let mut missing = all.clone();
        let mut grace: BoxFuture<'_, ()> = futures::future::pending().boxed();
        loop {
            match select(self.0.next(), grace).await {
                Either::Left((Some((network, home)), waiting)) => {
                    homes.push(home?);
                    missing.remove(&network);
                    let first = homes.len() == 1;
                    let until = clock.now().checked_add(GRACE).unwrap_or(Timestamp::MAX);
                    grace = if first { clock.until(until) } else { waiting };
                }
                Either::Left((None, _)) => return Ok(homes),
                Either::Right(((), _)) if missing.is_subset(known) => return Ok(homes),
                // Where updates go is not known: nothing may be lost on the way there.
                Either::Right(((), _)) => grace = futures::future::pending().boxed(),
            }
        }
    }

    /// The next one that can be reached after all. One that never will be until somebody changes something is said in the
    /// log and by whoever is asked whether Herald is ready: the others go on.
    pub(super) async fn next(&mut self, status: impl Fn(&Network, String)) -> Option<Home> {
        loop {
            let (network, home) = self.0.next().await?;
            match home {
                Ok(home) => return Some(home),
                Err(why) => {
                    error!(%network, why, "Herald cannot get on this network: put it right, then restart Herald");
                    status(&network, why);
                }
            }
        }
    }
}
