//! What a call that failed means for whoever made it.

use std::time::Duration;

use herald_chat::SendError;
use matrix_sdk::ruma::api::client::uiaa::UiaaResponse;
use matrix_sdk::ruma::api::error::{ErrorBody, ErrorKind, FromHttpResponseError, RetryAfter};
use matrix_sdk::{Error, HttpError};

/// How long to wait when nothing says how long and an admin has to act first.
const ADMIN_WAIT: Duration = Duration::from_secs(30);

/// What the homeserver said no with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Denial {
    /// The HTTP status.
    pub(crate) status: u16,
    /// `M_FORBIDDEN` and the like, if there was one.
    pub(crate) code: String,
    /// The server's own sentence.
    pub(crate) message: String,
    /// How long it asked to wait.
    pub(crate) after: Option<Duration>,
}

impl Denial {
    pub(crate) fn of(error: &Error) -> Option<Self> {
        match error {
            Error::Http(error) => Self::of_http(error),
            _ => None,
        }
    }

    pub(crate) fn of_http(error: &HttpError) -> Option<Self> {
        let error = match error {
            HttpError::Api(error) => match error.as_ref() {
                FromHttpResponseError::Server(UiaaResponse::MatrixError(error)) => error,
                FromHttpResponseError::Server(UiaaResponse::AuthResponse(_)) => {
                    return Some(Self::bare(401, "the homeserver wants the account's password for this"));
                }
                FromHttpResponseError::Deserialization(_) | _ => return None,
            },
            HttpError::Cached(error) => return Self::of_http(error),
            _ => return None,
        };
        let status = error.status_code.as_u16();
        let (code, message, after) = match &error.body {
            ErrorBody::Standard(body) => {
                let after = match &body.kind {
                    ErrorKind::LimitExceeded(limit) => match limit.retry_after {
                        Some(RetryAfter::Delay(delay)) => Some(delay),
                        Some(RetryAfter::DateTime(_)) | None => None,
                    },
                    _ => None,
                };
                (body.kind.errcode().to_string(), body.message.clone(), after)
            }
            ErrorBody::Json(_) | ErrorBody::NotJson { .. } => (String::new(), String::new(), None),
        };
        Some(Self { status, code, message, after })
    }

    fn bare(status: u16, message: &str) -> Self {
        Self { status, code: String::new(), message: message.to_owned(), after: None }
    }

    /// What it means when nothing is known about the room.
    pub(crate) fn means(&self) -> SendError {
        let Self { status, code, message, after } = self;
        match (*status, code.as_str()) {
            (429, _) => SendError::Retry { after: *after, reason: "the homeserver asks to go slower".to_owned() },
            (401, _) => {
                let reason = "the homeserver takes Herald's access token no more: log in again as docs/matrix.md says";
                SendError::Retry { after: Some(ADMIN_WAIT), reason: reason.to_owned() }
            }
            (413, _) | (_, "M_TOO_LARGE") => {
                SendError::Refused { reason: "It is too long for the homeserver. Write less at once.".to_owned() }
            }
            (403, _) => SendError::Refused { reason: format!("The homeserver does not allow it: {message}.") },
            (500.., _) => SendError::Unknown { reason: format!("the homeserver answered {status} {code}") },
            (408, _) => SendError::Unknown { reason: "the homeserver took too long".to_owned() },
            _ => SendError::Refused { reason: format!("The homeserver says {status} {code}: {message}.") },
        }
    }
}

/// What an error means for a call. Nothing of what was sent is in it.
pub(crate) fn meaning(error: &Error) -> SendError {
    if let Some(denial) = Denial::of(error) {
        return denial.means();
    }
    match error {
        Error::Http(error) => http(error),
        Error::WrongRoomState(_) => SendError::Refused {
            reason: "Herald is not in this room. Invite it again, or take the room out of the configuration."
                .to_owned(),
        },
        Error::AuthenticationRequired | Error::NoOlmMachine => {
            SendError::Retry { after: None, reason: "Herald is not logged in yet".to_owned() }
        }
        // The key store and the disk: nothing was sent, and the next try may find them well.
        other => SendError::Retry { after: None, reason: format!("the Matrix store did not do its part: {other}") },
    }
}

/// The same for a call below the SDK's own error.
pub(crate) fn http(error: &HttpError) -> SendError {
    if let Some(denial) = Denial::of_http(error) {
        return denial.means();
    }
    match error {
        HttpError::Reqwest(error) if error.is_connect() => {
            SendError::Retry { after: None, reason: "the homeserver cannot be reached".to_owned() }
        }
        HttpError::Reqwest(error) if error.is_timeout() => {
            SendError::Unknown { reason: "no answer from the homeserver in time".to_owned() }
        }
        HttpError::Reqwest(_) => SendError::Unknown { reason: "the connection to the homeserver was cut".to_owned() },
        HttpError::Cached(error) => http(error),
        HttpError::Api(_) => SendError::Unknown { reason: "the homeserver's answer could not be read".to_owned() },
        _ => SendError::Retry { after: None, reason: "the request could not be made".to_owned() },
    }
}

pub(crate) fn refused(why: impl Into<String>) -> SendError {
    SendError::Refused { reason: why.into() }
}

pub(crate) fn later(why: impl Into<String>) -> SendError {
    SendError::Retry { after: None, reason: why.into() }
}
