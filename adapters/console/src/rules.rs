//! What can be done here, whoever asks and whatever the file says.

use crate::fact::{Deed, Fact};
use crate::names::{self, HERALD};
use crate::room::{Kind, Message, Room};
use crate::world::World;

impl World {
    /// Whether this can happen now.
    ///
    /// # Errors
    /// A sentence for people: what stands in the way.
    pub(crate) fn check(&self, fact: &Fact) -> Result<(), String> {
        let by = fact.by.as_str();
        if by != HERALD {
            names::check(by)?;
        }
        match &fact.deed {
            Deed::Introduced { rooms } => rooms.iter().try_for_each(|room| match self.room(room)?.kind {
                Kind::Standing => Ok(()),
                Kind::Direct | Kind::Private => Err(format!("Nobody comes to {room} by themselves.")),
            }),
            Deed::Met { person } => {
                names::check(person)?;
                self.vacant(&names::direct(person))
            }
            Deed::Opened { room, members, .. } => {
                members.iter().try_for_each(|name| names::check(name))?;
                self.vacant(room)
            }
            Deed::Said { room, answers, .. } => {
                let room = self.writable(room, by)?;
                // It may be gone by now.
                let unknown = answers.is_some_and(|of| !room.messages.contains_key(&of));
                unless(unknown, || "There was no such message.".to_owned())
            }
            Deed::Removed { room, of } if by == HERALD => standing(self.room(room)?, *of).map(drop),
            Deed::Edited { room, of, .. } | Deed::Removed { room, of } | Deed::Pinned { room, of, .. } => {
                let message = standing(self.writable(room, by)?, *of)?;
                unless(message.by != by, || format!("That message is by {}: {by} cannot change it.", message.by))
            }
            Deed::TakenDown { room, of } => {
                let message = standing(self.writable(room, by)?, *of)?;
                unless(message.by != HERALD, || format!("That message is by {}: only they remove it.", message.by))
            }
            Deed::Reacted { room, to, emoji } => {
                let message = standing(self.writable(room, by)?, *to)?;
                let twice = message.reactions.iter().any(|(e, who)| e == emoji && who == by);
                unless(twice, || format!("{by} has put {emoji} on that message already."))
            }
            Deed::Unreacted { room, to, emoji } => {
                let message = standing(self.writable(room, by)?, *to)?;
                let there = message.reactions.iter().any(|(e, who)| e == emoji && who == by);
                unless(!there, || format!("{by} has not put {emoji} on that message."))
            }
            Deed::Expired { room, of } => {
                let message = standing(self.room(room)?, *of)?;
                unless(message.file.is_none(), || "No file came with that message.".to_owned())
            }
            Deed::LetIn { room, person } => {
                names::check(person)?;
                match self.room(room)?.kind {
                    Kind::Private => Ok(()),
                    Kind::Standing | Kind::Direct => Err(format!("{room} is no room that people are let into.")),
                }
            }
            Deed::Left { room, person } => {
                let room = self.room(room)?;
                unless(!room.is_open_to(person) || room.kind == Kind::Direct, || {
                    format!("{person} is not in that room.")
                })
            }
            Deed::Archived { room } | Deed::Restricted { room, .. } => self.room(room).map(drop),
        }
    }

    pub(crate) fn room(&self, name: &str) -> Result<&Room, String> {
        self.rooms.get(name).ok_or_else(|| format!("There is no room called {name} here."))
    }

    /// The room, if this person can read it.
    pub(crate) fn readable(&self, name: &str, by: &str) -> Result<&Room, String> {
        let room = self.room(name)?;
        let outside = by != HERALD && !room.is_open_to(by);
        unless(outside, || format!("{by} is not in {name}: only those who were let in can read and write there."))?;
        Ok(room)
    }

    fn writable(&self, name: &str, by: &str) -> Result<&Room, String> {
        let room = self.readable(name, by)?;
        unless(room.archived, || format!("{name} is closed: it can be read, but nobody can write there any more."))?;
        Ok(room)
    }

    fn vacant(&self, name: &str) -> Result<(), String> {
        unless(self.rooms.contains_key(name), || format!("There is a room called {name} already."))
    }
}

fn standing(room: &Room, number: u64) -> Result<&Message, String> {
    let message = room.messages.get(&number).filter(|message| !message.gone);
    message.ok_or_else(|| "That message is not there any more.".to_owned())
}

fn unless(bad: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if bad { Err(why()) } else { Ok(()) }
}
