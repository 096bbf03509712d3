//! What happened to the house, which is no incident: who is who, which room is for whom, what was agreed on.

use herald_chat::{Person, RoomRef, UserRef};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::{ChannelTest, Purpose, Setting, Value};

/// What happened outside of all incidents. A record of it has the number [`super::IncidentNo::HOUSE`]. Its name, as a
/// `&str`, is for the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum House {
    /// Somebody asked for a code, which another account of theirs has to give before `until`. Only its hash is kept.
    LinkOffered { account: UserRef, hash: String, until: Timestamp },
    /// The code that this account had asked for was shown to others.
    LinkVoided { account: UserRef },
    /// `account` is `to`'s, with all that was linked with it: by their own proof, or because the configuration says so.
    AccountLinked { account: UserRef, to: UserRef, by_admin: bool },
    /// `account` stands for itself again.
    AccountUnlinked { account: UserRef },
    /// An admin said in chat whom a room is for. `written` is how they named it, `was` whom it was for until then.
    RoomMapped { room: RoomRef, written: Option<RoomRef>, to: Purpose, was: Option<Purpose> },
    /// An admin said in chat that a room is for nobody any more.
    RoomUnmapped { room: RoomRef, was: Purpose },
    /// An admin changed a setting in chat. `to` is `None` when what the configuration says counts again.
    SettingChanged { key: Setting, was: Value, to: Option<Value> },
    /// Somebody left, and an admin took them off everything.
    PersonRemoved { person: Person },
    /// An admin had a test message posted.
    ChannelTested { test: ChannelTest },
    /// The room that the configuration calls `written` is `room`.
    /// With an author: an admin said so, because the name had come to lead elsewhere.
    RoomFound { written: RoomRef, room: RoomRef },
    /// The name `written` leads to another room than the one that it was found to be, or to none. Herald goes by the one
    /// of before until an admin says otherwise.
    NameMoved { written: RoomRef, now: Option<RoomRef> },
    /// The room was given up for another, which is for the same from now on. `written` is what the configuration calls it,
    /// if the configuration names it. The author is whoever gave it up where that can be verified, else the admin who
    /// said so.
    RoomReplaced { room: RoomRef, with: RoomRef, written: Option<RoomRef> },
}

impl House {
    /// Whether it is one of the changes that admins look back at: all but codes, which people ask for
    /// themselves, and rooms that were found.
    #[must_use]
    pub fn is_change(&self) -> bool {
        match self {
            Self::LinkOffered { .. } | Self::LinkVoided { .. } | Self::RoomFound { .. } | Self::NameMoved { .. } => {
                false
            }
            Self::AccountLinked { .. }
            | Self::AccountUnlinked { .. }
            | Self::RoomMapped { .. }
            | Self::RoomUnmapped { .. }
            | Self::SettingChanged { .. }
            | Self::PersonRemoved { .. }
            | Self::ChannelTested { .. }
            | Self::RoomReplaced { .. } => true,
        }
    }
}
