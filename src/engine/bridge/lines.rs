//! What Herald itself says in rooms that are one: each message is known on all sides. And who reacted, in one line.

use herald_chat::{Inbound, MessageRef, Person, Post, RoomRef, Text, Tone, What};
use jiff::Timestamp;

use super::super::inbound::Site;
use super::super::{Engine, Step};
use crate::announce::Action;
use crate::journal::Journal;
use crate::outbox::{Dest, Tie};
use crate::relay::{self, Copy, Part, Reacted, Said, SaidNo, Side};

impl<J: Journal> Engine<J> {
    /// Takes note of a post of Herald's that goes to several sides, so that an answer to it on one is one on all. Returns
    /// its number and its place on each side; nothing when it goes to one.
    pub(in crate::engine) fn known_everywhere(
        &mut self,
        step: &mut Step,
        dests: &[Dest],
        post: &Post,
    ) -> Option<SaidNo> {
        let sides: Vec<Side> = dests.iter().filter_map(side_of).collect();
        let networks: std::collections::BTreeSet<_> = sides.iter().map(Side::network).collect();
        if !self.setup.relay.on || networks.len() < 2 || sides.len() != dests.len() {
            return None;
        }
        let n = self.next_said();
        let mut said = own(step, &post.text);
        for side in sides {
            let mut copy = Copy::new(side);
            let part = copy.part();
            copy.words.push(part);
            said.copies.push(copy);
        }
        step.batch.said.insert(n, Some(said));
        Some(n)
    }

    /// What a post of Herald's own makes on one side of those where it is known.
    pub(in crate::engine) fn tie(dest: &Dest, known: Option<SaidNo>) -> Option<Tie> {
        let (n, side) = (known?, side_of(dest)?);
        Some(Tie { side, part: Some((n, 0)), answers: None })
    }

    /// Where a question is answered that was passed on: on all sides.
    pub(in crate::engine) fn answered_in(&self, step: &Step, room: &RoomRef, here: Vec<Dest>) -> Vec<Dest> {
        let site = self.site_of(room).filter(|_| step.passed.is_some());
        let sides = site.map(|site| self.sides(site, room)).unwrap_or_default();
        if sides.is_empty() { here } else { sides.into_iter().map(Dest::from).collect() }
    }

    /// Says something of Herald's own on these sides, to be changed later.
    pub(super) fn line_everywhere(&mut self, step: &mut Step, sides: &[Side], text: &Text) -> SaidNo {
        let n = self.next_said();
        let mut said = own(step, text);
        for side in sides {
            let copy = said.copy_mut(side);
            let part = copy.part();
            copy.words.push(part);
            self.tied(step, side, (n, part), None, Action::Post(Post::new(Tone::Notice, text.clone())));
        }
        step.batch.said.insert(n, Some(said));
        n
    }

    /// Lets it say something else.
    pub(super) fn change_lines(&mut self, step: &mut Step, n: SaidNo, text: &Text) {
        let Some(said) = self.look_up(step, n) else { return };
        for copy in &said.copies {
            for part in &copy.words {
                self.rewrite(step, &copy.side, (n, *part), Post::new(Tone::Notice, text.clone()));
            }
        }
    }

    /// Whether somebody has put the same reaction on the same message already, perhaps on another side: it counts once.
    pub(in crate::engine) fn reacted_before(&self, step: &mut Step, by: &Person, inbound: &Inbound) -> bool {
        let What::Reaction { to, emoji, .. } = &inbound.what else { return false };
        let message = MessageRef { room: inbound.room.clone(), id: to.clone() };
        let emoji = herald_chat::clean_line(emoji);
        let said = self.said_as(step, &message);
        said.is_some_and(|(_, said)| said.reactions.iter().any(|it| self.are_one(&it.by, by) && it.emoji == emoji))
    }

    pub(super) fn pass_reaction(
        &mut self,
        step: &mut Step,
        site: Site,
        (by, emoji): (&Person, &str),
        to: &MessageRef,
        (event, at): (MessageRef, Timestamp),
    ) {
        let found = self
            .said_as(step, to)
            .or_else(|| self.may_be_ours(to).then(|| (self.next_said(), Said::unknown(to.clone(), at))));
        let Some((n, mut said)) = found.filter(|(_, said)| !said.gone) else { return };
        let here = Self::side(site, &event.room);
        let emoji = herald_chat::clean_line(emoji);
        let same = |it: &Reacted| self.are_one(&it.by, by) && it.emoji == emoji && it.side == here;
        if emoji.is_empty() || said.reactions.iter().any(same) || self.is_gone(step, &event) {
            return;
        }
        let before = said.reactions.clone();
        said.reactions.push(Reacted { by: by.clone(), emoji, side: here, event });
        self.show_reactions(step, (site, &to.room), n, said, &before);
    }

    /// Whether a message that is not known may be one of Herald's whose answer has not come.
    fn may_be_ours(&self, message: &MessageRef) -> bool {
        self.outbox.may_be_there(&self.lane(&message.room))
    }

    pub(super) fn pass_unreaction(
        &mut self,
        step: &mut Step,
        site: Site,
        by: &Person,
        to: &MessageRef,
        emoji: &str,
        here: &Side,
    ) {
        let Some((n, mut said)) = self.said_as(step, to) else { return };
        let emoji = herald_chat::clean_line(emoji);
        let before = said.reactions.clone();
        said.reactions.retain(|it| !(self.are_one(&it.by, by) && it.emoji == emoji && it.side == *here));
        if said.reactions.len() < before.len() {
            self.show_reactions(step, (site, &to.room), n, said, &before);
        }
    }

    /// Brings the line on each side in line with who has reacted on the others. A line that says so already is left alone.
    pub(super) fn show_reactions(
        &mut self,
        step: &mut Step,
        (site, room): (Site, &RoomRef),
        n: SaidNo,
        mut said: Said,
        before: &[Reacted],
    ) {
        // A message that was removed took its lines with it, and below one that stands nowhere else there is no place.
        let sides = if said.gone || said.is_unknown() { Vec::new() } else { self.sides(site, room) };
        for side in sides {
            let text = relay::reactions(&said.reactions, &side);
            if text == relay::reactions(before, &side) {
                continue;
            }
            let post = text.map(|text| Post::new(Tone::Notice, text));
            let line: Option<Part> = said.copy(&side).and_then(|copy| copy.line);
            match (line, post) {
                (None, None) => {}
                (None, Some(post)) => {
                    let copy = said.copy_mut(&side);
                    let part = copy.part();
                    copy.line = Some(part);
                    self.tied(step, &side, (n, part), Some(n), Action::Post(post));
                }
                (Some(part), Some(post)) => self.rewrite(step, &side, (n, part), post),
                (Some(part), None) => {
                    said.copy_mut(&side).line = None;
                    self.withdraw(step, &side, (n, part));
                }
            }
        }
        step.batch.said.insert(n, Some(said));
    }
}

fn own(step: &Step, text: &Text) -> Said {
    Said {
        at: step.now,
        by: None,
        text: herald_chat::clean(&text.to_string()).chars().take(crate::incident::policy::TEXT_MAX).collect(),
        origin: None,
        copies: Vec::new(),
        reactions: Vec::new(),
        gone: false,
        dated: false,
        files: Vec::new(),
        answers_unknown: false,
    }
}

/// The side that a destination is.
pub(in crate::engine) fn side_of(dest: &Dest) -> Option<Side> {
    match dest {
        Dest::Room(room) => Some(Side::Room(room.clone())),
        Dest::Own(no, network) => Some(Side::Own(*no, network.clone())),
        Dest::Direct(_) => None,
    }
}
