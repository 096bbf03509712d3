//! What can go wrong, told so that a failed test explains itself.

use std::fmt::{self, Debug, Display, Formatter};
use std::time::Duration;

/// Why a call of the kit failed. Its `Debug` is its `Display`, since that is what `unwrap` shows.
#[derive(thiserror::Error)]
pub enum Error {
    /// The server said no.
    #[error("{0}")]
    Refused(Refusal),
    /// There was no answer: no connection, a lost one, or none in time.
    #[error("{request} got no answer: {}", causes(.source))]
    NoAnswer {
        /// Method and path.
        request: String,
        /// What the HTTP client says.
        source: reqwest::Error,
    },
    /// An answer lacks what the specification promises.
    #[error("{request} was answered without `{lacks}`: {answer}")]
    Unexpected {
        /// Method and path.
        request: String,
        /// The key that is not there.
        lacks: &'static str,
        /// The whole answer.
        answer: String,
    },
    /// What was waited for did not happen in time.
    #[error("waited {} s in vain, and {reader} read:\n{transcript}", .waited.as_secs())]
    NeverCame {
        /// For how long.
        waited: Duration,
        /// User id of the one who waited.
        reader: String,
        /// The room, or the invitations, at the end.
        transcript: String,
    },
    /// Synapse did not do what it should. `log` is the end of its log.
    #[error("Synapse {what}. The end of its log:\n{log}")]
    Synapse {
        /// What it did or did not do.
        what: String,
        /// The last lines of its log.
        log: String,
    },
    /// Synapse is not installed.
    #[error("Synapse is not installed in tools/synapse of the target directory. `make setup` installs it.")]
    NotInstalled,
    /// The machine did not do what it should: files, processes, ports.
    #[error("{what}: {source}")]
    Machine {
        /// What was tried.
        what: String,
        /// What the machine says.
        source: std::io::Error,
    },
}

/// A server's no, in Matrix's form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Method and path.
    pub request: String,
    /// HTTP status.
    pub status: u16,
    /// `M_FORBIDDEN` and its like. Empty when the answer is not in Matrix's form.
    pub errcode: String,
    /// For people. The whole body when the answer is not in Matrix's form.
    pub message: String,
    /// When to try again, from `retry_after_ms` in the body.
    pub retry_after: Option<Duration>,
}

impl Error {
    /// Status and error code, for an assertion: `Some((403, "M_FORBIDDEN"))`. `None` when it was no refusal.
    #[must_use]
    pub fn code(&self) -> Option<(u16, &str)> {
        self.refusal().map(|it| (it.status, it.errcode.as_str()))
    }

    /// The server's no. `None` when there was no answer, or nobody to answer.
    #[must_use]
    pub const fn refusal(&self) -> Option<&Refusal> {
        if let Self::Refused(refusal) = self { Some(refusal) } else { None }
    }

    pub(crate) fn machine(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        |source| Self::Machine { what, source }
    }
}

impl Debug for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl Display for Refusal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} was answered {} {}: {}", self.request, self.status, self.errcode, self.message)
    }
}

/// An error and all that it stems from, in one line: the HTTP client names the cause last.
fn causes(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line = format!("{line}: {error}");
        cause = error.source();
    }
    line
}
