//! The way of a statement to the company.

use herald_chat::{Network, Person, Text};

use super::Out;
use crate::incident::words::capital;
use crate::incident::{Excerpt, IncidentNo};

/// It had not arrived for a while.
pub(super) fn delayed(what: &str, place: &str, minutes: u32) -> Vec<Out> {
    let text = Text::says(&capital(what))
        .and(&format!(" has not reached {place} yet, trying for {}. ", super::minutes(minutes)));
    vec![Out::war(text.and("I go on trying; if it is urgent, tell people another way.")).heard(true, false)]
}

/// It arrived after all.
pub(super) fn delivered(what: &str, place: &str) -> Vec<Out> {
    vec![Out::war(Text::says(&capital(what)).and(&format!(" has reached {place} now.")))]
}

/// It does not, and never will.
pub(super) fn refused(what: &str, place: &str, reason: &str) -> Vec<Out> {
    vec![Out::war(never(what, place, reason)).heard(true, false)]
}

/// It never will, in words.
#[must_use]
pub fn never(what: &str, place: &str, reason: &str) -> Text {
    // It may have stood there and been taken away.
    let text = Text::says(&capital(what)).and(&format!(" does not stand in {place}: "));
    let text = text.quote(&Excerpt::of(reason.trim_end_matches('.')).to_string());
    text.and(". Tell people another way, and ask an admin to look at that room.")
}

/// The same, of an incident that is over.
#[must_use]
pub fn overdue(no: IncidentNo, what: &str, place: &str, minutes: u32) -> Text {
    let text = Text::says(&capital(what)).and(&format!(
        " of {no}, which is over, has not reached {place} yet, trying for {}. ",
        super::minutes(minutes)
    ));
    text.and("I go on trying; if it is urgent, tell people another way.")
}

/// It arrived after all, of an incident that is over.
#[must_use]
pub fn arrived(no: IncidentNo, what: &str, place: &str) -> Text {
    Text::says(&capital(what)).and(&format!(" of {no}, which is over, has reached {place} now."))
}

/// An incident's own room cannot be opened.
#[must_use]
pub fn unopened(no: IncidentNo, reason: &str) -> Text {
    let text = Text::says(&format!("The room of {no} cannot be opened: ")).quote(&Excerpt::of(reason).to_string());
    text.and(". Ask an admin to put that right; I try again every minute, and keep what is to be said in it.")
}

/// Somebody could not be let into an incident's own room.
#[must_use]
pub fn not_let_in(no: IncidentNo, person: &Person, network: &Network, reason: &str) -> Text {
    let text = Text::new().person(person).and(&format!(" could not be let into the room of {no} on {network}: "));
    stopped(text, reason).and(" Let them in by hand.")
}

/// Somebody could not be taken out of an incident's own room.
#[must_use]
pub fn not_taken_out(no: IncidentNo, person: &Person, network: &Network, reason: &str) -> Text {
    let text = Text::new().person(person).and(&format!(" could not be taken out of the room of {no} on {network}: "));
    stopped(text, reason).and(" They may still read along there. Remove them by hand.")
}

/// An incident's own room could not be closed.
#[must_use]
pub fn not_closed(no: IncidentNo, network: &Network, reason: &str) -> Text {
    stopped(Text::says(&format!("The room of {no} on {network} could not be closed: ")), reason)
        .and(" Close it by hand.")
}

/// A message that does not belong there could not be removed.
#[must_use]
pub fn not_removed(place: &str, reason: &str) -> Text {
    stopped(Text::says(&format!("A message in {place} could not be removed: ")), reason).and(" Remove it by hand.")
}

/// Somebody could not be written to alone.
#[must_use]
pub fn not_reached(person: &Person, reason: &str) -> Text {
    let text = Text::says("What I had to tell ").person(person).and(" alone did not get there: ");
    stopped(text, reason).and(" Tell them to look here.")
}

/// Something that Herald had to do somewhere could not be done.
#[must_use]
pub fn not_done(place: &str, reason: &str) -> Text {
    let text = Text::says(&format!("Something that I had to say or change in {place} did not get there: "));
    stopped(text, reason).and(" All else does. `!status` says how things stand.")
}

fn stopped(text: Text, reason: &str) -> Text {
    text.quote(Excerpt::of(reason).to_string().trim_end_matches('.')).and(". I have stopped trying.")
}
