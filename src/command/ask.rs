//! What a command asks for, once it is understood.

use jiff::SignedDuration;

use crate::incident::{Command, Declaration, IncidentNo};

use super::{Admin, Verb};

/// One command, understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The row that it was read by.
    pub verb: &'static Verb,
    /// The incident that it names, if it does.
    pub incident: Option<IncidentNo>,
    /// What it asks for.
    pub ask: Ask,
}

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// To be told how.
    Help(Topic),
    /// A new incident.
    Declare(Declaration),
    /// Something to be done to an incident.
    Do(Command),
    /// To be shown something.
    Query(Query),
    /// Something about their own accounts.
    Link(Link),
    /// Something that only an admin may.
    Admin(Admin),
}

/// What somebody wants with their accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// A code for the other account.
    Offer,
    /// To show that both are theirs, with the code that the other one got.
    Prove(String),
    /// To have them apart again.
    Undo,
}

/// What help is wanted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// What matters now and here.
    Now,
    /// Every command.
    All,
    /// One command.
    Verb(&'static Verb),
    /// How to tell the levels apart.
    Severity,
    /// How to say when the next update comes.
    Times,
}

/// Something to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Query {
    /// Where an incident stands.
    Board,
    /// The statements proposed.
    Drafts,
    /// A situation report: this one, or the newest.
    Sitrep(Option<u32>),
    /// All situation reports.
    Sitreps,
    /// What is wrong.
    Problems,
    /// What was changed for the response only.
    Temporaries,
    /// The work.
    Tasks,
    /// What was asked from outside.
    Questions,
    /// What happened: all, or this many of the newest.
    Timeline(Option<u32>),
    /// Who has which role.
    Who,
    /// The incidents.
    Incidents,
    /// The figures: of all time, or of this long until now.
    Stats(Option<SignedDuration>),
}

impl Query {
    /// Where the rest is of what is too long to be shown at once.
    #[must_use]
    pub fn rest(self) -> &'static str {
        match self {
            Self::Incidents => "`!show INC-<n>` shows one.",
            Self::Drafts => "`!publish <n>` or `!discard <n>` makes room; `herald export` has them all.",
            Self::Problems => "`!solved <n>` or `!drop problem <n> <why>` makes room; `herald export` has them all.",
            Self::Temporaries => "`!undone <n>` makes room; `herald export` has them all.",
            Self::Tasks => "`!done <n>` or `!drop <n> <why>` makes room; `herald export` has them all.",
            Self::Questions => {
                "`!answered <n>` or `!drop question <n> <why>` makes room; `herald export` has them all."
            }
            Self::Board => "`!tasks`, `!problems`, `!temporaries` and `!questions` show each list.",
            Self::Sitreps => "`!sitrep <n>` shows one.",
            Self::Sitrep(_) | Self::Timeline(_) | Self::Who | Self::Stats(_) => "`herald export` has all of it.",
        }
    }
}
