//! What stands for a message says what it says now.

use herald::relay::{self, Copy, Part, Said};
use herald_chat::{Inbound, MessageRef, Text, What};

use super::facts::Facts;
use super::{Passed, is_secret};
use crate::weather::is_stuck;

/// How large a file may be here.
const LIMIT: u64 = herald_console::CARRIES;

pub(super) fn check(facts: &Facts, said: &Said, passed: &mut Passed) -> Result<(), String> {
    let Some(origin) = said.origin.as_ref().filter(|_| !said.copies.is_empty()) else { return Ok(()) };
    let edited = || facts.about(origin).filter(|event| matches!(event.what, What::Edit { .. }));
    let removed = facts.about(origin).find(|event| matches!(event.what, What::Delete { .. }));
    passed.edits += edited().count();
    passed.removals += usize::from(removed.is_some());
    if removed.is_some_and(|event| facts.lost(event)) || edited().any(|event| facts.lost(event)) {
        return Ok(());
    }
    let here = facts.side(&origin.room);
    let others = said.copies.iter().filter(|copy| Some(&copy.side) != here.as_ref());
    if others.count() + 1 != facts.consoles.len() {
        return Err(format!("not on every other side: {said:?}"));
    }
    for copy in &said.copies {
        let wrong =
            |what: &str| Err(format!("{what} of {said:?}; there stands {:?}", standing(facts, copy, all(copy))));
        let there = standing(facts, copy, all(copy));
        if removed.is_some() {
            if !there.is_empty() {
                return wrong("removed, and something still stands");
            }
            continue;
        }
        if Some(&copy.side) == here.as_ref() {
            continue;
        }
        if facts.is_refused(said, &copy.side) {
            passed.refused += 1;
            told(facts, origin, copy)?;
            continue;
        }
        let newest = facts.line(origin).map(|line| line.text.clone()).unwrap_or_default();
        // A change that makes a secret of it is not passed on, and Herald removes the message that holds it.
        let held = |event: &Inbound| matches!(&event.what, What::Edit { text, .. } if is_secret(text));
        let is_held = newest.is_empty() && facts.about(origin).any(held);
        let newest = if is_held || is_secret(&newest) { said.text.clone() } else { newest };
        let now: String = standing(facts, copy, copy.words.clone()).iter().map(|line| line.text.clone()).collect();
        let (now, speaker) = (solid(&now), solid(&speaker(said)));
        let words = solid(&relay::cleaned(Text::new().typed(&newest)).to_string());
        let plain = !said.dated && !said.answers_unknown;
        let right = match (words.is_empty(), plain) {
            (true, _) => now.is_empty(),
            (false, true) => now == format!("{speaker}{words}"),
            (false, false) => now.starts_with(&format!("{speaker}(")) && now.ends_with(&words),
        };
        if !right {
            return wrong(&format!("it says {now:?} in place of {words:?}"));
        }
        let known: Vec<Part> = copy.words.iter().chain(&copy.files).chain(&copy.line).copied().collect();
        if there.len() != known.len() {
            return wrong("more or less stands than is known to");
        }
        files(facts, said, copy, passed)?;
        answers(facts, said, copy, passed)?;
    }
    Ok(())
}

/// Where it was said it is told that messages are not taken.
fn told(facts: &Facts, origin: &MessageRef, copy: &Copy) -> Result<(), String> {
    let to = relay::mark(&copy.side.network());
    let lines = facts.lines.get(&origin.room).into_iter().flat_map(|lines| lines.values());
    let told = format!("What is said here does not reach {to}: ");
    if lines.filter(|line| line.author == herald_console::HERALD).any(|line| line.text.starts_with(&told))
        || facts.is_unsaid(&origin.room, &told)
    {
        return Ok(());
    }
    Err(format!("nobody in {} was told that {to} does not take messages", origin.room))
}

fn all(copy: &Copy) -> Vec<Part> {
    (0..copy.made.len()).collect()
}

