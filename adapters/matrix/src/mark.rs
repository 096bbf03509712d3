//! What Herald alone can have put into a room as it was made: by this it knows its rooms again, whatever others call theirs.

use std::fs;
use std::io;

use herald_chat::SendKey;
use matrix_sdk::ruma::{RoomAliasId, UserId};
use sha2::{Digest, Sha256};

use crate::StartError;
use crate::store::{Store, files, write_private};

/// Where a room's creation holds its mark.
pub(crate) const MARK: &str = "im.herald.mark";
/// Where the creation of a talk says with whom it is.
pub(crate) const WITH: &str = "im.herald.with";
/// The file that holds the secret.
const SECRET: &str = "room-secret";
/// How long the secret is, in bytes.
const LENGTH: usize = 32;

/// Makes the marks. They follow from a secret that lies in the store, so that nobody else can tell one beforehand; one
/// that was seen is of no use either, since it counts only where Herald's own account has made the room.
pub(crate) struct Marks([u8; LENGTH]);

impl Marks {
    /// Reads the secret, which is made if there is none.
    pub(crate) fn open(store: &Store) -> Result<Self, StartError> {
        let path = store.dir().join(SECRET);
        match fs::read(&path) {
            Ok(bytes) => {
                let reason = format!("it is {} bytes long and has to be {LENGTH}", bytes.len());
                bytes.try_into().map(Self).map_err(|_| StartError::Damaged { path, reason })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut secret = [0; LENGTH];
                getrandom::fill(&mut secret).map_err(|error| files(&path, &io::Error::other(error)))?;
                write_private(&path, &secret).map_err(|error| files(&path, &error))?;
                Ok(Self(secret))
            }
            Err(error) => Err(files(&path, &error)),
        }
    }

    /// The mark of the room that is opened with this key.
    pub(crate) fn opened(&self, key: &SendKey) -> String {
        self.of("opened", key.as_str())
    }

    /// The mark of a talk with somebody.
    pub(crate) fn talk(&self, user: &UserId) -> String {
        self.of("talk", user.as_str())
    }

    /// The mark of the room that an alias of the configuration names.
    pub(crate) fn named(&self, alias: &RoomAliasId) -> String {
        self.of("named", alias.as_str())
    }

    /// The local part of the `n`th alias under which the homeserver is asked to make a room with this mark.
    pub(crate) fn alias(&self, mark: &str, n: u32) -> String {
        let name = self.of(&format!("alias {n}"), mark);
        format!("herald-{}", name.get(..32).unwrap_or(&name))
    }

    /// The secret goes first and twice, as in an HMAC: what follows from one text says nothing of what follows from another.
    fn of(&self, kind: &str, of: &str) -> String {
        let inner = Sha256::new().chain_update(self.0).chain_update(format!("{kind}\n{of}")).finalize();
        let outer = Sha256::new().chain_update(self.0).chain_update(inner).finalize();
        data_encoding::HEXLOWER.encode(&outer)
    }
}
