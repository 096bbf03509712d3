//! The course of an incident.

use herald_chat::{Person, Posting, RoomSpec, Text};
use jiff::Timestamp;

use super::{Out, Scene, To, inside, is_loud, label, mark};
use crate::incident::words::{short, span};
use crate::incident::{Incident, IncidentNo, Name, Severity};

/// Opens its own room.
#[must_use]
pub fn own_room(incident: &Incident) -> Out {
    Out::open(room(incident))
}

/// It is called as one that is open already.
#[must_use]
pub fn declared_twice(no: IncidentNo, same: &Incident) -> Text {
    Text::says(&format!("{} is open under the same title. If it is the same: `!duplicate {no} {}`.", same.no, same.no))
}

/// It began.
pub(super) fn declared(incident: &Incident, scene: &Scene<'_>) -> Vec<Out> {
    let head = |name: &str| {
        let text = Text::says(mark(incident.severity)).and(" ").exact(name);
        let text = text.and(&format!(" · {}", incident.severity));
        incident.commander.iter().fold(text, |text, commander| text.and(" · commander ").person(commander))
    };
    let mut outs = Vec::new();
    if incident.own_room {
        outs.push(own_room(incident));
    }
    let (loudly, by_all) = (is_loud(incident.severity), scene.calls_all(incident.severity));
    let told = Out::war(head(&inside(incident)).append(spokesperson_wanted(incident, scene)));
    outs.push(told.heard(loudly, by_all));
    let place = if incident.own_room { "a room of its own" } else { "the war room" };
    if incident.security {
        // The title goes before anything else is said there.
        outs.extend(scene.source.map(Out::delete));
        let text = Text::says("🔒 ").exact(&label(incident));
        outs.push(Out::engineering(text.and(" is being worked on by named people, in a room of its own.")));
        let text = Text::new().exact(&label(incident)).and(" has a room of its own, and you are in it. ");
        let invite = "`!invite <person>` in that room lets people in.";
        outs.push(match scene.source {
            Some(_) => Out::back(text.and("I remove your message, because it holds the title. ").and(invite)),
            // Platforms may show with an answer what was chosen, so nobody else is shown this one.
            None => Out::answer(text.and(invite)),
        });
    } else {
        let text = head(&label(incident));
        let told = Out::engineering(
            text.line(&format!("The response is in {place}. What the company hears is in the company channel.")),
        );
        outs.push(told.heard(loudly, false));
        if incident.own_room {
            outs.push(Out::back(Text::new().exact(&label(incident)).and(" runs in a room of its own.")));
        }
    }
    outs
}

fn room(incident: &Incident) -> RoomSpec {
    let name = label(incident);
    let topic = format!("The war room of {name}. `!help` shows what to do.").replace('`', "");
    let members = incident.members.iter().map(|person| person.id.clone()).collect();
    RoomSpec { name, topic, members, posting: Posting::Members }
}

/// Who is to tell the company, and by when.
pub(super) fn spokesperson_wanted(incident: &Incident, scene: &Scene<'_>) -> Text {
    let text = Text::says("No spokesperson yet.");
    let text = match &incident.promise {
        Some(promise) => {
            text.and(&format!(" {} ", due(incident, promise.due, scene))).join(scene.by(promise.due)).and(".")
        }
        None => text,
    };
    text.and(" `!take spokesperson` or `!assign spokesperson <person>`.")
}

/// The same, where the time has been said already.
pub(super) fn nobody_speaks() -> Text {
    Text::says("No spokesperson yet. `!take spokesperson` or `!assign spokesperson <person>`.")
}

/// The same, with whoever may speak where the company names them.
pub(super) fn nobody_may(scene: &Scene<'_>) -> Text {
    let Some(listed) = &scene.policy.spokespersons else { return nobody_speaks() };
    let named = |names: &[Name]| names.iter().map(Name::to_string).collect::<Vec<_>>().join(", ");
    let text = format!("No spokesperson yet, and here these speak for everybody: {}. ", named(&listed.called));
    let admins = match named(&listed.admins) {
        none if none.is_empty() => "whoever runs Herald".to_owned(),
        admins => format!("an admin ({admins})"),
    };
    Text::says(&format!("{text}`!take spokesperson` is for one of them. If none of them can, {admins} adds others."))
}

/// `The first update is due by`
pub(super) fn due(incident: &Incident, at: Timestamp, scene: &Scene<'_>) -> String {
    let which = if incident.last_update().is_none() { "first" } else { "next" };
    format!("The {which} update {} due by", if at < scene.now { "was" } else { "is" })
}

