//! What somebody took away or tried to change, and what is left to do.

use herald_chat::{Person, RoomPart, Text};

use super::{Out, person_or_nobody};
use crate::incident::words::capital;
use crate::incident::{Deleted, Incident, IncidentNo};

/// A post of Herald's was deleted by somebody else.
pub(super) fn deleted(incident: &Incident, what: &Deleted, place: &str, by: Option<&Person>) -> Vec<Out> {
    let text = head(what, place, by);
    match what {
        Deleted::Statement { of, .. } => {
            let text = text.and(&format!(
                " Whoever has not read it yet does not see it any more. `!correct {of} <text>` says it again."
            ));
            vec![Out::call(text, &incident.spokesperson)]
        }
        Deleted::Draft { n } => {
            let text = text.and(&format!(" The draft itself is kept: `!publish {n}` or `!discard {n}`."));
            vec![Out::war(text)]
        }
        Deleted::Board => vec![Out::war(text.and(" I post another."))],
    }
}

/// The same, of an incident that is over.
#[must_use]
pub fn deleted_later(no: IncidentNo, what: &Deleted, place: &str, by: Option<&Person>) -> Text {
    let text = Text::says(&format!("{no} is over. ")).join(head(what, place, by));
    text.and(" Tell people another way if they still need it.")
}

fn head(what: &Deleted, place: &str, by: Option<&Person>) -> Text {
    let what = match what {
        Deleted::Statement { name, .. } => format!("{} was deleted in {place}", capital(name)),
        Deleted::Draft { n } => format!("The post of draft {n} was deleted in {place}"),
        Deleted::Board => format!("The board was deleted in {place}"),
    };
    match by {
        Some(by) => Text::says(&format!("{what} by ")).person(by).and("."),
        None => Text::says(&format!("{what}; who did it is not known.")),
    }
}

/// Somebody is in the incident's own room no more.
pub(super) fn shut_out(incident: &Incident, person: &Person, by: Option<&Person>) -> Vec<Out> {
    let why = match by {
        Some(by) => Text::new().person(person).and(" was taken out of this room by ").person(by).and("."),
        None => Text::new()
            .person(person)
            .and(" is not in this room any more: they left, or are not among those who respond now."),
    };
    let text = why.and(" If they are to be in it again: `!invite ").person(person).and("`.");
    vec![Out::exclude(&person.id), Out::call(text, incident.commander.iter().filter(|it| *it != person))]
}

/// Somebody tried to change something of a room.
#[must_use]
pub fn altered(by: Option<&Person>, part: RoomPart, room: &str) -> Text {
    let did = match part {
        RoomPart::Name => format!("changed the name of {room}. I put it back"),
        RoomPart::Topic => format!("changed the topic of {room}. I put it back"),
        RoomPart::Settings => format!("changed the settings of {room}. I put them back"),
        RoomPart::Access => format!("opened {room} to others. I closed it again"),
        RoomPart::Thread => format!("used a thread in {room}. I closed or removed it"),
        RoomPart::Webhook => {
            format!(
                "moved the webhook by which I pass on to {room} what is said elsewhere. I removed it, and make another"
            )
        }
        RoomPart::Members => format!("took people out of {room} who were let in. I let them in again"),
        RoomPart::Rules => format!("changed who may read or write in {room}. I put that back"),
        RoomPart::Control => format!(
            "took from me what I need to look after {room}: others may read or write there, and I cannot undo it. Let me see \
             that room again and manage its permissions and messages, and I do the rest; my log names what is missing"
        ),
        RoomPart::Gone => format!(
            "deleted {room}. I open another for the same people; of what stood in the old one there is what is on the timeline"
        ),
    };
    person_or_nobody(by).and(&format!(" {did}."))
}
