//! The people's side: what somebody at a terminal, or in a script, can do.

use herald_chat::{MessageRef, RoomRef};

use crate::content::Stored;
use crate::fact::{Deed, Fact};
use crate::names::{self, STANDING};
use crate::shown::Shown;
use crate::{Console, Failure, Inner};

/// Why the platform did not do what a person asked, in a sentence for them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotAllowed(String);

/// A message as it stands in a room now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its id in the room.
    pub id: String,
    /// Who wrote it.
    pub author: String,
    /// What it says.
    pub text: String,
    /// Whether it is pinned.
    pub pinned: bool,
    /// Each emoji on it and who put it there, oldest first.
    pub reactions: Vec<(String, String)>,
    /// The id of the message it answers.
    pub answers: Option<String>,
    /// The name of the file that came with it, its size in bytes, and what it begins with.
    pub file: Option<(String, u64, String)>,
}

impl Console {
    /// Makes somebody known, as a member of the standing rooms, so that they can be spoken of before they speak. Doing
    /// it twice changes nothing.
    ///
    /// # Errors
    /// When nobody can be called so.
    pub fn introduce(&self, person: &str) -> Result<(), NotAllowed> {
        names::check(person).map_err(NotAllowed)?;
        let mut inner = self.lock();
        let new = |room: &&str| {
            inner
                .world
                .rooms
                .get(*room)
                .is_some_and(|room| !room.members.contains(person) && !room.left.contains(person))
        };
        let rooms: Vec<String> = STANDING.iter().map(|(room, _)| *room).filter(new).map(str::to_owned).collect();
        if !rooms.is_empty() {
            inner.record(Fact::new((self.now)(), person, Deed::Introduced { rooms }))?;
        }
        Ok(())
    }

    /// Takes somebody out of a room.
    ///
    /// # Errors
    /// When there is no such room, or they are not in it.
    pub fn leave(&self, person: &str, room: &str) -> Result<(), NotAllowed> {
        let deed = Deed::Left { room: room.to_owned(), person: person.to_owned() };
        self.lock().record(Fact::new((self.now)(), person, deed))?;
        Ok(())
    }

    /// Puts somebody into these rooms of the standing ones and out of all others, those of incidents too.
    ///
    /// # Errors
    /// When nobody can be called so, or a room is none of the standing ones.
    pub fn place(&self, person: &str, rooms: &[String]) -> Result<(), NotAllowed> {
        self.introduce(person)?;
        let mut inner = self.lock();
        let is_in = |room: &crate::room::Room| room.is_open_to(person) && room.kind != crate::room::Kind::Direct;
        let left: Vec<String> = inner.world.rooms.iter().filter(|it| is_in(it.1)).map(|it| it.0.clone()).collect();
        for room in left.into_iter().filter(|room| !rooms.contains(room)) {
            inner.record(Fact::new((self.now)(), person, Deed::Left { room, person: person.to_owned() }))?;
        }
        let new = |room: &&String| inner.world.rooms.get(*room).is_some_and(|there| !there.is_open_to(person));
        let new: Vec<String> = rooms.iter().filter(new).cloned().collect();
        if !new.is_empty() {
            inner.record(Fact::new((self.now)(), person, Deed::Introduced { rooms: new }))?;
        }
        Ok(())
    }

    /// Says something in a room. The room `dm` is the person's own conversation with Herald.
    ///
    /// # Errors
    /// When there is no such room, the person is not in it, or it is closed.
    pub fn say(&self, person: &str, room: &str, text: &str) -> Result<Shown, NotAllowed> {
        let at = (self.now)();
        let mut inner = self.lock();
        let direct = names::direct(person);
        let room = if room == "dm" { direct.clone() } else { room.to_owned() };
        if room == direct && !inner.world.rooms.contains_key(&direct) {
            inner.record(Fact::new(at, person, Deed::Met { person: person.to_owned() }))?;
        }
        inner.act(Fact::new(at, person, Deed::said(room, text.to_owned())))
    }

    /// Answers the newest message of a room that holds `containing`.
    ///
    /// # Errors
    /// As [`Console::say`]; when there is no such message.
    pub fn answer(&self, person: &str, room: &str, containing: &str, text: &str) -> Result<Shown, NotAllowed> {
        let MessageRef { room, id } = self.newest_holding(person, room, containing)?;
        let answers = Some(number(&id)?);
        let deed = Deed::Said { room: room.id().to_owned(), text: text.to_owned(), answers, file: None };
        self.act(person, deed)
    }

