//! Lists and the timeline: what anybody in the war room may add to.

use herald_chat::{MessageRef, Person};

use super::{Context, Event, Incident, Refusal, commander_only};
use crate::incident::policy::{LIST_MAX, QUESTIONS_MAX};
use crate::incident::{Item, ItemState, List, LogKind};

pub(super) fn add(
    incident: &Incident,
    list: List,
    text: &str,
    owner: Option<&Person>,
    cx: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    if owner.is_some_and(|owner| owner != cx.by) {
        commander_only(incident, cx.by)?;
    }
    Ok(vec![Event::Listed { list, n: next(incident, list)?, text: text.to_owned(), owner: owner.cloned() }])
}

pub(super) fn ask(incident: &Incident, text: &str, cx: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let list = List::Question;
    let own = incident.open_items(list).filter(|(_, item)| item.by == *cx.by).count();
    if own >= QUESTIONS_MAX as usize {
        return Err(Refusal::AskedEnough { no: incident.no, limit: QUESTIONS_MAX });
    }
    Ok(vec![Event::Listed { list, n: next(incident, list)?, text: text.to_owned(), owner: None }])
}

fn next(incident: &Incident, list: List) -> Result<u32, Refusal> {
    if incident.open_items(list).count() >= LIST_MAX as usize {
        return Err(Refusal::TooMany { no: incident.no, limit: LIST_MAX });
    }
    Ok(u32::try_from(incident.items(list).len()).unwrap_or(u32::MAX).saturating_add(1))
}

pub(super) fn own(
    incident: &Incident,
    list: List,
    n: u32,
    owner: &Person,
    cx: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    open(incident, list, n)?;
    if owner != cx.by {
        commander_only(incident, cx.by)?;
    }
    Ok(vec![Event::Owned { list, n, owner: owner.clone() }])
}

pub(super) fn settle(incident: &Incident, list: List, n: u32, dropped: Option<String>) -> Result<Vec<Event>, Refusal> {
    open(incident, list, n)?;
    Ok(vec![Event::Settled { list, n, dropped }])
}

fn open(incident: &Incident, list: List, n: u32) -> Result<&Item, Refusal> {
    let shown = list.shown_by();
    let item = incident.item(list, n).ok_or(Refusal::NoSuch { what: list.word(), n, list: shown })?;
    match item.state {
        ItemState::Open => Ok(item),
        ItemState::Done => Err(Refusal::SettledAlready { what: list.title(), n, how: list.settled(), list: shown }),
        ItemState::Dropped(_) => Err(Refusal::SettledAlready { what: list.title(), n, how: "dropped", list: shown }),
    }
}

/// A message that somebody pinned. It comes onto the timeline once, however many pin it.
pub(super) fn pin(
    incident: &Incident,
    text: &str,
    author: &Person,
    source: &MessageRef,
) -> Result<Vec<Event>, Refusal> {
    match incident.log.iter().zip(1..).find(|(entry, _)| entry.source.as_ref() == Some(source)) {
        Some((_, n)) => Err(Refusal::PinnedAlready { n }),
        None => Ok(log(incident, LogKind::Pinned, text, author, Some(source.clone()))),
    }
}

pub(super) fn log(
    incident: &Incident,
    kind: LogKind,
    text: &str,
    author: &Person,
    source: Option<MessageRef>,
) -> Vec<Event> {
    let n = u32::try_from(incident.log.len()).unwrap_or(u32::MAX).saturating_add(1);
    vec![Event::Logged { n, kind, text: text.to_owned(), author: author.clone(), source }]
}

/// A new version of an entry, if it says something else now.
pub(super) fn edit_log(incident: &Incident, n: u32, text: &str) -> Vec<Event> {
    let entry = crate::incident::state::index(n).and_then(|i| incident.log.get(i));
    match entry.filter(|entry| !entry.removed && entry.text != text) {
        Some(entry) => vec![Event::LogEdited { n, version: entry.version + 1, text: text.to_owned() }],
        None => Vec::new(),
    }
}

pub(super) fn remove_log(incident: &Incident, n: u32) -> Vec<Event> {
    let entry = crate::incident::state::index(n).and_then(|i| incident.log.get(i));
    entry.filter(|entry| !entry.removed).map(|_| Event::LogRemoved { n }).into_iter().collect()
}
