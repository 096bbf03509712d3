//! What may have been meant to be secret: it is not carried further, it is removed where it stands, and its author is asked.

use std::ops::Range;

use herald_chat::{MessageRef, Person, RoomRef, What, clean};

use super::inbound::Site;
use super::record::From;
use super::{Engine, Step};
use crate::announce::{self, Out};
use crate::command::secret::{hints_at_security, is_marked_security, may_declare};
use crate::command::{Ask, parse};
use crate::incident::{Declaration, Refusal};
use crate::journal::Journal;

impl<J: Journal> Engine<J> {
    /// What was typed, if it may have been meant to be secret, wherever it was said.
    pub(super) fn secret_in(&self, site: Site, what: &What, author: &Person) -> Option<String> {
        // Nobody else reads there.
        if matches!(site, Site::Direct | Site::Outside) {
            return None;
        }
        match what {
            What::Message { text, .. } | What::Command { text, .. } | What::Edit { text, .. } => {
                self.is_secret(site, text, author).then(|| clean(text))
            }
            What::Delete { .. }
            | What::Unreadable { .. }
            | What::Unencrypted
            | What::Altered { .. }
            | What::Reaction { .. }
            | What::Unreacted { .. }
            | What::Joined { .. }
            | What::Left { .. } => None,
        }
    }

    /// Whether a message declares a security incident, whose words are for its own room, or may have been meant to: as a
    /// whole, or in one of its lines, quoted or not.
    pub(super) fn is_secret(&self, site: Site, text: &str, author: &Person) -> bool {
        let line = |line: &str| {
            let line = line.trim_start_matches(['>', ' ', '*', '_', '`']);
            match parse(line, author, &self.people, &[]) {
                Ok(Some(read)) => {
                    matches!(&read.ask, Ask::Declare(it) if it.security || self.is_in_doubt(site, it) || self.is_secret_by_place(site, it))
                }
                Ok(None) | Err(_) => may_declare(line) && (self.is_security_room(site) || hints_at_security(text)),
            }
        };
        line(text) || (text.contains('\n') && text.lines().any(line))
    }

    /// What of a message may have been meant to be secret among those of its commands that are still to be handled, if the
    /// `whole` message may. Where none of all shows it by itself, that is the message.
    pub(super) fn secret_of(
        &self,
        site: Site,
        whole: Option<&str>,
        (all, these): (&[String], Range<usize>),
        by: &Person,
    ) -> Option<String> {
        let is_secret = |command: &String| self.is_secret(site, command, by);
        let (whole, some) = (whole?, all.get(these).unwrap_or(all));
        if some.len() == all.len() || !all.iter().any(is_secret) {
            return Some(whole.to_owned());
        }
        some.iter().any(is_secret).then(|| clean(&some.join("\n")))
    }

    fn is_security_room(&self, site: Site) -> bool {
        matches!(site, Site::Own(no) if self.open.get(&no).is_some_and(|incident| incident.security))
    }

    /// Whether what is declared there is a security incident, because of where it is declared.
    pub(super) fn is_secret_by_place(&self, site: Site, it: &Declaration) -> bool {
        self.is_security_room(site) && !it.public
    }

    /// Whether the option may have lost its dashes.
    pub(super) fn is_in_doubt(&self, site: Site, it: &Declaration) -> bool {
        !it.public && !it.security && !self.is_security_room(site) && is_marked_security(&it.title)
    }

    /// Removes what may have been meant to be secret, and asks its author, alone, with what they typed kept.
    pub(super) fn hold_back(&mut self, step: &mut Step, typed: &str, why: &Refusal, from: From<'_>) {
        if step.commands.contains(from.message) {
            step.whisper = Some(from.account.clone());
            let text = announce::held_back(why, typed, None);
            return self.send(step, None, &Out::answer(text), Some(from.room));
        }
        self.send(step, None, &Out::delete(from.message), Some(from.room));
        let author = Person { id: from.account.clone(), name: String::new() };
        let room = self.name_of_room(from.room);
        self.send(step, None, &Out::direct(announce::held_back(why, typed, Some(&room)), &author), None);
    }

    /// The same for a message that was changed: it has been handled, so that the change does nothing else.
    /// Returns whether its author is told.
    pub(super) fn hold_edit_back(
        &mut self,
        step: &mut Step,
        site: Site,
        by: &Person,
        of: &str,
        from: From<'_>,
    ) -> bool {
        let message = MessageRef { room: from.room.clone(), id: of.to_owned() };
        let from = From { message: &message, ..from };
        if let Some(answered) = self.held_up(step, site, by, None, from) {
            return answered;
        }
        self.refuse(step, &Refusal::EditIsNoCommand, from);
        true
    }

    pub(super) fn name_of_room(&self, room: &RoomRef) -> String {
        let own = self.open.values().find(|incident| incident.rooms.contains(room));
        own.map_or_else(|| self.setup.rooms.name(room), |incident| format!("the room of {}", incident.no))
    }

    /// A code that others may have read is good no more, in whichever words it stands.
    pub(super) fn void_codes(&mut self, step: &mut Step, by: &Person, what: &What) {
        let (What::Message { text, .. } | What::Edit { text, .. }) = what else { return };
        if !self.register.accounts.has_offers() {
            return;
        }
        let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let pairs = words.windows(2).map(<[&str]>::concat);
        let shown: Vec<String> = words.iter().map(|word| (*word).to_owned()).chain(pairs).collect();
        for word in &shown {
            self.overheard(step, by, word);
        }
    }
}
