//! From an event to its record, its effect on the incident, and the posts that tell of it.

use herald_chat::{MessageRef, Person, RoomRef, SendKey, Tone, UserRef};

use super::{Engine, Step};
use crate::announce::{Action, Out, Scene, To, announce};
use crate::incident::sight::Viewer;
use crate::incident::{Audience, Event, Incident, IncidentNo, Record, Subject, Thing};
use crate::journal::Journal;
use crate::outbox::{Dest, Entry, Rank, Statement, Tie};
use crate::relay::SaidNo;

/// Where a command came from.
#[derive(Debug, Clone, Copy)]
pub(super) struct From<'a> {
    /// The room.
    pub(super) room: &'a RoomRef,
    /// What that room may see.
    pub(super) viewer: Viewer,
    /// The message.
    pub(super) message: &'a MessageRef,
    /// The account that gave it.
    pub(super) account: &'a UserRef,
}

impl From<'_> {
    /// Whether what follows may be told somewhere else only. In an incident's own room all is told; in a direct message
    /// whoever asks is answered in person.
    pub(super) fn is_elsewhere(&self) -> bool {
        match self.viewer {
            Viewer::Own(_) | Viewer::Audience(Audience::Company | Audience::Customers) => false,
            Viewer::Audience(Audience::WarRoom | Audience::Engineering | Audience::Admin) => true,
        }
    }
}

impl<J: Journal> Engine<J> {
    /// Records an event and everything that follows from it.
    pub(super) fn record(
        &mut self,
        step: &mut Step,
        no: IncidentNo,
        by: Option<&Person>,
        event: Event,
        from: Option<From<'_>>,
    ) {
        let record = Record { seq: self.last_seq + 1, at: step.now, incident: no, by: by.cloned(), event };
        let waited = self.waiting_drafts(no);
        if let Some(incident) = self.open.get_mut(&no) {
            incident.apply(&record);
        } else if let Some(incident) = Incident::declared(&record) {
            self.last_no = self.last_no.max(no.0);
            self.open.insert(no, incident);
        } else {
            return self.record_later(step, record);
        }
        self.last_seq = record.seq;
        self.boards.touch(no);
        let setup = self.setup.clone();
        let quiet = self.was_called(no, by, &record.event, step.now);
        let scene = Scene {
            quiet,
            now: step.now,
            policy: &setup.policy,
            from: from.map(|from| from.viewer),
            // What was chosen from a menu stands nowhere.
            source: from.map(|from| from.message).filter(|message| !step.commands.contains(message)),
            unseen: from
                .is_some_and(|from| step.commands.contains(from.message) || !self.stands_there(no, from.viewer)),
            crowded: self.open.get(&no).is_some_and(|incident| self.is_crowded(incident)),
        };
        let Some(incident) = self.open.get(&no) else { return };
        let outs = announce(&record, incident, &scene);
        // What was chosen from a menu can neither be changed nor removed.
        let given = scene.source.filter(|message| step.asked.as_ref() == Some(*message)).cloned();
        let given = given.zip(super::edits::given(&record, incident));
        if let (Event::Logged { n, source: Some(source), .. }, true) = (&record.event, !incident.is_over()) {
            let subject = Subject { incident: no, thing: Thing::Log(*n) };
            self.remember(step, source.clone(), subject);
        }
        if let Some((message, subject)) = given {
            self.remember(step, message, subject);
        }
        step.batch.records.push(record);
        for out in outs {
            self.send(step, Some(no), &out, from.map(|from| from.room));
        }
        self.settle_drafts(step, no, &waited);
        self.retire(step, no);
    }

    /// Records what comes after the end of an incident: a room of its own whose opening was long in being answered, and that a
    /// statement was deleted. Anything
    /// else belongs to the command that ended it, and to nothing any more.
    fn record_later(&mut self, step: &mut Step, record: Record) {
        let Some(summary) = self.over.get_mut(&record.incident) else { return };
        if !matches!(record.event, Event::RoomOpened { .. } | Event::PostDeleted { .. }) {
            return;
        }
        summary.apply(&record);
        step.batch.summaries.push(summary.clone());
        self.last_seq = record.seq;
        step.batch.records.push(record);
    }