    /// Answers this message, which may be gone.
    ///
    /// # Errors
    /// As [`Console::say`]; when there was no such message.
    pub fn answer_to(&self, person: &str, message: &MessageRef, text: &str) -> Result<Shown, NotAllowed> {
        let (room, of) = place(message)?;
        self.act(person, Deed::Said { room, text: text.to_owned(), answers: Some(of), file: None })
    }

    /// Says something with a file of so many bytes.
    ///
    /// # Errors
    /// As [`Console::say`].
    pub fn attach(&self, person: &str, room: &str, name: &str, size: u64, text: &str) -> Result<Shown, NotAllowed> {
        let file = Some(Stored::of(name, size));
        self.act(person, Deed::Said { room: room.to_owned(), text: text.to_owned(), answers: None, file })
    }

    /// Loses what the newest file of this name holds, in whichever room somebody sent it.
    ///
    /// # Errors
    /// When there is none.
    pub fn expire(&self, name: &str) -> Result<Shown, NotAllowed> {
        let found = {
            let inner = self.lock();
            let is_it = |message: &crate::room::Message| {
                message.by != names::HERALD && message.file.as_ref().is_some_and(|file| file.name == name)
            };
            let newest = inner.world.rooms.iter().filter_map(|(room, it)| Some((it.newest(is_it)?, room.clone())));
            newest.max().map(|(of, room)| (of, room, inner.world.rooms.values().find_map(|it| it.author(of))))
        };
        match found {
            Some((of, room, Some(by))) => self.act(&by, Deed::Expired { room, of }),
            Some(_) | None => Err(NotAllowed(format!("No file is called {name}."))),
        }
    }

    /// Changes the person's newest message that holds `containing`, in whichever room, to `new`.
    ///
    /// # Errors
    /// When there is none, or its room is closed.
    pub fn edit_own(&self, person: &str, containing: &str, new: &str) -> Result<Shown, NotAllowed> {
        self.edit_message(person, &self.own(person, containing)?, new)
    }

    /// Removes the person's newest message that holds `containing`, in whichever room.
    ///
    /// # Errors
    /// When there is none, or its room is closed.
    pub fn delete_own(&self, person: &str, containing: &str) -> Result<Shown, NotAllowed> {
        self.delete_message(person, &self.own(person, containing)?)
    }

    /// Puts an emoji on the newest message of a room that holds `containing`, whoever wrote it.
    ///
    /// # Errors
    /// When there is none, the person is not in the room, the room is closed, or the emoji is there already.
    pub fn react(&self, person: &str, room: &str, emoji: &str, containing: &str) -> Result<Shown, NotAllowed> {
        self.react_to(person, &self.newest_holding(person, room, containing)?, emoji)
    }

    /// Takes an emoji of theirs off the newest message of a room that holds `containing`.
    ///
    /// # Errors
    /// When there is none, the emoji is not on it, the person is not in the room, or the room is closed.
    pub fn unreact(&self, person: &str, room: &str, emoji: &str, containing: &str) -> Result<Shown, NotAllowed> {
        self.unreact_from(person, &self.newest_holding(person, room, containing)?, emoji)
    }

    /// Changes this message of the person's to `new`.
    ///
    /// # Errors
    /// When it is gone or not theirs, or the room is closed.
    pub fn edit_message(&self, person: &str, message: &MessageRef, new: &str) -> Result<Shown, NotAllowed> {
        let (room, of) = place(message)?;
        self.act(person, Deed::Edited { room, of, text: new.to_owned() })
    }

    /// Removes this message of the person's.
    ///
    /// # Errors
    /// When it is gone or not theirs, or the room is closed.
    pub fn delete_message(&self, person: &str, message: &MessageRef) -> Result<Shown, NotAllowed> {
        let (room, of) = place(message)?;
        self.act(person, Deed::Removed { room, of })
    }

    /// Puts an emoji on this message.
    ///
    /// # Errors
    /// When it is gone, the person is not in the room, the room is closed, or the emoji is there already.
    pub fn react_to(&self, person: &str, message: &MessageRef, emoji: &str) -> Result<Shown, NotAllowed> {
        let (room, to) = place(message)?;
        self.act(person, Deed::Reacted { room, to, emoji: emoji.to_owned() })
    }

    /// Takes an emoji of theirs off this message.
    ///
    /// # Errors
    /// When it is gone, the emoji is not on it, the person is not in the room, or the room is closed.
    pub fn unreact_from(&self, person: &str, message: &MessageRef, emoji: &str) -> Result<Shown, NotAllowed> {
        let (room, to) = place(message)?;
        self.act(person, Deed::Unreacted { room, to, emoji: emoji.to_owned() })
    }

