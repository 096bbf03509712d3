//! What is left behind: batches that became durable, what people did, what rooms show.

use std::collections::{BTreeMap, BTreeSet};

use futures::executor::block_on;
use herald::announce::Action;
use herald::incident::{Event, PublicUpdate, Record};
use herald::journal::{Batch, Mark};
use herald::outbox::{Dest, Entry};
use herald_chat::{Inbound, Platform, RoomSpec, SendKey, Text, What};
use herald_console::{Shown, Sight};
use sha2::{Digest, Sha256};

use crate::world::World;

pub(super) struct Evidence {
    pub(super) batches: Vec<Batch>,
    /// What each room's people did there, in order.
    pub(super) heard: BTreeMap<String, Vec<Inbound>>,
    pub(super) shown: Vec<Shown>,
    /// Posts that were refused for good, and those that were tried, removals among them.
    pub(super) refused: BTreeSet<SendKey>,
    pub(super) tried: BTreeSet<SendKey>,
    pub(super) specs: Vec<RoomSpec>,
    /// What stands in the company's and the customers' channel.
    pub(super) standing: Vec<(String, String)>,
}

impl Evidence {
    pub(super) fn collect(world: &World) -> Self {
        let console = world.console();
        let mut heard = BTreeMap::new();
        for room in block_on(Platform::rooms(console)).unwrap() {
            let mut events = block_on(console.read_back(&room, None, usize::MAX)).unwrap().events;
            events.retain(|event| !matches!(event.what, What::Joined { .. } | What::Left { .. }));
            heard.insert(room.id().to_owned(), events);
        }
        let standing = ["company", "customers"].into_iter();
        let standing = standing.flat_map(|room| console.read("ana", room).unwrap());
        Self {
            batches: world.ledger.lock().unwrap().clone(),
            heard,
            shown: console.shown(),
            refused: world.line.refused(),
            tried: world.line.tried(),
            specs: world.line.specs(),
            standing: standing.map(|line| (line.author, line.text)).collect(),
        }
    }

    pub(super) fn records(&self) -> impl Iterator<Item = &Record> {
        self.batches.iter().flat_map(|batch| &batch.records)
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.batches.iter().flat_map(|batch| &batch.entries)
    }

    pub(super) fn updates(&self) -> impl Iterator<Item = (&Record, &PublicUpdate)> {
        self.records().filter_map(|record| match &record.event {
            Event::UpdatePublished { update } => Some((record, update)),
            _ => None,
        })
    }

    /// The console's name of a destination; `None` while an incident's own room was never opened.
    pub(super) fn room(&self, dest: &Dest) -> Option<String> {
        match dest {
            Dest::Room(room) => Some(room.id().to_owned()),
            Dest::Direct(user) => Some(format!("dm-{}", user.id())),
            Dest::Own(no, _) => self.records().filter(|record| record.incident == *no).find_map(|it| match &it.event {
                Event::RoomOpened { room } => Some(room.id().to_owned()),
                _ => None,
            }),
        }
    }

    /// Whatever Herald has ever said in each room, boards and edits among it.
    pub(super) fn says(&self) -> BTreeMap<String, Vec<String>> {
        let mut says: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for shown in self.shown.iter().filter(|shown| shown.author == "herald") {
            if let Sight::Posted(text) | Sight::Edited(text) = &shown.what {
                says.entry(shown.room.clone()).or_default().push(text.clone());
            }
        }
        says
    }

    /// Herald's posts in each room, in order, but for boards.
    pub(super) fn posts(&self) -> BTreeMap<String, Vec<String>> {
        let mut posts: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for shown in self.shown.iter().filter(|shown| shown.author == "herald") {
            if let Sight::Posted(text) = &shown.what
                && !is_board(text)
            {
                posts.entry(shown.room.clone()).or_default().push(text.clone());
            }
        }
        posts
    }
}

/// Whether a message is a board, of an incident that is open or over.
pub(super) fn is_board(text: &str) -> bool {
    let ends = ["I keep this board up to date.", "is over: this is how it ended."];
    // Somebody may pin one on the timeline.
    text.starts_with(['🟡', '🟠', '🔴']) && ends.iter().any(|end| text.ends_with(end))
}

pub(super) fn words(entry: &Entry) -> Option<&Text> {
    match &entry.action {
        Action::Post(post) | Action::File(post, _) => Some(&post.text),
        Action::Rewrite(_)
        | Action::Withdraw
        | Action::Edit(..)
        | Action::Pin(..)
        | Action::Delete(_)
        | Action::Open(_)
        | Action::Invite(_)
        | Action::Exclude(_)
        | Action::Archive => None,
    }
}

/// The mark of a message, as the journal keeps it.
pub(super) fn mark(inbound: &Inbound) -> Mark {
    let mut hash = Sha256::new();
    hash.update(inbound.room.as_str());
    hash.update([0]);
    hash.update(&inbound.id);
    hash.finalize()[..16].try_into().unwrap()
}

/// What a message led to: the entries whose key follows from its mark. Those of one message lie together, in the order
/// of the marks.
pub(super) fn caused(batch: &Batch) -> BTreeMap<Mark, Vec<&Entry>> {
    let mut caused: BTreeMap<Mark, Vec<&Entry>> = BTreeMap::new();
    let mut current: Option<(Mark, usize)> = None;
    let mut marks = batch.marks.iter().peekable();
    for entry in &batch.entries {
        let lane = serde_json::to_string(&entry.dest).unwrap();
        let follows = |mark: Mark, index| {
            let cause = format!("in:{}", data_encoding::HEXLOWER.encode(&mark));
            SendKey::derive(&cause, &lane, index) == entry.key
        };
        if let Some((mark, index)) = current.filter(|(mark, index)| follows(*mark, index + 1)) {
            current = Some((mark, index + 1));
            caused.entry(mark).or_default().push(entry);
            continue;
        }
        let ahead = marks.clone().position(|mark| follows(*mark, 1));
        if let Some(mark) = ahead.and_then(|ahead| marks.nth(ahead)) {
            current = Some((*mark, 1));
            caused.entry(*mark).or_default().push(entry);
        }
    }
    caused
}
