//! An incident: the fold of its events.

use std::collections::{BTreeMap, BTreeSet};

use herald_chat::{MessageRef, Person, RoomRef, UserRef};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::sight::{Face, Seen, Viewer, see};
use super::{
    IncidentNo, Item, List, LogKind, Milestones, Promise, Proposed, PublicUpdate, Role, Seq, Severity, Situation,
    Status, Summary,
};

/// One incident as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Incident {
    /// Its number.
    pub no: IncidentNo,
    /// Its title. Shown only through [`Incident::seen_by`].
    pub title: String,
    /// How bad.
    pub severity: Severity,
    /// Neutral names outside its own room.
    pub security: bool,
    /// Practice.
    pub drill: bool,
    /// How far.
    pub status: Status,
    /// Whether it runs in a room of its own.
    pub own_room: bool,
    /// Whose it is: the team in whose room it was declared.
    #[serde(default)]
    pub team: Option<String>,
    /// Its own rooms, one on each network at most.
    pub rooms: BTreeSet<RoomRef>,
    /// Who was let into them by name.
    pub members: Vec<Person>,
    /// The moments that count.
    pub times: Milestones,
    /// Who runs the response.
    pub commander: Option<Person>,
    /// Who speaks to the company.
    pub spokesperson: Option<Person>,
    /// Who fixes.
    pub responders: Vec<Person>,
    /// Who watches and logs.
    pub observers: Vec<Person>,
    /// Roles that are offered.
    pub offers: Vec<Offer>,
    /// When people with a role were last heard.
    pub heard: BTreeMap<UserRef, Timestamp>,
    /// Proposed statements; draft `n` is at `n - 1`.
    pub drafts: Vec<Draft>,
    /// Statements, corrections among them, in the order they were published.
    pub published: Vec<Published>,
    /// Whether the company has been told that no more updates come, and it has not been reopened since.
    pub final_is_out: bool,
    /// When the next update is due.
    pub promise: Option<Promise>,
    /// How many promises there have been.
    pub promises: u32,
    /// How many of them were kept.
    pub kept: u32,
    /// How many of them were broken.
    pub broken: u32,
    /// Situation reports; version `n` is at `n - 1`.
    pub sitreps: Vec<Sitrep>,
    /// Who is affected and how.
    pub impact: Option<String>,
    /// What they can do.
    pub workaround: Option<String>,
    /// What is being attempted.
    pub trying: Option<String>,
    /// The numbered lists; entry `n` is at `n - 1`.
    pub lists: BTreeMap<List, Vec<Item>>,
    /// The timeline's own entries; entry `n` is at `n - 1`.
    pub log: Vec<LogEntry>,
    /// Statements that have not arrived, with where they should, and for how many minutes people know that.
    pub delayed: Vec<(String, String, u32)>,
    /// The first of its records.
    pub first: Seq,
    /// The last of its records.
    pub last: Seq,
}

/// A role that is offered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Offer {
    /// Which.
    pub role: Role,
    /// By whom.
    pub from: Person,
    /// To whom.
    pub to: Person,
    /// Since when.
    pub at: Timestamp,
}

/// A proposed statement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Draft {
    /// What it says.
    pub text: String,
    /// Who proposed it; `None` for Herald's first response.
    pub by: Option<Person>,
    /// The promise it proposes.
    pub next: Option<Proposed>,
    /// Whether it is meant for customers too.
    pub customers: bool,
    /// What became of it.
    pub state: DraftState,
}

/// What became of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DraftState {
    /// It waits for the spokesperson.
    Open,
    /// It was published.
    Published,
    /// It was thrown away.
    Discarded,
}

/// A statement and when it was published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Published {
    /// When.
    pub at: Timestamp,
    /// What.
    pub update: PublicUpdate,
}

/// A version of the situation report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Sitrep {
    /// When it was written.
    pub at: Timestamp,
    /// By whom.
    pub by: Option<Person>,
    /// What it says.
    pub text: String,
    /// Where the incident stood then.
    pub around: Situation,
}

