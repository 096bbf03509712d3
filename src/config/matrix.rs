//! `[matrix]`: the homeserver, and who Herald is there.

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::values::Secret;
use super::{Clash, ConfigError, values};

/// The homeserver, and who Herald is there. A configuration that has one names server and account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Matrix {
    /// The base address of the client API, without a slash at its end.
    #[serde(deserialize_with = "homeserver")]
    pub homeserver: String,
    /// Herald's account: `@herald:example.org`.
    #[serde(deserialize_with = "user")]
    pub user: String,
    /// Its password.
    #[serde(deserialize_with = "values::secret")]
    password: Option<Secret>,
    /// A file that holds the password.
    #[serde(deserialize_with = "values::some_path")]
    password_file: Option<PathBuf>,
    /// The access token of a device that nothing else uses.
    #[serde(deserialize_with = "values::secret")]
    access_token: Option<Secret>,
    /// A file that holds the access token.
    #[serde(deserialize_with = "values::some_path")]
    access_token_file: Option<PathBuf>,
    /// What the device is called in the account's list.
    #[serde(deserialize_with = "device_name")]
    pub device_name: String,
    /// A file that holds the recovery key of an account whose cross-signing was set up elsewhere.
    #[serde(deserialize_with = "values::some_path")]
    recovery_key_file: Option<PathBuf>,
    /// Who is invited to war rooms that Herald makes.
    #[serde(deserialize_with = "users")]
    pub invite: Vec<String>,
    /// The space that rooms made by Herald are put in: its id or alias.
    #[serde(deserialize_with = "space")]
    pub space: Option<String>,
    /// The version of rooms made by Herald: the server's choice unless set.
    #[serde(deserialize_with = "room_version")]
    pub room_version: Option<RoomVersion>,
    /// Whether an alias in `[rooms]` that names no room yet gets one.
    pub create_rooms: bool,
}

/// Versions of Matrix rooms that Herald can make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, strum::IntoStaticStr)]
pub enum RoomVersion {
    /// Since 2022.
    #[serde(rename = "10")]
    #[strum(serialize = "10")]
    V10,
    /// Since 2023.
    #[serde(rename = "11")]
    #[strum(serialize = "11")]
    V11,
    /// Since 2025: whoever made a room is above all power levels.
    #[serde(rename = "12")]
    #[strum(serialize = "12")]
    V12,
}

/// What proves to the homeserver who Herald is.
#[derive(Debug, Clone)]
pub enum Proof {
    /// The account's password.
    Password(SecretString),
    /// An access token.
    Token(SecretString),
}

impl Default for Matrix {
    fn default() -> Self {
        Self {
            homeserver: String::new(),
            user: String::new(),
            password: None,
            password_file: None,
            access_token: None,
            access_token_file: None,
            device_name: "Herald".to_owned(),
            recovery_key_file: None,
            invite: Vec::new(),
            space: None,
            room_version: None,
            create_rooms: false,
        }
    }
}

impl Matrix {
    /// What proves who Herald is, read from its file if it is in one. `None` when nothing is set: the session of an
    /// earlier start has to do.
    ///
    /// # Errors
    /// [`ConfigError::Secret`] when the file cannot be read or is empty.
    pub fn proof(&self) -> Result<Option<Proof>, ConfigError> {
        if let Some(Secret(password)) = &self.password {
            return Ok(Some(Proof::Password(password.clone())));
        }
        if let Some(Secret(token)) = &self.access_token {
            return Ok(Some(Proof::Token(token.clone())));
        }
        if let Some(file) = &self.password_file {
            return values::secret_in("matrix.password_file", file).map(|secret| Some(Proof::Password(secret)));
        }
        if let Some(file) = &self.access_token_file {
            return values::secret_in("matrix.access_token_file", file).map(|secret| Some(Proof::Token(secret)));
        }
        Ok(None)
    }

    /// The recovery key, read from its file, if one is named.
    ///
    /// # Errors
    /// [`ConfigError::Secret`] when the file cannot be read or is empty.
    pub fn recovery_key(&self) -> Result<Option<SecretString>, ConfigError> {
        let file = self.recovery_key_file.as_deref();
        file.map(|file| values::secret_in("matrix.recovery_key_file", file)).transpose()
    }

