//! A message is gone that somebody took away, and what people try to change of rooms: what it was, and who is told.

use herald_chat::{Inbound, MessageRef, Network, Origin, Person, RoomPart, Text, UserRef};
use jiff::SignedDuration;

use super::budget::Kind;
use super::inbound::Site;
use super::record::From;
use super::{Engine, Step};
use crate::announce::{self, Action, Out};
use crate::incident::allowance::Permit;
use crate::incident::{Audience, Command, Context, Deleted, DraftState, Event, IncidentNo, Subject, Thing, decide};
use crate::journal::Journal;
use crate::outbox::{Dest, Entry};

/// For how long after an incident it is known which messages are its statements.
const KNOWN: SignedDuration = SignedDuration::from_hours(30 * 24);

impl<J: Journal> Engine<J> {
    /// Somebody other than Herald took a message away. Who, is known where the platform says it.
    pub(super) fn taken_away(&mut self, step: &mut Step, site: Site, by: &Person, inbound: &Inbound, from: From<'_>) {
        let Some(message) = gone(inbound) else { return };
        let known = (inbound.origin != Origin::Unknown).then_some(by);
        self.post_gone(step, known, &message, from);
        if matches!(site, Site::Channel(Audience::Company | Audience::Customers)) {
            return;
        }
        self.pass_on(step, site, by, inbound);
        if let Some((no, n)) = self.logged(site, &message) {
            self.source_gone(step, no, (known, by), n, from);
        } else if let Some(refusal) = known.and_then(|_| self.stands_for(&message)) {
            self.refuse(step, &refusal, from);
        }
    }

    /// The message behind an entry of the timeline is gone.
    fn source_gone(
        &mut self,
        step: &mut Step,
        no: IncidentNo,
        (known, by): (Option<&Person>, &Person),
        n: u32,
        from: From<'_>,
    ) {
        let setup = self.setup.clone();
        let cx = Context { by, now: step.now, policy: &setup.policy };
        let Some(incident) = self.open.get(&no) else { return };
        for event in decide(incident, &Command::RemoveLog { n }, &cx).unwrap_or_default() {
            self.record(step, no, known, event, Some(from));
        }
    }

    /// A post of Herald's may be gone that people go by.
    fn post_gone(&mut self, step: &mut Step, by: Option<&Person>, message: &MessageRef, from: From<'_>) {
        let Some(Subject { incident: no, thing }) = self.subjects.get(message).cloned() else { return };
        let what = match thing {
            Thing::Statement { name, of } => Deleted::Statement { name, of },
            Thing::Draft(n) => {
                let draft = self.open.get(&no).and_then(|incident| incident.draft(n));
                if draft.is_none_or(|draft| draft.state != DraftState::Open) {
                    return;
                }
                Deleted::Draft { n }
            }
            Thing::Log(_) | Thing::Board(_) | Thing::Gone | Thing::Published(_) | Thing::Proposed(_) => return,
        };
        self.forget(step, message.clone());
        self.tell_deleted(step, no, by, what, from);
    }

    /// Puts on record that a post of Herald's is gone.
    pub(super) fn tell_deleted(
        &mut self,
        step: &mut Step,
        no: IncidentNo,
        by: Option<&Person>,
        what: Deleted,
        from: From<'_>,
    ) {
        let place = self.setup.rooms.place(from.room);
        if !self.open.contains_key(&no) {
            let text = announce::deleted_later(no, &what, &place, by);
            self.send(step, None, &Out::war(text), None);
        }
        self.record(step, no, by, Event::PostDeleted { what, place }, None);
    }

    /// Forgets which messages were statements of incidents that are long over.
    pub(super) fn forget_statements(&mut self, step: &mut Step) {
        let Ok(before) = step.now.checked_sub(KNOWN) else { return };
        let is_old = |no: &IncidentNo| {
            self.over.get(no).is_some_and(|summary| summary.times.ended.is_some_and(|ended| ended < before))
        };
        let old = |it: &Subject| matches!(it.thing, Thing::Statement { .. }) && is_old(&it.incident);
        let gone: Vec<MessageRef> =
            self.subjects.iter().filter(|(_, it)| old(it)).map(|(message, _)| message.clone()).collect();
        for message in gone {
            self.forget(step, message);
        }
    }

