//! How much one person may cause in a time. Whoever goes too fast is told so at once, and then once a minute,
//! with when to go on.

use std::collections::BTreeMap;

use herald_chat::{Person, UserRef};
use jiff::{SignedDuration, Timestamp};

use super::inbound::Site;
use super::{Engine, Step};
use crate::command::{Ask, Line, Link};
use crate::config::Limits;
use crate::incident::allowance::{Allowance, Permit, Spent};
use crate::incident::words::span;
use crate::incident::{Command, Refusal};
use crate::journal::Journal;

/// Of how many people and kinds it is known at most what they have used.
const KEPT: usize = 4096;
/// How often somebody is told that they are in none of Herald's rooms.
const STRANGER: Allowance = Allowance { most: 1, within: SignedDuration::from_hours(1) };
/// How often it is told that somebody tries to change something of rooms.
const CHANGES: Allowance = Allowance::new(5, 30);

/// What is counted by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Commands,
    Direct,
    Questions,
    Drafts,
    Declarations,
    Calls,
    Codes,
    Stranger,
    /// How often the networks are asked where somebody is who writes to Herald alone, before anything else is counted.
    Lookups,
    /// Changes of rooms that are told.
    Changes,
}

impl Kind {
    fn allowance(self, all: &Limits) -> Allowance {
        match self {
            Self::Commands => all.commands,
            Self::Direct | Self::Lookups => all.direct,
            Self::Questions => all.questions,
            Self::Drafts => all.drafts,
            Self::Declarations => all.declarations,
            Self::Calls => all.calls,
            Self::Codes => all.codes,
            Self::Stranger => STRANGER,
            Self::Changes => CHANGES,
        }
    }
}

/// What everybody has used. After a restart nobody has used anything.
#[derive(Debug, Default)]
pub(super) struct Budget(BTreeMap<(UserRef, Kind), Spent>);

impl Budget {
    fn take(&mut self, who: &UserRef, kind: Kind, allowance: Allowance, now: Timestamp) -> Permit {
        if self.0.len() >= KEPT {
            self.0.retain(|_, spent| spent.clear_at().is_some_and(|at| at > now));
        }
        while self.0.len() >= KEPT {
            let oldest = self.0.iter().min_by_key(|(_, spent)| spent.clear_at()).map(|(key, _)| key.clone());
            oldest.and_then(|key| self.0.remove(&key));
        }
        self.0.entry((who.clone(), kind)).or_default().take(allowance, now)
    }
}

impl<J: Journal> Engine<J> {
    /// Uses one of what somebody may cause.
    pub(super) fn spend(&mut self, who: &UserRef, kind: Kind, now: Timestamp) -> Permit {
        let allowance = kind.allowance(&self.setup.limits);
        self.budget.take(who, kind, allowance, now)
    }

    /// Whether somebody may give another command, or pin something, now.
    ///
    /// # Errors
    /// Why not; with nothing to say when they know. What may have been meant to be secret does not stay where it is, and is
    /// always given back.
    pub(super) fn may_go_on(
        &mut self,
        step: &Step,
        site: Site,
        by: &Person,
        line: Option<&Line>,
    ) -> Result<(), Option<Refusal>> {
        let general = if matches!(site, Site::Direct | Site::Outside) { Kind::Direct } else { Kind::Commands };
        let special = line.and_then(|line| self.special(by, &line.ask));
        for kind in [Some(general), special].into_iter().flatten() {
            match self.spend(&by.id, kind, step.now) {
                Permit::Go => {}
                Permit::Silence(_) if step.secret.is_none() => return Err(None),
                Permit::Wait(wait) | Permit::Silence(wait) => return Err(Some(Refusal::TooFast { wait: span(wait) })),
            }
        }
        Ok(())
    }

    fn special(&self, by: &Person, ask: &Ask) -> Option<Kind> {
        let speaks = || self.open.values().any(|it| it.spokesperson.as_ref() == Some(by));
        match ask {
            Ask::Declare(_) => Some(Kind::Declarations),
            Ask::Link(Link::Offer) => Some(Kind::Codes),
            Ask::Do(Command::Ask { .. }) => Some(Kind::Questions),
            Ask::Do(Command::Need { .. }) => Some(Kind::Calls),
            Ask::Do(Command::Draft { .. } | Command::Redraft { .. } | Command::Update { .. }) => {
                Some(Kind::Drafts).filter(|_| !speaks())
            }
            Ask::Do(_) | Ask::Help(_) | Ask::Query(_) | Ask::Link(_) | Ask::Admin(_) => None,
        }
    }
}
