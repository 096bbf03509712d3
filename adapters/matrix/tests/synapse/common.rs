//! A homeserver with Herald and two people on it.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use herald_chat::Clock;
use herald_element::Person;
use herald_matrix::{Matrix, Secret, Settings};
use herald_synapse::{Account, Admin, Homeserver};
use jiff::Timestamp;
use matrix_sdk::ruma::UserId;
use tempfile::TempDir;

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

    /// Connects.
    pub(crate) async fn connect(&self) -> Maybe<Matrix> {
        self.connect_at(Arc::new(RealClock)).await
    }

    /// The same, by another clock.
    pub(crate) async fn connect_at(&self, clock: Arc<dyn Clock>) -> Maybe<Matrix> {
        Ok(Matrix::connect(self.settings.clone(), clock).await?)
    }
}
