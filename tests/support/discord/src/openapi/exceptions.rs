//! What Discord really does, or clients really send, that its description lacks.

use std::fmt::{self, Display, Formatter};

use super::deviation::{Deviation, Side};

/// A deviation that is right, and why.
#[derive(Debug)]
pub struct Exception {
    /// The operation: `POST /channels/{channel_id}/messages`. A `*` at its end stands for any rest.
    pub operation: &'static str,
    /// Of the request, or of an answer.
    pub side: Side,
    /// Where, as in [`Deviation::at`]. A `*` at its beginning stands for any way there.
    pub at: &'static str,
    /// Part of what the description says about it.
    pub says: &'static str,
    /// Why it is right all the same.
    pub reason: &'static str,
}

const fn request(operation: &'static str, at: &'static str, says: &'static str, reason: &'static str) -> Exception {
    Exception { operation, side: Side::Request, at, says, reason }
}

const fn answer(
    operation: &'static str,
    status: u16,
    at: &'static str,
    says: &'static str,
    reason: &'static str,
) -> Exception {
    Exception { operation, side: Side::Answer(status), at, says, reason }
}

const ANY: &str = "*";
const TYPE: &str = "is not of type";
const UNKNOWN: &str = "not described";

const IDS: &str = "Discord takes ids as numbers too, and discord.py sends them so";
const BITS: &str = "Discord's documentation has permissions as text: JSON numbers would lose the highest bits";
const TTS: &str = "discord.py sends `tts` with every message; Discord ignores fields that it does not know";

/// All that are known.
pub const EXCEPTIONS: &[Exception] = &[
    request(ANY, "*_id", TYPE, IDS),
    request(ANY, "*/permission_overwrites/*/id", TYPE, IDS),
    request(ANY, "*/allow", TYPE, BITS),
    request(ANY, "*/deny", TYPE, BITS),
    request(ANY, "*/permissions", TYPE, BITS),
    request(ANY, "*/default_member_permissions", TYPE, BITS),
    request("PATCH /channels/{channel_id}/messages/{message_id}", "/tts", UNKNOWN, TTS),
    request("PATCH /webhooks/{webhook_id}/{webhook_token}/messages/*", "/tts", UNKNOWN, TTS),
    request("POST /interactions/{interaction_id}/{interaction_token}/callback", "/data/tts", UNKNOWN, TTS),
    request(
        ANY,
        "*/embeds/*/flags",
        UNKNOWN,
        "discord.py gives embeds back with all that it reads of them; Discord ignores fields that it does not know",
    ),
    request(
        "PUT /channels/{channel_id}/permissions/{overwrite_id}",
        "/id",
        UNKNOWN,
        "serenity and discord.py repeat the id of the path; Discord ignores fields that it does not know",
    ),
    request(
        "PUT /applications/{application_id}/guilds/{guild_id}/commands",
        "/*/nsfw",
        UNKNOWN,
        "documented for commands, and missing from the description",
    ),
    request(
        "PUT /applications/{application_id}/guilds/{guild_id}/commands",
        "*",
        "is empty",
        "serenity writes out what an option lacks; to Discord that is the same as nothing",
    ),
    request(
        "PATCH /webhooks/{webhook_id}/{webhook_token}",
        "/channel_id",
        UNKNOWN,
        "a test tries to move a webhook with its token alone, and sees that it stays",
    ),
    request("GET /nowhere", "", "no such operation", "a test asks for what is not there, to see it refused"),
    answer(
        ANY,
        429,
        "",
        "\"code\" is a required property",
        "documented as optional: only some limits have a code, and most answers of Discord's lack it",
    ),
    answer(
        ANY,
        200,
        "*/message_reference/type",
        "0 was expected",
        "documented: 1 is a forward; the description knows replies alone",
    ),
    answer(
        ANY,
        400,
        "*/_errors/*/code",
        TYPE,
        "documented as text, such as `BASE_TYPE_MAX_LENGTH`; the description takes it for the code of the whole answer",
    ),
    answer(
        "POST /interactions/{interaction_id}/{interaction_token}/callback",
        200,
        "/resource/type",
        "is not one of",
        "the message that is still to come has the type of what it was answered with; the description knows only 4, 7 \
         and 12",
    ),
];

impl Exception {
    pub(super) fn covers(&self, deviation: &Deviation) -> bool {
        let operation = match self.operation.strip_suffix('*') {
            Some(start) => deviation.operation.starts_with(start),
            None => deviation.operation == self.operation,
        };
        let at = match self.at.strip_prefix('*') {
            Some(end) => deviation.at.ends_with(end),
            None => deviation.at == self.at,
        };
        operation && at && deviation.side == self.side && deviation.says.contains(self.says)
    }
}

impl Display for Exception {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { operation, side, at, says, reason } = self;
        write!(f, "{operation} ({side}) {at} {says}: {reason}")
    }
}
