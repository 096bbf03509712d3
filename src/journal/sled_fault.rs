//! What sled says when something is wrong, in words for people.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use rustix::io::Errno;

use super::JournalError;

/// Why a call to sled came to nothing.
#[derive(Debug)]
pub(super) enum SledFault {
    /// The operating system refused.
    Io(io::Error),
    /// The files are not what sled wrote.
    Damage,
}

impl SledFault {
    /// To whoever opens or reads.
    pub(super) fn while_reading(self, dir: &Path) -> JournalError {
        match self {
            Self::Io(error) => unusable(dir, &error),
            Self::Damage => {
                JournalError::Damaged { dir: dir.to_owned(), what: "the database's files do not add up".to_owned() }
            }
        }
    }

    /// To whoever writes.
    pub(super) fn while_writing(self, dir: &Path) -> JournalError {
        let reason = match self {
            Self::Io(error) => reason(&error),
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
        Ok(Err(sled::Error::Io(error))) if !is_damage(error.kind()) => Err(SledFault::Io(error)),
        Ok(Err(_)) | Err(_) => Err(SledFault::Damage),
    }
}

/// The path leads to something else than it should: somebody has to give another.
const OTHER: [io::ErrorKind; 7] = [
    io::ErrorKind::NotFound,
    io::ErrorKind::NotADirectory,
    io::ErrorKind::IsADirectory,
    io::ErrorKind::AlreadyExists,
    io::ErrorKind::InvalidInput,
    io::ErrorKind::InvalidFilename,
    io::ErrorKind::Unsupported,
];
/// What may pass, and what to do about it.
const PASSING: [(&[Errno], &str); 4] = [
    (&[Errno::NOSPC, Errno::DQUOT], "Make room on its disk, then start Herald again"),
    (&[Errno::FBIG], "Let this user write larger files, then start Herald again"),
    (&[Errno::MFILE, Errno::NFILE], "Let this user open more files, then start Herald again"),
    (
        &[Errno::ACCESS, Errno::PERM, Errno::ROFS],
        "Make it a directory that this user can read and write, or give another with --data",
    ),
];

/// What it means that the operating system refuses something in the data directory `dir`. Most of that may pass: a disk that is full,
/// too many open files, rights that come late.
pub(super) fn unusable(dir: &Path, error: &io::Error) -> JournalError {
    let (dir, reason) = (dir.to_owned(), reason(error));
    if OTHER.contains(&error.kind()) {
        return JournalError::Unusable { dir, reason };
    }
    let raw = Errno::from_io_error(error);
    let known = PASSING.iter().find(|(all, _)| raw.is_some_and(|raw| all.contains(&raw)));
    let advice = known.map_or("Check the disk, then start Herald again", |(_, advice)| *advice);
    JournalError::Refused { dir, reason, advice }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_pass_is_told_apart_from_what_somebody_has_to_change() {
        let dir = Path::new("/data");
        for (errno, passes, says) in [
            (Errno::NOSPC, true, "Make room"),
            (Errno::DQUOT, true, "Make room"),
            (Errno::MFILE, true, "open more files"),
            (Errno::NFILE, true, "open more files"),
            (Errno::FBIG, true, "larger files"),
            (Errno::ACCESS, true, "read and write"),
            (Errno::ROFS, true, "read and write"),
            (Errno::IO, true, "Check the disk"),
            (Errno::STALE, true, "Check the disk"),
            (Errno::NOLCK, true, "Check the disk"),
            (Errno::NOTDIR, false, "Make it a directory"),
            (Errno::EXIST, false, "Make it a directory"),
            (Errno::NAMETOOLONG, false, "Make it a directory"),
        ] {
            let error = SledFault::Io(errno.into()).while_reading(dir);
            let said = error.to_string();
            assert_eq!(error.may_pass(), passes, "{said}");
            assert!(said.starts_with("/data cannot be used: ") && said.contains(says), "{said}");
            assert!(!passes || errno == Errno::ACCESS || errno == Errno::ROFS || !said.contains("--data"), "{said}");
        }
    }
}
