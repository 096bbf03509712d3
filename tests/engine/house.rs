//! An engine, and everything outside it played by the test.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use herald::announce::Action;
use herald::config::Config;
use herald::engine::{Engine, Input, Lookup, Receipt, Setup, Sighting};
use herald::journal::{Fault, MemoryDisk, MemoryJournal};
use herald::outbox::{Dest, Entry};
use herald::practice;
use herald_chat::{Cursor, Inbound, MessageRef, Network, Origin, Person, RoomRef, SendError, UserRef, What};
use jiff::{SignedDuration, Timestamp};

/// What the platform answers; nothing lets it do what it is asked to.
pub(crate) type Answers = fn(&Entry) -> Option<SendError>;

/// Of which rooms a network says that an account is in them.
pub(crate) type Presence = fn(&UserRef, &[RoomRef]) -> Result<BTreeSet<RoomRef>, SendError>;

pub(crate) struct House {
    disk: MemoryDisk,
    pub(crate) engine: Engine<MemoryJournal>,
    pub(crate) now: Timestamp,
    count: u64,
    /// What was posted last in each room.
    posted: BTreeMap<RoomRef, MessageRef>,
    pub(crate) answers: Answers,
    pub(crate) presence: Presence,
}

pub(crate) fn network() -> Network {
    Network::new("console")
}

pub(crate) fn room(name: &str) -> RoomRef {
    RoomRef::new(&network(), name)
}

pub(crate) fn person(name: &str) -> Person {
    Person { id: UserRef::new(&network(), name), name: name.to_owned() }
}

pub(crate) fn setup() -> Setup {
    practice::setup(&Config::default())
}

fn boot(disk: &MemoryDisk, setup: Setup) -> Engine<MemoryJournal> {
    let windows = BTreeMap::from([(network(), Duration::from_hours(1))]);
    Engine::boot(MemoryJournal::open(disk).unwrap(), Arc::new(setup), windows).unwrap()
}

impl House {
    pub(crate) fn without_boards() -> Self {
        Self::with(setup())
    }

    /// One that goes by this, without boards.
    pub(crate) fn with(setup: Setup) -> Self {
        Self::on(MemoryDisk::new(), setup)
    }

    /// The same, from what this disk holds.
    pub(crate) fn on(disk: MemoryDisk, setup: Setup) -> Self {
        let engine = boot(&disk, setup);
        let now = "2026-01-05T12:00:00Z".parse().unwrap();
        Self {
            disk,
            engine,
            now,
            count: 0,
            posted: BTreeMap::new(),
            answers: |_| None,
            presence: |_, rooms| Ok(rooms.iter().cloned().collect()),
        }
    }

    pub(crate) fn with_boards() -> Self {
        let mut house = Self::without_boards();
        house.engine.keep_boards_on([network()].into());
        house
    }

    /// Starts Herald again from the disk, with boards. Returns what is done then.
    pub(crate) fn restart(&mut self, setup: Setup) -> Vec<Entry> {
        self.engine = boot(&self.disk, setup);
        self.engine.keep_boards_on([network()].into());
        self.settle()
    }

    pub(crate) fn step(&mut self, inputs: Vec<Input>) {
        let unkept = self.engine.step(inputs, self.now).unwrap();
        assert!(unkept.is_empty());
    }

    /// The disk is full from now on.
    pub(crate) fn fill_disk(&self) {
        self.disk.fail_next(Fault::Full);
    }

    /// Somebody says something. It is handled, and nothing is sent yet.
    pub(crate) fn say(&mut self, who: &str, place: &str, text: &str) {
        let what = What::says(text);
        self.count += 1;
        self.hear(who, place, &self.count.to_string(), Origin::Human, what);
    }

    pub(crate) fn hear(&mut self, who: &str, place: &str, id: &str, origin: Origin, what: What) {
        self.hear_in(&room(place), person(who), id, origin, what);
    }

