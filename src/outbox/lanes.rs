//! What is to be sent next, and when: one lane per destination and rank, one send at a time per destination. Beside them
//! each destination has a lane for what may fail by itself: files, and whatever has failed while others got through.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use herald_chat::{Network, Pace, SendError};
use jiff::{SignedDuration, Timestamp};

use super::alone::{Alone, Health, is_trouble};
use super::backoff::backoff;
use super::lane::Lane;
use super::turn::{may_go, next_of};
use super::{Dest, Entry, EntryId};
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
    /// Look whether it is there already, and do nothing else: what it stands for was removed.
    FindOnly,
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
    /// It was tried for long enough, while all else got through: why the last try came to nothing.
    GaveWay(String),
}

#[derive(Debug)]
pub(super) struct Queued {
    pub(super) entry: Arc<Entry>,
    pub(super) tries: u32,
    first_try: Option<Timestamp>,
    unknown: bool,
    pub(super) not_before: Timestamp,
    pub(super) way: Way,
    pub(super) alone: Alone,
}

/// The lanes of one place.
pub(super) type Lanes = BTreeMap<Lane, VecDeque<Queued>>;

/// How far an entry has come on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
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
    lanes: BTreeMap<Dest, Lanes>,
    homes: BTreeMap<EntryId, (Dest, Lane)>,
    windows: BTreeMap<Network, Duration>,
    /// How many sends are under way on each platform: what may fail by itself, and all else.
    in_flight: BTreeMap<(Network, bool), usize>,
    at_once: usize,
    health: Health,
    pace: Pace,
}

impl Outbox {
    /// An empty outbox for platforms that remember send keys for so long, with at most `at_once` sends under way on
    /// each.
    #[must_use]
    pub fn new(windows: BTreeMap<Network, Duration>, at_once: usize) -> Self {
        let (lanes, homes, in_flight) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { lanes, homes, windows, in_flight, at_once, health: Health::default(), pace: Pace::default() }
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
        let lane = self.lane_for(&entry);
        let (dest, made) = (entry.dest.clone(), entry.made);
        self.homes.insert(entry.id, (dest.clone(), lane));
        let (first_try, alone) = (unknown.then_some(made), Alone::default());
        let queued =
            Queued { entry: Arc::new(entry), tries: 0, first_try, unknown, not_before: made, way: Way::Waiting, alone };
        // Most lanes hold one entry and are gone once it is through.
        let lane = self.lanes.entry(dest).or_default().entry(lane).or_insert_with(|| VecDeque::with_capacity(1));
        // What stands in the place of a file that gave way comes before what answers it.
        let at = lane.iter().position(|it| it.entry.is_about(&queued.entry)).unwrap_or(lane.len());
        lane.insert(at, queued);
    }

    /// A file may fail by itself. Whatever changes it, answers it or shows who reacted to it comes behind it, and behind what
    /// stands in its place.
    fn lane_for(&self, entry: &Entry) -> Lane {
        let aside = self.lanes.get(&entry.dest).and_then(|lanes| lanes.get(&Lane::Aside));
        let is_with =
            |it: &Queued| it.entry.is_of_same_part(entry) || entry.is_about(&it.entry) || it.entry.is_about(entry);
        let follows = || aside.is_some_and(|lane| lane.iter().any(is_with));
        let is_file = matches!(entry.action, Action::File(..));
        if is_file || follows() { Lane::Aside } else { Lane::from(entry.rank) }
    }

    /// What to send now: company updates first, boards last. Each is under way until [`Outbox::settle`].
    pub fn take_ready(&mut self, now: Timestamp) -> Vec<Delivery> {
        let mut ready = Vec::new();
        for lane in Lane::ALL {
            for (dest, lanes) in self.lanes.iter_mut().filter(|(_, lanes)| lanes.contains_key(&lane)) {
                if !may_go(lanes, lane) {
                    continue;
                }
                let network = dest.network();
                let under_way = self.in_flight.entry((network.clone(), lane == Lane::Aside)).or_default();
                let next = next_of(lanes, lane).filter(|(_, at)| *at <= now);
                let Some((at, _)) = next.filter(|_| *under_way < lane.most(self.at_once)) else { continue };
                let Some(next) = lanes.get_mut(&lane).and_then(|lane| lane.get_mut(at)) else { continue };
                let window = self.windows.get(&network).copied().unwrap_or_default();
                let mode = next.mode(now, window);
                next.way = Way::Sending;
                next.first_try.get_or_insert(now);
                *under_way += 1;
                ready.push(Delivery { entry: Entry::clone(&next.entry), mode });
            }
        }
        ready
    }

