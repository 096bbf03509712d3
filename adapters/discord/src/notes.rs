//! What is kept in mind between two calls. What could not be found again is in the store as well.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use herald_chat::{Arrival, RoomPart};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::audit::Counted;
use crate::events::Recent;
use crate::guard::Held;
use crate::mind::Mind;
use crate::own::Own;
use crate::store::Store;
use crate::{Inner, direct, guard};

/// See the module's words.
#[derive(Default)]
pub(crate) struct Notes {
    /// Whether Herald was removed from the server, and has not come back since.
    pub(crate) removed: bool,
    /// Channels where nobody but Herald may write.
    pub(crate) guarded: BTreeSet<u64>,
    /// Channels of two, by whom Herald talks to there.
    pub(crate) directs: BTreeMap<u64, u64>,
    /// The channel that each thread stands in.
    pub(crate) parents: BTreeMap<u64, u64>,
    /// Channels of the server that are no threads, as far as they are known.
    pub(crate) channels: BTreeSet<u64>,
    /// How the channels were where nobody but Herald may write.
    pub(crate) held: BTreeMap<u64, Held>,
    /// When it was told last that somebody changed something of a room.
    pub(crate) told: BTreeMap<(u64, RoomPart), Timestamp>,
    /// The rooms that Herald opened.
    pub(crate) own: Own,
    /// Whether Discord lets Herald read the audit log, once that is known.
    pub(crate) audits: Option<bool>,
    /// What the audit log has counted.
    pub(crate) counted: Counted,
    /// Messages that Herald itself is removing.
    pub(crate) removing: BTreeSet<u64>,
    /// What was said last, and people's names.
    pub(crate) recent: Recent,
    last_heard: Option<Timestamp>,
    /// Of rooms and posts.
    pub(crate) mind: Mind,
}

impl Notes {
    /// At the start, when only that is known which was kept.
    pub(crate) fn knowing(store: &Store) -> Self {
        let (directs, own, held) = (direct::kept(store), Own::kept(store), guard::kept(store));
        Self { directs, held, own, ..Self::default() }
    }
}

impl Inner {
    pub(crate) fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a part of what is in mind. Whether it is on the disk; what is not is written again with the next change. Nobody
    /// who holds the notes calls this.
    pub(crate) fn keep<T: Serialize>(&self, name: &str, part: impl Fn(&Notes) -> &T) -> bool {
        self.store.keep(name, || serde_json::to_vec(part(&self.notes()))).is_ok()
    }

    pub(crate) fn arrive(&self, arrival: Arrival) {
        // Nobody listens only while Herald stops.
        let _ = self.arrivals.unbounded_send(arrival);
    }

    pub(crate) fn is_closed(&self) -> bool {
        *self.closed.borrow()
    }

    /// Lets time pass, but not once Herald stops.
    pub(crate) async fn wait(&self, time: Duration) {
        let mut closed = self.closed.subscribe();
        let until = self.clock.now().saturating_add(time).unwrap_or(Timestamp::MAX);
        tokio::select! {
            _ = closed.wait_for(|closed| *closed) => {}
            () = self.clock.until(until) => {}
        }
    }

    pub(crate) fn heard_at(&self, now: Timestamp) {
        self.notes().last_heard = Some(now);
    }

    /// How long ago the gateway last said anything, if it ever has.
    pub(crate) fn last_heard(&self) -> Option<SignedDuration> {
        let last = self.notes().last_heard?;
        Some(self.clock.now().duration_since(last))
    }

    /// How large a file may be on this server, in bytes.
    pub(crate) fn carries(&self) -> u64 {
        self.carries.load(Ordering::Relaxed)
    }

    pub(crate) fn is_guarded(&self, channel: u64) -> bool {
        self.notes().guarded.contains(&channel)
    }

    /// Whether Herald works in a channel, or in that which this thread stands in.
    pub(crate) fn is_in_use(&self, channel: u64) -> bool {
        let notes = self.notes();
        let channel = notes.parents.get(&channel).copied().unwrap_or(channel);
        notes.guarded.contains(&channel) || notes.mind.kinds.contains_key(&channel) || notes.own.has(channel)
    }
}
