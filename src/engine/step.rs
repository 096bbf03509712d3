//! One step: take in a group, decide each, commit once.

use std::collections::VecDeque;

use herald_chat::{Inbound, MessageRef, Person, Post, SendKey, Tone, What};
use jiff::{SignedDuration, Timestamp};
use tracing::warn;

use super::{Engine, Fault, Input, Reading, Step, Taken, Unkept, Waiting};
use crate::announce;
use crate::incident::{Refusal, due};
use crate::journal::{Batch, Journal, JournalError, MARKS_KEPT, Mark};

/// What a step has taken in.
#[derive(Default)]
struct Handled {
    /// What people wait for an answer to.
    commands: Vec<Waiting>,
    others: Vec<Input>,
}

/// How long to wait before writing is tried again when the disk is full.
pub(super) const FULL_WAIT: SignedDuration = SignedDuration::from_secs(5);

impl<J: Journal> Engine<J> {
    /// Takes in a group of inputs and whatever has fallen due, and makes all of it durable at once. Returns answers that
    /// could not be: there are some only while the disk is full.
    ///
    /// # Errors
    /// [`Fault::Journal`] when it is no longer known what is durable: the process must end.
    pub fn step(&mut self, inputs: Vec<Input>, now: Timestamp) -> Result<Vec<Unkept>, Fault> {
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
                    self.readings.heard(&inbound.room);
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
        self.fire(&mut step);
        self.tell_strays(&mut step);
        self.look_again(now);
        self.notices(&mut step);
        self.forward(&mut step);
        self.sweep(&mut step);
        // What only notes what was done may be written when there is no room for more, so boards do not join it.
        if !step.batch.only_notes() {
            self.keep_boards(&mut step);
        }
        let unkept = self.commit(step, handled)?;
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

    fn commit(&mut self, mut step: Step, handled: Handled) -> Result<Vec<Unkept>, Fault> {
        let Handled { commands, others } = handled;
        if let Some(fault) = step.fault.take() {
            return Err(fault.into());
        }
        if is_empty(&step.batch) {
            self.retry_at = None;
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
                self.kept(step.batch);
                Ok(Vec::new())
            }
            Err(JournalError::Full { .. }) => {
                warn!(commands = commands.len(), "the disk is full: refused in words");
                self.reload()?;
                self.retry_at = step.now.checked_add(FULL_WAIT).ok();
                self.owed_marks.extend(commands.iter().map(|it| it.mark));
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
        self.retry_at = None;
        self.owed_marks.clear();
        self.durable = self.last_seq;
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
