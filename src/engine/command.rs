//! From a command that was understood to what it changes.

use herald_chat::{Person, RoomRef};

use super::inbound::Site;
use super::record::From;
use super::{Engine, Step};
use crate::announce::{self, Out};
use crate::command::{Ask, Line, Link, Query, proven};
use crate::incident::sight::Detail;
use crate::incident::{
    Audience, Command, Context, Declaration, Incident, IncidentNo, Refusal, Status, decide, declare,
};
use crate::journal::Journal;
use crate::outbox::Entry;

impl<J: Journal> Engine<J> {
    /// Does what a command asks for.
    pub(super) fn obey(
        &mut self,
        step: &mut Step,
        site: Site,
        by: &Person,
        line: Line,
        from: From<'_>,
    ) -> Result<(), Refusal> {
        let place = site.place();
        if !line.verb.places.contains(place) {
            if let Ask::Link(Link::Prove(code)) = &line.ask {
                return Err(self.overheard(step, by, code));
            }
            return Err(Refusal::NotHere { verb: line.verb.name, instead: line.verb.instead() });
        }
        match line.ask {
            Ask::Help(topic) => {
                let text = self.help(topic, (site, from.room), by);
                self.send(step, None, &Out::answer(text), Some(from.room));
                Ok(())
            }
            Ask::Link(what) => self.link(step, by, what, from),
            Ask::Admin(wish) => self.administer(step, by, wish, from),
            Ask::Declare(declaration) => self.declare(step, site, by, declaration, from),
            Ask::Do(mut command) => {
                if let Command::Log { source, .. } = &mut command {
                    *source = Some(from.message.clone());
                }
                let no = self.infer(site, from.room, line.incident, line.verb.name)?;
                if let Command::Duplicate { of } = &command {
                    self.is_worked_on(*of)?;
                }
                self.act_on(step, (no, line.incident), by, &command, from);
                Ok(())
            }
            Ask::Query(query) => {
                let text = self.answer(step.now, (site, from.room), line.incident, query, line.verb)?;
                let text = announce::screen(text, query.rest());
                self.send(step, None, &Out::back(text), Some(from.room));
                Ok(())
            }
        }
    }

    /// Refuses what nobody works on any more: no other incident can be a part of it.
    fn is_worked_on(&self, of: IncidentNo) -> Result<(), Refusal> {
        let open = self.open.get(&of).map(|incident| (incident.security, incident.status));
        let over = || self.over.get(&of).map(|summary| (summary.security, summary.status));
        match open.or_else(over) {
            None => Err(Refusal::NoSuchIncident { no: of }),
            Some((is_security, Status::Closed | Status::Cancelled)) if is_security => {
                Err(Refusal::DuplicateOfOver { of, how: "over".to_owned() })
            }
            Some((_, how @ (Status::Closed | Status::Cancelled))) => {
                Err(Refusal::DuplicateOfOver { of, how: how.to_string() })
            }
            Some((_, Status::Investigating | Status::Identified | Status::Mitigated | Status::Resolved)) => Ok(()),
        }
    }

    fn declare(
        &mut self,
        step: &mut Step,
        site: Site,
        by: &Person,
        mut declaration: Declaration,
        from: From<'_>,
    ) -> Result<(), Refusal> {
        if self.is_in_doubt(site, &declaration) {
            return Err(Refusal::MeantSecret);
        }
        let by_place = !declaration.security && self.is_secret_by_place(site, &declaration);
        declaration.security |= by_place;
        let setup = self.setup.clone();
        let team = setup.rooms.team(from.room);
        let events = declare(&declaration, team, &Context { by, now: step.now, policy: &setup.policy })?;
        let no = IncidentNo(self.last_no + 1);
        for (i, event) in events.into_iter().enumerate() {
            // The first response is Herald's own proposal.
            let by = (i == 0).then_some(by);
            self.record(step, no, by, event, Some(from));
        }
        let is_same = |it: &&Incident| {
            let is_alike = it.drill == declaration.drill && it.title.eq_ignore_ascii_case(&declaration.title);
            it.no != no && !it.security && is_alike && self.is_worked_on(it.no).is_ok()
        };
        if let Some(same) = self.open.values().find(is_same).filter(|_| !declaration.security) {
            let text = announce::declared_twice(no, same);
            self.send(step, None, &Out::answer(text), Some(from.room));
        }
        if by_place {
            self.send(step, None, &Out::answer(announce::declared_secret(no)), Some(from.room));
        }
        Ok(())
    }

    /// Decides a command on one incident, and answers where it was typed if nothing else does.
    pub(super) fn act(&mut self, step: &mut Step, no: IncidentNo, by: &Person, command: &Command, from: From<'_>) {
        self.act_on(step, (no, None), by, command, from);
    }

    /// The same for a command that may have named its incident: the line to send instead names it, too.
    fn act_on(
        &mut self,
        step: &mut Step,
        (no, named): (IncidentNo, Option<IncidentNo>),
        by: &Person,
        command: &Command,
        from: From<'_>,
    ) {
        let setup = self.setup.clone();
        let cx = Context { by, now: step.now, policy: &setup.policy };
        let decided = match self.open.get(&no) {
            Some(incident) => decide(incident, command, &cx),
            None => Err(Refusal::NoSuchIncident { no }),
        };
        match decided {
            Ok(events) => {
                let (before, changed) = (step.batch.entries.len(), !events.is_empty());
                let lane = self.lane(from.room);
                for event in events {
                    self.record(step, no, Some(by), event, Some(from));
                }
                let here = |entry: &Entry| entry.dest == lane;
                let told = step.batch.entries.iter().skip(before).any(here);
                if changed && !told && from.is_elsewhere() {
                    let drill = self.open.get(&no).is_some_and(|incident| incident.drill);
                    self.send(step, None, &Out::answer(announce::done(no, drill)), Some(from.room));
                }
            }
            Err(refusal) => self.refuse_about(step, no, &proven(refusal.addressed(named), by, &self.people), from),
        }
    }

