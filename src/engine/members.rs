//! Who is where now.
//!
//! What somebody may see and do who writes to Herald alone follows from the rooms that they are in at that moment, not from
//! the writing. Only a network can tell, and the engine waits for none: the message waits like everything that comes too early
//! ([`super::early`]), and the answer comes back as [`super::Input::Sighted`]. In a room, the room itself has let them in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::FutureExt;
use futures::future::{BoxFuture, Either, join_all, select};
use herald_chat::{Clock, Inbound, Network, Origin, Person, Platform, RoomRef, SendError, UserRef, What};
use jiff::{SignedDuration, Timestamp};

use super::budget::Kind;
use super::inbound::Site;
use super::step::mark;
use super::{Engine, Input, Step};
use crate::announce::{self, Out};
use crate::command::{Ask, parse};
use crate::incident::allowance::Permit;
use crate::incident::words::span;
use crate::incident::{Audience, Incident, IncidentNo, Refusal, leave};
use crate::journal::{Journal, Mark};

/// How long a network has to say where somebody is.
const PATIENCE: SignedDuration = SignedDuration::from_secs(10);
/// How long until it is asked again about somebody who may have left and has a part in an incident.
const AGAIN: SignedDuration = SignedDuration::from_mins(1);

/// Accounts of one person, and the rooms of which it has to be known whether they are in them now.
#[derive(Debug, Clone)]
pub struct Lookup {
    concerns: Concern,
    /// Each account, and the rooms on its network.
    pub accounts: Vec<(UserRef, Vec<RoomRef>)>,
}

/// What is waiting to know.
#[derive(Debug, Clone)]
enum Concern {
    /// This message.
    Message(Mark),
    /// Whether this account still has a part in what is open. It was seen to leave this room, if it was.
    Part(UserRef, Option<RoomRef>),
}

/// What the networks say of each account: which of the rooms it is in.
pub type Sighting = Vec<(UserRef, Result<BTreeSet<RoomRef>, SendError>)>;

/// Where one person is.
#[derive(Debug, Clone, Default)]
pub(super) struct Whereabouts {
    /// All rooms that any account of theirs is in.
    rooms: BTreeSet<RoomRef>,
    /// Their accounts that are in a room.
    pub(super) accounts: BTreeSet<UserRef>,
    /// Whether the network could not say of an account.
    unsure: BTreeSet<UserRef>,
}

/// What the engine keeps in mind of it. After a restart it is asked again.
#[derive(Default)]
pub(super) struct Members {
    to_ask: Vec<Lookup>,
    /// What is known of whoever wrote a message that waits.
    known: BTreeMap<Mark, Whereabouts>,
    /// Who is looked for again, and when; with the room that they were seen to leave, if they were.
    again: BTreeMap<(UserRef, Option<RoomRef>), Timestamp>,
}

impl Members {
    /// When somebody is looked for again.
    pub(super) fn wakes(&self) -> Option<Timestamp> {
        self.again.values().min().copied()
    }
}

/// How somebody stands who writes to Herald alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// In a room for people inside, or an admin.
    Inside,
    /// In rooms for customers only.
    Customer,
    /// In none.
    Stranger,
    /// Nobody can say now.
    Unknown,
}

impl<J: Journal> Engine<J> {
    /// Whom the networks have to be asked about. Each comes back as [`Input::Sighted`].
    pub fn lookups(&mut self) -> Vec<Lookup> {
        std::mem::take(&mut self.members.to_ask)
    }

    /// Whether a message has to wait until it is known where its author is.
    pub(super) fn is_unseen(&self, inbound: &Inbound) -> bool {
        self.needs_sight(inbound) && !self.members.known.contains_key(&mark(inbound))
    }

    fn needs_sight(&self, inbound: &Inbound) -> bool {
        if inbound.origin != Origin::Human {
            return false;
        }
        let (is_typed, is_chosen) = match &inbound.what {
            What::Message { .. } | What::Edit { .. } | What::Unreadable { .. } | What::Unencrypted => (true, false),
            What::Command { .. } => (true, true),
            What::Delete { .. }
            | What::Altered { .. }
            | What::Replaced { .. }
            | What::Reaction { .. }
            | What::Unreacted { .. }
            | What::Joined { .. }
            | What::Left { .. } => (false, false),
        };
        match self.site(inbound) {
            Some(Site::Direct | Site::Outside) => is_typed,
            Some(Site::Channel(Audience::Company | Audience::Customers)) => is_chosen,
            Some(Site::Channel(Audience::WarRoom | Audience::Engineering | Audience::Admin) | Site::Own(_)) => {
                is_typed && self.register.accounts.of(&inbound.by.id).len() > 1 && self.is_named_admin(inbound)
            }
            None => is_chosen || self.is_named_admin(inbound),
        }
    }

    /// Whether somebody gives an admin's command whom the configuration names as one.
    fn is_named_admin(&self, inbound: &Inbound) -> bool {
        let (What::Message { text, mentions, .. } | What::Command { text, mentions }) = &inbound.what else {
            return false;
        };
        let accounts = self.register.accounts.of(&inbound.by.id);
        let by = self.people.behind(&inbound.by);
        accounts.iter().any(|account| self.setup.admins.contains(account))
            && matches!(parse(text, &by, &self.people, mentions), Ok(Some(line)) if matches!(line.ask, Ask::Admin(_)))
    }