    /// Takes down the newest message of Herald's in a room that holds `containing`, as those with the right to can do on
    /// real platforms.
    ///
    /// # Errors
    /// When there is none, the person is not in the room, or the room is closed.
    pub fn take_down(&self, person: &str, room: &str, containing: &str) -> Result<Shown, NotAllowed> {
        let newest = {
            let inner = self.lock();
            let read = inner.world.readable(room, person).map_err(NotAllowed)?;
            read.newest(|message| message.by == names::HERALD && message.text.contains(containing))
        };
        let of =
            newest.ok_or_else(|| NotAllowed(format!("No message of Herald's in {room} holds \"{containing}\".")))?;
        self.act(person, Deed::TakenDown { room: room.to_owned(), of })
    }

    /// What stands in a room, oldest first, for one of those who can read it.
    ///
    /// # Errors
    /// When there is no such room, or the person is not in it.
    pub fn read(&self, person: &str, room: &str) -> Result<Vec<Line>, NotAllowed> {
        let inner = self.lock();
        let room = inner.world.readable(room, person).map_err(NotAllowed)?;
        let there = room.messages.iter().filter(|(_, message)| !message.gone);
        let line = |(number, message): (&u64, &crate::room::Message)| Line {
            id: number.to_string(),
            author: message.by.clone(),
            text: message.text.clone(),
            pinned: message.pinned,
            reactions: message.reactions.clone(),
            answers: message.answers.map(|of| of.to_string()),
            file: message.file.as_ref().map(|file| (file.name.clone(), file.size, file.head.clone())),
        };
        Ok(there.map(line).collect())
    }

    /// The rooms that this person can read, by name.
    #[must_use]
    pub fn rooms(&self, person: &str) -> Vec<String> {
        let inner = self.lock();
        let names = inner.world.rooms.keys().filter(|name| inner.world.readable(name, person).is_ok());
        names.cloned().collect()
    }

    /// Everybody who was introduced, let in, or has spoken.
    #[must_use]
    pub fn people(&self) -> Vec<String> {
        self.lock().world.people.iter().cloned().collect()
    }

    fn act(&self, person: &str, deed: Deed) -> Result<Shown, NotAllowed> {
        let at = (self.now)();
        self.lock().act(Fact::new(at, person, deed))
    }

    fn own(&self, person: &str, containing: &str) -> Result<MessageRef, NotAllowed> {
        let inner = self.lock();
        let newest = inner.world.rooms.iter().filter_map(|(name, room)| {
            Some((room.newest(|message| message.by == person && message.holds(containing))?, name))
        });
        let (number, name) =
            newest.max().ok_or_else(|| NotAllowed(format!("No message of {person}'s holds \"{containing}\".")))?;
        Ok(MessageRef { room: RoomRef::new(&inner.world.network, name), id: number.to_string() })
    }

    fn newest_holding(&self, person: &str, room: &str, containing: &str) -> Result<MessageRef, NotAllowed> {
        let room = if room == "dm" { names::direct(person) } else { room.to_owned() };
        let inner = self.lock();
        let read = inner.world.readable(&room, person).map_err(NotAllowed)?;
        let newest = read.newest(|message| message.holds(containing));
        let number = newest.ok_or_else(|| NotAllowed(format!("No message in {room} holds \"{containing}\".")))?;
        Ok(MessageRef { room: RoomRef::new(&inner.world.network, &room), id: number.to_string() })
    }
}

impl Inner {
    /// Records what a person does: never in Herald's name.
    fn act(&mut self, fact: Fact) -> Result<Shown, NotAllowed> {
        names::check(&fact.by).map_err(NotAllowed)?;
        let shown = self.record(fact)?.shown;
        shown.ok_or_else(|| NotAllowed("That message is not there any more.".to_owned()))
    }
}

fn place(message: &MessageRef) -> Result<(String, u64), NotAllowed> {
    Ok((message.room.id().to_owned(), number(&message.id)?))
}

fn number(id: &str) -> Result<u64, NotAllowed> {
    id.parse().map_err(|_| NotAllowed(format!("{id} is no message here.")))
}

impl From<Failure> for NotAllowed {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Rule(why) => Self(why),
            Failure::File(error) => {
                Self(format!("The rooms cannot be written down: {error}. Make room on the disk, then try again."))
            }
        }
    }
}
