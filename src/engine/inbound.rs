//! What happens in a room, and what it means there.

use herald_chat::{Inbound, Mention, MessageRef, Origin, Person, RoomRef, Text, What};

use super::record::From;
use super::step::hex;
use super::{Engine, Step, Waiting};
use crate::announce::{self, Out};
use crate::command::{Ask, Line, commands, parse};
use crate::incident::sight::Viewer;
use crate::incident::{Audience, Command, Context, Incident, IncidentNo, Refusal, Subject, Thing, heard};
use crate::journal::{Journal, Mark};
use crate::relay::Said;

/// What a room is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Site {
    /// A mapped channel.
    Channel(Audience),
    /// An incident's own room.
    Own(IncidentNo),
    /// Between one person and Herald.
    Direct,
}

impl Site {
    /// What may be seen from there.
    pub(super) fn viewer(self) -> Viewer {
        match self {
            Self::Channel(audience) => Viewer::Audience(audience),
            Self::Own(no) => Viewer::Own(no),
            Self::Direct => Viewer::Audience(Audience::Company),
        }
    }

    pub(super) fn is_war_room(self) -> bool {
        matches!(self, Self::Own(_) | Self::Channel(Audience::WarRoom))
    }
}

impl<J: Journal> Engine<J> {
    /// Handles something that has not been handled before. Returns it if a person waits for an answer to it.
    pub(super) fn arrived(&mut self, step: &mut Step, inbound: &Inbound, mark: Mark) -> Option<Waiting> {
        step.because(format!("in:{}", hex(mark)));
        if let What::Joined { person } = &inbound.what {
            self.people.saw(person.clone());
        }
        // What moves a cursor is marked, for it may come again, and must not move it back.
        if let Some(cursor) = &inbound.cursor {
            step.batch.cursors.insert(inbound.room.clone(), cursor.clone());
            step.batch.marks.push(mark);
        }
        if matches!(inbound.what, What::Joined { .. } | What::Left { .. }) {
            return None;
        }
        if inbound.cursor.is_none() {
            step.batch.marks.push(mark);
        }
        if inbound.origin == Origin::Human {
            self.people.saw(inbound.by.clone());
        }
        let mut whisper = None;
        let given = matches!(inbound.what, What::Command { .. });
        let site = match self.site(inbound) {
            // Nobody else hears what is chosen from a menu where no commands are typed, so it is a word between two.
            None | Some(Site::Direct | Site::Channel(Audience::Company | Audience::Customers)) if given => {
                whisper = Some(inbound.by.id.clone());
                Site::Direct
            }
            Some(site) => site,
            None if self.is_admins_word(inbound) => {
                whisper = Some(inbound.by.id.clone());
                Site::Direct
            }
            None => return None,
        };
        if let What::Delete { of } = &inbound.what
            && self.board_gone(step, &MessageRef { room: inbound.room.clone(), id: of.clone() }, inbound.origin)
        {
            return None;
        }
        let id = if let What::Unreadable { of } = &inbound.what { of } else { &inbound.id };
        let message = MessageRef { room: inbound.room.clone(), id: id.clone() };
        let by = self.people.behind(&inbound.by);
        let from = From { room: &inbound.room, viewer: site.viewer(), message: &message, account: &inbound.by.id };
        step.asker = Some((by.id.clone(), inbound.by.id.clone()));
        step.whisper = whisper;
        if given {
            step.commands.push(message.clone());
            step.asked = Some(message.clone());
        }
        if matches!(site, Site::Channel(Audience::Company | Audience::Customers)) {
            let stands = matches!(inbound.what, What::Message { .. } | What::Unreadable { .. });
            if let What::Message { text, .. } = &inbound.what {
                self.overheard_in(step, &by, text);
            }
            if stands && inbound.origin != Origin::Own {
                self.stray(step, &by, inbound.origin, from);
            }
            return None;
        }
        if inbound.origin == Origin::Machine && self.setup.relay.bots.contains(&by.id) {
            self.pass_on(step, site, &by, inbound);
        }
        if inbound.origin != Origin::Human {
            return None;
        }
        if matches!(inbound.what, What::Message { .. }) {
            step.asked = Some(message.clone());
        }
        let again = self.reacted_before(step, &by, inbound);
        if !self.keeps_to_itself(&by, inbound) {
            self.pass_on(step, site, &by, inbound);
        }
        let told = match &inbound.what {
            What::Message { text, mentions, .. } | What::Command { text, mentions } => {
                self.said(step, site, &by, text, mentions, from)
            }
            What::Edit { of, text, .. } => self.edited(step, site, &by, of, text, from),
            What::Delete { of } => self.deleted(step, site, &by, of, from),
            What::Reaction { .. } if again => false,
            What::Reaction { to, emoji, text, author } => {
                self.reacted(step, site, &by, (to, emoji, text, author), from)
            }
            What::Unreadable { .. } => self.unreadable(step, &by, from),
            What::Unreacted { .. } | What::Joined { .. } | What::Left { .. } => false,
        };
        let alone = step.whisper.clone();
        told.then_some(Waiting { command: message, alone, mark })
    }

