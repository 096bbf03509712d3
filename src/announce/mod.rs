//! What people read: events become posts here, one function per message.
//!
//! [`fn@announce`] is told who looks from where, and asks [`crate::incident::sight`] for every name it writes. The company
//! is only ever addressed by `public`, which takes a [`crate::incident::PublicUpdate`] and nothing else.

mod accounts;
mod answers;
mod board;
mod course;
mod crowd;
mod delivery;
mod export;
mod held;
mod house;
mod lists;
mod out;
mod pinned;
mod public;
mod reminders;
mod removal;
mod roles;
mod screen;
mod sitrep;
mod stats;
mod timeline;

use herald_chat::{MessageRef, Person, Text};
use jiff::Timestamp;

pub use accounts::{code, linked, linked_there, unlinked};
pub use answers::{
    done, drafts, files_stay, incidents, items, outside_talk, refusal, refusal_about, sitreps, stranger, stray,
    stray_again, stray_stands, strays, unencrypted, unreadable, unseen, who, with_words,
};
pub use board::board;
pub use course::{declared_twice, own_room};
pub use crowd::marked;
pub use delivery::{
    arrived, never, not_closed, not_done, not_let_in, not_reached, not_removed, not_taken_out, overdue, unopened,
};
pub use export::{File, export};
pub use held::{Stood, declared_secret, held_back, held_back_about};
pub use house::{
    audit, away, back, channels, followed, given_up, given_up_own, goes_on, house_people, line_held, line_lost,
    linked_by, linked_for, looking, name_moved, preview, remapped, removed, rerouted, set, settings, tested, testing,
    untested, went_on,
};
pub use out::{Action, Out, To};
pub use pinned::{not_pinned, pinned};
pub use public::settled_draft;
pub use removal::{altered, deleted_later};
pub use screen::screen;
pub use sitrep::old_sitrep;
pub use stats::{Figures, stats};
pub use timeline::{entry, timeline};

use crate::incident::sight::Viewer;
use crate::incident::words::{clock_time, distance, span};
use crate::incident::{Audience, Event, Incident, Policy, Record, Severity};

/// The circumstances under which something is told.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// When.
    pub now: Timestamp,
    /// What the company has agreed on.
    pub policy: &'a Policy,
    /// From where the command came. `None` when the clock or a delivery is the cause.
    pub from: Option<Viewer>,
    /// The message that the command stood in.
    pub source: Option<&'a MessageRef>,
    /// Whether the command that brought this about stands where nobody reads who is told of it.
    pub unseen: bool,
    /// Whether other incidents are worked on in the same room.
    pub crowded: bool,
    /// Whether whoever is to see to it was called about the same a moment ago.
    pub quiet: bool,
}

impl Scene<'_> {
    /// A moment and how far off it is.
    fn when(&self, at: Timestamp) -> Text {
        self.by(at).distance(at, distance(at, self.now))
    }

    /// Whether all who respond are called as one to an incident of this severity.
    fn calls_all(&self, severity: Severity) -> bool {
        self.policy.call_all.is_some_and(|least| severity >= least)
    }

    /// A moment.
    fn by(&self, at: Timestamp) -> Text {
        Text::new().time(at, clock_time(at, self.now, &self.policy.zone))
    }
}

/// What is told about an event, and to whom. `incident` is as it stands after the event.
#[must_use]
pub fn announce(record: &Record, incident: &Incident, scene: &Scene<'_>) -> Vec<Out> {
    let mut outs = tell(record, incident, scene);
    if incident.is_over() && incident.own_room && ends_it(&record.event) {
        outs.push(Out::archive());
    }
    for out in &mut outs {
        if let Some(by) = record.by.as_ref().filter(|_| scene.unseen) {
            out.name_author(by);
        }
        if scene.crowded {
            out.name_incident(incident.no);
        }
        if incident.drill {
            out.mark_drill();
        }
    }
    outs
}

/// Whether an event of this kind can be an incident's last.
fn ends_it(event: &Event) -> bool {
    matches!(event, Event::Closed | Event::Cancelled { .. } | Event::UpdatePublished { .. })
}

