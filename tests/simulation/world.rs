//! Herald in a bad world: what outlives it, and its starts and deaths.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use futures::FutureExt;
use futures::channel::mpsc;
use futures::executor::LocalPool;
use futures::task::LocalSpawnExt;
use herald::config::Config;
use herald::engine::{Clock, Engine, Fault, Request, Setup, run};
use herald::journal::{MemoryDisk, MemoryJournal};
use herald::practice::{ManualClock, setup};
use herald_chat::Platform;
use herald_chat::testing::Faulty;
use herald_console::Console;
use jiff::{SignedDuration, Timestamp};

use crate::ledger::{Ledger, Watched};
use crate::wire::{Line, Wire};

/// The second network, and who is there: each the counterpart of somebody here.
pub(crate) const ANNEX: &str = "annex";
pub(crate) const ANNEX_PEOPLE: [&str; 6] = ["gina", "hugo", "iris", "jana", "kurt", "lena"];

pub(crate) const PEOPLE: [&str; 6] = ["ana", "ben", "carl", "dora", "emil", "fay"];

/// Everything that outlives Herald, and Herald while it lives.
pub(crate) struct World {
    pub(crate) faulty: Faulty<Console>,
    /// The second network, if there is one.
    pub(crate) annex: Option<Faulty<Console>>,
    pub(crate) clock: ManualClock,
    pub(crate) disk: MemoryDisk,
    pub(crate) ledger: Ledger,
    pub(crate) line: Line,
    pub(crate) setup: Arc<Setup>,
    /// How long Herald stays away after each death, in turn.
    pub(crate) away: Box<dyn FnMut() -> SignedDuration>,
    /// Whether somebody means Herald to die: otherwise its death is a failure.
    pub(crate) deadly: bool,
    pub(crate) deaths: u32,
    running: Option<Running>,
    back_at: Timestamp,
}

struct Running {
    pool: LocalPool,
    requests: mpsc::Sender<Request<Watched>>,
    ended: Rc<RefCell<Option<Result<(), Fault>>>>,
}

impl World {
    pub(crate) fn new(seed: u64, config: &Config, boards: bool, away: Box<dyn FnMut() -> SignedDuration>) -> Self {
        let start: Timestamp = "2026-01-05T12:00:00Z".parse().unwrap();
        let clock = ManualClock::new(start);
        let now: herald_chat::testing::Now = {
            let clock = clock.clone();
            Arc::new(move || clock.now())
        };
        let timer: herald_chat::testing::Timer = {
            let clock = clock.clone();
            Arc::new(move |time| clock.until(clock.now() + time).boxed())
        };
        let console = Console::in_memory(now.clone());
        let console = if boards { console.with_boards() } else { console };
        for person in PEOPLE {
            console.introduce(person).unwrap();
        }
        Self {
            faulty: Faulty::new(console, seed, now, timer),
            annex: None,
            clock,
            disk: MemoryDisk::new(),
            ledger: Arc::new(Mutex::new(Vec::new())),
            line: Line::default(),
            setup: Arc::new(Setup { snapshot_every: 25, at_once: 4, ..setup(config) }),
            away,
            deadly: false,
            deaths: 0,
            running: None,
            back_at: start,
        }
    }

    /// Puts a second network beside the first, before Herald starts; whatever is passed on is cut into messages of at most
    /// so many characters on both.
    pub(crate) fn with_annex(mut self, seed: u64, longest: usize) -> Self {
        let clock = self.clock.clone();
        let now: herald_chat::testing::Now = Arc::new(move || clock.now());
        let clock = self.clock.clone();
        let timer: herald_chat::testing::Timer = Arc::new(move |time| clock.until(clock.now() + time).boxed());
        let annex = Console::another_in_memory(ANNEX, now.clone()).with_longest(longest);
        let annex = if self.console().boards() { annex.with_boards() } else { annex };
        let _ = self.console().clone().with_longest(longest);
        for person in ANNEX_PEOPLE {
            annex.introduce(person).unwrap();
        }
        let rooms = herald::practice::rooms_on(&[herald_console::NETWORK, ANNEX]);
        self.setup = Arc::new(Setup { rooms, ..Setup::clone(&self.setup) });
        self.annex = Some(Faulty::new(annex, seed ^ 0x2e7, now, timer));
        self
    }