    /// Whether what is said in a room of this kind is read where the incident is worked on.
    fn stands_there(&self, no: IncidentNo, viewer: Viewer) -> bool {
        match viewer {
            Viewer::Own(_) => true,
            Viewer::Audience(Audience::WarRoom) => self.open.get(&no).is_none_or(|incident| !incident.own_room),
            Viewer::Audience(Audience::Engineering | Audience::Company | Audience::Customers | Audience::Admin) => {
                false
            }
        }
    }

    /// Whether other incidents are worked on in the room of this one.
    pub(super) fn is_crowded(&self, incident: &Incident) -> bool {
        let rooms = &self.setup.rooms;
        let places = |it: &Incident| rooms.serving(Audience::WarRoom, it.team.as_deref());
        let beside = |other: &Incident| other.no != incident.no && !other.own_room && places(other) == places(incident);
        !incident.own_room && self.open.values().any(beside)
    }

    /// What a message stands for, from now on.
    pub(super) fn remember(&mut self, step: &mut Step, message: MessageRef, subject: Subject) {
        self.subjects.insert(message.clone(), subject.clone());
        step.batch.subjects.insert(message, Some(subject));
    }

    /// Puts an incident that is over aside.
    fn retire(&mut self, step: &mut Step, no: IncidentNo) {
        let Some(summary) = self.open.get(&no).filter(|incident| incident.is_over()).map(Incident::summary) else {
            return;
        };
        if let Some(incident) = self.open.remove(&no) {
            self.boards.ended(incident);
        }
        step.batch.summaries.push(summary.clone());
        self.over.insert(no, summary);
        // A board is known until it has shown how the incident ended.
        // So are statements, for a while.
        let stays = |thing: &Thing| matches!(thing, Thing::Board(_) | Thing::Statement { .. });
        let done = |it: &Subject| it.incident == no && !stays(&it.thing);
        let gone: Vec<MessageRef> =
            self.subjects.iter().filter(|(_, it)| done(it)).map(|(message, _)| message.clone()).collect();
        for message in gone {
            self.forget(step, message);
        }
        self.forget_statements(step);
    }

    /// It stands for nothing any more.
    pub(super) fn forget(&mut self, step: &mut Step, message: MessageRef) {
        self.subjects.remove(&message);
        step.batch.subjects.insert(message, None);
    }

    /// Queues something for everywhere it belongs.
    pub(super) fn send(&mut self, step: &mut Step, no: Option<IncidentNo>, out: &Out, asked_in: Option<&RoomRef>) {
        if let (To::Asker, Some(user)) = (out.to(), &step.whisper) {
            let dest = Dest::Direct(user.clone());
            return self.queue(step, no, dest, out, None);
        }
        // Whoever is answered reads that where they wrote.
        if let (To::Direct(person), Some((asker, account))) = (out.to(), &step.asker)
            && person == asker
        {
            let dest = Dest::Direct(account.clone());
            return self.queue(step, no, dest, out, None);
        }
        let mut dests = self.destinations(no, out, asked_in);
        if let (To::Asker, Action::Post(_), Some(room)) = (out.to(), out.action(), asked_in) {
            dests = self.answered_in(step, room, dests);
        }
        let known = match (out.to(), out.action()) {
            (To::War | To::WarRoom | To::Engineering | To::Asker, Action::Post(post)) => {
                self.known_everywhere(step, &dests, post)
            }
            _ => None,
        };
        for dest in dests {
            // With all accounts that somebody has there.
            let Some(user) = out.action().person() else {
                self.queue(step, no, dest, out, known);
                continue;
            };
            let is_exclude = matches!(out.action(), Action::Exclude(_));
            let as_is = if is_exclude { Out::exclude } else { Out::invite };
            let there: Vec<Out> = self.register.accounts.on(user, &dest.network()).map(as_is).collect();
            for out in there {
                self.queue(step, no, dest.clone(), &out, None);
            }
        }
    }

