//! What becomes of boards outside: on the platform, and by people's hands.

use herald_chat::{MessageRef, Origin, RoomRef};

use super::Place;
use crate::announce::{self, Action, Out};
use crate::engine::{Engine, Receipt, Step};
use crate::incident::{Board, IncidentNo, Pin, Subject, Thing};
use crate::journal::Journal;
use crate::outbox::{Dest, Entry};

impl<J: Journal> Engine<J> {
    /// Takes in what became of a board's entry. `false` when it is none of a board's.
    pub(in crate::engine) fn board_came_back(
        &mut self,
        step: &mut Step,
        entry: &Entry,
        result: Result<&Receipt, &str>,
    ) -> bool {
        let Some(Subject { incident: no, thing: Thing::Board(after) }) = entry.subject.clone() else { return false };
        let place = self.boards.place(no, &entry.dest);
        place.waiting = None;
        match (&entry.action, result) {
            (Action::Post(_), Ok(Receipt::Message(message))) => {
                self.posted_board(step, no, &entry.dest, message.clone(), after);
            }
            // It is tried again when there is something new to show.
            (Action::Post(_), _) if self.open.contains_key(&no) => return true,
            (Action::Edit(message, _) | Action::Pin(message, _), _) if !place.is(message) => {
                place.before.clone_from(&message.id);
            }
            (Action::Edit(message, _) | Action::Pin(message, _), Ok(_)) => {
                self.know_board(step, no, &entry.dest, message.clone(), after);
            }
            // Nothing can be shown in this message any more.
            (Action::Edit(message, _), Err(_)) => self.lose_board(step, no, &entry.dest, message),
            (Action::Pin(message, pinned), Err(reason)) => {
                if let (true, Some(incident)) = (*pinned, self.open.get(&no)) {
                    let text = announce::not_pinned(incident, reason);
                    self.send(step, Some(no), &Out::back(text), Some(&message.room));
                }
                let after = Board { pin: Pin::Refused, ..after };
                self.know_board(step, no, &entry.dest, message.clone(), after);
            }
            (
                Action::Post(_)
                | Action::File(..)
                | Action::Rewrite(_)
                | Action::Withdraw
                | Action::Delete(_)
                | Action::Open(_)
                | Action::Invite(_)
                | Action::Exclude(_)
                | Action::Archive,
                _,
            ) => {}
        }
        self.boards.touch(no);
        true
    }

    /// A message was removed: the incident whose board it was, if it was one. Another takes its place: at once when a person did it, who
    /// will not do it for ever, and else when there is something new to show.
    pub(in crate::engine) fn board_gone(
        &mut self,
        step: &mut Step,
        message: &MessageRef,
        by: Origin,
    ) -> Option<IncidentNo> {
        if by == Origin::Own {
            return None;
        }
        match self.subjects.get(message).cloned() {
            Some(Subject { incident: no, thing: Thing::Board(_) }) => {
                let dest = self.home(no, &message.room);
                self.lose_board(step, no, &dest, message);
                // Nobody knows that it was a machine: then it was a person.
                if by != Origin::Machine {
                    self.boards.touch(no);
                }
                Some(no)
            }
            Some(_) => None,
            None => {
                let posting = |(dest, place): (&Dest, &Place)| {
                    place.message.is_none() && place.waiting.is_some() && self.stands(dest, &message.room)
                };
                let no = self.boards.known.iter().find(|(_, places)| places.iter().any(posting)).map(|(no, _)| *no);
                if let Some(incident) = no {
                    self.remember(step, message.clone(), Subject { incident, thing: Thing::Gone });
                }
                None
            }
        }
    }

    /// Whether this message is a board.
    pub(in crate::engine) fn is_board(&self, message: &MessageRef) -> bool {
        self.subjects.get(message).is_some_and(|it| matches!(it.thing, Thing::Board(_)))
    }

    /// The incident whose board a message is.
    pub(in crate::engine) fn board_of(&self, message: &MessageRef) -> Option<IncidentNo> {
        self.subjects.get(message).filter(|it| matches!(it.thing, Thing::Board(_))).map(|it| it.incident)
    }

    /// The board of an incident in this place.
    pub(in crate::engine) fn board_on(&self, no: IncidentNo, dest: &Dest) -> Option<MessageRef> {
        let place = self.boards.known.get(&no)?.get(dest)?;
        place.message.as_ref().map(|(message, _)| message.clone())
    }

    fn posted_board(&mut self, step: &mut Step, no: IncidentNo, dest: &Dest, message: MessageRef, board: Board) {
        if self.subjects.get(&message).is_some_and(|it| it.thing == Thing::Gone) {
            self.lose_board(step, no, dest, &message);
        } else {
            self.know_board(step, no, dest, message, board);
        }
    }

    fn know_board(&mut self, step: &mut Step, no: IncidentNo, dest: &Dest, message: MessageRef, board: Board) {
        self.boards.place(no, dest).message = Some((message.clone(), board.clone()));
        self.remember(step, message, Subject { incident: no, thing: Thing::Board(board) });
    }

    fn lose_board(&mut self, step: &mut Step, no: IncidentNo, dest: &Dest, message: &MessageRef) {
        self.forget(step, message.clone());
        let place = self.boards.place(no, dest);
        place.message = None;
        place.before.clone_from(&message.id);
    }

    /// The lane of an incident's board in this room.
    pub(super) fn home(&self, no: IncidentNo, room: &RoomRef) -> Dest {
        let own = Dest::Own(no, room.network());
        if self.stands(&own, room) { own } else { Dest::Room(room.clone()) }
    }

    fn stands(&self, dest: &Dest, room: &RoomRef) -> bool {
        match dest {
            Dest::Room(there) => there == room,
            Dest::Own(no, network) => self.own_room(*no, network).as_ref() == Some(room),
            Dest::Direct(_) => false,
        }
    }
}
