//! What an admin decides about the bot and the rooms.

use std::path::PathBuf;

use secrecy::SecretString;
use serenity::model::id::{ChannelId, GuildId, RoleId};

/// How to reach Discord, as whom, and where.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The bot's token.
    pub token: SecretString,
    /// The company's server.
    pub guild: GuildId,
    /// The base address in place of `https://discord.com`. For tests.
    pub api: Option<String>,
    /// Who sees the rooms that Herald makes for the people who respond.
    pub responders: Option<RoleId>,
    /// Whether that role is ever called as one.
    pub calls_responders: bool,
    /// The category that rooms are made in.
    pub category: Option<ChannelId>,
    /// The category that closed rooms move to.
    pub archive: Option<ChannelId>,
    /// Whether what people said elsewhere is posted under their name, by a webhook of Herald's own in each channel.
    pub webhooks: bool,
    /// A directory of Herald's own, made if it is not there: what was registered, and the identify budget.
    pub store: PathBuf,
}

impl Settings {
    /// The role that posts call which call all who respond.
    pub(crate) fn called(&self) -> Option<u64> {
        self.responders.filter(|_| self.calls_responders).map(RoleId::get)
    }
}
