//! What signals do to `herald run`.
//!
//! SIGTERM, SIGINT and SIGQUIT end it. SIGHUP ends it in a terminal, which has gone then; as a service Herald goes on, since
//! nothing that it was told is read anew, and being down is nothing that anybody means by SIGHUP. SIGUSR1 and SIGUSR2 mean nothing.
//! A reader of what it prints that has gone is no signal: Rust ignores SIGPIPE.

use std::future::poll_fn;
use std::io::{self, IsTerminal, Write};
use std::process;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures::channel::mpsc;
use jiff::Timestamp;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::info;

use crate::engine::{Clock, Request};
use crate::journal::Journal;

/// How long Herald may take to end once it was asked to.
const LIMIT: Duration = Duration::from_secs(5);

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    /// That Herald ends.
    End,
    /// That it goes by another configuration.
    Reload,
    /// Nothing that Herald knows.
    Nothing,
}

/// Takes signals from now on: the process does not end by one any more. The first that asks for it asks the engine to stop. On a
/// second one, or when that takes too long, the process ends at once: what is durable stays so.
pub(super) fn heed<J: Journal + 'static>(
    mut requests: mpsc::Sender<Request<J>>,
    clock: Arc<dyn Clock>,
) -> io::Result<()> {
    let hangup = if io::stderr().is_terminal() { Wish::End } else { Wish::Reload };
    let mut signals = Signals(vec![
        ("SIGTERM", Wish::End, signal(SignalKind::terminate())?),
        ("SIGINT", Wish::End, signal(SignalKind::interrupt())?),
        ("SIGQUIT", Wish::End, signal(SignalKind::quit())?),
        ("SIGHUP", hangup, signal(SignalKind::hangup())?),
        ("SIGUSR1", Wish::Nothing, signal(SignalKind::user_defined1())?),
        ("SIGUSR2", Wish::Nothing, signal(SignalKind::user_defined2())?),
    ]);
    tokio::spawn(async move {
        let signal = signals.end().await;
        info!(signal, "asked to end");
        let _ = requests.try_send(Request::Stop);
        let limit = clock.until(clock.now().checked_add(LIMIT).unwrap_or(Timestamp::MAX));
        let why = tokio::select! {
            _ = signals.end() => "was asked to end twice",
            () = limit => "did not end in time",
        };
        let last = format!("herald: it {why}, so it ends at once. What was durable is kept, and the rest is read back");
        let _ = writeln!(io::stderr(), "{last}");
        process::exit(1)
    });
    Ok(())
}

/// Signals by name.
struct Signals(Vec<(&'static str, Wish, Signal)>);

impl Signals {
    /// Ready once Herald is asked to end: by which signal.
    async fn end(&mut self) -> &'static str {
        loop {
            match self.next().await {
                (signal, Wish::End) => return signal,
                (signal, Wish::Reload) => {
                    info!(
                        signal,
                        "Herald goes on with the configuration that it has: restart it to have a changed one count"
                    );
                }
                (signal, Wish::Nothing) => info!(signal, "Herald goes on: this signal means nothing to it"),
            }
        }
    }

    async fn next(&mut self) -> (&'static str, Wish) {
        poll_fn(|cx| {
            let mut came = self.0.iter_mut().filter_map(|(name, wish, signal)| match signal.poll_recv(cx) {
                Poll::Ready(Some(())) => Some((*name, *wish)),
                Poll::Ready(None) | Poll::Pending => None,
            });
            came.next().map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }
}
