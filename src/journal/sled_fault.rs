//! What sled says when something is wrong, in words for people.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::JournalError;

/// Why a call to sled came to nothing.
#[derive(Debug)]
pub(super) enum SledFault {
    /// The operating system refused.
    Io(String),
    /// The files are not what sled wrote.
    Damage,
}

impl SledFault {
    /// To whoever opens or reads.
    pub(super) fn while_reading(self, dir: &Path) -> JournalError {
        match self {
            Self::Io(reason) => JournalError::Unusable { dir: dir.to_owned(), reason },
            Self::Damage => {
                JournalError::Damaged { dir: dir.to_owned(), what: "the database's files do not add up".to_owned() }
            }
        }
    }

    /// To whoever writes.
    pub(super) fn while_writing(self, dir: &Path) -> JournalError {
        let reason = match self {
            Self::Io(reason) => reason,
            Self::Damage => "the database's files do not add up".to_owned(),
        };
        JournalError::Broken { dir: dir.to_owned(), reason }
    }
}

/// Calls sled. Files that are not what it wrote make it panic in some places where it should return an error, when
/// it opens them and when it first reads a page; those panics end here. Whoever sees [`SledFault::Damage`] does not
/// use the database again, so what the panic left undone is not looked at. The panic hook still
/// reports them. This needs panics to unwind, as they do unless a build profile says otherwise.
pub(super) fn guarded<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T, SledFault> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(sled::Error::Io(error))) if !is_damage(error.kind()) => Err(SledFault::Io(reason(&error))),
        Ok(Err(_)) | Err(_) => Err(SledFault::Damage),
    }
}

fn is_damage(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData)
}

/// An error of the operating system in its own words. sled wraps debug output into some of them; then its kind.
pub(super) fn reason(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code).to_string(),
        None => error.kind().to_string(),
    }
}
