//! The only writer: takes what arrives, decides, makes it durable, and says what is to be sent.
//!
//! [`Engine`] itself waits for nothing and knows no clock: it is given the time with every [`Engine::step`] and says
//! when it next needs one ([`Engine::wakes`]). [`fn@run`] is the loop around it that does the waiting.

mod admin;
mod answer;
mod boards;
mod boot;
mod bridge;
mod budget;
mod calling;
mod calm;
mod cargo;
mod command;
mod desk;
mod drafts;
mod early;
mod edits;
mod fault;
mod full;
mod gave_way;
mod inbound;
mod intake;
mod members;
mod outside;
mod people;
mod reading;
mod record;
mod removal;
mod rooms;
mod run;
mod secrecy;
mod seed;
mod settle;
mod setup;
mod step;
mod taken;
mod tally;
mod unreadable;

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::sync::Arc;

use herald_chat::{MessageRef, Network, Pace, Post, RoomRef, SendKey, Spell, UserRef};
use jiff::Timestamp;

pub use admin::{Errand, Finder};
pub use bridge::Relay;
pub use fault::Fault;
pub use herald_chat::Clock;
pub use intake::Cursors;
pub use members::{Lookup, Sighting};
pub use reading::{Reading, Readings};
pub use rooms::Rooms;
pub use run::{Late, Look, Request, idle, run};
pub use seed::Seed;
pub use settle::Receipt;
pub use taken::Taken;
pub use tally::Tally;

use self::admin::Desk;
use self::boards::Boards;
use self::bridge::Bridge;
use self::budget::Budget;
use self::calm::Calm;
use self::early::Early;
use self::members::Members;
use self::people::Guesses;
use self::unreadable::Unreadable;
use crate::command::People;
use crate::config::Limits;
use crate::incident::{Incident, IncidentNo, Mapping, Moved, Policy, Record, Register, Seq, Subject, Summary};
use crate::journal::{Batch, Journal, JournalError, Mark};
use crate::outbox::{Delivery, Dest, EntryId, Outbox};
use crate::relay::SaidNo;

/// What the engine goes by.
#[derive(Debug, Clone)]
pub struct Setup {
    /// What the company has agreed on.
    pub policy: Policy,
    /// Which room is for whom.
    pub rooms: Rooms,
    /// How long a statement may be under way before the war room is told.
    pub notice: jiff::SignedDuration,
    /// Rooms on several networks that are one room.
    pub relay: Relay,
    /// The networks of the configuration, reached or not. None: whichever there are.
    pub networks: BTreeSet<Network>,
    /// Herald's own accounts, on the networks that are reached.
    pub me: BTreeSet<UserRef>,
    /// The rooms that were found, each with what an admin wrote.
    pub found: Vec<(RoomRef, RoomRef)>,
    /// The names that lead elsewhere than to the rooms that were found under them.
    pub moved: Vec<Moved>,
    /// How many sends may be under way on each platform.
    pub at_once: usize,
    /// How long to wait before a send that failed is tried again.
    pub pace: Pace,
    /// After how many records a snapshot is written.
    pub snapshot_every: u64,
    /// Whoever may change what Herald does.
    pub admins: Vec<UserRef>,
    /// Accounts that are one person's, group by group; the first of each stands for the person.
    pub linked: Vec<Vec<UserRef>>,
    /// What each person may cause in a time.
    pub limits: Limits,
    /// What codes follow from that nobody may guess.
    pub seed: Seed,
}

/// Something that the engine takes in.
#[derive(Debug)]
pub enum Input {
    /// Something happened in a room.
    Inbound(Box<herald_chat::Inbound>),
    /// A room has been met for the first time: what was said there before is not ours to handle.
    Met(RoomRef, herald_chat::Cursor),
    /// How far a network has been read.
    Reading(herald_chat::Network, Reading),
    /// Whether a network keeps everybody but Herald from writing in a room where only Herald does; if not, why.
    Line(RoomRef, Option<String>),
    /// A room was looked for.
    Found(Box<Errand>, Result<RoomRef, String>),
    /// A network answered while a send there came to nothing.
    Answers(herald_chat::Network),
    /// The networks have said where somebody is.
    Sighted(Box<Lookup>, Sighting),
    /// A send came back.
    Sent(EntryId, Result<Receipt, herald_chat::SendError>),
}

