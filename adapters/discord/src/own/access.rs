//! Who reads in Herald's own rooms: those who were let in, for as long as they stand on the server as they did then.

use std::collections::BTreeSet;
use std::sync::Arc;

use herald_chat::{Arrival, Inbound, Origin, SendError, What};
use tracing::{error, info};

use super::LetIn;
use crate::Inner;
use crate::names::{person, room_ref};
use crate::permissions::{VIEW_CHANNEL, in_channel};
use crate::rest::Request;
use crate::rooms::RoomKind;
use crate::sight::Told;

/// Whether somebody who stands so on the server, or is not there, is not let in any more by how they were let in.
pub(super) fn has_lost(let_in: &LetIn, told: Option<&Told>, responders: Option<u64>) -> bool {
    let Some(told) = told else { return true };
    // Discord does not always say when somebody came.
    let came_back = told.joined.zip(let_in.joined).is_some_and(|(now, then)| now != then);
    came_back || (let_in.responds && responders.is_some_and(|role| !told.has(role)))
}

impl Inner {
    /// Somebody stands so on the server now, or is not there any more: what that is not enough for is taken back.
    pub(crate) async fn hold_access(self: Arc<Self>, user: u64, told: Option<Told>) {
        let role = self.settings.responders.map(u64::from);
        let lost = |it: &LetIn| has_lost(it, told.as_ref(), role);
        let rooms: Vec<u64> = {
            let notes = self.notes();
            let theirs = notes.own.rooms.iter().filter(|(_, room)| room.people.get(&user).is_some_and(lost));
            theirs.map(|(channel, _)| *channel).collect()
        };
        for channel in rooms {
            self.notes().mind.leaving.insert((channel, user));
            if let Err(why) = self.let_out(channel, user, true).await {
                error!(channel, %why, "somebody may still read in a room of Herald's");
                self.falls_behind(channel);
            }
        }
        if let Some(told) = told {
            self.hold_places(user, &told).await;
        }
    }

    /// Whoever does not see a room of those who respond has left it, if they were in it.
    async fn hold_places(&self, user: u64, told: &Told) {
        let rooms: Vec<u64> = {
            let notes = self.notes();
            let private = notes.mind.kinds.iter().filter(|(_, kind)| **kind == RoomKind::Private);
            private.map(|(room, _)| *room).collect()
        };
        let member = told.member(user, self.clock.now());
        for room in rooms {
            if let Ok(Some(view)) = self.view(room).await
                && !in_channel(&view.guild, &view.channel, &member).has(VIEW_CHANNEL)
            {
                self.tell_left(room, user, Origin::Human);
            }
        }
    }

    /// Looks at all who were let in anywhere, at the beginning of a session: nobody knows what was changed before.
    pub(crate) async fn hold_all_access(self: Arc<Self>) {
        let people: BTreeSet<u64> = {
            let notes = self.notes();
            notes.own.rooms.values().flat_map(|room| room.people.keys().copied()).collect()
        };
        for user in people {
            match self.member(user).await {
                Ok(told) => self.clone().hold_access(user, told).await,
                Err(why) => error!(user, %why, "it cannot be seen whether somebody may still read rooms of Herald's"),
            }
        }
        for channel in self.own_rooms() {
            self.hold_private(channel).await;
        }
    }

    /// Takes those out of a room whom Discord did not let Herald take out of it when they lost it.
    pub(super) async fn let_lost_out(&self, channel: u64) -> Result<(), SendError> {
        let leaving: Vec<u64> = {
            let notes = self.notes();
            notes.mind.leaving.iter().filter(|(room, _)| *room == channel).map(|(_, user)| *user).collect()
        };
        let mut left = Ok(());
        for user in leaving {
            if let Err(why) = self.let_out(channel, user, true).await {
                left = Err(why);
            }
        }
        left
    }

    /// Takes somebody out of a room.
    pub(crate) async fn exclude(&self, channel: u64, user: u64) -> Result<(), SendError> {
        if user == self.my_id() {
            return Err(crate::failure::refused("Herald stays in its own rooms."));
        }
        self.let_out(channel, user, false).await
    }

    /// Takes somebody's own rule in a channel away. If nobody asked for it, it is told.
    async fn let_out(&self, channel: u64, user: u64, is_told: bool) -> Result<(), SendError> {
        let lock = self.notes().mind.access.clone();
        let _alone = lock.lock().await;
        let request = Request::delete(format!("/channels/{channel}/permissions/{user}"));
        match self.rest.ask(request.because("Not in this room any more")).await {
            Ok(_) => self.look_anew(Some(channel)),
            // No such rule.
            Err(failure) if failure.is_code(10009) => {}
            Err(failure) if failure.is_code(10003) => self.own_is_gone(channel).await,
            Err(failure) => return Err(failure.into()),
        }
        if self.note_let_out(channel, user) && is_told {
            info!(channel, user, "somebody's access to a room of Herald's was taken back");
            self.tell_left(channel, user, Origin::Own);
        }
        Ok(())
    }

    fn tell_left(&self, channel: u64, user: u64, origin: Origin) {
        let at = self.clock.now();
        let who = self.called(user).unwrap_or_else(|| person(user, &[]));
        self.arrive(Arrival::Event(Inbound {
            room: room_ref(channel),
            id: format!("out:{user}:{at}"),
            cursor: None,
            by: who.clone(),
            origin,
            direct: false,
            at,
            what: What::Left { user: who.id },
        }));
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    const RESPONDERS: u64 = 7;

    fn lost(joined: Option<i64>, responds: bool, now: Option<(Option<i64>, &[u64])>) -> bool {
        let at = |second: Option<i64>| second.and_then(|second| Timestamp::from_second(second).ok());
        let let_in = LetIn { joined: at(joined), responds };
        let told = now.map(|(joined, roles)| Told::of(roles.iter().map(u64::to_string).collect(), at(joined)));
        has_lost(&let_in, told.as_ref(), Some(RESPONDERS))
    }

    #[test]
    fn whoever_left_came_back_or_responds_no_more_has_lost_what_they_were_let_in_by() {
        assert!(lost(Some(1), false, None));
        assert!(lost(Some(1), false, Some((Some(2), &[]))));
        assert!(lost(Some(1), true, Some((Some(1), &[]))));
        assert!(!lost(Some(1), true, Some((Some(1), &[RESPONDERS]))));
        assert!(!lost(Some(1), false, Some((Some(1), &[]))));
    }

    #[test]
    fn that_discord_does_not_say_when_somebody_came_takes_nothing_from_them() {
        assert!(!lost(Some(1), true, Some((None, &[RESPONDERS]))));
        assert!(!lost(None, true, Some((Some(2), &[RESPONDERS]))));
        assert!(lost(Some(1), true, Some((None, &[]))));
    }
}
