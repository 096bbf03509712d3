//! Looking for a room takes a network, which the engine does not wait for: it goes on, and is told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use herald_chat::{MessageRef, Network, Person, Platform, RoomRef, Text, UserRef};

use super::change::Change;
use crate::announce::{self, Out};
use crate::command::Where;
use crate::engine::record::From;
use crate::engine::{Engine, Step};
use crate::incident::sight::Viewer;
use crate::incident::{Audience, Excerpt, Purpose, Refusal};
use crate::journal::Journal;

/// Whoever finds rooms on the networks.
#[async_trait]
pub trait Finder: Send + Sync {
    /// The room behind an id or name, ready to be for this audience.
    ///
    /// # Errors
    /// What stands in the way and what to do, in a sentence or two for people.
    async fn find(&self, written: &RoomRef, audience: Audience) -> Result<RoomRef, String>;
}

/// Finds rooms by their ids alone, among those that Herald is in.
pub(in crate::engine) struct InRooms(pub(in crate::engine) BTreeMap<Network, Arc<dyn Platform>>);

#[async_trait]
impl Finder for InRooms {
    async fn find(&self, written: &RoomRef, _audience: Audience) -> Result<RoomRef, String> {
        let platform = self.0.get(&written.network());
        let platform = platform.ok_or_else(|| format!("Herald is not on {}.", written.network()))?;
        match platform.rooms().await {
            Ok(rooms) if rooms.contains(written) => Ok(written.clone()),
            Ok(_) => Err("Herald is in no such room.".to_owned()),
            Err(error) => Err(format!("{} did not answer: {error}.", written.network())),
        }
    }
}

/// A room that an admin wants mapped, and who waits for it.
#[derive(Debug, Clone)]
pub struct Errand {
    /// As they wrote it.
    pub written: RoomRef,
    /// For whom it is to be.
    pub to: Purpose,
    by: Person,
    account: UserRef,
    message: MessageRef,
    viewer: Viewer,
    /// The accounts of whoever asked that were in a room then.
    here: BTreeSet<UserRef>,
    /// Who alone hears the answer.
    whisper: Option<UserRef>,
    /// Whether it was chosen from a menu, which has had its answer.
    is_answered: bool,
    cause: String,
}

impl super::Desk {
    /// What was asked for is durable.
    pub(in crate::engine) fn send_out(&mut self, errands: Vec<Errand>) {
        self.to_find.extend(errands);
    }
}

impl<J: Journal> Engine<J> {
    /// From now on rooms are looked for here.
    pub fn find_rooms_with(&mut self, finder: Arc<dyn Finder>) {
        self.admin.finder = Some(finder);
    }

    pub(in crate::engine) fn finder(&self) -> Option<Arc<dyn Finder>> {
        self.admin.finder.clone()
    }

    /// The rooms to look for now. Each comes back as [`crate::engine::Input::Found`].
    pub fn errands(&mut self) -> Vec<Errand> {
        std::mem::take(&mut self.admin.to_find)
    }

    pub(super) fn look_for(
        &mut self,
        step: &mut Step,
        by: &Person,
        to: Purpose,
        room: &Where,
        from: From<'_>,
    ) -> Result<(), Refusal> {
        if let Some(name) = room.named(&from.account.network()) {
            self.is_no_question(&name)?;
        }
        let room = self.room_meant(step, room, from)?;
        let is_answered = step.commands.contains(from.message);
        let cause = format!("{}:found", step.cause);
        step.errands.push(Errand {
            written: room.clone(),
            to,
            by: by.clone(),
            account: from.account.clone(),
            message: from.message.clone(),
            viewer: from.viewer,
            here: step.here.clone(),
            whisper: step.whisper.clone(),
            is_answered,
            cause,
        });
        if is_answered {
            self.send(step, None, &Out::answer(announce::looking(&room)), Some(from.room));
        }
        Ok(())
    }

    /// A room was looked for.
    pub(in crate::engine) fn found(&mut self, step: &mut Step, errand: &Errand, found: Result<&RoomRef, &String>) {
        step.because(errand.cause.clone());
        step.asker = Some((errand.by.id.clone(), errand.account.clone()));
        step.asked = Some(errand.message.clone()).filter(|_| !errand.is_answered);
        step.whisper.clone_from(&errand.whisper);
        step.here.clone_from(&errand.here);
        let (room, account, message) = (&errand.message.room, &errand.account, &errand.message);
        let from = From { room, viewer: errand.viewer, message, account };
        match self.settle_errand(step, errand, found) {
            Ok(text) => self.send(step, None, &Out::answer(text), Some(room)),
            Err(refusal) => self.refuse(step, &refusal, from),
        }
    }

    fn settle_errand(
        &mut self,
        step: &mut Step,
        errand: &Errand,
        found: Result<&RoomRef, &String>,
    ) -> Result<Text, Refusal> {
        let unknown =
            |why: &String| Refusal::NoSuchRoom { room: Excerpt::of(errand.written.as_str()), why: why.clone() };
        let room = found.map_err(unknown)?;
        self.admins_only(step, &errand.by)?;
        if let Some(moved) = self.answered_by(room, &errand.to) {
            return self.follow_name(step, &errand.by, &moved, room);
        }
        if let Some(old) = self.given_up_for(room, &errand.to) {
            return Ok(self.go_on_as_said(step, &errand.by, &old, room));
        }
        let written = Some(errand.written.clone()).filter(|written| written != room);
        let change = Change::Map { room: room.clone(), written, to: errand.to.clone() };
        self.change(step, &errand.by, change, None)
    }
}
