//! The line below a message says who has reacted to it on the other sides, once.

use std::collections::BTreeSet;

use herald::relay::{self, Said};
use herald_chat::{MessageRef, RoomRef, What};

use super::facts::Facts;
use super::{Passed, is_secret};

pub(super) fn check(facts: &Facts, said: &Said, passed: &mut Passed) -> Result<(), String> {
    // What stands in one room alone has no line: nobody asks who reacted.
    if said.gone || said.is_unknown() {
        return Ok(());
    }
    for copy in &said.copies {
        let line = copy.line.and_then(|part| copy.message(part)).and_then(|message| facts.line(&message));
        let wanted = relay::reactions(&said.reactions, &copy.side).map(|text| text.to_string());
        if line.map(|line| line.text.clone()) != wanted {
            return Err(format!("who reacted should be {wanted:?}, and is {line:?}, of {said:?}"));
        }
    }
    let messages: Vec<MessageRef> = said.messages().into_iter().filter(|it| facts.line(it).is_some()).collect();
    let lost = |message: &MessageRef| {
        let reactions =
            facts.about(message).filter(|it| matches!(it.what, What::Reaction { .. } | What::Unreacted { .. }));
        reactions.into_iter().any(|event| facts.lost(event))
    };
    // A message that was changed into something secret is removed by Herald, with the reactions that stood on it.
    let held = said.origin.as_ref().is_some_and(|origin| {
        facts.line(origin).is_none()
            && facts.about(origin).any(|it| matches!(&it.what, What::Edit { text, .. } if is_secret(text)))
    });
    if held || messages.iter().any(lost) {
        return Ok(());
    }
    let mut facts_say: BTreeSet<(RoomRef, String, String)> = BTreeSet::new();
    for message in &messages {
        for (emoji, who) in &facts.line(message).unwrap().reactions {
            facts_say.insert((message.room.clone(), emoji.clone(), who.clone()));
        }
    }
    let known = |it: &relay::Reacted| Some((facts.room(&it.side)?, it.emoji.clone(), it.by.id.id().to_owned()));
    let known: BTreeSet<_> = said.reactions.iter().filter_map(known).collect();
    passed.reactions += known.len();
    if let Some(missing) = facts_say.difference(&known).next() {
        return Err(format!("nobody knows of {missing:?} on {said:?}"));
    }
    // A part that was removed took its reactions with it.
    let shrunk = said.copies.iter().any(|copy| copy.made.iter().any(Option::is_none));
    match known.difference(&facts_say).next() {
        Some(extra) if !shrunk => Err(format!("nobody has put {extra:?} on {said:?}")),
        Some(_) | None => Ok(()),
    }
}
