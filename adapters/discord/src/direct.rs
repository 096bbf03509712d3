//! Rooms of two, and which rooms there are.

use std::collections::BTreeMap;

use herald_chat::{RoomRef, SendError};
use serde::Deserialize;
use serde_json::json;

use crate::Inner;
use crate::events::wire::Id;
use crate::names::room_ref;
use crate::rest::Request;
use crate::store::Store;

/// The name of the file: Discord does not tell a bot which talks of two it has.
const FILE: &str = "talks.json";
/// The kinds of channels that people write in: text and announcements.
const WRITTEN: [u8; 2] = [0, 5];

#[derive(Deserialize)]
struct Channel {
    id: Id,
    #[serde(rename = "type")]
    kind: u8,
    #[serde(default)]
    parent_id: Option<Id>,
    #[serde(default)]
    permission_overwrites: Vec<Overwrite>,
}

#[derive(Deserialize)]
struct Overwrite {
    id: Id,
}

/// The talks of two, by whom they are with, as far as they were kept.
pub(crate) fn kept(store: &Store) -> BTreeMap<u64, u64> {
    store.get(FILE).unwrap_or_default()
}

impl Inner {
    /// The room between Herald and one person. Discord gives the one that there is.
    pub(crate) async fn direct_room(&self, user: u64) -> Result<RoomRef, SendError> {
        let known = self.notes().directs.iter().find(|(_, with)| **with == user).map(|(channel, _)| *channel);
        if let Some(channel) = known {
            return Ok(room_ref(channel));
        }
        let body = json!({ "recipient_id": user.to_string() });
        let made: Channel = self.rest.ask_as(Request::post("/users/@me/channels", body)).await?;
        self.note_direct(made.id.0, user);
        Ok(room_ref(made.id.0))
    }

    pub(crate) fn note_direct(&self, channel: u64, user: u64) {
        if user == self.my_id() {
            return;
        }
        let before = self.notes().directs.insert(channel, user);
        if before != Some(user) {
            self.keep(FILE, |notes| &notes.directs);
        }
    }

    pub(crate) fn is_direct(&self, channel: u64) -> bool {
        self.notes().directs.contains_key(&channel)
    }

    /// The channels that Herald was let into by name, as into every one that it makes, and the talks of two. All others
    /// of the server it could read, but has nothing to do with unless they are mapped.
    pub(crate) async fn known_rooms(&self) -> Result<Vec<RoomRef>, SendError> {
        let path = format!("/guilds/{}/channels", self.settings.guild);
        let all: Vec<Channel> = self.rest.ask_as(Request::get(path)).await?;
        let archive = self.settings.archive.map(u64::from);
        let own = all.iter().filter(|it| {
            WRITTEN.contains(&it.kind)
                && it.permission_overwrites.iter().any(|overwrite| overwrite.id.0 == self.my_id())
                && (archive.is_none() || it.parent_id.map(|id| id.0) != archive)
        });
        let mut rooms: Vec<RoomRef> = own.map(|it| room_ref(it.id.0)).collect();
        rooms.extend(self.notes().directs.keys().copied().map(room_ref));
        Ok(rooms)
    }
}
