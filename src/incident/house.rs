//! What happened to the house, which is no incident: who is who, and which room is meant by which name.

use herald_chat::{RoomRef, UserRef};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

/// What happened outside of all incidents. A record of it has the number [`super::IncidentNo::HOUSE`]. Its name, as a
/// `&str`, is for the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum House {
    /// Somebody asked for a code, which another account of theirs has to give before `until`. Only its hash is kept.
    LinkOffered { account: UserRef, hash: String, until: Timestamp },
    /// The code that this account had asked for was shown to others.
    LinkVoided { account: UserRef },
    /// `account` is `to`'s, with all that was linked with it: by their own proof, or because an admin says so.
    AccountLinked { account: UserRef, to: UserRef, by_admin: bool },
    /// `account` stands for itself again.
    AccountUnlinked { account: UserRef },
    /// The room that the configuration calls `written` is `room`.
    RoomFound { written: RoomRef, room: RoomRef },
}
