//! Folding events into an incident.

use herald_chat::{Person, UserRef};
use jiff::Timestamp;

use super::state::index;
use super::{
    Draft, DraftState, Event, Incident, Item, ItemState, List, LogEntry, Milestones, Offer, Promise, PublicUpdate,
    Published, Record, Role, Sitrep, Status,
};

impl Incident {
    /// An incident from the record of its declaration; `None` if that is not what the record is.
    #[must_use]
    pub fn declared(record: &Record) -> Option<Self> {
        let (Event::Declared { title, severity, security, drill, own_room, due, team }, Some(by)) =
            (&record.event, &record.by)
        else {
            return None;
        };
        let mut incident = Self {
            no: record.incident,
            title: title.clone(),
            severity: *severity,
            security: *security,
            drill: *drill,
            status: Status::Investigating,
            own_room: *own_room,
            team: team.clone(),
            rooms: std::collections::BTreeSet::new(),
            members: vec![by.clone()],
            times: Milestones {
                declared: record.at,
                commanded: Some(record.at),
                updated: None,
                mitigated: None,
                resolved: None,
                ended: None,
            },
            commander: Some(by.clone()),
            spokesperson: None,
            responders: Vec::new(),
            observers: Vec::new(),
            offers: Vec::new(),
            heard: std::collections::BTreeMap::from([(by.id.clone(), record.at)]),
            drafts: Vec::new(),
            published: Vec::new(),
            final_is_out: false,
            promise: None,
            promises: 0,
            kept: 0,
            broken: 0,
            sitreps: Vec::new(),
            impact: None,
            workaround: None,
            trying: None,
            lists: std::collections::BTreeMap::new(),
            log: Vec::new(),
            delayed: Vec::new(),
            first: record.seq,
            last: record.seq,
        };
        if let Some(due) = due {
            incident.owe(record.at, *due);
        }
        Some(incident)
    }

    /// Folds one recorded event in. Cannot fail: it already happened.
    pub fn apply(&mut self, record: &Record) {
        self.last = record.seq;
        let (at, by) = (record.at, record.by.as_ref());
        match &record.event {
            Event::Declared { .. }
            | Event::HelpNeeded { .. }
            | Event::Heard
            | Event::PostDeleted { .. }
            | Event::House(_) => {}
            Event::PersonLeft { person, .. } => self.lose(person),
            Event::AccountJoined { account, person } => self.join(account, person),
            Event::DeliveryDelayed { what, place, minutes } => {
                self.delayed.retain(|(a, b, _)| a != what || b != place);
                self.delayed.push((what.clone(), place.clone(), *minutes));
            }
            Event::Delivered { what, place } | Event::DeliveryRefused { what, place, .. } => {
                self.delayed.retain(|(a, b, _)| a != what || b != place);
            }
            Event::RoomOpened { room } => {
                // A network has one: this is in place of one that is gone.
                self.rooms.retain(|it| it.network() != room.network());
                self.rooms.insert(room.clone());
            }
            Event::Invited { person } => self.members.push(person.clone()),
            Event::ShutOut { person } => self.members.retain(|it| it != person),
            Event::RoleTaken { role, person, .. }
            | Event::RoleAssigned { role, person, .. }
            | Event::HandoffAccepted { role, to: person, .. } => {
                if let Event::HandoffAccepted { from, .. } = &record.event {
                    self.vacate(*role, from);
                }
                self.fill(*role, person, at);
            }
            Event::RoleReleased { role, person } => self.vacate(*role, person),
            Event::HandoffOffered { role, from, to } => {
                self.offers.push(Offer { role: *role, from: from.clone(), to: to.clone(), at });
            }
            Event::HandoffEnded { role, from, to, .. } => {
                self.offers.retain(|it| !(it.role == *role && it.from == *from && it.to == *to));
            }
            Event::SeverityChanged { to, due, .. } => {
                self.severity = *to;
                if let Some(due) = due {
                    self.owe(at, *due);
                }
            }
            Event::Identified { .. } => self.status = Status::Identified,
            Event::Mitigated { .. } => {
                self.status = Status::Mitigated;
                self.times.mitigated.get_or_insert(at);
            }
            Event::Resolved { .. } => {
                self.status = Status::Resolved;
                self.times.resolved = Some(at);
            }
            Event::Reopened { due, .. } => {
                self.status = Status::Investigating;
                self.times.resolved = None;
                self.final_is_out = false;
                if let Some(due) = due {
                    self.owe(at, *due);
                }
            }
            Event::Closed => self.end(Status::Closed, at),
            Event::Cancelled { .. } => self.end(Status::Cancelled, at),
            Event::UpdatePublished { update } => self.publish(update, at),
            Event::DraftProposed { text, next, customers, .. } => self.drafts.push(Draft {
                text: text.clone(),
                by: by.cloned(),
                next: *next,
                customers: *customers,
                state: DraftState::Open,
            }),
            Event::DraftDiscarded { n } => self.settle_draft(*n, DraftState::Discarded),
            Event::SitrepWritten { text, .. } => {
                let around = self.situation();
                self.sitreps.push(Sitrep { at, by: by.cloned(), text: text.clone(), around });
            }
            Event::ImpactStated { text } => self.impact = Some(text.clone()),
            Event::WorkaroundStated { text } => self.workaround = Some(text.clone()),
            Event::AttemptStated { text } => self.trying = Some(text.clone()),
            Event::Listed { list, text, owner, .. } => {
                if let Some(by) = by {
                    let item =
                        Item { text: text.clone(), by: by.clone(), owner: owner.clone(), state: ItemState::Open };
                    self.lists.entry(*list).or_default().push(item);
                }
            }
            Event::Owned { list, n, owner } => self.change(*list, *n, |item| item.owner = Some(owner.clone())),
            Event::Settled { list, n, dropped } => self.change(*list, *n, |item| {
                item.state = dropped.as_ref().map_or(ItemState::Done, |why| ItemState::Dropped(why.clone()));
            }),
            Event::Logged { kind, text, author, source, .. } => self.log.push(LogEntry {
                kind: *kind,
                text: text.clone(),
                author: author.clone(),
                source: source.clone(),
                version: 1,
                removed: false,
            }),
            Event::LogEdited { n, version, text } => self.change_log(*n, |entry| {
                entry.text.clone_from(text);
                entry.version = *version;
            }),
            Event::LogRemoved { n } => self.change_log(*n, |entry| entry.removed = true),
            Event::Reminded { promise, step } => {
                if let Some(mine) = self.promise.as_mut().filter(|mine| mine.n == *promise) {
                    mine.step = step + 1;
                }
            }
        }
        if let Some(by) = by {
            self.hear(&by.id, at);
        }
    }

