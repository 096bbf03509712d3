//! What admins read.

mod audit;
mod channels;
mod given_up;
mod people;
mod settings;

pub use audit::audit;
pub use channels::{channels, followed, looking, name_moved, preview, remapped, rerouted, tested, testing, untested};
pub use given_up::{away, back, given_up, given_up_own, goes_on, line_held, line_lost, went_on};
pub use people::{house_people, linked_by, linked_for, removed};
pub use settings::{set, settings};

use herald_chat::Text;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::incident::Source;
use crate::incident::words::clock_time;

/// Where something comes from.
fn source(source: &Source, now: Timestamp, zone: &TimeZone) -> Text {
    match source {
        Source::Config => Text::says("in the configuration"),
        Source::Chat { by, at } => {
            let by = by.as_ref().map_or(Text::says("in chat"), |by| Text::says("by ").person(by));
            by.and(", ").time(*at, clock_time(*at, now, zone))
        }
    }
}
