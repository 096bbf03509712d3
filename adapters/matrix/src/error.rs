//! Why Herald cannot start on Matrix, and what the homeserver's answers mean.

use std::error::Error;
use std::path::{Path, PathBuf};

use matrix_sdk::ruma::api::error::{ErrorBody, ErrorKind, FromHttpResponseError};
use matrix_sdk::ruma::{OwnedDeviceId, OwnedUserId};
use matrix_sdk::{HttpError, reqwest};

/// Why Herald cannot start on Matrix: what stands in the way, then what to do. Holds no token and no password.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No answer, or that of a server in trouble: the same start may succeed later.
    #[error("The homeserver at {homeserver} cannot be reached: {reason}.")]
    Unreachable {
        /// The address that was tried.
        homeserver: String,
        /// What was seen instead of an answer.
        reason: String,
    },
    /// The address is none.
    #[error("`{homeserver}` is no address of a homeserver. Write one like `https://matrix.example.org`.")]
    BadAddress {
        /// As it is configured.
        homeserver: String,
    },
    /// Something answers there that is no homeserver.
    #[error(
        "What answers at {homeserver} is no Matrix homeserver. Use the base address of its client API: the one in \
         `https://<your domain>/.well-known/matrix/client`, with `https`, and without `/_matrix`."
    )]
    NotAHomeserver {
        /// The address that was tried.
        homeserver: String,
    },
    /// Neither a session nor anything to begin one with.
    #[error("There is no session in {} yet. Configure a password or an access token for the first start.", .store.display())]
    NoSecret {
        /// The store directory.
        store: PathBuf,
    },
    /// The homeserver has no such account, or the password is another.
    #[error("The homeserver does not accept this password for {user}. Check the account's name and its password.")]
    WrongPassword {
        /// The configured account.
        user: OwnedUserId,
    },
    /// The account cannot be used any more.
    #[error("The homeserver says that {user} is deactivated or locked. Ask its admin, or use another account.")]
    Deactivated {
        /// The configured account.
        user: OwnedUserId,
    },
    /// There is no login by password on this server.
    #[error("This homeserver has no login by password. Configure an access token instead.")]
    NoPasswordLogin,
    /// The access token is unknown to the server.
    #[error(
        "The homeserver does not know the access token{}. Somebody signed the device out, or the token was mistyped. \
         {}", if *.stored { " of Herald's session" } else { "" }, if *.stored {
            "Move the store directory away and start again: Herald makes a new device. Have the recovery key at hand."
        } else {
            "Make a new one."
        }
    )]
    TokenRevoked {
        /// Whether it is that of the session in the store.
        stored: bool,
    },
    /// The access token is another account's.
    #[error("The access token belongs to {owner}, but the configured account is {user}. Correct one of them.")]
    TokenOfAnother {
        /// The configured account.
        user: OwnedUserId,
        /// Whose token it is.
        owner: OwnedUserId,
    },
    /// The access token has no device, so nothing can be encrypted with it.
    #[error(
        "The access token belongs to no device, as those that admins or application services make. Herald needs a \
         device to encrypt: use a token from a login of its own, or the password."
    )]
    TokenWithoutDevice,
    /// Another program has set up encryption with this token.
    #[error(
        "Another program already encrypts as device {device}, so Herald cannot. Give it a token of its own: log in once \
         more, use that token nowhere else, and do not log out."
    )]
    DeviceTaken {
        /// The token's device.
        device: OwnedDeviceId,
    },
    /// The store holds another account's session.
    #[error(
        "{} holds the session of {stored}, but the configured account is {user}. Set it back, or choose another store \
         directory.", .store.display()
    )]
    OtherAccount {
        /// The configured account.
        user: OwnedUserId,
        /// Whose session it is.
        stored: OwnedUserId,
        /// The store directory.
        store: PathBuf,
    },
    /// The store's session is with another homeserver.
    #[error(
        "{} holds a session with {stored}, but the configured homeserver is {homeserver}. If it is the same server at a \
         new address, write that into `session.json` there; else choose another store directory.", .store.display()
    )]
    OtherHomeserver {
        /// The configured address.
        homeserver: String,
        /// The session's.
        stored: String,
        /// The store directory.
        store: PathBuf,
    },
    /// Others can read the store directory, or change what is in it.
    #[error("Others than Herald's user may enter {}, which holds its keys. Run `chmod 700 {}`.", .store.display(), .store.display())]
    StoreOpenToOthers {
        /// The store directory.
        store: PathBuf,
    },
    /// Another Herald uses the store directory.
    #[error("Another Herald is running on {}. Stop it first: two would break each other's encryption.", .store.display())]
    AlreadyRunning {
        /// The store directory.
        store: PathBuf,
    },
    /// The machine does not let Herald read or write a file.
    #[error("{} cannot be read or written: {reason}. Check its rights and the space on the disk.", .path.display())]
    Files {
        /// The file or directory.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// A file of the store cannot be understood.
    #[error(
        "{} is damaged: {reason}. Check the disk. If it is a database, move the store directory away and start again: \
         Herald makes a new device. Have the recovery key at hand.", .path.display()
    )]
    Damaged {
        /// The file or directory.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A newer Herald has written the store.
    #[error("A newer Herald has used {}. Start that one: this one could not read the keys, and would harm them.", .store.display())]
    Newer {
        /// The store directory.
        store: PathBuf,
    },
    /// The keys of the session's device are not in the store.
    #[error(
        "The keys of device {device} are not in {} any more: the database is lost, or another device's. Nobody could \
         trust what it would send. Put the database back, or move the directory away and start again: Herald makes a new \
         device. Have the recovery key at hand.", .store.display()
    )]
    KeysLost {
        /// The session's device.
        device: OwnedDeviceId,
        /// The store directory.
        store: PathBuf,
    },
    /// The device was used from elsewhere, or by a later state of this store.
    #[error(
        "Device {device} was used from a copy of {} since that was last in use here, or this is an old backup. Two copies \
         break each other's encryption, so only one may go on: stop the other for good. To go on with this one, move {} \
         away and start again: Herald makes a new device. Have the recovery key at hand.", .store.display(), .store.display()
    )]
    UsedElsewhere {
        /// The session's device.
        device: OwnedDeviceId,
        /// The store directory.
        store: PathBuf,
    },
    /// The homeserver says no, for a reason of its own.
    #[error("The homeserver refuses {what}: {reason}. Ask its admin.")]
    Refused {
        /// What was asked of it.
        what: &'static str,
        /// Status and message of its answer.
        reason: String,
    },
}

