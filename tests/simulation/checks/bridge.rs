//! What was said in a room that is one with another stands there once, in order, as it is now.

mod copies;
mod facts;
mod reactions;

use std::collections::BTreeSet;

use herald::relay::Said;
use herald_chat::{MessageRef, RoomRef, What};

use facts::Facts;

use crate::world::World;

/// What was passed on.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Passed {
    pub(crate) messages: usize,
    pub(crate) edits: usize,
    pub(crate) removals: usize,
    pub(crate) reactions: usize,
    pub(crate) answers: usize,
    /// Of these, those that answer a message that was not known in time.
    pub(crate) unknown: usize,
    pub(crate) files: usize,
    pub(crate) refused: usize,
    pub(crate) posts: usize,
    pub(crate) deaths: usize,
    pub(crate) full: usize,
}

/// All of it.
///
/// # Errors
/// The first thing that does not hold.
pub(crate) fn check(world: &World) -> Result<Passed, String> {
    let facts = Facts::collect(world);
    handled(&facts)?;
    let mut passed = Passed { deaths: world.deaths as usize, full: world.line.full() as usize, ..Passed::default() };
    said_once(&facts, &mut passed)?;
    for said in facts.said.values() {
        copies::check(&facts, said, &mut passed)?;
        reactions::check(&facts, said, &mut passed)?;
    }
    nothing_else(&facts, &mut passed)?;
    in_order(&facts)?;
    Ok(passed)
}

/// Everything that happened was taken in.
fn handled(facts: &Facts) -> Result<(), String> {
    match facts.events().find(|event| facts.batch(event).is_none()) {
        Some(event) => Err(format!("never handled: {event:?}")),
        None => Ok(()),
    }
}

/// Each message that was said where it is passed on is known once, and no other is.
fn said_once(facts: &Facts, passed: &mut Passed) -> Result<(), String> {
    let (mut origins, mut passed_on) = (BTreeSet::new(), BTreeSet::new());
    for said in facts.said.values() {
        let Some(origin) = &said.origin else { continue };
        if !origins.insert(origin.clone()) {
            return Err(format!("passed on twice: {said:?}"));
        }
        // Of one that was removed before it was heard nothing is known but that.
        if !said.copies.is_empty() {
            passed_on.insert(origin.clone());
        }
        if facts.side(&origin.room).is_none() {
            return Err(format!("this is for its own room only, and was passed on: {said:?}"));
        }
    }
    for event in facts.events() {
        let What::Message { text, reply_to, .. } = &event.what else { continue };
        if facts.side(&event.room).is_none() || facts.lost(event) {
            continue;
        }
        let message = MessageRef { room: event.room.clone(), id: event.id.clone() };
        let is_known = origins.contains(&message);
        if is_secret(text) && passed_on.contains(&message) {
            return Err(format!("the declaration of a security incident was passed on: {text}"));
        }
        if !is_secret(text) && !is_known && !facts.is_held_back(&message) {
            return Err(format!("never passed on: {event:?}"));
        }
        let stands = passed_on.contains(&message);
        passed.messages += usize::from(stands);
        passed.answers += usize::from(stands && reply_to.is_some());
    }
    Ok(())
}

/// No message of Herald's speaks for somebody, or says who reacted, that is not known to do so.
fn nothing_else(facts: &Facts, passed: &mut Passed) -> Result<(), String> {
    let mut made = BTreeSet::new();
    for said in facts.said.values() {
        for copy in &said.copies {
            let room = facts.room(&copy.side);
            for id in copy.made.iter().flatten() {
                let message = room.clone().map(|room| MessageRef { room, id: id.clone() });
                if !message.is_some_and(|message| made.insert(message)) {
                    return Err(format!("one message stands for two things: {id} of {said:?}"));
                }
            }
        }
    }
    for (room, lines) in &facts.lines {
        for line in lines.values().filter(|line| line.author == "herald") {
            let speaks = [" · Console", " · Annex"].iter().any(|mark| {
                line.text.split_once(mark).is_some_and(|(name, rest)| {
                    !name.contains([':', '\n']) && (rest.starts_with(':') || rest.starts_with(" changed"))
                })
            });
            let reacts = line.text.starts_with(['👍', '👀']);
            passed.posts += usize::from(speaks || reacts);
            let message = MessageRef { room: room.clone(), id: line.id.clone() };
            if (speaks || reacts) && !made.contains(&message) {
                return Err(format!("nobody said this, or it stands there twice, in {room}: {line:?}"));
            }
        }
    }
    Ok(())
}

/// What was said in one room is in its order in the others.
fn in_order(facts: &Facts) -> Result<(), String> {
    let mut last: std::collections::BTreeMap<(RoomRef, RoomRef), (u64, u64, &Said)> = std::collections::BTreeMap::new();
    let number = |id: &String| id.parse::<u64>().unwrap();
    let mut saids: Vec<_> = facts.said.iter().filter(|(_, said)| said.origin.is_some()).collect();
    saids.sort_by_key(|(_, said)| said.origin.as_ref().map(|origin| number(&origin.id)));
    for (n, said) in saids {
        let Some(origin) = &said.origin else { continue };
        let here = facts.side(&origin.room);
        for copy in said.copies.iter().filter(|copy| Some(&copy.side) != here.as_ref()) {
            let (Some(room), Some(Some(first))) = (facts.room(&copy.side), copy.made.first()) else { continue };
            if facts.may_be_late(*n, &copy.side) {
                continue;
            }
            let place = (number(&origin.id), number(first), said);
            let before = last.insert((origin.room.clone(), room.clone()), place);
            if before.is_some_and(|before| before.1 > place.1) {
                return Err(format!("out of order in {room}: {before:?} and then {place:?}"));
            }
        }
    }
    Ok(())
}

pub(super) fn is_secret(text: &str) -> bool {
    text.trim_start().starts_with("!declare") && text.contains("--security")
}
