//! People in 64 war rooms at once, around a real engine, and a platform that takes every post.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use herald::config::Config;
use herald::engine::{Engine, Input, Receipt, Setup};
use herald::incident::Audience;
use herald::incident::allowance::Allowance;
use herald::journal::Journal;
use herald::outbox::{Delivery, Dest};
use herald::practice;
use herald_chat::{Cursor, Inbound, MessageRef, Network, Origin, Person, RoomRef, UserRef, What};
use jiff::{SignedDuration, Timestamp};

/// How many commands arrive at once: one in each war room.
pub(crate) const AT_ONCE: usize = 64;

const SAYINGS: [&str; 4] = [
    "!log restarted payment host",
    "!impact customers in Europe cannot pay by card, attempt",
    "!trying rollback of the payment service to build",
    "!finding errors per minute on the checkout service are at",
];

/// An engine and what happens around it.
pub(crate) struct Town<J> {
    pub(crate) engine: Engine<J>,
    now: Timestamp,
    said: u64,
    back: Vec<Input>,
    rooms: Vec<RoomRef>,
}

fn network() -> Network {
    Network::new("console")
}

pub(crate) fn person(name: &str) -> Person {
    Person { id: UserRef::new(&network(), name), name: name.to_owned() }
}

/// When a town begins: after every event of [`super::history`].
pub(crate) fn start() -> Timestamp {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

pub(crate) fn setup() -> Setup {
    let mut setup = practice::setup(&Config::default());
    setup.policy.own_room = true;
    setup.policy.stream = false;
    setup.at_once = AT_ONCE;
    // One person gives more commands here than a room full of people does.
    let plenty = Allowance::new(1_000_000, 1);
    setup.limits.commands = plenty;
    setup.limits.declarations = plenty;
    setup
}

/// For how long the platform remembers send keys.
pub(crate) fn windows() -> BTreeMap<Network, Duration> {
    [(network(), Duration::from_hours(1))].into()
}

impl<J: Journal> Town<J> {
    /// Starts the engine, and declares an incident for each war room.
    pub(crate) fn new(journal: J, setup: Setup) -> Self {
        let engine = Engine::boot(journal, Arc::new(setup), windows()).unwrap();
        let mut town = Self { engine, now: start(), said: 0, back: Vec::new(), rooms: Vec::new() };
        let war_room = RoomRef::new(&network(), Audience::WarRoom.word());
        let before: Vec<_> = town.engine.incidents().map(|incident| incident.no).collect();
        for n in 0..AT_ONCE {
            let declare = town.says(&war_room, &format!("!declare checkout {n} is down"));
            town.step(vec![declare]);
        }
        town.rest();
        let new = town.engine.incidents().filter(|incident| !before.contains(&incident.no));
        town.rooms = new.map(|incident| own_room(incident.no)).collect();
        assert_eq!(town.rooms.len(), AT_ONCE, "each incident was declared");
        town
    }

    /// A command in each war room.
    pub(crate) fn group(&mut self) -> Vec<Input> {
        let rooms = self.rooms.clone();
        let said = |(room, saying): (&RoomRef, &&str)| {
            let text = format!("{saying} {}", self.said);
            self.says(room, &text)
        };
        rooms.iter().zip(SAYINGS.iter().cycle()).map(said).collect()
    }

    /// Takes in what arrived and what came back, as the loop does, and has what is ready delivered.
    pub(crate) fn step(&mut self, arrived: Vec<Input>) {
        self.now += SignedDuration::from_millis(1);
        let mut inputs = std::mem::take(&mut self.back);
        inputs.extend(arrived);
        assert!(self.engine.step(inputs, self.now).unwrap().is_empty(), "the disk is not full");
        let ready = self.engine.ready(self.now).unwrap();
        self.back = ready.into_iter().map(|delivery| self.deliver(delivery)).collect();
    }

    /// Until all is delivered.
    pub(crate) fn rest(&mut self) {
        while self.engine.waiting().next().is_some() {
            self.step(Vec::new());
        }
    }

    fn says(&mut self, room: &RoomRef, text: &str) -> Input {
        self.said += 1;
        Input::Inbound(Box::new(Inbound {
            room: room.clone(),
            id: format!("p{}", self.said),
            cursor: Some(Cursor(self.said.to_string())),
            by: person("ana"),
            origin: Origin::Human,
            direct: false,
            at: self.now,
            what: What::says(text),
        }))
    }

    fn deliver(&mut self, delivery: Delivery) -> Input {
        use herald::announce::Action;
        self.said += 1;
        let entry = delivery.entry;
        let room = match entry.dest {
            Dest::Room(room) => room,
            Dest::Own(no, _) => own_room(no),
            Dest::Direct(user) => RoomRef::new(&network(), &format!("dm-{}", user.id())),
        };
        let receipt = match entry.action {
            Action::Post(_) | Action::File(..) => Receipt::Message(MessageRef { room, id: format!("h{}", self.said) }),
            Action::Open(_) => Receipt::Room(room),
            Action::Rewrite(_)
            | Action::Withdraw
            | Action::Edit(..)
            | Action::Pin(..)
            | Action::Delete(_)
            | Action::Invite(_)
            | Action::Exclude(_)
            | Action::Archive => Receipt::Done,
        };
        Input::Sent(entry.id, Ok(receipt))
    }
}

fn own_room(no: herald::incident::IncidentNo) -> RoomRef {
    RoomRef::new(&network(), &format!("inc-{}", no.0))
}
