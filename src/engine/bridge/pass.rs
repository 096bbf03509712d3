//! What somebody says, changes and removes, on the other sides.

use herald_chat::{Attachment, Inbound, MessageRef, Network, Person, Post, Shown, Text, What};
use jiff::{SignedDuration, Timestamp};

use super::super::inbound::Site;
use super::super::{Engine, Step};
use crate::announce::Action;
use crate::incident::policy::TEXT_MAX;
use crate::incident::words::clock_time;
use crate::journal::Journal;
use crate::relay::{self, Copy, Heading, Said, SaidNo, Side};

/// What was said longer ago than this says when.
const DATED: SignedDuration = SignedDuration::from_mins(2);

/// Something that was said, and how it hangs together with what was said before.
#[derive(Clone, Copy)]
struct Speech<'a> {
    by: &'a Person,
    network: &'a Network,
    at: Timestamp,
    shown: &'a Shown,
    dated: bool,
    answers_unknown: bool,
}

impl<J: Journal> Engine<J> {
    /// Passes on what happened in a room that is one with others.
    pub(in crate::engine) fn pass_on(&mut self, step: &mut Step, site: Site, by: &Person, inbound: &Inbound) {
        let here = Self::side(site, &inbound.room);
        let others: Vec<Side> = self.sides(site, &inbound.room).into_iter().filter(|side| *side != here).collect();
        if others.is_empty() {
            return;
        }
        let message = |id: &str| MessageRef { room: inbound.room.clone(), id: id.to_owned() };
        match &inbound.what {
            What::Message { shown, reply_to, .. } => {
                let origin = Some(message(&inbound.id));
                self.pass_message(step, &others, (by, inbound, shown), reply_to.as_ref(), origin);
            }
            What::Command { text, mentions } => {
                let shown = Shown::plain(&crate::command::named(text, mentions, &self.people));
                self.pass_message(step, &others, (by, inbound, &shown), None, None);
            }
            What::Edit { of, shown, .. } => self.pass_edit(step, &others, (by, inbound, shown), &message(of)),
            What::Delete { of } => self.pass_removal(step, site, inbound.at, &message(of)),
            What::Reaction { to, emoji, .. } => {
                let event = message(&inbound.id);
                self.pass_reaction(step, site, (by, emoji), &message(to), (event, inbound.at));
            }
            What::Unreacted { to, emoji } => self.pass_unreaction(step, site, by, &message(to), emoji, &here),
            // Clear text, passed on, would look like the words of whoever is said to have sent it.
            What::Unencrypted
            | What::Unreadable { .. }
            | What::Altered { .. }
            | What::Replaced { .. }
            | What::Joined { .. }
            | What::Left { .. } => {}
        }
    }

