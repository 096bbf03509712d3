//! The board: where an incident stands, for whoever asks.

use herald_chat::Text;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::answers::hears_war;
use super::{mark, names};
use crate::incident::sight::{Detail, Viewer};
use crate::incident::words::{capital, clock_time, distance};
use crate::incident::{Incident, Item, List, Role, Situation};

/// Where an incident stands, as far as `viewer` may know.
#[must_use]
pub fn board(incident: &Incident, viewer: Viewer, now: Timestamp, zone: &TimeZone) -> Text {
    let seen = incident.seen_by(viewer);
    match seen.detail {
        Detail::Nothing => Text::new().exact(&seen.label),
        Detail::Sent => sent(incident, now, zone),
        Detail::Name if incident.is_over() => Text::new().exact(&seen.label).and(" is over."),
        Detail::Name => {
            Text::new().exact(&seen.label).and(" is being worked on. What can be said comes in the company channel.")
        }
        Detail::Public => public_lines(incident, head(incident, &seen.label, now, zone), now, zone),
        Detail::Full => {
            let text = head(incident, &seen.label, now, zone);
            if incident.is_over() {
                public_lines(incident, text.append(who(&incident.situation(), false)), now, zone)
            } else {
                around(&incident.situation(), text, hears_war(incident, viewer), now, zone)
            }
        }
    }
}

/// What customers were told, and nothing else: also how bad and how far it is stands there as it was sent.
fn sent(incident: &Incident, now: Timestamp, zone: &TimeZone) -> Text {
    let Some(last) = incident.sent().next_back() else { return Text::new() };
    let update = &last.update;
    let head = Text::says(mark(update.severity())).and(" ").strong(update.label());
    let mut text = head.and(&format!(" · {} · {}", update.severity(), update.status()));
    let numbered = incident.sent().enumerate().filter(|(_, it)| it.update.number().is_some());
    let newest = numbered.map(|(i, _)| i).last().unwrap_or_default();
    // What set it right since then belongs to it.
    for said in incident.sent().skip(newest) {
        let name = capital(&said.update.name());
        text = when(text.line(&format!("{name}, ")), said.at, now, zone).and(": ").quote(said.update.text());
    }
    match update.next().filter(|_| !incident.is_over()) {
        Some(next) => next_update(text, next, now, zone),
        None => text,
    }
}

/// What it is called, how bad and how far; from when to when, once it is over.
fn head(incident: &Incident, label: &str, now: Timestamp, zone: &TimeZone) -> Text {
    let text = Text::says(mark(incident.severity)).and(" ").strong(label);
    let text = text.and(&format!(" · {} · {}", incident.severity, incident.status));
    match incident.times.ended.filter(|_| incident.is_over()) {
        Some(ended) => {
            let began = incident.times.declared;
            let text = text.and(" · ").time(began, clock_time(began, now, zone));
            text.and(" to ").time(ended, clock_time(ended, now, zone))
        }
        None => text,
    }
}

/// A moment and how far off it is.
fn when(text: Text, at: Timestamp, now: Timestamp, zone: &TimeZone) -> Text {
    text.time(at, clock_time(at, now, zone)).distance(at, distance(at, now))
}

/// When the next update comes, or came not.
fn next_update(text: Text, due: Timestamp, now: Timestamp, zone: &TimeZone) -> Text {
    let begins = if due < now { "The next update is late: it was due by " } else { "Next update by " };
    when(text.line(begins), due, now, zone).and(".")
}

fn public_lines(incident: &Incident, text: Text, now: Timestamp, zone: &TimeZone) -> Text {
    let last = incident.published.iter().rev().find(|it| it.update.number().is_some());
    let text = match last {
        Some(last) => {
            let text = text.line(&format!("Update {}, ", last.update.number().unwrap_or_default()));
            when(text, last.at, now, zone).and(": ").quote(last.update.text())
        }
        None if incident.is_over() => text.line("No update was published."),
        None => text.line("No update yet."),
    };
    match &incident.promise {
        Some(promise) => next_update(text, promise.due, now, zone),
        None => text,
    }
}

/// The lines below a headline: who, what is affected, what is open, what the company knows.
/// `hints` says whether roles that nobody has can be taken from where this is read.
pub(super) fn around(situation: &Situation, text: Text, hints: bool, now: Timestamp, zone: &TimeZone) -> Text {
    let mut text = text.append(who(situation, hints));
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
        Some(due) if due < now => when(text.and(" The next one is late: it was due by "), due, now, zone).and("."),
        Some(due) => when(text.and(" Next one due by "), due, now, zone).and("."),
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
pub(super) fn who(situation: &Situation, hints: bool) -> Text {
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
            let hint = if hints { format!(": `!take {role}`") } else { String::new() };
            text = text.and(&format!("{glue}no {role}{hint}"));
        }
    }
    text
}
