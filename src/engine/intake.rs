//! Reading one platform: first what was missed, then what comes, and after every gap what was missed again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::channel::mpsc;
use futures::future::pending;
use futures::stream::Fuse;
use futures::{FutureExt, SinkExt, StreamExt, select_biased};
use herald_chat::{Arrival, Cursor, Network, Platform, Posting, RoomPart, RoomRef, SendError, Spell, What};
use jiff::Timestamp;
use tracing::{debug, error, info, warn};

use super::{Clock, Engine, Input, Reading, Rooms};
use crate::incident::Audience;
use crate::journal::Journal;

/// How many events are read back at once.
const PAGE: usize = 100;
/// How long to wait before reading back is tried again: 1, 2, 4 … seconds, at most this, and never less than asked for.
/// Whatever people say meanwhile waits as well.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How long until a platform is asked again for what it did not let Herald read, and to keep others from writing where it did
/// not.
const LOOK_AGAIN: Duration = Duration::from_mins(1);

/// The rooms of a platform that could not be read back.
type Left = BTreeMap<RoomRef, Missed>;

/// Why a room could not be read back.
struct Missed {
    why: String,
    /// Whether what was said there before is not addressed to Herald.
    is_new: bool,
}

/// How far every room has been read and handled. Shared with the tasks that read.
#[derive(Debug, Clone, Default)]
pub struct Cursors(Arc<Mutex<BTreeMap<RoomRef, Cursor>>>);

impl Cursors {
    pub(super) fn new(cursors: BTreeMap<RoomRef, Cursor>) -> Self {
        Self(Arc::new(Mutex::new(cursors)))
    }

    pub(super) fn advance(&self, cursors: BTreeMap<RoomRef, Cursor>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(cursors);
    }

    /// How far `room` has been handled.
    #[must_use]
    pub fn get(&self, room: &RoomRef) -> Option<Cursor> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(room).cloned()
    }

    fn knows(&self, network: &Network) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keys().any(|room| room.network() == *network)
    }
}

/// Which room is for whom, as far as a task that reads knows.
pub(super) struct Map {
    rooms: Rooms,
    changes: Fuse<mpsc::UnboundedReceiver<Rooms>>,
}

impl Map {
    /// What `engine` goes by now, and where to say what it goes by from then on.
    pub(super) fn of<J: Journal>(engine: &Engine<J>) -> (mpsc::UnboundedSender<Rooms>, Self) {
        let (remap, changes) = mpsc::unbounded();
        (remap, Self { rooms: engine.rooms().clone(), changes: changes.fuse() })
    }

    /// Takes in what has changed meanwhile.
    fn catch_up(&mut self) {
        while let Ok(rooms) = self.changes.get_mut().try_recv() {
            self.rooms = rooms;
        }
    }
}

