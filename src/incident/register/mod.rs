//! Who is who, which room is for whom, and what was agreed on in chat: the fold of what happened to the house.

mod accounts;
mod mappings;
mod moved;
mod settings;

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

pub use accounts::{Accounts, CODE_LIFE};
pub use mappings::{Mapping, Mappings, Purpose, Source};
pub use moved::Moved;
pub use settings::{Setting, Settings, Value};

use super::{Event, House, Record};

/// How many administrative changes are kept at hand. All of them are in the journal.
pub const CHANGES_KEPT: usize = 100;

/// What is known of the house beside the configuration.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Register {
    /// Which accounts are one person's.
    // Snapshots of an older Herald have them at this level.
    #[serde(flatten)]
    pub accounts: Accounts,
    /// Which rooms admins mapped in chat.
    #[serde(default)]
    pub mappings: Mappings,
    /// What admins set in chat.
    #[serde(default)]
    pub settings: Settings,
    #[serde(default)]
    changes: VecDeque<Record>,
}

impl Register {
    /// Folds one recorded event in. Cannot fail: it already happened.
    pub fn apply(&mut self, record: &Record) {
        let Event::House(house) = &record.event else { return };
        self.accounts.apply(house, record.at);
        self.mappings.apply(house, record);
        self.settings.apply(house, record);
        let says_so = matches!(house, House::RoomFound { .. }) && record.by.is_some();
        if house.is_change() || says_so {
            self.changes.push_back(record.clone());
            let excess = self.changes.len().saturating_sub(CHANGES_KEPT);
            self.changes.drain(..excess);
        }
    }

    /// The last administrative changes, newest first.
    pub fn changes(&self) -> impl Iterator<Item = &Record> {
        self.changes.iter().rev()
    }
}
