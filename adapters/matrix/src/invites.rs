//! Invitations to Herald: from admins to any room, from anybody there back into a room that it works in, from everybody on the
//! same homeserver to a talk of two. That it is one is the inviter's word, so it is looked at before and after.

use std::sync::Arc;

use matrix_sdk::Room;
use matrix_sdk::deserialized_responses::MemberEvent;
use matrix_sdk::ruma::api::client::room::get_summary;
use matrix_sdk::ruma::events::room::join_rules::JoinRule;
use matrix_sdk::ruma::{OwnedRoomId, UInt, UserId};
use tracing::{info, warn};

use crate::Inner;

/// How many talks that they made themselves Herald has with one person.
const TALKS: usize = 3;

impl Inner {
    /// Takes it up or turns it down.
    pub(crate) async fn consider_invitation(self: Arc<Self>, id: OwnedRoomId) {
        let _one_at_a_time = self.inviting.lock().await;
        let Some(room) = self.client.get_room(&id) else { return };
        let Ok(invite) = room.invite_details().await else { return };
        let by = invite.inviter_id;
        let direct = is_direct(invite.invitee.event());
        let waiting = self.waits_for(&id);
        // Into a room that serves something anybody who is there may call it back. One that takes the place of such a room is
        // looked at once Herald is there.
        if !self.settings.admins.contains(&by)
            && !self.is_named(&id)
            && waiting.is_none()
            && let Err(why) = self.is_talk(&room, &by, direct).await
        {
            info!(room = %id, %by, why, "an invitation was turned down");
            if let Err(why) = self.depart(&room).await {
                warn!(room = %id, %why, "an invitation could not be turned down");
            }
            return;
        }
        if let Err(error) = room.join().await {
            return warn!(room = %id, %by, %error, "an invitation could not be taken up: invite Herald again");
        }
        info!(room = %id, %by, "joined by invitation");
        if let Some(old) = waiting {
            tokio::spawn(self.clone().consider_successor(old));
        }
        if direct {
            self.note_direct(&id, &by);
            if let Err(error) = self.client.account().mark_as_dm(&id, &[by]).await {
                warn!(room = %id, %error, "a direct room could not be marked as one");
            }
            // Who else is there, and who can read it from outside, is known only now.
            self.clone().reconsider(room).await;
        }
    }

    /// Whether somebody who is no admin offers a talk between the two, as far as that shows from outside.
    async fn is_talk(&self, room: &Room, by: &UserId, direct: bool) -> Result<(), &'static str> {
        if !direct {
            return Err("only those in `admins` of [people] can invite Herald to a room");
        }
        if by.server_name() != self.me.server_name() {
            return Err("only people of Herald's own homeserver can begin a talk with it");
        }
        if room.is_space() || room.creators().is_none_or(|creators| creators.first().is_none_or(|first| first != by)) {
            return Err("who invites to a talk has to have made that room");
        }
        if !matches!(room.join_rule(), Some(JoinRule::Invite)) {
            return Err("others can come into that room without an invitation");
        }
        // Not every homeserver tells that. What it does not tell is looked at from inside.
        let request = get_summary::v1::Request::new(room.room_id().to_owned().into(), Vec::new());
        if let Ok(answer) = self.client.send(request).await {
            if answer.summary.world_readable {
                return Err("others can read that room without being in it");
            }
            if answer.summary.num_joined_members > UInt::from(1u32) {
                return Err("there are others in that room");
            }
        }
        let mut talks = 0;
        for other in self.client.joined_rooms() {
            let theirs = self.beginning(other.room_id()).await.is_ok_and(|beginning| beginning.by == *by);
            let direct = self.noted_direct(other.room_id()).is_some() || !other.direct_targets().is_empty();
            talks += usize::from(theirs && direct);
        }
        if talks >= TALKS {
            return Err("they have made as many talks with Herald as it keeps with one person");
        }
        Ok(())
    }
}

/// Whether somebody says that they mean to talk with Herald alone.
fn is_direct(invitation: &MemberEvent) -> bool {
    match invitation {
        MemberEvent::Stripped(event) => event.content.is_direct,
        MemberEvent::Sync(event) => event.as_original().and_then(|event| event.content.is_direct),
    }
    .unwrap_or(false)
}
