//! What may have been meant to be secret: it is not carried further, it is removed where it stands, and its author is asked.

use herald_chat::{MessageRef, Person, RoomRef, Text, What, clean};

use super::inbound::Site;
use super::record::From;
use super::{Engine, Step};
use crate::announce::{self, Action, Out, Stood};
use crate::command::secret::{Hints, has_security_option, is_marked_security, may_be_slip, may_declare};
use crate::command::{Ask, Line, commands, named_incident, parse};
use crate::incident::{Audience, Declaration, IncidentNo, Name, Refusal};
use crate::journal::Journal;
use crate::outbox::{Entry, Removal};

impl<J: Journal> Engine<J> {
    /// What was typed, if it may have been meant to be secret, wherever it was said.
    pub(super) fn secret_in(&self, site: Site, room: &RoomRef, what: &What, author: &Person) -> Option<String> {
        // Nobody else reads there.
        if matches!(site, Site::Direct | Site::Outside) {
            return None;
        }
        match what {
            What::Message { text, .. } | What::Command { text, .. } | What::Edit { text, .. } => {
                self.is_secret((site, room), text, author).then(|| clean(text))
            }
            What::Delete { .. }
            | What::Unreadable { .. }
            | What::Unencrypted
            | What::Altered { .. }
            | What::Replaced { .. }
            | What::Reaction { .. }
            | What::Unreacted { .. }
            | What::Joined { .. }
            | What::Left { .. } => None,
        }
    }

    /// Whether a message declares a security incident, whose words are for its own room, or may have been meant to, or is about
    /// one and stands somewhere else: as a whole, or in one of its lines, quoted or not.
    pub(super) fn is_secret(&self, (site, room): (Site, &RoomRef), text: &str, author: &Person) -> bool {
        let text = clean(text);
        let hints = Hints::of(&text);
        let says_security = |line: &str| !self.is_security_room(site) && has_security_option(line);
        let line = |line: &str| {
            let line = line.trim_start_matches(['>', ' ', '*', '_', '`']);
            let read = parse(line, author, &self.people, &[]);
            let is_meant = match &read {
                Ok(Some(read)) => match &read.ask {
                    Ask::Declare(it) => it.security || self.is_in_doubt(site, it) || self.is_secret_by_place(site, it),
                    Ask::Do(_) | Ask::Query(_) | Ask::Help(_) | Ask::Link(_) | Ask::Admin(_) => says_security(line),
                },
                // Any option that there is not may have been meant to keep it among few.
                Err(Refusal::UnknownFlag { verb: "declare", .. }) => true,
                Ok(None) | Err(_) => {
                    (read.is_err() && says_security(line))
                        || (may_declare(line) && (self.is_security_room(site) || hints.are_there()))
                        || may_be_slip(line, &hints)
                }
            };
            is_meant || self.meant_for((site, room), line, &read).is_some()
        };
        line(&text) || (text.contains('\n') && text.lines().any(line))
    }

    /// The security incident that the words of a command are about, or may be, when they stand somewhere else.
    fn meant_for(
        &self,
        (site, room): (Site, &RoomRef),
        line: &str,
        read: &Result<Option<Line>, Refusal>,
    ) -> Option<IncidentNo> {
        let no = match read {
            Ok(Some(Line { verb, incident, ask: Ask::Do(command) })) if command.words().is_some() => match incident {
                Some(no) => *no,
                None => return self.only_secret((site, room), verb.name),
            },
            Ok(_) => return None,
            Err(_) => named_incident(line)?,
        };
        let known = self.open.get(&no).map(|it| it.security).or_else(|| self.over.get(&no).map(|it| it.security));
        let meant = match known {
            Some(is_security) => Some(no).filter(|_| is_security),
            // A number that nothing has may be a slip.
            None if self.is_security_room(site) => None,
            None => self.open.values().find(|it| it.security).map(|it| it.no),
        };
        meant.filter(|no| site != Site::Own(*no))
    }

    /// A security incident, where nothing else is open that a command without a number could be about.
    fn only_secret(&self, (site, room): (Site, &RoomRef), verb: &'static str) -> Option<IncidentNo> {
        let no = self.open.values().find(|it| it.security)?.no;
        let is_meant = matches!(site, Site::Channel(_)) && self.infer(site, room, None, verb) == Err(Refusal::NoneOpen);
        is_meant.then_some(no)
    }