    pub(super) fn queue(
        &mut self,
        step: &mut Step,
        no: Option<IncidentNo>,
        dest: Dest,
        out: &Out,
        known: Option<SaidNo>,
    ) {
        let network = dest.network();
        let mut tie = Self::tie(&dest, known);
        let action = match out.action().clone() {
            Action::Open(mut spec) => {
                let there = spec.members.iter().flat_map(|user| self.register.accounts.on(user, &network));
                spec.members = there.cloned().collect();
                Action::Open(spec)
            }
            Action::Post(post) => {
                let mut post = self.called_on(post, &network);
                let whispered = |user| dest == Dest::Direct(user);
                if *out.to() == To::Asker || step.whisper.clone().is_some_and(whispered) {
                    let asked = step.asked.clone().filter(|asked| !step.is_answered(asked));
                    let here = |asked: &MessageRef| step.whisper.is_some() || self.lane(&asked.room) == dest;
                    post.reply_to = asked.clone().filter(here);
                    if let Some(tie) = tie.as_mut().filter(|_| post.reply_to.is_none()) {
                        tie.answers = step.passed;
                    }
                    if step.whisper.is_some() {
                        post.tone = Tone::Answer;
                    }
                }
                Action::Post(post)
            }
            action @ (Action::Invite(_)
            | Action::Exclude(_)
            | Action::File(..)
            | Action::Rewrite(_)
            | Action::Withdraw
            | Action::Edit(..)
            | Action::Pin(..)
            | Action::Delete(_)
            | Action::Archive) => action,
        };
        let rank = if action.post().is_some_and(|post| post.tone == Tone::Update) {
            Rank::Public
        } else if action == Action::Archive {
            // Nothing can be written in the room any more, neither what people wait for nor the board's last words.
            Rank::Last
        } else {
            Rank::Inside
        };
        let subject = no.zip(out.thing()).map(|(incident, thing)| Subject { incident, thing: thing.clone() });
        let statement = no.zip(out.statement()).map(|(incident, what)| Statement { incident, what: what.to_owned() });
        self.put(step, dest, rank, action, tie);
        if let Some(entry) = step.batch.entries.last_mut() {
            entry.subject = subject;
            entry.statement = statement;
        }
    }

    /// Queues one thing.
    pub(super) fn put(&mut self, step: &mut Step, dest: Dest, rank: Rank, action: Action, tie: Option<Tie>) {
        step.index += 1;
        let lane = serde_json::to_string(&dest).unwrap_or_default();
        let entry = Entry {
            id: self.next_entry,
            key: SendKey::derive(&step.cause, &lane, step.index),
            rank,
            dest,
            action,
            made: step.now,
            subject: None,
            statement: None,
            tie,
            removal: None,
        };
        self.next_entry += 1;
        step.batch.entries.push(entry);
    }

    /// One lane for each room: an incident's own room has the one that began before it was there.
    pub(super) fn lane(&self, room: &RoomRef) -> Dest {
        let own = self.open.values().find(|incident| incident.rooms.contains(room));
        own.map_or_else(|| Dest::Room(room.clone()), |incident| Dest::Own(incident.no, room.network()))
    }

    /// Where those of `team` respond. Where all war rooms are teams', what is about no team is told in each.
    fn war_rooms(&self, team: Option<&str>) -> Vec<Dest> {
        let rooms = &self.setup.rooms;
        let serving = rooms.serving(Audience::WarRoom, team);
        if team.is_none() && serving.is_empty() {
            return rooms.of(Audience::WarRoom).cloned().map(Dest::Room).collect();
        }
        serving.into_iter().cloned().map(Dest::Room).collect()
    }

    pub(super) fn destinations(&self, no: Option<IncidentNo>, out: &Out, asked_in: Option<&RoomRef>) -> Vec<Dest> {
        let rooms = &self.setup.rooms;
        let team = no.and_then(|no| self.open.get(&no)).and_then(|incident| incident.team.as_deref());
        let audience = |audience| rooms.serving(audience, team).into_iter().cloned().map(Dest::Room).collect();
        match out.to() {
            To::War => match no.filter(|no| self.open.get(no).is_some_and(|incident| incident.own_room)) {
                Some(no) => self.own_networks(no).into_iter().map(|network| Dest::Own(no, network)).collect(),
                None => self.war_rooms(team),
            },
            To::WarRoom => self.war_rooms(team),
            To::Engineering => audience(Audience::Engineering),
            To::Company => audience(Audience::Company),
            To::Customers => audience(Audience::Customers),
            To::Admins => self.admins_places(),
            To::Asker => asked_in.map(|room| self.lane(room)).into_iter().collect(),
            To::Direct(user) => vec![Dest::Direct(user.clone())],
            To::Room(room) => vec![self.lane(room)],
        }
    }
}
