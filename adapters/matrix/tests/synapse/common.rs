//! A homeserver with Herald and two people on it.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};
use herald_chat::{Arrival, Clock, Inbound, Platform, RoomRef};
use herald_element::Person;
use herald_matrix::{Matrix, Secret, Settings};
use herald_synapse::{Account, Admin, Homeserver, PATIENCE, Proxy};
use jiff::Timestamp;
use matrix_sdk::ruma::UserId;
use tempfile::TempDir;
use tokio::sync::Mutex;

pub(crate) type Tested = Result<(), Box<dyn Error + Send + Sync>>;
pub(crate) type Maybe<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// The clock of this machine.
pub(crate) struct RealClock;

#[expect(clippy::disallowed_methods, reason = "a real homeserver lives by the real time")]
impl Clock for RealClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn until(&self, at: Timestamp) -> BoxFuture<'static, ()> {
        let left = Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or_default();
        tokio::time::sleep(left).boxed()
    }

    fn pause(&self, usual: Duration) -> Duration {
        usual / 10
    }
}

/// Somebody on the homeserver, by a client of their own and over plain HTTP.
pub(crate) struct Somebody {
    pub(crate) person: Person,
    pub(crate) account: Account,
}

impl Somebody {
    pub(crate) async fn new(homeserver: &Homeserver, name: &str) -> Maybe<Self> {
        let account = homeserver.register(name, Admin::No).await?;
        let person = Person::login(&homeserver.url(), account.user_id(), account.password()).await?;
        Ok(Self { person, account })
    }
}

/// Herald's account and where its store is.
pub(crate) struct Bot {
    pub(crate) account: Account,
    _store: TempDir,
    pub(crate) settings: Settings,
}

impl Bot {
    /// An account for Herald, whose admin is `admin`.
    pub(crate) async fn new(homeserver: &Homeserver, admin: &str) -> Maybe<Self> {
        let account = homeserver.register("herald", Admin::No).await?;
        let store = tempfile::tempdir()?;
        let settings = Settings {
            homeserver: homeserver.url(),
            user: UserId::parse(account.user_id())?,
            secret: Some(Secret::Password(account.password().to_owned().into())),
            device_name: "Herald".to_owned(),
            store: store.path().join("matrix"),
            recovery_key: None,
            admins: vec![UserId::parse(admin)?],
            responders: Vec::new(),
            space: None,
            room_version: None,
        };
        Ok(Self { account, _store: store, settings })
    }

    /// The same, with a proxy between it and the homeserver.
    pub(crate) async fn behind(homeserver: &Homeserver, admin: &str) -> Maybe<(Proxy, Self)> {
        let proxy = Proxy::start(homeserver.port(), 1).await?;
        let mut bot = Self::new(homeserver, admin).await?;
        bot.settings.homeserver = proxy.url();
        Ok((proxy, bot))
    }

    /// Connects.
    pub(crate) async fn connect(&self) -> Maybe<Matrix> {
        self.connect_at(Arc::new(RealClock)).await
    }

    /// The same, by another clock.
    pub(crate) async fn connect_at(&self, clock: Arc<dyn Clock>) -> Maybe<Matrix> {
        Ok(Matrix::connect(self.settings.clone(), clock).await?)
    }
}

/// What Herald hears, once it is caught up.
pub(crate) struct Listening {
    matrix: Matrix,
    arrivals: Mutex<BoxStream<'static, Arrival>>,
}

impl Listening {
    pub(crate) async fn to(matrix: &Matrix) -> Maybe<Self> {
        let arrivals = Mutex::new(matrix.arrivals());
        matrix.rooms().await?;
        Ok(Self { matrix: matrix.clone(), arrivals })
    }

    /// Waits until `look` finds something in what arrives.
    pub(crate) async fn until<T>(&self, look: impl Fn(Arrival) -> Option<T>) -> Maybe<T> {
        let waiting = async {
            let mut arrivals = self.arrivals.lock().await;
            while let Some(arrival) = arrivals.next().await {
                if let Some(found) = look(arrival) {
                    return Some(found);
                }
            }
            None
        };
        let found = tokio::time::timeout(PATIENCE, waiting).await.ok().flatten();
        Ok(found.ok_or("it never came")?)
    }

    /// The event of this id in a room, when it arrives.
    pub(crate) async fn heard(&self, room: &str, id: &str) -> Maybe<Inbound> {
        let is_it = |inbound: &Inbound| inbound.room.id() == room && inbound.id == id;
        let found = self.until(|arrival| match arrival {
            Arrival::Event(inbound) => Some(inbound).filter(is_it),
            Arrival::Gap => None,
        });
        Ok(found.await.map_err(|_| format!("{id} never came"))?)
    }

    /// Waits until Herald knows that it is in a room.
    pub(crate) async fn knows(&self, room: &RoomRef) -> Tested {
        while !self.matrix.rooms().await?.contains(room) {
            self.until(Some).await?;
        }
        Ok(())
    }

    /// All that happened in a room, as it is read back, so many events at once.
    pub(crate) async fn read_back(&self, room: &RoomRef, limit: usize) -> Maybe<Vec<Inbound>> {
        let mut all: Vec<Inbound> = Vec::new();
        loop {
            let since = all.last().and_then(|last| last.cursor.clone());
            let page = self.matrix.read_back(room, since.as_ref(), limit).await?;
            all.extend(page.events);
            if !page.more {
                return Ok(all);
            }
        }
    }
}
