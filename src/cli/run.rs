//! `herald run`: incidents of a whole company, on its chat networks.

use std::collections::BTreeSet;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::process;
use std::sync::Arc;
use std::time::Duration;

use futures::channel::mpsc;
use jiff::Timestamp;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::data::{Data, open};
use super::{Failure, Roots, Stopped, control};
use crate::config::Config;
use crate::engine::{Clock, Request};
use crate::journal::Journal;
use crate::service::{self, End, Start, Status};

/// How long Herald may take to end once it was asked to.
const LIMIT: Duration = Duration::from_secs(5);

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
    let journal = open(&dir, config.journal.keep_free, roots.open, &mut say)?;
    let seed = (roots.seed)().map_err(|error| format!("this machine gives no random numbers: {error}"))?;
    let listener = config.health.listen.map(listen).transpose()?;

    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(BLOCKING)
        .enable_all()
        .build()?;
    let _tasks = runtime.enter();
    let (requests, receiver) = mpsc::channel(4);
    end_on_signals(requests.clone(), roots.clock.clone())?;
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

/// Listens where health is to be served.
pub(super) fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), String> {
    let bound = TcpListener::bind(address).and_then(|listener| {
        let address = listener.local_addr()?;
        Ok((listener, address))
    });
    bound.map_err(|error| {
        format!(
            "health.listen is {address}, which cannot be used: {error}. Write another port, or \"off\", or stop what \
             listens there"
        )
    })
}

/// Asks the engine to stop on the first SIGTERM or SIGINT. On a second one, or when it takes too long, the process ends
/// at once: what is durable stays so.
fn end_on_signals<J: Journal + 'static>(
    mut requests: mpsc::Sender<Request<J>>,
    clock: Arc<dyn Clock>,
) -> Result<(), Failure> {
    let mut signals = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::spawn(async move {
        either(&mut signals).await;
        tracing::info!("asked to end");
        let _ = requests.try_send(Request::Stop);
        let limit = clock.until(clock.now().checked_add(LIMIT).unwrap_or(Timestamp::MAX));
        let why = tokio::select! {
            () = either(&mut signals) => "was asked to end twice",
            () = limit => "did not end in time",
        };
        let last = format!("herald: it {why}, so it ends at once. What was durable is kept, and the rest is read back");
        let _ = writeln!(std::io::stderr(), "{last}");
        process::exit(1)
    });
    Ok(())
}

async fn either((one, other): &mut (Signal, Signal)) {
    tokio::select! {
        _ = one.recv() => {}
        _ = other.recv() => {}
    }
}
