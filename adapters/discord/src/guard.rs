//! What shows of a channel where only Herald writes, beside what is written in it: its name and topic, its threads, and
//! pictures that are put on messages.
//!
//! How the channel was when it was given to Herald is on record. What somebody changes is put back, and told.

mod again;
mod threads;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use herald_chat::{Arrival, Inbound, Origin, Person, RoomPart, SendError, What};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tracing::error;

use crate::Inner;
use crate::audit::CHANNEL_CHANGED;
use crate::failure::refused;
use crate::line::{lacking, readers};
use crate::mind::{Look, Looker};
use crate::names::{made_at, person, room_ref};
use crate::notes::Notes;
use crate::permissions::{Channel, MANAGE_CHANNELS, Overwrite};
use crate::rest::Request;
use crate::rooms::RoomKind;
use crate::store::Store;

/// The name of the file. Without it, how the channels are at the next start is how they are to be.
const FILE: &str = "guarded.json";
/// How often the same is told of the same channel at most.
const TOLD: SignedDuration = SignedDuration::from_mins(10);
/// How far Discord's clock and ours may be apart.
const SKEW: SignedDuration = SignedDuration::from_secs(5);
/// How often putting back is tried again. Discord lets a channel be renamed twice in ten minutes.
const TRIES: u32 = 12;
/// How long to wait when nobody says how long.
const PAUSE: Duration = Duration::from_secs(10);

/// How a channel was when it was given to Herald.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Held {
    /// When that was, by Herald's clock, and not before the last message that was there.
    since: Timestamp,
    name: Option<String>,
    topic: Option<String>,
    kind: u8,
    nsfw: bool,
    slow: u64,
    /// What its threads of before are called.
    #[serde(default)]
    threads: BTreeMap<u64, String>,
    /// When those were shut last, as Discord says it: one that was shut at another time was opened by somebody.
    #[serde(default)]
    shut: BTreeMap<u64, Timestamp>,
    /// By which rules roles read it.
    #[serde(default)]
    readers: Option<Vec<Overwrite>>,
    /// Messages that Discord did not let Herald remove.
    #[serde(default)]
    owed: BTreeSet<u64>,
}

/// The channels, as they are on record.
pub(crate) fn kept(store: &Store) -> BTreeMap<u64, Held> {
    store.get(FILE).unwrap_or_default()
}

impl Held {
    fn of(channel: &Channel, since: Timestamp) -> Self {
        Self {
            since,
            name: channel.name.clone(),
            topic: channel.topic.clone().filter(|topic| !topic.is_empty()),
            kind: channel.kind,
            nsfw: channel.nsfw,
            slow: channel.slow,
            threads: BTreeMap::new(),
            shut: BTreeMap::new(),
            readers: Some(readers(channel)),
            owed: BTreeSet::new(),
        }
    }

    /// By which rules roles read it, if that is known.
    pub(crate) fn readers(&self) -> Option<Vec<Overwrite>> {
        self.readers.clone()
    }

    /// What has to be said to Discord so that it is again what it was, and which parts that concerns. Names and topics are
    /// limited: what is not has a request of its own, so that it need not wait for them.
    fn put_back(&self, now: &Self, is_names: bool) -> (BTreeSet<RoomPart>, Map<String, Value>) {
        let (was, is) = if is_names { (self.names(), now.names()) } else { (self.settings(), now.settings()) };
        let changed = was.into_iter().zip(is).filter(|(was, is)| was != is).map(|(was, _)| was);
        changed.map(|(part, field, value)| (part, (field.to_owned(), value))).unzip()
    }

    fn names(&self) -> Vec<(RoomPart, &'static str, Value)> {
        let topic = self.topic.clone().unwrap_or_default();
        vec![(RoomPart::Name, "name", json!(self.name)), (RoomPart::Topic, "topic", json!(topic))]
    }

    fn settings(&self) -> Vec<(RoomPart, &'static str, Value)> {
        let all = [("type", json!(self.kind)), ("nsfw", json!(self.nsfw)), ("rate_limit_per_user", json!(self.slow))];
        all.map(|(field, value)| (RoomPart::Settings, field, value)).into()
    }
}

impl Inner {
    /// Takes a channel in charge, or looks at it again after others may have changed it unseen.
    pub(crate) async fn guard(self: &Arc<Self>, channel: u64) -> Result<(), SendError> {
        let seen = self.channel(channel).await?;
        let newest = seen.last_message.map_or(self.clock.now(), |id| made_at(id).max(self.clock.now()));
        let is_new = {
            let mut notes = self.notes();
            let mut is_new = !notes.held.contains_key(&channel);
            let held = notes.held.entry(channel).or_insert_with(|| Held::of(&seen, newest));
            // What an older Herald kept does not say it.
            if held.readers.is_none() {
                held.readers = Some(readers(&seen));
                is_new = true;
            }
            is_new
        };
        if is_new {
            self.keep(FILE, |notes| &notes.held);
        }
        // What was written is read back by whoever takes this channel in charge.
        self.see_to(channel, false).await;
        Ok(())
    }

    /// Others may change it from now on.
    pub(crate) fn unguard(&self, channel: u64) {
        let was = {
            let mut notes = self.notes();
            notes.guarded.remove(&channel);
            notes.mind.forget(channel);
            notes.held.remove(&channel)
        };
        if was.is_some() {
            self.keep(FILE, |notes| &notes.held);
        }
    }

    /// Forgets how channels were that are not the company's any more, as whoever reads the configuration has said by now: if
    /// one comes to be that again, it is as it is then.
    pub(crate) fn forget_unused(&self) {
        let is_less = {
            let Notes { held, guarded, mind, .. } = &mut *self.notes();
            let before = held.len();
            held.retain(|channel, _| {
                guarded.contains(channel) || mind.kinds.get(channel) == Some(&RoomKind::Announcements)
            });
            held.len() < before
        };
        if is_less {
            self.keep(FILE, |notes| &notes.held);
        }
    }

