//! The store directory: one process's, and readable by nobody else.
//!
//! It holds `session.json`, the SDK's databases (without a passphrase, which would have to stand in a file next to them:
//! the directory's mode protects them), `recovery-key`, and `lock`.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use matrix_sdk::authentication::matrix::MatrixSession;
use matrix_sdk::ruma::{OwnedDeviceId, OwnedUserId};
use matrix_sdk::{SessionMeta, SessionTokens};
use serde::{Deserialize, Serialize};

use crate::StartError;

/// The format of the databases: the SDK's version, 0.18. It reads older ones, and would not notice a newer one.
const FORMAT: u32 = 18;

/// The store directory, locked until this is dropped.
#[derive(Debug)]
pub(crate) struct Store {
    dir: PathBuf,
    _lock: File,
}

/// What `session.json` holds: who Herald is on the homeserver, for ever.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Stored {
    /// The [`FORMAT`] that the databases are in.
    format: u32,
    /// The address of the homeserver.
    pub(crate) homeserver: String,
    /// The account.
    pub(crate) user_id: OwnedUserId,
    /// The device, which is never changed: with another, what was sent before a crash could be sent twice.
    pub(crate) device_id: OwnedDeviceId,
    access_token: String,
    /// The device's signing key, once there is one.
    #[serde(default)]
    pub(crate) identity: Option<String>,
    /// The marks that this store may have left on the homeserver. See [`crate::twin`].
    #[serde(default)]
    pub(crate) marks: Vec<String>,
}

impl Stored {
    /// A new session.
    pub(crate) fn new(homeserver: &str, user: OwnedUserId, device: OwnedDeviceId, token: String) -> Self {
        Self {
            format: FORMAT,
            homeserver: homeserver.to_owned(),
            user_id: user,
            device_id: device,
            access_token: token,
            identity: None,
            marks: Vec::new(),
        }
    }

    /// For the SDK.
    pub(crate) fn session(&self) -> MatrixSession {
        MatrixSession {
            meta: SessionMeta { user_id: self.user_id.clone(), device_id: self.device_id.clone() },
            tokens: SessionTokens { access_token: self.access_token.clone(), refresh_token: None },
        }
    }
}

impl Store {
    /// Locks the directory, which is made if it is not there.
    pub(crate) fn open(dir: &Path) -> Result<Self, StartError> {
        let failed = |error: io::Error| files(dir, &error);
        DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(failed)?;
        Self::closed_to_others(dir)?;
        let path = dir.join("lock");
        let lock = private().truncate(false).open(&path).map_err(|error| files(&path, &error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { dir: dir.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StartError::AlreadyRunning { store: dir.to_owned() }),
            Err(TryLockError::Error(error)) => Err(files(&path, &error)),
        }
    }

    /// Whether nobody else may enter `dir`, where it is there.
    pub(crate) fn closed_to_others(dir: &Path) -> Result<(), StartError> {
        match fs::metadata(dir) {
            Ok(it) if it.permissions().mode() & 0o077 != 0 => {
                Err(StartError::StoreOpenToOthers { store: dir.to_owned() })
            }
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(files(dir, &error)),
        }
    }

    /// Where it is.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The session, if one has begun.
    pub(crate) fn session(&self) -> Result<Option<Stored>, StartError> {
        Self::peek(&self.dir)
    }

    /// The session in `dir`, if one has begun, for who only reads it: also while another Herald runs on that.
    pub(crate) fn peek(dir: &Path) -> Result<Option<Stored>, StartError> {
        let path = dir.join(SESSION);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(files(&path, &error)),
        };
        let damaged = |error: serde_json::Error| StartError::Damaged { path, reason: error.to_string() };
        let mut stored: Stored = serde_json::from_slice(&text).map_err(damaged)?;
        if stored.format > FORMAT {
            return Err(StartError::Newer { store: dir.to_owned() });
        }
        stored.format = FORMAT;
        Ok(Some(stored))
    }

    /// Keeps the session, all of it or not at all.
    pub(crate) fn keep(&self, session: &Stored) -> Result<(), StartError> {
        let path = self.dir.join(SESSION);
        let text = serde_json::to_vec_pretty(session).map_err(io::Error::from);
        text.and_then(|text| write_private(&path, &text)).map_err(|error| files(&path, &error))
    }
}

const SESSION: &str = "session.json";

/// Writes a file of mode 0600, all of it or not at all, and returns when it is on the disk.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_added_extension("new");
    let mut file = private().truncate(true).open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    match path.parent() {
        Some(dir) => File::open(dir)?.sync_all(),
        None => Ok(()),
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).mode(0o600);
    options
}

pub(crate) fn files(path: &Path, error: &io::Error) -> StartError {
    StartError::Files { path: path.to_owned(), reason: error.to_string() }
}
