//! The port's names of people, rooms and messages, and Matrix's own.

use herald_chat::{MessageRef, Network, Person, RoomRef, SendError, UserRef, clean_line};
use jiff::Timestamp;
use matrix_sdk::ruma::{EventId, MilliSecondsSinceUnixEpoch, OwnedEventId, OwnedRoomId, OwnedUserId, RoomId, UserId};

use crate::failure::refused;

/// The short name that references of this platform begin with.
pub(crate) const NETWORK: &str = "matrix";

pub(crate) fn network() -> Network {
    Network::new(NETWORK)
}

pub(crate) fn room_ref(room: &RoomId) -> RoomRef {
    RoomRef::new(&network(), room.as_str())
}

pub(crate) fn user_ref(user: &UserId) -> UserRef {
    UserRef::new(&network(), user.as_str())
}

pub(crate) fn message_ref(room: &RoomId, event: &EventId) -> MessageRef {
    MessageRef { room: room_ref(room), id: event.as_str().to_owned() }
}

/// Somebody, by the name they gave themselves or else the first part of their account.
pub(crate) fn person(user: &UserId, name: Option<&str>) -> Person {
    let name = name.map(clean_line).filter(|name| !name.trim().is_empty());
    Person { id: user_ref(user), name: name.unwrap_or_else(|| user.localpart().to_owned()) }
}

pub(crate) fn room_id(room: &RoomRef) -> Result<OwnedRoomId, SendError> {
    let id = Some(room).filter(|room| room.network().as_str() == NETWORK).map(RoomRef::id);
    let parsed = id.and_then(|id| RoomId::parse(id).ok());
    parsed.ok_or_else(|| refused(format!("{room} is no room of Matrix. Write it as `matrix:!abc:example.org`.")))
}

pub(crate) fn user_id(user: &UserRef) -> Result<OwnedUserId, SendError> {
    let id = Some(user).filter(|user| user.network().as_str() == NETWORK).map(UserRef::id);
    let parsed = id.and_then(|id| UserId::parse(id).ok());
    parsed.ok_or_else(|| refused(format!("{user} is no account of Matrix. Write it as `matrix:@ana:example.org`.")))
}

pub(crate) fn event_id(message: &MessageRef) -> Result<OwnedEventId, SendError> {
    EventId::parse(message.id.as_str()).map_err(|_| refused(format!("{} is no message of Matrix.", message.id)))
}

/// The server's time. One outside of what a clock can show counts as the first moment there is.
pub(crate) fn time(at: MilliSecondsSinceUnixEpoch) -> Timestamp {
    Timestamp::from_millisecond(at.get().into()).unwrap_or(Timestamp::UNIX_EPOCH)
}
