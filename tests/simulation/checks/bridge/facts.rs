//! What people did, what stands in the rooms, and what Herald knows of it.

use std::collections::{BTreeMap, BTreeSet};

use futures::executor::block_on;
use herald::announce::Action;
use herald::incident::{Event, IncidentNo};
use herald::journal::{Batch, Mark};
use herald::outbox::{Dest, Entry, Removal};
use herald::relay::{Said, SaidNo, Side};
use herald_chat::{Inbound, MessageRef, Network, Platform, RoomRef, SendKey, What};
use herald_console::{Console, Line};

use super::super::evidence::mark;
use super::super::handled::full_key;
use crate::world::World;

pub(super) struct Facts {
    pub(super) consoles: BTreeMap<Network, Console>,
    batches: Vec<Batch>,
    /// In which batch each mark became durable.
    handled: BTreeMap<Mark, usize>,
    heard: BTreeMap<RoomRef, Vec<Inbound>>,
    /// What stands in each room now, by id.
    pub(super) lines: BTreeMap<RoomRef, BTreeMap<String, Line>>,
    pub(super) said: BTreeMap<SaidNo, Said>,
    tried: BTreeSet<SendKey>,
    /// The messages with a file that could not be carried to a side at once.
    failed: BTreeSet<(SaidNo, Side)>,
    /// What was refused for good on which side.
    refused: BTreeSet<(SaidNo, Side)>,
    /// The words of Herald's own that were refused, and where.
    unsaid: BTreeSet<(RoomRef, String)>,
    own: BTreeMap<RoomRef, IncidentNo>,
}

impl Facts {
    pub(super) fn collect(world: &World) -> Self {
        let batches = world.ledger.lock().unwrap().clone();
        let consoles: BTreeMap<_, _> = world.faulties().map(|it| (it.inner().network(), it.inner().clone())).collect();
        let (mut heard, mut lines) = (BTreeMap::new(), BTreeMap::new());
        for console in consoles.values() {
            for room in block_on(Platform::rooms(console)).unwrap() {
                let mut events = block_on(console.read_back(&room, None, usize::MAX)).unwrap().events;
                events.retain(|event| !matches!(event.what, What::Joined { .. } | What::Left { .. }));
                let there = console.read(herald_console::HERALD, room.id()).unwrap();
                lines.insert(room.clone(), there.into_iter().map(|line| (line.id.clone(), line)).collect());
                heard.insert(room, events);
            }
        }
        let mut said = BTreeMap::new();
        for (n, change) in batches.iter().flat_map(|batch| &batch.said) {
            match change {
                Some(it) => said.insert(*n, it.clone()),
                None => said.remove(n),
            };
        }
        let marks = batches.iter().enumerate().flat_map(|(b, batch)| batch.marks.iter().map(move |mark| (*mark, b)));
        let opened = batches.iter().flat_map(|batch| &batch.records).filter_map(|record| match &record.event {
            Event::RoomOpened { room } => Some((room.clone(), record.incident)),
            _ => None,
        });
        let keys = world.line.refused();
        let unsaid = batches.iter().flat_map(|batch| &batch.entries).filter(|entry| keys.contains(&entry.key));
        let unsaid = unsaid.filter_map(|entry| match (&entry.dest, &entry.action) {
            (Dest::Room(room), Action::Post(post)) => Some((room.clone(), post.text.to_string())),
            _ => None,
        });
        let unsaid = unsaid.collect();
        let refused = batches.iter().flat_map(|batch| &batch.entries).filter(|entry| keys.contains(&entry.key));
        let refused = refused.filter_map(|entry| {
            let tie = entry.tie.as_ref()?;
            Some((tie.part?.0, tie.side.clone()))
        });
        let refused = refused.collect();
        let (handled, own) = (marks.collect(), opened.collect());
        let (tried, troubled) = (world.line.tried(), world.line.failed());
        let failed = batches.iter().flat_map(|batch| &batch.entries).filter_map(|entry| {
            let name = &entry.action.file()?.name;
            let tie =
                entry.tie.as_ref().filter(|_| troubled.contains(name) || troubled.contains(entry.key.as_str()))?;
            Some((tie.part?.0, tie.side.clone()))
        });
        let failed = failed.collect();
        Self { consoles, batches, handled, heard, lines, said, tried, failed, refused, unsaid, own }
    }

    pub(super) fn events(&self) -> impl Iterator<Item = &Inbound> {
        self.heard.values().flatten()
    }

