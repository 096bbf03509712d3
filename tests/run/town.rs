//! A whole Herald in this process, on the practice platform and a clock that only the test moves.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt;
use futures::channel::mpsc;
use futures::executor::LocalPool;
use futures::task::LocalSpawnExt;
use herald::config::Config;
use herald::engine::{Clock, Request, Seed};
use herald::incident::Audience;
use herald::journal::{MemoryDisk, MemoryJournal};
use herald::practice::ManualClock;
use herald::service::{Answer, End, Join, JoinError, Joined, Link, Start, Status, run};
use herald_chat::testing::Faulty;
use herald_chat::{Network, RoomRef};
use herald_console::{Console, NETWORK};
use jiff::{SignedDuration, Timestamp};

use crate::page;
use crate::tight::Tight;

type J = Tight;

/// A Herald, and all that is around it.
pub(crate) struct Town {
    pub(crate) console: Console,
    /// What Herald has in place of the console.
    pub(crate) network: Faulty<Console>,
    pub(crate) link: Arc<TestLink>,
    pub(crate) clock: ManualClock,
    pub(crate) status: Arc<Status<J>>,
    pub(crate) said: Rc<RefCell<Vec<String>>>,
    pub(crate) ended: Rc<RefCell<Option<Result<(), End>>>>,
    /// Whether the disk takes nothing more.
    pub(crate) is_full: Arc<AtomicBool>,
    /// How many commits it has refused.
    pub(crate) refused: Arc<AtomicUsize>,
    requests: mpsc::Sender<Request<J>>,
    pool: LocalPool,
}

/// A connection whose state the test decides.
#[derive(Default)]
pub(crate) struct TestLink {
    pub(crate) since_sync: Mutex<Option<Duration>>,
    pub(crate) down: AtomicBool,
    pub(crate) closed: AtomicBool,
    pub(crate) never_closes: AtomicBool,
}

struct TestJoin {
    network: Faulty<Console>,
    link: Arc<TestLink>,
    /// What comes before it works.
    errors: Mutex<VecDeque<JoinError>>,
}

#[async_trait]
impl Join for TestJoin {
    fn network(&self) -> Network {
        Network::new(NETWORK)
    }

    async fn join(&self, _desk: Arc<dyn herald_chat::Desk>) -> Result<Joined, JoinError> {
        if let Some(error) = self.errors.lock().unwrap().pop_front() {
            return Err(error);
        }
        let notes = vec!["nobody can write here. Do something about it".to_owned()];
        Ok(Joined { platform: Arc::new(self.network.clone()), link: self.link.clone(), notes })
    }
}

#[async_trait]
impl Link for TestLink {
    /// `#company` is an alias of `company`, and `#nowhere` of nothing.
    async fn resolve(&self, written: &RoomRef, _: Audience) -> Result<RoomRef, JoinError> {
        match written.id().trim_start_matches('#') {
            "nowhere" => Err(JoinError::Never("there is no such room. Make it".to_owned())),
            id => Ok(RoomRef::new(&written.network(), id)),
        }
    }

    async fn leads_to(&self, written: &RoomRef) -> Result<Option<RoomRef>, JoinError> {
        let id = written.id().trim_start_matches('#');
        Ok((id != "nowhere").then(|| RoomRef::new(&written.network(), id)))
    }

    fn since_sync(&self) -> Option<Duration> {
        *self.since_sync.lock().unwrap()
    }

    fn is_ready(&self) -> bool {
        !self.down.load(Ordering::SeqCst)
    }

    async fn close(&self) {
        if self.never_closes.load(Ordering::SeqCst) {
            futures::future::pending::<()>().await;
        }
        self.closed.store(true, Ordering::SeqCst);
    }
}

/// A configuration with these rooms.
pub(crate) fn config(war_room: &[&str], company: &[&str]) -> Config {
    let rooms = |names: &[&str]| -> Vec<RoomRef> {
        names.iter().map(|name| RoomRef::new(&Network::new(NETWORK), name)).collect()
    };
    let mut config = Config::default();
    config.rooms.war_room = rooms(war_room);
    config.rooms.company = rooms(company);
    config
}

impl Town {
    /// Begins on an empty disk.
    pub(crate) fn new(config: Config) -> Self {
        Self::on(&MemoryDisk::new(), config, [])
    }

