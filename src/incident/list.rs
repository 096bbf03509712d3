//! Problems, temporary changes, tasks and questions: numbered things that are open until somebody settles them.

use herald_chat::Person;
use serde::{Deserialize, Serialize};

use super::List;

/// One entry of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Item {
    /// What it says.
    pub text: String,
    /// Who put it there.
    pub by: Person,
    /// Who sees to it.
    pub owner: Option<Person>,
    /// Whether it is still open.
    pub state: ItemState,
}

/// Where an entry stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemState {
    /// Not settled.
    Open,
    /// Done, solved, undone or answered.
    Done,
    /// Given up, and why.
    Dropped(String),
}

impl List {
    /// What its entries are called once they are settled.
    #[must_use]
    pub fn settled(self) -> &'static str {
        match self {
            Self::Problem => "solved",
            Self::Temporary => "undone",
            Self::Task => "done",
            Self::Question => "answered",
        }
    }

    /// What an entry is called at the beginning of a sentence.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Problem => "Problem",
            Self::Temporary => "Temporary change",
            Self::Task => "Task",
            Self::Question => "Question",
        }
    }

    /// The command that shows it.
    #[must_use]
    pub fn shown_by(self) -> &'static str {
        match self {
            Self::Problem => "!problems",
            Self::Temporary => "!temporaries",
            Self::Task => "!tasks",
            Self::Question => "!questions",
        }
    }

    /// What to type to settle entry `n`.
    #[must_use]
    pub fn settle_with(self, n: u32) -> String {
        format!("!{} {n}", self.settled())
    }

    /// The word that `!drop` takes for it.
    #[must_use]
    pub fn short(self) -> &'static str {
        match self {
            Self::Problem => "problem",
            Self::Temporary => "temporary",
            Self::Task => "task",
            Self::Question => "question",
        }
    }
}
