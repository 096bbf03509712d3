//! The server, as a test handles it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::faults::Rule;
use crate::gateway::{STARTS, intents};
use crate::guild::Guild;
use crate::id::Id;
use crate::limits::Limits;
#[cfg(feature = "openapi")]
use crate::openapi::Watch;
use crate::people::{NeverCame, PATIENCE, Person};
use crate::record::Request;
use crate::server::Server;
use crate::state::{App, State, User};
use crate::tap::Exchange;
#[cfg(not(feature = "openapi"))]
use crate::unwatched::Watch;

/// A Discord server on loopback. Clones are the same server; it ends with its runtime, or when a test stops it.
#[derive(Debug, Clone)]
pub struct Discord {
    pub(crate) server: Arc<Server>,
    _watch: Option<Arc<Watch>>,
}

/// An application with its bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Of the application, and of its bot's account.
    pub id: Id,
    /// The bot's token.
    pub token: String,
}

/// How a bot is connected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Connections {
    /// Connections that were ever made.
    pub opened: u64,
    /// Sessions that were started.
    pub identified: u64,
    /// Sessions that were taken up again.
    pub resumed: u64,
}

impl Discord {
    /// Starts a server on any free port.
    pub async fn start() -> io::Result<Self> {
        Self::start_behind(Duration::ZERO).await
    }

    /// The same, with a clock that is so slow. [`Discord::advance`] brings it up to the machine's: what is said until then is
    /// old already.
    pub async fn start_behind(by: Duration) -> io::Result<Self> {
        let server = Server::new();
        server.shared.with(|state| state.clock.set_back(by));
        let watch = Watch::from_environment().map(|(watch, hear)| {
            server.tap(Box::new(hear));
            Arc::new(watch)
        });
        server.listen(0).await?;
        Ok(Self { server, _watch: watch })
    }

    /// Ends all connections and listens no more. What it knows stays.
    pub fn stop(&self) {
        self.server.stop();
    }

    /// Listens again, on the same port.
    pub async fn start_again(&self) -> io::Result<()> {
        self.server.listen(self.port()).await
    }

