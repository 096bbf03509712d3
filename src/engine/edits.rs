//! What follows when somebody changes or removes what they said: nothing, but on the timeline. Whoever may have meant more is
//! told so.

use std::collections::BTreeSet;

use herald_chat::{Attachment, MessageRef, Person, Shown, What};

use super::inbound::Site;
use super::record::From;
use super::{Engine, Step};
use crate::announce::{self, Out};
use crate::command::{Ask, commands, parse};
use crate::incident::{Command, Event, Incident, IncidentNo, Record, Refusal, Subject, Thing};
use crate::journal::Journal;

/// Of how many messages it is kept in mind that their author was told.
const MOST: usize = 1000;

/// The messages whose authors were told that an edit is no command. After a restart they may be told again.
#[derive(Debug, Default)]
pub(super) struct Told(BTreeSet<MessageRef>);

impl Told {
    /// Whether this is the first time.
    fn note(&mut self, message: &MessageRef) -> bool {
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.insert(message.clone())
    }
}

/// What the message stands for that gave the command which led to this.
pub(super) fn given(record: &Record, incident: &Incident) -> Option<Subject> {
    let thing = if let Event::UpdatePublished { update } = &record.event {
        Thing::Published(update.number()?)
    } else if let (Event::DraftProposed { n, .. }, Some(_)) = (&record.event, &record.by) {
        Thing::Proposed(*n)
    } else {
        return None;
    };
    (!incident.is_over()).then_some(Subject { incident: incident.no, thing })
}

impl<J: Journal> Engine<J> {
    /// Words alone are published or proposed: whoever sent a file with them is told so. `before`: how many records there were.
    pub(super) fn files_stay(&mut self, step: &mut Step, what: &What, before: usize, from: From<'_>) {
        let is_public = |it: &Record| matches!(it.event, Event::UpdatePublished { .. } | Event::DraftProposed { .. });
        let is_said = |step: &Step| step.batch.records.iter().skip(before).any(|it| it.by.is_some() && is_public(it));
        if let What::Message { shown, .. } = what
            && !shown.files.is_empty()
            && is_said(step)
        {
            self.send(step, None, &Out::answer(announce::files_stay(shown.files.len())), Some(from.room));
        }
    }

    /// An edit of a message on the timeline is a version of its entry. It never is a command. Returns whether somebody waits
    /// for an answer to it.
    pub(super) fn edited(
        &mut self,
        step: &mut Step,
        site: Site,
        by: &Person,
        of: &str,
        (text, shown): (&str, &Shown),
        from: From<'_>,
    ) -> bool {
        let message = MessageRef { room: from.room.clone(), id: of.to_owned() };
        let all = commands(text);
        if let Some((no, n)) = self.logged(site, &message)
            && self.wrote(no, n, by)
            && let Some(says) = self.entry(&all, &Attachment::named_after(text, &shown.files), by)
        {
            if let Some(answered) = self.held_up(step, site, by, None, from) {
                return answered;
            }
            self.act(step, no, by, &Command::EditLog { n, text: says }, from);
            return true;
        }
        let refusal = match self.stands_for(&message) {
            Some(stands) => stands,
            None if all.iter().any(|it| !matches!(parse(it, by, &self.people, &[]), Ok(None))) => {
                Refusal::EditIsNoCommand
            }
            None => return false,
        };
        if !self.edits_told.note(&message) {
            return false;
        }
        if let Some(answered) = self.held_up(step, site, by, None, from) {
            return answered;
        }
        self.refuse(step, &refusal, from);
        true
    }

    /// What an entry of the timeline says once its message says this. `None`: what an entry cannot say.
    fn entry(&self, all: &[String], text: &str, by: &Person) -> Option<String> {
        match all {
            [] => Some(herald_chat::clean(text)).filter(|text| !text.is_empty()),
            [only] => match parse(only, by, &self.people, &[]).ok()? {
                Some(line) => match line.ask {
                    Ask::Do(Command::Log { text, .. }) => Some(text),
                    Ask::Do(_) | Ask::Help(_) | Ask::Declare(_) | Ask::Link(_) | Ask::Admin(_) | Ask::Query(_) => None,
                },
                None => Some(herald_chat::clean(text)),
            },
            _ => None,
        }
    }

    /// Whether an entry of the timeline is theirs. Not every platform keeps people from changing what others said.
    fn wrote(&self, no: IncidentNo, n: u32, by: &Person) -> bool {
        let entry = self.open.get(&no).and_then(|incident| incident.entry(n));
        entry.is_some_and(|entry| self.are_one(&entry.author, by))
    }

    pub(super) fn logged(&self, site: Site, message: &MessageRef) -> Option<(IncidentNo, u32)> {
        match self.subjects.get(message).filter(|_| site.is_war_room())? {
            Subject { incident, thing: Thing::Log(n) } => Some((*incident, *n)),
            Subject {
                thing:
                    Thing::Draft(_)
                    | Thing::Statement { .. }
                    | Thing::Board(_)
                    | Thing::Gone
                    | Thing::Published(_)
                    | Thing::Proposed(_),
                ..
            } => None,
        }
    }

    /// Why it changes nothing to change or remove the message that gave a command.
    pub(super) fn stands_for(&self, message: &MessageRef) -> Option<Refusal> {
        let Subject { incident, thing } = self.subjects.get(message)?;
        let no = *incident;
        match thing {
            Thing::Published(n) => Some(Refusal::OutAlready { no, n: *n }),
            Thing::Proposed(n) => {
                let is_open = self.open.get(&no).is_some_and(|it| it.open_drafts().any(|(open, _)| open == *n));
                is_open.then_some(Refusal::DraftStays { no, n: *n })
            }
            Thing::Draft(_) | Thing::Statement { .. } | Thing::Log(_) | Thing::Board(_) | Thing::Gone => None,
        }
    }
}
