//! The boards: one pinned message for each open incident in each room where it is worked on, edited in place.
//!
//! One rule covers the first post, every change, a restart and the end: what a board is known to show is compared with
//! what it should show, and when they differ, one thing is queued to bring it nearer. At most one waits for each board;
//! when it has come back, the rule is asked again. What a board is known to show lies in the journal, with its message.

use std::collections::{BTreeMap, BTreeSet};

use herald_chat::{MessageRef, Network, Origin, Post, RoomRef, SendKey, Text, Tone};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tracing::warn;

use super::step::{FULL_WAIT, is_empty};
use super::{Engine, Fault, Receipt, Step};
use crate::announce::{self, Action, Out};
use crate::incident::sight::Viewer;
use crate::incident::{Audience, Board, Incident, IncidentNo, Pin, Subject, Thing};
use crate::journal::{Journal, JournalError};
use crate::outbox::{Dest, Entry, EntryId, Rank};

/// All boards, and which of them may have to change.
#[derive(Debug, Default)]
pub(super) struct Boards {
    /// The networks that can keep boards.
    networks: BTreeSet<Network>,
    known: BTreeMap<IncidentNo, BTreeMap<Dest, Place>>,
    /// The incidents whose boards have to be looked at.
    touched: BTreeSet<IncidentNo>,
    /// Incidents that are over, and whose boards do not say so yet.
    ended: BTreeMap<IncidentNo, Incident>,
    /// When that is tried again for which there was no room on the disk.
    not_before: Option<Timestamp>,
}

/// A board in one place.
#[derive(Debug, Clone, Default)]
struct Place {
    /// The message, and what it is known to show.
    message: Option<(MessageRef, Board)>,
    /// What is under way to change it.
    waiting: Option<EntryId>,
    /// The id of the message that was the board before: the next one is another.
    before: String,
}

/// What brings a board nearer to what it should be.
enum Next {
    /// To do this, after which it is so.
    Send(Action, Board),
    /// To know it no more: it has shown how the incident ended.
    Forget(MessageRef),
    /// Nothing.
    Rest,
}

impl Boards {
    /// Something has happened that a board may have to show.
    pub(super) fn touch(&mut self, no: IncidentNo) {
        self.touched.insert(no);
    }

    /// An incident is over. Its boards have to say so.
    pub(super) fn ended(&mut self, incident: Incident) {
        if self.known.contains_key(&incident.no) {
            self.ended.insert(incident.no, incident);
        }
    }

    /// When a board has to be looked at again.
    pub(super) fn wakes(&self) -> Option<Timestamp> {
        self.not_before.filter(|_| !self.touched.is_empty())
    }

    fn place(&mut self, no: IncidentNo, dest: &Dest) -> &mut Place {
        self.known.entry(no).or_default().entry(dest.clone()).or_default()
    }
}

impl Place {
    fn is(&self, message: &MessageRef) -> bool {
        self.message.as_ref().is_some_and(|(known, _)| known == message)
    }

    /// What is to be done: `wanted` says whether there should be a board, `text` what may be shown there.
    fn next(&self, wanted: bool, text: Option<Text>) -> Next {
        let text = text.map(|text| (hash(&text), Post::new(Tone::Notice, text)));
        let Some((message, now)) = self.message.clone() else {
            return match text.filter(|_| wanted) {
                Some((shown, post)) => Next::Send(Action::Post(post), Board { shown, edits: 0, pin: Pin::Off }),
                None => Next::Rest,
            };
        };
        if wanted && now.pin == Pin::Off {
            return Next::Send(Action::Pin(message, true), Board { pin: Pin::On, ..now });
        }
        match text {
            Some((shown, post)) if shown != now.shown => {
                Next::Send(Action::Edit(message, post), Board { shown, edits: now.edits + 1, ..now })
            }
            Some(_) if wanted => Next::Rest,
            _ if now.pin == Pin::On => Next::Send(Action::Pin(message, false), Board { pin: Pin::Off, ..now }),
            _ => Next::Forget(message),
        }
    }
}

impl<J: Journal> Engine<J> {
    /// From now on there are boards on these networks.
    pub fn keep_boards_on(&mut self, networks: BTreeSet<Network>) {
        self.boards.networks = networks;
        self.find_boards();
    }

