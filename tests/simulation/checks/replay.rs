//! The journal is whole, and gives back the state that was: from its snapshot, and from its records alone.

use std::collections::BTreeMap;

use herald::engine::Engine;
use herald::journal::{Journal, MemoryJournal, Verdict};

use super::evidence::Evidence;
use crate::ledger::Watched;
use crate::world::World;

pub(super) fn check(evidence: &Evidence, world: &mut World) -> Result<(), String> {
    let before = world.look(state).ok_or("Herald does not answer")?;
    world.kill();
    let mut journal = MemoryJournal::open(&world.disk).map_err(|fault| fault.to_string())?;
    let records = u64::try_from(evidence.records().count()).unwrap();
    match journal.verify() {
        Ok(Verdict::Whole { records: found }) if found == records => {}
        other => return Err(format!("the chain of {records} records does not verify: {other:?}")),
    }
    let mut stored = Vec::new();
    journal.scan(1..=u64::MAX, &mut |record| stored.push(record)).map_err(|fault| fault.to_string())?;
    if !stored.iter().eq(evidence.records()) {
        return Err("the journal does not hold the records that were committed".to_owned());
    }
    for from in ["the snapshot", "the records alone"] {
        if from == "the records alone" {
            world.disk.tamper(|key, value| (key.first() != Some(&b'z')).then_some(value));
            journal = MemoryJournal::open(&world.disk).map_err(|fault| fault.to_string())?;
        }
        let watched = Watched { journal, ledger: world.ledger.clone(), line: world.line.clone() };
        let engine = Engine::boot(watched, world.setup.clone(), BTreeMap::new()).map_err(|fault| fault.to_string())?;
        let after = state(&engine);
        if after != before {
            return Err(format!("from {from} comes another state:\n{after}\nin place of\n{before}"));
        }
        journal = MemoryJournal::open(&world.disk).map_err(|fault| fault.to_string())?;
    }
    Ok(())
}

/// All that is known of all incidents.
fn state(engine: &Engine<Watched>) -> String {
    let open = engine.incidents().map(|incident| serde_json::to_string(incident).unwrap());
    let over = engine.summaries().map(|summary| serde_json::to_string(summary).unwrap());
    open.chain(over).collect::<Vec<_>>().join("\n")
}
