//! What happens in a room, and what it means there.

use std::ops::Range;

use herald_chat::{Inbound, Mention, MessageRef, Origin, Person, RoomRef, Text, What};

use super::members::Standing;
use super::outside::is_not_for;
use super::record::From;
use super::step::hex;
use super::{Engine, Step, Waiting};
use crate::announce::{self, Out};
use crate::command::{Place, commands, parse};
use crate::incident::sight::Viewer;
use crate::incident::{Audience, Command, Context, Deleted, Incident, IncidentNo, Refusal, Subject, Thing, heard};
use crate::journal::{Journal, Mark};
use crate::relay::Said;

/// How many commands of one message are carried out: more than anybody types at once, and few enough that one message never
/// fills a screen with answers.
const COMMANDS_MAX: usize = 10;

/// What a room is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Site {
    /// A mapped channel.
    Channel(Audience),
    /// An incident's own room.
    Own(IncidentNo),
    /// Between Herald and one person who is in a room for people inside.
    Direct,
    /// The same, with one who is in rooms for customers only.
    Outside,
}

impl Site {
    /// What may be seen from there.
    pub(super) fn viewer(self) -> Viewer {
        match self {
            Self::Channel(audience) => Viewer::Audience(audience),
            Self::Own(no) => Viewer::Own(no),
            Self::Direct => Viewer::Audience(Audience::Company),
            Self::Outside => Viewer::Audience(Audience::Customers),
        }
    }

