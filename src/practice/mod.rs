//! Practice: whole incidents on one's own machine, with no account and no network.

mod clock;
pub mod script;
mod stage;

pub use clock::ManualClock;
pub use stage::{OpenJournal, Stage, StageError};

use herald_chat::RoomRef;

use crate::engine::Rooms;
use crate::incident::Audience;

/// The practice platform's standing rooms.
#[must_use]
pub fn rooms() -> Rooms {
    let network = herald_chat::Network::new(herald_console::NETWORK);
    let room = |audience: Audience| (audience, RoomRef::new(&network, audience.word()));
    Rooms::new(
        [Audience::WarRoom, Audience::Engineering, Audience::Company, Audience::Customers, Audience::Admin].map(room),
    )
}
