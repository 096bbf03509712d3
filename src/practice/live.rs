//! Practice as it happens: people type, time passes by itself.

use std::future::poll_fn;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use futures::FutureExt;
use futures::channel::mpsc;
use futures::future::BoxFuture;
use herald_chat::Platform;
use herald_console::{Console, OpenError};

use super::script::Action;
use crate::engine::{Clock, Engine, Fault, Request, Setup, run};
use crate::journal::Journal;

/// Who is known from the start, so that they can be spoken of before they speak.
pub const PEOPLE: [&str; 4] = ["ana", "ben", "cleo", "bob"];

/// Why a practice line was not played.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum LiveError {
    /// It is for scripts.
    #[error(
        "`boards`, `networks two`, `at annex`, `wait`, `offline`, `online`, `lost`, `stuck`, `crash`, `down` and `up` are for scripts: \
         `herald practice --script FILE`"
    )]
    ScriptOnly,
    /// The platform did not do it.
    #[error("{0}")]
    NotAllowed(String),
}

/// Why practice could not begin. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenFault {
    /// The rooms cannot be opened.
    #[error(transparent)]
    Rooms(#[from] OpenError),
    /// The journal cannot be read.
    #[error(transparent)]
    Herald(#[from] Fault),
}

/// A running Herald on the practice platform.
pub struct Live<J> {
    console: Console,
    herald: BoxFuture<'static, Result<(), Fault>>,
    requests: mpsc::Sender<Request<J>>,
}

impl<J: Journal + 'static> Live<J> {
    /// A way to ask the running engine for something.
    #[must_use]
    pub fn requests(&self) -> mpsc::Sender<Request<J>> {
        self.requests.clone()
    }

    /// Starts Herald from `journal`, with rooms in the same `dir`. The journal holds the directory's lock, so it comes
    /// first.
    ///
    /// # Errors
    /// [`OpenFault`] when either cannot be read.
    pub fn open(dir: &Path, journal: J, setup: Setup, clock: Arc<dyn Clock>) -> Result<Self, OpenFault> {
        let now = {
            let clock = clock.clone();
            Arc::new(move || clock.now())
        };
        let console = Console::open(dir, now)?;
        let windows = [(console.network(), console.remembers())].into();
        let engine = Engine::boot(journal, Arc::new(setup), windows)?;
        let (requests, receiver) = mpsc::channel(4);
        let platforms: Vec<Arc<dyn Platform>> = vec![Arc::new(console.clone())];
        let herald = run(engine, platforms, clock, receiver).boxed();
        let mut live = Self { console, herald, requests };
        // Herald has met the rooms before anybody says a word: what was said earlier would not be addressed to it.
        for person in PEOPLE {
            let _ = live.console.introduce(person);
        }
        live.settle()?;
        Ok(live)
    }

    /// The rooms.
    #[must_use]
    pub fn console(&self) -> &Console {
        &self.console
    }

    /// Does what a line says, as the person it names. Herald has heard it when the next [`Live::settle`] is over.
    ///
    /// # Errors
    /// [`LiveError`], in words for whoever typed it.
    pub fn play(&self, action: &Action) -> Result<(), LiveError> {
        let done = match action {
            Action::Say { who, room, text } => {
                // Whoever cannot be called so is told by what follows.
                let _ = self.console.introduce(who);
                self.console.say(who, room, text)
            }
            Action::React { who, emoji, text } => self.console.react(who, "war-room", emoji, text),
            Action::Edit { who, from, to } => self.console.edit_own(who, from, to),
            Action::Delete { who, text } => self.console.delete_own(who, text),
            Action::Answer { who, to, text } => self.console.answer(who, "war-room", to, text),
            Action::Unreact { who, emoji, text } => self.console.unreact(who, "war-room", emoji, text),
            Action::Attach { who, name, size, text } => self.console.attach(who, "war-room", name, *size, text),
            Action::Expire { name } => self.console.expire(name),
            Action::TakeDown { who, text } => self
                .console
                .take_down(who, "war-room", text)
                .or_else(|none| self.console.take_down(who, "company", text).map_err(|_| none)),
            Action::Place { who, rooms } => {
                return self.console.place(who, rooms).map_err(|why| LiveError::NotAllowed(why.to_string()));
            }
            Action::At { .. }
            | Action::Networks
            | Action::Boards
            | Action::Wait(_)
            | Action::Offline { .. }
            | Action::Stuck { .. }
            | Action::Online { .. }
            | Action::Lost { .. }
            | Action::Down
            | Action::Up
            | Action::Crash => return Err(LiveError::ScriptOnly),
        };
        done.map(drop).map_err(|why| LiveError::NotAllowed(why.to_string()))
    }

    /// Lets everything happen that can happen without time passing: what is said is handled, committed and answered.
    ///
    /// # Errors
    /// [`Fault`] when Herald had to stop.
    pub fn settle(&mut self) -> Result<(), Fault> {
        let woken = Arc::new(Woken(AtomicBool::new(true)));
        let waker = Waker::from(woken.clone());
        while woken.0.swap(false, Ordering::AcqRel) {
            if let Poll::Ready(end) = self.herald.poll_unpin(&mut Context::from_waker(&waker)) {
                return end;
            }
        }
        Ok(())
    }

    /// Lets time pass: Herald does what falls due. Ready only when Herald had to stop.
    pub async fn pass(&mut self) -> Result<(), Fault> {
        // The waker of the last call to settle is gone: poll once at least, so that the timers know this one.
        poll_fn(|cx| self.herald.poll_unpin(cx)).await
    }

    /// What `look` finds in the engine.
    ///
    /// # Errors
    /// [`Fault`] when Herald had to stop.
    pub fn look<T: Send + 'static>(
        &mut self,
        look: impl FnOnce(&Engine<J>) -> T + Send + 'static,
    ) -> Result<Option<T>, Fault> {
        let found = Arc::new(Mutex::new(None));
        let place = found.clone();
        let request = Request::Look(Box::new(move |engine: &Engine<J>| {
            *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(look(engine));
        }));
        // Full only when Herald does not take requests any more, and then there is nothing to find.
        let _ = self.requests.try_send(request);
        self.settle()?;
        let taken = found.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(taken)
    }

    /// Ends it: all that can be delivered now is delivered, and committed.
    ///
    /// # Errors
    /// [`Fault`] when Herald had to stop.
    pub fn stop(&mut self) -> Result<(), Fault> {
        self.settle()?;
        let _ = self.requests.try_send(Request::Stop);
        self.settle()
    }
}

/// Whether somebody wants to be polled again.
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}
