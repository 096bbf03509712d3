//! Guilds: members and roles.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::id::Id;

/// A guild. Its channels are kept with all others.
#[derive(Debug)]
pub(crate) struct Guild {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) owner: Id,
    /// `@everyone` has the guild's id.
    pub(crate) roles: BTreeMap<Id, Role>,
    pub(crate) members: BTreeMap<Id, Member>,
    /// How far it is boosted: 0 to 3.
    pub(crate) tier: u64,
}

/// A sticker.
#[derive(Debug, Clone)]
pub(crate) struct Sticker {
    pub(crate) name: String,
    /// 1 PNG, 2 APNG, 3 Lottie, 4 GIF.
    pub(crate) format: u8,
    pub(crate) picture: std::sync::Arc<Vec<u8>>,
}

/// A role.
#[derive(Debug, Clone)]
pub(crate) struct Role {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) permissions: u64,
    /// 0 is `@everyone`'s; higher roles rule lower ones.
    pub(crate) position: i64,
    pub(crate) color: u64,
    pub(crate) hoist: bool,
    pub(crate) mentionable: bool,
    /// The bot that it belongs to.
    pub(crate) bot: Option<Id>,
}

impl Role {
    pub(crate) fn new(id: Id, name: &str, permissions: u64, position: i64) -> Self {
        Self { id, name: name.to_owned(), permissions, position, color: 0, hoist: false, mentionable: false, bot: None }
    }
}

/// A member of a guild.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) nick: Option<String>,
    pub(crate) roles: BTreeSet<Id>,
    pub(crate) joined: Timestamp,
}