    /// Learns from what is durable which boards there are, and has a look at all of them.
    pub(super) fn find_boards(&mut self) {
        let mut known: BTreeMap<IncidentNo, BTreeMap<Dest, Place>> = BTreeMap::new();
        for (message, Subject { incident, thing }) in &self.subjects {
            if let Thing::Board(board) = thing {
                let place = known.entry(*incident).or_default().entry(self.home(*incident, &message.room)).or_default();
                place.message = Some((message.clone(), board.clone()));
            }
        }
        for entry in self.outbox.waiting() {
            if let Some(Subject { incident, thing: Thing::Board(_) }) = &entry.subject {
                known.entry(*incident).or_default().entry(entry.dest.clone()).or_default().waiting = Some(entry.id);
            }
        }
        self.boards.touched = self.open.keys().chain(known.keys()).copied().collect();
        self.boards.known = known;
        self.boards.ended.clear();
    }

    /// Brings the boards nearer to what they should be that may have to change.
    pub(super) fn keep_boards(&mut self, step: &mut Step) {
        let touched = std::mem::take(&mut self.boards.touched);
        if self.boards.networks.is_empty() {
            return;
        }
        for no in touched {
            let wanted = self.wanted(no);
            let known = self.boards.known.get(&no).into_iter().flat_map(BTreeMap::keys);
            let mut places: BTreeSet<Dest> = wanted.iter().chain(known).cloned().collect();
            places.retain(|dest| self.boards.networks.contains(&dest.network()));
            for dest in places {
                self.keep_board(step, no, &dest, wanted.contains(&dest));
            }
            if self.boards.known.get(&no).is_none_or(BTreeMap::is_empty) {
                self.boards.known.remove(&no);
                self.boards.ended.remove(&no);
            }
        }
    }

    /// The same in a commit of its own, for what is left to do.
    pub(super) fn commit_boards(&mut self, now: Timestamp) -> Result<(), Fault> {
        let early = self.boards.not_before.is_some_and(|at| at > now);
        if self.boards.touched.is_empty() || self.retry_at.is_some() || early {
            return Ok(());
        }
        self.boards.not_before = None;
        let mut step = Step::new(now);
        self.keep_boards(&mut step);
        if is_empty(&step.batch) {
            return Ok(());
        }
        match self.journal.commit(&step.batch) {
            Ok(()) => self.kept(step.batch),
            Err(JournalError::Full { .. }) => {
                warn!("the disk is full: boards are not kept");
                self.reload()?;
                self.boards.not_before = now.checked_add(FULL_WAIT).ok();
            }
            Err(fault) => return Err(fault.into()),
        }
        Ok(())
    }

    fn keep_board(&mut self, step: &mut Step, no: IncidentNo, dest: &Dest, wanted: bool) {
        let text = self.board_text(no, dest);
        let place = self.boards.place(no, dest).clone();
        let next = place.next(wanted, text);
        if let Some(id) = place.waiting {
            let does = |entry: &Entry| match &next {
                Next::Send(action, after) => {
                    entry.action == *action
                        && entry.subject.as_ref().is_some_and(|it| it.thing == Thing::Board(after.clone()))
                }
                Next::Forget(_) | Next::Rest => false,
            };
            if !self.outbox.is_fresh(id) || self.outbox.get(id).is_some_and(|entry| does(entry)) {
                return;
            }
            // Nobody has heard of it yet, and there is something newer to say.
            step.batch.settled.push(id);
            self.boards.place(no, dest).waiting = None;
        }
        match next {
            Next::Send(action, after) => {
                let cause = self.cause(no, &action, &after, &place.before);
                let lane = serde_json::to_string(dest).unwrap_or_default();
                let entry = Entry {
                    id: self.next_entry,
                    key: SendKey::derive(&cause, &lane, 0),
                    rank: Rank::Board,
                    dest: dest.clone(),
                    action,
                    made: step.now,
                    subject: Some(Subject { incident: no, thing: Thing::Board(after) }),
                    statement: None,
                };
                self.next_entry += 1;
                self.boards.place(no, dest).waiting = Some(entry.id);
                step.batch.entries.push(entry);
            }
            Next::Forget(message) => {
                self.forget(step, message);
                self.drop_place(no, dest);
            }
            Next::Rest if place.message.is_none() => self.drop_place(no, dest),
            Next::Rest => {}
        }
    }

