//! Kinds of values: how they are written, and what is allowed.

use std::path::{Path, PathBuf};

use herald_chat::{RoomRef, UserRef};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use secrecy::{ExposeSecret, SecretString};
use serde::de::{Deserialize, Deserializer, Error};

use super::ConfigError;
pub(super) use crate::incident::policy::in_bounds;

/// A duration between a second and a week: `"15m"`, `"1h15m"`.
pub(super) fn duration<'de, D: Deserializer<'de>>(from: D) -> Result<SignedDuration, D::Error> {
    let read = text(from, r#"write a duration such as "30m" or "1h15m""#, |text| text.parse().ok())?;
    in_bounds(read).ok_or_else(|| D::Error::custom(r#"write a duration between "1s" and "168h""#))
}

/// A duration that has no default.
pub(super) fn some_duration<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SignedDuration>, D::Error> {
    duration(from).map(Some)
}

/// A whole number from `MIN` to `MAX`.
pub(super) fn whole<'de, D: Deserializer<'de>, const MIN: u32, const MAX: u32>(from: D) -> Result<u32, D::Error> {
    let read = u64::deserialize(from).ok().and_then(|number| u32::try_from(number).ok());
    read.filter(|number| (MIN..=MAX).contains(number))
        .ok_or_else(|| D::Error::custom(format!("write a whole number from {MIN} to {MAX}")))
}

/// A number of bytes: `"64MiB"`.
pub(super) fn bytes<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    text(from, r#"write a size up to "1024GiB", such as "64MiB" or "1GiB""#, |text| {
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let unit: u64 = match unit.trim_start() {
            "B" => 1,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            _ => return None,
        };
        number.parse::<u64>().ok()?.checked_mul(unit).filter(|size| *size <= 1 << 40)
    })
}

/// A path that is not empty.
pub(super) fn path<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
    text(from, r#"write a path, such as "./data/herald""#, |path| (!path.is_empty()).then(|| path.into()))
}

/// A path that has no default.
pub(super) fn some_path<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
    path(from).map(Some)
}

/// The secret in a file that `key` names, without the line break at its end.
pub(super) fn secret_in(key: &'static str, file: &Path) -> Result<SecretString, ConfigError> {
    let wrong = |reason: String| ConfigError::Secret { key, file: file.to_owned(), reason };
    let text = std::fs::read_to_string(file)
        .map_err(|cause| ConfigError::of(file, &cause, |file, reason| ConfigError::Secret { key, file, reason }))?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(wrong("it is empty".to_owned())),
        secret => Ok(SecretString::from(secret)),
    }
}

/// A time zone by its name in the IANA database.
pub(super) fn zone<'de, D: Deserializer<'de>>(from: D) -> Result<TimeZone, D::Error> {
    text(from, r#"write the IANA name of a time zone, such as "UTC" or "Europe/Prague""#, |name| {
        TimeZone::get(name).ok()
    })
}

/// Rooms, as `network:id`.
pub(super) fn rooms<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<RoomRef>, D::Error> {
    struct Room(RoomRef);

    impl<'de> Deserialize<'de> for Room {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            let wanted = r#"write a network and its id of the room, such as "matrix:!abc:example.org""#;
            text(from, wanted, |text| RoomRef::try_from(text.to_owned()).ok()).map(Self)
        }
    }

    let read = Vec::<Room>::deserialize(from)?;
    Ok(read.into_iter().map(|Room(room)| room).collect())
}

/// Accounts, as `network:id`.
pub(super) fn users<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<UserRef>, D::Error> {
    struct User(UserRef);

    impl<'de> Deserialize<'de> for User {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            let wanted = r#"write a network and its id of the person, such as "matrix:@ana:example.org""#;
            text(from, wanted, |text| UserRef::try_from(text.to_owned()).ok()).map(Self)
        }
    }

    let read = Vec::<User>::deserialize(from)?;
    Ok(read.into_iter().map(|User(user)| user).collect())
}

/// Groups of accounts, as lists in a list; in a variable, with blanks between the accounts of a group.
pub(super) fn linked<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Vec<UserRef>>, D::Error> {
    struct Users(Vec<UserRef>);

    impl<'de> Deserialize<'de> for Users {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            let wanted = r#"write a network and its id of the person, such as "matrix:@ana:example.org""#;
            let read = |text: &str| text.split_whitespace().map(|it| UserRef::try_from(it.to_owned()).ok()).collect();
            text(from, wanted, read).map(Self)
        }
    }

    let read = Vec::<Vec<Users>>::deserialize(from)?;
    Ok(read.into_iter().map(|group| group.into_iter().flat_map(|Users(users)| users).collect()).collect())
}

/// A text that is never shown.
#[derive(Debug, Clone)]
pub(super) struct Secret(pub(super) SecretString);

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.expose_secret() == other.0.expose_secret()
    }
}

impl Eq for Secret {}

/// A text that is never shown and not empty.
pub(super) fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Secret>, D::Error> {
    text(from, "write it as a text that is not empty", |text| {
        (!text.is_empty()).then(|| Some(Secret(SecretString::from(text))))
    })
}

/// What `parse` makes of a text; `wanted` is what to do when it makes nothing: `write …`.
pub(super) fn text<'de, D, T>(from: D, wanted: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    let read = String::deserialize(from).ok();
    read.and_then(|text| parse(&text)).ok_or_else(|| D::Error::custom(wanted))
}