/// Somebody was let in.
pub(super) fn invited(incident: &Incident, person: &Person) -> Vec<Out> {
    let text = Text::new().person(person).and(" is being let into this room.");
    if incident.own_room { vec![Out::invite(&person.id), Out::war(text)] } else { Vec::new() }
}

/// It is better or worse than thought.
pub(super) fn severity(
    incident: &Incident,
    from: Severity,
    why: Option<&str>,
    due: Option<Timestamp>,
    scene: &Scene<'_>,
) -> Vec<Out> {
    let tell = |name: &str| {
        let text = Text::says(mark(incident.severity)).and(" ").exact(name);
        let text = text.and(&format!(", {} now (was {from})", incident.severity));
        match why {
            Some(why) => text.and(": ").quote(why),
            None => text.and("."),
        }
    };
    let limit = scene.policy.of(incident.severity).limit;
    let promise = incident.promise.as_ref().map(|promise| promise.due);
    let advice = match promise {
        Some(at) if due.is_some() => Text::says("The first update is due by ").join(scene.when(at)).and("."),
        Some(at) if at.duration_since(scene.now) > limit => {
            let text = Text::says("The next update is promised for ").join(scene.by(at));
            let often = format!(". While it is {}, the company hears from us every {}", incident.severity, span(limit));
            text.and(&format!("{often}: `!update <text> next {}`.", short(limit)))
        }
        Some(_) | None => Text::new(),
    };
    let is_worse = incident.severity > from;
    let by_all = is_worse && scene.calls_all(incident.severity) && !scene.calls_all(from);
    heard(both(incident, tell, &advice), is_worse && is_loud(incident.severity), by_all)
}

/// What is told of an incident that needs people again or more of them.
fn heard(outs: Vec<Out>, loudly: bool, by_all: bool) -> Vec<Out> {
    let told = |out: Out| {
        let by_all = by_all && *out.to() == To::War;
        out.heard(loudly, by_all)
    };
    outs.into_iter().map(told).collect()
}

/// A step forward.
pub(super) fn step(incident: &Incident, what: &str, words: &str) -> Vec<Out> {
    let tell = |name: &str| Text::new().exact(name).and(&format!(", {what}: ")).quote(words);
    both(incident, tell, &Text::new())
}

/// It is over, but for what is owed.
pub(super) fn resolved(incident: &Incident, summary: &str, scene: &Scene<'_>) -> Vec<Out> {
    let after = span(scene.now.duration_since(incident.times.declared));
    let tell = |name: &str| Text::says("✅ ").exact(name).and(&format!(", resolved after {after}: ")).quote(summary);
    let next = if incident.last_update().is_some() {
        "Tell the company: `!update <text>. final`. Then `!close`."
    } else {
        "`!close` when nothing is left to do."
    };
    both(incident, tell, &Text::says(next))
}

/// It was not over.
pub(super) fn reopened(incident: &Incident, why: &str, scene: &Scene<'_>) -> Vec<Out> {
    let tell = |name: &str| Text::says(mark(incident.severity)).and(" ").exact(name).and(", open again: ").quote(why);
    let owed = incident
        .promise
        .as_ref()
        .map(|promise| Text::says("The next update is due by ").join(scene.when(promise.due)).and("."));
    let loudly = is_loud(incident.severity);
    heard(both(incident, tell, &owed.unwrap_or_default()), loudly, scene.calls_all(incident.severity))
}

/// Nothing is owed any more.
pub(super) fn closed(incident: &Incident, scene: &Scene<'_>) -> Vec<Out> {
    let after = span(scene.now.duration_since(incident.times.declared));
    let promises = format!("Promises: {} kept, {} broken.", incident.kept, incident.broken);
    let tell = |name: &str| Text::new().exact(name).and(&format!(", closed {after} after it began. {promises}"));
    both(incident, tell, &Text::new())
}

/// It was none, or is part of another.
pub(super) fn cancelled(incident: &Incident, why: &str) -> Vec<Out> {
    let tell = |name: &str| Text::new().exact(name).and(", cancelled: ").quote(why);
    let owed =
        if incident.is_over() { "" } else { "The company still waits for a last word: `!update <text>. final`." };
    both(incident, tell, &Text::says(owed))
}

/// The same for the people who respond and for engineering, with `advice` for the former only. What engineering may not
/// know of an incident is not told there at all.
fn both(incident: &Incident, tell: impl Fn(&str) -> Text, advice: &Text) -> Vec<Out> {
    let mut war = tell(&inside(incident));
    if !advice.is_empty() {
        war = war.append(advice.clone());
    }
    let outside = (!incident.security).then(|| Out::engineering(tell(&label(incident))));
    [Out::war(war)].into_iter().chain(outside).collect()
}