    fn pass_message(
        &mut self,
        step: &mut Step,
        others: &[Side],
        (by, inbound, shown): (&Person, &Inbound, &Shown),
        answers: Option<&MessageRef>,
        origin: Option<MessageRef>,
    ) {
        let age = step.now.duration_since(inbound.at);
        if age > self.setup.relay.oldest {
            return self.count_old(step, others, inbound);
        }
        if origin.as_ref().is_some_and(|it| self.is_gone(step, it)) {
            return;
        }
        self.bridge.skipped.remove(&inbound.room);
        let known = |(n, said): (SaidNo, Said)| (!said.is_unknown()).then_some(n);
        let answered = answers.map(|message| self.said_as(step, message).and_then(known));
        // Each room has a board of its own.
        let board = answers.filter(|_| answered == Some(None)).and_then(|message| self.board_of(message));
        let answers = answered.flatten();
        let network = inbound.room.network();
        let (dated, answers_unknown) = (age > DATED, answered == Some(None) && board.is_none());
        let speech = Speech { by, network: &network, at: inbound.at, shown, dated, answers_unknown };
        let n = self.next_said();
        let mut said = Said {
            at: inbound.at,
            by: Some(by.clone()),
            text: excerpt(&shown.text),
            files: shown.files.iter().map(|file| file.name.clone()).collect(),
            origin,
            copies: others.iter().cloned().map(Copy::new).collect(),
            reactions: Vec::new(),
            gone: false,
            dated,
            answers_unknown,
        };
        for side in others {
            let beside = board.and_then(|no| self.board_on(no, &side.clone().into()));
            let speech = Speech { answers_unknown: answers_unknown || (board.is_some() && beside.is_none()), ..speech };
            let posts = self.posts(step.now, side, speech);
            for (i, mut post) in posts.into_iter().enumerate() {
                let copy = said.copy_mut(side);
                let part = copy.part();
                copy.words.push(part);
                let answers = answers.filter(|_| i == 0);
                post.reply_to = beside.clone().filter(|_| i == 0);
                self.tied(step, side, (n, part), answers, Action::Post(post));
            }
            for file in &shown.files {
                let copy = said.copy_mut(side);
                let part = copy.part();
                copy.files.push(part);
                let is_first = copy.words.is_empty();
                let answers = answers.filter(|_| is_first);
                let mut action = self.carried(step.now, side, speech, file);
                if let (Action::Post(post) | Action::File(post, _), true) = (&mut action, is_first) {
                    post.reply_to.clone_from(&beside);
                }
                self.tied(step, side, (n, part), answers, action);
            }
        }
        step.passed = Some(n);
        step.batch.said.insert(n, Some(said));
    }

    fn pass_edit(
        &mut self,
        step: &mut Step,
        others: &[Side],
        (by, inbound, shown): (&Person, &Inbound, &Shown),
        of: &MessageRef,
    ) {
        let Some((n, mut said)) = self.said_as(step, of).filter(|(_, said)| !said.is_unknown()) else {
            if step.now.duration_since(inbound.at) <= self.setup.relay.oldest {
                let text = relay::unknown_edit(by, &inbound.room.network());
                self.line_everywhere(step, others, &text);
            }
            return;
        };
        // Clients let nobody change another's message, but not every server does.
        let is_theirs = said.by.as_ref().is_some_and(|author| self.are_one(author, by));
        if said.origin.as_ref() != Some(of) || !is_theirs || said.gone {
            return;
        }
        let (network, dated, answers_unknown) = (inbound.room.network(), said.dated, said.answers_unknown);
        let speech = Speech { by, network: &network, at: said.at, shown, dated, answers_unknown };
        said.text = excerpt(&shown.text);
        for side in others {
            let posts = self.posts(step.now, side, speech);
            let copy = said.copy_mut(side);
            let before = std::mem::take(&mut copy.words);
            let (kept, gone) = before.split_at(posts.len().min(before.len()));
            copy.words = kept.to_vec();
            let mut new = Vec::new();
            for (i, post) in posts.into_iter().enumerate() {
                if let Some(part) = kept.get(i) {
                    self.rewrite(step, side, (n, *part), post);
                } else {
                    let part = copy.part();
                    copy.words.push(part);
                    new.push((part, post));
                }
            }
            // What has grown goes on below; it answers its beginning, or its file, so that it is found.
            let goes_on = !kept.is_empty() || !copy.files.is_empty();
            for (part, post) in new {
                let answers = Some(n).filter(|_| goes_on);
                self.tied(step, side, (n, part), answers, Action::Post(post));
            }
            for part in gone.iter().rev() {
                self.withdraw(step, side, (n, *part));
            }
        }
        step.batch.said.insert(n, Some(said));
    }

