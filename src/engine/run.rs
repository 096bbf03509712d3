//! The loop around the engine: it waits, so that the engine does not have to.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::channel::mpsc;
use futures::future::{BoxFuture, Either, select};
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt, select_biased};
use herald_chat::{Network, Platform, RoomRef, SendError};
use jiff::{SignedDuration, Timestamp};
use tracing::warn;

use super::admin::InRooms;
use super::cargo::Cargo;
use super::intake::Map;
use super::{Clock, Engine, Errand, Fault, Finder, Input, Receipt, Setup, Taken, Unkept, intake, members};
use crate::announce::Action;
use crate::journal::Journal;
use crate::outbox::{Delivery, Dest, EntryId, Mode, PATIENCE};
use crate::relay;

/// What is sent later than this says no more how far off a moment is.
const LATE: SignedDuration = SignedDuration::from_secs(30);
/// How many inputs are decided and committed together at most.
const GROUP: usize = 128;

/// What somebody does who looks at the engine between two steps.
pub type Look<J> = Box<dyn FnOnce(&Engine<J>) + Send>;

/// Something that somebody outside the chat wants of the running engine.
pub enum Request<J> {
    /// To look at it between two steps.
    Look(Look<J>),
    /// To go on with a network that can be reached now.
    Join(Box<Late>),
    /// To stop, once what is under way is committed.
    Stop,
}

/// A network that could not be reached when the engine began to run.
pub struct Late {
    /// It.
    pub platform: Arc<dyn Platform>,
    /// What the engine goes by from now on.
    pub setup: Arc<Setup>,
    /// For how long each platform remembers send keys.
    pub windows: BTreeMap<Network, Duration>,
}

/// How long a network may take to show that it answers, when a send has failed.
const GLANCE: Duration = Duration::from_secs(10);

/// What became of a send, and the networks that answered something else when it failed.
struct Sent {
    id: EntryId,
    result: Result<Receipt, SendError>,
    answered: Vec<Network>,
}

impl Sent {
    fn into_inputs(self) -> impl Iterator<Item = Input> {
        let answers = self.answered.into_iter().map(Input::Answers);
        answers.chain([Input::Sent(self.id, self.result)])
    }
}

/// Waits for `until` in place of [`fn@run`], for whoever asks something of an engine that has no platforms yet. `None`
/// when it is asked to stop first.
pub async fn idle<J: Journal, T>(
    engine: &Engine<J>,
    requests: &mut mpsc::Receiver<Request<J>>,
    until: impl Future<Output = T>,
) -> Option<T> {
    let mut until = pin!(until.fuse());
    loop {
        select_biased! {
            request = requests.select_next_some() => match request {
                Request::Look(look) => look(engine),
                // Nothing has begun to run that it could join.
                Request::Join(_) => {}
                Request::Stop => return None,
            },
            done = until => return Some(done),
        }
    }
}

/// Runs `engine` on these platforms until it is asked to stop, or cannot go on.
///
/// # Errors
/// [`Fault`] when the process must end.
pub async fn run<J: Journal>(
    mut engine: Engine<J>,
    platforms: Vec<Arc<dyn Platform>>,
    clock: Arc<dyn Clock>,
    mut requests: mpsc::Receiver<Request<J>>,
) -> Result<(), Fault> {
    let mut by_network: BTreeMap<Network, Arc<dyn Platform>> = BTreeMap::new();
    let (sender, mut inputs) = mpsc::channel(GROUP);
    let mut rooms = engine.rooms().clone();
    let mut remaps = Vec::new();
    let mut readers: FuturesUnordered<BoxFuture<'static, Network>> = FuturesUnordered::new();
    engine.wait_for(platforms.iter().map(|platform| platform.network()));
    for platform in platforms {
        let (remap, map) = Map::of(&engine);
        remaps.push(remap);
        readers.push(begin(&mut engine, &mut by_network, platform, map, &clock, &sender));
    }
    let mut finds: FuturesUnordered<BoxFuture<'static, Input>> = FuturesUnordered::new();
    let mut sends: FuturesUnordered<BoxFuture<'static, Sent>> = FuturesUnordered::new();
    let mut unkept: FuturesUnordered<BoxFuture<'static, ()>> = FuturesUnordered::new();
    let mut group = Vec::new();
    loop {
        let answers = engine.step(std::mem::take(&mut group), clock.now())?;
        unkept.extend(answers.into_iter().filter_map(|answer| volatile(&by_network, answer)));
        for taken in engine.taken() {
            unkept.extend(tell(&by_network, taken));
        }
        if *engine.rooms() != rooms {
            rooms.clone_from(engine.rooms());
            for remap in &remaps {
                let _ = remap.unbounded_send(rooms.clone());
            }
        }
        for lookup in engine.lookups() {
            finds.push(members::look(lookup, &by_network, &clock));
        }
        for errand in engine.errands() {
            let finder = engine.finder().unwrap_or_else(|| Arc::new(InRooms(by_network.clone())));
            finds.push(find(finder, errand));
        }
        for delivery in engine.ready(clock.now())? {
            sends.push(start(&engine, &by_network, delivery, &clock));
        }
        let mut timer = match engine.wakes() {
            Some(at) => clock.until(at).fuse(),
            None => futures::future::pending().boxed().fuse(),
        };
        select_biased! {
            request = requests.select_next_some() => match request {
                Request::Look(look) => look(&engine),
                Request::Join(late) => {
                    let Late { platform, setup, windows } = *late;
                    engine.equip(setup, windows);
                    let (remap, map) = Map::of(&engine);
                    remaps.push(remap);
                    readers.push(begin(&mut engine, &mut by_network, platform, map, &clock, &sender));
                }
                Request::Stop => return Ok(()),
            },
            sent = sends.select_next_some() => group.extend(sent.into_inputs()),
            found = finds.select_next_some() => group.push(found),
            input = inputs.next() => group.extend(input),
            network = readers.select_next_some() => return Err(Fault::Deaf(network)),
            () = unkept.select_next_some() => {}
            () = timer => {}
        }
        while group.len() < GROUP
            && let Some(Some(sent)) = sends.next().now_or_never()
        {
            group.extend(sent.into_inputs());
        }
        while group.len() < GROUP
            && let Ok(input) = inputs.try_recv()
        {
            group.push(input);
        }
    }
}

