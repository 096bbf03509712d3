//! What an admin asks for, once it is understood.

use herald_chat::{Network, Person, RoomRef, UserRef};

use crate::incident::{Purpose, Setting, Value};

/// Something that only an admin may ask for.
#[derive(Debug, Clone, PartialEq)]
pub enum Admin {
    /// To have a room for somebody.
    Map { to: Purpose, room: Where },
    /// To have a room for nobody.
    Unmap { room: Where },
    /// To see which rooms there are.
    Channels,
    /// To see who administers, and whose accounts are linked.
    People,
    /// To have two accounts be one person's; the second one stands for the person.
    Link { account: UserRef, to: UserRef },
    /// To have an account apart from others again.
    Unlink { account: UserRef },
    /// To see what can be set.
    Settings,
    /// To set something. `None`: as the configuration has it.
    Set { key: Setting, value: Option<Value> },
    /// To see that a room works.
    Test { room: Where },
    /// To see the last changes, so many.
    Audit { most: usize },
    /// To have somebody off everything.
    Remove { person: Person },
    /// To have done what was previewed.
    Confirm { code: String },
}

/// Which room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Where {
    /// The one that the command was given in.
    Here,
    /// This one, by its id or name on its network.
    Named(RoomRef),
    /// This one of the network that the command was given on, as its client writes it: `#status`.
    Nearby(String),
}

impl Where {
    /// The name, for a command that was given on this network; none where it was given in the room itself.
    #[must_use]
    pub fn named(&self, network: &Network) -> Option<RoomRef> {
        match self {
            Self::Here => None,
            Self::Named(room) => Some(room.clone()),
            Self::Nearby(name) => Some(RoomRef::new(network, name)),
        }
    }
}
