//! Lists, the timeline, and calls for help.

use herald_chat::{Person, Text};

use super::{Out, Scene, label};
use crate::incident::sight::Viewer;
use crate::incident::words::time_and_distance;
use crate::incident::{Audience, Incident, List, LogKind, Thing};

/// Something on the board changed.
pub(super) fn stated(what: &str, by: Option<&Person>) -> Vec<Out> {
    let text = Text::says(&format!("{what} is noted"));
    let text = by.map_or(text.clone(), |by| text.and(", from ").person(by));
    vec![Out::war(text.and(". `!status` shows the board."))]
}

/// Something was put on a list.
pub(super) fn listed(
    incident: &Incident,
    (list, n): (List, u32),
    words: &str,
    owner: Option<&Person>,
    by: Option<&Person>,
    scene: &Scene<'_>,
) -> Vec<Out> {
    let head = format!("{} {n}", list.title());
    let settle = list.settle_with(n);
    let text = Text::says(&head);
    let text = owner.map_or(text.clone(), |owner| text.and(" for ").person(owner));
    match list {
        List::Question => {
            let text = by.map_or(Text::says(&head), |by| Text::says(&format!("{head} from ")).person(by));
            let text = text.and(": ").quote(words);
            let told = if scene.quiet {
                Out::war(text)
            } else {
                let text = text.line(&format!("Answer it in an update, then `{settle}`."));
                Out::call(text, &incident.spokesperson)
            };
            let mut outs = vec![told];
            outs.extend(by.map(|by| Out::direct(asked(incident, scene), by)));
            outs
        }
        List::Task => {
            let hint =
                if owner.is_some() { format!("`{settle}`") } else { format!("`!task {n}` takes it, `{settle}`") };
            let text = text.and(": ").quote(words).line(&format!("{hint} when it is done."));
            vec![Out::call(text, owner.filter(|owner| Some(*owner) != by))]
        }
        List::Problem => vec![Out::war(text.and(": ").quote(words).line(&format!("`{settle}` when it is solved.")))],
        List::Temporary => {
            vec![Out::war(text.and(": ").quote(words).line(&format!("`{settle}` once it is unwound.")))]
        }
    }
}

/// What somebody outside is told who has asked.
fn asked(incident: &Incident, scene: &Scene<'_>) -> Text {
    let text = Text::says(&format!("Your question is with the people who work on {}.", incident.no));
    let is_customer = scene.from == Some(Viewer::Audience(Audience::Customers));
    let (place, due) = if is_customer {
        ("customers'", incident.sent().next_back().and_then(|it| it.update.next()).filter(|due| *due > scene.now))
    } else {
        // By when the first update of a security incident is due tells how bad it is.
        let is_told = |_: &&crate::incident::Promise| !incident.security || incident.last_update().is_some();
        ("company", incident.promise.as_ref().filter(is_told).map(|promise| promise.due))
    };
    match due {
        Some(due) if due < scene.now => {
            text.and(&format!(" The next update is late; it comes in the {place} channel."))
        }
        Some(due) => {
            let when = time_and_distance(due, scene.now, &scene.policy.zone);
            text.and(&format!(" The next update comes in the {place} channel by ")).time(due, when).and(".")
        }
        None => text.and(&format!(" Updates come in the {place} channel.")),
    }
}

/// Something on a list found an owner.
pub(super) fn owned(list: List, n: u32, owner: &Person, by: Option<&Person>) -> Vec<Out> {
    let text = Text::new().person(owner).and(&format!(" takes {list} {n}. `{}` when it is done.", list.settle_with(n)));
    vec![Out::call(text, Some(owner).filter(|owner| Some(*owner) != by))]
}