    /// Why a command is not carried out that stands in a message which may have been meant to be secret.
    pub(super) fn why_held(&self, site: Site, line: &Line, from: From<'_>) -> Refusal {
        let is_done = matches!(line.ask, Ask::Do(_));
        let infer = || self.infer(site, from.room, line.incident, line.verb.name).err();
        is_done.then(infer).flatten().unwrap_or(Refusal::MeantSecret)
    }

    /// Whether a command opens a security incident.
    pub(super) fn opens_secret(&self, site: Site, read: &Result<Option<Line>, Refusal>) -> bool {
        let opens = |it: &Declaration| it.security || self.is_secret_by_place(site, it);
        matches!(read, Ok(Some(Line { ask: Ask::Declare(it), .. })) if opens(it))
    }

    /// What may have been meant to be secret, if the `whole` message may: all of it, or that of some of its commands, when it is
    /// they that are to show it.
    pub(super) fn secret_of(
        &self,
        place: (Site, &RoomRef),
        whole: Option<&str>,
        some: Option<&[String]>,
        by: &Person,
    ) -> Option<String> {
        let whole = whole?;
        let Some(some) = some else { return Some(whole.to_owned()) };
        some.iter().any(|command| self.is_secret(place, command, by)).then(|| clean(&some.join("\n")))
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
        let author = Person { id: from.account.clone(), name: String::new() };
        let room = self.name_of_room(from.room);
        let is_chosen = step.commands.contains(from.message);
        if is_chosen {
            let text = self.words_held(typed, why, from.room, &author, Stood::Nowhere);
            step.whisper = Some(from.account.clone());
            return self.send(step, None, &Out::answer(text), Some(from.room));
        }
        let said = |stood| self.words_held(typed, why, from.room, &author, stood);
        let (gone, stands) = (said(Stood::Removed(&room)), said(Stood::Stays(&room)));
        self.send(step, None, &Out::delete(from.message), Some(from.room));
        if let Some(entry) = step.batch.entries.last_mut() {
            entry.removal = Some(Box::new(Removal::Secret { account: from.account.clone(), gone, stands }));
        }
    }

    /// It is known what became of the removal of what somebody wrote: they are told, and why it stands there still, if it does,
    /// whoever can put that right.
    pub(super) fn removal_came_back(&mut self, step: &mut Step, entry: &Entry, why: Option<&str>) {
        let (Some(removal), Action::Delete(message)) = (entry.removal.as_deref(), &entry.action) else { return };
        step.because(format!("removal:{}", entry.key));
        match removal {
            Removal::Stray { by, account, is_person, typed } => {
                self.stray_came_back(step, &message.room, (by, account, *is_person, typed), why);
            }
            Removal::Secret { account, gone, stands } => {
                let author = Person { id: account.clone(), name: String::new() };
                step.asker = Some((account.clone(), account.clone()));
                let text = if why.is_none() { gone } else { stands };
                self.send(step, None, &Out::direct(text.clone(), &author), None);
                if let Some(why) = why {
                    // Which message that is, those who read there need not be told.
                    let text = announce::not_removed(&self.name_of_room(&message.room), why);
                    self.tell_of_room(step, Site::Channel(Audience::WarRoom), &text);
                }
            }
        }
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

    /// What its author is told alone of what was held back in a room, where it stood if it stood there.
    pub(super) fn words_held(
        &self,
        typed: &str,
        why: &Refusal,
        room: &RoomRef,
        author: &Person,
        stood: Stood<'_>,
    ) -> Text {
        match self.about_secret(typed, room, author) {
            Some(no) => announce::held_back_about(no, &self.who_lets_in(no), why, typed, stood),
            None => announce::held_back(why, typed, stood),
        }
    }

    /// The security incident that something is about which was said elsewhere.
    fn about_secret(&self, typed: &str, room: &RoomRef, author: &Person) -> Option<IncidentNo> {
        let site = self.site_of(room)?;
        let about = |command: &String| {
            let read = parse(command, author, &self.people, &[]);
            self.meant_for((site, room), command, &read)
        };
        commands(typed).iter().find_map(about)
    }

    /// What to do about the room of an incident's own: who lets others in.
    pub(super) fn who_lets_in(&self, no: IncidentNo) -> String {
        let ask = match self.open.get(&no).map(|incident| incident.commander.as_ref()) {
            Some(Some(commander)) => format!("its commander, {}, to let you in", Name::from(commander)),
            Some(None) => "somebody who is: whoever takes command there lets people in".to_owned(),
            None => return "That room is closed; whoever was in it can tell you more.".to_owned(),
        };
        format!("Write it there. If you are not in it, ask {ask}.")
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
