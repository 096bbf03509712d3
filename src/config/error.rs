//! What is wrong with a configuration, in one sentence: where, which key, and what to write.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::shown::file_shown;

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The configuration file.
    File(PathBuf),
    /// An environment variable.
    Variable(String),
    /// Neither: Herald's own defaults.
    BuiltIn,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Variable(name) => write!(f, "environment variable {name}"),
            Self::BuiltIn => f.write_str("built-in defaults"),
        }
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("{} cannot be read: {reason}; name a configuration file that can with --config", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the operating system said.
        reason: String,
    },
    /// A file cannot be read for now, for a reason that may pass.
    #[error("{} cannot be read now: {reason}; start Herald again", file_shown(file))]
    Later {
        /// The file.
        file: PathBuf,
        /// What the operating system said.
        reason: String,
    },
    /// The file is not TOML.
    #[error("{origin}: {reason}")]
    NotToml {
        /// The file.
        origin: Origin,
        /// Line, column, and what stands in the way there.
        reason: String,
    },
    /// There is no such key.
    #[error("{origin}: {key} is not a key that Herald knows; write {}", one_of(allowed))]
    UnknownKey {
        /// Where it stands.
        origin: Origin,
        /// The key, from the top: `promises.critical.limt`.
        key: String,
        /// What there is instead.
        allowed: &'static [&'static str],
    },
    /// A key that has no default is not there.
    #[error("{origin}: {key} is missing; it has no default, so write it")]
    Missing {
        /// Where it should stand.
        origin: Origin,
        /// The key, from the top.
        key: String,
    },
    /// A file that a key names holds no secret that can be read.
    #[error(
        "{key} is {}, which cannot be used: {reason}; write the secret into it, or name another file",
        file_shown(file)
    )]
    Secret {
        /// The key, from the top.
        key: &'static str,
        /// The file.
        file: PathBuf,
        /// What stands in the way.
        reason: String,
    },
    /// The value is not allowed.
    #[error("{origin}: {key} is {found}; {wanted}")]
    Unfit {
        /// Where it stands.
        origin: Origin,
        /// The key, from the top.
        key: String,
        /// The value.
        found: String,
        /// What to do: `write …`.
        wanted: String,
    },
}

impl ConfigError {
    pub(super) fn unreadable(file: &Path, cause: &io::Error) -> Self {
        Self::of(file, cause, |file, reason| Self::Unreadable { file, reason })
    }

    /// Why `file` cannot be read. What somebody has to change is told by `wrong`; anything else may pass.
    pub(super) fn of(file: &Path, cause: &io::Error, wrong: impl FnOnce(PathBuf, String) -> Self) -> Self {
        let known = [
            (io::ErrorKind::NotFound, "there is no such file"),
            (io::ErrorKind::PermissionDenied, "this user may not read it"),
            (io::ErrorKind::IsADirectory, "it is a directory"),
            (io::ErrorKind::NotADirectory, "what should be a directory on the way to it is none"),
            (io::ErrorKind::InvalidFilename, "its name is too long"),
            (io::ErrorKind::InvalidInput, "that is no name of a file"),
            (io::ErrorKind::InvalidData, "it is not UTF-8 text"),
        ];
        match known.iter().find(|(kind, _)| *kind == cause.kind()) {
            Some((_, reason)) => wrong(file.to_owned(), (*reason).to_owned()),
            None => Self::Later { file: file.to_owned(), reason: cause.to_string() },
        }
    }

    /// Whether the same file may be read later.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Later { .. })
    }

    /// `cause` says where in its first line and what in its last, with a drawing of the place between them.
    pub(super) fn unparsable(file: Option<&Path>, cause: &::config::ConfigError) -> Self {
        let cause = cause.to_string();
        let mut lines = cause.lines().filter(|line| !line.trim().is_empty());
        let first = lines.next().unwrap_or("not TOML");
        let reason = lines.next_back().map_or_else(|| first.to_owned(), |last| format!("{first}: {last}"));
        Self::NotToml { origin: file.map_or(Origin::BuiltIn, |path| Origin::File(path.to_owned())), reason }
    }
}

/// `` one of `a`, `b` ``, or `` `a` `` when there is no choice.
pub(super) fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [only] => only.clone(),
        several => format!("one of {}", several.join(", ")),
    }
}
