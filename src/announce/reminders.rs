//! The ladder of reminders.

use herald_chat::{Person, Text};

use super::{Out, Scene, course};
use crate::incident::words::{capital, short, span};
use crate::incident::{Incident, Status, Step};

/// A step of the ladder was taken.
pub(super) fn reminded(incident: &Incident, step: u32, scene: &Scene<'_>) -> Vec<Out> {
    let ladder = &scene.policy.ladder;
    let (Some(promise), Some(step)) = (&incident.promise, Step::number(step, ladder)) else {
        return Vec::new();
    };
    let off = promise.due.duration_since(scene.now);
    let what = match incident.last_update() {
        Some(n) => format!("update {} of {}", n + 1, incident.no),
        None => format!("the first update of {}", incident.no),
    };
    let state = match step {
        Step::Soon => format!("{what} is due in {}", span(off)),
        Step::Due => format!("{what} is due now"),
        Step::Late | Step::Later(_) => format!("{what} is {} late", span(-off)),
    };
    let people = called(incident, step);
    let text = people.iter().fold(Text::new(), |text, person| text.person(person).and(", "));
    let text = text.and(&if people.is_empty() { capital(&state) } else { state }).and(".");
    let how = match incident.status {
        Status::Resolved | Status::Closed | Status::Cancelled => "`!update <text>. final`".to_owned(),
        Status::Investigating | Status::Identified | Status::Mitigated => {
            format!("`!update <text> next {}`", short(scene.policy.of(incident.severity).usual))
        }
    };
    let text = match (step, &incident.spokesperson) {
        (Step::Soon | Step::Due, Some(_)) => text.and(&format!(" {how}")),
        (Step::Late | Step::Later(_), Some(spokesperson)) => {
            let text = match &incident.commander {
                Some(commander) if commander != spokesperson => {
                    text.and(" ").person(spokesperson).and(" has not spoken:")
                }
                Some(_) | None => text,
            };
            text.and(&format!(" {how}, or `!assign spokesperson <person>`."))
        }
        (Step::Soon | Step::Due | Step::Late | Step::Later(_), None) => text.append(course::nobody_may(scene)),
    };
    let text = if step.is_last(ladder) { text.line("This was the last reminder of this promise.") } else { text };
    // Nobody has answered, or nobody is there who could: more have to hear of it.
    let is_unanswered = people.is_empty() || matches!(step, Step::Later(_));
    let by_all = is_unanswered && scene.calls_all(incident.severity);
    vec![Out::call(text, people).heard(true, by_all)]
}

/// Whom a step is for. Where there is no spokesperson, the commander has to find one.
fn called(incident: &Incident, step: Step) -> Vec<&Person> {
    let (spokesperson, commander) = (incident.spokesperson.as_ref(), incident.commander.as_ref());
    let mut people: Vec<&Person> = match step {
        Step::Soon | Step::Due => spokesperson.or(commander).into_iter().collect(),
        Step::Late => commander.or(spokesperson).into_iter().collect(),
        Step::Later(_) => [commander, spokesperson].into_iter().flatten().collect(),
    };
    people.dedup();
    people
}
