//! Statements: what the company reads, and what the people who respond read about it.

use herald_chat::{Accent, Button, Card, Person, Press, Text};

use super::{Out, Scene, mark, marked, minutes};
use crate::incident::public::Kind;
use crate::incident::words::capital;
use crate::incident::{Draft, DraftState, Incident, IncidentNo, Proposed, PublicUpdate, Severity, Status, Thing};

/// A statement was published.
pub(super) fn published(incident: &Incident, update: &PublicUpdate, scene: &Scene<'_>) -> Vec<Out> {
    let before = incident.published.iter().rev().nth(1).and_then(|before| before.update.next());
    let is_new = update.next() != before;
    let mut outs = Out::public(update, &statement(update, is_new, scene), &card(update, scene));
    let name = capital(&update.name());
    let whom = if update.is_for_customers() { "the company and to customers" } else { "the company" };
    let text = match update.kind() {
        Kind::Update { next, .. } => {
            Text::says(&format!("{name} goes to {whom}. The next one is due by ")).join(scene.when(next)).and(".")
        }
        Kind::Final { .. } if incident.is_over() => Text::says(&format!("{name}, the last, goes to {whom}.")),
        Kind::Final { .. } => {
            Text::says(&format!("{name}, the last, goes to {whom}. `!close` when nothing is left to do."))
        }
        Kind::Correction { next: Some(next), .. } if is_new => {
            Text::says(&format!("{name} goes to {whom}. The next update is due by ")).join(scene.when(next)).and(".")
        }
        Kind::Correction { .. } => Text::says(&format!("{name} goes to {whom}.")),
    };
    let text = match update.overruled() {
        Some(pattern) => text.and(&format!(" It holds what looks like {pattern}, and goes out anyway.")),
        None => text,
    };
    let text = match update.late_min() {
        Some(late) => text.and(&format!(" It is {} later than promised, and says so.", minutes(late))),
        None => text,
    };
    outs.push(Out::war(text));
    if incident.own_room {
        outs.push(Out::war_room(seen(update, whom)));
    }
    outs
}

/// What those read who respond and are not in the incident's own room: nobody speaks to the company unseen.
fn seen(update: &PublicUpdate, whom: &str) -> Text {
    let text = Text::says("📣 ").strong(update.label()).and(&format!(": {} goes to {whom}, said by ", update.name()));
    text.person(update.spokesperson()).and(": ").quote(update.text())
}

/// What the company reads. Short, calm, exact, no jargon. `is_new`: it makes a promise.
fn statement(update: &PublicUpdate, is_new: bool, scene: &Scene<'_>) -> Text {
    let sign = match update.status() {
        Status::Resolved | Status::Closed | Status::Cancelled => "✅",
        Status::Investigating | Status::Identified | Status::Mitigated => mark(update.severity()),
    };
    let head = Text::says(sign).and(" ").strong(update.label()).and(&format!(" · {}", update.severity()));
    let head = match update.kind() {
        Kind::Update { n, .. } => head.and(&format!(" · {} · update {n}", update.status())),
        Kind::Final { n } => head.and(&format!(" · {} · update {n}, the last", update.status())),
        Kind::Correction { of, .. } => head.and(&format!(" · correction of update {of}")),
    };
    let is_one_line = !update.text().contains('\n');
    let mut text = if is_one_line { head.line("").quote(update.text()) } else { head.block(update.text()) };
    if let Some(late) = update.late_min() {
        let what = if update.number().is_some() { "update" } else { "correction" };
        text = text.line(&format!("This {what} comes {} later than we promised.", minutes(late)));
    }
    text = match update.kind() {
        Kind::Update { next, .. } => text.line("Next update by ").join(scene.when(next)).and("."),
        Kind::Final { .. } => text.line("This was the last update."),
        Kind::Correction { next: Some(next), .. } => {
            let still = if is_new { "" } else { "still " };
            text.line(&format!("Next update {still}by ")).join(scene.when(next)).and(".")
        }
        Kind::Correction { next: None, .. } => text.line("Nothing else has changed."),
    };
    text.and(" Said by ").exact(name_alone(update.spokesperson())).and(", spokesperson.")
}

