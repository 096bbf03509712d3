//! What happened, in the past tense. Written once, never edited: a change of shape is a new variant or a new
//! optional field, and old records go on being read.

use herald_chat::{MessageRef, Person, RoomRef, UserRef};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::public::PublicUpdate;
use super::{House, IncidentNo, List, LogKind, Role, Severity};

/// The place of a record in the journal, from 1.
pub type Seq = u64;

/// One event with its circumstances.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its place in the journal.
    pub seq: Seq,
    /// When Herald decided it.
    pub at: Timestamp,
    /// The incident it belongs to, or [`IncidentNo::HOUSE`].
    pub incident: IncidentNo,
    /// Who caused it. `None` when the clock or a delivery did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Person>,
    /// What it was.
    pub event: Event,
}

/// What happened to an incident. Its name, as a `&str`, is for the log: it holds nobody's words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Event {
    /// It began. Whoever declared it is its commander; the first update is owed by `due`; `team` is whose room it was
    /// declared in.
    Declared {
        title: String,
        severity: Severity,
        security: bool,
        drill: bool,
        own_room: bool,
        due: Option<Timestamp>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<String>,
    },
    /// Its own room is there.
    RoomOpened { room: RoomRef },
    /// Somebody was let into its own room.
    Invited { person: Person },
    /// Somebody has a role now; `from` had it until now; `silent_min` says for how long they had been silent, if that
    /// is why it could be taken.
    RoleTaken { role: Role, person: Person, from: Option<Person>, silent_min: Option<u32> },
    /// The commander gave somebody a role.
    RoleAssigned { role: Role, person: Person, from: Option<Person> },
    /// Somebody gave a role back.
    RoleReleased { role: Role, person: Person },
    /// A role was offered.
    HandoffOffered { role: Role, from: Person, to: Person },
    /// The offer was accepted.
    HandoffAccepted { role: Role, from: Person, to: Person },
    /// The offer came to nothing.
    HandoffEnded { role: Role, from: Person, to: Person, why: HandoffEnd },
    /// It is better or worse than thought.
    /// `due` is when the first update is owed now, if that changed.
    SeverityChanged { from: Severity, to: Severity, why: Option<String>, due: Option<Timestamp> },
    /// The cause is known.
    Identified { cause: String },
    /// Users are no longer affected.
    Mitigated { how: String },
    /// It is over.
    Resolved { summary: String },
    /// It was not over. `due` is when the company is owed an update, if nothing is promised.
    Reopened { why: String, due: Option<Timestamp> },
    /// Nothing is owed any more.
    Closed,
    /// It was none; `of` is set when it is part of another.
    Cancelled { why: String, of: Option<IncidentNo> },
    /// A statement for the company.
    UpdatePublished { update: PublicUpdate },
    /// A numbered proposal for an update. The first response is Herald's own, and then the record has no `by`.
    DraftProposed { n: u32, text: String, next: Option<Proposed>, customers: bool },
    /// A draft was thrown away.
    DraftDiscarded { n: u32 },
    /// A version of the situation report.
    SitrepWritten { n: u32, text: String },
    /// Who is affected and how.
    ImpactStated { text: String },
    /// What those affected can do.
    WorkaroundStated { text: String },
    /// What is being attempted.
    AttemptStated { text: String },
    /// Something was put on a list.
    Listed { list: List, n: u32, text: String, owner: Option<Person> },
    /// Something on a list found an owner.
    Owned { list: List, n: u32, owner: Person },
    /// Something on a list is over; `dropped` says why when it was not done.
    Settled { list: List, n: u32, dropped: Option<String> },
    /// A call for help.
    HelpNeeded { text: String },
    /// Something for the timeline. `author` wrote it, the record's `by` put it there.
    Logged { n: u32, kind: LogKind, text: String, author: Person, source: Option<MessageRef> },
    /// The message behind a timeline entry was changed: version `version` of it.
    LogEdited { n: u32, version: u32, text: String },
    /// The message behind a timeline entry was removed.
    LogRemoved { n: u32 },
    /// Somebody with a role spoke. Kept once a minute at most, and only for what silence means.
    Heard,
    /// A step of the promise's ladder was taken.
    Reminded { promise: u32, step: u32 },
    /// A statement had not reached a place (`company`) for `minutes`.
    DeliveryDelayed { what: String, place: String, minutes: u32 },
    /// A delayed statement is there now, or was in time after all.
    Delivered { what: String, place: String },
    /// A statement will never reach a place, and why.
    DeliveryRefused { what: String, place: String, reason: String },
    /// `account` was linked with another: what was its part is this person's.
    AccountJoined { account: UserRef, person: Person },
    /// An admin took somebody off who left. They had these roles, and these entries of lists were theirs.
    PersonLeft { person: Person, roles: Vec<Role>, items: Vec<(List, u32)> },
    /// Something that is about no incident.
    House(House),
    /// A post of Herald's was deleted by somebody else. The record has no `by` where the platform does not say who it was.
    PostDeleted { what: Deleted, place: String },
    /// Somebody is in the incident's own room no more. The record has no `by` when they lost what their access hung on.
    ShutOut { person: Person },
}

/// A post of Herald's that is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Deleted {
    /// The statement of this name, which was update `of` or set it right.
    Statement { name: String, of: u32 },
    /// What showed a draft.
    Draft { n: u32 },
    /// The board.
    Board,
}

/// The promise that a draft proposes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proposed {
    /// So many minutes after it is published.
    Minutes(u32),
    /// At this moment.
    At(Timestamp),
    /// None: it is the last one.
    Final,
}

/// Why an offer came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HandoffEnd {
    /// The one asked said no.
    Declined,
    /// Nobody answered in time.
    Unanswered,
    /// The role or the offer changed in the meantime.
    Overtaken,
}