    /// What makes a send of a board's the same send. A board that was removed is followed by another post, and an edit
    /// back to earlier words is another edit.
    fn cause(&self, no: IncidentNo, action: &Action, after: &Board, before: &str) -> String {
        match action {
            Action::Edit(message, _) => format!("board:{no}:{}:{}:{}", message.id, after.edits, after.shown),
            Action::Pin(message, pinned) => format!("board:{no}:{}:{pinned}", message.id),
            Action::Post(_) | Action::Delete(_) | Action::Open(_) | Action::Invite(_) | Action::Archive => {
                format!("board:{no}:{}:{before}", self.open.get(&no).map_or(0, |incident| incident.last))
            }
        }
    }

    /// Takes in what became of a board's entry. `false` when it is none of a board's.
    pub(super) fn board_came_back(&mut self, step: &mut Step, entry: &Entry, result: Result<&Receipt, &str>) -> bool {
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
            (Action::Post(_) | Action::Delete(_) | Action::Open(_) | Action::Invite(_) | Action::Archive, _) => {}
        }
        self.boards.touch(no);
        true
    }

    /// A message was removed, and `true` if it was a board. Another takes its place: at once when a person did it, who
    /// will not do it for ever, and else when there is something new to show.
    pub(super) fn board_gone(&mut self, step: &mut Step, message: &MessageRef, by: Origin) -> bool {
        match self.subjects.get(message).cloned() {
            Some(Subject { incident: no, thing: Thing::Board(_) }) => {
                let dest = self.home(no, &message.room);
                self.lose_board(step, no, &dest, message);
                if by == Origin::Human {
                    self.boards.touch(no);
                }
                true
            }
            Some(_) => false,
            None => {
                let posting = |(dest, place): (&Dest, &Place)| {
                    place.message.is_none() && place.waiting.is_some() && self.stands(dest, &message.room)
                };
                let no = self.boards.known.iter().find(|(_, places)| places.iter().any(posting)).map(|(no, _)| *no);
                if let Some(incident) = no {
                    self.remember(step, message.clone(), Subject { incident, thing: Thing::Gone });
                }
                false
            }
        }
    }

    /// Whether this message is a board.
    pub(super) fn is_board(&self, message: &MessageRef) -> bool {
        self.subjects.get(message).is_some_and(|it| matches!(it.thing, Thing::Board(_)))
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

    fn drop_place(&mut self, no: IncidentNo, dest: &Dest) {
        if let Some(places) = self.boards.known.get_mut(&no) {
            places.remove(dest);
        }
    }

    /// Where the boards of an incident should be: where it is worked on.
    fn wanted(&self, no: IncidentNo) -> BTreeSet<Dest> {
        match self.open.get(&no) {
            None => BTreeSet::new(),
            Some(incident) if incident.own_room => {
                incident.rooms.iter().map(|room| Dest::Own(no, room.network())).collect()
            }
            Some(_) => self.setup.rooms.of(Audience::WarRoom).cloned().map(Dest::Room).collect(),
        }
    }

    /// What may be shown there; nothing where the incident is not worked on any more.
    fn board_text(&mut self, no: IncidentNo, dest: &Dest) -> Option<Text> {
        let viewer = match dest {
            Dest::Own(own, _) => Viewer::Own(*own),
            Dest::Room(room) => {
                Viewer::Audience(self.setup.rooms.audience(room).filter(|it| *it == Audience::WarRoom)?)
            }
            Dest::Direct(_) => return None,
        };
        if !self.open.contains_key(&no) && !self.boards.ended.contains_key(&no) {
            let ended = self.load(no).ok()?;
            self.boards.ended.insert(no, ended);
        }
        let incident = self.open.get(&no).or_else(|| self.boards.ended.get(&no))?;
        Some(announce::pinned(incident, viewer, &self.setup.policy.zone))
    }

    /// The lane of an incident's board in this room.
    fn home(&self, no: IncidentNo, room: &RoomRef) -> Dest {
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

/// What tells one text from another.
fn hash(text: &Text) -> String {
    let digest = Sha256::digest(serde_json::to_vec(text).unwrap_or_default());
    data_encoding::HEXLOWER.encode(&digest[..16])
}
