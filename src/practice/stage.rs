//! A whole Herald on the practice platform, on a clock that only the caller moves: what scripts and transcript tests
//! play on. It is the real engine in its real loop, on the real journal.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use futures::channel::mpsc;
use futures::executor::{LocalPool, LocalSpawner};
use futures::task::LocalSpawnExt;
use herald_chat::Platform;
use herald_console::{Console, NotAllowed, OpenError, Shown};
use jiff::{SignedDuration, Timestamp};

use super::clock::ManualClock;
use super::script::{Action, Line};
use crate::engine::{Clock, Engine, Fault, Request, Setup, Tally, run};
use crate::journal::{Journal, JournalError};

/// Monday 2026-01-05 12:00 UTC, when every script begins.
const START: &str = "2026-01-05T12:00:00Z";

/// Opens the journal, again after every crash.
pub type OpenJournal<J> = Box<dyn FnMut() -> Result<J, JournalError>>;

/// Why a stage cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// The rooms cannot be opened.
    #[error(transparent)]
    Rooms(#[from] OpenError),
    /// Herald cannot start, or had to stop.
    #[error(transparent)]
    Herald(#[from] Fault),
    /// The loop around Herald could not be started.
    #[error("the practice loop could not be started")]
    Loop,
}

/// A whole Herald on the practice platform.
pub struct Stage<J: Journal + 'static> {
    console: Console,
    clock: ManualClock,
    setup: Arc<Setup>,
    open_journal: OpenJournal<J>,
    /// Until the first start.
    journal: Option<J>,
    running: Option<Running<J>>,
    tally: Tally,
}

struct Running<J> {
    pool: LocalPool,
    requests: mpsc::Sender<Request<J>>,
    ended: Rc<RefCell<Option<Result<(), Fault>>>>,
}