    /// Which incident a command is about: the one it names, the one whose room it stands in, or the only open one.
    pub(super) fn infer(
        &self,
        site: Site,
        room: &RoomRef,
        named: Option<IncidentNo>,
        verb: &'static str,
    ) -> Result<IncidentNo, Refusal> {
        if let Site::Own(here) = site {
            return match named {
                Some(no) if no != here => Err(Refusal::OtherRoom { here, no }),
                Some(_) | None => Ok(here),
            };
        }
        if site == Site::Outside {
            return self.infer_outside(named, verb);
        }
        if let Some(no) = named {
            let Some(incident) = self.open.get(&no) else {
                return Err(match self.over.get(&no) {
                    // How a security incident ended is not for everybody.
                    Some(summary) if summary.security => Refusal::Over { no, how: "over".to_owned() },
                    Some(summary) => Refusal::Over { no, how: summary.status.to_string() },
                    None => Refusal::NoSuchIncident { no },
                });
            };
            return if workable(incident, site) { Ok(no) } else { Err(self.own_room_only(no)) };
        }
        let candidates: Vec<IncidentNo> =
            self.open.values().filter(|it| workable(it, site) && self.is_told_in(it, room)).map(|it| it.no).collect();
        match candidates.as_slice() {
            [] => Err(if site == Site::Direct { Refusal::NoneOpenOutside } else { Refusal::NoneOpen }),
            [only] => Ok(*only),
            [first, ..] => {
                let open: Vec<&Incident> = candidates.iter().filter_map(|no| self.open.get(no)).collect();
                let open = labels(&open, site);
                Err(Refusal::WhichIncident { verb, first: *first, open })
            }
        }
    }

    pub(super) fn own_room_only(&self, no: IncidentNo) -> Refusal {
        Refusal::OwnRoomOnly { no, entry: self.who_lets_in(no) }
    }

    /// Whether customers were told of anything that is not over.
    pub(super) fn is_something_told(&self) -> bool {
        self.open.values().any(|incident| workable(incident, Site::Outside))
    }

    /// The same for customers: there is nothing but what they were told of.
    fn infer_outside(&self, named: Option<IncidentNo>, verb: &'static str) -> Result<IncidentNo, Refusal> {
        let told = self.open.values().filter(|it| workable(it, Site::Outside));
        let told: Vec<&Incident> = told.filter(|it| named.is_none_or(|no| no == it.no)).collect();
        match told.as_slice() {
            [] if verb == "ask" && named.is_none() => Err(Refusal::NothingToAsk),
            [] => Err(Refusal::NothingSent),
            [only] => Ok(only.no),
            [first, ..] => Err(Refusal::WhichIncident { verb, first: first.no, open: labels(&told, Site::Outside) }),
        }
    }

    /// What to show for a query.
    fn answer(
        &self,
        now: jiff::Timestamp,
        (site, room): (Site, &RoomRef),
        named: Option<IncidentNo>,
        query: Query,
        verb: &'static crate::command::Verb,
    ) -> Result<herald_chat::Text, Refusal> {
        let viewer = site.viewer();
        match query {
            Query::Incidents => {
                let over =
                    self.over.values().rev().take(if matches!(site, Site::Direct | Site::Outside) { 0 } else { 5 });
                Ok(announce::incidents(self.open.values(), over, viewer, now))
            }
            Query::Stats(window) => Ok(self.stats(window, viewer, now)),
            Query::Board if named.is_none() && !matches!(site, Site::Own(_)) && self.visible(site, room) != 1 => {
                Ok(announce::incidents(self.open.values(), std::iter::empty(), viewer, now))
            }
            Query::Board
            | Query::Drafts
            | Query::Sitrep(_)
            | Query::Sitreps
            | Query::Problems
            | Query::Temporaries
            | Query::Tasks
            | Query::Questions
            | Query::Timeline(_)
            | Query::Who => self.show(now, (site, room), named, query, verb),
        }
    }

    fn visible(&self, site: Site, room: &RoomRef) -> usize {
        self.open.values().filter(|it| workable(it, site) && self.is_told_in(it, room)).count()
    }

    /// Whether an incident is meant in a room when none is named: in one of the rooms for engineers, when it is told there.
    pub(super) fn is_told_in(&self, incident: &Incident, room: &RoomRef) -> bool {
        let rooms = &self.setup.rooms;
        match rooms.audience(room) {
            Some(Audience::WarRoom | Audience::Engineering) => rooms.serves(room, incident.team.as_deref()),
            Some(Audience::Admin | Audience::Company | Audience::Customers) | None => true,
        }
    }
}

/// Whether an incident can be worked on from there. A question may be asked about any.
fn workable(incident: &Incident, site: Site) -> bool {
    match site {
        Site::Own(no) => incident.no == no,
        Site::Direct => true,
        Site::Outside => incident.seen_by(site.viewer()).detail > Detail::Nothing,
        Site::Channel(_) => !incident.security,
    }
}

/// How many incidents are named in one sentence.
const NAMED: usize = 5;

/// What they are called there.
fn labels(incidents: &[&Incident], site: Site) -> String {
    let label = |it: &&Incident| it.seen_by(site.viewer()).label.replace('`', "'");
    let mut named: Vec<String> = incidents.iter().take(NAMED).map(label).collect();
    if let more @ 1.. = incidents.len() - named.len() {
        named.push(format!("and {more} more (`!incidents`)"));
    }
    named.join(", ")
}