    /// The files that hold secrets, each by its key.
    pub(super) fn secret_files(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        let files = [
            ("matrix.password_file", &self.password_file),
            ("matrix.access_token_file", &self.access_token_file),
            ("matrix.recovery_key_file", &self.recovery_key_file),
        ];
        files.into_iter().filter_map(|(key, file)| Some((key, file.as_deref()?)))
    }

    /// The secrets that are written in place of a file's name, each by its key.
    pub(super) fn inline_secrets(&self) -> impl Iterator<Item = &'static str> {
        let given = [("matrix.password", &self.password), ("matrix.access_token", &self.access_token)];
        given.into_iter().filter_map(|(key, secret)| secret.as_ref().map(|_| key))
    }

    /// One proof is enough: of two, nobody could tell which was meant.
    pub(super) fn check(&self) -> Result<(), Clash> {
        let given = [
            ("password", self.password.is_some()),
            ("password_file", self.password_file.is_some()),
            ("access_token", self.access_token.is_some()),
            ("access_token_file", self.access_token_file.is_some()),
        ];
        let mut given = given.iter().filter(|(_, set)| *set).map(|(name, _)| name);
        match (given.next(), given.next()) {
            (Some(one), Some(other)) => {
                let wanted = format!("write that or matrix.{one}, not both");
                Err(Clash { key: format!("matrix.{other}"), wanted })
            }
            (None | Some(_), _) => Ok(()),
        }
    }
}

/// The section, unless all of it is as when there is none. Server and account belong together.
pub(super) fn section<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Matrix>, D::Error> {
    let read = Matrix::deserialize(from)?;
    if read == Matrix::default() {
        return Ok(None);
    }
    for (name, text) in [("homeserver", &read.homeserver), ("user", &read.user)] {
        if text.is_empty() {
            return Err(D::Error::missing_field(name));
        }
    }
    Ok(Some(read))
}

/// Whether this is an account's id: `@ana:example.org`.
pub(super) fn is_user(id: &str) -> bool {
    of_server(id, '@')
}

/// Whether this is a room's id, with or without a server in it, or an alias.
pub(super) fn is_room(id: &str) -> bool {
    let bare = id.strip_prefix('!').is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace));
    bare || of_server(id, '#')
}

fn of_server(id: &str, sigil: char) -> bool {
    let parts = id.strip_prefix(sigil).and_then(|rest| rest.split_once(':'));
    parts.is_some_and(|(name, server)| !name.is_empty() && !server.is_empty()) && !id.contains(char::is_whitespace)
}

fn homeserver<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let wanted = r#"write the address of the homeserver, such as "https://matrix.example.org""#;
    values::text(from, wanted, |text| {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
        let host = rest.split('/').next().unwrap_or_default();
        let fits = !host.is_empty() && !rest.contains(['@', '?', '#']) && !rest.contains(char::is_whitespace);
        fits.then(|| text.trim_end_matches('/').to_owned())
    })
}

fn user<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    values::text(from, r#"write Herald's account, such as "@herald:example.org""#, account)
}

fn account(text: &str) -> Option<String> {
    is_user(text).then(|| text.to_owned())
}

fn users<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    struct User(String);

    impl<'de> Deserialize<'de> for User {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            values::text(from, r#"write an account, such as "@ana:example.org""#, account).map(Self)
        }
    }

    let read = Vec::<User>::deserialize(from)?;
    Ok(read.into_iter().map(|User(user)| user).collect())
}

fn device_name<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    values::text(from, r#"write a name, such as "Herald""#, |text| {
        (!text.trim().is_empty()).then(|| text.trim().to_owned())
    })
}

fn space<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let wanted = r##"write the id or the alias of a space, such as "#incidents:example.org""##;
    values::text(from, wanted, |text| is_room(text).then(|| Some(text.to_owned())))
}

fn room_version<'de, D: Deserializer<'de>>(from: D) -> Result<Option<RoomVersion>, D::Error> {
    RoomVersion::deserialize(from).map(Some)
}
