//! What is to be sent next, and when: one lane per destination and rank, one send at a time per destination.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use herald_chat::{Network, Pace, SendError};
use jiff::{SignedDuration, Timestamp};

use super::backoff::backoff;
use super::{Dest, Entry, EntryId, Rank};
use crate::announce::Action;

/// How long a platform may take for one send before its answer counts as lost.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// What to do about an entry now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Send it. If it was sent before, the platform still remembers the key.
    Send,
    /// Look whether it is there already; only when it is not, send it.
    FindFirst,
}

/// An entry whose turn has come.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// What.
    pub entry: Entry,
    /// How.
    pub mode: Mode,
}

/// What became of a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is through. The entry leaves its lane once that is durable.
    Through,
    /// It will be tried again, not before this moment.
    Again(Timestamp),
    /// It never will be, and why.
    Refused(String),
}

#[derive(Debug)]
struct Queued {
    entry: Arc<Entry>,
    tries: u32,
    first_try: Option<Timestamp>,
    unknown: bool,
    not_before: Timestamp,
    way: Way,
}

/// How far an entry has come on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Its turn has not come, or has to come again.
    Waiting,
    /// It is being sent.
    Sending,
    /// It is through, or never will be. Until that is durable, nothing else may go out here.
    Through,
}

/// All that waits to be sent.
#[derive(Debug)]
pub struct Outbox {
    lanes: BTreeMap<Dest, BTreeMap<Rank, VecDeque<Queued>>>,
    homes: BTreeMap<EntryId, (Dest, Rank)>,
    windows: BTreeMap<Network, Duration>,
    in_flight: BTreeMap<Network, usize>,
    at_once: usize,
    pace: Pace,
}

impl Outbox {
    /// An empty outbox for platforms that remember send keys for so long, with at most `at_once` sends under way on
    /// each.
    #[must_use]
    pub fn new(windows: BTreeMap<Network, Duration>, at_once: usize) -> Self {
        let (lanes, homes, in_flight) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { lanes, homes, windows, in_flight, at_once, pace: Pace::default() }
    }

    /// Waits so long before it tries again what failed.
    pub fn pace(&mut self, pace: Pace) {
        self.pace = pace;
    }

    /// Takes other windows and another number of sends at a time, before anything is sent.
    pub fn know(&mut self, windows: BTreeMap<Network, Duration>, at_once: usize) {
        self.windows = windows;
        self.at_once = at_once;
    }

    /// Queues what has become durable.
    pub fn push(&mut self, entry: Entry) {
        self.queue(entry, false);
    }

    /// Queues what was durable when an earlier process ended. It may have been sent.
    pub fn recover(&mut self, entry: Entry) {
        self.queue(entry, true);
    }

    fn queue(&mut self, entry: Entry, unknown: bool) {
        let (dest, rank, made) = (entry.dest.clone(), entry.rank, entry.made);
        self.homes.insert(entry.id, (dest.clone(), rank));
        let first_try = unknown.then_some(made);
        let queued =
            Queued { entry: Arc::new(entry), tries: 0, first_try, unknown, not_before: made, way: Way::Waiting };
        // Most lanes hold one entry and are gone once it is through.
        let lane = self.lanes.entry(dest).or_default().entry(rank).or_insert_with(|| VecDeque::with_capacity(1));
        lane.push_back(queued);
    }

    /// What to send now: company updates first, boards last. Each is under way until [`Outbox::settle`].
    pub fn take_ready(&mut self, now: Timestamp) -> Vec<Delivery> {
        let mut ready = Vec::new();
        for rank in Rank::ALL {
            for (dest, ranks) in self.lanes.iter_mut().filter(|(_, ranks)| ranks.contains_key(&rank)) {
                let busy = ranks.values().any(|lane| lane.front().is_some_and(|head| head.way != Way::Waiting))
                    || !may_go(ranks, rank);
                let network = dest.network();
                let under_way = self.in_flight.entry(network.clone()).or_default();
                let Some(head) = ranks.get_mut(&rank).and_then(VecDeque::front_mut) else { continue };
                if busy || *under_way >= most(rank, self.at_once) || head.not_before > now {
                    continue;
                }
                let window = self.windows.get(&network).copied().unwrap_or_default();
                let mode = head.mode(now, window);
                head.way = Way::Sending;
                head.first_try.get_or_insert(now);
                *under_way += 1;
                ready.push(Delivery { entry: Entry::clone(&head.entry), mode });
            }
        }
        ready
    }

    /// Takes in what became of a send.
    pub fn settle(&mut self, id: EntryId, error: Option<&SendError>, now: Timestamp) -> Outcome {
        let pace = self.pace;
        let Some(head) = self.find(id) else { return Outcome::Through };
        let outcome = match error {
            None => Outcome::Through,
            Some(SendError::Refused { reason }) => Outcome::Refused(reason.clone()),
            Some(SendError::Retry { after, .. }) => Outcome::Again(head.again(now, after.unwrap_or_default(), pace)),
            Some(SendError::Unknown { .. }) => {
                head.unknown = true;
                Outcome::Again(head.again(now, Duration::ZERO, pace))
            }
        };
        let was = std::mem::replace(
            &mut head.way,
            if matches!(outcome, Outcome::Again(_)) { Way::Waiting } else { Way::Through },
        );
        if was == Way::Sending
            && let Some((dest, _)) = self.homes.get(&id)
        {
            let count = self.in_flight.entry(dest.network()).or_default();
            *count = count.saturating_sub(1);
        }
        outcome
    }

