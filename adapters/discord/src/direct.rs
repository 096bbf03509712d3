//! Rooms of two, and which rooms there are.

use herald_chat::{RoomRef, SendError};
use serde::Deserialize;
use serde_json::json;

use crate::Inner;
use crate::names::{room_ref, snowflake};
use crate::rest::Request;

/// A channel, as far as this module looks.
#[derive(Deserialize)]
struct Channel {
    id: String,
    #[serde(rename = "type")]
    kind: u8,
}

/// The kinds of channels that people write in: text and announcements.
const WRITTEN: [u8; 2] = [0, 5];

impl Inner {
    /// The room between Herald and one person. Discord gives the one that there is.
    pub(crate) async fn direct_room(&self, user: u64) -> Result<RoomRef, SendError> {
        let known = self.notes().directs.iter().find(|(_, with)| **with == user).map(|(channel, _)| *channel);
        if let Some(channel) = known {
            return Ok(room_ref(channel));
        }
        let body = json!({ "recipient_id": user.to_string() });
        let made: Channel = self.rest.ask_as(Request::post("/users/@me/channels", body)).await?;
        let id = snowflake(&made.id).ok_or_else(|| crate::failure::later("Discord named no channel"))?;
        self.notes().directs.insert(id, user);
        Ok(room_ref(id))
    }

    /// The server's channels that people write in, and the talks of two since the start.
    pub(crate) async fn known_rooms(&self) -> Result<Vec<RoomRef>, SendError> {
        let path = format!("/guilds/{}/channels", self.settings.guild);
        let all: Vec<Channel> = self.rest.ask_as(Request::get(path)).await?;
        let written = all.iter().filter(|it| WRITTEN.contains(&it.kind)).filter_map(|it| snowflake(&it.id));
        let mut rooms: Vec<RoomRef> = written.map(room_ref).collect();
        rooms.extend(self.notes().directs.keys().copied().map(room_ref));
        Ok(rooms)
    }
}
