//! Rooms that are one room: what is said in one is passed on to the others.

mod lines;
mod merge;
mod pass;
mod sweep;
mod ties;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use herald_chat::{MessageRef, Network, Person, Platform, Post, RoomRef, Text};
use jiff::{SignedDuration, Timestamp};

use super::inbound::Site;
use super::{Engine, Step};
use crate::announce::Action;
use crate::incident::{Audience, IncidentNo};
use crate::journal::{Journal, JournalError};
use crate::outbox::{Dest, Entry, Rank, Tie};
use crate::relay::{Part, Said, SaidNo, Side};

pub(super) use merge::Merge;

/// What an admin has set about it.
#[derive(Debug, Clone)]
pub struct Relay {
    /// Whether rooms of one audience on several networks are one room.
    pub on: bool,
    /// What was said longer ago is not passed on but counted.
    pub oldest: SignedDuration,
    /// How large a file may be, in bytes.
    pub file_limit: u64,
    /// Other bots whose messages are passed on like people's.
    pub bots: BTreeSet<herald_chat::UserRef>,
    /// Where files lie while they are carried over.
    pub spool: std::path::PathBuf,
}

/// What the engine keeps in mind of it.
#[derive(Default)]
pub(super) struct Bridge {
    platforms: BTreeMap<Network, Arc<dyn Platform>>,
    /// The number of the newest message that stands in several rooms.
    last: SaidNo,
    /// The line that counts what was too old in a room, and the count.
    skipped: BTreeMap<RoomRef, (SaidNo, u32)>,
    /// The sides that take nothing of what is passed on, and the reason that people were told.
    refused: BTreeMap<Side, String>,
    /// When the table is next looked over.
    sweep_at: Option<Timestamp>,
    pub(super) merge: Merge,
}

impl Bridge {
    pub(super) fn new(last: SaidNo) -> Self {
        Self { last, ..Self::default() }
    }

    /// What was counted or told may not have become durable: it begins anew.
    pub(super) fn forget_told(&mut self) {
        self.skipped.clear();
        self.refused.clear();
    }
}

impl<J: Journal> Engine<J> {
    /// Asks these how they cut long texts, and how large a file they take.
    pub(super) fn pass_on_to(&mut self, platforms: &BTreeMap<Network, Arc<dyn Platform>>) {
        self.bridge.platforms.clone_from(platforms);
    }

    /// Whether posts have buttons there.
    pub(super) fn has_buttons(&self, network: &Network) -> bool {
        self.bridge.platforms.get(network).is_some_and(|platform| platform.buttons())
    }

    /// Takes in what these networks have to tell of the time before by the order of the servers' times.
    pub(super) fn wait_for(&mut self, networks: impl IntoIterator<Item = Network>) {
        self.bridge.merge = Merge::of(networks);
    }

    /// All rooms that are one room with this one; none where it is one by itself.
    fn sides(&self, site: Site, room: &RoomRef) -> Vec<Side> {
        let rooms = &self.setup.rooms;
        let sides: Vec<Side> = match site {
            Site::Channel(Audience::WarRoom | Audience::Engineering) => {
                rooms.like(room).into_iter().cloned().map(Side::Room).collect()
            }
            Site::Own(no) => self.own_networks(no).into_iter().map(|network| Side::Own(no, network)).collect(),
            Site::Channel(Audience::Company | Audience::Customers | Audience::Admin) | Site::Direct | Site::Outside => {
                Vec::new()
            }
        };
        let networks: BTreeSet<Network> = sides.iter().map(Side::network).collect();
        if self.setup.relay.on && networks.len() > 1 { sides } else { Vec::new() }
    }

    /// Whether this happened in a room that is one with others.
    pub(super) fn is_one_with_others(&self, inbound: &herald_chat::Inbound) -> bool {
        self.site(inbound).is_some_and(|site| !self.sides(site, &inbound.room).is_empty())
    }

    /// The networks on which an incident has a room of its own, or will have one.
    pub(super) fn own_networks(&self, no: IncidentNo) -> BTreeSet<Network> {
        let incident = self.open.get(&no);
        let networks = self.setup.rooms.war_networks(incident.and_then(|incident| incident.team.as_deref()));
        let there = incident.into_iter().flat_map(|incident| &incident.rooms).map(RoomRef::network);
        networks.into_iter().chain(there).collect()
    }