    /// Has the networks asked about whoever wrote a message that waits for that. Returns whether it is to be handled:
    /// what is more than Herald takes from one person is not asked after, which they are told.
    pub(super) fn ask_after(&mut self, step: &mut Step, inbound: &Inbound) -> bool {
        if !self.is_unseen(inbound) {
            return true;
        }
        let by = self.people.behind(&inbound.by);
        match self.spend(&by.id, Kind::Lookups, step.now) {
            Permit::Go => {}
            Permit::Wait(wait) => {
                let text = announce::refusal(&Refusal::TooFast { wait: span(wait) });
                self.send(step, None, &Out::direct(text, &by), None);
                return false;
            }
            Permit::Silence(_) => return false,
        }
        let lookup = self.lookup(Concern::Message(mark(inbound)), &inbound.by.id);
        self.members.to_ask.push(lookup);
        true
    }

    fn lookup(&self, concerns: Concern, account: &UserRef) -> Lookup {
        let own = self.open.values().flat_map(|incident| &incident.rooms);
        let mut all: BTreeSet<&RoomRef> = self.setup.rooms.all().chain(own).collect();
        // Whoever has not come into a new room yet has not left for that. What they may see follows from the new one.
        if matches!(concerns, Concern::Part(..)) {
            all.extend(self.register.mappings.replaced().map(|(old, _)| old));
        }
        let on = |network: &Network| all.iter().filter(|it| it.network() == *network).map(|it| (*it).clone()).collect();
        let accounts = self.register.accounts.of(account).into_iter().filter(|it| self.is_configured(it));
        Lookup { concerns, accounts: accounts.map(|it| (it.clone(), on(&it.network()))).collect() }
    }

    /// Whether an account is on a network of the configuration. Nobody can be in a room on another, nor say that they are.
    fn is_configured(&self, account: &UserRef) -> bool {
        let all = &self.setup.networks;
        all.is_empty() || all.contains(&account.network())
    }

    /// A network has said where somebody is.
    pub(super) fn sighted(&mut self, step: &mut Step, lookup: &Lookup, sighting: &Sighting) {
        let mut found = Whereabouts::default();
        for (account, rooms) in sighting {
            match rooms {
                Ok(rooms) if rooms.is_empty() => {}
                Ok(rooms) => {
                    found.rooms.extend(rooms.iter().cloned());
                    found.accounts.insert(account.clone());
                }
                Err(_) => {
                    found.unsure.insert(account.clone());
                }
            }
        }
        match &lookup.concerns {
            Concern::Message(mark) => {
                self.members.known.insert(*mark, found);
            }
            Concern::Part(account, left) => self.settle_part(step, account, left.as_ref(), &found),
        }
    }

    /// What is known of a message's author, once: it is handled now. In a room of Herald's they are where they wrote.
    pub(super) fn whereabouts(&mut self, mark: Mark, inbound: &Inbound) -> Whereabouts {
        let is_room = self.site_of(&inbound.room).is_some();
        let accounts = if is_room { [inbound.by.id.clone()].into() } else { BTreeSet::new() };
        let here = || Whereabouts { accounts, ..Whereabouts::default() };
        let unsure = || Whereabouts { unsure: [inbound.by.id.clone()].into(), ..Whereabouts::default() };
        let known = self.members.known.remove(&mark);
        if self.needs_sight(inbound) { known.unwrap_or_else(unsure) } else { here() }
    }

    /// What waits no more is not asked about again.
    pub(super) fn forget_sightings(&mut self) {
        if self.early.is_empty() {
            self.members.known.clear();
        }
    }

    /// How somebody stands who writes with this account to Herald alone.
    pub(super) fn standing(&self, step: &Step, account: &UserRef, seen: &Whereabouts) -> Standing {
        let audience = |room: &RoomRef| self.setup.rooms.audience(room);
        let is_inside = |room: &RoomRef| audience(room) != Some(Audience::Customers);
        if seen.rooms.iter().any(is_inside) || self.is_admin(step, account) {
            Standing::Inside
        } else if seen.unsure.contains(account) {
            Standing::Unknown
        } else if seen.rooms.is_empty() {
            Standing::Stranger
        } else {
            Standing::Customer
        }
    }

    /// Whether an account that the configuration names is good for that now: it is in a room, or it is the one that
    /// writes and there is none on its network, so that the first one can be mapped.
    pub(super) fn is_here(&self, step: &Step, account: &UserRef) -> bool {
        let network = account.network();
        let writes = step.asker.as_ref().is_some_and(|(_, it)| it == account);
        let first = || writes && self.setup.rooms.all().all(|room| room.network() != network);
        step.here.contains(account) || first()
    }

    fn is_admin(&self, step: &Step, account: &UserRef) -> bool {
        let accounts = self.register.accounts.of(account);
        accounts.into_iter().any(|it| self.setup.admins.contains(it) && self.is_here(step, it))
    }

