//! The composition root: the only file that names the platforms, sled and the real clock.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use herald::cli::Roots;
use herald::config::Config;
use herald::engine::Clock;
use herald::journal::{Journal, JournalError, Options, SledJournal};
use herald::service::Join;
use jiff::Timestamp;

fn main() -> ExitCode {
    herald::cli::main(&Roots { clock: Arc::new(RealClock), open, open_existing, joins })
}

fn open(dir: &Path, keep_free: u64) -> Result<Box<dyn Journal>, JournalError> {
    Ok(Box::new(SledJournal::open(dir, Options::new(keep_free))?))
}

fn open_existing(dir: &Path) -> Result<Box<dyn Journal>, JournalError> {
    Ok(Box::new(SledJournal::open_existing(dir, Options::new(0))?))
}

/// The chat networks that the configuration speaks of.
fn joins(config: &Config) -> Vec<Box<dyn Join>> {
    config.matrix.iter().map(|section| Box::new(matrix::OnMatrix::new(section, config)) as Box<dyn Join>).collect()
}

/// From `[matrix]` to the adapter.
#[cfg(feature = "matrix")]
mod matrix {
    use std::path::PathBuf;
    use std::sync::Arc;
    use std::time::Duration;

    use async_trait::async_trait;
    use herald::config::{self, Config, Proof};
    use herald::incident::Audience;
    use herald::service::{Join, JoinError, Joined, Link};
    use herald_chat::{Network, RoomRef, UserRef};
    use herald_matrix::{Secret, Settings};

    // TODO: `use herald_matrix::{Matrix, RoomKind, StartError}` once they are there, and the module `unbuilt` goes.
    use unbuilt::{Matrix, RoomKind, StartError};

    /// Matrix, as it is configured.
    pub(super) struct OnMatrix {
        section: config::Matrix,
        admins: Vec<UserRef>,
        store: PathBuf,
    }

    impl OnMatrix {
        pub(super) fn new(section: &config::Matrix, config: &Config) -> Self {
            let admins = config.people.admins.iter().filter(|user| user.network() == network()).cloned().collect();
            Self { section: section.clone(), admins, store: config.herald.data.join("matrix") }
        }

        /// What the adapter goes by. Files that hold secrets are read here.
        fn settings(&self) -> Result<Settings, JoinError> {
            let section = &self.section;
            let never = |error: config::ConfigError| JoinError::Never(error.to_string());
            let secret = section.proof().map_err(never)?.map(|proof| match proof {
                Proof::Password(password) => Secret::Password(password),
                Proof::Token(token) => Secret::Token(token),
            });
            let version = section.room_version.map(<&str>::from);
            Ok(Settings {
                homeserver: section.homeserver.clone(),
                user: read("matrix.user", &section.user)?,
                secret,
                device_name: section.device_name.clone(),
                store: self.store.clone(),
                recovery_key: section.recovery_key().map_err(never)?,
                admins: self.admins.iter().map(|user| read("people.admins", user.id())).collect::<Result<_, _>>()?,
                responders: section.invite.iter().map(|user| read("matrix.invite", user)).collect::<Result<_, _>>()?,
                space: section.space.as_deref().map(|space| read("matrix.space", space)).transpose()?,
                room_version: version.map(|version| read("matrix.room_version", version)).transpose()?,
            })
        }
    }

    #[async_trait]
    impl Join for OnMatrix {
        fn network(&self) -> Network {
            network()
        }

        async fn join(&self) -> Result<Joined, JoinError> {
            let matrix = Arc::new(Matrix::connect(self.settings()?).await?);
            let mut notes = Vec::new();
            if self.admins.is_empty() {
                notes.push(
                    "people.admins names nobody on matrix, so Herald accepts no invitation to a room. Name whoever may \
                     invite it"
                        .to_owned(),
                );
            }
            let link = MatrixLink { matrix: matrix.clone(), create_rooms: self.section.create_rooms };
            Ok(Joined { platform: matrix.platform(), link: Arc::new(link), notes })
        }
    }

    struct MatrixLink {
        matrix: Arc<Matrix>,
        create_rooms: bool,
    }