    pub(super) fn site(&self, inbound: &Inbound) -> Option<Site> {
        if inbound.direct { Some(Site::Direct) } else { self.site_of(&inbound.room) }
    }

    /// What a room is, if it is nobody's direct one.
    pub(super) fn site_of(&self, room: &RoomRef) -> Option<Site> {
        if let Some(audience) = self.setup.rooms.audience(room) {
            return Some(Site::Channel(audience));
        }
        let own = self.open.values().find(|incident| incident.rooms.contains(room));
        own.map(|incident| Site::Own(incident.no))
    }

    /// Only updates stand in the company's channel. What slips through is removed, and never repeated anywhere.
    fn stray(&mut self, step: &mut Step, by: &Person, origin: Origin, from: From<'_>) {
        let (to_them, to_us) = announce::stray(by, origin == Origin::Machine, &self.setup.rooms.name(from.room));
        self.send(step, None, &Out::delete(from.message), Some(from.room));
        if origin == Origin::Human {
            self.send(step, None, &Out::direct(to_them, by), None);
        }
        self.send(step, None, &Out::war(to_us), None);
    }

    /// Returns whether it was a command.
    fn said(
        &mut self,
        step: &mut Step,
        site: Site,
        by: &Person,
        text: &str,
        mentions: &[Mention],
        from: From<'_>,
    ) -> bool {
        let mut told = false;
        // One after another: what one asks for stands, whatever becomes of the others.
        for command in commands(text) {
            let done = match parse(&command, by, &self.people, mentions) {
                Ok(Some(line)) => {
                    *self.tally.commands.entry(line.verb.name).or_default() += 1;
                    self.obey(step, site, by, line, from)
                }
                Ok(None) => continue,
                Err(refusal) => Err(refusal),
            };
            told = true;
            if let Err(refusal) = done {
                self.refuse(step, &refusal, from);
            }
        }
        if told {
            return true;
        }
        if site == Site::Direct {
            self.send(step, None, &Out::answer(announce::outside_talk()), Some(from.room));
        } else if site.is_war_room() {
            self.heard(step, site, by, from);
        }
        site == Site::Direct
    }

    pub(super) fn refuse(&mut self, step: &mut Step, refusal: &Refusal, from: From<'_>) {
        self.answer_refusal(step, refusal, announce::refusal(refusal), from);
    }

    /// The same, about one incident.
    pub(super) fn refuse_about(&mut self, step: &mut Step, no: IncidentNo, refusal: &Refusal, from: From<'_>) {
        let text = announce::refusal(refusal);
        let text = match self.open.get(&no) {
            Some(incident) if self.is_crowded(incident) => {
                announce::marked(announce::refusal_about(refusal, no), incident, true)
            }
            Some(incident) => announce::marked(text, incident, false),
            None => text,
        };
        self.answer_refusal(step, refusal, text, from);
    }