    /// A network has answered something else.
    pub fn answers(&mut self, network: &Network, now: Timestamp) {
        self.health.answers(network, now);
    }

    /// Takes in what became of a send.
    pub fn settle(&mut self, id: EntryId, error: Option<&SendError>, now: Timestamp) -> Outcome {
        let Some((dest, lane)) = self.homes.get(&id).cloned() else { return Outcome::Through };
        let fails_alone = match error {
            None | Some(SendError::Refused { .. }) => {
                self.health.got_through(&dest.network(), now);
                false
            }
            // Whoever asks to wait says so to all.
            Some(SendError::Retry { after: Some(_), .. }) => false,
            Some(SendError::Retry { after: None, .. } | SendError::Unknown { .. }) => {
                self.find(id).is_some_and(|it| self.health.is_alone(it, &self.lanes))
            }
        };
        let pace = self.pace;
        let Some(it) = self.find_mut(id) else { return Outcome::Through };
        let outcome = match error {
            None => Outcome::Through,
            Some(SendError::Refused { reason }) => Outcome::Refused(reason.clone()),
            Some(SendError::Retry { after, reason }) => {
                it.failed(now, (after.unwrap_or_default(), pace), fails_alone, reason)
            }
            Some(SendError::Unknown { reason }) => {
                it.unknown = true;
                it.failed(now, (Duration::ZERO, pace), fails_alone, reason)
            }
        };
        let again = matches!(outcome, Outcome::Again(_));
        let was = std::mem::replace(&mut it.way, if again { Way::Waiting } else { Way::Through });
        let steps_aside =
            again && it.alone.steps_aside() && it.entry.may_give_way() && matches!(lane, Lane::Inside | Lane::Board);
        if was == Way::Sending {
            let count = self.in_flight.entry((dest.network(), lane == Lane::Aside)).or_default();
            *count = count.saturating_sub(1);
        }
        if steps_aside {
            self.step_aside(id, &dest, lane);
        } else if again && lane == Lane::Inside && error.is_some_and(is_trouble) {
            self.step_back(&dest, now);
        }
        outcome
    }

    /// Where the next one fails too, it may be the place that fails: what was passed by is tried again at once, in its
    /// order. What fails once more is passed by once more, so that two things that fail by themselves hold up nobody.
    fn step_back(&mut self, dest: &Dest, now: Timestamp) {
        let Some(lanes) = self.lanes.get_mut(dest) else { return };
        let Some(aside) = lanes.get_mut(&Lane::Aside) else { return };
        let passed = |it: &Queued| {
            it.way == Way::Waiting && it.alone.steps_aside() && !matches!(it.entry.action, Action::File(..))
        };
        let (back, left): (VecDeque<Queued>, VecDeque<Queued>) = aside.drain(..).partition(passed);
        *aside = left;
        if aside.is_empty() {
            lanes.remove(&Lane::Aside);
        }
        for mut it in back {
            it.not_before = now;
            let lane = Lane::from(it.entry.rank);
            self.homes.insert(it.entry.id, (dest.clone(), lane));
            let queue = lanes.entry(lane).or_default();
            queue.push_back(it);
            queue.make_contiguous().sort_by_key(|it| it.entry.id);
        }
    }

    /// What fails while others get through lets those behind it go, but for what changes it.
    fn step_aside(&mut self, id: EntryId, dest: &Dest, from: Lane) {
        let Some(lanes) = self.lanes.get_mut(dest) else { return };
        let Some(lane) = lanes.get_mut(&from) else { return };
        let Some(it) = lane.iter().find(|it| it.entry.id == id).map(|it| it.entry.clone()) else { return };
        let goes =
            |other: &Queued| other.entry.id == id || other.entry.is_of_same_part(&it) || other.entry.is_about(&it);
        let (gone, left) = lane.drain(..).partition(goes);
        *lane = left;
        let gone: VecDeque<Queued> = gone;
        if lane.is_empty() {
            lanes.remove(&from);
        }
        for it in &gone {
            self.homes.insert(it.entry.id, (dest.clone(), Lane::Aside));
        }
        let aside = lanes.entry(Lane::Aside).or_default();
        aside.extend(gone);
        aside.make_contiguous().sort_by_key(|it| it.entry.id);
    }

