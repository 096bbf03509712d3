//! Who did something, as the server's audit log tells whoever has `View Audit Log`.
//!
//! Discord tells of a message that is gone, and not who took it away. Its audit log names people who took away what others
//! wrote, and neither authors nor bots that took away a single message. Deletions of one person's messages by another make one
//! entry whose count grows: what each entry has counted is kept in mind.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use herald_chat::{Arrival, Inbound, Origin, Person};
use jiff::SignedDuration;
use serde::Deserialize;

use crate::Inner;
use crate::events::wire::{Id, User};
use crate::names::made_at;
use crate::permissions::{MANAGE_MESSAGES, Member, VIEW_AUDIT_LOG, in_channel, on_server};
use crate::rest::Request;

/// Discord's numbers for what somebody did. A channel's rules for roles and members are made, changed and removed by acts of
/// their own.
pub(crate) const CHANNEL_CHANGED: &[u64] = &[11];
pub(crate) const CHANNEL_DELETED: &[u64] = &[12];
pub(crate) const RULES_CHANGED: &[u64] = &[13, 14, 15];
pub(crate) const WEBHOOK_CHANGED: &[u64] = &[51];
pub(crate) const THREAD_CHANGED: &[u64] = &[111];
const MESSAGE_DELETED: &[u64] = &[72];
const MESSAGES_DELETED: &[u64] = &[73];

/// How old an entry may be that is about what has just happened, by clocks that may differ so far.
const LATELY: SignedDuration = SignedDuration::from_mins(1);
/// How old an entry is at the beginning that is certainly about something from before.
const JUST: SignedDuration = SignedDuration::from_secs(10);
/// How long an entry may take to be there.
const COMES: Duration = Duration::from_millis(800);
/// How many entries are looked at.
const MOST: usize = 100;
/// Of how many entries it is known what they have counted.
const MANY: usize = 500;

/// The log cannot be read.
struct Unreadable;

/// What each entry about deleted messages has counted so far.
#[derive(Default)]
pub(crate) struct Counted {
    entries: BTreeMap<u64, u64>,
    /// Whether what was there at the beginning is known.
    begun: bool,
    /// Of how many messages it is being found out who took them away, by their channel and author.
    sought: BTreeMap<(u64, Option<u64>), u64>,
}

impl Counted {
    /// It is known, or never will be, who took one of these away. Whether that was the last of them.
    fn found(&mut self, which: (u64, Option<u64>)) -> bool {
        let left = self.sought.remove(&which).unwrap_or(0).saturating_sub(1);
        if left > 0 {
            self.sought.insert(which, left);
        }
        left == 0
    }
}

/// What a search saw.
#[derive(Default)]
struct Seen {
    /// Of how many messages it was being found out at once, where the log had anything new of them.
    at_once: u64,
    /// What the entries that had anything new had counted by then.
    counts: Vec<(u64, u64)>,
}

#[derive(Deserialize)]
struct Log {
    #[serde(rename = "audit_log_entries")]
    entries: Vec<Entry>,
    #[serde(default)]
    users: Vec<User>,
}

#[derive(Deserialize)]
struct Entry {
    id: Id,
    #[serde(rename = "action_type")]
    action: u64,
    #[serde(default)]
    user_id: Option<Id>,
    #[serde(default)]
    target_id: Option<Id>,
    #[serde(default)]
    options: Options,
}

#[derive(Default, Deserialize)]
struct Options {
    #[serde(default)]
    channel_id: Option<Id>,
    #[serde(default)]
    count: Option<String>,
}

impl Entry {
    fn count(&self) -> u64 {
        self.options.count.as_deref().and_then(|count| count.parse().ok()).unwrap_or(1)
    }
}