/// An answer that could not be made durable, to be sent as well as can be.
#[derive(Debug, Clone, PartialEq)]
pub struct Unkept {
    /// Where.
    pub room: RoomRef,
    /// Who alone hears it, in place of the room.
    pub alone: Option<UserRef>,
    /// What.
    pub post: Post,
    /// What makes a repeated send the same send.
    pub key: SendKey,
    /// The message that it answers is removed before.
    pub remove: Option<MessageRef>,
    /// What is said in place of it where that cannot be removed.
    pub stands: Option<Post>,
}

/// The engine.
pub struct Engine<J> {
    journal: J,
    /// What the configuration says.
    base: Arc<Setup>,
    /// The same, with what admins said in chat.
    setup: Arc<Setup>,
    people: People,
    register: Register,
    /// Whether the links are as an admin wrote them.
    links_kept: bool,
    guesses: Guesses,
    admin: Desk,
    open: BTreeMap<IncidentNo, Incident>,
    over: BTreeMap<IncidentNo, Summary>,
    last_no: u32,
    last_seq: Seq,
    durable: Seq,
    last_snapshot: Seq,
    next_entry: EntryId,
    outbox: Outbox,
    marks: HashSet<Mark>,
    mark_order: VecDeque<Mark>,
    subjects: BTreeMap<MessageRef, Subject>,
    cursors: Cursors,
    owed_marks: Vec<Mark>,
    owed_inputs: Vec<Input>,
    early: Early,
    taken: Vec<Taken>,
    told_after: BTreeMap<EntryId, u32>,
    /// Where something gave way, about whom, and why: told once.
    gave_way: BTreeMap<(Dest, Option<UserRef>), String>,
    /// Where nothing gets through for now: of that, not each try is logged.
    failing: BTreeMap<Dest, Spell>,
    /// Where a platform refuses everything, and why: until something is through there, that is logged once.
    refused_at: BTreeMap<Dest, String>,
    full: Option<full::Full>,
    boards: Boards,
    bridge: Bridge,
    unreadable: Unreadable,
    members: Members,
    budget: Budget,
    calm: Calm,
    edits_told: edits::Told,
    tally: Tally,
    readings: Readings,
}

impl<J: Journal> Engine<J> {
    /// What has to be sent now. Each stays under way until it comes back as [`Input::Sent`].
    ///
    /// # Errors
    /// [`Fault::Journal`] when it cannot be read any more: the process must end.
    pub fn ready(&mut self, now: Timestamp) -> Result<Vec<Delivery>, Fault> {
        self.outbox.take_ready(now).into_iter().map(|delivery| self.untie(delivery)).collect()
    }

    /// The commands from menus that were taken in since this was last asked.
    pub fn taken(&mut self) -> Vec<Taken> {
        std::mem::take(&mut self.taken)
    }

    /// When the engine next needs a [`Engine::step`], if nothing arrives before.
    #[must_use]
    pub fn wakes(&self) -> Option<Timestamp> {
        if let Some(full) = &self.full {
            return Some(full.retry_at);
        }
        let policy = &self.setup.policy;
        let incidents = self.open.values().filter_map(|it| Some(it.next_deadline(policy)?.at));
        incidents
            .chain(self.outbox.next_try())
            .chain(self.next_notice())
            .chain(self.boards.wakes())
            .chain(self.bridge.merge.wakes())
            .chain(self.members.wakes())
            .chain(self.calm.wakes())
            .chain(self.early_wakes())
            .min()
    }

    /// The room behind a destination, if it is there yet.
    #[must_use]
    pub fn own_room(&self, no: IncidentNo, network: &herald_chat::Network) -> Option<RoomRef> {
        let rooms = self.open.get(&no).map(|it| &it.rooms).or_else(|| self.over.get(&no).map(|it| &it.rooms))?;
        rooms.iter().find(|room| room.network() == *network).cloned()
    }