    fn hear(&mut self, user: &UserRef, at: Timestamp) {
        if self.has_role(user) {
            self.heard.insert(user.clone(), at);
        }
    }

    fn fill(&mut self, role: Role, person: &Person, at: Timestamp) {
        match role {
            Role::Commander => {
                self.commander = Some(person.clone());
                self.times.commanded.get_or_insert(at);
            }
            Role::Spokesperson => self.spokesperson = Some(person.clone()),
            Role::Responder => self.responders.push(person.clone()),
            Role::Observer => self.observers.push(person.clone()),
        }
        self.offers.retain(|offer| offer.role != role || (!role.is_single() && offer.to != *person));
        self.hear(&person.id, at);
    }

    fn vacate(&mut self, role: Role, person: &Person) {
        match role {
            Role::Commander => self.commander = None,
            Role::Spokesperson => self.spokesperson = None,
            Role::Responder => self.responders.retain(|it| it != person),
            Role::Observer => self.observers.retain(|it| it != person),
        }
        self.offers.retain(|offer| offer.role != role || offer.from != *person);
        if !self.has_role(&person.id) {
            self.heard.remove(&person.id);
        }
    }

    /// The next update is due; nothing is said about the promise before.
    fn owe(&mut self, made: Timestamp, due: Timestamp) {
        self.promises += 1;
        self.promise = Some(Promise { n: self.promises, made, due, step: 0 });
    }

    fn publish(&mut self, update: &PublicUpdate, at: Timestamp) {
        self.published.push(Published { at, update: update.clone() });
        if let Some(n) = update.draft() {
            self.settle_draft(n, DraftState::Published);
        }
        let promised = self.promise.as_ref().map(|promise| promise.due);
        // A correction leaves the promise as it is, unless it makes one.
        if update.number().is_none() && (update.next().is_none() || update.next() == promised) {
            return;
        }
        // Once something was said, nothing is a first response any more.
        self.drafts.iter_mut().filter(|it| it.by.is_none() && it.state == DraftState::Open).for_each(|it| {
            it.state = DraftState::Discarded;
        });
        self.times.updated.get_or_insert(at);
        if let Some(promise) = self.promise.take() {
            if at <= promise.due {
                self.kept += 1;
            } else {
                self.broken += 1;
            }
        }
        match update.next() {
            Some(due) => self.owe(at, due),
            None => self.final_is_out = true,
        }
    }

    fn end(&mut self, status: Status, at: Timestamp) {
        self.status = status;
        self.times.ended = Some(at);
        self.offers.clear();
        if self.is_over() {
            self.promise = None;
        }
    }

    fn settle_draft(&mut self, n: u32, state: DraftState) {
        if let Some(draft) = index(n).and_then(|i| self.drafts.get_mut(i)) {
            draft.state = state;
        }
    }

    fn change(&mut self, list: List, n: u32, how: impl FnOnce(&mut Item)) {
        if let Some(item) = index(n).and_then(|i| self.lists.get_mut(&list)?.get_mut(i)) {
            how(item);
        }
    }

    fn change_log(&mut self, n: u32, how: impl FnOnce(&mut LogEntry)) {
        if let Some(entry) = index(n).and_then(|i| self.log.get_mut(i)) {
            how(entry);
        }
    }
}
