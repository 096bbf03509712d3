//! What arrives, and when, and how often.

use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use futures::stream::{BoxStream, FuturesUnordered, Stream, StreamExt};

use super::Shared;
use crate::{Arrival, Inbound, RoomRef};

/// Lets each room's arrivals come in order, each room at its own pace.
pub(super) struct Mixer {
    inner: BoxStream<'static, Arrival>,
    shared: Shared,
    rooms: BTreeMap<RoomRef, Lane>,
    late: FuturesUnordered<BoxFuture<'static, Due>>,
    /// What is due, in order.
    due: VecDeque<Due>,
    /// A gap that comes before all else: what arrives after it is newer than what was lost.
    gap: bool,
    ended: bool,
}

/// One room's arrivals that are on their way.
#[derive(Default)]
struct Lane {
    queue: VecDeque<Inbound>,
    /// How many of the queue are due.
    due: usize,
    /// Whether the next one is late, and all others behind it.
    waits: bool,
}

/// What comes when its time is there.
enum Due {
    /// The first of this room's.
    First(RoomRef),
    /// Something that has come once before.
    Again(Box<Inbound>),
}

impl Mixer {
    pub(super) fn new(inner: BoxStream<'static, Arrival>, shared: Shared) -> Self {
        let (late, due) = (FuturesUnordered::new(), VecDeque::new());
        Self { inner, shared, rooms: BTreeMap::new(), late, due, gap: false, ended: false }
    }

    /// Takes in what the platform behind has sent.
    fn take_in(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Gap => self.gap = true,
            Arrival::Event(_) if self.shared.dice().strikes(|faults| faults.gap) => self.lose_all(),
            Arrival::Event(inbound) => {
                let room = inbound.room.clone();
                self.rooms.entry(room.clone()).or_default().queue.push_back(inbound);
                self.time(&room);
            }
        }
    }

    /// Loses an arrival with the connection, and all that were on their way.
    fn lose_all(&mut self) {
        let on_their_way: usize = self.rooms.values().map(|lane| lane.queue.len()).sum();
        for lane in self.rooms.values_mut() {
            lane.queue.clear();
            lane.due = 0;
        }
        self.due.retain(|due| matches!(due, Due::Again(_)));
        self.gap = true;
        let mut dice = self.shared.dice();
        dice.injected.gaps += 1;
        dice.injected.arrivals_lost += on_their_way as u64 + 1;
    }

    /// Gives a room's arrivals their times, up to the first that is late.
    fn time(&mut self, room: &RoomRef) {
        let Some(lane) = self.rooms.get_mut(room) else { return };
        while !lane.waits && lane.due < lane.queue.len() {
            match come(&self.shared, Due::First(room.clone())) {
                Ok(due) => {
                    lane.due += 1;
                    self.due.push_back(due);
                }
                Err(timer) => {
                    lane.waits = true;
                    self.late.push(timer);
                }
            }
        }
    }

    /// Takes in that something late is due.
    fn catch_up(&mut self, due: Due) {
        if let Due::First(room) = &due {
            let Some(lane) = self.rooms.get_mut(room) else { return };
            lane.waits = false;
            if lane.due < lane.queue.len() {
                lane.due += 1;
                let room = room.clone();
                self.due.push_back(due);
                self.time(&room);
            }
        } else {
            self.due.push_back(due);
        }
    }

    /// What comes now that this is due.
    fn deliver(&mut self, due: Due) -> Option<Inbound> {
        let room = match due {
            Due::Again(inbound) => return Some(*inbound),
            Due::First(room) => room,
        };
        let lane = self.rooms.get_mut(&room)?;
        let inbound = lane.queue.pop_front()?;
        lane.due -= 1;
        if self.shared.dice().strikes(|faults| faults.twice) {
            self.shared.dice().injected.twice += 1;
            match come(&self.shared, Due::Again(Box::new(inbound.clone()))) {
                Ok(due) => self.due.push_back(due),
                Err(timer) => self.late.push(timer),
            }
        }
        Some(inbound)
    }
}

/// Something that is due now, or else is late.
fn come(shared: &Shared, due: Due) -> Result<Due, BoxFuture<'static, Due>> {
    let delay = shared.dice().delay();
    if delay.is_zero() {
        return Ok(due);
    }
    let shared = shared.clone();
    Err(Box::pin(async move {
        shared.wait(delay).await;
        due
    }))
}

impl Stream for Mixer {
    type Item = Arrival;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Arrival>> {
        while !self.ended {
            match self.inner.poll_next_unpin(cx) {
                Poll::Ready(Some(arrival)) => self.take_in(arrival),
                Poll::Ready(None) => self.ended = true,
                Poll::Pending => break,
            }
        }
        while let Poll::Ready(Some(due)) = self.late.poll_next_unpin(cx) {
            self.catch_up(due);
        }
        if std::mem::take(&mut self.gap) {
            return Poll::Ready(Some(Arrival::Gap));
        }
        while let Some(due) = self.due.pop_front() {
            if let Some(inbound) = self.deliver(due) {
                return Poll::Ready(Some(Arrival::Event(inbound)));
            }
        }
        if self.ended && self.late.is_empty() { Poll::Ready(None) } else { Poll::Pending }
    }
}