/// Reads `platform` into `inputs`. Ends when nobody takes them any more, or the platform tells nothing any more. Returns which
/// one that is.
pub(super) async fn read(
    platform: Arc<dyn Platform>,
    mut map: Map,
    cursors: Cursors,
    clock: Arc<dyn Clock>,
    mut inputs: mpsc::Sender<Input>,
) -> Network {
    let network = platform.network();
    let mut arrivals = platform.arrivals().fuse();
    // What was said before Herald first came to a platform, or to a mapped room, is not addressed to it.
    let mut met = cursors.knows(&network);
    let mut unheld = BTreeSet::new();
    loop {
        map.catch_up();
        unheld = hold_the_line(&*platform, &map.rooms, &mut inputs, (|_| true, &unheld)).await;
        let (mut failures, mut spell) = (0, Spell::default());
        let mut left = loop {
            match catch_up(&*platform, &map.rooms, &cursors, met, &mut inputs).await {
                Ok(left) => break left,
                Err(fault) => {
                    let pause = pause(&fault, failures, &*clock);
                    failures += 1;
                    let delay_ms = pause.as_millis();
                    if spell.fails(clock.now()) {
                        warn!(%network, %fault, delay_ms, "could not read back, will try again");
                    } else {
                        debug!(%network, %fault, delay_ms, "could not read back, will try again");
                    }
                    clock.until(clock.now().checked_add(pause).unwrap_or(Timestamp::MAX)).await;
                }
            }
        };
        met = true;
        info!(%network, "all rooms are read back");
        let _ = inputs.send(live(&network, &map.rooms, &left)).await;
        let mut again = again_at(&*clock);
        loop {
            let is_due = !left.is_empty() || !unheld.is_empty();
            let mut timer = if is_due { clock.until(again) } else { pending().boxed() }.fuse();
            let arrival = select_biased! {
                remapped = map.changes.select_next_some() => {
                    let before = std::mem::replace(&mut map.rooms, remapped);
                    unheld.extend(take_up(&*platform, &before, &map.rooms, &cursors, &mut left, &mut inputs).await);
                    continue;
                }
                arrival = arrivals.next() => arrival,
                () = timer => {
                    let asked = std::mem::take(&mut unheld);
                    unheld = hold_the_line(&*platform, &map.rooms, &mut inputs, (|room| asked.contains(room), &asked)).await;
                    let all: Vec<RoomRef> = left.keys().cloned().collect();
                    for room in all {
                        read_left(&*platform, &room, &mut left, &map.rooms, &cursors, &mut inputs).await;
                    }
                    again = again_at(&*clock);
                    continue;
                }
            };
            match arrival {
                Some(Arrival::Event(mut inbound)) => {
                    // What is missing for it is said when it is asked for again.
                    let is_outside = map.rooms.mapping(&inbound.room).is_some_and(|it| it.purpose.is_outside());
                    if is_outside && inbound.what == (What::Altered { part: RoomPart::Control }) {
                        unheld.insert(inbound.room.clone());
                        again = clock.now();
                    }
                    // First what was missed there. While that cannot be read, nothing says that all before this is handled.
                    if left.contains_key(&inbound.room) {
                        let room = inbound.room.clone();
                        read_left(&*platform, &room, &mut left, &map.rooms, &cursors, &mut inputs).await;
                        if left.contains_key(&room) {
                            inbound.cursor = None;
                        }
                    }
                    if inputs.send(Input::Inbound(Box::new(inbound))).await.is_err() {
                        return network;
                    }
                }
                Some(Arrival::Gap) => break,
                None => return network,
            }
        }
        info!(%network, "the connection was lost: reading back");
        let _ = inputs.send(Input::Reading(network.clone(), Reading::Behind)).await;
    }
}

/// All that can be read of a platform is. The rooms that are mapped among those which cannot be are told.
fn live(network: &Network, rooms: &Rooms, left: &Left) -> Input {
    let unread = left.iter().filter(|(room, _)| rooms.audience(room).is_some());
    let unread = unread.map(|(room, missed)| (room.clone(), missed.why.clone())).collect();
    Input::Reading(network.clone(), Reading::Live { unread })
}

/// Reads a room that could not be read before, if it can be now.
async fn read_left(
    platform: &dyn Platform,
    room: &RoomRef,
    left: &mut Left,
    rooms: &Rooms,
    cursors: &Cursors,
    inputs: &mut mpsc::Sender<Input>,
) {
    let mut since = cursors.get(room);
    if since.is_none() && left.get(room).is_some_and(|missed| missed.is_new) {
        let Ok(cursor) = platform.newest(room).await else { return };
        let _ = inputs.send(Input::Met(room.clone(), cursor.clone())).await;
        since = Some(cursor);
    }
    if read_room(platform, room, since, inputs).await.is_ok() {
        info!(%room, "this room can be read again, and what was missed there is handled");
        left.remove(room);
        let _ = inputs.send(live(&platform.network(), rooms, left)).await;
    }
}

/// When it is tried again to read what could not be read, and to keep others from writing where that was not done.
fn again_at(clock: &dyn Clock) -> Timestamp {
    clock.now().checked_add(clock.pause(LOOK_AGAIN)).unwrap_or(Timestamp::MAX)
}

/// How long to wait after a failure that followed so many others.
fn pause(fault: &SendError, failures: u32, clock: &dyn Clock) -> Duration {
    let own = clock.pause(Duration::from_secs(1 << failures.min(5)).min(LONGEST_PAUSE));
    match fault {
        SendError::Retry { after: Some(asked), .. } => own.max(*asked),
        SendError::Retry { after: None, .. } | SendError::Unknown { .. } | SendError::Refused { .. } => own,
    }
}