    /// Somebody was seen to leave a room: if they have a part in anything, it is asked where they are still.
    pub(super) fn left(&mut self, user: &UserRef, room: &RoomRef) {
        if self.has_part(user) {
            let lookup = self.lookup(Concern::Part(user.clone(), Some(room.clone())), user);
            self.members.to_ask.push(lookup);
        }
    }

    /// Somebody may have left while nobody listened.
    pub(super) fn look_for_all(&mut self, network: &Network) {
        let mut all: BTreeSet<UserRef> = BTreeSet::new();
        for it in self.open.values() {
            let single = it.commander.iter().chain(&it.spokesperson);
            let people = single.chain(&it.responders).chain(&it.observers);
            all.extend(people.map(|person| person.id.clone()));
        }
        // Also whoever is on no network that there is any more.
        let there = |id: &UserRef| {
            let all = self.register.accounts.of(id);
            all.iter().any(|it| it.network() == *network) || !all.iter().any(|it| self.is_configured(it))
        };
        let asked: Vec<UserRef> = all.into_iter().filter(there).collect();
        for id in asked {
            let lookup = self.lookup(Concern::Part(id.clone(), None), &id);
            self.members.to_ask.push(lookup);
        }
    }

    /// Looks again for those of whom no network could say where they are.
    pub(super) fn look_again(&mut self, now: Timestamp) {
        let due: Vec<_> = self.members.again.iter().filter(|(_, at)| **at <= now).map(|it| it.0.clone()).collect();
        for (id, left) in due {
            self.members.again.remove(&(id.clone(), left.clone()));
            if self.has_part(&id) {
                let lookup = self.lookup(Concern::Part(id.clone(), left), &id);
                self.members.to_ask.push(lookup);
            }
        }
    }

    fn person(&self, account: &UserRef) -> Person {
        self.people.called_as(self.register.accounts.whose(account), account)
    }

    fn has_part(&self, account: &UserRef) -> bool {
        let person = self.person(account);
        self.open.values().any(|incident| !leave(incident, &person).is_empty())
    }

    /// Takes somebody off what they have a part in and cannot be in any more.
    fn settle_part(&mut self, step: &mut Step, account: &UserRef, left: Option<&RoomRef>, seen: &Whereabouts) {
        if !seen.unsure.is_empty() {
            let at = step.now.checked_add(AGAIN).unwrap_or(Timestamp::MAX);
            self.members.again.insert((account.clone(), left.cloned()), at);
            return;
        }
        let works = [Audience::WarRoom, Audience::Engineering, Audience::Admin];
        let own = |room: &RoomRef| self.open.values().any(|it| it.rooms.contains(room));
        let audience = |room: &RoomRef| {
            let replaced = self.register.mappings.replaced().find(|(old, _)| *old == room).map(|(_, new)| new);
            self.setup.rooms.audience(room).or_else(|| self.setup.rooms.audience(replaced?))
        };
        let inside = |room: &RoomRef| audience(room).map_or_else(|| own(room), |it| works.contains(&it));
        let is_gone = !seen.rooms.iter().any(inside);
        let is_out_of = |incident: &Incident| {
            let is_place = |room: &RoomRef| self.is_place_of(incident, room);
            left.is_some_and(is_place) && !seen.rooms.iter().any(is_place)
        };
        let person = self.person(account);
        let gone: Vec<IncidentNo> =
            self.open.values().filter(|it| is_gone || is_out_of(it)).map(|incident| incident.no).collect();
        for no in gone {
            let events = self.open.get(&no).map(|it| leave(it, &person)).unwrap_or_default();
            for event in events {
                step.because(format!("left:{account}:{}", self.last_seq));
                self.record(step, no, None, event, None);
            }
        }
    }

    /// Whether an incident is worked on in a room.
    fn is_place_of(&self, incident: &Incident, room: &RoomRef) -> bool {
        let war = || self.setup.rooms.audience(room) == Some(Audience::WarRoom) && self.is_told_in(incident, room);
        incident.rooms.contains(room) || (!incident.own_room && war())
    }
}

/// Asks the networks, each for as long as is bearable.
pub(super) fn look(
    lookup: Lookup,
    platforms: &BTreeMap<Network, Arc<dyn Platform>>,
    clock: &Arc<dyn Clock>,
) -> BoxFuture<'static, Input> {
    let until = clock.now().saturating_add(PATIENCE).unwrap_or(Timestamp::MAX);
    let asked = lookup.accounts.iter().cloned().map(|(account, rooms)| {
        let platform = platforms.get(&account.network()).cloned();
        let patience = clock.until(until);
        async move {
            let unknown = |reason: &str| Err(SendError::Unknown { reason: reason.to_owned() });
            let Some(platform) = platform else { return (account, unknown("not connected")) };
            let work = platform.present(&account, &rooms);
            let rooms = match select(work, patience).await {
                Either::Left((rooms, _)) => rooms,
                Either::Right(_) => unknown("no answer in time"),
            };
            (account, rooms)
        }
    });
    let asked = join_all(asked.collect::<Vec<_>>());
    async move { Input::Sighted(Box::new(lookup), asked.await) }.boxed()
}