/// An entry of the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct LogEntry {
    /// What kind.
    pub kind: LogKind,
    /// What it says now.
    pub text: String,
    /// Who said it.
    pub author: Person,
    /// The message behind it.
    pub source: Option<MessageRef>,
    /// How often it was changed, plus one.
    pub version: u32,
    /// Whether the message behind it was removed.
    pub removed: bool,
}

impl Incident {
    /// Entry `n` of the timeline.
    #[must_use]
    pub fn entry(&self, n: u32) -> Option<&LogEntry> {
        index(n).and_then(|i| self.log.get(i))
    }

    /// What [`see`] goes by.
    #[must_use]
    pub fn face(&self) -> Face<'_> {
        Face {
            no: self.no,
            title: &self.title,
            severity: self.severity,
            status: self.status,
            security: self.security,
            drill: self.drill,
            sent: self.sent().next().is_some(),
        }
    }

    /// The statements that went to customers, oldest first.
    #[must_use = "it reads, and does nothing"]
    pub fn sent(&self) -> impl DoubleEndedIterator<Item = &Published> {
        self.published.iter().filter(|it| it.update.is_for_customers())
    }

    /// What may be seen of it from there.
    #[must_use]
    pub fn seen_by(&self, viewer: Viewer) -> Seen {
        see(self.face(), viewer)
    }

    /// Who has a role.
    #[must_use]
    pub fn holders(&self, role: Role) -> &[Person] {
        match role {
            Role::Commander => self.commander.as_slice(),
            Role::Spokesperson => self.spokesperson.as_slice(),
            Role::Responder => &self.responders,
            Role::Observer => &self.observers,
        }
    }

    /// Whether this person has the role.
    #[must_use]
    pub fn holds(&self, role: Role, person: &Person) -> bool {
        self.holders(role).contains(person)
    }

    /// Whether this person has any role.
    #[must_use]
    pub fn has_role(&self, user: &UserRef) -> bool {
        [Role::Commander, Role::Spokesperson, Role::Responder, Role::Observer]
            .iter()
            .any(|role| self.holders(*role).iter().any(|holder| holder.id == *user))
    }

    /// All entries of a list; entry `n` is at `n - 1`.
    #[must_use]
    pub fn items(&self, list: List) -> &[Item] {
        self.lists.get(&list).map_or(&[], Vec::as_slice)
    }

    /// Entry `n` of a list.
    #[must_use]
    pub fn item(&self, list: List, n: u32) -> Option<&Item> {
        index(n).and_then(|i| self.items(list).get(i))
    }

    /// Draft `n`.
    #[must_use]
    pub fn draft(&self, n: u32) -> Option<&Draft> {
        index(n).and_then(|i| self.drafts.get(i))
    }

    /// Drafts that wait for the spokesperson, with their numbers.
    pub fn open_drafts(&self) -> impl Iterator<Item = (u32, &Draft)> {
        (1..).zip(&self.drafts).filter(|(_, draft)| draft.state == DraftState::Open)
    }

    /// The number of the last update. Corrections do not count.
    #[must_use]
    pub fn last_update(&self) -> Option<u32> {
        self.published.iter().rev().find_map(|published| published.update.number())
    }

    /// Whether nothing more can happen to it.
    #[must_use]
    pub fn is_over(&self) -> bool {
        match self.status {
            Status::Closed => true,
            Status::Cancelled => self.last_update().is_none() || self.final_is_out,
            Status::Investigating | Status::Identified | Status::Mitigated | Status::Resolved => false,
        }
    }

    /// What is kept at hand once it is over.
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary {
            no: self.no,
            title: self.title.clone(),
            severity: self.severity,
            status: self.status,
            security: self.security,
            drill: self.drill,
            sent: self.sent().next().is_some(),
            rooms: self.rooms.clone(),
            times: self.times.clone(),
            kept: self.kept,
            broken: self.broken,
            first: self.first,
            last: self.last,
        }
    }
}

/// Where number `n` (from 1) is.
pub(super) fn index(n: u32) -> Option<usize> {
    usize::try_from(n).ok()?.checked_sub(1)
}
