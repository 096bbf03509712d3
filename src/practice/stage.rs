//! A whole Herald on the practice platform, on a clock that only the caller moves: what scripts and transcript tests
//! play on. It is the real engine in its real loop, on the real journal.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use futures::channel::mpsc;
use futures::executor::{LocalPool, LocalSpawner};
use futures::task::LocalSpawnExt;
use herald_chat::Platform;
use herald_console::{Console, NotAllowed, OpenError, Shown};
use jiff::{SignedDuration, Timestamp};

use super::clock::ManualClock;
use super::script::{self, Action, Line};
use crate::engine::{Clock, Engine, Fault, Request, Setup, Tally, run};
use crate::journal::{Journal, JournalError};

const WAR_ROOM: &str = "war-room";

/// Monday 2026-01-05 12:00 UTC, when every script begins.
const START: &str = "2026-01-05T12:00:00Z";

/// How long a message is at most that is passed on between two networks, in characters.
const LONGEST: usize = 400;

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
    /// The second network, if there is one.
    annex: Option<Console>,
    /// Where the rooms are kept, if they are.
    dir: Option<PathBuf>,
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
        let dir = dir.map(Path::to_owned);
        let (annex, running, tally) = (None, None, Tally::default());
        Ok(Self { console, annex, dir, clock, setup, open_journal, journal, running, tally })
    }

    /// Puts a second network beside the first, when it is called before Herald starts.
    ///
    /// # Errors
    /// [`StageError::Rooms`] when its rooms cannot be read.
    pub fn with_annex(mut self) -> Result<Self, StageError> {
        let clock = self.clock.clone();
        let now = Arc::new(move || clock.now());
        let annex = match &self.dir {
            Some(dir) => Console::open_another(dir, script::ANNEX, now)?,
            None => Console::another_in_memory(script::ANNEX, now),
        };
        self.console = self.console.with_longest(LONGEST);
        self.annex = Some(annex.with_longest(LONGEST));
        let rooms = super::rooms_on(&[herald_console::NETWORK, script::ANNEX]);
        self.setup = Arc::new(Setup { rooms, ..Setup::clone(&self.setup) });
        Ok(self)
    }

    /// Gives the rooms boards, when it is called before Herald starts.
    #[must_use]
    pub fn with_boards(mut self) -> Self {
        self.console = self.console.with_boards();
        self.annex = self.annex.map(Console::with_boards);
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

    /// Makes people known, so that they can be spoken of before they speak; those of whom it is said, on the second
    /// network.
    pub fn introduce(&self, people: &[(String, bool)]) {
        for (person, there) in people {
            let console = if *there { self.annex.as_ref() } else { Some(&self.console) };
            // Whoever cannot be called so will be told when they speak.
            let _ = console.map(|console| console.introduce(person));
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
        let consoles = || [Some(&self.console), self.annex.as_ref()].into_iter().flatten();
        let windows = consoles().map(|console| (console.network(), console.remembers())).collect();
        let engine = Engine::boot(journal, self.setup.clone(), windows)?;
        let (requests, receiver) = mpsc::channel(1);
        let platforms: Vec<Arc<dyn Platform>> =
            consoles().map(|console| Arc::new(console.clone()) as Arc<dyn Platform>).collect();
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
        let (action, there) = line.action.place();
        let console = self.annex.clone().filter(|_| there).unwrap_or_else(|| self.console.clone());
        let done = match action {
            Action::Say { who, room, text } => console.say(who, room, text).map(drop),
            Action::React { who, emoji, text } => console.react(who, WAR_ROOM, emoji, text).map(drop),
            Action::Edit { who, from, to } => edit(&console, who, from, to),
            Action::Answer { who, to, text } => console.answer(who, WAR_ROOM, to, text).map(drop),
            Action::Unreact { who, emoji, text } => console.unreact(who, WAR_ROOM, emoji, text).map(drop),
            Action::Attach { who, name, size, text } => console.attach(who, WAR_ROOM, name, *size, text).map(drop),
            Action::Expire { name } => console.expire(name).map(drop),
            Action::Stuck { name } => {
                console.stuck(name);
                Ok(())
            }
            Action::Place { who, rooms } => console.place(who, rooms),
            Action::Delete { who, text } => console.delete_own(who, text).map(drop),
            Action::TakeDown { who, text } => console
                .take_down(who, WAR_ROOM, text)
                .or_else(|none| console.take_down(who, "company", text).map_err(|_| none))
                .map(drop),
            // The rooms are what they are since they were set up, and nobody is on a third network.
            Action::Boards | Action::Networks | Action::At { .. } => Ok(()),
            Action::Wait(span) => {
                self.wait(*span)?;
                Ok(())
            }
            Action::Offline { room } => {
                console.offline(room, true);
                Ok(())
            }
            Action::Online { room } => {
                console.offline(room, false);
                Ok(())
            }
            Action::Lost { room } => {
                console.lose_next(room);
                Ok(())
            }
            Action::Crash => {
                self.kill();
                self.start()?;
                Ok(())
            }
            Action::Down => {
                self.kill();
                Ok(())
            }
            Action::Up => {
                if self.running.is_none() {
                    self.start()?;
                }
                Ok(())
            }
        };
        self.settle()?;
        let mut seen = self.seen(there);
        if let Err(why) = done {
            let at = self.clock.now().to_zoned(jiff::tz::TimeZone::UTC).strftime("%H:%M").to_string();
            seen.push(format!("{at} {} console: {why}", room_of(action)));
        }
        Ok(seen)
    }

    /// What readers have seen since this was last asked, by time; of one moment, what was done first: on the network where
    /// somebody did something.
    fn seen(&self, there: bool) -> Vec<String> {
        let Some(annex) = &self.annex else {
            return self.console.new_shown().iter().map(Shown::to_string).collect();
        };
        let here = self.console.new_shown().into_iter().map(|shown| (shown.at, there, shown));
        let other = annex.new_shown().into_iter().map(|mut shown| {
            shown.room = format!("{}:{}", script::ANNEX, shown.room);
            (shown.at, !there, shown)
        });
        let mut seen: Vec<_> = here.chain(other).collect();
        seen.sort_by_key(|(at, second, _)| (*at, *second));
        seen.into_iter().map(|(.., shown)| shown.with_answered().to_string()).collect()
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

/// A part of somebody's newest message that holds it.
fn edit(console: &Console, who: &str, from: &str, to: &str) -> Result<(), NotAllowed> {
    let rooms = console.rooms(who);
    let lines = rooms.iter().filter_map(|room| console.read(who, room).ok()).flatten();
    let own = lines.filter(|line| line.author == who && line.text.contains(from));
    let newest = own.max_by_key(|line| line.id.parse::<u64>().unwrap_or(0));
    let text = newest.map_or_else(|| to.to_owned(), |line| line.text.replacen(from, to, 1));
    console.edit_own(who, from, &text).map(drop)
}

fn room_of(action: &Action) -> &str {
    match action {
        Action::Say { room, .. } | Action::Offline { room } | Action::Online { room } | Action::Lost { room } => room,
        Action::React { .. }
        | Action::Edit { .. }
        | Action::Delete { .. }
        | Action::TakeDown { .. }
        | Action::Place { .. }
        | Action::Answer { .. }
        | Action::Unreact { .. }
        | Action::Attach { .. }
        | Action::Expire { .. }
        | Action::Stuck { .. }
        | Action::At { .. }
        | Action::Networks
        | Action::Boards
        | Action::Wait(_)
        | Action::Down
        | Action::Up
        | Action::Crash => WAR_ROOM,
    }
}
