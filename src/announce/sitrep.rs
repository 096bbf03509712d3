//! Situation reports.

use herald_chat::Text;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::board::around;
use super::{Out, Scene, inside, label};
use crate::incident::words::clock_time;
use crate::incident::{Incident, Sitrep};

/// A version was written: for the people who respond and for engineering.
pub(super) fn written(incident: &Incident, n: u32, scene: &Scene<'_>) -> Vec<Out> {
    let tell = |name: &str| old_sitrep(incident, n, name, scene.now, &scene.policy.zone).unwrap_or_default();
    let outside = (!incident.security).then(|| Out::engineering(tell(&label(incident))));
    [Out::war(tell(&inside(incident)))].into_iter().chain(outside).collect()
}

/// Version `n` with the state around it at the time; `None` if there is none.
#[must_use]
pub fn old_sitrep(incident: &Incident, n: u32, name: &str, now: Timestamp, zone: &TimeZone) -> Option<Text> {
    let sitrep = incident.sitreps.get(usize::try_from(n).ok()?.checked_sub(1)?)?;
    let text = Text::says(&format!("Sitrep {n} · ")).strong(name);
    let around_it = &sitrep.around;
    let text = text.and(&format!(" · {} · {}", around_it.severity, around_it.status)).and(" · ");
    let text = by(sitrep, text).and(", ").time(sitrep.at, clock_time(sitrep.at, now, zone));
    Some(around(around_it, text.block(&sitrep.text), false, sitrep.at, zone))
}

fn by(sitrep: &Sitrep, text: Text) -> Text {
    match &sitrep.by {
        Some(by) => text.person(by),
        None => text,
    }
}
