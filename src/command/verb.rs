//! What a row of the grammar is, and how one is found.

use std::fmt;

use crate::incident::{DidYouMean, Refusal};

use super::args::Args;
use super::{Ask, VERBS};

/// One row of the grammar.
#[derive(Clone, Copy)]
pub struct Verb {
    /// The word after the `!`.
    pub name: &'static str,
    /// Other words for it.
    pub aliases: &'static [&'static str],
    /// Its form: `<…>` must be there, `[…]` may be.
    pub usage: &'static str,
    /// What it does, in a sentence or two.
    pub summary: &'static str,
    /// One use of it, which parses.
    pub example: &'static str,
    /// Who may, in words that follow "for": "the commander".
    pub who: &'static str,
    /// The page of help it stands on.
    pub group: Group,
    /// Where it may be typed.
    pub places: Places,
    pub(super) parse: fn(&mut Args<'_>) -> Result<Ask, Refusal>,
}

impl Verb {
    /// Whether it is for customers too, who are in no room for people inside.
    #[must_use]
    pub fn is_for_customers(&self) -> bool {
        matches!(self.name, "ask" | "status" | "incidents" | "show" | "link" | "unlink" | "help")
    }

    /// What to do in place of writing it to Herald alone, also for somebody who is in no room where it may be typed.
    #[must_use]
    pub fn instead_of_direct(&self) -> &'static str {
        match self.places {
            Places::WarRoom => {
                "It is for those in the war room, and is typed there. Whoever looks after that room lets people in."
            }
            Places::Engineers => {
                "It is for those in the war room or in engineering, and is typed there. Whoever looks after those rooms lets people in."
            }
            Places::Direct | Places::Admins | Places::Everywhere => self.instead(),
        }
    }

    /// What to do where it may not be typed: the rest of [`Refusal::NotHere`].
    #[must_use]
    pub fn instead(&self) -> &'static str {
        self.places.instead()
    }
}

/// Rows are told apart by name.
impl PartialEq for Verb {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Verb {}

impl fmt::Debug for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "!{}", self.name)
    }
}

/// What belongs together in help, in the order of showing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::EnumIter)]
pub enum Group {
    /// How an incident begins.
    Begin,
    /// Who does what.
    Roles,
    /// How far it has come.
    Course,
    /// What the company is told.
    Updates,
    /// How things stand.
    Situation,
    /// What happened.
    Timeline,
    /// What is to be done.
    Tasks,
    /// What others want to know.
    Questions,
    /// What there is to see.
    Look,
    /// What admins do.
    Admin,
}

impl Group {
    /// Its heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Begin => "Begin",
            Self::Roles => "Roles",
            Self::Course => "Course",
            Self::Updates => "Updates",
            Self::Situation => "Situation",
            Self::Timeline => "Timeline",
            Self::Tasks => "Tasks",
            Self::Questions => "Questions",
            Self::Look => "Look",
            Self::Admin => "Administration",
        }
    }
}

/// Where something is typed. An incident's own room is a war room. No command is for the company's or the customers'
/// channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Where people respond.
    WarRoom,
    /// Where everybody who could help is.
    Engineering,
    /// Where whoever runs Herald is.
    Admin,
    /// Between one person and Herald.
    Direct,
}

/// A set of places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Places {
    /// The war room only.
    WarRoom,
    /// The war room and engineering.
    Engineers,
    /// By direct message only.
    Direct,
    /// An admin room, or by direct message.
    Admins,
    /// Everywhere.
    Everywhere,
}

impl Places {
    /// Whether `place` is one of them.
    #[must_use]
    pub fn contains(self, place: Place) -> bool {
        match self {
            Self::WarRoom => place == Place::WarRoom,
            Self::Engineers => matches!(place, Place::WarRoom | Place::Engineering),
            Self::Direct => place == Place::Direct,
            Self::Admins => matches!(place, Place::Admin | Place::Direct),
            Self::Everywhere => true,
        }
    }

    fn instead(self) -> &'static str {
        match self {
            Self::WarRoom => "Write it in the war room.",
            Self::Engineers => "Write it in the war room or in engineering.",
            Self::Direct => "Send it to me as a direct message.",
            Self::Admins => "Write it in an admin room, or send it to me as a direct message.",
            Self::Everywhere => "Write it in the war room, or send it to me as a direct message.",
        }
    }
}

/// The row called `word`, in any case.
pub(super) fn named(word: &str) -> Option<&'static Verb> {
    named_in(VERBS, word)
}

/// The same among these rows.
pub(super) fn named_in(rows: &'static [Verb], word: &str) -> Option<&'static Verb> {
    let is = |name: &&str| name.eq_ignore_ascii_case(word);
    rows.iter().find(|verb| is(&verb.name) || verb.aliases.iter().any(is))
}

/// The name or alias that `word` was most likely meant to be: a slip of a key or two away (one in a short word), or
/// begun and not ended.
pub(super) fn like(word: &str) -> DidYouMean {
    like_in(VERBS, word)
}

/// The same among these rows.
pub(super) fn like_in(rows: &'static [Verb], word: &str) -> DidYouMean {
    let word = word.to_lowercase();
    let slips = match word.chars().count() {
        0..=2 | 24.. => return DidYouMean(None),
        3..=4 => 1,
        5.. => 2,
    };
    let names = || rows.iter().flat_map(|verb| std::iter::once(&verb.name).chain(verb.aliases));
    let near = names().map(|name| (strsim::osa_distance(&word, name), *name)).filter(|(far, _)| *far <= slips);
    let nearest = near.min_by(|(a, one), (b, other)| {
        let alike = |name: &str| strsim::jaro_winkler(&word, name);
        a.cmp(b).then_with(|| alike(other).total_cmp(&alike(one)))
    });
    let begun = names().find(|name| name.starts_with(&word)).copied();
    DidYouMean(nearest.map(|(_, name)| name).or(begun))
}
