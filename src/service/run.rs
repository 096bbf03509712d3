//! From a journal and networks to a running Herald, and out again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures::channel::mpsc;
use futures::future::{Either, join_all, pending, select};
use herald_chat::{Clock, Network, RoomRef};
use jiff::Timestamp;

use super::connect::{Home, OnRecord, Place};
use super::gather::Joining;
use super::{Join, Status};
use crate::announce;
use crate::config::Config;
use crate::engine::{self, Engine, Fault, Late, Request, Rooms, Seed, Setup, idle};
use crate::incident::{Audience, Mapping, Source};
use crate::journal::Journal;

/// How long networks may take to say goodbye.
const FAREWELL: Duration = Duration::from_secs(3);

/// How often it is looked whether all is ready, until it is.
const GLANCE: Duration = Duration::from_millis(100);

/// What is said when no room is for the company.
pub(super) const NOBODY_OUTSIDE: &str =
    "rooms.company is empty, so updates reach nobody outside. Write the room that everybody reads";

/// What Herald runs on.
pub struct Start<J> {
    /// The record. It holds the lock of its directory.
    pub journal: J,
    /// What an admin has set.
    pub config: Config,
    /// The networks, not connected yet.
    pub joins: Vec<Box<dyn Join>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What nobody can guess.
    pub seed: Seed,
}

/// What ends Herald before it is asked to.
#[derive(Debug, thiserror::Error)]
pub enum End {
    /// It cannot begin until somebody changes something: what is wrong, and what to do.
    #[error("{0}")]
    Unfit(String),
    /// It was running and cannot go on.
    #[error(transparent)]
    Stopped(Fault),
}

/// Runs Herald until it is asked to stop through `requests`, which `status` sends to as well. It `say`s in a few lines who
/// it is, which rooms play which part, and what is wrong with what to do. Whoever sends requests is answered from the
/// first moment on, also while a network cannot be reached.
///
/// # Errors
/// [`End`].
pub async fn run<J: Journal + 'static>(
    start: Start<J>,
    status: &Status<J>,
    requests: mpsc::Receiver<Request<J>>,
    say: &mut dyn FnMut(&str),
) -> Result<(), End> {
    let clock = start.clock.clone();
    let end = serve(start, status, requests, say).await;
    let goodbyes = join_all(status.links().into_iter().map(|link| async move { link.close().await }));
    let limit = clock.until(clock.now().checked_add(FAREWELL).unwrap_or(Timestamp::MAX));
    select(Box::pin(goodbyes), limit).await;
    end
}

async fn serve<J: Journal + 'static>(
    start: Start<J>,
    status: &Status<J>,
    mut requests: mpsc::Receiver<Request<J>>,
    say: &mut dyn FnMut(&str),
) -> Result<(), End> {
    let Start { journal, config, joins, clock, seed } = start;
    let bare = Arc::new(Setup::of(&config, Rooms::default(), seed));
    let mut engine = Engine::boot(journal, bare, BTreeMap::new()).map_err(|fault| match fault {
        Fault::Journal(error) if !error.may_pass() => End::Unfit(error.to_string()),
        fault @ (Fault::Journal(_) | Fault::Deaf(_)) => End::Stopped(fault),
    })?;
    say(&format!(
        "Herald {}: {}, {} open",
        env!("CARGO_PKG_VERSION"),
        counted(engine.durable(), "record"),
        counted(engine.incidents().count(), "incident"),
    ));
    let kept = Kept::of(&engine, &config);
    let all: BTreeSet<Network> = joins.iter().map(|join| join.network()).collect();
    let on_record = OnRecord {
        in_chat: engine.mapped_in_chat().map(|(room, it)| (room.clone(), it.clone())).collect(),
        found: config.places().filter_map(|(.., it)| Some((it.clone(), engine.room_found(it)?))).collect(),
    };
    let mut joining = Joining::begin(&joins, (&config, &on_record), status, &clock);
    let gathering = joining.gather(&all, &kept.whole, &clock);
    let Some(homes) = idle(&engine, &mut requests, gathering).await else { return Ok(()) };
    let mut homes = homes.map_err(End::Unfit)?;
    let rooms = rooms(&homes, &kept).map_err(End::Unfit)?;
    introduce(&homes, &rooms, say);
    for network in all.iter().filter(|it| homes.iter().all(|home| home.network != **it)) {
        say(&format!(
            "⚠ {network} cannot be reached. Herald works without it and goes on trying; what is for it waits"
        ));
    }
    let (setup, windows) = equipment(&homes, (&config, &all), rooms, seed);
    engine.find_rooms_with(Arc::new(status.finder()));
    engine.equip(setup, windows);
    let platforms = homes.iter().map(|home| home.platform.clone()).collect();
    let running = engine::run(engine, platforms, clock.clone(), requests);
    let telling = async {
        while let Some(home) = joining.next(|network, why| status.waits(network, why)).await {
            let platform = home.platform.clone();
            introduce_late(&home, say);
            homes.push(home);
            match self::rooms(&homes, &kept) {
                Ok(rooms) => {
                    let (setup, windows) = equipment(&homes, (&config, &all), rooms, seed);
                    status.window.join(Late { platform, setup, windows }).await;
                }
                Err(why) => say(&format!("⚠ {why}")),
            }
        }
        for link in status.links() {
            for line in link.news().await {
                say(&line);
            }
        }
        let mut told = BTreeSet::new();
        loop {
            let standing = status.standing().await;
            // Whoever reads what is said here does not have to look for it in the log.
            for line in standing.lasting {
                if told.insert(line.clone()) {
                    say(&format!("⚠ {}", line.trim_start_matches("⚠ ")));
                }
            }
            if standing.wanting.is_empty() {
                break;
            }
            clock.until(clock.now().checked_add(GLANCE).unwrap_or(Timestamp::MAX)).await;
        }
        say("Ready: all rooms have been read.");
        pending::<()>().await;
    };
    match select(Box::pin(running), Box::pin(telling)).await {
        Either::Left((end, _)) => end.map_err(End::Stopped),
        Either::Right(((), running)) => running.await.map_err(End::Stopped),
    }
}

