//! From `[matrix]` to the adapter.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use herald::config::{self, Config, Proof};
use herald::incident::{Audience, Purpose};
use herald::service::{Examine, Join, JoinError, Joined, Link};
use herald_chat::{Clock, Desk, Finding, Mapped, Network, RoomRef, UserRef};

use super::{RealClock, unread};
use herald_matrix::{Matrix, RoomKind, Secret, Settings, StartError, Trust};
use secrecy::ExposeSecret;

/// Matrix, as it is configured.
pub(super) struct OnMatrix {
    section: config::Matrix,
    admins: Vec<UserRef>,
    store: PathBuf,
    clock: Arc<dyn Clock>,
}

impl OnMatrix {
    pub(super) fn new(section: &config::Matrix, config: &Config) -> Self {
        let clock = config.delivery.paced(Arc::new(RealClock));
        let admins = config.people.admins.iter().filter(|user| user.network() == network()).cloned().collect();
        Self { section: section.clone(), admins, store: config.herald.data.join("matrix"), clock }
    }

    /// What the adapter goes by. Files that hold secrets are read here.
    fn settings(&self) -> Result<Settings, JoinError> {
        let section = &self.section;
        let secret = section.proof().map_err(|error| unread(&error))?.map(|proof| match proof {
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
            recovery_key: section.recovery_key().map_err(|error| unread(&error))?,
            admins: self.admins.iter().map(|user| read("people.admins", user.id())).collect::<Result<_, _>>()?,
            responders: section.invite.iter().map(|user| read("matrix.invite", user)).collect::<Result<_, _>>()?,
            space: section.space.as_deref().map(|space| read("matrix.space", space)).transpose()?,
            room_version: version.map(|version| read("matrix.room_version", version)).transpose()?,
        })
    }
}

impl OnMatrix {
    /// Whether this account was on this homeserver before.
    fn has_session(&self) -> bool {
        self.store.join("session.json").exists()
    }
}

#[async_trait]
impl Join for OnMatrix {
    fn network(&self) -> Network {
        network()
    }

    async fn join(&self, _desk: Arc<dyn Desk>) -> Result<Joined, JoinError> {
        let matrix = Matrix::connect(self.settings()?, self.clock.clone()).await;
        let matrix = matrix.map_err(|error| unfit(&error, self.has_session()))?;
        let mut notes = Vec::new();
        if self.admins.is_empty() {
            notes.push(NO_ADMINS.to_owned());
        }
        let link = MatrixLink { matrix: matrix.clone(), create_rooms: self.section.create_rooms };
        Ok(Joined { platform: Arc::new(matrix), link: Arc::new(link), notes })
    }
}

#[async_trait]
impl Examine for OnMatrix {
    fn network(&self) -> Network {
        network()
    }

    async fn examine(&self, config: &Config, on_record: &BTreeMap<RoomRef, RoomRef>, is_running: bool) -> Vec<Finding> {
        let settings = match self.settings() {
            Ok(settings) => settings,
            Err(error) => return vec![Finding::wrong("matrix account", error.to_string())],
        };
        let network = network();
        let mapped = |(key, purpose, written): (String, Purpose, &RoomRef)| Mapped {
            key,
            kind: kind(purpose.audience),
            missing: (!self.section.create_rooms).then_some(NO_ROOM),
            found: on_record.get(written).cloned(),
            written: written.clone(),
        };
        let rooms: Vec<_> = config.places_on(&network).map(mapped).collect();
        let mut found = herald_matrix::examine(&settings, &rooms, &self.clock, is_running).await;
        if self.admins.is_empty() {
            found.push(Finding::warning("people.admins", NO_ADMINS));
        }
        found
    }
}

/// What is said of a room that is not there and that Herald does not make.
const NO_ROOM: &str =
    "no room has that alias. Correct it, make the room, or have Herald make it with create_rooms = true in [matrix]";
/// What is said when nobody may invite Herald.
const NO_ADMINS: &str =
    "people.admins names nobody on matrix, so Herald accepts no invitation to a room. Name whoever may invite it";

fn kind(audience: Audience) -> RoomKind {
    match audience {
        Audience::WarRoom | Audience::Admin => RoomKind::Private,
        Audience::Engineering => RoomKind::Internal,
        Audience::Company | Audience::Customers => RoomKind::Announcements,
    }
}

struct MatrixLink {
    matrix: Matrix,
    create_rooms: bool,
}

#[async_trait]
impl Link for MatrixLink {
    async fn resolve(&self, written: &RoomRef, audience: Audience) -> Result<RoomRef, JoinError> {
        let kind = kind(audience);
        let found = if self.create_rooms {
            self.matrix.resolve_made(written.id()).await?
        } else {
            let found = self.matrix.resolve(written.id()).await?;
            Some(found.ok_or_else(|| JoinError::Never(NO_ROOM.to_owned()))?)
        };
        let room = match found {
            Some(room) => room,
            None => self.matrix.create(written.id(), kind).await?,
        };
        self.matrix.serves(&room, kind);
        Ok(room)
    }

    fn replaced_by(&self, room: &RoomRef) -> Option<RoomRef> {
        self.matrix.replaced_by(room)
    }

    async fn leads_to(&self, written: &RoomRef) -> Result<Option<RoomRef>, JoinError> {
        Ok(self.matrix.leads_to(written.id()).await?)
    }

    async fn news(&self) -> Vec<String> {
        match self.matrix.trust().await {
            Some(Trust::NewKey { path, key }) => vec![
                format!("matrix: this device is signed. Its recovery key is {}", key.expose_secret()),
                format!("  It is shown this once and kept in {}. Keep a copy elsewhere.", path.display()),
            ],
            Some(Trust::Unverified { why, advice }) => vec![format!("⚠ matrix: {why} {advice}")],
            Some(Trust::Fine) | None => Vec::new(),
        }
    }

    fn since_sync(&self) -> Option<Duration> {
        self.matrix.since_sync()
    }

    fn is_ready(&self) -> bool {
        self.matrix.is_ready()
    }

    fn missing(&self) -> Vec<RoomRef> {
        self.matrix.missing()
    }

    async fn close(&self) {
        self.matrix.close();
    }
}

/// What may pass is tried again: the network, the disk, somebody else who uses the store. Where a homeserver was before, what answers
/// in its place is one in front of it that does not reach it.
fn unfit(error: &StartError, has_session: bool) -> JoinError {
    let passes =
        matches!(error, StartError::Unreachable { .. } | StartError::Files { .. } | StartError::AlreadyRunning { .. });
    if passes || has_session && matches!(error, StartError::NotAHomeserver { .. }) {
        JoinError::Later(error.to_string())
    } else {
        JoinError::Never(error.to_string())
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
    T::try_from(text).map_err(|why| JoinError::Never(format!("{key} is {text:?}, which Matrix does not allow: {why}")))
}
