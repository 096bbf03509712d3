//! Whoever writes to Herald alone and is in no room for people inside.

use herald_chat::{Person, What};

use super::budget::Kind;
use super::inbound::Site;
use super::members::Standing;
use super::record::From;
use super::{Engine, Step};
use crate::announce::{self, Out};
use crate::command::{Line, Place, named_verb};
use crate::incident::Refusal;
use crate::incident::allowance::Permit;
use crate::journal::Journal;

impl<J: Journal> Engine<J> {
    /// Tells somebody that they are in none of Herald's rooms, now and then, or that nobody can say whether they are. Returns
    /// whether it did.
    pub(super) fn turn_away(&mut self, step: &mut Step, standing: Standing, what: &What, from: From<'_>) -> bool {
        if !matches!(what, What::Message { .. } | What::Command { .. }) {
            return false;
        }
        let (kind, text) = match standing {
            Standing::Stranger => (Kind::Stranger, announce::stranger()),
            Standing::Unknown | Standing::Inside | Standing::Customer => (Kind::Direct, announce::unseen()),
        };
        if self.spend(from.account, kind, step.now) != Permit::Go {
            return false;
        }
        self.send(step, None, &Out::answer(text), Some(from.room));
        true
    }

    /// Whether somebody may not go on now, and if so, whether they are told.
    pub(super) fn held_up(
        &mut self,
        step: &mut Step,
        site: Site,
        by: &Person,
        line: Option<&Line>,
        from: From<'_>,
    ) -> Option<bool> {
        match self.may_go_on(step, site, by, line) {
            Ok(()) => None,
            Err(Some(refusal)) => {
                self.refuse(step, &refusal, from);
                Some(true)
            }
            Err(None) => Some(false),
        }
    }
}

/// Why a command is not for where it stands, before anything in it is looked at: what is said about its words could
/// tell more than somebody there may know.
pub(super) fn is_not_for(site: Site, text: &str) -> Option<Refusal> {
    let verb = named_verb(text);
    match site {
        Site::Outside if text.trim_start().starts_with('!') && verb.is_none_or(|it| !it.is_for_customers()) => {
            Some(Refusal::NotForYou)
        }
        Site::Direct => {
            let verb = verb.filter(|it| !it.places.contains(Place::Direct))?;
            Some(Refusal::NotHere { verb: verb.name, instead: verb.instead_of_direct() })
        }
        Site::Outside | Site::Channel(_) | Site::Own(_) => None,
    }
}
