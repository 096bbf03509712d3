//! Invitations to Herald: from admins to any room, from anybody to a talk between the two.

use std::sync::Arc;

use matrix_sdk::deserialized_responses::MemberEvent;
use matrix_sdk::ruma::OwnedRoomId;
use tracing::{info, warn};

use crate::Inner;

impl Inner {
    /// Takes it up or turns it down.
    pub(crate) async fn consider_invitation(self: Arc<Self>, id: OwnedRoomId) {
        let Some(room) = self.client.get_room(&id) else { return };
        let Ok(invite) = room.invite_details().await else { return };
        let by = invite.inviter_id;
        let direct = is_direct(invite.invitee.event());
        let admin = self.settings.admins.contains(&by);
        // A talk with Herald is for everybody on the same homeserver, since everybody there can ask.
        let known = direct && by.server_name() == self.me.server_name();
        if admin || known {
            match room.join().await {
                Ok(()) => info!(room = %id, %by, "joined by invitation"),
                Err(error) => {
                    warn!(room = %id, %by, %error, "an invitation could not be taken up: invite Herald again");
                }
            }
            if direct {
                self.note_direct(&id, &by);
                if let Err(error) = self.client.account().mark_as_dm(&id, &[by]).await {
                    warn!(room = %id, %error, "a direct room could not be marked as one");
                }
            }
        } else {
            info!(room = %id, %by, "an invitation was turned down: only those in `admins` of [people] can invite Herald");
            if let Err(error) = room.leave().await {
                warn!(room = %id, %error, "an invitation could not be turned down");
            }
        }
    }
}

/// Whether somebody means to talk with Herald alone.
fn is_direct(invitation: &MemberEvent) -> bool {
    match invitation {
        MemberEvent::Stripped(event) => event.content.is_direct,
        MemberEvent::Sync(event) => event.as_original().and_then(|event| event.content.is_direct),
    }
    .unwrap_or(false)
}