    fn answer_refusal(&mut self, step: &mut Step, refusal: &Refusal, text: Text, from: From<'_>) {
        *self.tally.refusals.entry(refusal.code()).or_default() += 1;
        tracing::info!(refusal = refusal.code(), room = %from.room, "refused");
        self.send(step, None, &Out::answer(text), Some(from.room));
    }

    /// Whoever has a role and speaks where it counts is not silent.
    fn heard(&mut self, step: &mut Step, site: Site, by: &Person, from: From<'_>) {
        let setup = self.setup.clone();
        let cx = Context { by, now: step.now, policy: &setup.policy };
        let here = |incident: &&Incident| match site {
            Site::Own(no) => incident.no == no,
            Site::Channel(_) | Site::Direct => !incident.own_room && self.is_told_in(incident, from.room),
        };
        let events: Vec<_> = self
            .open
            .values()
            .filter(here)
            .flat_map(|incident| heard(incident, &cx).into_iter().map(|event| (incident.no, event)))
            .collect();
        for (no, event) in events {
            self.record(step, no, Some(by), event, Some(from));
        }
    }

    /// Whether it is not passed on, wherever it was said.
    fn keeps_to_itself(&self, by: &Person, inbound: &Inbound) -> bool {
        match &inbound.what {
            What::Message { text, .. } | What::Command { text, .. } | What::Edit { text, .. } => {
                self.is_secret(text, by)
            }
            What::Delete { .. }
            | What::Unreadable { .. }
            | What::Reaction { .. }
            | What::Unreacted { .. }
            | What::Joined { .. }
            | What::Left { .. } => false,
        }
    }

    /// Whether a message is the declaration of a security incident, whose words are for its own room.
    fn is_secret(&self, text: &str, author: &Person) -> bool {
        let declares = |line: Line| matches!(line.ask, Ask::Declare(it) if it.security);
        let read = |command: &String| parse(command, author, &self.people, &[]).ok().flatten();
        commands(text).iter().filter_map(read).any(declares)
    }

    /// 📌 puts a message on the timeline, ✅ publishes a draft. Any other reaction is small talk.
    fn reacted(
        &mut self,
        step: &mut Step,
        site: Site,
        by: &Person,
        (to, emoji, text, author): (&str, &str, &str, &Person),
        from: From<'_>,
    ) -> bool {
        let target = MessageRef { room: from.room.clone(), id: to.to_owned() };
        if !site.is_war_room() {
            return false;
        }
        match emoji.trim_end_matches('\u{fe0f}') {
            "✅" => match self.subjects.get(&target).cloned() {
                Some(Subject { incident, thing: Thing::Draft(n) }) => {
                    self.act(step, incident, by, &Command::Publish { n, next: None, anyway: false }, from);
                    true
                }
                Some(_) | None => false,
            },
            "📌" if self.open.is_empty() || self.is_board(&target) => false,
            // It is about to be removed. To answer would only point at it.
            "📌" if self.is_secret(text, author) => false,
            "📌" => {
                // What stands for somebody's words is their words.
                let (source, text, author) = match self.behind(step, &target) {
                    Some(Said { by: Some(by), text, origin, .. }) => (origin.unwrap_or(target), text, by),
                    Some(Said { by: None, .. }) | None => (target, text.to_owned(), author.clone()),
                };
                let author = self.people.behind(&author);
                let text: String = herald_chat::clean(&text).chars().take(crate::incident::policy::TEXT_MAX).collect();
                let pin = Command::Pin { text, author, source };
                match self.infer(site, from.room, None, "log") {
                    Ok(no) => self.act(step, no, by, &pin, from),
                    Err(refusal) => self.refuse(step, &refusal, from),
                }
                true
            }
            _ => false,
        }
    }
}
