//! What an admin can set, one small file per section.
//!
//! Built-in defaults lie under a TOML file, which lies under environment variables: `HERALD__PROMISES__EVERY=20m` is
//! `every` in `[promises]`. Nothing here is a clock, a connection or a room of the engine: plain data, checked, so that
//! whoever holds a [`Config`] need not check it again. `config/herald.example.toml` shows every key.

mod delivery;
mod discord;
mod error;
mod fault;
mod guard;
mod health;
mod herald;
mod incidents;
mod journal;
mod limits;
mod log;
mod matrix;
mod people;
mod policy;
mod promises;
mod read;
mod relay;
mod rooms;
mod shown;
mod teams;
mod timeline;
mod values;
mod variables;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use ::config::builder::DefaultState;
use ::config::{ConfigBuilder, File, FileFormat};
use serde::Deserialize;

pub use delivery::Delivery;
pub use discord::Discord;
pub use error::{ConfigError, Origin};
pub use guard::{Guard, Pattern};
pub use health::Health;
pub use herald::Herald;
pub use incidents::Incidents;
pub use journal::Journal;
pub use limits::Limits;
pub use log::{Log, LogFormat};
pub use matrix::{Matrix, Proof, RoomVersion};
pub use people::People;
pub use promises::{Promise, Promises};
pub use relay::Relay;
pub use rooms::Rooms;
pub use teams::Team;
pub use timeline::Timeline;

use variables::Variables;

/// Everything that can be set. `Config::default()` is what Herald does when nothing is.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The process itself.
    pub herald: Herald,
    /// How incidents are run.
    pub incidents: Incidents,
    /// How promises are kept.
    pub promises: Promises,
    /// How posts reach their rooms.
    pub delivery: Delivery,
    /// Rooms on several networks that are one room.
    pub relay: Relay,
    /// How much one person may cause in a time.
    pub limits: Limits,
    /// What must not leave the war room.
    pub guard: Guard,
    /// The record on disk.
    pub journal: Journal,
    /// The timeline of an incident.
    pub timeline: Timeline,
    /// The log of the process.
    pub log: Log,
    /// What whoever keeps Herald running asks it over HTTP.
    pub health: Health,
    /// The homeserver, and who Herald is there. `None`: Herald is not on Matrix.
    #[serde(deserialize_with = "matrix::section")]
    pub matrix: Option<Matrix>,
    /// The server, and who Herald is there. `None`: Herald is not on Discord.
    #[serde(deserialize_with = "discord::section")]
    pub discord: Option<Discord>,
    /// Who people are.
    pub people: People,
    /// Which rooms are for whom.
    pub rooms: Rooms,
    /// Rooms of teams, by what the team is called.
    pub teams: BTreeMap<String, Team>,
}

impl Config {
    /// Reads `file`, if there is one, and then those of `variables` that begin with `HERALD__`, which win.
    ///
    /// # Errors
    /// [`ConfigError`], on the first thing that stands in the way: a file that cannot be read or is not TOML, a key
    /// that does not exist, a value that is not allowed.
    pub fn load(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let read = |path: &Path| std::fs::read_to_string(path).map_err(|cause| ConfigError::unreadable(path, &cause));
        Self::parse(&file.map(read).transpose()?.unwrap_or_default(), file, variables)
    }

    /// The same, with a text in place of what `file` holds.
    ///
    /// # Errors
    /// As for [`Config::load`].
    pub fn parse(
        text: &str,
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let layers = ConfigBuilder::<DefaultState>::default().add_source(File::from_str(text, FileFormat::Toml));
        let merged = layers
            .add_source(Variables::pick(variables)?)
            .build()
            .map_err(|cause| ConfigError::unparsable(file, &cause))?
            .cache;
        let config: Self = read::read(merged.clone(), file)?;
        config.check().map_err(|clash| read::unfit(&clash.key, &merged, clash.wanted, file))?;
        Ok(config)
    }

    /// The files that hold secrets, each by its key: `discord.token_file`.
    pub fn secret_files(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        let matrix = self.matrix.iter().flat_map(Matrix::secret_files);
        matrix.chain(self.discord.iter().flat_map(Discord::secret_files))
    }

    /// The secrets that are written in place of a file's name, each by its key: `discord.token`.
    fn inline_secrets(&self) -> impl Iterator<Item = &'static str> {
        let matrix = self.matrix.iter().flat_map(Matrix::inline_secrets);
        matrix.chain(self.discord.iter().flat_map(Discord::inline_secrets))
    }

    /// Those of them that stand in `file` itself, whatever else comes from variables. None when it cannot be read.
    #[must_use]
    pub fn secrets_in(&self, file: &Path) -> Vec<&'static str> {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let layer =
            ConfigBuilder::<DefaultState>::default().add_source(File::from_str(&text, FileFormat::Toml)).build();
        let stands = |key: &&'static str| layer.as_ref().is_ok_and(|it| it.get::<::config::Value>(key).is_ok());
        self.inline_secrets().filter(stands).collect()
    }

    /// What no single value shows to be wrong.
    fn check(&self) -> Result<(), Clash> {
        self.promises.check()?;
        self.matrix.as_ref().map_or(Ok(()), Matrix::check)?;
        self.discord.as_ref().map_or(Ok(()), Discord::check)?;
        self.people.check()?;
        self.check_places()
    }
}

/// A value that is fine by itself and wrong beside another.
struct Clash {
    /// Whose value has to change: `rooms.company[0]`.
    key: String,
    /// What to do about it: `write …`.
    wanted: String,
}
