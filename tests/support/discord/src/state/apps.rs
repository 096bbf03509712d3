//! Who has an account, and what applications own.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::id::Id;

/// An account, of a person or a bot.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) bot: bool,
    /// Whether members of the same guild may write to them.
    pub(crate) dms_open: bool,
}

/// An application with its bot, as the developer portal has it.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) token: String,
    /// Who made it in the portal.
    pub(crate) owner: Id,
    /// The privileged intents that are switched on in the portal.
    pub(crate) privileged: u64,
    /// Sessions that may still be started today.
    pub(crate) starts_left: u64,
    /// When the allowance is full again.
    pub(crate) starts_reset: jiff::Timestamp,
    /// When commands were created, by guild.
    pub(crate) created: BTreeMap<Option<Id>, Vec<jiff::Timestamp>>,
}

/// A registered command.
#[derive(Debug, Clone)]
pub(crate) struct Command {
    pub(crate) id: Id,
    pub(crate) version: Id,
    /// What was registered, with the defaults filled in.
    pub(crate) body: Value,
}

impl Command {
    pub(crate) fn name(&self) -> &str {
        self.body["name"].as_str().unwrap_or_default()
    }
}

/// A webhook of a channel.
#[derive(Debug, Clone)]
pub(crate) struct Webhook {
    pub(crate) id: Id,
    pub(crate) guild: Id,
    pub(crate) channel: Id,
    pub(crate) name: String,
    pub(crate) token: String,
    pub(crate) creator: Id,
    /// The application that made it.
    pub(crate) app: Option<Id>,
}