/// Somebody's name as outsiders read it: without the account that tells them from others who are called alike, or that
/// stands for a name where there is none.
pub(super) fn name_alone(person: &Person) -> &str {
    let bare = person.name.strip_suffix(']').and_then(|name| name.rsplit_once('['));
    let name = bare.filter(|(_, account)| account.contains(':')).map_or(&*person.name, |(name, _)| name.trim_end());
    let local = name.strip_prefix('@').and_then(|account| account.split_once(':')).map(|(local, _)| local);
    match local.unwrap_or(name) {
        "" => "somebody",
        name => name,
    }
}

/// The same at a glance.
fn card(update: &PublicUpdate, scene: &Scene<'_>) -> Card {
    let accent = match (update.status(), update.severity()) {
        (Status::Resolved | Status::Closed | Status::Cancelled, _) => Accent::Good,
        (_, Severity::Critical) => Accent::Critical,
        (_, Severity::Major) => Accent::Major,
        (_, Severity::Minor) => Accent::Minor,
    };
    // The text says it all: what changes while it stands there is what is worth a second look.
    let (name, fact) = match update.kind() {
        Kind::Update { next, .. } | Kind::Correction { next: Some(next), .. } => ("Next update", scene.when(next)),
        Kind::Final { .. } | Kind::Correction { next: None, .. } => ("Status", Text::says(update.status().word())),
    };
    Card { accent, facts: vec![(name.to_owned(), fact)] }
}

/// What can be done about a draft with one press.
fn draft_buttons(no: IncidentNo, n: u32, has_promise: bool) -> [Button; 3] {
    let publish = format!("publish {no} {n}");
    let publish = if has_promise { Press::Says(format!("!{publish}")) } else { Press::Opens(publish) };
    [
        ("Publish", publish),
        ("Edit", Press::Opens(format!("redraft {no} {n}"))),
        ("Discard", Press::Says(format!("!discard {no} {n}"))),
    ]
    .map(|(label, press)| Button { label: label.to_owned(), press })
}

/// Somebody proposes a statement.
pub(super) fn proposed(
    incident: &Incident,
    n: u32,
    text: &str,
    next: Option<Proposed>,
    customers: bool,
    by: Option<&Person>,
    scene: &Scene<'_>,
) -> Vec<Out> {
    let head = match by {
        Some(by) => Text::says(&format!("Draft {n} from ")).person(by).and(" is kept for the spokesperson"),
        None => Text::says(&format!("Draft {n} is a first response, ready for the spokesperson")),
    };
    let head = if customers { head.and(", for customers too") } else { head };
    let body = head.and(": ").quote(text);
    let body = match next {
        Some(Proposed::Minutes(minutes)) => body
            .line(&format!("`!publish {n}` or ✅ publishes it, with the next update in {}.", super::minutes(minutes))),
        Some(Proposed::At(at)) => body
            .line(&format!("`!publish {n}` or ✅ publishes it, with the next update by "))
            .join(scene.by(at))
            .and("."),
        Some(Proposed::Final) => body.line(&format!("`!publish {n}` or ✅ publishes it, as the last update.")),
        None => body.line(&format!("It does not say when the next one comes: `!publish {n} next <when>`.")),
    };
    let called = incident.spokesperson.iter().filter(|_| by.is_some() && !scene.quiet);
    let out = Out::call(body, called).about(Thing::Draft(n));
    let out = out.with_buttons(draft_buttons(incident.no, n, next.is_some()));
    let elsewhere = scene.from.is_some_and(|from| !super::answers::hears_war(incident, from));
    let thanks = elsewhere.then(|| {
        Out::back(Text::says(&format!("Draft {n} of {} is kept for the spokesperson. Thank you.", incident.no)))
    });
    [out].into_iter().chain(thanks.filter(|_| by.is_some())).collect()
}

/// A proposal that waits for nobody any more.
#[must_use]
pub fn settled_draft(incident: &Incident, n: u32, draft: &Draft, crowded: bool) -> Text {
    let text = match &draft.by {
        Some(by) => Text::says(&format!("Draft {n} from ")).person(by),
        None => Text::says(&format!("Draft {n}, a first response,")),
    };
    let text = text.and(match draft.state {
        DraftState::Published => " is published: ",
        DraftState::Discarded => " is discarded: ",
        DraftState::Open => " was not published, and the incident is over: ",
    });
    marked(text.quote(&draft.text), incident, crowded)
}

/// A proposal was thrown away.
pub(super) fn discarded(n: u32, by: Option<&Person>) -> Vec<Out> {
    let text = Text::says(&format!("Draft {n} is discarded"));
    let text = by.map_or(text.clone(), |by| text.and(" by ").person(by));
    vec![Out::war(text.and("."))]
}