impl Inner {
    /// Whether Discord lets Herald read the log.
    pub(crate) async fn may_audit(&self) -> bool {
        let (Ok(guild), Ok(me)) = (self.guild().await, self.myself().await) else { return false };
        let may = on_server(&guild, &me).has(VIEW_AUDIT_LOG);
        self.notes().audits = Some(may);
        may
    }

    /// The last acts of these kinds, newest first.
    async fn log(&self, actions: &[u64]) -> Result<Log, Unreadable> {
        if !self.may_audit().await {
            return Err(Unreadable);
        }
        let mut request = Request::get(format!("/guilds/{}/audit-logs", self.settings.guild)).query("limit", MOST);
        // Discord picks out one kind, or gives all.
        if let [action] = actions {
            request = request.query("action_type", action);
        }
        let mut log: Log = self.rest.ask_as(request).await.map_err(|failure| {
            let why = herald_chat::SendError::from(failure);
            tracing::warn!(%why, "the audit log cannot be read, so nobody knows who did it");
            Unreadable
        })?;
        log.entries.retain(|entry| actions.contains(&entry.action));
        Ok(log)
    }

    /// What `look` finds in the log. An entry may come a moment after what it is about, so it is looked for twice.
    async fn find_in_log<T>(
        &self,
        actions: &[u64],
        mut look: impl FnMut(&Log) -> Option<T>,
    ) -> Result<Option<T>, Unreadable> {
        let found = look(&self.log(actions).await?);
        if found.is_some() {
            return Ok(found);
        }
        self.wait(COMES).await;
        Ok(look(&self.log(actions).await?))
    }

    /// Who did this to that a moment ago, other than Herald.
    pub(crate) async fn who(&self, actions: &[u64], target: u64) -> Option<Person> {
        let found = self.find_in_log(actions, |log| self.newest(log, target)).await;
        found.ok().flatten().map(|(person, _)| person)
    }

    /// Who did something to `target` a moment ago, other than Herald.
    fn newest(&self, log: &Log, target: u64) -> Option<(Person, Origin)> {
        let now = self.clock.now();
        let is_it = |it: &&Entry| {
            it.target_id == Some(Id(target))
                && !self.is_by_herald(it)
                && now.duration_since(made_at(it.id.0)).abs() < LATELY
        };
        log.entries.iter().find(is_it).and_then(|entry| self.named(log, entry))
    }

    fn is_by_herald(&self, entry: &Entry) -> bool {
        entry.user_id == Some(Id(self.my_id()))
    }

    fn named(&self, log: &Log, entry: &Entry) -> Option<(Person, Origin)> {
        let id = entry.user_id?;
        let user = log.users.iter().find(|it| it.id == id);
        let person = user.map(|user| self.known(user, None)).or_else(|| self.called(id.0));
        let origin = if user.is_some_and(|user| user.bot) { Origin::Machine } else { Origin::Human };
        Some((person.unwrap_or_else(|| crate::names::person(id.0, &[])), origin))
    }

    /// Takes in what the entries about deleted messages have counted until now, so that what comes on top is noticed.
    pub(crate) async fn begin_counting(self: Arc<Self>) {
        let Ok(log) = self.log(MESSAGE_DELETED).await else { return };
        let now = self.clock.now();
        let counted = &mut self.notes().counted;
        // What is younger may be about what Herald has just heard of.
        let old = |entry: &&Entry| now.duration_since(made_at(entry.id.0)) > JUST;
        for entry in log.entries.iter().filter(old) {
            counted.entries.insert(entry.id.0, entry.count());
        }
        counted.begun = true;
    }

    /// Messages were taken away at once: hands that on with who did it, as soon as that is known.
    pub(crate) async fn find_deleter_of_many(self: Arc<Self>, gone: Vec<Inbound>, channel: u64) {
        let found = self.find_in_log(MESSAGES_DELETED, |log| self.newest(log, channel)).await;
        let who = found.ok().flatten();
        for inbound in gone {
            self.hand_on(inbound, who.clone());
        }
    }

