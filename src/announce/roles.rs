//! Who has which role.

use herald_chat::{Person, Text};

use super::{Out, Scene, course};
use crate::incident::words::span;
use crate::incident::{HandoffEnd, Incident, List, Role};

/// Somebody took a role, perhaps from somebody who has been silent.
pub(super) fn taken(
    incident: &Incident,
    role: Role,
    person: &Person,
    silent: Option<(&Person, u32)>,
    scene: &Scene<'_>,
) -> Vec<Out> {
    let text = match silent {
        Some((from, minutes)) => {
            Text::new().person(from).and(&format!(", {role}, has been silent for {minutes} min. ")).person(person)
        }
        None => Text::new().person(person),
    };
    let text = text.and(&format!(" is {role} now.")).append(brief(incident, role, scene));
    match silent {
        Some((from, _)) => vec![Out::call(text, [from])],
        None => vec![Out::war(text)],
    }
}

/// The commander gave somebody a role.
pub(super) fn assigned(
    incident: &Incident,
    role: Role,
    person: &Person,
    from: Option<&Person>,
    by: Option<&Person>,
    scene: &Scene<'_>,
) -> Vec<Out> {
    let mut text = Text::new().person(person).and(&format!(" is {role} now"));
    if let Some(from) = from {
        text = text.and(" in place of ").person(from);
    }
    if let Some(by) = by.filter(|by| *by != person) {
        text = text.and(", assigned by ").person(by);
    }
    let called = [Some(person), from].into_iter().flatten().filter(|called| Some(*called) != by);
    vec![Out::call(text.and(".").append(brief(incident, role, scene)), called)]
}

/// Somebody gave a role back.
pub(super) fn released(incident: &Incident, role: Role, person: &Person) -> Vec<Out> {
    let text = Text::new().person(person).and(&format!(" is no longer {role}."));
    let text = if role.is_single() { text.and(&format!(" Who takes it? `!take {role}`")) } else { text };
    let called = incident.commander.iter().filter(|commander| *commander != person && role.is_single());
    vec![Out::call(text, called)]
}

/// Somebody left, who had these roles, and whose these entries of lists were. Whoever is still there is called.
pub(super) fn left(
    incident: &Incident,
    person: &Person,
    roles: &[Role],
    items: &[(List, u32)],
    by: Option<&Person>,
) -> Vec<Out> {
    let mut text = Text::new().person(person).and(" has left");
    if let Some(by) = by.filter(|by| *by != person) {
        text = text.and(", says ").person(by).and(", an admin");
    }
    text = text.and(".");
    for role in roles {
        text = text.and(&match role {
            Role::Commander | Role::Spokesperson => format!(" Nobody is {role} now: who takes it? `!take {role}`."),
            Role::Responder | Role::Observer => format!(" They are no longer {role}."),
        });
    }
    for (list, n) in items {
        text = text.and(&format!(" {} {n} is nobody's now (`{}`).", list.title(), list.shown_by()));
    }
    let single = incident.commander.iter().chain(&incident.spokesperson);
    vec![Out::call(text, single.chain(&incident.responders).chain(&incident.observers))]
}

/// A role was offered.
pub(super) fn offered(role: Role, from: &Person, to: &Person, scene: &Scene<'_>) -> Vec<Out> {
    let text = Text::new().person(to).and(", ").person(from).and(&format!(
        " offers you the role of {role}. `!accept` or `!decline` within {}; until then it stays with ",
        span(scene.policy.handoff)
    ));
    vec![Out::call(text.person(from).and("."), [to])]
}

/// The offer was accepted.
pub(super) fn accepted(incident: &Incident, role: Role, from: &Person, to: &Person, scene: &Scene<'_>) -> Vec<Out> {
    let text = Text::new().person(to).and(&format!(" is {role} now, handed over by ")).person(from).and(".");
    vec![Out::call(text.append(brief(incident, role, scene)), [from])]
}

/// The offer came to nothing.
pub(super) fn ended(role: Role, from: &Person, to: &Person, why: HandoffEnd, scene: &Scene<'_>) -> Vec<Out> {
    let text = match why {
        HandoffEnd::Declined => Text::new().person(to).and(&format!(" declines the role of {role}.")),
        HandoffEnd::Unanswered => {
            Text::new().person(to).and(&format!(" has not answered for {}.", span(scene.policy.handoff)))
        }
        HandoffEnd::Overtaken => {
            let text = Text::says(&format!("The role of {role} is no longer offered to ")).person(to).and(".");
            return vec![Out::call(text, [to])];
        }
    };
    let text =
        text.and(" ").person(from).and(&format!(" is still {role}: `!handoff {role} <person>` asks somebody else."));
    vec![Out::call(text, [from])]
}

/// What somebody needs to know who has just got a role: state, open tasks, next promise.
fn brief(incident: &Incident, role: Role, scene: &Scene<'_>) -> Text {
    if !role.is_single() {
        return Text::new();
    }
    let mut text = Text::new().line(&format!("{} is {} and {}.", incident.no, incident.severity, incident.status));
    text = match &incident.promise {
        Some(promise) => {
            let due = course::due(incident, promise.due, scene);
            text.and(&format!(" {due} ")).join(scene.when(promise.due)).and(".")
        }
        None => text.and(" No update is promised."),
    };
    let tasks: Vec<String> = incident.open_items(List::Task).map(|(n, _)| n.to_string()).collect();
    text = match tasks.as_slice() {
        [] => text.and(" No open tasks."),
        [one] => text.and(&format!(" Open task: {one} (`!tasks`).")),
        several => text.and(&format!(" Open tasks: {} (`!tasks`).", several.join(", "))),
    };
    match role {
        Role::Spokesperson => {
            let drafts: Vec<u32> = incident.open_drafts().map(|(n, _)| n).collect();
            match drafts.as_slice() {
                [n] => text.and(&format!(
                    " Draft {n} is ready: `!publish {n}`, or write your own: `!update <text> next <when>`."
                )),
                [] => text.and(" `!update <text> next <when>` tells the company."),
                [..] => text.and(" Drafts are ready (`!drafts`): `!publish <n> next <when>`, or write your own: `!update <text> next <when>`."),
            }
        }
        Role::Commander if incident.spokesperson.is_none() => text.append(course::nobody_speaks()),
        Role::Commander | Role::Responder | Role::Observer => text,
    }
}
