//! The server's door: connections, requests, answers.

mod answer;
mod files;
mod multipart;
mod read;
mod reply;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::IntoResponse;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::gateway;
use crate::state::Shared;
use crate::tap::{Exchange, Taps};

pub(crate) use multipart::number;

/// The connection ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("cut")]
pub(crate) struct Cut;

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) shared: Arc<Shared>,
    taps: RwLock<Taps>,
    /// Rings when the server stops.
    down: watch::Sender<u64>,
    mood: watch::Sender<Mood>,
}

/// How the gateway is disposed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Mood {
    /// New connections hear no hello.
    pub(crate) silent: bool,
    /// Connections hear nothing, not even that their heartbeats came.
    pub(crate) stalled: bool,
}

impl Server {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            shared: Shared::new(),
            taps: RwLock::default(),
            down: watch::Sender::new(0),
            mood: watch::Sender::default(),
        })
    }

    pub(crate) fn tap(&self, listener: Box<dyn Fn(&Exchange) + Send + Sync>) {
        self.taps.write().unwrap_or_else(PoisonError::into_inner).0.push(listener);
    }

    /// Tells who listens.
    pub(crate) fn tell(&self, exchange: &Exchange) {
        for listener in &self.taps.read().unwrap_or_else(PoisonError::into_inner).0 {
            listener(exchange);
        }
    }

    /// Whether anybody listens: what is only for them need not be made otherwise.
    pub(crate) fn tapped(&self) -> bool {
        !self.taps.read().unwrap_or_else(PoisonError::into_inner).0.is_empty()
    }

    /// Rings when the server stops.
    pub(crate) fn down(&self) -> watch::Receiver<u64> {
        self.down.subscribe()
    }

    /// How the gateway is disposed, as it changes.
    pub(crate) fn mood(&self) -> watch::Receiver<Mood> {
        self.mood.subscribe()
    }

    pub(crate) fn change_mood(&self, change: impl FnOnce(&mut Mood)) {
        self.mood.send_modify(change);
    }

    /// Ends all connections, and listens no more.
    pub(crate) fn stop(&self) {
        self.down.send_modify(|it| *it += 1);
    }

    /// Listens on a port; 0 is any.
    pub(crate) async fn listen(self: &Arc<Self>, port: u16) -> io::Result<()> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
        let port = listener.local_addr()?.port();
        self.shared.with(|state| state.listens_at(port));
        tokio::spawn(accept(Arc::clone(self), listener));
        Ok(())
    }
}

async fn accept(server: Arc<Server>, listener: TcpListener) {
    let mut down = server.down();
    loop {
        tokio::select! {
            _ = down.changed() => return,
            came = listener.accept() => {
                if let Ok((stream, _)) = came {
                    tokio::spawn(connection(Arc::clone(&server), stream));
                }
            }
        }
    }
}

async fn connection(server: Arc<Server>, stream: TcpStream) {
    // Answers are small and awaited.
    let _ = stream.set_nodelay(true);
    let mut down = server.down();
    let service = service_fn(move |request| serve(Arc::clone(&server), request));
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new());
    let serving = builder.serve_connection(TokioIo::new(stream), service).with_upgrades();
    tokio::select! {
        _ = down.changed() => {}
        // How it ends is the client's business.
        _ = serving => {}
    }
}

async fn serve(server: Arc<Server>, request: hyper::Request<Incoming>) -> Result<hyper::Response<Body>, Cut> {
    if request.uri().path().starts_with("/api") {
        return answer::rest(&server, request).await;
    }
    if ["/attachments/", "/stickers/"].iter().any(|it| request.uri().path().starts_with(it)) {
        return files::file(&server, &request);
    }
    let (mut parts, _) = request.into_parts();
    let query = read::query(parts.uri.query().unwrap_or_default());
    let upgrade: Result<WebSocketUpgrade, _> = WebSocketUpgrade::from_request_parts(&mut parts, &()).await;
    Ok(match upgrade {
        Ok(upgrade) => upgrade.on_upgrade(move |socket| gateway::serve(server, socket, query)),
        Err(refused) => refused.into_response(),
    })
}
