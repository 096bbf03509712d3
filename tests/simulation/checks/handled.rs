//! Everything that people did was handled once, in order, and had its effect once.

use std::collections::BTreeMap;

use herald::announce::Action;
use herald::incident::{Event, LogKind, Record};
use herald::journal::{Batch, Mark};
use herald::outbox::{Entry, Removal};
use herald_chat::{Inbound, SendKey, Tone, What};

use super::evidence::{Evidence, caused, mark, words};
use crate::words::tokens;

pub(super) fn check(evidence: &Evidence) -> Result<(), String> {
    let mut handled: BTreeMap<Mark, (usize, usize)> = BTreeMap::new();
    for (b, batch) in evidence.batches.iter().enumerate() {
        for (m, mark) in batch.marks.iter().enumerate() {
            if let (Some(_), Some(what)) = (handled.insert(*mark, (b, m)), name(evidence, *mark)) {
                return Err(format!("handled twice: {what}"));
            }
        }
    }
    let effects: Vec<_> = evidence.batches.iter().map(caused).collect();
    for (room, events) in &evidence.heard {
        let mut last = (0, 0);
        for inbound in events {
            let key = mark(inbound);
            let place = *handled.get(&key).ok_or_else(|| format!("never handled: {}", show(inbound)))?;
            if evidence.tried.contains(&full_key(inbound)) {
                refused_whole(evidence, inbound)?;
                continue;
            }
            if place < last {
                return Err(format!("handled before what came before it in {room}: {}", show(inbound)));
            }
            last = place;
            let (batch, effects) = (&evidence.batches[place.0], effects[place.0].get(&key));
            effect(evidence, inbound, batch, effects.map_or(&[], Vec::as_slice), place.0)?;
        }
    }
    once(evidence)
}

/// How what is done from elsewhere is confirmed.
const DONE: &str = "Done. What follows from it is told";

/// A command led to its record, or to an answer, or to a refusal. Whatever has words of its own is in one record when it
/// was accepted and in none when it was not.
fn effect(evidence: &Evidence, inbound: &Inbound, batch: &Batch, entries: &[&Entry], b: usize) -> Result<(), String> {
    let What::Message { text, .. } = &inbound.what else { return Ok(()) };
    let room = inbound.room.id();
    if !text.starts_with('!') || matches!(room, "company" | "customers") || over(evidence, inbound, b) {
        return Ok(());
    }
    if entries.is_empty() {
        return Err(format!("neither done nor answered: {}", show(inbound)));
    }
    // What is done to an incident elsewhere is confirmed, which is no refusal.
    let done = |entry: &Entry| words(entry).is_some_and(|text| text.to_string().contains(DONE));
    // What may have been meant for few is removed, and that is its refusal: its author is told once it is done.
    let held = |entry: &Entry| matches!(entry.removal.as_deref(), Some(Removal::Secret { .. }));
    let answers = |entry: &Entry| tone(entry) == Some(Tone::Answer) && !done(entry);
    let answered = entries.iter().any(|entry| answers(entry) || held(entry));
    for token in tokens(text) {
        let inside = batch.records.iter().filter(|record| typed(record).any(|it| it.contains(&token))).count();
        if inside != usize::from(!answered) {
            let what = if answered { "refused" } else { "accepted" };
            return Err(format!("{what}, and in {inside} records: {}", show(inbound)));
        }
    }
    Ok(())
}

/// No words were recorded twice for the same reason.
fn once(evidence: &Evidence) -> Result<(), String> {
    let mut seen = BTreeMap::new();
    for record in evidence.records() {
        for token in typed(record).flat_map(tokens) {
            if let Some(first) = seen.insert(token.clone(), record.seq) {
                return Err(format!("{token} is in records {first} and {}", record.seq));
            }
        }
    }
    Ok(())
}

/// The words that somebody typed to cause a record. Those that only repeat what was typed before are left out.
fn typed(record: &Record) -> impl Iterator<Item = &str> {
    let by_somebody = record.by.is_some();
    let words: [Option<&str>; 1] = match &record.event {
        Event::Declared { title, .. } => [Some(title)],
        Event::UpdatePublished { update } => [Some(update.text()).filter(|_| update.draft().is_none())],
        Event::DraftProposed { text, .. } => [Some(text.as_str()).filter(|_| by_somebody)],
        Event::Logged { kind, text, .. } => [Some(text.as_str()).filter(|_| *kind != LogKind::Pinned)],
        Event::SitrepWritten { text, .. }
        | Event::ImpactStated { text }
        | Event::WorkaroundStated { text }
        | Event::AttemptStated { text }
        | Event::Listed { text, .. }
        | Event::HelpNeeded { text }
        | Event::LogEdited { text, .. } => [Some(text)],
        Event::Settled { dropped, .. } => [dropped.as_deref()],
        Event::Resolved { summary } => [Some(summary)],
        Event::Identified { cause } => [Some(cause)],
        Event::Mitigated { how } => [Some(how)],
        Event::Reopened { why, .. } | Event::Cancelled { why, .. } => [Some(why)],
        Event::SeverityChanged { why, .. } => [why.as_deref()],
        _ => [None],
    };
    words.into_iter().flatten()
}

/// While the disk was full: nothing of it is recorded, ever.
fn refused_whole(evidence: &Evidence, inbound: &Inbound) -> Result<(), String> {
    let (What::Message { text, .. } | What::Edit { text, .. }) = &inbound.what else { return Ok(()) };
    for token in tokens(text) {
        if evidence.records().any(|record| typed(record).any(|it| it.contains(&token))) {
            return Err(format!("refused as the disk was full, and recorded: {}", show(inbound)));
        }
    }
    Ok(())
}

/// Whether it was said in the own room of an incident that was over by then: nobody is listening there.
fn over(evidence: &Evidence, inbound: &Inbound, b: usize) -> bool {
    let before = || evidence.batches.iter().take(b + 1).flat_map(|batch| &batch.records);
    let own = before().find(|it| matches!(&it.event, Event::RoomOpened { room } if *room == inbound.room));
    let Some(no) = own.map(|record| record.incident) else { return false };
    evidence.batches.iter().take(b + 1).flat_map(|batch| &batch.summaries).any(|summary| summary.no == no)
}

fn tone(entry: &Entry) -> Option<Tone> {
    match &entry.action {
        Action::Post(post) | Action::File(post, _) => Some(post.tone),
        Action::Rewrite(_)
        | Action::Withdraw
        | Action::Edit(..)
        | Action::Pin(..)
        | Action::Delete(_)
        | Action::Open(_)
        | Action::Invite(_)
        | Action::Exclude(_)
        | Action::Archive => None,
    }
}

/// The key of the answer that the disk is full.
pub(super) fn full_key(inbound: &Inbound) -> SendKey {
    let hex = data_encoding::HEXLOWER.encode(&mark(inbound));
    SendKey::derive(&format!("full:{hex}"), inbound.room.as_str(), 0)
}

/// What a mark is for; nothing when nobody did it, as when somebody joined.
fn name(evidence: &Evidence, wanted: Mark) -> Option<String> {
    evidence.heard.values().flatten().find(|inbound| mark(inbound) == wanted).map(show)
}

pub(super) fn show(inbound: &Inbound) -> String {
    format!("{} {} in {}: {:?}", inbound.id, inbound.by.name, inbound.room.id(), inbound.what)
}
