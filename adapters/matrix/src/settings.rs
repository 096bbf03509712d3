//! What an admin decides about the account and the rooms.

use std::path::PathBuf;

use matrix_sdk::ruma::{OwnedRoomOrAliasId, OwnedUserId, RoomVersionId, UserId};
use secrecy::SecretString;

/// How Herald proves who it is, the first time. Afterwards the session in [`Settings::store`] does.
#[derive(Debug, Clone)]
pub enum Secret {
    /// The account's password: Herald logs in and gets a device of its own.
    Password(SecretString),
    /// An access token of a device that nothing else uses.
    Token(SecretString),
}

/// How to reach the homeserver, and as whom.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The base address of the client API, such as `https://matrix.example.org`.
    pub homeserver: String,
    /// The account, such as `@herald:example.org`.
    pub user: OwnedUserId,
    /// What proves it. Needed on the first start only.
    pub secret: Option<Secret>,
    /// What the device is called in the account's list.
    pub device_name: String,
    /// Where session, keys and the recovery key are kept: a directory of mode 0700, made if it is not there.
    pub store: PathBuf,
    /// The recovery key of an account whose cross-signing is set up already. Herald makes its own where there is none.
    pub recovery_key: Option<SecretString>,
    /// Whose invitations to rooms are accepted.
    pub admins: Vec<OwnedUserId>,
    /// Who is invited to rooms for the people who respond that Herald makes.
    pub responders: Vec<OwnedUserId>,
    /// The space that rooms made by Herald are put in.
    pub space: Option<OwnedRoomOrAliasId>,
    /// The version of rooms made by Herald: the server's default unless set.
    pub room_version: Option<RoomVersionId>,
}

impl Settings {
    /// Whether a room that this account made can be taken for the one that Herald would make: it is Herald's own or an admin's.
    pub(crate) fn is_known_maker(&self, by: &UserId) -> bool {
        *by == self.user || self.admins.iter().any(|admin| admin == by)
    }
}
