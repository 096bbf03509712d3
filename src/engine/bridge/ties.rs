//! From what an entry is tied to, to the messages that those are when its turn comes, and back.

use herald_chat::{MessageRef, Post, Tone};

use super::super::{Engine, Fault, Receipt, Step};
use crate::announce::Action;
use crate::journal::Journal;
use crate::outbox::{Delivery, Entry, Mode, Tie};
use crate::relay::{self, Reacted};

impl<J: Journal> Engine<J> {
    /// Names the messages that an entry answers, changes or removes. What never got there stays unnamed: there is nothing
    /// to be changed.
    pub(in crate::engine) fn untie(&self, mut delivery: Delivery) -> Result<Delivery, Fault> {
        let entry = &mut delivery.entry;
        let Some(tie) = entry.tie.clone() else { return Ok(delivery) };
        if let (Action::Post(_) | Action::File(..), Some((n, _))) = (&entry.action, tie.part)
            && self.journal.said(n)?.is_some_and(|said| said.gone)
        {
            delivery.mode = Mode::FindOnly;
            return Ok(delivery);
        }
        match &mut entry.action {
            Action::Post(post) | Action::File(post, _) => {
                if let Some(answered) = self.answered(&tie)? {
                    post.reply_to = Some(answered);
                }
            }
            Action::Rewrite(post) => {
                if let Some(message) = self.made(&tie)? {
                    entry.action = Action::Edit(message, post.clone());
                }
            }
            Action::Withdraw => {
                if let Some(message) = self.made(&tie)? {
                    entry.action = Action::Delete(message);
                }
            }
            Action::Edit(..)
            | Action::Pin(..)
            | Action::Delete(_)
            | Action::Open(_)
            | Action::Invite(_)
            | Action::Exclude(_)
            | Action::Archive => {}
        }
        Ok(delivery)
    }

    fn answered(&self, tie: &Tie) -> Result<Option<MessageRef>, Fault> {
        let (Some(n), Some(room)) = (tie.answers, self.room_of(&tie.side)) else { return Ok(None) };
        let said = self.journal.said(n)?.filter(|said| !said.gone);
        Ok(said.and_then(|said| said.stands_as(&tie.side, &room)))
    }

    fn made(&self, tie: &Tie) -> Result<Option<MessageRef>, Fault> {
        let Some((n, part)) = tie.part else { return Ok(None) };
        let said = self.journal.said(n)?;
        Ok(said.as_ref().and_then(|said| said.copy(&tie.side)).and_then(|copy| copy.message(part)))
    }

    /// Takes note of what a tied entry has become.
    pub(in crate::engine) fn tied_came_back(&mut self, step: &mut Step, entry: &Entry, receipt: &Receipt) {
        let Some(Tie { side, part: Some((n, part)), .. }) = &entry.tie else { return };
        let message = match (receipt, &entry.action) {
            (Receipt::Message(message), _) => Some(message),
            (Receipt::Done | Receipt::Room(_), Action::Withdraw) => None,
            (Receipt::Done | Receipt::Room(_), _) => return,
        };
        self.bridge.refused.remove(side);
        let Some(mut said) = self.look_up(step, *n) else { return };
        let early = message.and_then(|message| Some((message, self.early_reactions(step, message)?)));
        said.arrived(side, *part, message);
        match early.and_then(|(message, early)| Some((self.site_of(&message.room)?, message, early))) {
            Some((site, message, early)) if !said.gone => {
                let before = said.reactions.clone();
                said.reactions.extend(early);
                self.show_reactions(step, (site, &message.room), *n, said, &before);
            }
            _ => {
                step.batch.said.insert(*n, Some(said));
            }
        }
    }

    /// Who has reacted to a message of Herald's before its id was known. That is what they have reacted to.
    fn early_reactions(&mut self, step: &mut Step, message: &MessageRef) -> Option<Vec<Reacted>> {
        let (n, said) = self.said_as(step, message).filter(|(_, said)| said.is_unknown())?;
        step.batch.said.insert(n, None);
        Some(said.reactions)
    }

    /// What a platform does not take is told where it was said, once for each place and reason.
    pub(in crate::engine) fn tied_refused(&mut self, step: &mut Step, entry: &Entry, reason: &str) {
        let Some(Tie { side, part: Some((n, _)), .. }) = &entry.tie else { return };
        let (Action::Post(Post { voice: Some(_), .. }) | Action::File(..)) = &entry.action else { return };
        let told = self.bridge.refused.insert(side.clone(), reason.to_owned());
        if told.is_some_and(|told| told == reason) {
            return;
        }
        let Some(origin) = self.look_up(step, *n).and_then(|said| said.origin) else { return };
        let text = relay::not_passed_on(&side.network(), reason);
        let post = Post { reply_to: Some(origin.clone()), ..Post::new(Tone::Notice, text) };
        let dest = self.lane(&origin.room);
        self.put(step, dest, crate::outbox::Rank::Inside, Action::Post(post), None);
    }
}