    /// All networks.
    pub(crate) fn faulties(&self) -> impl Iterator<Item = &Faulty<Console>> {
        [Some(&self.faulty), self.annex.as_ref()].into_iter().flatten()
    }

    /// The network where this person is.
    pub(crate) fn home(&self, who: &str) -> &Console {
        let annex = self.annex.as_ref().filter(|_| ANNEX_PEOPLE.contains(&who));
        annex.map_or_else(|| self.console(), Faulty::inner)
    }

    pub(crate) fn console(&self) -> &Console {
        self.faulty.inner()
    }

    pub(crate) fn clock_now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn is_up(&self) -> bool {
        self.running.is_some()
    }

    /// Starts Herald from the disk. It may die of it.
    fn start(&mut self) -> Result<(), String> {
        self.line.mend_cut();
        match self.try_start() {
            Ok(running) => self.running = Some(running),
            Err(fault) if self.deadly => self.died(&fault.to_string()),
            Err(fault) => return Err(format!("Herald could not start: {fault}")),
        }
        Ok(())
    }

    fn try_start(&mut self) -> Result<Running, Fault> {
        let journal = MemoryJournal::open(&self.disk)?;
        let journal = Watched { journal, ledger: self.ledger.clone(), line: self.line.clone() };
        let wires: Vec<_> = self.faulties().map(|it| Wire { platform: it.clone(), line: self.line.clone() }).collect();
        let windows = wires.iter().map(|wire| (wire.network(), wire.remembers())).collect();
        let engine = Engine::boot(journal, self.setup.clone(), windows)?;
        let (requests, receiver) = mpsc::channel(1);
        let platforms = wires.into_iter().map(|wire| Arc::new(wire) as Arc<dyn Platform>).collect();
        let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
        let ended = Rc::new(RefCell::new(None));
        let pool = LocalPool::new();
        let result = ended.clone();
        let herald = async move {
            let end = run(engine, platforms, clock, receiver).await;
            *result.borrow_mut() = Some(end);
        };
        pool.spawner().spawn_local(herald).unwrap();
        Ok(Running { pool, requests, ended })
    }

    fn died(&mut self, _how: &str) {
        self.running = None;
        self.deaths += 1;
        self.back_at = self.clock.now() + (self.away)();
    }

    /// Drops Herald at once, wherever it is.
    pub(crate) fn kill(&mut self) {
        if self.running.is_some() {
            self.died("killed");
        }
    }

    /// Lets everything happen that can happen without time passing.
    pub(crate) fn settle(&mut self) -> Result<(), String> {
        if self.running.is_none() && self.back_at <= self.clock.now() {
            self.start()?;
        }
        let Some(running) = &mut self.running else { return Ok(()) };
        running.pool.run_until_stalled();
        let ended = running.ended.borrow_mut().take();
        match ended {
            _ if self.line.is_cut() => self.died("cut off"),
            None => {}
            Some(Err(fault)) if self.deadly => self.died(&fault.to_string()),
            Some(end) => return Err(format!("Herald ended by itself: {end:?}")),
        }
        Ok(())
    }

    /// Lets time pass; what falls due on the way happens at its time, in order.
    pub(crate) fn pass(&mut self, span: SignedDuration) -> Result<(), String> {
        let goal = self.clock.now() + span;
        self.settle()?;
        loop {
            let back = (self.running.is_none()).then_some(self.back_at);
            let next = self.clock.next_wake().into_iter().chain(back).min();
            match next.filter(|at| *at <= goal) {
                Some(at) => self.clock.set(at),
                None => break,
            }
            self.settle()?;
        }
        self.clock.set(goal);
        self.settle()
    }

    /// What `look` sees in the running engine, between two of its steps.
    pub(crate) fn look<T: Send + 'static>(
        &mut self,
        look: impl FnOnce(&Engine<Watched>) -> T + Send + 'static,
    ) -> Option<T> {
        let running = self.running.as_mut()?;
        let seen = Arc::new(Mutex::new(None));
        let copy = seen.clone();
        let look = Box::new(move |engine: &Engine<Watched>| *copy.lock().unwrap() = Some(look(engine)));
        running.requests.try_send(Request::Look(look)).ok()?;
        running.pool.run_until_stalled();
        let mut seen = seen.lock().unwrap();
        seen.take()
    }
}
