//! Who did something, as the server's audit log tells whoever has `View Audit Log`.
//!
//! Discord tells of a message that is gone, and not who took it away. Its audit log names those who took away what others
//! wrote. Deletions of one person's messages by another make one entry whose count grows, and the gateway tells of the first
//! alone: so the log is asked, and what each entry has counted is kept in mind.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use herald_chat::{Arrival, Inbound, Origin, Person};
use jiff::SignedDuration;
use serde::Deserialize;

use crate::Inner;
use crate::events::wire::{Id, User};
use crate::names::made_at;
use crate::permissions::{VIEW_AUDIT_LOG, on_server};
use crate::rest::Request;

/// Discord's numbers for what somebody did.
pub(crate) const CHANNEL_CHANGED: u64 = 11;
pub(crate) const WEBHOOK_CHANGED: u64 = 51;
const MESSAGE_DELETED: u64 = 72;
const MESSAGES_DELETED: u64 = 73;
pub(crate) const THREAD_CHANGED: u64 = 111;

/// How old an entry may be that is about what has just happened, by clocks that may differ so far.
const LATELY: SignedDuration = SignedDuration::from_mins(1);
/// How old an entry is at the beginning that is certainly about something from before.
const JUST: SignedDuration = SignedDuration::from_secs(10);
/// How long an entry may take to be there.
const COMES: Duration = Duration::from_millis(800);
/// Of how many entries it is known what they have counted.
const MANY: usize = 500;

/// Who did what, as far as the log tells.
enum Who {
    /// Somebody other than the author.
    Somebody(Person, Origin),
    /// It names nobody.
    Nobody,
    /// It cannot be read.
    Unknown,
}

/// What each entry about deleted messages has counted so far.
#[derive(Default)]
pub(crate) struct Counted {
    entries: BTreeMap<u64, u64>,
    /// Whether what was there at the beginning is known.
    begun: bool,
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

    async fn log(&self, action: u64) -> Option<Log> {
        if !self.may_audit().await {
            return None;
        }
        let path = format!("/guilds/{}/audit-logs", self.settings.guild);
        let request = Request::get(path).query("action_type", action).query("limit", 50);
        match self.rest.ask_as(request).await {
            Ok(log) => Some(log),
            Err(failure) => {
                let why = herald_chat::SendError::from(failure);
                tracing::warn!(%why, "the audit log cannot be read, so nobody knows who did it");
                None
            }
        }
    }

    /// Who did this to that a moment ago, other than Herald.
    pub(crate) async fn who(&self, action: u64, target: u64) -> Option<Person> {
        let log = self.log(action).await?;
        let now = self.clock.now();
        let is_it = |it: &&Entry| {
            it.target_id == Some(Id(target))
                && it.user_id.is_some_and(|user| user.0 != self.my_id())
                && now.duration_since(made_at(it.id.0)).abs() < LATELY
        };
        let entry = log.entries.iter().find(is_it)?;
        self.named(&log, entry).map(|(person, _)| person)
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
        let Some(log) = self.log(MESSAGE_DELETED).await else { return };
        let now = self.clock.now();
        let counted = &mut self.notes().counted;
        // What is younger may be about what Herald has just heard of.
        let old = |entry: &&Entry| now.duration_since(made_at(entry.id.0)) > JUST;
        for entry in log.entries.iter().filter(old) {
            counted.entries.insert(entry.id.0, entry.count());
        }
        counted.begun = true;
    }

    /// A message is gone, or several: hands that on with who did it, as soon as that is known.
    pub(crate) async fn find_deleter(self: Arc<Self>, gone: Vec<(Inbound, Option<Person>)>, channel: u64) {
        let at_once = gone.len() > 1;
        for (inbound, author) in gone {
            let who = if at_once { self.of_many(channel).await } else { self.deleter(channel, author.as_ref()).await };
            let (by, origin) = match (who, author) {
                (Who::Somebody(person, origin), _) => (person, origin),
                // Whoever writes may take it back, and then the log says nothing. Herald knows what it took away itself.
                (Who::Nobody, Some(author)) if author.id != self.me.id && !at_once => (author, Origin::Human),
                (Who::Nobody | Who::Unknown, _) => (inbound.by.clone(), Origin::Unknown),
            };
            self.arrive(Arrival::Event(Inbound { by, origin, ..inbound }));
        }
    }

    async fn of_many(&self, channel: u64) -> Who {
        let Some(log) = self.log(MESSAGES_DELETED).await else { return Who::Unknown };
        let now = self.clock.now();
        let is_it =
            |it: &&Entry| it.target_id == Some(Id(channel)) && now.duration_since(made_at(it.id.0)).abs() < LATELY;
        let found = log.entries.iter().find(is_it).and_then(|entry| self.named(&log, entry));
        found.map_or(Who::Unknown, |(person, origin)| Who::Somebody(person, origin))
    }

    async fn deleter(&self, channel: u64, author: Option<&Person>) -> Who {
        let author = author.and_then(|it| crate::names::snowflake(it.id.id()));
        for is_last in [false, true] {
            let Some(log) = self.log(MESSAGE_DELETED).await else { return Who::Unknown };
            if let Some((person, origin)) = self.counted_anew(&log, channel, author) {
                return Who::Somebody(person, origin);
            }
            if !is_last {
                self.wait(COMES).await;
            }
        }
        Who::Nobody
    }

    /// The first entry about such a message that has counted more than it had, which counts this one.
    fn counted_anew(&self, log: &Log, channel: u64, author: Option<u64>) -> Option<(Person, Origin)> {
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
                    && author.is_none_or(|author| it.target_id == Some(Id(author)))
                    && it.count() > before(it)
            };
            let entry = log.entries.iter().find(is_it)?;
            *counted.entries.entry(entry.id.0).or_default() += 1;
            if counted.entries.len() > MANY {
                counted.entries.pop_first();
            }
            entry
        };
        self.named(log, entry)
    }
}