/// Those parts that stand, in order.
fn standing<'a>(facts: &'a Facts, copy: &Copy, parts: Vec<Part>) -> Vec<&'a herald_console::Line> {
    let messages = parts.into_iter().filter_map(|part| copy.message(part));
    messages.filter_map(|message| facts.line(&message)).collect()
}

fn speaker(said: &Said) -> String {
    let (by, origin) = (said.by.as_ref(), said.origin.as_ref());
    let network = origin.map(|origin| relay::mark(&origin.room.network())).unwrap_or_default();
    format!("{} · {network}:", by.map(|by| by.name.clone()).unwrap_or_default())
}

/// Without blanks, which may be lost where a text is cut.
fn solid(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Each file is there as it was sent, or it is named with a reason there is for it.
fn files(facts: &Facts, said: &Said, copy: &Copy, passed: &mut Passed) -> Result<(), String> {
    let origin = said.origin.as_ref().and_then(|origin| facts.about(origin).next());
    let Some(What::Message { shown, .. }) = origin.map(|event| &event.what) else { return Ok(()) };
    if shown.files.len() != copy.files.len() {
        return Err(format!("{} files, and {} of them known: {said:?}", shown.files.len(), copy.files.len()));
    }
    let still = said.origin.as_ref().and_then(|origin| facts.line(origin)).and_then(|line| line.file.clone());
    for (file, line) in shown.files.iter().zip(standing(facts, copy, copy.files.clone())) {
        passed.files += usize::from(line.file.is_some());
        let large = file.size.is_some_and(|size| size > LIMIT);
        let right = match &line.file {
            Some((name, size, _)) => {
                *name == file.name
                    && Some(*size) == file.size
                    && still.as_ref().is_none_or(|it| Some(it) == line.file.as_ref())
            }
            None => {
                (large || still.is_none() || is_stuck(&file.name))
                    && line.text.contains(&file.name)
                    && line.text.contains("was not passed on")
            }
        };
        if !right {
            return Err(format!("the file {file:?} of {said:?} stands as {line:?}"));
        }
    }
    Ok(())
}

/// What stands for an answer answers what stands for the message that was answered.
fn answers(facts: &Facts, said: &Said, copy: &Copy, passed: &mut Passed) -> Result<(), String> {
    let event = said.origin.as_ref().and_then(|origin| facts.about(origin).next());
    let Some(What::Message { reply_to: Some(to), .. }) = event.map(|event| &event.what) else { return Ok(()) };
    let first = copy.words.iter().chain(&copy.files).find_map(|part| copy.message(*part));
    let Some(line) = first.and_then(|message| facts.line(&message)) else { return Ok(()) };
    let Some(answered) = facts.said.values().find(|it| it.messages().contains(to)) else { return Ok(()) };
    if said.answers_unknown {
        // A post whose answer is long in coming cannot be waited for, and what was removed before it was heard stands nowhere.
        let never_heard = answered.gone && answered.copies.is_empty();
        if never_heard || answered.is_unknown() || event.is_some_and(|event| facts.known_after(to, event)) {
            passed.unknown += 1;
            return Ok(());
        }
        return Err(format!("{said:?} is said to answer what nobody knows, and that is {answered:?}"));
    }
    let Some(room) = facts.room(&copy.side) else { return Ok(()) };
    let stands = |id: &String| answered.messages().contains(&MessageRef { room: room.clone(), id: id.clone() });
    // A board is Herald's own on each side.
    let board = |message: &MessageRef| facts.line(message).filter(|it| it.author == "herald").map(|it| &it.text);
    let is_board = |id: &String| {
        let there = MessageRef { room: room.clone(), id: id.clone() };
        board(to).is_some_and(|text| Some(text) == board(&there))
    };
    match &line.answers {
        Some(id) if stands(id) || is_board(id) => Ok(()),
        // It was removed before, or its own part of it was.
        Some(_) | None if answered.gone => Ok(()),
        // Nobody waits for a file, so it may have been on its way still.
        None if facts.is_file_alone(answered) => Ok(()),
        // There is nothing to be answered.
        None if facts.is_refused(answered, &copy.side) => Ok(()),
        Some(_) | None => Err(format!("{said:?} answers {answered:?}, and there {line:?}")),
    }
}