/// Has the platform itself keep everybody but Herald from writing where only updates stand. Returns the rooms where it does
/// not, to be asked again.
async fn hold_the_line(
    platform: &dyn Platform,
    rooms: &Rooms,
    inputs: &mut mpsc::Sender<Input>,
    (is_meant, before): (impl Fn(&RoomRef) -> bool, &BTreeSet<RoomRef>),
) -> BTreeSet<RoomRef> {
    let mut unheld = BTreeSet::new();
    for audience in [Audience::Company, Audience::Customers] {
        for room in rooms.of(audience).filter(|room| room.network() == platform.network() && is_meant(room)) {
            let why = match platform.restrict(room, Posting::HeraldOnly).await {
                Ok(()) => None,
                Err(fault) => {
                    // It is tried again and again, and logged once.
                    if !before.contains(room) {
                        error!(%room, %fault, "the platform does not keep others from writing here; what they write is removed if it can be");
                    }
                    unheld.insert(room.clone());
                    match fault {
                        SendError::Refused { reason } => Some(reason),
                        SendError::Retry { .. } | SendError::Unknown { .. } => continue,
                    }
                }
            };
            let _ = inputs.send(Input::Line(room.clone(), why)).await;
        }
    }
    unheld
}

/// Begins with the rooms of this network that are for somebody only now: only Herald writes where it has to be so, and
/// what was said there until now is not addressed to it. Where that need not be so any more, everybody writes again.
async fn take_up(
    platform: &dyn Platform,
    before: &Rooms,
    rooms: &Rooms,
    cursors: &Cursors,
    left: &mut Left,
    inputs: &mut mpsc::Sender<Input>,
) -> BTreeSet<RoomRef> {
    let network = platform.network();
    let outside = |rooms: &Rooms, room: &RoomRef| rooms.mapping(room).is_some_and(|it| it.purpose.is_outside());
    let unheld = hold_the_line(platform, rooms, inputs, (|room| !outside(before, room), &BTreeSet::new())).await;
    for room in before.all().filter(|room| room.network() == network) {
        if outside(before, room)
            && !outside(rooms, room)
            && let Err(fault) = platform.restrict(room, Posting::Members).await
        {
            warn!(%room, %fault, "the platform still keeps others from writing here");
        }
        if rooms.audience(room).is_none() {
            platform.released(room);
        }
    }
    let new = rooms.all().filter(|room| room.network() == network && before.audience(room).is_none());
    for room in new {
        // One that took the place of another is read from its beginning: people speak there already.
        if cursors.get(room).is_some() {
            if let Err(fault) = read_room(platform, room, cursors.get(room), inputs).await {
                warn!(%room, %fault, "what was said in a room that is new could not be read back: Herald will ask again");
                left.insert(room.clone(), Missed { why: fault.to_string(), is_new: false });
            }
            continue;
        }
        match platform.newest(room).await {
            Ok(cursor) => drop(inputs.send(Input::Met(room.clone(), cursor)).await),
            // Whatever is said there is taken in as it comes; after a gap it is asked again.
            Err(fault) => warn!(%room, %fault, "could not see what was said last in a room that is new"),
        }
    }
    unheld
}

/// Reads every room back. Returns those that cannot be read, and why.
async fn catch_up(
    platform: &dyn Platform,
    rooms: &Rooms,
    cursors: &Cursors,
    met: bool,
    inputs: &mut mpsc::Sender<Input>,
) -> Result<Left, SendError> {
    let network = platform.network();
    let mut left = Left::new();
    let mapped = rooms.all().filter(|room| room.network() == network).cloned();
    let mut here: Vec<RoomRef> = platform.rooms().await?.into_iter().chain(mapped).collect();
    here.sort();
    here.dedup();
    for room in here {
        let is_new = cursors.get(&room).is_none() && (!met || rooms.audience(&room).is_some());
        let read = async {
            let mut since = cursors.get(&room);
            if is_new {
                let cursor = platform.newest(&room).await?;
                let _ = inputs.send(Input::Met(room.clone(), cursor.clone())).await;
                since = Some(cursor);
            }
            read_room(platform, &room, since, inputs).await
        };
        match read.await {
            Ok(()) => {}
            Err(SendError::Refused { reason }) => {
                warn!(%room, reason, "this room cannot be read: Herald will ask again");
                left.insert(room, Missed { why: reason, is_new });
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(left)
}

/// Reads what was said in a room after `since`.
async fn read_room(
    platform: &dyn Platform,
    room: &RoomRef,
    mut since: Option<Cursor>,
    inputs: &mut mpsc::Sender<Input>,
) -> Result<(), SendError> {
    loop {
        let page = platform.read_back(room, since.as_ref(), PAGE).await?;
        let before = since.clone();
        for inbound in page.events {
            since = inbound.cursor.clone().or(since);
            let _ = inputs.send(Input::Inbound(Box::new(inbound))).await;
        }
        if !page.more {
            return Ok(());
        }
        if since == before {
            let reason = "the platform says that there is more, but not where".to_owned();
            return Err(SendError::Refused { reason });
        }
    }
}
