//! Where an incident stands at one moment: what the board, the sitrep and a new holder's brief are made of.

use herald_chat::Person;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Incident, Item, ItemState, List, Severity, Status};

/// An open entry of a list, with its number.
pub(super) type Numbered = (u32, Item);

/// Where an incident stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Situation {
    /// How bad.
    pub severity: Severity,
    /// How far.
    pub status: Status,
    /// Who runs it.
    pub commander: Option<Person>,
    /// Who speaks.
    pub spokesperson: Option<Person>,
    /// Who fixes.
    pub responders: Vec<Person>,
    /// Who watches.
    pub observers: Vec<Person>,
    /// Who is affected and how.
    pub impact: Option<String>,
    /// What they can do.
    pub workaround: Option<String>,
    /// What is being attempted.
    pub trying: Option<String>,
    /// What is wrong.
    pub problems: Vec<Numbered>,
    /// What must be unwound.
    pub temporaries: Vec<Numbered>,
    /// What is to be done.
    pub tasks: Vec<Numbered>,
    /// What people outside want to know.
    pub questions: Vec<Numbered>,
    /// The number of the last update.
    pub last_update: Option<u32>,
    /// When the next one is due.
    pub due: Option<Timestamp>,
}

impl Incident {
    /// Where it stands.
    #[must_use]
    pub fn situation(&self) -> Situation {
        let open = |list| self.open_items(list).map(|(n, item)| (n, item.clone())).collect();
        Situation {
            severity: self.severity,
            status: self.status,
            commander: self.commander.clone(),
            spokesperson: self.spokesperson.clone(),
            responders: self.responders.clone(),
            observers: self.observers.clone(),
            impact: self.impact.clone(),
            workaround: self.workaround.clone(),
            trying: self.trying.clone(),
            problems: open(List::Problem),
            temporaries: open(List::Temporary),
            tasks: open(List::Task),
            questions: open(List::Question),
            last_update: self.last_update(),
            due: self.promise.as_ref().map(|promise| promise.due),
        }
    }

    /// The entries of a list that are still open, with their numbers.
    pub fn open_items(&self, list: List) -> impl Iterator<Item = (u32, &Item)> {
        (1..).zip(self.items(list)).filter(|(_, item)| item.state == ItemState::Open)
    }
}
