//! One step: take in a group, decide each, commit once.

use std::collections::VecDeque;

use herald_chat::{Inbound, MessageRef, Person, Post, SendKey, Tone, What};
use jiff::Timestamp;
use tracing::info;

use super::full::Room;
use super::{Engine, Fault, Input, Reading, Step, Taken, Unkept, Waiting};
use crate::announce;
use crate::incident::{Event, Refusal, due};
use crate::journal::{Batch, Journal, JournalError, MARKS_KEPT, Mark};

/// What a step has taken in.
#[derive(Default)]
struct Handled {
    /// What people wait for an answer to.
    commands: Vec<Waiting>,
    others: Vec<Input>,
}

impl<J: Journal> Engine<J> {
    /// Takes in a group of inputs and whatever has fallen due, and makes all of it durable at once. Returns answers that
    /// could not be: there are some only while the disk is full.
    ///
    /// # Errors
    /// [`Fault::Journal`] when it is no longer known what is durable: the process must end.
    pub fn step(&mut self, inputs: Vec<Input>, now: Timestamp) -> Result<Vec<Unkept>, Fault> {
        let room = self.room(now)?;
        let waits = room != Room::There;
        let is_owed = !self.owed_marks.is_empty() || !self.owed_inputs.is_empty();
        if inputs.is_empty() && (room == Room::Awaited || room == Room::Missing && !is_owed) {
            return Ok(Vec::new());
        }
        let mut step = Step::new(now);
        step.batch.marks.extend(&self.owed_marks);
        self.keep_links(&mut step);
        let mut handled = Handled::default();
        let mut inputs: VecDeque<Input> = std::mem::take(&mut self.owed_inputs).into_iter().chain(inputs).collect();
        if self.early_wakes().is_some_and(|at| at <= now) {
            self.let_go(&mut step, &mut handled, false);
        }
        let mut held = self.bridge.merge.release(now);
        loop {
            held.drain(..).rev().for_each(|inbound| inputs.push_front(Input::Inbound(Box::new(inbound))));
            let Some(input) = inputs.pop_front() else { break };
            match input {
                Input::Reading(network, reading) => {
                    if matches!(reading, Reading::Live { .. }) {
                        self.look_for_all(&network);
                        self.bridge.merge.is_read(&network, now);
                        held = self.bridge.merge.release(now);
                    }
                    self.readings.set(network, reading);
                }
                Input::Inbound(inbound) => {
                    let Some(inbound) = self.bridge.merge.hold(inbound) else { continue };
                    let mark = mark(&inbound);
                    if self.marks.contains(&mark) || step.batch.marks.contains(&mark) {
                        continue;
                    }
                    if !self.ask_after(&mut step, &inbound) {
                        step.pass_over(mark, &inbound);
                        continue;
                    }
                    if !self.has_to_wait(&mut step, &inbound) {
                        self.handle(&mut step, &mut handled, mark, inbound);
                        continue;
                    }
                    self.early.hold(mark, inbound, now);
                    if self.early.is_full() {
                        self.let_go(&mut step, &mut handled, true);
                    }
                }
                Input::Met(room, cursor) => {
                    step.batch.cursors.insert(room.clone(), cursor.clone());
                    handled.others.push(Input::Met(room, cursor));
                }
                Input::Line(room, why) => {
                    self.line(&mut step, &room, why.as_ref());
                    handled.others.push(Input::Line(room, why));
                }
                Input::Found(errand, result) => {
                    self.found(&mut step, &errand, result.as_ref());
                    handled.others.push(Input::Found(errand, result));
                }
                Input::Answers(network) => self.outbox.answers(&network, now),
                Input::Sighted(lookup, sighting) => {
                    self.sighted(&mut step, &lookup, &sighting);
                    self.let_go(&mut step, &mut handled, false);
                    self.forget_sightings();
                    handled.others.push(Input::Sighted(lookup, sighting));
                }
                Input::Sent(id, result) => {
                    if self.came_back(&mut step, id, result.as_ref()) {
                        self.let_go(&mut step, &mut handled, false);
                        handled.others.push(Input::Sent(id, result));
                    }
                }
            }
        }
        // It would be refused, and with it what only notes what was done.
        if !waits {
            self.fire(&mut step);
            self.tell_strays(&mut step);
            self.look_again(now);
            self.notices(&mut step);
            self.forward(&mut step);
            self.sweep(&mut step);
        }
        // What only notes what was done may be written when there is no room for more, so boards do not join it.
        if !step.batch.only_notes() {
            self.keep_boards(&mut step);
        }
        let unkept = self.commit(step, handled, waits)?;
        self.commit_boards(now)?;
        Ok(unkept)
    }

    fn handle(&mut self, step: &mut Step, handled: &mut Handled, mark: Mark, inbound: Box<Inbound>) {
        match self.arrived(step, &inbound, mark) {
            Some(command) => handled.commands.push(command),
            None => handled.others.push(Input::Inbound(inbound)),
        }
    }

    /// Handles what has waited, and has to no more; with `all`, everything that waits.
    fn let_go(&mut self, step: &mut Step, handled: &mut Handled, all: bool) {
        while let Some((mark, inbound)) = self.next_early(step, all) {
            self.handle(step, handled, mark, inbound);
        }
    }

    /// Whatever has fallen due, oldest first.
    fn fire(&mut self, step: &mut Step) {
        loop {
            let policy = &self.setup.policy;
            let deadlines = self.open.values().filter_map(|it| Some((it.next_deadline(policy)?.at, it.no)));
            let Some((_, no)) = deadlines.filter(|(at, _)| *at <= step.now).min() else { return };
            let Some(events) = self.open.get(&no).map(|incident| due(incident, step.now, policy)) else { return };
            if events.is_empty() {
                return;
            }
            for event in events {
                step.because(format!("due:{no}:{}", self.last_seq + 1));
                self.record(step, no, None, event, None);
            }
        }
    }

