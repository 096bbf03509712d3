//! Who can read which channel now.

use std::collections::BTreeSet;

use herald_chat::{RoomRef, SendError};

use crate::Inner;
use crate::names::channel_id;
use crate::permissions::{VIEW_CHANNEL, in_channel, in_thread};

impl Inner {
    /// Those of `rooms` that somebody can read. Discord is asked for the member each time; of the channels and roles the
    /// gateway tells every change.
    pub(crate) async fn present(&self, user: u64, rooms: &[RoomRef]) -> Result<BTreeSet<RoomRef>, SendError> {
        let Some(told) = self.member(user).await? else { return Ok(BTreeSet::new()) };
        let member = told.member(user, self.clock.now());
        let mut present = BTreeSet::new();
        for room in rooms {
            let Ok(id) = channel_id(room) else { continue };
            let view = match self.view(id).await {
                Ok(Some(view)) => view,
                Ok(None) | Err(SendError::Refused { .. }) => continue,
                Err(error) => return Err(error),
            };
            // Of a private thread only those who manage threads are sure to be in it.
            let may = if view.place.is_thread() {
                in_thread(&view.guild, &view.channel, view.place.kind, false, &member)
            } else {
                in_channel(&view.guild, &view.channel, &member)
            };
            if may.has(VIEW_CHANNEL) {
                present.insert(room.clone());
            }
        }
        Ok(present)
    }
}