/// Looks for a room, however long that takes: whoever asked is told when it is there.
fn find(finder: Arc<dyn Finder>, errand: Errand) -> BoxFuture<'static, Input> {
    async move {
        let found = finder.find(&errand.written, errand.to.audience).await;
        Input::Found(Box::new(errand), found)
    }
    .boxed()
}

/// Begins to work with a network. Ends when that one tells nothing any more.
fn begin<J: Journal>(
    engine: &mut Engine<J>,
    by_network: &mut BTreeMap<Network, Arc<dyn Platform>>,
    platform: Arc<dyn Platform>,
    map: Map,
    clock: &Arc<dyn Clock>,
    sender: &mpsc::Sender<Input>,
) -> BoxFuture<'static, Network> {
    by_network.insert(platform.network(), platform.clone());
    engine.pass_on_to(by_network);
    engine.keep_boards_on(by_network.values().filter(|it| it.boards()).map(|it| it.network()).collect());
    intake::read(platform, map, engine.cursors(), clock.clone(), sender.clone()).boxed()
}

/// One send, which ends by itself: without an answer in time, it may have arrived.
fn start<J: Journal>(
    engine: &Engine<J>,
    platforms: &BTreeMap<Network, Arc<dyn Platform>>,
    delivery: Delivery,
    clock: &Arc<dyn Clock>,
) -> BoxFuture<'static, Sent> {
    let id = delivery.entry.id;
    let network = delivery.entry.dest.network();
    let Some(platform) = platforms.get(&network).cloned() else {
        let reason = format!("Herald is not connected to {network}; add it to the configuration");
        let result = Err(SendError::Retry { after: None, reason });
        return futures::future::ready(Sent { id, result, answered: Vec::new() }).boxed();
    };
    let room = match &delivery.entry.dest {
        Dest::Room(room) => Some(room.clone()),
        Dest::Own(no, network) => engine.own_room(*no, network),
        Dest::Direct(_) => None,
    };
    let file = delivery.entry.action.file();
    let source = file.and_then(|file| platforms.get(&file.network).cloned());
    let cargo = Cargo { source, most: engine.setup.relay.file_limit, spool: engine.setup.relay.spool.clone() };
    // Whether a network works is looked at where one of its rooms can be read.
    let mut looks: Vec<(Arc<dyn Platform>, RoomRef)> = Vec::new();
    if engine.has_failed(id) {
        looks.extend(room.clone().map(|room| (platform.clone(), room)));
        looks
            .extend(engine.source_of(&delivery.entry).and_then(|it| Some((platforms.get(&it.network())?.clone(), it))));
    }
    let late = clock.now().duration_since(delivery.entry.made) > LATE;
    let clock = clock.clone();
    let within = move |time: Duration| clock.until(clock.now().saturating_add(time).unwrap_or(Timestamp::MAX));
    async move {
        let work = deliver(&*platform, room, delivery, late, cargo).boxed();
        let result = match select(work, within(PATIENCE)).await {
            Either::Left((result, _)) => result,
            Either::Right(_) => Err(SendError::Unknown { reason: format!("no answer in {} s", PATIENCE.as_secs()) }),
        };
        let mut answered = Vec::new();
        if let Err(SendError::Retry { after: None, .. } | SendError::Unknown { .. }) = result {
            for (platform, room) in looks {
                let newest = platform.newest(&room);
                if let Either::Left((Ok(_), _)) = select(newest, within(GLANCE)).await {
                    answered.push(room.network());
                }
            }
        }
        Sent { id, result, answered }
    }
    .boxed()
}