fn tell(record: &Record, incident: &Incident, scene: &Scene<'_>) -> Vec<Out> {
    let by = record.by.as_ref();
    match &record.event {
        Event::Declared { .. } => course::declared(incident, scene),
        Event::RoomOpened { .. } | Event::Heard | Event::House(_) => Vec::new(),
        Event::Invited { person } => course::invited(incident, person),
        Event::RoleTaken { role, person, from, silent_min } => {
            roles::taken(incident, *role, person, from.as_ref().zip(*silent_min), scene)
        }
        Event::RoleAssigned { role, person, from } => {
            roles::assigned(incident, *role, person, from.as_ref(), by, scene)
        }
        Event::RoleReleased { role, person } => roles::released(incident, *role, person),
        Event::HandoffOffered { role, from, to } => roles::offered(*role, from, to, scene),
        Event::HandoffAccepted { role, from, to } => roles::accepted(incident, *role, from, to, scene),
        Event::HandoffEnded { role, from, to, why } => roles::ended(*role, from, to, *why, scene),
        Event::SeverityChanged { from, why, due, .. } => course::severity(incident, *from, why.as_deref(), *due, scene),
        Event::Identified { cause } => course::step(incident, "the cause is known", cause),
        Event::Mitigated { how } => course::step(incident, "mitigated", how),
        Event::Resolved { summary } => course::resolved(incident, summary, scene),
        Event::Reopened { why, .. } => course::reopened(incident, why, scene),
        Event::Closed => course::closed(incident, scene),
        Event::Cancelled { why, .. } => course::cancelled(incident, why),
        Event::UpdatePublished { update } => public::published(incident, update, scene),
        Event::DraftProposed { n, text, next, customers } => {
            public::proposed(incident, *n, text, *next, *customers, by, scene)
        }
        Event::DraftDiscarded { n } => public::discarded(*n, by),
        Event::SitrepWritten { n, .. } => sitrep::written(incident, *n, scene),
        Event::ImpactStated { .. } => lists::stated("The impact", by),
        Event::WorkaroundStated { .. } => lists::stated("The workaround", by),
        Event::AttemptStated { .. } => lists::stated("What is being tried", by),
        Event::Listed { list, n, text, owner } => lists::listed(incident, (*list, *n), text, owner.as_ref(), by, scene),
        Event::Owned { list, n, owner } => lists::owned(*list, *n, owner, by),
        Event::Settled { list, n, dropped } => lists::settled(incident, *list, *n, dropped.as_deref()),
        Event::HelpNeeded { text } => lists::help_needed(incident, text, by, scene),
        Event::Logged { n, .. } => lists::logged(incident, *n, scene),
        Event::LogEdited { n, .. } => lists::log_edited(incident, *n, scene),
        Event::LogRemoved { n } => lists::log_removed(incident, *n, by, scene),
        Event::PostDeleted { what, place } => removal::deleted(incident, what, place, by),
        Event::ShutOut { person } => removal::shut_out(incident, person, by),
        Event::Reminded { step, .. } => reminders::reminded(incident, *step, scene),
        Event::PersonLeft { person, roles, items } => roles::left(incident, person, roles, items, by),
        Event::AccountJoined { account, person } => accounts::joined(incident, account, person),
        Event::DeliveryDelayed { what, place, minutes } => delivery::delayed(what, place, *minutes),
        Event::Delivered { what, place } => delivery::delivered(what, place),
        Event::DeliveryRefused { what, place, reason } => delivery::refused(what, place, reason),
    }
}

/// What an incident is called among engineers outside its own room.
fn label(incident: &Incident) -> String {
    incident.seen_by(Viewer::Audience(Audience::Engineering)).label
}

/// What an incident is called where it is worked on.
fn inside(incident: &Incident) -> String {
    incident.seen_by(Viewer::Own(incident.no)).label
}

/// Whether an incident of this severity is heard of, and not only seen.
fn is_loud(severity: Severity) -> bool {
    match severity {
        Severity::Minor => false,
        Severity::Major | Severity::Critical => true,
    }
}

/// So many minutes, for people.
fn minutes(minutes: u32) -> String {
    span(jiff::SignedDuration::from_mins(minutes.into()))
}

fn mark(severity: Severity) -> &'static str {
    match severity {
        Severity::Minor => "🟡",
        Severity::Major => "🟠",
        Severity::Critical => "🔴",
    }
}

/// Somebody, by name if that is known.
fn person_or_nobody(person: Option<&Person>) -> Text {
    person.map_or_else(|| Text::says("Somebody"), |person| Text::new().person(person))
}

/// `ana`, or `ana, ben and carl`.
fn names(people: &[Person]) -> Text {
    let mut text = Text::new();
    for (i, person) in people.iter().enumerate() {
        let glue = if i == 0 {
            ""
        } else if i + 1 == people.len() {
            " and "
        } else {
            ", "
        };
        text = text.and(glue).person(person);
    }
    text
}
