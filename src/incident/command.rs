//! What people ask for, understood but not yet allowed.

use herald_chat::{MessageRef, Person};
use jiff::SignedDuration;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;

use super::{IncidentNo, List, LogKind, Role, Severity};

/// The time of the next update, as somebody put it.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// `next 1h15m`
    In(SignedDuration),
    /// `next 14:30`, `next tomorrow 09:00 Europe/Prague`. Without a zone, the configured one.
    At {
        /// The time of day.
        time: Time,
        /// Tomorrow rather than today.
        tomorrow: bool,
        /// The zone, if one was named.
        zone: Option<TimeZone>,
    },
    /// `next 2026-03-14 09:00`. Without a zone, the configured one.
    On {
        /// The day and the time of day.
        at: DateTime,
        /// The zone, if one was named.
        zone: Option<TimeZone>,
    },
    /// `final`: there is no next update.
    Final,
}

/// A new incident, as somebody declares it.
#[derive(Debug, Clone, PartialEq)]
pub struct Declaration {
    /// What is wrong, in the declarer's words.
    pub title: String,
    /// How bad, if they said.
    pub severity: Option<Severity>,
    /// Neutral names outside its own room.
    pub security: bool,
    /// A practice incident.
    pub drill: bool,
    /// Whoever declares it has said that everybody may read it.
    pub public: bool,
}

/// Something that somebody wants to do to an incident.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Have a role.
    Take { role: Role },
    /// Give somebody a role.
    Assign { role: Role, to: Person },
    /// Give a role back.
    Release { role: Role },
    /// Offer a role to somebody.
    Handoff { role: Role, to: Person },
    /// Take what was offered.
    Accept,
    /// Refuse what was offered.
    Decline,
    /// Let somebody into the incident's own room.
    Invite { person: Person },
    /// Call it better or worse.
    Severity { level: Severity, why: Option<String> },
    /// Name the cause.
    Identified { cause: String },
    /// Say how users were freed of it.
    Mitigated { how: String },
    /// Call it over.
    Resolve { summary: String },
    /// Call it not over.
    Reopen { why: String },
    /// Say that nothing is owed any more.
    Close,
    /// Call it none.
    Cancel { why: String },
    /// Call it part of another.
    Duplicate { of: IncidentNo },
    /// Publish a statement, or propose it to whoever can. `anyway`: whatever the leak guard takes it for.
    Update { text: String, next: Option<Next>, customers: bool, anyway: bool },
    /// Propose a statement.
    Draft { text: String, next: Option<Next>, customers: bool },
    /// Publish a proposed statement, with another promise than it proposes if one is given.
    Publish { n: u32, next: Option<Next>, anyway: bool },
    /// Put another in the place of a proposed statement.
    Redraft { n: u32, text: String, next: Option<Next>, customers: bool },
    /// Throw a proposed statement away.
    Discard { n: u32 },
    /// Set a published statement right, with a promise where one is owed.
    Correct { update: u32, text: String, next: Option<Next>, anyway: bool },
    /// Write the situation down.
    Sitrep { text: String },
    /// Say who is affected and how.
    Impact { text: String },
    /// Say what they can do.
    Workaround { text: String },
    /// Say what is being attempted.
    Trying { text: String },
    /// Put something on a list.
    Add { list: List, text: String, owner: Option<Person> },
    /// Make something on a list somebody's.
    Own { list: List, n: u32, owner: Person },
    /// Call something on a list done.
    Settle { list: List, n: u32 },
    /// Take something off a list undone.
    Drop { list: List, n: u32, why: String },
    /// Call for help.
    Need { text: String },
    /// Put something on the timeline. The engine adds the message that said so, to follow its edits.
    Log { kind: LogKind, text: String, source: Option<MessageRef> },
    /// Put somebody's message on the timeline.
    Pin { text: String, author: Person, source: MessageRef },
    /// The message behind a timeline entry says something else now.
    EditLog { n: u32, text: String },
    /// The message behind a timeline entry is gone.
    RemoveLog { n: u32 },
    /// Ask from outside.
    Ask { text: String },
}

impl Command {
    /// What somebody says with it in words of their own, if they do.
    #[must_use]
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Identified { cause: text }
            | Self::Mitigated { how: text }
            | Self::Resolve { summary: text }
            | Self::Reopen { why: text }
            | Self::Cancel { why: text }
            | Self::Update { text, .. }
            | Self::Draft { text, .. }
            | Self::Redraft { text, .. }
            | Self::Correct { text, .. }
            | Self::Sitrep { text }
            | Self::Impact { text }
            | Self::Workaround { text }
            | Self::Trying { text }
            | Self::Add { text, .. }
            | Self::Drop { why: text, .. }
            | Self::Need { text }
            | Self::Log { text, .. }
            | Self::Pin { text, .. }
            | Self::EditLog { text, .. }
            | Self::Ask { text } => Some(text),
            Self::Severity { why, .. } => why.as_deref(),
            Self::Take { .. }
            | Self::Assign { .. }
            | Self::Release { .. }
            | Self::Handoff { .. }
            | Self::Accept
            | Self::Decline
            | Self::Invite { .. }
            | Self::Close
            | Self::Duplicate { .. }
            | Self::Publish { .. }
            | Self::Discard { .. }
            | Self::Own { .. }
            | Self::Settle { .. }
            | Self::RemoveLog { .. } => None,
        }
    }
}
