//! What is looked up in the engine for whoever asks how Herald is. Numbers and rooms only: no title, no person.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::announce;
use crate::engine::{Engine, Readings, Rooms, Tally};
use crate::incident::{Audience, Seq, Severity};
use crate::journal::Journal;
use crate::outbox::{Dest, Rank};

/// How the engine stands between two steps.
#[derive(Debug)]
pub(super) struct Seen {
    /// How many records are durable.
    pub(super) records: Seq,
    pub(super) is_full: bool,
    pub(super) rooms: Rooms,
    /// The names that lead elsewhere than to the room on record, each in a sentence, and whether that room is gone.
    pub(super) moved: Vec<(String, bool)>,
    /// The rooms that were given up and that Herald does not go on from, each in a sentence or two.
    pub(super) given_up: Vec<String>,
    /// The rooms where others can write although only Herald is to, each in a sentence.
    pub(super) unheld: Vec<String>,
    pub(super) readings: Readings,
    pub(super) tally: Tally,
    pub(super) lanes: BTreeMap<Lane, Waiting>,
    /// Open incidents but for drills.
    pub(super) open: BTreeMap<Severity, u64>,
    /// Promises kept and broken in all incidents but drills, from the record.
    pub(super) kept: u64,
    pub(super) broken: u64,
}

/// Where posts wait.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Lane {
    /// The room, `network:INC-7` for an incident's own, or `network:direct` for all between Herald and one person.
    pub(super) room: String,
    /// Whom it is for.
    pub(super) audience: &'static str,
    pub(super) rank: Rank,
}

/// What waits there.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Waiting {
    pub(super) posts: u64,
    pub(super) oldest: Option<Timestamp>,
}

impl Seen {
    pub(super) fn of<J: Journal>(engine: &Engine<J>) -> Self {
        let mut lanes = empty_lanes(engine.rooms());
        for entry in engine.waiting() {
            let waiting = lanes.entry(lane(&entry.dest, entry.rank, engine.rooms())).or_default();
            waiting.posts += 1;
            waiting.oldest = Some(waiting.oldest.map_or(entry.made, |oldest| oldest.min(entry.made)));
        }
        let mut open = BTreeMap::from([Severity::Minor, Severity::Major, Severity::Critical].map(|it| (it, 0)));
        let (mut kept, mut broken) = (0, 0);
        for incident in engine.incidents().filter(|incident| !incident.drill) {
            *open.entry(incident.severity).or_default() += 1;
            kept += u64::from(incident.kept);
            broken += u64::from(incident.broken);
        }
        for summary in engine.summaries().filter(|summary| !summary.drill) {
            kept += u64::from(summary.kept);
            broken += u64::from(summary.broken);
        }
        Self {
            records: engine.durable(),
            is_full: engine.is_full(),
            rooms: engine.rooms().clone(),
            moved: engine.moved().map(|it| (announce::name_moved(it).to_string(), it.gone.is_some())).collect(),
            given_up: engine.given_up().map(|text| text.to_string()).collect(),
            unheld: engine.unheld().collect(),
            readings: engine.readings().clone(),
            tally: engine.tally().clone(),
            lanes,
            open,
            kept,
            broken,
        }
    }
}

/// The lanes of mapped rooms are told of also while nothing waits there.
fn empty_lanes(rooms: &Rooms) -> BTreeMap<Lane, Waiting> {
    let mut lanes = BTreeMap::new();
    for room in rooms.all() {
        let Some(audience) = rooms.audience(room) else { continue };
        let ranks: &[Rank] = match audience {
            Audience::Company | Audience::Customers => &[Rank::Public, Rank::Inside],
            Audience::WarRoom | Audience::Engineering | Audience::Admin => &[Rank::Inside],
        };
        for rank in ranks {
            let lane = Lane { room: room.to_string(), audience: audience.word(), rank: *rank };
            lanes.insert(lane, Waiting::default());
        }
    }
    lanes
}

fn lane(dest: &Dest, rank: Rank, rooms: &Rooms) -> Lane {
    let (room, audience) = match dest {
        Dest::Room(room) => match rooms.audience(room) {
            Some(audience) => (room.to_string(), audience.word()),
            None => (format!("{}:direct", room.network()), "direct"),
        },
        Dest::Own(..) => (dest.to_string(), Audience::WarRoom.word()),
        Dest::Direct(user) => (format!("{}:direct", user.network()), "direct"),
    };
    Lane { room, audience, rank }
}
