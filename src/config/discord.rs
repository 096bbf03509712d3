//! `[discord]`: the server, and who Herald is there.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::values::Secret;
use super::{Clash, ConfigError, values};

/// The server, and who Herald is there. A configuration that has one names the server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Discord {
    /// The id of the company's server.
    #[serde(deserialize_with = "id")]
    pub server: u64,
    /// The bot's token.
    #[serde(deserialize_with = "values::secret")]
    token: Option<Secret>,
    /// A file that holds the token.
    #[serde(deserialize_with = "values::some_path")]
    token_file: Option<PathBuf>,
    /// The role of the people who respond: it sees war rooms that Herald makes.
    #[serde(deserialize_with = "some_id")]
    pub responders: Option<u64>,
    /// The category that channels made by Herald are put in.
    #[serde(deserialize_with = "some_id")]
    pub category: Option<u64>,
    /// The category that closed channels are moved to.
    #[serde(deserialize_with = "some_id")]
    pub archive: Option<u64>,
    /// Whether a name in `[rooms]` that no channel has yet gets one.
    pub create_channels: bool,
    /// Whether what people said elsewhere is posted under their name, by a webhook of Herald's own in each channel.
    pub webhooks: bool,
    /// The address of the API, without a slash at its end: Discord's own unless set.
    #[serde(deserialize_with = "api")]
    pub api: Option<String>,
}

/// A token without the `Bot` that stands before it in a request, from where it may have been copied.
fn bare(token: &SecretString) -> SecretString {
    let token = token.expose_secret().trim();
    SecretString::from(token.strip_prefix("Bot ").unwrap_or(token).trim_start())
}

impl Discord {
    /// The token, read from its file if it is in one.
    ///
    /// # Errors
    /// [`ConfigError::Secret`] when the file cannot be read or is empty.
    pub fn token(&self) -> Result<SecretString, ConfigError> {
        match (&self.token, &self.token_file) {
            (Some(token), _) => Ok(bare(&token.0)),
            (None, Some(file)) => values::secret_in("discord.token_file", file).map(|token| bare(&token)),
            // Checked when the configuration was read.
            (None, None) => Ok(SecretString::default()),
        }
    }

    /// The files that hold secrets, each by its key.
    pub(super) fn secret_files(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        self.token_file.iter().map(|file| ("discord.token_file", file.as_path()))
    }

    /// The secrets that are written in place of a file's name, each by its key.
    pub(super) fn inline_secrets(&self) -> impl Iterator<Item = &'static str> {
        self.token.iter().map(|_| "discord.token")
    }

    /// One token is enough, and needed.
    pub(super) fn check(&self) -> Result<(), Clash> {
        let clash = |key: &str, wanted: &str| Err(Clash { key: format!("discord.{key}"), wanted: wanted.to_owned() });
        match (&self.token, &self.token_file) {
            (Some(_), Some(_)) => clash("token_file", "write that or discord.token, not both"),
            (None, None) => clash("server", "write discord.token_file as well, with the bot's token in that file"),
            (Some(_), None) | (None, Some(_)) => Ok(()),
        }
    }
}

/// The section, unless all of it is as when there is none.
pub(super) fn section<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Discord>, D::Error> {
    let read = Discord::deserialize(from)?;
    if read == Discord::default() {
        return Ok(None);
    }
    if read.server == 0 {
        return Err(D::Error::missing_field("server"));
    }
    Ok(Some(read))
}

/// Whether this is the id of something on Discord.
pub(super) fn is_id(text: &str) -> bool {
    snowflake(text).is_some()
}

/// Whether this is a channel's id or name: `41771983423143937`, `#company`.
pub(super) fn is_channel(text: &str) -> bool {
    let name = text.strip_prefix('#');
    is_id(text) || name.is_some_and(|name| !name.is_empty() && !name.contains(char::is_whitespace))
}

fn snowflake(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|id| digits && (1..=u64::MAX >> 1).contains(id))
}

fn id<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    let wanted = r#"write an id as Discord copies it, in quotes, such as "41771983423143937""#;
    values::text(from, wanted, snowflake)
}

fn some_id<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    id(from).map(Some)
}

fn api<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    values::text(from, r#"write an address, such as "http://127.0.0.1:8080""#, |text| {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
        (!rest.is_empty() && !rest.contains('@') && !rest.contains(char::is_whitespace))
            .then(|| Some(text.trim_end_matches('/').to_owned()))
    })
}