/// Something on a list is over.
pub(super) fn settled(incident: &Incident, list: List, n: u32, dropped: Option<&str>) -> Vec<Out> {
    let text = match dropped {
        Some(why) => Text::says(&format!("{} {n} is dropped: ", list.title())).quote(why).and("."),
        None => Text::says(&format!("{} {n} is {}.", list.title(), list.settled())),
    };
    let left = incident.open_items(list).count();
    let plural = if left == 1 { list.word().to_owned() } else { format!("{list}s") };
    let text = if left == 0 { text } else { text.and(&format!(" {left} {plural} left: `{}`.", list.shown_by())) };
    let asker = incident.item(list, n).filter(|_| list == List::Question && dropped.is_none());
    let told = asker.map(|question| {
        // Wherever they are, that shows what they may see.
        let show = if incident.last_update().is_some() {
            format!("Your question is answered in the updates: `!show {}` shows the newest. You asked: ", incident.no)
        } else {
            "Those who work on it have settled your question. No update is out yet: what there is to say comes in the \
             next one. You asked: "
                .to_owned()
        };
        let text = Text::says(&show);
        Out::direct(text.quote(&question.text), &question.by)
    });
    [Out::war(text)].into_iter().chain(told).collect()
}

/// A call for help.
pub(super) fn help_needed(incident: &Incident, words: &str, by: Option<&Person>, scene: &Scene<'_>) -> Vec<Out> {
    let called = |text: Text| Out::engineering(text).heard(true, scene.calls_all(incident.severity));
    if incident.security {
        let text = Text::says("🙋 ").exact(&label(incident)).and(" needs help. Ask its commander: ");
        return vec![called(text.join(super::names(incident.commander.as_slice())).and(".")), told()];
    }
    let text = Text::says("🙋 ").exact(&label(incident)).and(", help needed: ").quote(words);
    let place = if incident.own_room { ", in its own room." } else { ", in the war room." };
    let text = by.map_or(text.clone(), |by| text.line("Asked by ").person(by).and(place));
    vec![called(text), told()]
}

fn told() -> Out {
    Out::war(Text::says("Engineering is asked."))
}

/// Something stands on the timeline. Others in engineering can follow and join.
pub(super) fn logged(incident: &Incident, n: u32, scene: &Scene<'_>) -> Vec<Out> {
    let Some(entry) = incident.entry(n) else { return Vec::new() };
    let confirmed =
        Out::war(Text::says(&format!("📌 {} {n} is on the timeline.", title(entry.kind)))).about(Thing::Log(n));
    let head = Text::says(&format!("{} · {} {n}, ", incident.no, entry.kind)).person(&entry.author);
    [confirmed].into_iter().chain(stream(incident, head.and(": ").quote(&entry.text), scene)).collect()
}

/// The message behind an entry was changed.
pub(super) fn log_edited(incident: &Incident, n: u32, scene: &Scene<'_>) -> Vec<Out> {
    let Some(entry) = incident.entry(n) else { return Vec::new() };
    let version = entry.version;
    let head = Text::says(&format!("{} · {} {n}, version {version}, ", incident.no, entry.kind)).person(&entry.author);
    let confirmed = Out::war(Text::says(&format!("📌 {} {n} has a version {version} now.", title(entry.kind))));
    [confirmed].into_iter().chain(stream(incident, head.and(": ").quote(&entry.text), scene)).collect()
}

/// The message behind an entry was removed.
pub(super) fn log_removed(incident: &Incident, n: u32, by: Option<&Person>, scene: &Scene<'_>) -> Vec<Out> {
    let Some(entry) = incident.entry(n) else { return Vec::new() };
    let gone = |text: Text| match by {
        Some(by) if *by == entry.author => text.and("the message was removed."),
        Some(by) => text.and("the message was removed by ").person(by).and("."),
        None => text.and("the message was removed; who did it is not known."),
    };
    let head = gone(Text::new().exact(&format!("{} · {} {n}:", incident.no, entry.kind)).and(" "));
    let confirmed =
        Out::war(gone(Text::says(&format!("📌 {} {n} stays on the timeline, marked: ", title(entry.kind)))));
    [confirmed].into_iter().chain(stream(incident, head, scene)).collect()
}

fn stream(incident: &Incident, text: Text, scene: &Scene<'_>) -> Option<Out> {
    (scene.policy.stream && !incident.security).then(|| Out::stream(text, &incident.no.to_string()))
}

fn title(kind: LogKind) -> &'static str {
    match kind {
        LogKind::Note => "Note",
        LogKind::Finding => "Finding",
        LogKind::Decision => "Decision",
        LogKind::Pinned => "Message",
    }
}
