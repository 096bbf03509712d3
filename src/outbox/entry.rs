//! One thing to be done on a platform, as it lies in the journal until it is done.

use std::fmt;

use herald_chat::{Network, Person, RoomRef, SendKey, Text, UserRef};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::announce::Action;
use crate::incident::{IncidentNo, Subject};
use crate::relay::{Part, SaidNo, Side};

/// An entry's number. Smaller was made earlier.
pub type EntryId = u64;

/// Where an entry goes. Entries for the same place go one after another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dest {
    /// A room.
    Room(RoomRef),
    /// The incident's own room on a network, also before it is there.
    Own(IncidentNo, Network),
    /// The room between Herald and this account.
    Direct(UserRef),
}

/// How urgent. Smaller goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rank {
    /// A statement that has been promised to people outside.
    Public,
    /// What people inside wait for.
    Inside,
    /// A board: it goes when nothing else waits for its room.
    Board,
    /// The last that is done in a room: it goes when nothing at all waits there.
    Last,
}

/// A statement whose way to a room people care about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Statement {
    /// The incident.
    pub incident: IncidentNo,
    /// What it is called: `update 3`.
    pub what: String,
}

/// One thing to be done on a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Entry {
    /// Its number.
    pub id: EntryId,
    /// Where.
    pub dest: Dest,
    /// How urgent.
    pub rank: Rank,
    /// What.
    pub action: Action,
    /// What makes a repeated send the same send.
    pub key: SendKey,
    /// When it was decided: no attempt is older.
    pub made: Timestamp,
    /// What the message will stand for once it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// Set on statements to people outside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<Statement>,
    /// Set when it has to do with a message that stands in several rooms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tie: Option<Tie>,
    /// Set on the removal of what somebody wrote, who is told what became of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removal: Option<Box<Removal>>,
}

/// Who is told of a removal once it is known what became of it: only what was done is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Removal {
    /// Somebody wrote where only Herald does.
    Stray {
        /// Who.
        by: Person,
        /// With which account.
        account: UserRef,
        /// Whether that is a person, who can be told.
        is_person: bool,
        /// What they typed.
        typed: String,
    },
    /// It may have been meant to be secret.
    Secret {
        /// With which account it was written.
        account: UserRef,
        /// What they are told once it is gone.
        gone: Text,
        /// What they are told when it stands there still.
        stands: Text,
    },
}

impl Entry {
    /// Whether it makes, changes or removes the same part of what stands for a message as another does.
    pub(super) fn is_of_same_part(&self, other: &Self) -> bool {
        let part = |entry: &Self| entry.tie.as_ref().and_then(|tie| Some((tie.side.clone(), tie.part?)));
        part(self).is_some_and(|it| part(other) == Some(it))
    }

    /// Whether it passes on what is about what another makes: it answers it, goes on with it, or shows who reacted to it.
    /// That stands below the first that is made for a message, its words where there are some. What Herald itself answers
    /// waits for nothing.
    pub(super) fn is_about(&self, other: &Self) -> bool {
        let answers = self.tie.as_ref().and_then(|tie| tie.answers);
        answers.is_some() && answers == other.begins() && self.is_passed_on()
    }

    /// The message of which it makes what stands first on its side, and is not the line that shows who reacted.
    fn begins(&self) -> Option<SaidNo> {
        let tie = self.tie.as_ref()?;
        let (n, part) = tie.part?;
        let makes = matches!(self.action, Action::Post(_) | Action::File(..));
        (makes && part == 0 && tie.answers != Some(n)).then_some(n)
    }

    /// Whether it passes on what people do, and is not what Herald itself says.
    pub(super) fn is_passed_on(&self) -> bool {
        let Some(tie) = &self.tie else { return false };
        match &self.action {
            Action::Post(post) => {
                post.voice.is_some() || tie.answers.is_some_and(|n| tie.part.is_some_and(|it| it.0 == n))
            }
            Action::File(..) | Action::Rewrite(_) | Action::Withdraw => true,
            Action::Edit(..)
            | Action::Pin(..)
            | Action::Delete(_)
            | Action::Open(_)
            | Action::Invite(_)
            | Action::Exclude(_)
            | Action::Archive => false,
        }
    }

    /// Whether it is dropped after a while, and told, when nothing but itself fails. Statements wait, and an incident's own
    /// room: without it nothing can be said there.
    pub(super) fn may_give_way(&self) -> bool {
        self.statement.is_none() && self.rank != Rank::Public && !matches!(self.action, Action::Open(_))
    }
}

/// How an entry has to do with messages that stand in several rooms. Which messages those are is looked up when its turn
/// comes. What makes them has gone before by then; what has not got there stays unnamed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Tie {
    /// The side that it goes to.
    pub side: Side,
    /// What it makes, changes or removes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<(SaidNo, Part)>,
    /// What it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<SaidNo>,
}

impl From<Side> for Dest {
    fn from(side: Side) -> Self {
        match side {
            Side::Room(room) => Self::Room(room),
            Side::Own(no, network) => Self::Own(no, network),
        }
    }
}

impl Dest {
    /// The platform it is on.
    #[must_use]
    pub fn network(&self) -> Network {
        match self {
            Self::Room(room) => room.network(),
            Self::Own(_, network) => network.clone(),
            Self::Direct(user) => user.network(),
        }
    }
}

impl fmt::Display for Dest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Room(room) => room.fmt(f),
            Self::Own(no, network) => write!(f, "{network}:{no}"),
            Self::Direct(user) => write!(f, "direct {user}"),
        }
    }
}
