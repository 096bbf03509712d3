//! `herald run`: incidents of a whole company, on its chat networks.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use futures::channel::mpsc;

use super::data::{Data, open};
use super::{Failure, Roots, Stopped, control, signals};
use crate::config::Config;
use crate::service::{self, End, Start, Status};

/// How many threads wait for the disk at most. Each costs memory, and the engine has one of its own.
const BLOCKING: usize = 2;

/// Run incidents on the chat networks of the configuration.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    data: Data,
}

pub(super) fn run(args: &Args, config: &Config, roots: &Roots) -> Result<(), Failure> {
    let mut config = config.clone();
    let dir = args.data.dir(&config).to_owned();
    config.herald.data.clone_from(&dir);
    let joins = (roots.joins)(&config);
    let networks: BTreeSet<_> = joins.iter().map(|join| join.network()).collect();
    service::check(&config, &networks)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(BLOCKING)
        .enable_all()
        .build()
        .map_err(NoMeans)?;
    let _tasks = runtime.enter();
    let (requests, receiver) = mpsc::channel(4);
    // Before anything takes long: no signal ends Herald but one that asks for that.
    signals::heed(requests.clone(), roots.clock.clone()).map_err(NoMeans)?;
    let journal = open(&dir, config.journal.keep_free, roots.open, &mut say)?;
    let seed = (roots.seed)().map_err(|error| format!("this machine gives no random numbers: {error}"))?;
    let listener = config.health.listen.map(listen).transpose()?;
    let _control = control::serve(&dir, requests.clone())
        .inspect_err(|error| tracing::error!(%error, "backups beside this process are not possible"))
        .ok();
    let status = Arc::new(Status::new(requests, roots.clock.clone(), networks));
    if let Some((listener, address)) = listener {
        say(&format!("health: http://{address}/healthz, /readyz and /metrics"));
        let status = status.clone();
        runtime.spawn(async move {
            if let Err(error) = service::serve_http(listener, status).await {
                tracing::error!(%error, "health is not served any more");
            }
        });
    }
    let clock = config.delivery.paced(roots.clock.clone());
    let start = Start { journal, config, joins, clock, seed };
    let end = runtime.block_on(service::run(start, &status, receiver, &mut say));
    // Nothing that still runs there holds anything that is not durable.
    runtime.shutdown_background();
    end.map_err(|end| match end {
        End::Unfit(sentence) => sentence.into(),
        End::Stopped(fault) => Stopped(fault).into(),
    })
}

/// Prints a line. That nobody reads it is no reason to end.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// The machine is short of what every process needs.
#[derive(Debug, thiserror::Error)]
#[error("Herald cannot begin: {0}. Let this user have more of that, or end something else")]
pub(super) struct NoMeans(io::Error);

/// Health cannot be served.
#[derive(Debug, thiserror::Error)]
#[error(
    "health.listen is {address}, which cannot be used: {error}. Write another port, or \"off\", or stop what listens there"
)]
pub(super) struct NoPort {
    address: SocketAddr,
    pub(super) error: io::Error,
}

/// Listens where health is to be served.
pub(super) fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), NoPort> {
    let bound = TcpListener::bind(address).and_then(|listener| {
        let address = listener.local_addr()?;
        Ok((listener, address))
    });
    bound.map_err(|error| NoPort { address, error })
}
