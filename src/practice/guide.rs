//! The guided first incident: what to do next, from where things stand.

use herald_chat::Person;
use jiff::Timestamp;

use crate::engine::Engine;
use crate::incident::words::short;
use crate::incident::{Incident, Policy, Status};
use crate::journal::Journal;

/// How many steps a whole incident takes here.
pub(super) const STEPS: usize = 7;

/// Where practice stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Stand {
    /// The newest incident that is open.
    pub(super) open: Option<Open>,
    /// How many are over.
    pub(super) over: usize,
}

/// Where an open incident stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Open {
    /// What it is called where it is worked on.
    pub(super) label: String,
    /// `critical · investigating`.
    pub(super) state: String,
    /// When the next update is due.
    pub(super) due: Option<Timestamp>,
    /// The longest promise there may be, as it is typed.
    pub(super) limit: String,
    pub(super) commander: Option<String>,
    pub(super) spokesperson: Option<String>,
    /// The first draft that waits for the spokesperson.
    pub(super) draft: Option<u32>,
    /// Whether the company has heard anything.
    pub(super) updated: bool,
    /// Whether there is anything on the timeline that people put there.
    pub(super) logged: bool,
    /// Whether it is resolved, or was none.
    pub(super) settled: bool,
    /// Whether the company waits for a last word.
    pub(super) final_owed: bool,
}

impl Stand {
    /// As `engine` has it.
    pub(super) fn of<J: Journal>(engine: &Engine<J>, policy: &Policy) -> Self {
        Self { open: engine.incidents().last().map(|it| Open::of(it, policy)), over: engine.summaries().count() }
    }
}

impl Open {
    fn of(incident: &Incident, policy: &Policy) -> Self {
        let name = |person: &Option<Person>| person.as_ref().map(|person| person.name.clone());
        let settled = match incident.status {
            Status::Investigating | Status::Identified | Status::Mitigated => false,
            Status::Resolved | Status::Closed | Status::Cancelled => true,
        };
        Self {
            // Whoever looks at this screen plays everybody, so they see all of it.
            label: format!("{} {}", incident.no, incident.title),
            state: format!("{} · {}", incident.severity, incident.status),
            due: incident.promise.as_ref().map(|promise| promise.due),
            limit: short(policy.of(incident.severity).limit),
            commander: name(&incident.commander),
            spokesperson: name(&incident.spokesperson),
            draft: incident.open_drafts().next().map(|(n, _)| n),
            updated: incident.last_update().is_some(),
            logged: !incident.log.is_empty(),
            settled,
            final_owed: incident.last_update().is_some() && !incident.final_is_out,
        }
    }
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hint {
    /// `Step 2 of 7`; nothing when it is over.
    pub(super) step: Option<usize>,
    /// Why.
    pub(super) why: &'static str,
    /// What to type.
    pub(super) typed: String,
}

/// The next step of the guided incident.
pub(super) fn hint(stand: &Stand) -> Hint {
    let step = |n: usize, why, typed| Hint { step: Some(n), why, typed };
    let Some(open) = &stand.open else {
        return if stand.over == 0 {
            step(
                1,
                "Pretend that checkout is down. Whoever sees it declares an incident, and commands it.",
                "ana: !declare checkout is down --severity critical".to_owned(),
            )
        } else {
            Hint {
                step: None,
                why: "That was a whole incident. Look back at it, see `!stats`, or declare another.",
                typed: "ana: !timeline INC-1".to_owned(),
            }
        };
    };
    let Some(spokesperson) = &open.spokesperson else {
        let why = "One person speaks to the company, and nobody else can. Ben takes that role.";
        return step(2, why, "ben: !take spokesperson".to_owned());
    };
    let commander = open.commander.as_deref().unwrap_or("ana");
    if !open.updated && !open.settled {
        let why = "The company is waiting. Every update says when the next one comes.";
        let typed = match open.draft {
            Some(n) => format!("{spokesperson}: !publish {n} next {}", open.limit),
            None => format!("{spokesperson}: !update We are looking into it. next {}", open.limit),
        };
        return step(3, why, typed);
    }
    if !open.logged && !open.settled {
        let why = "What Cleo saw goes on the timeline and to engineering, not to the company.";
        return step(4, why, "cleo: !finding error rate 40% since the last deploy".to_owned());
    }
    if !open.settled {
        let why = "The deploy is rolled back and it works again. The commander says so.";
        return step(5, why, format!("{commander}: !resolve rolled back the deploy"));
    }
    if open.final_owed {
        let why = "The company waits for the last word, which needs no next time.";
        return step(6, why, format!("{spokesperson}: !update It works again. We are sorry. final"));
    }
    let why = "Nothing is owed any more. The commander closes it.";
    step(STEPS, why, format!("{commander}: !close"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared() -> Open {
        Open {
            label: "INC-1 checkout is down".to_owned(),
            state: "critical · investigating".to_owned(),
            due: None,
            limit: "30m".to_owned(),
            commander: Some("ana".to_owned()),
            spokesperson: None,
            draft: Some(1),
            updated: false,
            logged: false,
            settled: false,
            final_owed: false,
        }
    }

    fn typed(open: &Open) -> (Option<usize>, String) {
        let hint = hint(&Stand { open: Some(open.clone()), over: 0 });
        (hint.step, hint.typed)
    }

    #[test]
    fn each_step_leads_to_the_next() {
        assert_eq!(hint(&Stand::default()).step, Some(1));
        let mut open = declared();
        assert_eq!(typed(&open), (Some(2), "ben: !take spokesperson".to_owned()));
        open.spokesperson = Some("ben".to_owned());
        assert_eq!(typed(&open), (Some(3), "ben: !publish 1 next 30m".to_owned()));
        open.updated = true;
        open.final_owed = true;
        assert_eq!(typed(&open).0, Some(4));
        open.logged = true;
        assert_eq!(typed(&open), (Some(5), "ana: !resolve rolled back the deploy".to_owned()));
        open.settled = true;
        assert_eq!(typed(&open).0, Some(6));
        open.final_owed = false;
        assert_eq!(typed(&open), (Some(7), "ana: !close".to_owned()));
        assert_eq!(hint(&Stand { open: None, over: 1 }).step, None);
    }

    #[test]
    fn whoever_has_the_role_is_the_one_to_type() {
        let spokesperson = Some("dora".to_owned());
        let open = Open { spokesperson, draft: None, commander: Some("ben".to_owned()), ..declared() };
        assert_eq!(typed(&open), (Some(3), "dora: !update We are looking into it. next 30m".to_owned()));
        let open = Open { updated: true, logged: true, ..open };
        assert_eq!(typed(&open).1, "ben: !resolve rolled back the deploy");
    }

    #[test]
    fn an_incident_nobody_outside_heard_of_needs_no_last_word() {
        let open = Open { spokesperson: Some("ben".to_owned()), settled: true, ..declared() };
        assert_eq!(typed(&open).0, Some(7));
    }
}