    /// The incidents that are not over.
    pub fn incidents(&self) -> impl Iterator<Item = &Incident> {
        self.open.values()
    }

    /// What is kept at hand of those that are.
    pub fn summaries(&self) -> impl Iterator<Item = &Summary> {
        self.over.values()
    }

    /// How far every room has been read.
    #[must_use]
    pub fn cursors(&self) -> Cursors {
        self.cursors.clone()
    }

    /// What has been counted since the start.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// How far every network has been read.
    #[must_use]
    pub fn readings(&self) -> &Readings {
        &self.readings
    }

    /// Whether the last commit was refused because the disk is full.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.full.is_some()
    }

    /// The number of the last record that is durable: how many there are.
    #[must_use]
    pub fn durable(&self) -> Seq {
        self.durable
    }

    /// What waits to be sent.
    pub fn waiting(&self) -> impl Iterator<Item = &crate::outbox::Entry> {
        self.outbox.waiting()
    }

    /// The room that was last found under this name.
    #[must_use]
    pub fn room_found(&self, written: &RoomRef) -> Option<RoomRef> {
        self.register.mappings.found(written).cloned()
    }

    /// Which room is for whom.
    #[must_use]
    pub fn rooms(&self) -> &Rooms {
        &self.setup.rooms
    }

    /// The rooms that admins mapped in chat.
    pub fn mapped_in_chat(&self) -> impl Iterator<Item = (&RoomRef, &Mapping)> {
        self.register.mappings.all()
    }

    /// The journal behind it.
    pub fn journal(&self) -> &J {
        &self.journal
    }

    /// All records of one incident, oldest first.
    fn records(&self, no: IncidentNo, first: Seq, last: Seq) -> Result<Vec<Record>, crate::journal::JournalError> {
        let mut records = Vec::new();
        self.journal.scan(first..=last, &mut |record| {
            if record.incident == no {
                records.push(record);
            }
        })?;
        Ok(records)
    }
}

/// A command whose giver waits for an answer.
struct Waiting {
    command: MessageRef,
    /// Who gave it.
    by: UserRef,
    /// Who alone hears the answer.
    alone: Option<UserRef>,
    mark: Mark,
    /// What was typed, if it may have been meant to be secret.
    secret: Option<String>,
}

/// One step's work: what will be committed, and what caused it.
struct Step {
    batch: Batch,
    now: Timestamp,
    cause: String,
    index: usize,
    /// The message that is being answered.
    asked: Option<MessageRef>,
    /// Who is handled, and the account that they use.
    asker: Option<(UserRef, UserRef)>,
    /// Who alone hears the answer, where the command was given out of sight.
    whisper: Option<UserRef>,
    /// The accounts of whoever is handled that are in a room now.
    here: BTreeSet<UserRef>,
    /// What was typed, if it may have been meant to be secret.
    secret: Option<String>,
    /// The commands that came from menus.
    commands: Vec<MessageRef>,
    /// The message that is being answered, where it was passed on.
    passed: Option<SaidNo>,
    /// The rooms that have to be looked for once this is durable.
    errands: Vec<Errand>,
    /// Why the journal cannot be read any more.
    fault: Option<JournalError>,
}

impl Step {
    fn new(now: Timestamp) -> Self {
        Self {
            batch: Batch::default(),
            now,
            cause: String::new(),
            index: 0,
            asked: None,
            asker: None,
            whisper: None,
            here: BTreeSet::new(),
            secret: None,
            commands: Vec::new(),
            passed: None,
            errands: Vec::new(),
            fault: None,
        }
    }

    /// Whether a command from a menu has its answer: it gets one.
    fn is_answered(&self, command: &MessageRef) -> bool {
        let answers = || self.batch.entries.iter().any(|entry| Taken::answered_by(command, entry).is_some());
        self.commands.contains(command) && answers()
    }

    /// What follows from here on has this cause.
    fn because(&mut self, cause: String) {
        self.cause = cause;
        self.index = 0;
        self.asked = None;
        self.asker = None;
        self.whisper = None;
        self.here.clear();
        self.secret = None;
        self.passed = None;
    }
}