    /// A platform has taken somebody's access to an incident's own room back. They are in none of its rooms then.
    pub(super) fn shut_out(&mut self, step: &mut Step, inbound: &Inbound, user: &UserRef) {
        let Some(Site::Own(no)) = self.site_of(&inbound.room) else { return };
        let person = self.people.behind(&inbound.by);
        if inbound.by.id == *user {
            self.take_out(step, no, None, &person);
        }
    }

    /// Takes somebody out of an incident's own rooms.
    pub(super) fn take_out(&mut self, step: &mut Step, no: IncidentNo, by: Option<&Person>, person: &Person) {
        let incident = self.open.get(&no).filter(|incident| incident.own_room);
        // By the name that people know them by.
        let Some(person) = incident.and_then(|it| it.members.iter().find(|it| *it == person)).cloned() else { return };
        self.record(step, no, by, Event::ShutOut { person }, None);
    }

    /// Somebody tried to change something of a room.
    pub(super) fn altered(&mut self, step: &mut Step, site: Site, by: &Person, inbound: &Inbound, part: RoomPart) {
        let account = by.id.clone();
        let by = (inbound.origin != Origin::Unknown).then_some(by);
        let (no, name) = match site {
            Site::Own(no) => (Some(no), format!("the room of {no}")),
            Site::Channel(_) => (None, self.setup.rooms.name(&inbound.room)),
            Site::Direct | Site::Outside => return,
        };
        let text = announce::altered(by, part, &name);
        match (no, part) {
            (Some(no), RoomPart::Control) => {
                let commander = self.open.get(&no).and_then(|incident| incident.commander.clone());
                self.tell_alone(step, commander.as_slice(), &text);
            }
            (None, RoomPart::Gone) => self.channel_gone(step, by, &inbound.room),
            (Some(no), RoomPart::Gone) => self.room_gone(step, no, &inbound.room.network(), &text),
            (
                _,
                RoomPart::Name
                | RoomPart::Topic
                | RoomPart::Settings
                | RoomPart::Access
                | RoomPart::Thread
                | RoomPart::Webhook
                | RoomPart::Members
                | RoomPart::Rules
                | RoomPart::Control,
            ) => {
                if self.spend(&account, Kind::Changes, step.now) == Permit::Go {
                    self.send(step, no, &Out::war(text), None);
                }
            }
        }
    }

    /// An incident's own room is there no more: whoever was in it is told, and another is opened for them.
    pub(super) fn room_gone(&mut self, step: &mut Step, no: IncidentNo, network: &Network, text: &Text) {
        let Some(incident) = self.open.get(&no) else { return };
        let (members, open) = (incident.members.clone(), announce::own_room(incident));
        let dest = Dest::Own(no, network.clone());
        let is_open = |entry: &Entry| entry.dest == dest && matches!(entry.action, Action::Open(_));
        if self.outbox.waiting().chain(&step.batch.entries).any(is_open) {
            return;
        }
        self.queue(step, Some(no), dest, &open, None);
        self.send(step, Some(no), &Out::war(text.clone()), None);
        self.tell_alone(step, &members, text);
    }

    /// Tells each of these alone, and whoever administers Herald.
    pub(super) fn tell_alone(&mut self, step: &mut Step, people: &[Person], text: &Text) {
        let before = step.batch.entries.len();
        self.send(step, None, &Out::admins(text.clone()), None);
        let told: Vec<Dest> = step.batch.entries.iter().skip(before).map(|entry| entry.dest.clone()).collect();
        for person in people.iter().filter(|it| !told.contains(&Dest::Direct(it.id.clone()))) {
            self.send(step, None, &Out::direct(text.clone(), person), None);
        }
    }
}

/// The message that was taken away.
fn gone(inbound: &Inbound) -> Option<MessageRef> {
    match &inbound.what {
        herald_chat::What::Delete { of } => Some(MessageRef { room: inbound.room.clone(), id: of.clone() }),
        herald_chat::What::Message { .. }
        | herald_chat::What::Command { .. }
        | herald_chat::What::Edit { .. }
        | herald_chat::What::Unreadable { .. }
        | herald_chat::What::Unencrypted
        | herald_chat::What::Reaction { .. }
        | herald_chat::What::Unreacted { .. }
        | herald_chat::What::Altered { .. }
        | herald_chat::What::Replaced { .. }
        | herald_chat::What::Joined { .. }
        | herald_chat::What::Left { .. } => None,
    }
}
