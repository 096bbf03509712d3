//! The rooms that Herald makes and closes.

use herald_chat::{RoomRef, RoomSpec, SendError, SendKey};
use serde_json::json;

use crate::Inner;
use crate::failure::refused;
use crate::names::{channel_id, room_ref, snowflake};
use crate::rest::Request;

/// Who a room that Herald makes is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoomKind {
    /// Those who respond.
    Private,
    /// Everybody on the server, who may write there.
    Internal,
    /// Everybody on the server, who reads what Herald writes.
    Announcements,
}

impl Inner {
    /// The channel that `named`, an id or `#name`, means.
    pub(crate) async fn resolved(&self, named: &str) -> Result<Option<RoomRef>, SendError> {
        let wanted = named.trim_start_matches('#');
        let all = self.rest.ask(Request::get(format!("/guilds/{}/channels", self.settings.guild))).await?;
        let found = all.as_array().into_iter().flatten().find(|it| it["id"] == wanted || it["name"] == wanted);
        Ok(found.and_then(|it| it["id"].as_str()).and_then(snowflake).map(room_ref))
    }

    pub(crate) async fn make_room(&self, name: &str, _kind: RoomKind) -> Result<RoomRef, SendError> {
        let body = json!({ "name": name.trim_start_matches('#'), "type": 0 });
        let made = self.rest.ask(Request::post(format!("/guilds/{}/channels", self.settings.guild), body)).await?;
        made["id"].as_str().and_then(snowflake).map(room_ref).ok_or_else(|| refused("Discord made no channel."))
    }

    pub(crate) async fn open_room(&self, spec: &RoomSpec, _key: &SendKey) -> Result<RoomRef, SendError> {
        let room = self.make_room(&spec.name, RoomKind::Private).await?;
        for member in &spec.members {
            self.let_in(channel_id(&room)?, crate::names::user_id(member)?).await?;
        }
        Ok(room)
    }

    pub(crate) async fn let_in(&self, channel: u64, user: u64) -> Result<(), SendError> {
        let body = json!({ "type": 1, "allow": "68608", "deny": "0" });
        self.rest.ask(Request::put(format!("/channels/{channel}/permissions/{user}"), body)).await?;
        Ok(())
    }

    pub(crate) async fn close_room(&self, channel: u64) -> Result<(), SendError> {
        let body = json!({ "parent_id": self.settings.archive.map(|it| it.to_string()) });
        self.rest.ask(Request::patch(format!("/channels/{channel}"), body)).await?;
        Ok(())
    }
}
