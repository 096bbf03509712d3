//! What admins do in chat.

mod change;
mod channels;
mod errand;
mod moved;
mod people;
mod replaced;
mod settings;
mod standing;
mod test;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use herald_chat::{Inbound, Origin, Person, RoomRef, Text, What};
use jiff::Timestamp;

use self::change::Change;
use self::replaced::Doubt;
use self::test::Tester;
use super::record::From;
use super::{Engine, Step};
use crate::announce::{self, Out};
use crate::command::{Admin, Ask, Where, parse};
use crate::incident::{Excerpt, Name, Office, Refusal};
use crate::journal::Journal;
use crate::outbox::EntryId;

pub(super) use errand::InRooms;
pub use errand::{Errand, Finder};

/// What the engine keeps in mind of it. None of it outlives the process: whoever waits gives the command again.
#[derive(Default)]
pub(super) struct Desk {
    finder: Option<Arc<dyn Finder>>,
    to_find: Vec<Errand>,
    previewed: Vec<Previewed>,
    tests: BTreeMap<EntryId, Tester>,
    /// Rooms that were given up for others where Herald does not go on. The network tells them anew after a start.
    given_up: BTreeMap<RoomRef, Doubt>,
    /// Rooms that Herald was taken out of.
    away: BTreeSet<RoomRef>,
    /// Rooms where only Herald is to write, and others can: why it cannot change that.
    unheld: BTreeMap<RoomRef, String>,
}

/// A change that waits to be confirmed.
struct Previewed {
    code: String,
    until: Timestamp,
    change: Change,
    /// What it was said to do.
    effects: Vec<String>,
}

impl<J: Journal> Engine<J> {
    /// Does what an admin asks for. Anybody else is refused.
    pub(super) fn administer(
        &mut self,
        step: &mut Step,
        by: &Person,
        wish: Admin,
        from: From<'_>,
    ) -> Result<(), Refusal> {
        self.admins_only(step, by)?;
        let text = match wish {
            Admin::Map { to, room } => return self.look_for(step, by, to, &room, from),
            Admin::Unmap { room } => {
                let room = self.mapped_room(step, &room, from)?;
                self.change(step, by, Change::Unmap { room }, None)?
            }
            Admin::Confirm { code } => self.confirm(step, by, &code)?,
            Admin::Channels => announce::channels(self.setup.rooms.entries(), step.now, &self.setup.policy.zone),
            Admin::Settings => self.settings(step),
            Admin::Set { key, value } => self.set(step, by, key, value)?,
            Admin::People => self.people_of_the_house(),
            Admin::Link { account, to } => self.link_accounts(step, by, &account, &to)?,
            Admin::Unlink { account } => self.unlink_account(step, by, &account)?,
            Admin::Remove { person } => self.remove(step, by, &person),
            Admin::Test { room } => {
                let room = self.mapped_room(step, &room, from)?;
                self.test(step, by, &room, from)?
            }
            Admin::Audit { most } => {
                announce::audit(self.register.changes().take(most), step.now, &self.setup.policy.zone)
            }
        };
        let text = announce::screen(text, "`herald verify` and the configuration have the rest.");
        self.send(step, None, &Out::answer(text), Some(from.room));
        Ok(())
    }

    /// Refuses anybody but an admin.
    fn admins_only(&self, step: &Step, by: &Person) -> Result<(), Refusal> {
        self.office(step, by).check()
    }

    /// Who asks, and who may.
    fn office<'a>(&'a self, step: &Step, by: &'a Person) -> Office<'a> {
        let mut called: Vec<Name> = Vec::new();
        for admin in &self.setup.admins {
            let person = self.register.accounts.whose(admin);
            let name = Name::from(&self.people.called_as(person, admin));
            if !called.contains(&name) {
                called.push(name);
            }
        }
        let all = self.register.accounts.of(&by.id);
        let (accounts, away) = all.into_iter().partition(|account| self.is_here(step, account));
        Office { by, accounts, away, admins: &self.setup.admins, called }
    }

    /// Whether an admin gives a command where Herald hears nobody else: how a room that is for nobody yet is mapped
    /// from there.
    pub(super) fn is_admins_word(&self, step: &Step, inbound: &Inbound) -> bool {
        let What::Message { text, mentions, .. } = &inbound.what else { return false };
        let by = self.people.behind(&inbound.by);
        let is_ask =
            || matches!(parse(text, &by, &self.people, mentions), Ok(Some(line)) if matches!(line.ask, Ask::Admin(_)));
        inbound.origin == Origin::Human && is_ask() && self.admins_only(step, &by).is_ok()
    }

    /// The room that is meant.
    fn room_meant(&self, step: &Step, room: &Where, from: From<'_>) -> Result<RoomRef, Refusal> {
        match room.named(&from.account.network()) {
            Some(room) => Ok(self.setup.rooms.named(&room).cloned().unwrap_or(room)),
            None if step.whisper.is_some() || self.setup.rooms.mapping(from.room).is_some() => Ok(from.room.clone()),
            None => Err(Refusal::NoSuchRoom {
                room: Excerpt::of("here"),
                why:
                    "A direct message is between the two of us. Write the room's network, a colon, and its id or name."
                        .to_owned(),
            }),
        }
    }

    /// The same, if it is for somebody.
    fn mapped_room(&self, step: &Step, room: &Where, from: From<'_>) -> Result<RoomRef, Refusal> {
        let room = self.room_meant(step, room, from)?;
        match self.setup.rooms.mapping(&room) {
            Some(_) => Ok(room),
            None => Err(Refusal::NotMapped { room: Excerpt::of(room.as_str()) }),
        }
    }

    fn settings(&self, step: &Step) -> Text {
        let rows = crate::incident::Setting::ALL.into_iter().map(|key| {
            (key, key.of(&self.setup.policy), key.of(&self.base.policy), self.register.settings.source(key))
        });
        announce::settings(rows, step.now, &self.setup.policy.zone)
    }
}