    /// Takes an entry out for good, now that its receipt is durable.
    pub fn remove(&mut self, id: EntryId) {
        let Some((dest, rank)) = self.homes.remove(&id) else { return };
        if let Some(ranks) = self.lanes.get_mut(&dest) {
            if let Some(lane) = ranks.get_mut(&rank) {
                lane.retain(|queued| queued.entry.id != id);
                if lane.is_empty() {
                    ranks.remove(&rank);
                }
            }
            if ranks.is_empty() {
                self.lanes.remove(&dest);
            }
        }
    }

    fn find(&mut self, id: EntryId) -> Option<&mut Queued> {
        let (dest, rank) = self.homes.get(&id)?;
        self.lanes.get_mut(dest)?.get_mut(rank)?.iter_mut().find(|queued| queued.entry.id == id)
    }

    /// When something not under way can be tried next.
    #[must_use]
    pub fn next_try(&self) -> Option<Timestamp> {
        let heads = self.lanes.iter().filter_map(|(dest, ranks)| {
            let busy = ranks.values().any(|lane| lane.front().is_some_and(|head| head.way != Way::Waiting));
            let under_way = self.in_flight.get(&dest.network()).copied().unwrap_or_default();
            let may_go = |rank: Rank| may_go(ranks, rank) && under_way < most(rank, self.at_once);
            let lanes = ranks.iter().filter(|(rank, _)| may_go(**rank)).map(|(_, lane)| lane);
            let first = lanes.filter_map(|lane| lane.front().map(|head| head.not_before)).min();
            first.filter(|_| !busy)
        });
        heads.min()
    }

    /// Everything that waits, in no particular order.
    pub fn waiting(&self) -> impl Iterator<Item = &Entry> {
        self.lanes.values().flat_map(BTreeMap::values).flatten().map(|queued| &*queued.entry)
    }

    /// Whether the entry with this number waits and was never tried, so that it can still be taken back.
    #[must_use]
    pub fn is_fresh(&self, id: EntryId) -> bool {
        let Some((dest, rank)) = self.homes.get(&id) else { return false };
        let lane = self.lanes.get(dest).and_then(|ranks| ranks.get(rank));
        lane.into_iter().flatten().any(|queued| queued.entry.id == id && queued.first_try.is_none())
    }

    /// Whether a message may stand at this place that is not known yet: it is being sent, or its answer was lost.
    #[must_use]
    pub fn may_be_there(&self, dest: &Dest) -> bool {
        let heads = self.lanes.get(dest).into_iter().flat_map(BTreeMap::values).filter_map(VecDeque::front);
        let posts = heads.filter(|head| matches!(head.entry.action, Action::Post(_) | Action::File(..)));
        posts.into_iter().any(|head| head.way == Way::Sending || (head.way == Way::Waiting && head.unknown))
    }

    /// The entry with this number, while it waits.
    #[must_use]
    pub fn get(&self, id: EntryId) -> Option<&Arc<Entry>> {
        let (dest, rank) = self.homes.get(&id)?;
        self.lanes.get(dest)?.get(rank)?.iter().map(|queued| &queued.entry).find(|entry| entry.id == id)
    }
}

/// Whether something of this rank may go out now, among what waits for the same place.
fn may_go(ranks: &BTreeMap<Rank, VecDeque<Queued>>, rank: Rank) -> bool {
    !rank.is_patient() || ranks.keys().next() == Some(&rank)
}

/// How many sends may be under way on a platform for one of this rank to join them. What people wait for finds room
/// also while boards hang.
fn most(rank: Rank, at_once: usize) -> usize {
    if rank.is_patient() { at_once.saturating_sub(1).max(1) } else { at_once }
}

impl Queued {
    fn mode(&self, now: Timestamp, window: Duration) -> Mode {
        let tried_for = self.first_try.map_or(SignedDuration::ZERO, |first| now.duration_since(first));
        // The send itself takes time, in which the platform must not forget.
        let safe = window.saturating_sub(PATIENCE).min(window * 4 / 5);
        let safe = SignedDuration::try_from(safe).unwrap_or(SignedDuration::ZERO);
        let lookable = matches!(self.entry.action, Action::Post(_) | Action::File(..));
        if lookable && self.unknown && tried_for >= safe { Mode::FindFirst } else { Mode::Send }
    }

    fn again(&mut self, now: Timestamp, asked: Duration, pace: Pace) -> Timestamp {
        self.tries += 1;
        let wait = pace.of(backoff(self.tries, self.entry.rank, &self.entry.key)).max(asked);
        self.not_before = now.checked_add(wait).unwrap_or(Timestamp::MAX);
        self.not_before
    }
}