    /// Makes all of it durable, or nothing. `waits` says that what needs room is none of it, commands apart.
    fn commit(&mut self, mut step: Step, handled: Handled, waits: bool) -> Result<Vec<Unkept>, Fault> {
        let Handled { commands, others } = handled;
        if let Some(fault) = step.fault.take() {
            return Err(fault.into());
        }
        if is_empty(&step.batch) {
            if !waits {
                self.has_room(step.now);
            }
            return Ok(Vec::new());
        }
        if self.last_seq >= self.last_snapshot + self.setup.snapshot_every {
            step.batch.snapshot = self.snapshot();
        }
        match self.journal.commit(&step.batch) {
            Ok(()) => {
                let taken = step.commands.into_iter().map(|command| Taken::among(command, &step.batch.entries));
                self.taken.extend(taken);
                self.admin.send_out(step.errands);
                if !waits || !step.batch.only_notes() {
                    self.has_room(step.now);
                }
                self.kept(step.batch);
                Ok(Vec::new())
            }
            Err(full @ JournalError::Full { .. }) => {
                self.reload()?;
                self.is_filled(step.now, commands.len(), &full);
                self.owed_marks.extend(commands.iter().map(|it| it.mark));
                self.note_refused()?;
                // Nobody waits for an answer to these, so nobody is told: they are taken in again.
                self.owed_inputs.extend(others.into_iter().chain(self.early.take()));
                self.told_after.clear();
                self.calm.untold(step.now);
                let refused = |command| Taken { command, answer: Some(Tone::Answer) };
                self.taken.extend(step.commands.into_iter().map(refused));
                Ok(commands.into_iter().map(|it| self.disk_full(it)).collect())
            }
            Err(fault) => Err(fault.into()),
        }
    }

    /// The batch is on the disk: what was only decided is so now.
    pub(super) fn kept(&mut self, batch: Batch) {
        self.owed_marks.clear();
        self.durable = self.last_seq;
        for record in &batch.records {
            let (incident, seq) = (record.incident, record.seq);
            if let Event::House(house) = &record.event {
                info!(seq, event = <&str>::from(house), "recorded");
            } else {
                info!(%incident, seq, event = <&str>::from(&record.event), "recorded");
            }
            if let Event::Reminded { step, .. } = &record.event {
                *self.tally.reminders.entry(*step).or_default() += 1;
            }
        }
        for id in batch.settled {
            self.outbox.remove(id);
        }
        for entry in batch.entries {
            self.outbox.push(entry);
        }
        for mark in batch.marks {
            self.marks.insert(mark);
            self.mark_order.push_back(mark);
        }
        while self.mark_order.len() > MARKS_KEPT {
            if let Some(oldest) = self.mark_order.pop_front() {
                self.marks.remove(&oldest);
            }
        }
        self.cursors.advance(batch.cursors);
        if let Some(snapshot) = batch.snapshot {
            self.last_snapshot = snapshot.seq;
        }
    }

    fn disk_full(&mut self, Waiting { command, by, alone, mark, secret }: Waiting) -> Unkept {
        let refusal = Refusal::DiskFull;
        *self.tally.refusals.entry(refusal.code()).or_default() += 1;
        let key = SendKey::derive(&format!("full:{}", hex(mark)), command.room.as_str(), 0);
        let room = command.room.clone();
        let author = Person { id: by, name: String::new() };
        let name = self.name_of_room(&room);
        let held = |typed: &String, stood| self.words_held(typed, &refusal, &room, &author, stood);
        let text = match &secret {
            Some(typed) => held(typed, announce::Stood::Removed(&name)),
            None => announce::refusal(&refusal),
        };
        let stands = secret.as_ref().map(|typed| held(typed, announce::Stood::Stays(&name)));
        let stands = stands.map(|text| Post::new(Tone::Answer, text));
        // What was chosen from a menu stands nowhere to be removed from.
        let is_chosen = self.taken.iter().any(|taken| taken.command == command);
        let remove = secret.map(|_| command.clone()).filter(|_| !is_chosen);
        let post = Post { reply_to: Some(command).filter(|_| remove.is_none()), ..Post::new(Tone::Answer, text) };
        Unkept { room, alone, post, key, remove, stands }
    }
}

impl Step {
    /// Takes note of a message that is not handled. The room's cursor stays: what came before it may be waiting.
    fn pass_over(&mut self, mark: Mark, inbound: &Inbound) {
        self.batch.marks.push(mark);
        if matches!(inbound.what, What::Command { .. }) {
            self.commands.push(MessageRef { room: inbound.room.clone(), id: inbound.id.clone() });
        }
    }
}

pub(super) fn is_empty(batch: &Batch) -> bool {
    batch.records.is_empty()
        && batch.entries.is_empty()
        && batch.settled.is_empty()
        && batch.marks.is_empty()
        && batch.cursors.is_empty()
        && batch.subjects.is_empty()
        && batch.said.is_empty()
}

/// The mark of a message: the first half of a hash of where it stands.
pub(super) fn mark(inbound: &herald_chat::Inbound) -> Mark {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    hash.update(inbound.room.as_str());
    hash.update([0]);
    hash.update(&inbound.id);
    let digest = hash.finalize();
    let mut mark = Mark::default();
    mark.copy_from_slice(&digest[..16]);
    mark
}

pub(super) fn hex(mark: Mark) -> String {
    data_encoding::HEXLOWER.encode(&mark)
}
