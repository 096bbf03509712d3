//! What could not be done although its network works, so that others need not wait for it: who is told, and of what.

use herald_chat::{Attachment, Post, RoomRef, Tone};

use super::{Engine, Step};
use crate::announce::{self, Action, Out};
use crate::incident::IncidentNo;
use crate::journal::Journal;
use crate::outbox::{Dest, Entry, EntryId, Rank, Tie};
use crate::relay;

impl<J: Journal> Engine<J> {
    /// Whether a send of this entry has come to nothing before.
    pub(super) fn has_failed(&self, id: EntryId) -> bool {
        self.outbox.tries(id) > 0
    }

    /// The room that a file comes from.
    pub(super) fn source_of(&self, entry: &Entry) -> Option<RoomRef> {
        entry.action.file()?;
        let (n, _) = entry.tie.as_ref()?.part?;
        Some(self.journal.said(n).ok()??.origin?.room)
    }

    /// Tells of what has given way where somebody can do something about it.
    pub(super) fn gave_way(&mut self, step: &mut Step, entry: &Entry, reason: &str) {
        if self.board_came_back(step, entry, Err(reason)) {
            return;
        }
        if let (Action::File(post, file), Some(tie)) = (&entry.action, &entry.tie) {
            return self.file_gave_way(step, entry, (post, file, tie), reason);
        }
        let person = entry.action.person().cloned();
        let told = self.gave_way.insert((entry.dest.clone(), person), reason.to_owned());
        if told.is_some_and(|told| told == reason) {
            return;
        }
        if let Some(Tie { side, part: Some((n, _)), .. }) = &entry.tie
            && let Some(origin) = self.look_up(step, *n).and_then(|said| said.origin)
        {
            let network = side.network();
            let text = if entry.action == Action::Withdraw {
                relay::not_removed(&network, reason)
            } else if matches!(entry.action, Action::Rewrite(_)) {
                relay::not_changed(&network, reason)
            } else {
                relay::gave_way(&network, reason)
            };
            let post = Post { reply_to: Some(origin.clone()), ..Post::new(Tone::Notice, text) };
            let dest = self.lane(&origin.room);
            return self.put(step, dest, Rank::Inside, Action::Post(post), None);
        }
        let text = match (&entry.action, &entry.dest) {
            (Action::Invite(user), Dest::Own(no, _)) => {
                let person = self.people.called_as(user, user);
                announce::not_let_in(*no, &person, &user.network(), reason)
            }
            (Action::Exclude(user), Dest::Own(no, network)) => {
                announce::not_taken_out(*no, &self.people.called_as(user, user), network, reason)
            }
            (Action::Archive, Dest::Own(no, network)) => announce::not_closed(*no, network, reason),
            (Action::Delete(_), Dest::Room(room)) => announce::not_removed(&self.setup.rooms.place(room), reason),
            (_, Dest::Direct(user)) => announce::not_reached(&self.people.called_as(user, user), reason),
            (_, Dest::Room(room)) => announce::not_done(&self.setup.rooms.place(room), reason),
            (_, Dest::Own(no, network)) => announce::not_done(&format!("the room of {no} on {network}"), reason),
        };
        let no: Option<IncidentNo> = match &entry.dest {
            Dest::Own(no, _) if self.open.contains_key(no) => Some(*no),
            Dest::Own(..) | Dest::Room(_) | Dest::Direct(_) => None,
        };
        self.send(step, no, &Out::war(text), None);
    }

    /// What it is called and why it is not there stands in its place, and where it was said.
    fn file_gave_way(
        &mut self,
        step: &mut Step,
        entry: &Entry,
        (post, file, tie): (&Post, &Attachment, &Tie),
        reason: &str,
    ) {
        let said = tie.part.and_then(|(n, _)| self.look_up(step, n));
        if said.as_ref().is_some_and(|said| said.gone) {
            return;
        }
        let told = relay::in_place(post, file, reason);
        self.put(step, entry.dest.clone(), Rank::Inside, Action::Post(told), Some(tie.clone()));
        let Some(origin) = said.and_then(|said| said.origin) else { return };
        let text = relay::file_not_passed_on(file, &tie.side.network(), reason);
        let post = Post { reply_to: Some(origin.clone()), ..Post::new(Tone::Notice, text) };
        let dest = self.lane(&origin.room);
        self.put(step, dest, Rank::Inside, Action::Post(post), None);
    }
}