    /// Takes an entry out for good, now that its receipt is durable.
    pub fn remove(&mut self, id: EntryId) {
        let Some((dest, from)) = self.homes.remove(&id) else { return };
        if let Some(lanes) = self.lanes.get_mut(&dest) {
            if let Some(lane) = lanes.get_mut(&from) {
                lane.retain(|queued| queued.entry.id != id);
                if lane.is_empty() {
                    lanes.remove(&from);
                }
            }
            if lanes.is_empty() {
                self.lanes.remove(&dest);
            }
        }
    }

    fn find(&self, id: EntryId) -> Option<&Queued> {
        let (dest, lane) = self.homes.get(&id)?;
        self.lanes.get(dest)?.get(lane)?.iter().find(|queued| queued.entry.id == id)
    }

    fn find_mut(&mut self, id: EntryId) -> Option<&mut Queued> {
        let (dest, lane) = self.homes.get(&id)?;
        self.lanes.get_mut(dest)?.get_mut(lane)?.iter_mut().find(|queued| queued.entry.id == id)
    }

    /// When something not under way can be tried next.
    #[must_use]
    pub fn next_try(&self) -> Option<Timestamp> {
        let next = self.lanes.iter().flat_map(|(dest, lanes)| {
            let may_go = |lane: Lane| {
                let place = (dest.network(), lane == Lane::Aside);
                let under_way = self.in_flight.get(&place).copied().unwrap_or_default();
                may_go(lanes, lane) && under_way < lane.most(self.at_once)
            };
            let free = lanes.keys().filter(move |lane| may_go(**lane));
            free.filter_map(|lane| next_of(lanes, *lane).map(|(_, at)| at))
        });
        next.min()
    }

    /// Everything that waits, in no particular order.
    pub fn waiting(&self) -> impl Iterator<Item = &Entry> {
        self.lanes.values().flat_map(BTreeMap::values).flatten().map(|queued| &*queued.entry)
    }

    /// Whether the entry with this number waits and is not there for certain, so that it can still be taken back.
    #[must_use]
    pub fn is_fresh(&self, id: EntryId) -> bool {
        self.find(id).is_some_and(|queued| queued.way == Way::Waiting && !queued.unknown)
    }

    /// Whether the entry with this number is being sent now, or is through and only waits to be struck.
    #[must_use]
    pub fn is_under_way(&self, id: EntryId) -> bool {
        self.find(id).is_some_and(|queued| queued.way != Way::Waiting)
    }

    /// How often the entry with this number was tried in vain.
    #[must_use]
    pub fn tries(&self, id: EntryId) -> u32 {
        self.find(id).map_or(0, |queued| queued.tries)
    }

    /// Whether a message may stand at this place that is not known yet: it is being sent, or its answer was lost.
    #[must_use]
    pub fn may_be_there(&self, dest: &Dest) -> bool {
        let all = self.lanes.get(dest).into_iter().flat_map(BTreeMap::values).flatten();
        let posts = all.filter(|head| matches!(head.entry.action, Action::Post(_) | Action::File(..)));
        posts.into_iter().any(|head| head.way == Way::Sending || (head.way == Way::Waiting && head.unknown))
    }

    /// The entry with this number, while it waits.
    #[must_use]
    pub fn get(&self, id: EntryId) -> Option<&Arc<Entry>> {
        self.find(id).map(|queued| &queued.entry)
    }
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

    /// It failed: when it is tried again, if it is.
    fn failed(&mut self, now: Timestamp, (asked, pace): (Duration, Pace), alone: bool, reason: &str) -> Outcome {
        self.alone.failed(now, alone);
        if self.alone.is_enough(now) && self.entry.may_give_way() {
            return Outcome::GaveWay(reason.to_owned());
        }
        Outcome::Again(self.again(now, asked, pace))
    }

    fn again(&mut self, now: Timestamp, asked: Duration, pace: Pace) -> Timestamp {
        self.tries += 1;
        let wait = pace.of(backoff(self.tries, self.entry.rank, &self.entry.key)).max(asked);
        self.not_before = now.checked_add(wait).unwrap_or(Timestamp::MAX);
        self.not_before
    }
}
