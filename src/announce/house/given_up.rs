//! What people read of rooms that were given up for others, that Herald was taken out of, or where it cannot do what it has to.

use herald_chat::{Person, RoomRef, Text};

use crate::incident::words::capital;
use crate::incident::{IncidentNo, Purpose};

/// A room was given up for another, and Herald does not go on there by itself.
#[must_use]
pub fn given_up((name, room): (&str, &RoomRef), with: Option<&RoomRef>, purpose: Option<&Purpose>, why: &str) -> Text {
    let text = Text::says(&format!("⚠ {} (", capital(name))).code(room.as_str()).and(") was given up");
    let text = match with {
        Some(with) => text.and(" for ").code(with.as_str()).and(", where I cannot go on by myself: "),
        None => text.and(": "),
    };
    let text = text.exact(why.trim_end_matches('.')).and(". What is to be posted there is held. ");
    let Some(purpose) = purpose else { return text.and("I go on as soon as that is put right.") };
    let team = purpose.team.as_ref().map(|team| format!(" --team {team}")).unwrap_or_default();
    let says = |room: &str| format!("!admin map {} {room}{team}", purpose.audience);
    match with {
        Some(with) => text
            .and("I go on as soon as that is put right; or, if it is the right room, an admin says ")
            .code(&says(with.as_str()))
            .and("."),
        None => text.and("Choose another room, and say ").code(&says(&format!("{}:<its id>", room.network()))).and("."),
    }
}

/// The same for an incident's own room, where nobody says who may in which room it goes on.
#[must_use]
pub fn given_up_own(no: IncidentNo, why: &str) -> Text {
    Text::says(&format!("⚠ The room of {no} was given up: "))
        .exact(why.trim_end_matches('.'))
        .and(". I open another for the same people; of what stood in the old one there is what is on the timeline.")
}

/// A room was given up for another, and Herald goes on there.
#[must_use]
pub fn went_on(name: &str, new: &RoomRef, by: Option<&Person>) -> Text {
    let text = match by {
        Some(by) => Text::new().person(by).and(&format!(" gave up {name} for ")),
        None => Text::says(&format!("{} was given up for ", capital(name))),
    };
    text.code(new.as_str()).and(". I go on there; what had not arrived yet goes there too.")
}

/// A room that was given up is used again.
#[must_use]
pub fn goes_on(name: &str) -> Text {
    Text::says(&format!("{} goes on after all: what was held is posted there.", capital(name)))
}

/// Herald was taken out of a room.
#[must_use]
pub fn away((name, room): (&str, &RoomRef), by: Option<&Person>) -> Text {
    let text = match by {
        Some(by) => Text::says("⚠ ").person(by).and(&format!(" took me out of {name} (")),
        None => Text::says(&format!("⚠ I am not in {name} any more (")),
    };
    text.code(room.as_str()).and(
        "). Updates for it are held, and nobody is heard there. Invite me there again; if I was banned, lift that first.",
    )
}

/// It is back.
#[must_use]
pub fn back(name: &str) -> Text {
    Text::says(&format!("I am back in {name}: what was held is posted now."))
}

/// Others can write where only Herald does, and it cannot change that.
#[must_use]
pub fn line_lost(name: &str, why: &str) -> Text {
    Text::says(&format!("⚠ Others can write in {name}, and I may not be able to remove it: "))
        .exact(why.trim_end_matches('.'))
        .and(".")
}

/// They cannot any more.
#[must_use]
pub fn line_held(name: &str) -> Text {
    Text::says(&format!("✔ Only I can write in {name} now."))
}
