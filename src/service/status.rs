//! How Herald is, for whoever asks from outside the chat.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::channel::mpsc;
use herald_chat::{Clock, Network};

use super::Link;
use super::finder::OnLinks;
use super::metrics::{self, Scrape};
use super::seen::Seen;
use super::window::Window;
use crate::engine::{Reading, Request};
use crate::journal::Journal;

/// How old the last sync may be.
const FRESH: Duration = Duration::from_mins(1);

/// What can be asked of a Herald, from before it is connected until it has ended.
pub struct Status<J> {
    pub(super) window: Window<J>,
    networks: Networks,
}

/// How far Herald is with each network.
pub(super) type Networks = Arc<Mutex<BTreeMap<Network, Connection>>>;

/// How far Herald is with a network.
#[derive(Default)]
pub(super) struct Connection {
    pub(super) link: Option<Arc<dyn Link>>,
    /// Whether its rooms are found.
    is_found: bool,
    /// Why that takes so long.
    reason: Option<String>,
}

/// How it stands with all of it.
#[derive(Default)]
pub(super) struct Standing {
    /// What stands in the way of taking commands and delivering posts.
    pub(super) wanting: Vec<String>,
    /// What is wrong although that works.
    notes: Vec<String>,
    /// What is wrong until somebody does something, and was not said when the networks were joined.
    pub(super) lasting: Vec<String>,
}

/// An answer over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status: 200, 404 or 503.
    pub status: u16,
    /// The type of the text.
    pub kind: &'static str,
    /// The text.
    pub text: String,
}

impl Answer {
    /// For who does not ask for `OpenMetrics`, as people and `promtool check metrics` do not.
    pub(super) fn plain(self) -> Self {
        if self.kind != metrics::KIND {
            return self;
        }
        Self { kind: metrics::PLAIN_KIND, text: metrics::plain(&self.text), ..self }
    }
}

impl<J> Status<J> {
    /// Of the engine that takes `requests`, on these networks.
    #[must_use]
    pub fn new(
        requests: mpsc::Sender<Request<J>>,
        clock: Arc<dyn Clock>,
        networks: impl IntoIterator<Item = Network>,
    ) -> Self {
        let networks = networks.into_iter().map(|network| (network, Connection::default())).collect();
        Self { window: Window::new(requests, clock), networks: Arc::new(Mutex::new(networks)) }
    }

    /// The network cannot be joined yet.
    pub(super) fn waits(&self, network: &Network, reason: String) {
        self.networks().entry(network.clone()).or_default().reason = Some(reason);
    }

    /// The network is joined.
    pub(super) fn joined(&self, network: &Network, link: Arc<dyn Link>) {
        self.networks().entry(network.clone()).or_default().link = Some(link);
    }

    /// All its rooms are found.
    pub(super) fn found(&self, network: &Network) {
        self.networks().entry(network.clone()).or_default().is_found = true;
    }

    /// The connections to all networks that are joined.
    pub(super) fn links(&self) -> Vec<Arc<dyn Link>> {
        self.networks().values().filter_map(|it| it.link.clone()).collect()
    }

    /// Whoever finds rooms on the networks that are joined, also on those that are joined later.
    pub(super) fn finder(&self) -> OnLinks {
        OnLinks(self.networks.clone())
    }

    fn networks(&self) -> MutexGuard<'_, BTreeMap<Network, Connection>> {
        self.networks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<J: Journal + 'static> Status<J> {
    /// What is answered to a GET of `path`.
    pub async fn answer(&self, path: &str) -> Answer {
        match path {
            "/healthz" => verdict("alive", self.window.look(|_| ()).await.err().into_iter().collect()),
            "/readyz" => {
                let Standing { wanting, notes, .. } = self.standing().await;
                let mut answer = verdict("ready", wanting);
                for note in &notes {
                    answer.text.extend([note.as_str(), "\n"]);
                }
                answer
            }
            "/metrics" => match self.window.look(Seen::of).await {
                Ok(seen) => self.metrics(seen),
                Err(reason) => verdict("", vec![reason]),
            },
            _ => {
                let text = "there is nothing here. Ask for /healthz, /readyz or /metrics\n".to_owned();
                Answer { status: 404, kind: PLAIN, text }
            }
        }
    }