async fn deliver(
    platform: &dyn Platform,
    room: Option<RoomRef>,
    delivery: Delivery,
    late: bool,
    cargo: Cargo,
) -> Result<Receipt, SendError> {
    let Delivery { mut entry, mode } = delivery;
    if let (true, Action::Post(post)) = (late, &mut entry.action) {
        post.text = std::mem::take(&mut post.text).aged();
    }
    if let Action::Open(spec) = &entry.action {
        return platform.open_room(spec, &entry.key).await.map(Receipt::Room);
    }
    let room = match (room, &entry.dest) {
        (Some(room), _) => room,
        (None, Dest::Direct(user)) => platform.direct(user).await?,
        (None, Dest::Room(_) | Dest::Own(..)) => {
            let reason = "the incident has no room of its own any more".to_owned();
            return Err(SendError::Refused { reason });
        }
    };
    match &entry.action {
        Action::Post(post) | Action::File(post, _) if mode == Mode::FindOnly => {
            let found = platform.find(&room, post, &entry.key, entry.made).await?;
            Ok(found.map_or(Receipt::Done, Receipt::Message))
        }
        Action::Post(post) | Action::File(post, _) => {
            if mode == Mode::FindFirst
                && let Some(message) = platform.find(&room, post, &entry.key, entry.made).await?
            {
                return Ok(Receipt::Message(message));
            }
            let sent = match entry.action.file() {
                Some(file) => cargo.carry(platform, &room, post, file, &entry.key).await,
                None => platform.post(&room, post, &entry.key).await,
            };
            let Err(SendError::Refused { reason }) = sent else { return sent.map(Receipt::Message) };
            // Refused now, but an earlier try whose answer was lost may have arrived.
            if let Some(found) = platform.find(&room, post, &entry.key, entry.made).await? {
                return Ok(Receipt::Message(found));
            }
            let Some(file) = entry.action.file() else { return Err(SendError::Refused { reason }) };
            // What cannot be carried is named in its place, so that it stays in order.
            let told = relay::in_place(post, file, &reason);
            if let Some(found) = platform.find(&room, &told, &entry.key, entry.made).await? {
                return Ok(Receipt::Message(found));
            }
            platform.post(&room, &told, &entry.key).await.map(Receipt::Message)
        }
        // It never got there, so there is nothing to change.
        Action::Rewrite(_) | Action::Withdraw => Ok(Receipt::Done),
        Action::Edit(message, post) => platform.edit(message, post, &entry.key).await.map(|()| Receipt::Done),
        Action::Pin(message, pinned) => platform.pin(message, *pinned).await.map(|()| Receipt::Done),
        Action::Delete(message) => platform.delete(message, &entry.key).await.map(|()| Receipt::Done),
        Action::Invite(user) => platform.invite(&room, user).await.map(|()| Receipt::Done),
        Action::Exclude(user) => platform.exclude(&room, user).await.map(|()| Receipt::Done),
        Action::Archive => platform.archive(&room).await.map(|()| Receipt::Done),
        Action::Open(_) => Ok(Receipt::Room(room)),
    }
}

/// Tells a platform that a command from its menu is durable.
fn tell(platforms: &BTreeMap<Network, Arc<dyn Platform>>, taken: Taken) -> Option<BoxFuture<'static, ()>> {
    let platform = platforms.get(&taken.command.room.network())?.clone();
    Some(async move { platform.taken(&taken.command, taken.answer).await }.boxed())
}

/// An answer that is not durable: sent once, as well as can be.
fn volatile(platforms: &BTreeMap<Network, Arc<dyn Platform>>, unkept: Unkept) -> Option<BoxFuture<'static, ()>> {
    let platform = platforms.get(&unkept.room.network())?.clone();
    Some(
        async move {
            let Unkept { room, alone, mut post, key, remove, stands } = unkept;
            let told = async {
                // Whoever wrote it is told all the same, and can remove it.
                if let Some(message) = &remove
                    && let Err(fault) = platform.delete(message, &key).await
                {
                    warn!(%room, %fault, "could not remove what may be secret while the disk is full");
                    post = stands.unwrap_or(post);
                }
                let room = match alone {
                    Some(user) => platform.direct(&user).await?,
                    None => room.clone(),
                };
                platform.post(&room, &post, &key).await
            };
            if let Err(fault) = told.await {
                warn!(%room, %fault, "could not tell that the disk is full");
            }
        }
        .boxed(),
    )
}
