//! Names of the configuration that lead elsewhere than before.

use herald_chat::RoomRef;

use super::Purpose;

/// A name of the configuration that leads to another room than the one on record, or to none. Whoever can let an alias go,
/// or give a channel a name, can bring that about, so Herald goes by its record until an admin says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Where it is configured: `rooms.company[0]`.
    pub key: String,
    /// Whom the room is for.
    pub purpose: Purpose,
    /// The name, as it is configured.
    pub written: RoomRef,
    /// The room on record.
    pub was: RoomRef,
    /// Where the name leads now, if anywhere.
    pub now: Option<RoomRef>,
    /// Why the room on record cannot be used any more, if so.
    pub gone: Option<String>,
}

impl Moved {
    /// What an admin types to have `room` take the place of the one on record.
    #[must_use]
    pub fn confirmation(&self, room: &str) -> String {
        let team = self.purpose.team.as_ref().map(|team| format!(" --team {team}")).unwrap_or_default();
        format!("!admin map {} {room}{team}", self.purpose.audience)
    }
}