impl<J: Journal + 'static> Stage<J> {
    /// Sets it up, with rooms in `dir`, or in memory, and Herald not started yet. The journal holds the lock of `dir`, so
    /// it is opened first.
    ///
    /// # Errors
    /// [`StageError`] when the journal cannot be opened or the rooms in `dir` cannot be read.
    pub fn new(dir: Option<&Path>, setup: Setup, mut open_journal: OpenJournal<J>) -> Result<Self, StageError> {
        let journal = Some(open_journal().map_err(Fault::from)?);
        let start = START.parse().unwrap_or(Timestamp::UNIX_EPOCH);
        let clock = ManualClock::new(start);
        let now = {
            let clock = clock.clone();
            Arc::new(move || clock.now())
        };
        let console = match dir {
            Some(dir) => Console::open(dir, now)?,
            None => Console::in_memory(now),
        };
        if let Some(last) = console.shown().last() {
            clock.set(last.at);
        }
        let setup = Arc::new(setup);
        Ok(Self { console, clock, setup, open_journal, journal, running: None, tally: Tally::default() })
    }

    /// Gives the rooms boards, when it is called before Herald starts.
    #[must_use]
    pub fn with_boards(mut self) -> Self {
        self.console = self.console.with_boards();
        self
    }

    /// The rooms.
    #[must_use]
    pub fn console(&self) -> &Console {
        &self.console
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &ManualClock {
        &self.clock
    }

    /// Makes people known, so that they can be spoken of before they speak.
    pub fn introduce<'a>(&self, people: impl IntoIterator<Item = &'a str>) {
        for person in people {
            // Whoever cannot be called so will be told when they speak.
            let _ = self.console.introduce(person);
        }
    }

    /// Starts Herald from the disk.
    ///
    /// # Errors
    /// [`StageError::Herald`] when the journal cannot be opened or read.
    pub fn start(&mut self) -> Result<(), StageError> {
        let journal = match self.journal.take() {
            Some(journal) => journal,
            None => (self.open_journal)().map_err(Fault::from)?,
        };
        let windows = [(self.console.network(), self.console.remembers())].into();
        let engine = Engine::boot(journal, self.setup.clone(), windows)?;
        let (requests, receiver) = mpsc::channel(1);
        let platforms: Vec<Arc<dyn Platform>> = vec![Arc::new(self.console.clone())];
        let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
        let ended = Rc::new(RefCell::new(None));
        let pool = LocalPool::new();
        let spawner: LocalSpawner = pool.spawner();
        let result = ended.clone();
        let herald = async move {
            let end = run(engine, platforms, clock, receiver).await;
            *result.borrow_mut() = Some(end);
        };
        spawner.spawn_local(herald).map_err(|_| StageError::Loop)?;
        self.running = Some(Running { pool, requests, ended });
        self.settle()
    }

    /// Lets everything happen that can happen without time passing.
    ///
    /// # Errors
    /// [`StageError::Herald`] when Herald had to stop.
    pub fn settle(&mut self) -> Result<(), StageError> {
        if let Some(running) = &mut self.running {
            running.pool.run_until_stalled();
            if let Some(Err(fault)) = running.ended.borrow_mut().take() {
                return Err(fault.into());
            }
        }
        Ok(())
    }

    /// Drops Herald at once, wherever it is.
    pub fn kill(&mut self) {
        self.collect();
        self.running = None;
    }

    /// Lets time pass; what falls due on the way happens at its time, in order.
    ///
    /// # Errors
    /// [`StageError::Herald`] when Herald had to stop.
    pub fn wait(&mut self, span: SignedDuration) -> Result<(), StageError> {
        let goal = self.clock.now().saturating_add(span).unwrap_or(Timestamp::MAX);
        self.settle()?;
        while let Some(at) = self.clock.next_wake().filter(|at| *at <= goal) {
            self.clock.set(at);
            self.settle()?;
        }
        self.clock.set(goal);
        self.settle()
    }

    /// Plays one line of a script. Returns what readers saw because of it.
    ///
    /// # Errors
    /// [`StageError`] when Herald had to stop, or could not start again.
    pub fn play(&mut self, line: &Line) -> Result<Vec<String>, StageError> {
        let done = match &line.action {
            Action::Say { who, room, text } => self.console.say(who, room, text).map(drop),
            Action::React { who, emoji, text } => self.console.react(who, "war-room", emoji, text).map(drop),
            Action::Edit { who, from, to } => self.edit(who, from, to),
            Action::Delete { who, text } => self.console.delete_own(who, text).map(drop),
            Action::TakeDown { who, text } => self.console.take_down(who, "war-room", text).map(drop),
            // The rooms are what they are since they were set up.
            Action::Boards => Ok(()),
            Action::Wait(span) => {
                self.wait(*span)?;
                Ok(())
            }
            Action::Offline { room } => {
                self.console.offline(room, true);
                Ok(())
            }
            Action::Online { room } => {
                self.console.offline(room, false);
                Ok(())
            }
            Action::Lost { room } => {
                self.console.lose_next(room);
                Ok(())
            }
            Action::Crash => {
                self.kill();
                self.start()?;
                Ok(())
            }
        };
        self.settle()?;
        let mut seen: Vec<String> = self.console.new_shown().iter().map(Shown::to_string).collect();
        if let Err(why) = done {
            let at = self.clock.now().to_zoned(jiff::tz::TimeZone::UTC).strftime("%H:%M").to_string();
            seen.push(format!("{at} {} console: {why}", room_of(&line.action)));
        }
        Ok(seen)
    }

    /// A part of somebody's newest message that holds it.
    fn edit(&self, who: &str, from: &str, to: &str) -> Result<(), NotAllowed> {
        let rooms = self.console.rooms(who);
        let lines = rooms.iter().filter_map(|room| self.console.read(who, room).ok()).flatten();
        let own = lines.filter(|line| line.author == who && line.text.contains(from));
        let newest = own.max_by_key(|line| line.id.parse::<u64>().unwrap_or(0));
        let text = newest.map_or_else(|| to.to_owned(), |line| line.text.replacen(from, to, 1));
        self.console.edit_own(who, from, &text).map(drop)
    }

    /// Ends it, and tells what was counted over all starts.
    pub fn end(mut self) -> Tally {
        self.collect();
        self.tally
    }

    fn collect(&mut self) {
        let found = Arc::new(std::sync::Mutex::new(Tally::default()));
        let copy = found.clone();
        self.look(move |engine| {
            if let Ok(mut found) = copy.lock() {
                *found = engine.tally().clone();
            }
        });
        if let Ok(found) = found.lock() {
            self.tally.add(&found);
        }
    }

    /// Lets `look` see the engine, if it runs.
    pub fn look(&mut self, look: impl FnOnce(&Engine<J>) + Send + 'static) {
        if let Some(running) = &mut self.running {
            let _ = running.requests.try_send(Request::Look(Box::new(look)));
            running.pool.run_until_stalled();
        }
    }
}

fn room_of(action: &Action) -> &str {
    match action {
        Action::Say { room, .. } | Action::Offline { room } | Action::Online { room } | Action::Lost { room } => room,
        Action::React { .. }
        | Action::Edit { .. }
        | Action::Delete { .. }
        | Action::TakeDown { .. }
        | Action::Boards
        | Action::Wait(_)
        | Action::Crash => "war-room",
    }
}
