//! Who is in which room now, as the homeserver has it.

use std::collections::BTreeSet;

use futures::future::join_all;
use herald_chat::{RoomRef, SendError, UserRef};

use crate::Inner;
use crate::failure::refused;
use crate::names::{room_id, user_id};

impl Inner {
    /// Those of `rooms` that somebody is in, or that Herald has invited them to: others may invite whom they like. The homeserver is asked about each: what syncs have told may be
    /// of a moment ago, and is not all there in a large room.
    pub(crate) async fn present(&self, user: &UserRef, rooms: &[RoomRef]) -> Result<BTreeSet<RoomRef>, SendError> {
        let user = user_id(user).map_err(|_| refused(format!("{user} is no account on Matrix.")))?;
        let asked = rooms.iter().map(|room| {
            let user = user.clone();
            async move {
                let Ok(id) = room_id(room) else { return Ok(None) };
                match self.member(&id, &user).await {
                    Ok(Some(member)) => Ok(Some(room.clone()).filter(|_| member.joined || member.by == self.me)),
                    // Herald is not there itself, or the room is not.
                    Ok(None) | Err(SendError::Refused { .. }) => Ok(None),
                    Err(error) => Err(error),
                }
            }
        });
        let found = join_all(asked).await.into_iter().collect::<Result<Vec<_>, SendError>>()?;
        Ok(found.into_iter().flatten().collect())
    }
}
