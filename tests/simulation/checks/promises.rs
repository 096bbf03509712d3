//! No promise is forgotten: reminders come when they are due, each once, and every promise ends as kept or broken.

use std::collections::{BTreeMap, BTreeSet};

use herald::incident::policy::Ladder;
use herald::incident::{Event, IncidentNo, Promise};
use jiff::{SignedDuration, Timestamp};

use super::evidence::Evidence;
use crate::world::World;

/// At any time: whatever has fallen due has been reminded of.
pub(crate) fn meanwhile(world: &mut World) -> Result<(), String> {
    let (now, ladder) = (world.clock_now(), world.setup.policy.ladder);
    let promises = world.look(move |engine| {
        let promises = engine.incidents().filter_map(|it| it.promise.clone().map(|promise| (it.no, promise)));
        promises.collect::<Vec<_>>()
    });
    promises.unwrap_or_default().iter().try_for_each(|(no, promise)| reminded(*no, promise, &ladder, now))
}

fn reminded(no: IncidentNo, promise: &Promise, ladder: &Ladder, now: Timestamp) -> Result<(), String> {
    let rungs = rungs(ladder).into_iter().zip(0..);
    let due = rungs.filter(|(offset, _)| promise.due + *offset <= now && (*offset >= SignedDuration::ZERO));
    match due.map(|(_, step)| step).max() {
        Some(step) if promise.step <= step => Err(format!(
            "{no} was promised an update by {}, it is {now}, and only {} of {} reminders came",
            promise.due,
            promise.step,
            step + 1
        )),
        Some(_) | None => Ok(()),
    }
}

/// How far from the promise each reminder comes.
fn rungs(ladder: &Ladder) -> Vec<SignedDuration> {
    let again = (1..=ladder.most).map(|k| ladder.after + ladder.every * i32::try_from(k).unwrap());
    [-ladder.before, SignedDuration::ZERO, ladder.after].into_iter().chain(again).collect()
}

/// At the end.
pub(super) fn check(evidence: &Evidence, world: &mut World) -> Result<(), String> {
    meanwhile(world)?;
    let rungs = rungs(&world.setup.policy.ladder);
    let mut due: BTreeMap<IncidentNo, (u32, Option<Timestamp>)> = BTreeMap::new();
    let mut taken = BTreeSet::new();
    let mut ended: BTreeMap<IncidentNo, (u32, u32)> = BTreeMap::new();
    for record in evidence.records() {
        let no = record.incident;
        let (count, open) = due.entry(no).or_default();
        let mut owe = |at: Timestamp| {
            *count += 1;
            *open = Some(at);
        };
        match &record.event {
            Event::Declared { due: Some(at), .. }
            | Event::SeverityChanged { due: Some(at), .. }
            | Event::Reopened { due: Some(at), .. } => owe(*at),
            Event::UpdatePublished { update } if update.number().is_some() => {
                if let Some(at) = open.take() {
                    let (kept, broken) = ended.entry(no).or_default();
                    if record.at <= at { *kept += 1 } else { *broken += 1 }
                }
                if let Some(at) = update.next() {
                    *count += 1;
                    *open = Some(at);
                }
            }
            Event::Reminded { promise, step } => {
                let at = open.filter(|_| promise == count).ok_or_else(|| format!("{no} was reminded of nothing"))?;
                if !taken.insert((no, *promise, *step)) {
                    return Err(format!("{no} was reminded twice of promise {promise}, step {step}"));
                }
                let offset = rungs.get(usize::try_from(*step).unwrap()).ok_or("there is no such step")?;
                if record.at < at + *offset {
                    return Err(format!("{no} was reminded too early of promise {promise}, step {step}"));
                }
            }
            _ => {}
        }
    }
    let counted = world.look(|engine| {
        let open = engine.incidents().map(|it| (it.no, (it.kept, it.broken))).collect::<Vec<_>>();
        let over = engine.summaries().map(|it| (it.no, (it.kept, it.broken)));
        open.into_iter().chain(over).collect::<Vec<_>>()
    });
    for (no, counted) in counted.unwrap_or_default() {
        let expected = ended.get(&no).copied().unwrap_or_default();
        if counted != expected {
            return Err(format!("{no} counts {counted:?} promises kept and broken, and {expected:?} were"));
        }
    }
    Ok(())
}
