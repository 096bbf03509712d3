//! The boards: one pinned message for each open incident in each room where it is worked on, edited in place.
//!
//! One rule covers the first post, every change, a restart and the end: what a board is known to show is compared with
//! what it should show, and when they differ, one thing is queued to bring it nearer. At most one waits for each board;
//! when it has come back, the rule is asked again. What a board is known to show lies in the journal, with its message.

mod back;
mod place;

use std::collections::{BTreeMap, BTreeSet};

use herald_chat::{Network, SendKey, Text};
use jiff::Timestamp;

use self::place::{Next, Place};
use super::step::is_empty;
use super::{Engine, Fault, Step, full};
use crate::announce::{self, Action};
use crate::incident::sight::Viewer;
use crate::incident::{Audience, Board, Incident, IncidentNo, Subject, Thing};
use crate::journal::{Journal, JournalError};
use crate::outbox::{Dest, Entry, Rank};

/// All boards, and which of them may have to change.
#[derive(Debug, Default)]
pub(in crate::engine) struct Boards {
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

impl Boards {
    /// Something has happened that a board may have to show.
    pub(in crate::engine) fn touch(&mut self, no: IncidentNo) {
        self.touched.insert(no);
    }

    /// An incident is over. Its boards have to say so.
    pub(in crate::engine) fn ended(&mut self, incident: Incident) {
        if self.known.contains_key(&incident.no) {
            self.ended.insert(incident.no, incident);
        }
    }

    /// When a board has to be looked at again.
    pub(in crate::engine) fn wakes(&self) -> Option<Timestamp> {
        self.not_before.filter(|_| !self.touched.is_empty())
    }

    fn place(&mut self, no: IncidentNo, dest: &Dest) -> &mut Place {
        self.known.entry(no).or_default().entry(dest.clone()).or_default()
    }
}

impl<J: Journal> Engine<J> {
    /// From now on there are boards on these networks.
    pub fn keep_boards_on(&mut self, networks: BTreeSet<Network>) {
        self.boards.networks = networks;
        self.find_boards();
    }

    /// Learns from what is durable which boards there are, and has a look at all of them.
    pub(in crate::engine) fn find_boards(&mut self) {
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
    pub(in crate::engine) fn keep_boards(&mut self, step: &mut Step) {
        let touched = std::mem::take(&mut self.boards.touched);
        if self.boards.networks.is_empty() {
            self.boards.ended.clear();
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
    pub(in crate::engine) fn commit_boards(&mut self, now: Timestamp) -> Result<(), Fault> {
        let early = self.boards.not_before.is_some_and(|at| at > now);
        if self.boards.touched.is_empty() || self.full.is_some() || early {
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
            Err(full @ JournalError::Full { .. }) => {
                self.reload()?;
                self.is_filled(now, 0, &full);
                self.boards.not_before = now.checked_add(full::WAIT).ok();
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
                    tie: None,
                    removal: None,
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
            Action::Post(_)
            | Action::File(..)
            | Action::Rewrite(_)
            | Action::Withdraw
            | Action::Delete(_)
            | Action::Open(_)
            | Action::Invite(_)
            | Action::Exclude(_)
            | Action::Archive => {
                format!("board:{no}:{}:{before}", self.open.get(&no).map_or(0, |incident| incident.last))
            }
        }
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
            Some(incident) => {
                let rooms = self.setup.rooms.serving(Audience::WarRoom, incident.team.as_deref());
                rooms.into_iter().cloned().map(Dest::Room).collect()
            }
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
        let text = announce::pinned(incident, viewer, &self.setup.policy.zone);
        Some(self.named_on(text, &dest.network()))
    }
}