    #[async_trait]
    impl Link for MatrixLink {
        async fn resolve(&self, written: &RoomRef, audience: Audience) -> Result<RoomRef, JoinError> {
            match self.matrix.resolve(written.id()).await {
                Err(StartError::NoSuchRoom(_)) if self.create_rooms => {
                    let kind = match audience {
                        Audience::WarRoom | Audience::Admin => RoomKind::Private,
                        Audience::Engineering => RoomKind::Internal,
                        Audience::Company | Audience::Customers => RoomKind::Announcements,
                    };
                    Ok(self.matrix.create(written.id(), kind).await?)
                }
                Err(StartError::NoSuchRoom(why)) => Err(JoinError::Never(format!(
                    "{why}. Correct it, make the room, or have Herald make it with create_rooms = true in [matrix]"
                ))),
                found => Ok(found?),
            }
        }

        fn since_sync(&self) -> Option<Duration> {
            self.matrix.since_sync()
        }

        fn is_ready(&self) -> bool {
            self.matrix.is_ready()
        }

        async fn close(&self) {
            self.matrix.close().await;
        }
    }

    impl From<StartError> for JoinError {
        fn from(error: StartError) -> Self {
            match error {
                StartError::Later(why) => Self::Later(why),
                StartError::Never(why) | StartError::NoSuchRoom(why) => Self::Never(why),
            }
        }
    }

    fn network() -> Network {
        Network::new("matrix")
    }

    /// An id of Matrix, which the configuration has looked at more broadly than the adapter does.
    fn read<T>(key: &str, text: &str) -> Result<T, JoinError>
    where
        T: for<'a> TryFrom<&'a str, Error: std::fmt::Display>,
    {
        T::try_from(text)
            .map_err(|why| JoinError::Never(format!("{key} is {text:?}, which Matrix does not allow: {why}")))
    }

    /// TODO: what the adapter is going to be. Nothing of it can be made, so nothing of it has to be written.
    mod unbuilt {
        use std::sync::Arc;
        use std::time::Duration;

        use herald_chat::{Platform, RoomRef};
        use herald_matrix::Settings;

        pub(super) enum Matrix {}

        pub(super) enum RoomKind {
            Private,
            Internal,
            Announcements,
        }

        #[expect(dead_code, reason = "the adapter will make them")]
        pub(super) enum StartError {
            Later(String),
            Never(String),
            NoSuchRoom(String),
        }

        #[expect(clippy::unused_async, reason = "the adapter's are")]
        impl Matrix {
            pub(super) async fn connect(_: Settings) -> Result<Self, StartError> {
                Err(StartError::Later("this build cannot speak Matrix yet".to_owned()))
            }

            pub(super) fn platform(self: &Arc<Self>) -> Arc<dyn Platform> {
                match **self {}
            }

            pub(super) async fn resolve(&self, _: &str) -> Result<RoomRef, StartError> {
                match *self {}
            }

            pub(super) async fn create(&self, _: &str, _: RoomKind) -> Result<RoomRef, StartError> {
                match *self {}
            }

            pub(super) fn since_sync(&self) -> Option<Duration> {
                match *self {}
            }

            pub(super) fn is_ready(&self) -> bool {
                match *self {}
            }

            pub(super) async fn close(&self) {
                match *self {}
            }
        }
    }
}

/// A build that was not given Matrix says so.
#[cfg(not(feature = "matrix"))]
mod matrix {
    use async_trait::async_trait;
    use herald::config::{self, Config};
    use herald::service::{Join, JoinError, Joined};
    use herald_chat::Network;

    pub(super) struct OnMatrix;

    impl OnMatrix {
        pub(super) fn new(_: &config::Matrix, _: &Config) -> Self {
            Self
        }
    }

    #[async_trait]
    impl Join for OnMatrix {
        fn network(&self) -> Network {
            Network::new("matrix")
        }

        async fn join(&self) -> Result<Joined, JoinError> {
            Err(JoinError::Never(
                "[matrix] is configured, and this Herald was built without Matrix. Build it with its default features"
                    .to_owned(),
            ))
        }
    }
}

struct RealClock;

#[expect(clippy::disallowed_methods, reason = "this is the one clock that everything else is given")]
impl Clock for RealClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn until(&self, at: Timestamp) -> BoxFuture<'static, ()> {
        // The wall clock may be set while we wait, so no wait is longer than this.
        const LONGEST: Duration = Duration::from_secs(30);
        async move {
            while let Ok(left) = Duration::try_from(at.duration_since(Timestamp::now())) {
                if left.is_zero() {
                    return;
                }
                tokio::time::sleep(left.min(LONGEST)).await;
            }
        }
        .boxed()
    }
}
