//! The port's names of people, rooms and messages, and Discord's own.

use herald_chat::{MessageRef, Network, Person, RoomRef, SendError, UserRef, clean_line};
use jiff::Timestamp;

use crate::failure::refused;

/// The short name that references of this platform begin with.
pub(crate) const NETWORK: &str = "discord";
/// The first millisecond that a snowflake can tell of, in those since 1970.
const EPOCH: i64 = 1_420_070_400_000;
/// What ids of commands begin with that came through an interaction: `interaction:<id>:<user id>`.
const INTERACTION: &str = "interaction:";

/// What the names of changes begin with: `edit:<message>:<when>`.
pub(crate) const EDIT: &str = "edit:";

pub(crate) fn network() -> Network {
    Network::new(NETWORK)
}

pub(crate) fn room_ref(channel: u64) -> RoomRef {
    RoomRef::new(&network(), &channel.to_string())
}

pub(crate) fn user_ref(user: u64) -> UserRef {
    UserRef::new(&network(), &user.to_string())
}

pub(crate) fn message_ref(channel: u64, message: u64) -> MessageRef {
    MessageRef { room: room_ref(channel), id: message.to_string() }
}

/// Somebody, by the first of these names that is one: on the server, everywhere, and the account's.
pub(crate) fn person(user: u64, names: &[Option<&str>]) -> Person {
    let mut shown = names.iter().flatten().map(|name| clean_line(name)).filter(|name| !name.is_empty());
    Person { id: user_ref(user), name: shown.next().unwrap_or_else(|| user.to_string()) }
}

pub(crate) fn channel_id(room: &RoomRef) -> Result<u64, SendError> {
    let id = Some(room).filter(|room| room.network().as_str() == NETWORK).and_then(|room| snowflake(room.id()));
    id.ok_or_else(|| refused(format!("{room} is no channel of Discord. Write it as `discord:123456789012345678`.")))
}

pub(crate) fn user_id(user: &UserRef) -> Result<u64, SendError> {
    let id = Some(user).filter(|user| user.network().as_str() == NETWORK).and_then(|user| snowflake(user.id()));
    id.ok_or_else(|| refused(format!("{user} is no account of Discord. Write it as `discord:123456789012345678`.")))
}

/// The number of a message, also by the name of a change of it: without the one, the other is not there.
pub(crate) fn message_id(message: &MessageRef) -> Result<u64, SendError> {
    let id = message.id.strip_prefix(EDIT).and_then(|rest| rest.split(':').next()).unwrap_or(&message.id);
    snowflake(id).ok_or_else(|| refused(format!("{} is no message of Discord.", message.id)))
}

/// The id of a command that came through an interaction.
pub(crate) fn interaction_name(interaction: u64, user: u64) -> String {
    format!("{INTERACTION}{interaction}:{user}")
}

/// The interaction and the user that such an id tells of.
pub(crate) fn interaction_of(name: &str) -> Option<(u64, u64)> {
    let (interaction, user) = name.strip_prefix(INTERACTION)?.split_once(':')?;
    Some((snowflake(interaction)?, snowflake(user)?))
}

/// An id of Discord's. None is 0.
pub(crate) fn snowflake(text: &str) -> Option<u64> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|id| *id != 0)
}

/// When the thing with this id was made.
pub(crate) fn made_at(snowflake: u64) -> Timestamp {
    let since = i64::try_from(snowflake >> 22).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(EPOCH.saturating_add(since)).unwrap_or(Timestamp::MAX)
}

/// The least id that something made at this time can have.
pub(crate) fn snowflake_at(at: Timestamp) -> u64 {
    u64::try_from(at.as_millisecond().saturating_sub(EPOCH)).unwrap_or(0) << 22
}
