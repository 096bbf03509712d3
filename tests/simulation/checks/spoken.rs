//! The gate: whatever was said to the company was published by the spokesperson of that moment, with a promise, and is
//! there once.

use std::collections::BTreeMap;

use herald::incident::public::Kind;
use herald::incident::{Event, IncidentNo, Role};
use herald_chat::Person;

use super::evidence::{Evidence, words};
use crate::words::tokens;

pub(super) fn check(evidence: &Evidence) -> Result<(), String> {
    by_the_spokesperson(evidence)?;
    for (room, customers) in [("company", false), ("customers", true)] {
        in_the_room(evidence, room, customers)?;
    }
    Ok(())
}

/// Follows the role through the records, by other means than the incident does.
fn by_the_spokesperson(evidence: &Evidence) -> Result<(), String> {
    let mut speaks: BTreeMap<IncidentNo, Person> = BTreeMap::new();
    for record in evidence.records() {
        let no = record.incident;
        match &record.event {
            Event::RoleTaken { role: Role::Spokesperson, person, .. }
            | Event::RoleAssigned { role: Role::Spokesperson, person, .. }
            | Event::HandoffAccepted { role: Role::Spokesperson, to: person, .. } => {
                speaks.insert(no, person.clone());
            }
            Event::RoleReleased { role: Role::Spokesperson, .. } => {
                speaks.remove(&no);
            }
            Event::UpdatePublished { update } => {
                if record.by.is_none()
                    || record.by.as_ref() != speaks.get(&no)
                    || record.by.as_ref() != Some(update.spokesperson())
                {
                    return Err(format!(
                        "{} of {no} was published by {:?}, the spokesperson is {:?}",
                        update.name(),
                        record.by,
                        speaks.get(&no)
                    ));
                }
                if matches!(update.kind(), Kind::Update { next, .. } if next <= record.at) {
                    return Err(format!("{} of {no} promises what is past", update.name()));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// One post for each statement, in the order in which they were published.
fn in_the_room(evidence: &Evidence, room: &str, customers: bool) -> Result<(), String> {
    let entries: Vec<_> = evidence
        .entries()
        .filter(|entry| evidence.room(&entry.dest).as_deref() == Some(room) && words(entry).is_some())
        .collect();
    let updates: Vec<_> = evidence.updates().filter(|(_, update)| !customers || update.is_for_customers()).collect();
    if entries.len() != updates.len() {
        return Err(format!("{} statements, and {} posts for {room}", updates.len(), entries.len()));
    }
    let posts = evidence.posts().remove(room).unwrap_or_default();
    let mut posts = posts.iter();
    for (entry, (record, update)) in entries.iter().zip(&updates) {
        if evidence.refused.contains(&entry.key) {
            continue;
        }
        let Some(post) = posts.next() else { return Err(format!("{} is not in {room}", update.name())) };
        let kind = match update.kind() {
            Kind::Update { n, .. } | Kind::Final { n } => format!("update {n}"),
            Kind::Correction { of, .. } => format!("correction of update {of}"),
        };
        let complete = post.contains(&kind)
            && post.contains(&record.incident.to_string())
            && tokens(update.text()).iter().all(|token| post.contains(token));
        if !complete {
            return Err(format!(
                "record {} is {} of {}, and {room} reads {post:?}",
                record.seq,
                update.name(),
                record.incident
            ));
        }
    }
    match posts.next() {
        Some(post) => Err(format!("nobody published this in {room}: {post:?}")),
        None => Ok(()),
    }
}