    /// Whether Herald removes a message that may have been meant for few.
    pub(super) fn is_held_back(&self, message: &MessageRef) -> bool {
        let removes = |entry: &Entry| {
            matches!(&entry.action, Action::Delete(it) if it == message)
                && matches!(entry.removal.as_deref(), Some(Removal::Secret { .. }))
        };
        self.batches.iter().any(|batch| batch.entries.iter().any(removes))
    }

    /// Whether a message was a file without words, for which nobody waits.
    pub(super) fn is_file_alone(&self, said: &Said) -> bool {
        let is = |what: &What| matches!(what, What::Message { shown, text, .. } if !shown.files.is_empty() && text.is_empty());
        self.message(said).is_some_and(is)
    }

    /// A message of people's, as it was said.
    fn message(&self, said: &Said) -> Option<&What> {
        let origin = said.origin.as_ref()?;
        let is = |event: &&Inbound| event.id == origin.id && matches!(event.what, What::Message { .. });
        self.heard.get(&origin.room)?.iter().find(is).map(|event| &event.what)
    }

    /// Whether a message may come late to a side: it is a file without words that could not be carried at once, or that waits
    /// for such a one; or it answers one of these.
    pub(super) fn may_be_late(&self, n: SaidNo, side: &Side) -> bool {
        let Some(said) = self.said.get(&n) else { return false };
        if self.is_file_alone(said) {
            return self.failed.iter().any(|(before, to)| *before <= n && to == side);
        }
        let Some(What::Message { reply_to: Some(to), .. }) = self.message(said) else { return false };
        let answered = self.said.iter().find(|(_, it)| it.messages().contains(to));
        answered.is_some_and(|(before, _)| *before < n && self.may_be_late(*before, side))
    }

    /// What happened to a message of people's, and itself.
    pub(super) fn about<'a>(&'a self, message: &'a MessageRef) -> impl Iterator<Item = &'a Inbound> {
        self.heard.get(&message.room).into_iter().flatten().filter(|event| match &event.what {
            What::Message { .. } => event.id == message.id,
            What::Edit { of, .. } | What::Delete { of } => *of == message.id,
            What::Reaction { to, .. } | What::Unreacted { to, .. } => *to == message.id,
            _ => false,
        })
    }

    /// The batch that an event became durable with.
    pub(super) fn batch(&self, event: &Inbound) -> Option<usize> {
        self.handled.get(&mark(event)).copied()
    }

    /// Whether it was refused in words since the disk was full, or said where nobody was listening any more.
    pub(super) fn lost(&self, event: &Inbound) -> bool {
        let over = |no: &IncidentNo| {
            let upto = self.batch(event).map_or(0, |batch| batch + 1);
            self.batches.iter().take(upto).flat_map(|batch| &batch.summaries).any(|summary| summary.no == *no)
        };
        self.tried.contains(&full_key(event)) || self.own.get(&event.room).is_some_and(over)
    }

    /// Whether it became known that this message stands for something only after an event was handled.
    pub(super) fn known_after(&self, message: &MessageRef, event: &Inbound) -> bool {
        let knows = |batch: &Batch| batch.said.values().flatten().any(|said| said.messages().contains(message));
        self.batches.iter().position(knows) > self.batch(event)
    }

    /// Whether a side did not take all of a message.
    pub(super) fn is_refused(&self, said: &Said, side: &Side) -> bool {
        self.said.iter().any(|(n, it)| it == said && self.refused.contains(&(*n, side.clone())))
    }

    /// Whether something of Herald's own that begins so was refused there.
    pub(super) fn is_unsaid(&self, room: &RoomRef, begins: &str) -> bool {
        self.unsaid.iter().any(|(at, text)| at == room && text.starts_with(begins))
    }

    /// The side that a room is, where it is one with another.
    pub(super) fn side(&self, room: &RoomRef) -> Option<Side> {
        match self.own.get(room) {
            Some(no) => Some(Side::Own(*no, room.network())),
            None => ["war-room", "engineering"].contains(&room.id()).then(|| Side::Room(room.clone())),
        }
    }

    pub(super) fn room(&self, side: &Side) -> Option<RoomRef> {
        match side {
            Side::Room(room) => Some(room.clone()),
            Side::Own(no, network) => {
                self.own.iter().find(|(room, it)| *it == no && room.network() == *network).map(|(room, _)| room.clone())
            }
        }
    }

    /// A message, if it still stands.
    pub(super) fn line(&self, message: &MessageRef) -> Option<&Line> {
        self.lines.get(&message.room)?.get(&message.id)
    }
}
