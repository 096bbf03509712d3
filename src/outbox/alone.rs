//! Whether an entry fails by itself, or its network does: the one gives way, the other is waited for.

use std::collections::BTreeMap;

use herald_chat::{Network, SendError};
use jiff::{SignedDuration, Timestamp};

use super::Dest;
use super::lane::Lane;
use super::lanes::{Lanes, Queued};

/// After failing so often by itself, an entry is passed by.
const PASSED_BY: u32 = 6;
/// After failing so often by itself …
const ENOUGH: u32 = 10;
/// … and for so long, it gives way. With the waits between tries that is about a quarter of an hour.
const LONG_ENOUGH: SignedDuration = SignedDuration::from_mins(10);

/// How often an entry has failed while its network worked, since Herald was started.
#[derive(Debug, Default)]
pub(super) struct Alone {
    times: u32,
    since: Option<Timestamp>,
    last: Option<Timestamp>,
}

impl Alone {
    pub(super) fn failed(&mut self, now: Timestamp, alone: bool) {
        self.last = Some(now);
        if alone {
            self.times += 1;
            self.since.get_or_insert(now);
        }
    }

    /// Whether those behind it need not wait for it.
    pub(super) fn steps_aside(&self) -> bool {
        self.times >= PASSED_BY
    }

    /// Whether it was tried for long enough.
    pub(super) fn is_enough(&self, now: Timestamp) -> bool {
        self.times >= ENOUGH && self.since.is_some_and(|since| now.duration_since(since) >= LONG_ENOUGH)
    }
}

/// When each network last showed that it works.
#[derive(Debug, Default)]
pub(super) struct Health(BTreeMap<Network, Signs>);

#[derive(Debug, Default)]
struct Signs {
    /// Something that was sent came to its end.
    through: Option<Timestamp>,
    /// Something that was asked was answered.
    answered: Option<Timestamp>,
}

impl Health {
    pub(super) fn got_through(&mut self, network: &Network, now: Timestamp) {
        self.0.entry(network.clone()).or_default().through = Some(now);
    }

    pub(super) fn answers(&mut self, network: &Network, now: Timestamp) {
        self.0.entry(network.clone()).or_default().answered = Some(now);
    }

    /// Whether something that has just failed did so by itself: since it failed before, nothing else failed for the same
    /// place, and something else got through; or the network answers, and nothing else failed there. What is passed by
    /// already says nothing about others. A file comes from a network that has to answer, too.
    pub(super) fn is_alone(&self, it: &Queued, lanes: &BTreeMap<Dest, Lanes>) -> bool {
        let Some(since) = it.alone.last else { return false };
        let network = it.entry.dest.network();
        let after = |at: Option<Timestamp>| at.is_some_and(|at| at >= since);
        let signs = |network: &Network| self.0.get(network);
        let got_through = signs(&network).is_some_and(|it| after(it.through));
        let answers = |network: &Network| signs(network).is_some_and(|it| after(it.answered) || after(it.through));
        let others_fail = |is_meant: &dyn Fn(&Dest) -> bool| {
            let there = lanes.iter().filter(|(dest, _)| is_meant(dest)).flat_map(|(_, lanes)| lanes);
            let own = there.filter(|(lane, _)| **lane != Lane::Aside).flat_map(|(_, queue)| queue);
            own.into_iter().any(|other| other.entry.id != it.entry.id && after(other.alone.last))
        };
        // Where others fail too, it is the place that fails.
        if others_fail(&|dest| *dest == it.entry.dest) {
            return false;
        }
        let source_answers = it.entry.action.file().is_none_or(|file| answers(&file.network));
        source_answers && (got_through || (answers(&network) && !others_fail(&|dest| dest.network() == network)))
    }
}

/// Whether nobody can tell from this that the platform works: it neither did it, nor refused it, nor asked to wait.
pub(super) fn is_trouble(error: &SendError) -> bool {
    matches!(error, SendError::Retry { after: None, .. } | SendError::Unknown { .. })
}
