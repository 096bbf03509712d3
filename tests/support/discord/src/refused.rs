//! Discord's no: a status, a code, and sometimes where in the request the mistake is.

use std::fmt::{self, Display, Formatter};

use serde_json::{Value, json};

/// Why a request was refused, in Discord's words. A person who may not do what a test has them try gets the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// HTTP status.
    pub status: u16,
    /// Discord's code, such as 50013. 0 for a plain HTTP error.
    pub code: u32,
    /// For people.
    pub message: String,
    /// Nested like the request, with `_errors` at each mistake. Only with code 50035.
    pub errors: Option<Value>,
    /// Seconds to wait. Only for what a channel's slowmode refuses.
    pub retry_after: Option<f64>,
}

impl Refused {
    pub(crate) fn new(status: u16, code: u32, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), errors: None, retry_after: None }
    }

    /// The answer's body.
    #[must_use]
    pub fn body(&self) -> Value {
        let mut body = json!({ "message": self.message, "code": self.code });
        if let Some(errors) = &self.errors {
            body["errors"] = errors.clone();
        }
        if let Some(seconds) = self.retry_after {
            body["retry_after"] = json!(seconds);
        }
        body
    }
}

impl Display for Refused {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.status, self.code, self.message)?;
        self.errors.as_ref().map_or(Ok(()), |errors| write!(f, " {errors}"))
    }
}

impl std::error::Error for Refused {}

macro_rules! refusals {
    ($($name:ident $status:literal $code:literal $message:literal;)*) => {
        $(#[doc = $message] pub(crate) fn $name() -> Refused { Refused::new($status, $code, $message) })*
    };
}

refusals! {
    unauthorized 401 0 "401: Unauthorized";
    not_found 404 0 "404: Not Found";
    bad_request 400 0 "400: Bad Request";
    not_json 400 50109 "The request body contains invalid JSON.";
    unknown_channel 404 10003 "Unknown Channel";
    unknown_guild 404 10004 "Unknown Guild";
    unknown_member 404 10007 "Unknown Member";
    unknown_message 404 10008 "Unknown Message";
    unknown_overwrite 404 10009 "Unknown Overwrite";
    unknown_role 404 10011 "Unknown Role";
    unknown_user 404 10013 "Unknown User";
    unknown_emoji 400 10014 "Unknown Emoji";
    unknown_webhook 404 10015 "Unknown Webhook";
    unknown_interaction 404 10062 "Unknown interaction";
    unknown_command 404 10063 "Unknown application command";
    bots_only 403 20002 "Only bots can use this endpoint";
    max_pins 400 30003 "Maximum number of pins reached (250)";
    max_reactions 400 30010 "Maximum number of reactions reached (20)";
    max_channels 400 30013 "Maximum number of server channels reached (500)";
    max_webhooks 400 30007 "Maximum number of webhooks reached (15)";
    max_commands 400 30032 "Maximum number of application commands reached (100)";
    missing_access 403 50001 "Missing Access";
    not_in_a_dm 403 50003 "Cannot execute action on a DM channel";
    not_the_author 403 50005 "Cannot edit a message authored by another user";
    empty_message 400 50006 "Cannot send an empty message";
    cannot_dm 403 50007 "Cannot send messages to this user";
    no_text_here 400 50008 "Cannot send messages in a non-text channel";
    missing_permissions 403 50013 "Missing Permissions";
    bulk_count 400 50016 "Provided too few or too many messages to delete. Must provide at least 2 and fewer than 100 messages to delete";
    system_message 403 50021 "Cannot execute action on a system message";
    wrong_channel_kind 400 50024 "Cannot execute action on this channel type";
    invalid_webhook_token 401 50027 "Invalid Webhook Token provided";
    bulk_too_old 400 50034 "You can only bulk delete messages that are under 14 days old.";
    reply_without_history 400 160_002 "You cannot reply without permission to read message history";
    thread_exists 400 160_004 "A thread has already been created for this message";
    thread_archived 400 50083 "Tried to perform an operation on an archived thread, such as editing a message or adding a user to the thread";
    already_acknowledged 400 40060 "Interaction has already been acknowledged.";
    too_large 413 40005 "Request entity too large";
    unknown_sticker 404 10060 "Unknown sticker";
    slowmode 429 20016 "This action cannot be performed due to slowmode rate limit.";
    daily_commands 400 30034 "Max number of daily application command creates has been reached (200)";
    thread_locked 400 160_005 "Thread is locked";
}
