//! The practice platform: a chat server that lives in a file, and whose people live in a terminal or a script.
//!
//! [`Console`] has two sides. Herald's is [`herald_chat::Platform`]. The other is the people's: they
//! [`say`](Console::say), edit, delete and react, and see what the rooms [show](Console::shown).

#![warn(missing_docs)]

mod content;
mod fact;
mod file;
mod names;
mod people;
mod platform;
mod room;
mod rules;
mod scissors;
mod shown;
mod world;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures::stream::{BoxStream, StreamExt};
use herald_chat::{Arrival, Network};
use jiff::Timestamp;

use crate::fact::Fact;
use crate::file::Log;
use crate::world::{Outcome, World};

pub use content::CARRIES;
pub use file::{FILE, OpenError};
pub use names::{HERALD, NETWORK, STANDING};
pub use people::{Line, NotAllowed};
pub use shown::{Shown, Sight};

/// The clock that the platform's messages are dated by.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A practice chat server. Clones are handles to the same rooms.
#[derive(Clone)]
pub struct Console {
    now: Now,
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    world: World,
    /// `None` in memory.
    log: Option<Log>,
    herald: UnboundedSender<Arrival>,
    /// The other end, until Herald takes it.
    waiting: Option<UnboundedReceiver<Arrival>>,
    feeds: Vec<UnboundedSender<Shown>>,
    /// How much of what was shown has been handed out by [`Console::new_shown`].
    handed_out: usize,
    offline: BTreeSet<String>,
    /// Files that are never given out, and people who are never let in: nobody can say why.
    stuck: BTreeSet<String>,
    losing: BTreeSet<String>,
    boards: bool,
    /// How long a message is at most of what is passed on.
    longest: Option<usize>,
}

/// Why something did not happen.
#[derive(Debug)]
enum Failure {
    /// The rules of the platform: a sentence for people.
    Rule(String),
    /// The file could not be written.
    File(std::io::Error),
}

impl Console {
    /// Rooms that are gone with the last handle.
    #[must_use]
    pub fn in_memory(now: Now) -> Self {
        Self::another_in_memory(NETWORK, now)
    }

    /// The same, under another name than [`NETWORK`]: several networks may stand side by side.
    #[must_use]
    pub fn another_in_memory(network: &str, now: Now) -> Self {
        Self::new(now, None, World::new(Network::new(network)))
    }

    /// Rooms that live in the file [`FILE`] in `dir`, and are as they were when it is opened again: history, ids and
    /// send keys. One process at a time: the caller holds the directory's lock.
    ///
    /// # Errors
    /// When the file cannot be read or written, or holds what this version does not understand.
    pub fn open(dir: &Path, now: Now) -> Result<Self, OpenError> {
        Self::open_another(dir, NETWORK, now)
    }

    /// The same, under another name than [`NETWORK`] and in a file of its own, `rooms-NAME.jsonl`.
    ///
    /// # Errors
    /// As [`Console::open`].
    pub fn open_another(dir: &Path, network: &str, now: Now) -> Result<Self, OpenError> {
        let (log, world) = Log::open(dir, Network::new(network))?;
        Ok(Self::new(now, Some(log), world))
    }

    fn new(now: Now, log: Option<Log>, world: World) -> Self {
        let (herald, waiting) = unbounded();
        let handed_out = world.shown.len();
        let (feeds, offline, stuck, losing) = (Vec::new(), BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let (waiting, boards, longest) = (Some(waiting), false, None);
        let inner = Inner { world, log, herald, waiting, feeds, handed_out, offline, stuck, losing, boards, longest };
        Self { now, inner: Arc::new(Mutex::new(inner)) }
    }

    /// Lets Herald pin its messages here. Without this it cannot: most who practise have few rows to look at.
    #[must_use]
    pub fn with_boards(self) -> Self {
        self.lock().boards = true;
        self
    }

    /// Has what is passed on cut into messages of at most so many characters. Without this nothing is cut.
    #[must_use]
    pub fn with_longest(self, characters: usize) -> Self {
        self.lock().longest = Some(characters);
        self
    }

    /// All that readers of the rooms have seen, from the first day on, oldest first.
    #[must_use]
    pub fn shown(&self) -> Vec<Shown> {
        self.lock().world.shown.clone()
    }

    /// What readers have seen since this was last called, or since the rooms were opened.
    #[must_use]
    pub fn new_shown(&self) -> Vec<Shown> {
        let mut inner = self.lock();
        let new = inner.world.shown.get(inner.handed_out..).unwrap_or_default().to_vec();
        inner.handed_out = inner.world.shown.len();
        new
    }

    /// What readers see from now on.
    #[must_use]
    pub fn feed(&self) -> BoxStream<'static, Shown> {
        let (feed, shown) = unbounded();
        self.lock().feeds.push(feed);
        shown.boxed()
    }

    /// Makes a room take nothing from Herald, until it is online again: calls are answered with
    /// [`herald_chat::SendError::Retry`]. People are not kept out.
    pub fn offline(&self, room: &str, offline: bool) {
        let mut inner = self.lock();
        if offline {
            inner.offline.insert(room.to_owned());
        } else {
            inner.offline.remove(room);
        }
    }

    /// Makes Herald get the files of this name, and let the person of this name in, never: each try is answered with
    /// [`herald_chat::SendError::Retry`], while all else gets through.
    pub fn stuck(&self, name: &str) {
        self.lock().stuck.insert(name.to_owned());
    }

    /// Makes the next new post of Herald's to this room arrive, and its answer be lost:
    /// [`herald_chat::SendError::Unknown`].
    pub fn lose_next(&self, room: &str) {
        self.lock().losing.insert(room.to_owned());
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Makes a fact of something, if the rules allow it and it can be written down.
    fn record(&mut self, fact: Fact) -> Result<Outcome, Failure> {
        self.world.check(&fact).map_err(Failure::Rule)?;
        if let Some(log) = &mut self.log {
            log.append(&fact).map_err(Failure::File)?;
        }
        let outcome = self.world.apply(fact);
        for inbound in &outcome.heard {
            // Fails when nobody listens: Herald reads back what it missed.
            let _ = self.herald.unbounded_send(Arrival::Event(inbound.clone()));
        }
        if let Some(shown) = &outcome.shown {
            self.feeds.retain(|feed| feed.unbounded_send(shown.clone()).is_ok());
        }
        Ok(outcome)
    }
}
