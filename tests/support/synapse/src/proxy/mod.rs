//! A network that fails when it is asked to: an HTTP proxy in front of a server on loopback.

mod rules;
mod serve;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{Notify, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use crate::PATIENCE;
use crate::error::Error;
use crate::process::free_port;

pub use rules::{Exchange, Fault, Injected, Request, Rule};
use rules::{State, Tap};

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;

/// An HTTP/1.1 proxy on loopback, in this process. It passes everything on until a [`Rule`] says otherwise, and ends
/// with this value.
///
/// It runs as tasks of the runtime that it was started in, so that runtime must not be blocked by its test.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    shared: Arc<Shared>,
    /// `None` while it is dark.
    open: tokio::sync::Mutex<Option<Open>>,
}

/// What all connections share.
#[derive(Debug)]
struct Shared {
    upstream: u16,
    state: Mutex<State>,
    /// Told of each request that comes, and of each that is answered.
    moved: Notify,
}

/// The door: who has come in, and how to close it.
#[derive(Debug)]
struct Open {
    close: oneshot::Sender<()>,
    /// How many connections there were when it closed.
    door: JoinHandle<usize>,
}

impl Proxy {
    /// Starts one in front of the server on this port. What its rules leave to chance follows from `seed` and the
    /// order of the requests.
    pub async fn start(upstream: u16, seed: u64) -> Result<Self, Error> {
        let shared = Arc::new(Shared { upstream, state: Mutex::new(State::new(seed)), moved: Notify::new() });
        let proxy = Self { port: free_port()?, shared, open: tokio::sync::Mutex::new(None) };
        proxy.go_light().await?;
        Ok(proxy)
    }

    /// The port that it listens on.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Its address, without a slash at the end: `http://127.0.0.1:23456`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Adds a rule. The first that fits a request is followed, others are not asked.
    pub fn inject(&self, rule: Rule) {
        self.shared.state().rules.push(rule);
    }

    /// Forgets all rules: everything passes again.
    pub fn heal(&self) {
        self.shared.state().rules.clear();
    }

    /// Lets `listener` hear all that is passed on, from now on.
    pub fn tap(&self, listener: impl Fn(&Exchange<'_>) + Send + Sync + 'static) {
        self.shared.state().tap = Some(Arc::new(Tap(Box::new(listener))));
    }

    /// Passes on what [`Fault::Withhold`] has kept, in its order.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn release(&self) {
        let withheld = std::mem::take(&mut self.shared.state().withheld);
        for request in withheld {
            let answer = serve::forward(self.shared.upstream, request).await;
            assert!(answer.as_ref().is_ok_and(|it| it.status().is_success()), "{answer:?}");
        }
    }

    /// Refuses all connections, and drops those that are open, until [`Proxy::go_light`].
    pub async fn go_dark(&self) {
        let Some(open) = self.open.lock().await.take() else { return };
        // Neither can fail: the door waits for this, and ends for nothing else.
        open.close.send(()).ok();
        let dropped = open.door.await.unwrap_or_default();
        self.shared.state().injected.connections_dropped += dropped;
    }

    /// Accepts connections again, on the same port.
    pub async fn go_light(&self) -> Result<(), Error> {
        let mut open = self.open.lock().await;
        if open.is_none() {
            let listener = listen(self.port).map_err(Error::machine("opening the proxy"))?;
            let (close, closed) = oneshot::channel();
            *open = Some(Open { close, door: tokio::spawn(accept(listener, Arc::clone(&self.shared), closed)) });
        }
        Ok(())
    }

    /// How often each fault really happened.
    #[must_use]
    pub fn injected(&self) -> Injected {
        self.shared.state().injected
    }

    /// All requests so far, in the order in which they came.
    #[must_use]
    pub fn log(&self) -> Vec<Request> {
        self.shared.state().log.clone()
    }

    /// Waits until `look` finds something in all requests so far, and returns it: that somebody waits for an answer,
    /// say.
    ///
    /// # Errors
    /// [`Error::NeverCame`], with the last requests, after 90 s.
    pub async fn wait_for<T>(&self, mut look: impl FnMut(&[Request]) -> Option<T>) -> Result<T, Error> {
        let search = async {
            loop {
                // Armed before the look, so nothing falls between.
                let moved = self.shared.moved.notified();
                let found = look(&self.shared.state().log);
                match found {
                    Some(found) => return found,
                    None => moved.await,
                }
            }
        };
        timeout(PATIENCE, search).await.map_err(|_| {
            let log = self.log();
            let transcript = format!("{:#?}", &log[log.len().saturating_sub(10)..]);
            Error::NeverCame { waited: PATIENCE, reader: "the proxy".to_owned(), transcript }
        })
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(open) = self.open.get_mut() {
            open.door.abort();
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // A test that failed while it held the lock has nothing to lose.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn listen(port: u16) -> std::io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    // Connections that were dropped when it went dark linger in the system's tables.
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    socket.listen(BACKLOG)
}

/// Serves all who come until it is told to close; then drops them all and says how many they were.
async fn accept(listener: TcpListener, shared: Arc<Shared>, mut closed: oneshot::Receiver<()>) -> usize {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            _ = &mut closed => break,
            Some(_) = connections.join_next() => {}
            Ok((stream, _)) = listener.accept() => {
                connections.spawn(serve::connection(stream, Arc::clone(&shared)));
            }
        }
    }
    drop(listener);
    let dropped = connections.len();
    connections.shutdown().await;
    dropped
}
