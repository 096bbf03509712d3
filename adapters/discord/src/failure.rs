//! What a request that failed means for whoever made it.

use std::time::Duration;

use herald_chat::SendError;

/// How long to wait when nothing says how long and an admin has to act first.
const ADMIN_WAIT: Duration = Duration::from_secs(30);

/// Why a request brought no result. Holds no token and nothing of what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Nothing was done: too much was asked for.
    Limited {
        /// How long to wait.
        after: Duration,
    },
    /// Nothing was done: the request did not get there.
    Unreachable {
        /// What was seen.
        reason: String,
    },
    /// It may have been done.
    Unknown {
        /// What was seen instead of an answer.
        reason: String,
    },
    /// It was not done.
    Denied {
        /// The HTTP status.
        status: u16,
        /// Discord's own number for it; 0 when there is none.
        code: u64,
        /// Discord's own sentence.
        message: String,
    },
}

impl Failure {
    /// Whether Discord said no with this number of its own.
    pub(crate) fn is_code(&self, wanted: u64) -> bool {
        matches!(self, Self::Denied { code, .. } if *code == wanted)
    }

    /// Whether Discord said no with this HTTP status.
    pub(crate) fn is_status(&self, wanted: u16) -> bool {
        matches!(self, Self::Denied { status, .. } if *status == wanted)
    }
}

impl From<Failure> for SendError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Limited { after } => {
                Self::Retry { after: Some(after), reason: "Discord asks to go slower".to_owned() }
            }
            Failure::Unreachable { reason } => Self::Retry { after: None, reason },
            Failure::Unknown { reason } => Self::Unknown { reason },
            Failure::Denied { status, code, message } => denied(status, code, &message),
        }
    }
}

fn denied(status: u16, code: u64, message: &str) -> SendError {
    let sentence = match (status, code) {
        (401, _) => {
            let reason = "Discord takes Herald's token no more: make a new one as docs/discord.md says";
            return SendError::Retry { after: Some(ADMIN_WAIT), reason: reason.to_owned() };
        }
        // Slow mode, an overloaded service, a resource of theirs that is busy.
        (_, 20016 | 40004 | 40062 | 130_000) => {
            let reason = format!("Discord says {code}: {}", brief(message));
            return SendError::Retry { after: Some(Duration::from_secs(5)), reason };
        }
        (_, 10003) => "Discord knows of no such channel. It was deleted, or its number is mistyped.",
        (_, 10004) => "Herald is not on this Discord server. Invite it there.",
        (_, 10008) => "Discord knows of no such message: it was deleted.",
        (_, 10007 | 10013) => "Discord knows of no such member.",
        (_, 30003) => "The channel holds as many pins as Discord allows. Take one off.",
        (_, 30005) => "The server holds as many roles as Discord allows. Delete one.",
        (_, 30013) => "The server holds as many channels as Discord allows, 500. Delete some.",
        (_, 30010) => "The message has as many different reactions as Discord allows.",
        (_, 50001) => "Herald may not see this channel. Give its role `View Channel` there.",
        (_, 50007) => {
            "Discord lets Herald send no direct message to this person. They can allow it in the server's menu, \
             `Privacy Settings`, `Direct Messages`."
        }
        (_, 50013) => {
            "Herald lacks a permission for this. Check its role in the server's settings and in the channel's."
        }
        (_, 50019) => "Discord pins a message only in the channel where it stands.",
        (_, 50083) => "This thread is archived and locked. Unlock it.",
        (_, 160_004..=160_006) => "The thread cannot be used: it is locked, or there are too many.",
        (_, 200_000 | 200_001) => "The server's AutoMod held this back. Exempt Herald's role in the rule.",
        (_, 240_000) => "The server's rules hold this message back: Discord calls its link harmful.",
        (413, _) => "It is too long for Discord. Write less at once.",
        (_, _) => "",
    };
    let reason = if sentence.is_empty() {
        format!("Discord says {status}, {code}: {}.", brief(message))
    } else {
        sentence.to_owned()
    };
    SendError::Refused { reason }
}

fn brief(message: &str) -> String {
    message.trim_end_matches('.').chars().take(200).collect()
}

pub(crate) fn refused(why: impl Into<String>) -> SendError {
    SendError::Refused { reason: why.into() }
}

pub(crate) fn later(why: impl Into<String>) -> SendError {
    SendError::Retry { after: None, reason: why.into() }
}