    /// What kind of place it is for commands.
    pub(super) fn place(self) -> Place {
        match self {
            Self::Own(_) | Self::Channel(Audience::WarRoom) => Place::WarRoom,
            Self::Channel(Audience::Engineering) => Place::Engineering,
            Self::Channel(Audience::Admin | Audience::Company | Audience::Customers) => Place::Admin,
            Self::Direct | Self::Outside => Place::Direct,
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
            self.call_speakers();
        }
        // What moves a cursor is marked, for it may come again, and must not move it back.
        if let Some(cursor) = &inbound.cursor {
            step.batch.cursors.insert(inbound.room.clone(), cursor.clone());
            step.batch.marks.push(mark);
        }
        self.came_or_left(step, inbound, mark);
        if matches!(inbound.what, What::Joined { .. } | What::Left { .. }) {
            return None;
        }
        if inbound.cursor.is_none() {
            step.batch.marks.push(mark);
        }
        let seen = self.whereabouts(mark, inbound);
        step.here.clone_from(&seen.accounts);
        step.asker = Some((self.people.behind(&inbound.by).id, inbound.by.id.clone()));
        if inbound.origin == Origin::Human && !seen.accounts.is_empty() {
            self.people.saw(inbound.by.clone());
            self.call_speakers();
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
            None if self.is_admins_word(step, inbound) => {
                whisper = Some(inbound.by.id.clone());
                Site::Direct
            }
            None => return None,
        };
        let id = if let What::Unreadable { of } = &inbound.what { of } else { &inbound.id };
        let message = MessageRef { room: inbound.room.clone(), id: id.clone() };
        let by = self.people.behind(&inbound.by);
        let standing = self.standing(step, &inbound.by.id, &seen);
        let site = if site == Site::Direct && standing == Standing::Customer { Site::Outside } else { site };
        let from = From { room: &inbound.room, viewer: site.viewer(), message: &message, account: &inbound.by.id };
        step.whisper = whisper;
        if given {
            step.commands.push(message.clone());
            step.asked = Some(message.clone());
        }
        if let What::Delete { of } = &inbound.what {
            let gone = MessageRef { room: inbound.room.clone(), id: of.clone() };
            if inbound.origin == Origin::Own {
                return None;
            }
            match self.board_gone(step, &gone, inbound.origin) {
                // What a machine takes away it would take away again.
                Some(_) if inbound.origin == Origin::Machine => {}
                Some(no) => {
                    let known = (inbound.origin != Origin::Unknown).then_some(&by);
                    self.tell_deleted(step, no, known, Deleted::Board, from);
                }
                None => self.taken_away(step, site, &by, inbound, from),
            }
            return None;
        }
        if let What::Replaced { succession } = &inbound.what {
            self.replaced(step, site, &by, inbound, succession);
            return None;
        }
        if let What::Altered { part } = &inbound.what {
            self.altered(step, site, &by, inbound, *part);
            return None;
        }
        if matches!(site, Site::Channel(Audience::Company | Audience::Customers)) {
            // A message from before Herald says something new when it is changed.
            let stands = matches!(
                inbound.what,
                What::Message { .. } | What::Unreadable { .. } | What::Unencrypted | What::Edit { .. }
            );
            self.void_codes(step, &by, &inbound.what);
            if stands && inbound.origin != Origin::Own {
                self.stray(step, &by, inbound.origin, &inbound.what, from);
            }
            return None;
        }
        if site == Site::Direct && matches!(standing, Standing::Stranger | Standing::Unknown) {
            let told = inbound.origin == Origin::Human && self.turn_away(step, standing, &inbound.what, from);
            let alone = step.whisper.clone();
            return told.then_some(Waiting { command: message, by: inbound.by.id.clone(), alone, mark, secret: None });
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
        step.secret = self.secret_in(site, &inbound.room, &inbound.what, &by);
        let secret = step.secret.clone();
        if secret.is_none() {
            self.pass_on(step, site, &by, inbound);
        }
        if !matches!(site, Site::Direct | Site::Outside) {
            self.void_codes(step, &by, &inbound.what);
        }
        let told = match &inbound.what {
            What::Message { text, mentions, .. } | What::Command { text, mentions } => {
                let before = step.batch.records.len();
                let told = self.said(step, site, &by, text, mentions, from);
                self.files_stay(step, &inbound.what, before, from);
                told
            }
            What::Edit { of, .. } if secret.is_some() => self.hold_edit_back(step, site, &by, of, from),
            What::Edit { of, text, shown } => self.edited(step, site, &by, of, (text, shown), from),
            What::Reaction { .. } if again => false,
            What::Reaction { to, emoji, text, author } => {
                self.reacted(step, site, &by, (to, emoji, text, author), from)
            }
            What::Unreadable { .. } => self.unreadable(step, &by, from),
            What::Unencrypted => self.unencrypted(step, &by, from),
            What::Delete { .. }
            | What::Altered { .. }
            | What::Replaced { .. }
            | What::Unreacted { .. }
            | What::Joined { .. }
            | What::Left { .. } => false,
        };
        let alone = step.whisper.clone().or_else(|| secret.is_some().then(|| inbound.by.id.clone()));
        told.then_some(Waiting { command: message, by: inbound.by.id.clone(), alone, mark, secret })
    }

    /// What a room serves comes before who happens to be in it.
    pub(super) fn site(&self, inbound: &Inbound) -> Option<Site> {
        self.site_of(&inbound.room).or(inbound.direct.then_some(Site::Direct))
    }

    /// What a room is, if it is nobody's direct one.
    pub(super) fn site_of(&self, room: &RoomRef) -> Option<Site> {
        if let Some(audience) = self.setup.rooms.audience(room) {
            return Some(Site::Channel(audience));
        }
        let own = self.open.values().find(|incident| incident.rooms.contains(room));
        own.map(|incident| Site::Own(incident.no))
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
        let (all, whole) = (commands(text), step.secret.clone());
        let place = (site, from.room);
        // Where no command shows by itself that it is secret, it is the message that may be.
        let is_shown = whole.is_some() && all.iter().any(|command| self.is_secret(place, command, by));
        let part = |some: Range<usize>| all.get(some).filter(|some| is_shown && some.len() < all.len());
        // One after another: what one asks for stands, whatever becomes of the others.
        for (i, command) in all.iter().enumerate() {
            step.secret = self.secret_of(place, whole.as_deref(), part(i..all.len()), by);
            if i == COMMANDS_MAX {
                self.refuse(step, &Refusal::TooManyInOne { most: COMMANDS_MAX }, from);
                return true;
            }
            let parsed = match is_not_for(site, command) {
                Some(refusal) => Err(refusal),
                None => parse(command, by, &self.people, mentions),
            };
            let line = match &parsed {
                Ok(None) => continue,
                Ok(Some(line)) => Some(line),
                Err(_) => None,
            };
            if let Some(answered) = self.held_up(step, site, by, line, from) {
                return answered || told;
            }
            told = true;
            step.secret = self.secret_of(place, whole.as_deref(), part(i..i + 1), by);
            let is_held = step.secret.is_some() && !self.opens_secret(site, &parsed);
            let is_whole = is_held && step.secret == whole;
            let done = match parsed {
                Ok(Some(line)) if is_held => Err(self.why_held(site, &line, from)),
                Ok(Some(line)) => {
                    *self.tally.commands.entry(line.verb.name).or_default() += 1;
                    self.obey(step, site, by, line, from)
                }
                Ok(None) => Ok(()),
                Err(refusal) => Err(refusal),
            };
            if let Err(refusal) = done {
                self.refuse(step, &refusal, from);
                if is_whole {
                    return true;
                }
            }
        }
        if told {
            return true;
        }
        step.secret = whole;
        self.talked(step, site, by, from)
    }

    /// Somebody said something that is no command. Returns whether they are answered.
    fn talked(&mut self, step: &mut Step, site: Site, by: &Person, from: From<'_>) -> bool {
        let is_talk = matches!(site, Site::Direct | Site::Outside);
        if (is_talk || step.secret.is_some())
            && let Some(answered) = self.held_up(step, site, by, None, from)
        {
            return answered;
        }
        if step.secret.is_some() {
            self.refuse(step, &Refusal::MeantSecret, from);
            return true;
        }
        if is_talk {
            if site == Site::Outside && !self.is_something_told() {
                self.refuse(step, &Refusal::NothingToAsk, from);
            } else {
                self.send(step, None, &Out::answer(announce::outside_talk()), Some(from.room));
            }
        } else if site.is_war_room() {
            self.heard(step, site, by, from);
        }
        is_talk
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
        if let Some(typed) = step.secret.take() {
            return self.hold_back(step, &typed, refusal, from);
        }
        self.send(step, None, &Out::answer(text), Some(from.room));
    }

    /// Whoever has a role and speaks where it counts is not silent.
    fn heard(&mut self, step: &mut Step, site: Site, by: &Person, from: From<'_>) {
        let setup = self.setup.clone();
        let cx = Context { by, now: step.now, policy: &setup.policy };
        let here = |incident: &&Incident| match site {
            Site::Own(no) => incident.no == no,
            Site::Channel(_) | Site::Direct | Site::Outside => {
                !incident.own_room && self.is_told_in(incident, from.room)
            }
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
        let counts = match emoji.trim_end_matches('\u{fe0f}') {
            "✅" => self.subjects.contains_key(&target),
            other => other == "📌" && !self.open.is_empty(),
        };
        if counts && let Some(answered) = self.held_up(step, site, by, None, from) {
            return answered;
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
            "📌" if self.is_secret((site, from.room), text, author) => false,
            "📌" => {
                // What stands for somebody's words is their words.
                let (source, text, author) = match self.behind(step, &target) {
                    Some(Said { by: Some(by), text, files, origin, .. }) => {
                        let names = files.iter().map(String::as_str);
                        (origin.unwrap_or(target), herald_chat::with_names(&text, names), by)
                    }
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