    pub(crate) fn hear_in(&mut self, room: &RoomRef, by: Person, id: &str, origin: Origin, what: What) {
        self.step(vec![Input::Inbound(Box::new(Inbound {
            room: room.clone(),
            id: id.to_owned(),
            cursor: Some(Cursor(id.to_owned())),
            by,
            origin,
            direct: room.id().starts_with("dm-"),
            at: self.now,
            what,
        }))]);
    }

    /// Sends what can be sent, until there is no more. Returns what was done.
    pub(crate) fn settle(&mut self) -> Vec<Entry> {
        let mut done = Vec::new();
        self.step(Vec::new());
        loop {
            for lookup in self.engine.lookups() {
                let sighting = self.sighting(&lookup);
                self.step(vec![Input::Sighted(Box::new(lookup), sighting)]);
            }
            for errand in self.engine.errands() {
                let found = Ok(errand.written.clone());
                self.step(vec![Input::Found(Box::new(errand), found)]);
            }
            let ready = self.engine.ready(self.now).unwrap();
            if ready.is_empty() {
                return done;
            }
            for delivery in ready {
                let answer = self.answer(&delivery.entry);
                done.extend(answer.is_ok().then(|| delivery.entry.clone()));
                self.step(vec![Input::Sent(delivery.entry.id, answer)]);
            }
        }
    }

    /// What the networks say.
    pub(crate) fn sighting(&self, lookup: &Lookup) -> Sighting {
        let seen = |(account, rooms): &(UserRef, Vec<RoomRef>)| (account.clone(), (self.presence)(account, rooms));
        lookup.accounts.iter().map(seen).collect()
    }

    fn answer(&mut self, entry: &Entry) -> Result<Receipt, SendError> {
        if let Some(error) = (self.answers)(entry) {
            return Err(error);
        }
        self.count += 1;
        Ok(match &entry.action {
            Action::Post(_) | Action::File(..) => {
                let place = match &entry.dest {
                    Dest::Room(room) => room.clone(),
                    Dest::Own(no, network) => self.engine.own_room(*no, network).unwrap(),
                    Dest::Direct(user) => RoomRef::new(&user.network(), &format!("dm-{}", user.id())),
                };
                let message = MessageRef { room: place, id: format!("m{}", self.count) };
                self.posted.insert(message.room.clone(), message.clone());
                Receipt::Message(message)
            }
            Action::Open(spec) => Receipt::Room(RoomRef::new(&entry.dest.network(), &spec.name)),
            Action::Rewrite(_)
            | Action::Withdraw
            | Action::Edit(..)
            | Action::Pin(..)
            | Action::Delete(_)
            | Action::Invite(_)
            | Action::Exclude(_)
            | Action::Archive => Receipt::Done,
        })
    }

    /// The message that was posted last in a room.
    pub(crate) fn stands_in(&self, place: &str) -> MessageRef {
        self.posted[&room(place)].clone()
    }

    pub(crate) fn wait(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
    }
}

/// What is done, in short: the words of posts and edits, the rest by name.
pub(crate) fn told(entries: &[Entry]) -> Vec<String> {
    entries
        .iter()
        .map(|entry| match &entry.action {
            Action::Post(post) => post.text.to_string(),
            Action::Edit(message, post) => format!("edit {}: {}", message.id, post.text),
            Action::Pin(message, pinned) => format!("{} {}", if *pinned { "pin" } else { "unpin" }, message.id),
            Action::Delete(message) => format!("delete {}", message.id),
            Action::File(post, file) => format!("file {}: {}", file.name, post.text),
            Action::Rewrite(_)
            | Action::Withdraw
            | Action::Open(_)
            | Action::Invite(_)
            | Action::Exclude(_)
            | Action::Archive => {
                format!("{:?}", entry.action)
            }
        })
        .collect()
}

pub(crate) fn refused(reason: &str) -> SendError {
    SendError::Refused { reason: reason.to_owned() }
}