    fn pass_removal(&mut self, step: &mut Step, site: Site, at: Timestamp, of: &MessageRef) {
        let Some((n, mut said)) = self.said_as(step, of) else { return self.note_gone(step, at, of) };
        if let Some(at) = said.reactions.iter().position(|it| it.event == *of) {
            let before = said.reactions.clone();
            said.reactions.remove(at);
            return self.show_reactions(step, (site, &of.room), n, said, &before);
        }
        if said.origin.as_ref() != Some(of) || said.gone {
            return;
        }
        said.gone = true;
        for side in self.sides(site, &of.room) {
            let copy = said.copy_mut(&side);
            let parts: Vec<_> = copy.words.drain(..).chain(copy.files.drain(..)).chain(copy.line.take()).collect();
            for part in parts.into_iter().rev() {
                self.withdraw(step, &side, (n, part));
            }
        }
        step.batch.said.insert(n, Some(said));
    }

    /// Remembers what was removed before Herald heard of it: what is read back says nothing of it any more, but the stream
    /// may still bring it.
    fn note_gone(&mut self, step: &mut Step, at: Timestamp, of: &MessageRef) {
        let n = self.next_said();
        let said = Said { gone: true, ..Said::unknown(of.clone(), at) };
        step.batch.said.insert(n, Some(said));
    }

    /// Whether it was removed already.
    pub(super) fn is_gone(&self, step: &mut Step, message: &MessageRef) -> bool {
        self.said_as(step, message).is_some_and(|(_, said)| said.gone && said.origin.as_ref() == Some(message))
    }

    /// What is said on a side in a speaker's name, in parts that fit there. Nothing when there are no words.
    fn posts(&self, now: Timestamp, side: &Side, speech: Speech<'_>) -> Vec<Post> {
        let words = self.named_on(relay::cleaned(speech.shown.text.clone()), &side.network());
        if words.is_empty() {
            return Vec::new();
        }
        let when = clock_time(speech.at, now, &self.setup.policy.zone);
        let post = relay::speech(speech.heading(&when), words);
        let parts = self.split(&side.network(), &post.text);
        parts.into_iter().map(|text| Post { text, ..post.clone() }).collect()
    }

    /// A file for a side, or why it does not go there.
    fn carried(&self, now: Timestamp, side: &Side, speech: Speech<'_>, file: &Attachment) -> Action {
        let when = clock_time(speech.at, now, &self.setup.policy.zone);
        let heading = speech.heading(&when);
        let platform = self.bridge.platforms.get(&side.network());
        // A network that cannot be reached yet says when it is.
        let limit = platform.map_or(u64::MAX, |it| it.carries()).min(self.setup.relay.file_limit);
        match file.size {
            Some(bytes) if bytes > limit => Action::Post(relay::speech(heading, relay::file_too_large(file, limit))),
            Some(_) | None => Action::File(relay::file(heading, file), file.clone()),
        }
    }

    /// Counts what was said too long ago, in one line.
    fn count_old(&mut self, step: &mut Step, others: &[Side], inbound: &Inbound) {
        let limit = crate::incident::words::span(self.setup.relay.oldest);
        let known = self.bridge.skipped.get(&inbound.room).copied();
        let count = known.map_or(1, |(_, count)| count + 1);
        let text = relay::too_old(count, &inbound.room.network(), &limit);
        let n = match known {
            Some((n, _)) => {
                self.change_lines(step, n, &text);
                n
            }
            None => self.line_everywhere(step, others, &text),
        };
        self.bridge.skipped.insert(inbound.room.clone(), (n, count));
    }

    /// What stands for a message as a person reads it: for 📌.
    pub(in crate::engine) fn behind(&self, step: &mut Step, message: &MessageRef) -> Option<Said> {
        self.said_as(step, message).map(|(_, said)| said).filter(|said| !said.gone)
    }
}

impl<'a> Speech<'a> {
    fn heading(&self, when: &'a str) -> Heading<'a> {
        Heading {
            by: self.by,
            network: self.network,
            when: self.dated.then_some((self.at, when)),
            answers_unknown: self.answers_unknown,
        }
    }
}

fn excerpt(text: &Text) -> String {
    herald_chat::clean(&text.to_string()).chars().take(TEXT_MAX).collect()
}