/// The rooms as they were found last, of networks that cannot be reached.
struct Kept {
    places: Vec<Place>,
    /// The networks all of whose rooms are known.
    whole: BTreeSet<Network>,
}

impl Kept {
    fn of<J: Journal>(engine: &Engine<J>, config: &Config) -> Self {
        let (mut places, mut part) = (Vec::new(), BTreeSet::new());
        for (key, purpose, written) in config.places() {
            match engine.room_found(written) {
                Some(room) => places.push(Place { key, purpose, written: written.clone(), room, moved: None }),
                None => drop(part.insert(written.network())),
            }
        }
        let whole = places.iter().map(|place| place.room.network()).filter(|it| !part.contains(it)).collect();
        Self { places, whole }
    }
}

/// What the engine goes by with these networks.
fn equipment(
    homes: &[Home],
    (config, all): (&Config, &BTreeSet<Network>),
    rooms: Rooms,
    seed: Seed,
) -> (Arc<Setup>, BTreeMap<Network, Duration>) {
    let places = homes.iter().flat_map(|home| &home.places);
    let found = places.clone().map(|place| (place.written.clone(), place.room.clone())).collect();
    let moved = places.filter_map(|place| place.moved.clone()).collect();
    let windows = homes.iter().map(|home| (home.network.clone(), home.platform.remembers())).collect();
    let networks = all.clone();
    let me = homes.iter().map(|home| home.me.id.clone()).collect();
    (Arc::new(Setup { networks, me, found, moved, ..Setup::of(config, rooms, seed) }), windows)
}

/// Which room is for whom. Two names may stand for one room, but not for two audiences.
fn rooms(homes: &[Home], kept: &Kept) -> Result<Rooms, String> {
    let mut seen: BTreeMap<&RoomRef, &Place> = BTreeMap::new();
    let is_missing = |place: &&Place| homes.iter().all(|home| home.network != place.room.network());
    let missing = kept.places.iter().filter(is_missing);
    for place in homes.iter().flat_map(|home| &home.places).chain(missing) {
        if let Some(Place { purpose, key, .. }) = seen.insert(&place.room, place)
            && *purpose != place.purpose
        {
            return Err(format!(
                "{} and {key} are the same room, {}, and no room is for two audiences. Write another room",
                place.key, place.room
            ));
        }
    }
    let mapping = |place: &Place| {
        let written = Some(place.written.clone()).filter(|written| *written != place.room);
        Mapping { purpose: place.purpose.clone(), written, source: Source::Config }
    };
    Ok(Rooms::of_mappings(seen.into_iter().map(|(room, place)| (room.clone(), mapping(place)))))
}

fn introduce_late(home: &Home, say: &mut dyn FnMut(&str)) {
    say(&format!("{}: Herald is {}", home.network, home.me.id.id()));
    for note in &home.notes {
        say(&format!("⚠ {note}"));
    }
    ask(home, say);
}

/// What admins have to say is said here too.
fn ask(home: &Home, say: &mut dyn FnMut(&str)) {
    for moved in home.places.iter().filter_map(|place| place.moved.as_ref()) {
        say(&announce::name_moved(moved).to_string());
    }
}

fn introduce(homes: &[Home], rooms: &Rooms, say: &mut dyn FnMut(&str)) {
    for home in homes {
        say(&format!("{}: Herald is {}", home.network, home.me.id.id()));
        for place in &home.places {
            let (name, written, id) = (rooms.name(&place.room), place.written.id(), place.room.id());
            say(&if written == id { format!("  {name}: {id}") } else { format!("  {name}: {written}, {id}") });
        }
    }
    for note in homes.iter().flat_map(|home| &home.notes) {
        say(&format!("⚠ {note}"));
    }
    for home in homes {
        ask(home, say);
    }
    if rooms.of(Audience::Company).next().is_none() {
        say(&format!("⚠ {NOBODY_OUTSIDE}"));
    }
}

fn counted(n: impl TryInto<u64>, what: &str) -> String {
    match n.try_into().unwrap_or(u64::MAX) {
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    }
}