impl StartError {
    /// What it means that the homeserver answered `what` in this way.
    pub(crate) fn answer(homeserver: &str, what: &'static str, error: &HttpError) -> Self {
        let homeserver = homeserver.to_owned();
        match failure(error) {
            Failure::Unreachable(reason) => Self::Unreachable { homeserver, reason },
            Failure::NotMatrix => Self::NotAHomeserver { homeserver },
            Failure::UnknownToken => Self::TokenRevoked { stored: true },
            Failure::Refused(reason) => Self::Refused { what, reason },
        }
    }

    /// What it means that the SDK failed at `what`: the server's answer, or a store that cannot be used.
    pub(crate) fn sdk(homeserver: &str, store: &Path, what: &'static str, error: &matrix_sdk::Error) -> Self {
        match http(error) {
            Some(error) => Self::answer(homeserver, what, error),
            None => Self::database(store, innermost(error)),
        }
    }

    /// What it means that the databases of `store` fail with `reason`, in the words of `SQLite`: only some of that is damage.
    pub(crate) fn database(store: &Path, reason: String) -> Self {
        let passes = ["disk is full", "is locked", "unable to open", "disk I/O error", "out of memory", "readonly"];
        let path = store.to_owned();
        if passes.iter().any(|words| reason.contains(words)) {
            Self::Files { path, reason }
        } else {
            Self::Damaged { path, reason }
        }
    }
}

/// What kind of no an answer is.
pub(crate) enum Failure {
    /// None, or one that may change by itself. Says what was seen.
    Unreachable(String),
    /// No answer of a homeserver.
    NotMatrix,
    /// The access token is not valid.
    UnknownToken,
    /// Any other. Says status and message.
    Refused(String),
}

/// What kind of no this is.
pub(crate) fn failure(error: &HttpError) -> Failure {
    match error {
        HttpError::Reqwest(error) if error.is_timeout() => Failure::Unreachable("no answer in time".to_owned()),
        HttpError::Reqwest(error) => Failure::Unreachable(innermost(error)),
        HttpError::Cached(error) => failure(error),
        HttpError::Api(api) if matches!(**api, FromHttpResponseError::Deserialization(_)) => Failure::NotMatrix,
        HttpError::Api(_) | HttpError::IntoHttp(_) | HttpError::RefreshToken(_) => match error.as_client_api_error() {
            Some(error) => no(error.status_code, &error.body),
            None => Failure::Refused("it asks for more than it was given".to_owned()),
        },
    }
}

fn no(status: reqwest::StatusCode, body: &ErrorBody) -> Failure {
    if status.is_server_error() || status == reqwest::StatusCode::TOO_MANY_REQUESTS {
        return Failure::Unreachable(format!("it answers {status}"));
    }
    match body {
        ErrorBody::Standard(body) if matches!(body.kind, ErrorKind::UnknownToken(_)) => Failure::UnknownToken,
        ErrorBody::Standard(body) => {
            let message: String = body.message.trim_end_matches('.').chars().take(200).collect();
            Failure::Refused(format!("{status}, {message}"))
        }
        ErrorBody::Json(_) | ErrorBody::NotJson { .. } => Failure::NotMatrix,
    }
}

/// The HTTP error within, if that is what it is.
pub(crate) fn http(error: &matrix_sdk::Error) -> Option<&HttpError> {
    if let matrix_sdk::Error::Http(error) = error { Some(error) } else { None }
}

/// What an error stems from, in its own words: the outer ones name only what was tried.
pub(crate) fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string().trim_end_matches('.').to_owned()
}
