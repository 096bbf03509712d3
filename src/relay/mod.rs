//! Rooms that are one room: what is passed on between them, and in which words. Pure.
//!
//! A war room or engineering channel that is mapped on more than one network, and an incident's own rooms, are one room.
//! Each of them is a [`Side`]. A message said on one side is known as a [`Said`]: who said what, where it stands, and which
//! messages stand for it on the other sides, so that an answer, an edit, a removal or a reaction finds them.

mod clean;
mod lines;
mod said;
mod words;

pub use clean::cleaned;
pub use lines::{
    file_not_passed_on, file_refused, file_too_large, gave_way, in_place, not_changed, not_passed_on, not_removed,
    reactions, too_old, unknown_edit,
};
pub use said::{Copy, Part, Reacted, Said, SaidNo, Side};
pub use words::{Heading, file, mark, speech};