    /// A channel is not there any more.
    pub(crate) fn forget_channel(&self, channel: u64) {
        self.unguard(channel);
        let mut notes = self.notes();
        notes.channels.remove(&channel);
        notes.parents.retain(|_, parent| *parent != channel);
        // That it is gone is told but once.
        notes.told.retain(|(told, part), _| *told != channel || *part == RoomPart::Gone);
        notes.mind.hooks.remove(&channel);
        notes.mind.threads.retain(|(around, _), _| *around != channel);
    }

    /// Whether what was changed in a message at this time was changed before the channel was given to Herald.
    pub(crate) fn is_from_before(&self, channel: u64, changed: Option<Timestamp>) -> bool {
        let since = self.notes().held.get(&channel).map(|held| held.since);
        matches!((since, changed), (Some(since), Some(changed)) if changed.saturating_add(SKEW).is_ok_and(|it| it < since))
    }

    /// Puts name, topic and settings of a channel back.
    pub(crate) async fn hold_looks(self: Arc<Self>, channel: u64) {
        // The one may have to wait for long, and the other need not.
        let names = self.look(Look::Names(channel), || self.try_looks(channel, Look::Names(channel)));
        let settings = self.look(Look::Settings(channel), || self.try_looks(channel, Look::Settings(channel)));
        tokio::join!(names, settings);
    }

    async fn try_looks(self: &Arc<Self>, channel: u64, look: Look) {
        for _ in 0..TRIES {
            let done = self.put_looks_back(channel, look == Look::Names(channel)).await;
            let is_lost = self.notes().mind.is_refused_anew(look, &done);
            let pause = match done {
                Ok(()) => return,
                Err(SendError::Retry { after, .. }) => after.unwrap_or(PAUSE),
                Err(SendError::Unknown { .. }) => PAUSE,
                Err(SendError::Refused { reason }) => {
                    self.falls_behind(channel);
                    if is_lost {
                        let line =
                            format!("Somebody changed a channel where only Herald writes, and it stays so: {reason}");
                        self.notes().mind.news.found(channel, Looker::Looks, vec![line]);
                        self.tell_altered(channel, RoomPart::Control, CHANNEL_CHANGED, channel).await;
                    }
                    return;
                }
            };
            self.wait(pause).await;
            if self.is_closed() {
                return;
            }
        }
        error!(channel, "what somebody changed of a channel where only Herald writes could not be put back");
        self.falls_behind(channel);
    }

    async fn put_looks_back(&self, channel: u64, is_names: bool) -> Result<(), SendError> {
        let lock = self.notes().mind.looks.clone();
        let _alone = lock.lock().await;
        self.look_anew(Some(channel));
        let seen = match self.channel(channel).await {
            Ok(seen) => seen,
            Err(failure) if failure.is_code(10003) => {
                self.forget_channel(channel);
                return Ok(());
            }
            Err(failure) => return Err(failure.into()),
        };
        let Some(held) = self.notes().held.get(&channel).cloned() else { return Ok(()) };
        let (parts, body) = held.put_back(&Held::of(&seen, held.since), is_names);
        if parts.is_empty() {
            self.notes().mind.news.found(channel, Looker::Looks, Vec::new());
            return Ok(());
        }
        // What is refused may count like what is done.
        if let Some(view) = self.view(channel).await?
            && let Some(why) = lacking(&view.guild, &view.channel, &view.me, MANAGE_CHANNELS)
        {
            return Err(refused(why));
        }
        let request = Request::patch(format!("/channels/{channel}"), Value::Object(body));
        match self.rest.ask(request.because("Herald keeps this channel as it was given to it")).await {
            Ok(_) => {}
            Err(failure) if failure.is_code(10003) => {
                self.forget_channel(channel);
                return Ok(());
            }
            Err(failure) => return Err(self.why_not(channel, MANAGE_CHANNELS, failure).await),
        }
        self.look_anew(Some(channel));
        for part in parts {
            self.tell_altered(channel, part, CHANNEL_CHANGED, channel).await;
        }
        Ok(())
    }

    /// Tells that somebody changed something of a room, and that it was undone. `actions` and `target` are what the audit log
    /// has of it. Whether it was told now, and not a moment ago by another look.
    pub(crate) async fn tell_altered(&self, channel: u64, part: RoomPart, actions: &[u64], target: u64) -> bool {
        if self.is_told(channel, part) {
            return false;
        }
        let by = self.who(actions, target).await;
        self.altered(channel, part, by);
        true
    }

    /// Whether that was told not long ago.
    fn is_told(&self, channel: u64, part: RoomPart) -> bool {
        let now = self.clock.now();
        let mut notes = self.notes();
        let before = notes.told.get(&(channel, part)).copied();
        if before.is_some_and(|before| now.duration_since(before) < TOLD) {
            return true;
        }
        notes.told.insert((channel, part), now);
        false
    }

    fn altered(&self, channel: u64, part: RoomPart, by: Option<Person>) {
        let at = self.clock.now();
        let origin = if by.is_some() { Origin::Human } else { Origin::Unknown };
        let by = by.unwrap_or_else(|| person(self.settings.guild.get(), &[Some("somebody")]));
        self.arrive(Arrival::Event(Inbound {
            room: room_ref(channel),
            id: format!("altered:{part:?}:{at}"),
            cursor: None,
            by,
            origin,
            direct: false,
            at,
            what: What::Altered { part },
        }));
    }
}
