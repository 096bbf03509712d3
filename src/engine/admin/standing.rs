//! Where Herald itself stands in a room: whether it is there, and whether it can do there what it has to.

use herald_chat::{Inbound, Origin, Person, RoomRef, UserRef, What};

use crate::announce::{self, Out};
use crate::engine::inbound::Site;
use crate::engine::{Engine, Step};
use crate::incident::{Audience, Name};
use crate::journal::{Journal, Mark};

impl<J: Journal> Engine<J> {
    /// Whether this is Herald's own account.
    pub(in crate::engine) fn is_me(&self, user: &UserRef) -> bool {
        self.setup.me.contains(user)
    }

    /// Somebody came into a room or left it, perhaps Herald itself.
    pub(in crate::engine) fn came_or_left(&mut self, step: &mut Step, inbound: &Inbound, mark: Mark) {
        match &inbound.what {
            What::Left { user } if self.is_me(user) => self.taken_out(step, inbound),
            What::Left { user } => {
                if inbound.origin == Origin::Own {
                    step.batch.marks.push(mark);
                    self.shut_out(step, inbound, user);
                }
                self.left(user, &inbound.room);
            }
            What::Joined { person } if self.is_me(&person.id) => self.came_in(step, inbound),
            What::Joined { .. }
            | What::Message { .. }
            | What::Command { .. }
            | What::Edit { .. }
            | What::Delete { .. }
            | What::Unreadable { .. }
            | What::Unencrypted
            | What::Reaction { .. }
            | What::Unreacted { .. }
            | What::Altered { .. }
            | What::Replaced { .. } => {}
        }
    }

    /// Herald was taken out of a room. Of one that is for somebody, it is told where it is heard still.
    fn taken_out(&mut self, step: &mut Step, inbound: &Inbound) {
        let Some(site) = self.site_of(&inbound.room) else { return };
        if self.admin.away.insert(inbound.room.clone()) {
            let by = (inbound.origin == Origin::Human && !self.is_me(&inbound.by.id)).then_some(&inbound.by);
            let text = announce::away((&self.name_of_room(&inbound.room), &inbound.room), by);
            self.tell_of_room(step, site, &text);
        }
    }

    /// Herald is in a room again.
    fn came_in(&mut self, step: &mut Step, inbound: &Inbound) {
        if self.admin.away.remove(&inbound.room)
            && let Some(site) = self.site_of(&inbound.room)
        {
            let text = announce::back(&self.name_of_room(&inbound.room));
            self.tell_of_room(step, site, &text);
        }
    }

    /// Whether the platform keeps everybody else from writing where only Herald does, or why not.
    pub(in crate::engine) fn line(&mut self, step: &mut Step, room: &RoomRef, why: Option<&String>) {
        step.because(format!("line:{room}:{}", step.now));
        let before = match why {
            Some(why) => self.admin.unheld.insert(room.clone(), why.clone()),
            None => self.admin.unheld.remove(room),
        };
        if before.as_ref() == why || self.setup.rooms.mapping(room).is_none() {
            return;
        }
        let name = self.name_of_room(room);
        let text = match why {
            Some(why) => announce::line_lost(&name, why),
            None => announce::line_held(&name),
        };
        // Where there is no room for admins, it is said when Herald starts, and in the log.
        if self.setup.rooms.of(Audience::Admin).next().is_some() {
            self.send(step, None, &Out::admins(text), None);
        }
    }

    /// The rooms where others can write, each in a sentence with why.
    pub fn unheld(&self) -> impl Iterator<Item = String> {
        let mapped = self.admin.unheld.iter().filter(|(room, _)| self.setup.rooms.mapping(room).is_some());
        mapped.map(|(room, why)| announce::line_lost(&self.name_of_room(room), why).to_string())
    }

    /// A mapped room was deleted: what is to be posted there is held until an admin names another.
    pub(in crate::engine) fn channel_gone(&mut self, step: &mut Step, by: Option<&Person>, room: &RoomRef) {
        let why = match by {
            Some(by) => format!("{} deleted it", Name::from(by)),
            None => "it was deleted".to_owned(),
        };
        self.doubt(step, Site::Channel(Audience::Admin), room, None, &why);
    }
}
