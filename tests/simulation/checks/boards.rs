//! Where there are boards, each open incident has one in each room where it is worked on, which is pinned and says where
//! the incident stands; of those that are over, none is pinned, and what is left says how it ended.

use std::collections::{BTreeMap, BTreeSet};

use herald::announce::{Action, pinned};
use herald::incident::sight::Viewer;
use herald::incident::{Audience, Incident, IncidentNo};
use herald::outbox::{Dest, EntryId, Rank};
use herald_chat::Platform;
use herald_console::Line;

use super::evidence::{Evidence, is_board};
use crate::world::World;

/// Returns how many edits there were.
pub(super) fn check(evidence: &Evidence, world: &World) -> Result<usize, String> {
    let mut boards: BTreeMap<(String, IncidentNo), Vec<Line>> = BTreeMap::new();
    let mut others = Vec::new();
    for room in evidence.heard.keys() {
        let lines = block_read(world, room);
        for line in lines.into_iter().filter(|line| line.author == "herald") {
            match named(&line.text).filter(|_| is_board(&line.text)) {
                Some(no) => boards.entry((room.clone(), no)).or_default().push(line),
                None => others.push((room.clone(), line)),
            }
        }
    }
    if let Some((room, line)) = others.iter().find(|(_, line)| line.pinned) {
        return Err(format!("pinned in {room}, and no board: {}", line.text));
    }
    for incident in folded(evidence).values() {
        let mut wanted = places(incident);
        if !world.console().boards() {
            wanted.clear();
        }
        let there: Vec<_> = boards.keys().filter(|(_, no)| *no == incident.no).map(|(room, _)| room.clone()).collect();
        for room in there.iter().chain(&wanted).collect::<BTreeSet<_>>() {
            let lines = boards.get(&(room.clone(), incident.no)).map_or(&[][..], Vec::as_slice);
            let viewer = if incident.own_room { Viewer::Own(incident.no) } else { Viewer::Audience(Audience::WarRoom) };
            let text = pinned(incident, viewer, &world.setup.policy.zone).to_string();
            let open = !incident.is_over();
            let right = |line: &Line| line.text == text && line.pinned == open;
            if !wanted.contains(room) || lines.len() > 1 || (open && lines.is_empty()) || !lines.iter().all(right) {
                return Err(format!("the board of {} in {room} should be {text:?}, and is {lines:?}", incident.no));
            }
        }
    }
    one_by_one(evidence)
}

/// At most one thing waits for each board, and no edit says what the one before it said.
fn one_by_one(evidence: &Evidence) -> Result<usize, String> {
    let mut edits = 0;
    let mut waiting: BTreeMap<EntryId, (IncidentNo, Dest)> = BTreeMap::new();
    let mut said = BTreeMap::new();
    for batch in &evidence.batches {
        for id in &batch.settled {
            waiting.remove(id);
        }
        for entry in batch.entries.iter().filter(|entry| entry.rank == Rank::Board) {
            let no = entry.subject.as_ref().map(|subject| subject.incident).ok_or("a board of nothing")?;
            let place = (no, entry.dest.clone());
            if waiting.values().any(|other| *other == place) {
                return Err(format!("two things wait for the board of {no}: {entry:?}"));
            }
            waiting.insert(entry.id, place);
            if evidence.refused.contains(&entry.key) {
                return Err(format!("the platform did not take the board of {no}: {entry:?}"));
            }
            if let Action::Edit(message, post) = &entry.action {
                edits += 1;
                if said.insert(message.clone(), post.clone()).is_some_and(|before| before == *post) {
                    return Err(format!("the board of {no} is edited, and says the same: {entry:?}"));
                }
            }
        }
    }
    Ok(edits)
}

fn block_read(world: &World, room: &str) -> Vec<Line> {
    // Somebody is in each room.
    crate::world::PEOPLE.iter().find_map(|person| world.console().read(person, room).ok()).unwrap_or_default()
}

/// The incident whose board this is.
fn named(text: &str) -> Option<IncidentNo> {
    let mut words = text.lines().next()?.split_whitespace();
    words.find_map(|word| word.strip_prefix("INC-")).and_then(|no| no.parse().ok()).map(IncidentNo)
}

/// All incidents, from the records alone.
fn folded(evidence: &Evidence) -> BTreeMap<IncidentNo, Incident> {
    let mut all: BTreeMap<IncidentNo, Incident> = BTreeMap::new();
    for record in evidence.records() {
        if let Some(incident) = all.get_mut(&record.incident) {
            incident.apply(record);
        } else if let Some(incident) = Incident::declared(record) {
            all.insert(record.incident, incident);
        }
    }
    all
}

fn places(incident: &Incident) -> BTreeSet<String> {
    if incident.own_room {
        incident.rooms.iter().map(|room| room.id().to_owned()).collect()
    } else {
        BTreeSet::from(["war-room".to_owned()])
    }
}
