//! The posts of drafts: when there is nothing to press any more, their buttons are taken off.

use herald_chat::{MessageRef, Post, Text, Tone};

use super::{Engine, Step};
use crate::announce::{self, Action};
use crate::incident::{DraftState, Incident, IncidentNo, Subject, Thing};
use crate::journal::Journal;
use crate::outbox::{Entry, Rank};

impl<J: Journal> Engine<J> {
    /// The drafts of an incident that wait for the spokesperson.
    pub(super) fn waiting_drafts(&self, no: IncidentNo) -> Vec<u32> {
        self.open.get(&no).into_iter().flat_map(Incident::open_drafts).map(|(n, _)| n).collect()
    }

    /// Takes the buttons off those of these drafts that wait no more.
    pub(super) fn settle_drafts(&mut self, step: &mut Step, no: IncidentNo, waited: &[u32]) {
        for n in waited {
            let Some(text) = self.settled_draft(no, *n) else { continue };
            let about = Subject { incident: no, thing: Thing::Draft(*n) };
            let shown: Vec<MessageRef> =
                self.subjects.iter().filter(|(_, it)| **it == about).map(|(message, _)| message.clone()).collect();
            for message in shown {
                self.without_buttons(step, message, text.clone());
            }
        }
    }

    /// A draft was settled before its post was known to be there.
    pub(super) fn draft_came_back(&mut self, step: &mut Step, entry: &Entry, message: &MessageRef) {
        let Some(Subject { incident: no, thing: Thing::Draft(n) }) = entry.subject else { return };
        let text = match self.open.get(&no) {
            Some(_) => self.settled_draft(no, n),
            None => entry.action.post().map(|post| post.text.clone()),
        };
        if let Some(text) = text {
            self.without_buttons(step, message.clone(), text);
        }
    }

    /// What the post of a draft says that waits no more. `None` while it waits.
    fn settled_draft(&self, no: IncidentNo, n: u32) -> Option<Text> {
        let incident = self.open.get(&no)?;
        let draft = incident.draft(n)?;
        let waits = draft.state == DraftState::Open && !incident.is_over();
        (!waits).then(|| announce::settled_draft(incident, n, draft, self.is_crowded(incident)))
    }

    fn without_buttons(&mut self, step: &mut Step, message: MessageRef, text: Text) {
        let network = message.room.network();
        if self.has_buttons(&network) {
            let post = self.called_on(Post::new(Tone::Notice, text), &network);
            self.put(step, self.lane(&message.room), Rank::Inside, Action::Edit(message, post), None);
        }
    }
}
