//! The board: where an incident stands, for whoever asks.

use herald_chat::Text;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{mark, names};
use crate::incident::sight::{Detail, Viewer};
use crate::incident::words::time_and_distance;
use crate::incident::{Incident, Item, List, Role, Situation};

/// Where an incident stands, as far as `viewer` may know.
#[must_use]
pub fn board(incident: &Incident, viewer: Viewer, now: Timestamp, zone: &TimeZone) -> Text {
    let seen = incident.seen_by(viewer);
    match seen.detail {
        Detail::Name => {
            Text::new().exact(&seen.label).and(" is being worked on. What can be said comes in the company channel.")
        }
        Detail::Public => {
            let text = Text::says(mark(incident.severity)).and(" ").strong(&seen.label);
            let text = text.and(&format!(" · {} · {}", incident.severity, incident.status));
            public_lines(incident, text, now, zone)
        }
        Detail::Full => {
            let text = Text::says(mark(incident.severity)).and(" ").strong(&seen.label);
            let text = text.and(&format!(" · {} · {}", incident.severity, incident.status));
            around(&incident.situation(), text, now, zone)
        }
    }
}

fn public_lines(incident: &Incident, text: Text, now: Timestamp, zone: &TimeZone) -> Text {
    let last = incident.published.iter().rev().find(|it| it.update.number().is_some());
    let text = match last {
        Some(last) => {
            let when = time_and_distance(last.at, now, zone);
            text.line(&format!("Update {}, ", last.update.number().unwrap_or_default()))
                .time(last.at, when)
                .and(": ")
                .quote(last.update.text())
        }
        None => text.line("No update yet."),
    };
    match &incident.promise {
        Some(promise) => {
            text.line("Next update by ").time(promise.due, time_and_distance(promise.due, now, zone)).and(".")
        }
        None => text,
    }
}

/// The lines below a headline: who, what is affected, what is open, what the company knows.
pub(super) fn around(situation: &Situation, text: Text, now: Timestamp, zone: &TimeZone) -> Text {
    let mut text = text.append(who(situation));
    for (what, words) in
        [("Impact", &situation.impact), ("Workaround", &situation.workaround), ("Trying", &situation.trying)]
    {
        if let Some(words) = words {
            text = text.line(&format!("{what}: ")).quote(words);
        }
    }
    for (list, entries) in [
        (List::Problem, &situation.problems),
        (List::Temporary, &situation.temporaries),
        (List::Task, &situation.tasks),
        (List::Question, &situation.questions),
    ] {
        for (n, item) in entries {
            text = text.append(line(list, *n, item));
        }
    }
    let text = match situation.last_update {
        Some(n) => text.line(&format!("Last update: {n}.")),
        None => text.line("No update yet."),
    };
    match situation.due {
        Some(due) => text.and(" Next one due by ").time(due, time_and_distance(due, now, zone)).and("."),
        None => text.and(" None is promised."),
    }
}

/// One entry of a list.
pub(super) fn line(list: List, n: u32, item: &Item) -> Text {
    let text = Text::new().line(&format!("{} {n}", list.title()));
    let whose = match list {
        List::Question => Some((", from ", &item.by)),
        List::Problem | List::Temporary | List::Task => item.owner.as_ref().map(|owner| (", ", owner)),
    };
    let text = whose.map_or(text.clone(), |(glue, person)| text.and(glue).person(person));
    text.and(": ").quote(&item.text)
}

/// Who has which role.
pub(super) fn who(situation: &Situation) -> Text {
    let mut text = Text::new();
    for (role, people) in [
        (Role::Commander, situation.commander.as_slice()),
        (Role::Spokesperson, situation.spokesperson.as_slice()),
        (Role::Responder, situation.responders.as_slice()),
        (Role::Observer, situation.observers.as_slice()),
    ] {
        let glue = if text.is_empty() { "" } else { " · " };
        if !people.is_empty() {
            text = text.and(&format!("{glue}{role} ")).join(names(people));
        } else if role.is_single() {
            text = text.and(&format!("{glue}no {role}: `!take {role}`"));
        }
    }
    text
}