    /// The side that a room is.
    fn side(site: Site, room: &RoomRef) -> Side {
        match site {
            Site::Own(no) => Side::Own(no, room.network()),
            Site::Channel(_) | Site::Direct | Site::Outside => Side::Room(room.clone()),
        }
    }

    /// The room of a side, if it is there yet.
    fn room_of(&self, side: &Side) -> Option<RoomRef> {
        match side {
            Side::Room(room) => Some(room.clone()),
            Side::Own(no, network) => self.own_room(*no, network),
        }
    }

    /// What is known of a message, with what this step has changed.
    pub(super) fn look_up(&self, step: &mut Step, n: SaidNo) -> Option<Said> {
        match step.batch.said.get(&n) {
            Some(changed) => changed.clone(),
            None => step.known(self.journal.said(n)).flatten(),
        }
    }

    /// What a message belongs to.
    pub(super) fn said_as(&self, step: &mut Step, message: &MessageRef) -> Option<(SaidNo, Said)> {
        let is_it = |said: &Option<Said>| said.as_ref().is_some_and(|said| said.messages().contains(message));
        let here = step.batch.said.iter().rev().find(|(_, said)| is_it(said)).map(|(n, _)| *n);
        let n = match here {
            Some(n) => n,
            None => step.known(self.journal.find_said(message)).flatten()?,
        };
        Some((n, self.look_up(step, n)?))
    }

    /// Whether these are the same person, also when their accounts were linked in between.
    pub(in crate::engine) fn are_one(&self, one: &Person, other: &Person) -> bool {
        self.register.accounts.whose(&one.id) == self.register.accounts.whose(&other.id)
    }

    /// The number of one more.
    fn next_said(&mut self) -> SaidNo {
        self.bridge.last += 1;
        self.bridge.last
    }

    /// A text in parts that fit there.
    fn split(&self, network: &Network, text: &Text) -> Vec<Text> {
        match self.bridge.platforms.get(network) {
            Some(platform) => platform.split(text),
            None => vec![text.clone()],
        }
    }

    /// Queues what makes, changes or removes a part of what stands for a message.
    fn tied(&mut self, step: &mut Step, side: &Side, part: (SaidNo, Part), answers: Option<SaidNo>, action: Action) {
        let tie = Tie { side: side.clone(), part: Some(part), answers };
        self.put(step, Dest::from(side.clone()), Rank::Inside, action, Some(tie));
    }

    /// Removes a part. What is not there for certain, and not under way, is taken back: nobody has to read first what
    /// somebody has removed.
    fn withdraw(&mut self, step: &mut Step, side: &Side, part: (SaidNo, Part)) {
        let of_it = |entry: &Entry| {
            let tie = entry.tie.as_ref();
            tie.is_some_and(|tie| tie.side == *side && tie.part == Some(part))
        };
        let makes_it = |entry: &Entry| of_it(entry) && matches!(entry.action, Action::Post(_) | Action::File(..));
        let fresh = |entry: &&Entry| of_it(entry) && self.outbox.is_fresh(entry.id);
        let fresh: Vec<&Entry> = self.outbox.waiting().filter(fresh).collect();
        let unsent = step.batch.entries.iter().chain(fresh.iter().copied()).any(makes_it);
        step.batch.settled.extend(fresh.iter().map(|entry| entry.id));
        step.batch.entries.retain(|entry| !of_it(entry));
        if !unsent {
            self.tied(step, side, part, None, Action::Withdraw);
        }
    }

    /// Lets a part say something else. A change of the same that is not there for certain, and not under way, is left out.
    fn rewrite(&mut self, step: &mut Step, side: &Side, part: (SaidNo, Part), post: Post) {
        let same = |entry: &Entry| {
            let tie = entry.tie.as_ref().filter(|tie| tie.side == *side && tie.part == Some(part));
            tie.is_some() && matches!(entry.action, Action::Rewrite(_))
        };
        step.batch.entries.retain(|entry| !same(entry));
        let stale = |entry: &&Entry| same(entry) && self.outbox.is_fresh(entry.id);
        let stale: Vec<_> = self.outbox.waiting().filter(stale).map(|entry| entry.id).collect();
        step.batch.settled.extend(stale);
        self.tied(step, side, part, None, Action::Rewrite(post));
    }
}

impl Step {
    /// What the journal says. That it cannot say ends the process, once this step would commit.
    fn known<T>(&mut self, answer: Result<T, JournalError>) -> Option<T> {
        match answer {
            Ok(answer) => Some(answer),
            Err(fault) => {
                self.fault.get_or_insert(fault);
                None
            }
        }
    }
}