    /// A message is gone: hands that on with who did it, as soon as that is known.
    pub(crate) async fn find_deleter(self: Arc<Self>, gone: Inbound, author: Option<Person>, channel: u64) {
        let wrote = author.as_ref().and_then(|it| crate::names::snowflake(it.id.id()));
        *self.notes().counted.sought.entry((channel, wrote)).or_default() += 1;
        // Where fewer were counted than are gone, it may have been anybody.
        let mut seen = Seen::default();
        let look = |log: &Log| self.counted_anew(log, channel, wrote, &mut seen);
        let found = self.find_in_log(MESSAGE_DELETED, look).await;
        if !matches!(found, Ok(Some(_))) {
            let counted = &mut self.notes().counted;
            // What was counted of these is of none that is gone later.
            if counted.found((channel, wrote)) && seen.at_once > 1 {
                counted.entries.extend(std::mem::take(&mut seen.counts));
            }
        }
        let who = match found {
            Ok(Some(found)) => Some(found),
            Ok(None) if seen.at_once > 1 => None,
            // Of authors and bots the log says nothing. Herald knows what it took away itself.
            Ok(None) if !self.may_a_bot_delete(channel).await => {
                author.filter(|it| it.id != self.me.id).map(|author| (author, Origin::Human))
            }
            Ok(None) | Err(Unreadable) => None,
        };
        self.hand_on(gone, who);
    }

    fn hand_on(&self, gone: Inbound, who: Option<(Person, Origin)>) {
        let (by, origin) = who.unwrap_or((gone.by.clone(), Origin::Unknown));
        self.arrive(Arrival::Event(Inbound { by, origin, ..gone }));
    }

    /// Whether another bot may take messages away there, by the role that it came with.
    async fn may_a_bot_delete(&self, channel: u64) -> bool {
        let Ok(Some(view)) = self.view(channel).await else { return true };
        let others = view.guild.roles.iter().filter(|role| role.managed && !view.me.roles.contains(&role.id));
        let mut bots = others.map(|role| Member { user: 0, roles: vec![role.id], is_timed_out: false });
        bots.any(|bot| in_channel(&view.guild, &view.channel, &bot).has(MANAGE_MESSAGES))
    }

    /// The first entry about such a message that has counted more than it had, which counts this one.
    fn counted_anew(&self, log: &Log, channel: u64, author: Option<u64>, seen: &mut Seen) -> Option<(Person, Origin)> {
        let now = self.clock.now();
        let entry = {
            let counted = &mut self.notes().counted;
            let begun = counted.begun;
            let before = |entry: &Entry| {
                // Of what was there before Herald looked, nobody knows.
                let fresh = begun || now.duration_since(made_at(entry.id.0)).abs() < LATELY;
                counted.entries.get(&entry.id.0).copied().unwrap_or(if fresh { 0 } else { u64::MAX })
            };
            let is_it = |it: &&Entry| {
                it.options.channel_id == Some(Id(channel))
                    && !self.is_by_herald(it)
                    && author.is_none_or(|author| it.target_id == Some(Id(author)))
                    && it.count() > before(it)
            };
            let new: u64 = log.entries.iter().filter(is_it).map(|entry| entry.count() - before(entry)).sum();
            let sought = counted.sought.get(&(channel, author)).copied().unwrap_or(1);
            if new > 0 {
                seen.at_once = seen.at_once.max(sought);
            }
            seen.counts = log.entries.iter().filter(is_it).map(|entry| (entry.id.0, entry.count())).collect();
            let needed = if new > 0 { seen.at_once } else { 1 };
            let entry = log.entries.iter().find(is_it).filter(|_| new >= needed)?;
            counted.found((channel, author));
            *counted.entries.entry(entry.id.0).or_default() += 1;
            while counted.entries.len() > MANY {
                counted.entries.pop_first();
            }
            entry
        };
        self.named(log, entry)
    }
}