    /// Begins on `disk`; joining fails with these errors first.
    pub(crate) fn on(disk: &MemoryDisk, config: Config, errors: impl IntoIterator<Item = JoinError>) -> Self {
        let clock = ManualClock::new("2026-01-05T12:00:00Z".parse().unwrap());
        let now = clock.clone();
        let now: Arc<dyn Fn() -> Timestamp + Send + Sync> = Arc::new(move || now.now());
        let console = Console::in_memory(now.clone());
        let timer = clock.clone();
        let network = Faulty::new(console.clone(), 0, now, Arc::new(move |span| timer.until(timer.now() + span)));
        for person in ["ana", "ben"] {
            console.introduce(person).unwrap();
        }
        let link = Arc::new(TestLink::default());
        let join =
            TestJoin { network: network.clone(), link: link.clone(), errors: Mutex::new(errors.into_iter().collect()) };
        let is_full = Arc::new(AtomicBool::new(false));
        let refused = Arc::new(AtomicUsize::new(0));
        let journal = MemoryJournal::open(disk).unwrap();
        let journal = Tight { journal, is_full: is_full.clone(), refused: refused.clone() };
        let (requests, receiver) = mpsc::channel(4);
        let clock_for_all: Arc<dyn Clock> = Arc::new(clock.clone());
        let status = Arc::new(Status::new(requests.clone(), clock_for_all.clone(), [join.network()]));
        let start = Start { journal, config, joins: vec![Box::new(join)], clock: clock_for_all, seed: Seed([3; 32]) };
        let (said, ended) = (Rc::new(RefCell::new(Vec::new())), Rc::new(RefCell::new(None)));
        let pool = LocalPool::new();
        let (lines, end, running) = (said.clone(), ended.clone(), status.clone());
        let herald = async move {
            let mut say = |line: &str| lines.borrow_mut().push(line.to_owned());
            let result = run(start, &running, receiver, &mut say).await;
            *end.borrow_mut() = Some(result);
        };
        pool.spawner().spawn_local(herald).unwrap();
        Self { console, network, link, clock, status, said, ended, is_full, refused, requests, pool }
    }

    /// Lets everything happen that can happen without time passing.
    pub(crate) fn settle(&mut self) {
        self.pool.run_until_stalled();
    }

    /// Lets time pass.
    pub(crate) fn wait(&mut self, seconds: i64) {
        let goal = self.clock.now() + SignedDuration::from_secs(seconds);
        self.settle();
        while let Some(at) = self.clock.next_wake().filter(|at| *at <= goal) {
            self.clock.set(at);
            self.settle();
        }
        self.clock.set(goal);
        self.settle();
    }

    /// The network has told all there was, so long ago.
    pub(crate) fn synced(&self, seconds: u64) {
        *self.link.since_sync.lock().unwrap() = Some(Duration::from_secs(seconds));
    }

    pub(crate) fn say(&mut self, who: &str, room: &str, text: &str) {
        self.console.say(who, room, text).unwrap();
        self.settle();
    }

    /// Asks for a page while Herald goes on.
    pub(crate) fn ask(&mut self, path: &'static str) -> Answer {
        let status = self.status.clone();
        let answer = self.pool.spawner().spawn_local_with_handle(async move { status.answer(path).await }).unwrap();
        self.settle();
        answer.now_or_never().unwrap_or_else(|| panic!("no answer to {path}"))
    }

    /// What stands in the way of being ready; nothing when it is.
    pub(crate) fn wanting(&mut self) -> Vec<String> {
        let answer = self.ask("/readyz");
        if answer.status == 200 {
            assert_eq!(answer.text, "ready\n");
            return Vec::new();
        }
        assert_eq!(answer.status, 503);
        answer.text.lines().map(str::to_owned).collect()
    }

    /// What the page of metrics says of this sample.
    pub(crate) fn metric(&mut self, sample: &str) -> f64 {
        let answer = self.ask("/metrics");
        assert_eq!(answer.status, 200, "{}", answer.text);
        let page = page::read(&answer.text);
        *page.get(sample).unwrap_or_else(|| panic!("no {sample} in\n{}", answer.text))
    }

    /// Asks Herald to stop, as SIGTERM does.
    pub(crate) fn stop(&mut self) {
        self.requests.try_send(Request::Stop).ok().unwrap();
        self.settle();
    }

    /// All that the rooms have shown, by room and text.
    pub(crate) fn shown(&self) -> Vec<String> {
        self.console.shown().iter().map(ToString::to_string).collect()
    }
}