    /// Where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.server.shared.look(|state| state.port)
    }

    /// `http://127.0.0.1:…`, to which clients add `/api/v10`.
    #[must_use]
    pub fn address(&self) -> String {
        self.server.shared.look(|state| state.address().to_owned())
    }

    /// `ws://127.0.0.1:…`
    #[must_use]
    pub fn gateway(&self) -> String {
        self.server.shared.look(State::gateway_address)
    }

    /// Makes an account for a person.
    #[must_use]
    pub fn person(&self, name: &str) -> Person {
        let id = self.account(name, false);
        Person::new(Arc::clone(&self.server), id, name.to_owned())
    }

    /// A bot's account, for what somebody has it do.
    #[must_use]
    pub fn acting_as(&self, app: &Application) -> Person {
        let name = self.server.shared.look(|state| state.users.get(&app.id).map(|it| it.name.clone()));
        Person::new(Arc::clone(&self.server), app.id, name.unwrap_or_default())
    }

    /// Makes an application with a bot, with all privileged intents switched on.
    #[must_use]
    pub fn application(&self, name: &str, owner: &Person) -> Application {
        let id = self.account(name, true);
        self.server.shared.with(|state| {
            // Three parts, as Discord's tokens have, which clients look for.
            let token = format!("{:022x}.GbhXyz.{:038x}", id.0, u128::from(id.0).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let starts_reset = state.now() + SignedDuration::from_hours(24);
            let app = App {
                id,
                name: name.to_owned(),
                token: token.clone(),
                owner: owner.id(),
                privileged: intents::PRIVILEGED,
                starts_left: STARTS,
                starts_reset,
                created: std::collections::BTreeMap::new(),
            };
            state.apps.insert(id, app);
            Application { id, token }
        })
    }

    /// Switches privileged intents on or off in the portal, as bits of `intents`.
    pub fn allow_intents(&self, app: Id, allowed: u64) {
        self.app(app, |it| it.privileged = allowed & intents::PRIVILEGED);
    }

    /// Gives the bot another token: the old one is no good any more, and its connections are closed.
    #[expect(clippy::must_use_candidate, reason = "it is done for its effect as well")]
    pub fn renew_token(&self, app: Id) -> String {
        self.close_gateway(4004, "Authentication failed.");
        let mut token = String::new();
        self.app(app, |it| {
            it.token = format!("{}x", it.token);
            token.clone_from(&it.token);
        });
        token
    }

    /// Makes a guild.
    #[must_use]
    pub fn guild(&self, name: &str, owner: &Person) -> Guild {
        Guild::new(&self.server, name, owner)
    }

    /// Sets how many sessions an application may still start today.
    pub fn sessions_left(&self, app: Id, left: u64) {
        self.app(app, |it| it.starts_left = left);
    }

    /// Puts the server's clock ahead.
    pub fn advance(&self, by: Duration) {
        self.server.shared.with(|state| state.clock.advance(by));
    }

    /// The server's time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.server.shared.look(State::now)
    }

    /// Sets rate limits, and forgets what was used of them.
    pub fn limits(&self, limits: Limits) {
        self.server.shared.with(|state| state.limiter.set(limits));
    }

    /// Lets requests meet a fault. Rules are asked in the order in which they were given; the first that fits counts.
    pub fn fault(&self, rule: Rule) {
        self.server.shared.with(|state| state.faults.add(rule));
    }

    /// Lets nothing go wrong any more.
    pub fn heal(&self) {
        self.server.shared.with(|state| state.faults.clear());
    }

    /// What chance in rules begins with. 0 unless told otherwise.
    pub fn seed(&self, seed: u64) {
        self.server.shared.with(|state| state.faults.seed(seed));
    }

    /// Lets all requests go on that wait because of a fault.
    pub fn release(&self) {
        self.server.shared.with(|state| state.faults.released += 1);
    }

    /// Listens to all that goes over the wire.
    pub fn tap(&self, listener: impl Fn(&Exchange) + Send + Sync + 'static) {
        self.server.tap(Box::new(listener));
    }

    /// All requests so far, in the order in which they were answered.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.server.shared.look(|state| state.requests.clone())
    }

    /// Requests to routes that this server does not know.
    #[must_use]
    pub fn unknown_requests(&self) -> Vec<Request> {
        self.requests().into_iter().filter(Request::unknown).collect()
    }

    /// How often a route was asked, such as `POST /channels/{id}/messages`, and how often the answer was 429.
    #[must_use]
    pub fn count(&self, route: &str) -> (usize, usize) {
        self.server.shared.look(|state| {
            let of = || state.requests.iter().filter(|it| it.route == route);
            (of().count(), of().filter(|it| it.status == 429).count())
        })
    }

    /// How bots connected so far.
    #[must_use]
    pub fn connections(&self) -> Connections {
        self.server.shared.look(connections)
    }

    /// Waits until something about requests and connections is so. There is no limit: a test sets its own.
    pub async fn until<T>(&self, mut look: impl FnMut(&[Request], Connections) -> Option<T>) -> T {
        self.server.shared.until(|state| look(&state.requests, connections(state))).await
    }

    /// Whether a bot has a session with a connection.
    #[must_use]
    pub fn is_connected(&self, app: Id) -> bool {
        self.server.shared.look(|state| state.sessions.by_id.values().any(|it| it.app == app && it.connected()))
    }

    /// Waits until `look`, which may ask anything of this server, its guilds and people, finds something: it is asked
    /// again whenever something changed.
    ///
    /// # Errors
    /// [`NeverCame`] after 90 s.
    pub async fn eventually<T>(&self, mut look: impl FnMut() -> Option<T>) -> Result<T, NeverCame> {
        let mut bell = self.server.shared.listen();
        let search = async {
            loop {
                // Marked as heard before looking, so nothing falls between.
                bell.mark_unchanged();
                if let Some(found) = look() {
                    return found;
                }
                if bell.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        let never = || NeverCame { waited: PATIENCE, reader: "the test".to_owned(), transcript: String::new() };
        tokio::time::timeout(PATIENCE, search).await.map_err(|_| never())
    }

    /// Waits until a bot has a session with a connection. There is no limit: a test sets its own.
    pub async fn connected(&self, app: Id) {
        let speaks = |state: &State| state.sessions.by_id.values().any(|it| it.app == app && it.connected());
        self.server.shared.until(|state| speaks(state).then_some(())).await;
    }

    /// Waits until so many requests wait because of [`crate::Fault::Hold`] or [`crate::Fault::HoldAnswer`].
    pub async fn held(&self, count: usize) {
        self.server.shared.until(|state| (state.faults.held >= count).then_some(())).await;
    }

    fn account(&self, name: &str, bot: bool) -> Id {
        self.server.shared.with(|state| {
            let id = state.id();
            state.users.insert(id, User { id, name: name.to_owned(), bot, dms_open: !bot });
            id
        })
    }

    fn app(&self, id: Id, change: impl FnOnce(&mut App)) {
        self.server.shared.with(|state| {
            if let Some(app) = state.apps.get_mut(&id) {
                change(app);
            }
        });
    }
}

fn connections(state: &State) -> Connections {
    let it = &state.sessions;
    Connections { opened: it.connections, identified: it.identified, resumed: it.resumed }
}