    /// What stands in the way of taking commands and delivering posts, and what is wrong although it does not.
    pub(super) async fn standing(&self) -> Standing {
        let seen = match self.window.look(Seen::of).await {
            Ok(seen) => seen,
            Err(reason) => return Standing { wanting: vec![reason], ..Standing::default() },
        };
        let (gone, moved): (Vec<_>, Vec<_>) = seen.moved.iter().cloned().partition(|(_, is_gone)| *is_gone);
        let mut wanting: Vec<String> = gone.into_iter().map(|(question, _)| question).collect();
        let notes: Vec<String> = moved.into_iter().map(|(question, _)| question).collect();
        wanting.extend(seen.given_up.iter().cloned());
        let mut lasting: Vec<String> = seen.given_up.into_iter().chain(seen.unheld).collect();
        if seen.is_full {
            wanting.push("the disk is full: commands are refused".to_owned());
        }
        for (network, connection) in &*self.networks() {
            wanting.extend(connection.wanting(network));
            if !connection.is_found {
                continue;
            }
            let missing = connection.link.iter().flat_map(|link| link.missing());
            let missing: Vec<String> = missing
                .filter(|room| seen.rooms.mapping(room).is_some())
                .map(|room| format!("Herald is not in {} ({room}) any more: invite it there", seen.rooms.name(&room)))
                .collect();
            lasting.extend(missing.iter().cloned());
            wanting.extend(missing);
            match seen.readings.of(network) {
                Reading::Live { unread } => wanting.extend(
                    unread
                        .iter()
                        // A room that is for nobody any more is missed by nobody.
                        .filter(|(room, _)| seen.rooms.mapping(room).is_some())
                        .map(|(room, reason)| format!("{} ({room}) cannot be read: {reason}", seen.rooms.name(room))),
                ),
                Reading::Behind => wanting.push(format!("{network}: what was missed is being read back")),
            }
        }
        Standing { wanting, notes, lasting }
    }

    fn metrics(&self, seen: Seen) -> Answer {
        let told = |(network, connection): (&Network, &Connection)| {
            let link = connection.link.as_ref();
            let age = link.and_then(|link| link.since_sync()).map(|age| age.as_secs_f64());
            (network.clone(), link.is_some_and(|link| link.is_ready()), age)
        };
        let networks = self.networks().iter().map(told).collect();
        match metrics::page(Scrape { seen, now: self.window.clock.now(), networks }) {
            Ok(text) => Answer { status: 200, kind: metrics::KIND, text },
            Err(error) => verdict("", vec![format!("the metrics cannot be written: {error}")]),
        }
    }
}

impl Connection {
    fn wanting(&self, network: &Network) -> Option<String> {
        let Some(link) = self.link.as_ref().filter(|_| self.is_found) else {
            let reason = self.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
            return Some(format!("{network} is not connected yet{reason}"));
        };
        match link.since_sync() {
            None => Some(format!("{network} has not been synced yet")),
            Some(age) if age >= FRESH => Some(format!("{network} was last synced {} s ago", age.as_secs())),
            Some(_) if !link.is_ready() => Some(format!("{network} is not ready")),
            Some(_) => None,
        }
    }
}

const PLAIN: &str = "text/plain; charset=utf-8";

/// 200 and the word, or 503 and what is wrong, a line each.
fn verdict(word: &str, wrong: Vec<String>) -> Answer {
    let (status, lines) = if wrong.is_empty() { (200, vec![word.to_owned()]) } else { (503, wrong) };
    Answer { status, kind: PLAIN, text: lines.join("\n") + "\n" }
}
