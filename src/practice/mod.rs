//! Practice: whole incidents on one's own machine, with no account and no network.

mod clock;
mod guide;
mod lines;
mod live;
mod player;
mod screen;
pub mod script;
mod stage;

pub use clock::ManualClock;
pub use lines::{LinesError, play_lines};
pub use live::{Live, LiveError, OpenFault, PEOPLE};
pub use player::{PlayError, play};
pub use screen::{ScreenError, play_screen};
pub use stage::{OpenJournal, Stage, StageError};

use herald_chat::RoomRef;

use crate::config::Config;
use crate::engine::{Rooms, Seed, Setup};
use crate::incident::{Audience, Mapping, Source};

/// The practice platform's rooms: those that the configuration names there, or else the standing ones, each for those it
/// is called after.
#[must_use]
pub fn rooms(config: &Config) -> Rooms {
    let network = herald_chat::Network::new(herald_console::NETWORK);
    let named: Vec<_> = config.places().filter(|(.., room)| room.network() == network).collect();
    if !named.is_empty() {
        let mapping = |purpose| Mapping { purpose, written: None, source: Source::Config };
        return Rooms::of_mappings(named.into_iter().map(|(_, purpose, room)| (room.clone(), mapping(purpose))));
    }
    rooms_on(&[herald_console::NETWORK])
}

/// The standing rooms of each of these practice networks.
#[must_use]
pub fn rooms_on(networks: &[&str]) -> Rooms {
    let audiences = [Audience::WarRoom, Audience::Engineering, Audience::Company, Audience::Customers, Audience::Admin];
    let on = |network: &&str| {
        let network = herald_chat::Network::new(network);
        audiences.map(|audience| (audience, RoomRef::new(&network, audience.word())))
    };
    Rooms::new(networks.iter().flat_map(on))
}

/// What Herald goes by in practice: the configuration, on the practice platform's rooms.
#[must_use]
pub fn setup(config: &Config) -> Setup {
    // Nobody plays against anybody here, and scripts name the codes that they get.
    Setup::of(config, rooms(config), Seed([0; 32]))
}
