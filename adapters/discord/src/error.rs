//! Why Herald cannot start on Discord.

use std::path::PathBuf;

use crate::rest::Failure;

/// Why Herald cannot start on Discord: what stands in the way, then what to do. Holds no token.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No answer, or that of a service in trouble: the same start may succeed later.
    #[error("Discord cannot be reached: {reason}.")]
    Unreachable {
        /// What was seen instead of an answer.
        reason: String,
    },
    /// Discord asks to come back later.
    #[error("Discord asks Herald to wait for {seconds} s before it starts.")]
    Limited {
        /// For how long.
        seconds: u64,
    },
    /// The token is not valid.
    #[error(
        "Discord does not accept the token. In the Developer Portal (https://discord.com/developers/applications), open \
         the application, then Bot, then Reset Token, and give Herald the new one."
    )]
    BadToken,
    /// The token is a person's.
    #[error(
        "The token is not a bot's. In the Developer Portal (https://discord.com/developers/applications), open the \
         application, then Bot, then Reset Token, and give Herald that one."
    )]
    NotABot,
    /// Discord would not give what Herald has to read.
    #[error(
        "Discord does not give Herald {what}. In the Developer Portal, open \
         https://discord.com/developers/applications/{application}/bot, switch on {switches} under Privileged Gateway \
         Intents, and save."
    )]
    IntentsOff {
        /// What would be missing.
        what: &'static str,
        /// What to switch on.
        switches: &'static str,
        /// The application.
        application: u64,
    },
    /// The bot is not on the server.
    #[error(
        "Herald is not on the Discord server {guild}. Somebody who may manage that server opens {invite} and adds it. If \
         it was added already, the server's number in the configuration is another one's."
    )]
    NotInvited {
        /// The configured server.
        guild: u64,
        /// A link that invites the bot with the permissions that it needs.
        invite: String,
    },
    /// The bot was added without its commands.
    #[error(
        "Herald may not offer its commands on the Discord server {guild}. Somebody who may manage that server opens \
         {invite} and adds it once more."
    )]
    NoCommands {
        /// The configured server.
        guild: u64,
        /// A link that invites the bot with the permissions that it needs.
        invite: String,
    },
    /// The machine does not let Herald read or write a file.
    #[error("{} cannot be read or written: {reason}. Check its rights and the space on the disk.", .path.display())]
    Files {
        /// The file or directory.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// Another Herald uses the store directory.
    #[error("Another Herald is running on {}. Stop it first: both would answer.", .store.display())]
    AlreadyRunning {
        /// The store directory.
        store: PathBuf,
    },
    /// This machine cannot make requests.
    #[error("Herald cannot make requests from here: {reason}. Check the machine's TLS certificates.")]
    NoClient {
        /// What is missing.
        reason: String,
    },
    /// Discord says no, for a reason of its own.
    #[error("Discord refuses {what}: {reason}.")]
    Refused {
        /// What was asked of it.
        what: &'static str,
        /// Status, number and message of its answer.
        reason: String,
    },
}

impl StartError {
    /// What it means that Discord answered `what` in this way.
    pub(crate) fn answer(what: &'static str, failure: Failure) -> Self {
        match failure {
            Failure::Limited { after } => Self::Limited { seconds: after.as_secs().max(1) },
            Failure::Unreachable { reason } | Failure::Unknown { reason } => Self::Unreachable { reason },
            Failure::Denied { status: 401, .. } => Self::BadToken,
            Failure::Denied { status, code, message } => {
                let message: String = message.trim_end_matches('.').chars().take(200).collect();
                Self::Refused { what, reason: format!("{status}, {code}, {message}") }
            }
        }
    }
}
