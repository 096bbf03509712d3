//! What a change of a room would do, and whether somebody has to say yes to that.

use std::collections::{BTreeMap, BTreeSet};

use herald_chat::{Person, RoomRef, Text};
use jiff::{SignedDuration, Timestamp};

use super::Previewed;
use crate::announce;
use crate::engine::people::{code, signs};
use crate::engine::{Engine, Rooms, Step};
use crate::incident::sight::Viewer;
use crate::incident::{Audience, Excerpt, Incident, IncidentNo, Purpose, Refusal, Source};
use crate::journal::Journal;

/// For how long a change can be confirmed.
const CONFIRM: SignedDuration = SignedDuration::from_mins(5);
/// How long such a code is. It guards against a slip, not against a guess: only admins give it.
const CODE: usize = 4;

/// A change of what a room is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// It is for these from then on.
    Map { room: RoomRef, written: Option<RoomRef>, to: Purpose },
    /// It is for nobody any more.
    Unmap { room: RoomRef },
}

impl Change {
    pub(super) fn room(&self) -> &RoomRef {
        match self {
            Self::Map { room, .. } | Self::Unmap { room } => room,
        }
    }

    pub(super) fn to(&self) -> Option<&Purpose> {
        match self {
            Self::Map { to, .. } => Some(to),
            Self::Unmap { .. } => None,
        }
    }
}

/// The open incidents that are told in a room from a change on, and those that are not any more.
#[derive(Debug, Default)]
pub(super) struct Shift {
    pub(super) gained: Vec<IncidentNo>,
    pub(super) lost: Vec<IncidentNo>,
}

impl<J: Journal> Engine<J> {
    /// Makes a change, or shows what it would do when that is not what `seen` says.
    pub(super) fn change(
        &mut self,
        step: &mut Step,
        by: &Person,
        change: Change,
        seen: Option<&[String]>,
    ) -> Result<Text, Refusal> {
        self.check_change(&change)?;
        let effects = self.effects(&change);
        if effects.is_empty() || seen == Some(&effects) {
            return Ok(self.carry_out(step, by, change));
        }
        let mut code = code(&self.setup.seed, &step.cause);
        code.truncate(CODE);
        let preview = announce::preview(change.room(), change.to(), &effects, &code, CONFIRM.as_mins());
        let until = step.now.checked_add(CONFIRM).unwrap_or(Timestamp::MAX);
        self.admin.previewed.retain(|it| it.until >= step.now && it.change != change);
        self.admin.previewed.push(Previewed { code, until, change, effects });
        Ok(preview)
    }

    /// Makes the change that has this code, if it still would do what was shown.
    pub(super) fn confirm(&mut self, step: &mut Step, by: &Person, code: &str) -> Result<Text, Refusal> {
        let code = signs(code);
        let found = self.admin.previewed.iter().position(|it| it.code == code && it.until >= step.now);
        let found = found.ok_or(Refusal::NothingToConfirm { minutes: CONFIRM.as_mins() })?;
        let Previewed { change, effects, .. } = self.admin.previewed.remove(found);
        self.change(step, by, change, Some(&effects))
    }

    fn check_change(&self, change: &Change) -> Result<(), Refusal> {
        let room = change.room();
        let shown = Excerpt::of(room.as_str());
        let before = self.setup.rooms.mapping(room);
        if let Some(before) = before.filter(|it| it.source == Source::Config) {
            let key = match &before.purpose.team {
                Some(team) => format!("[teams.{team}]"),
                None => "[rooms]".to_owned(),
            };
            return Err(Refusal::HeldByConfig { what: format!("`{shown}` is for {}", before.purpose), key });
        }
        let own = |rooms: &std::collections::BTreeSet<RoomRef>| rooms.contains(room);
        let open = self.open.values().find(|it| own(&it.rooms)).map(|it| it.no);
        let over = || self.over.values().find(|it| own(&it.rooms)).map(|it| it.no);
        if let Some(no) = open.or_else(over) {
            return Err(Refusal::OwnRoomOf { room: shown, no });
        }
        match change.to() {
            Some(to) if before.is_some_and(|before| before.purpose == *to) => {
                Err(Refusal::SameAlready { what: format!("`{shown}` is for {to}"), list: "channels" })
            }
            None if before.is_none() => Err(Refusal::NotMapped { room: shown }),
            Some(_) | None => Ok(()),
        }
    }

    /// What it would do to people and incidents, each in a sentence. Nothing when nobody would notice.
    fn effects(&self, change: &Change) -> Vec<String> {
        let (room, to) = (change.room(), change.to());
        let was = self.setup.rooms.mapping(room).map(|it| &it.purpose);
        let mut effects = Vec::new();
        if let (Some(was), Some(_)) = (was, to) {
            effects.push(format!("It is for {was} now, and would not be any more."));
        }
        match (was.is_some_and(Purpose::is_outside), to.is_some_and(Purpose::is_outside)) {
            (false, true) => {
                effects.push("Only Herald could write there: what others write would be removed.".to_owned());
            }
            (true, false) => effects.push("Everybody in it could write there.".to_owned()),
            (true, true) | (false, false) => {}
        }
        let labels = |all: &[IncidentNo]| {
            let label = |no: &IncidentNo| Some(self.open.get(no)?.seen_by(Viewer::Audience(Audience::Admin)).label);
            let labels: Vec<String> = all.iter().filter_map(label).map(|label| label.replace('`', "'")).collect();
            labels.join(", ")
        };
        for (place, Shift { gained, lost }) in self.shifts(room, to) {
            let place = if place == *room { "It".to_owned() } else { format!("`{}`", Excerpt::of(place.as_str())) };
            if !gained.is_empty() {
                effects.push(format!("{place} would be told of what is open: {}.", labels(&gained)));
            }
            if !lost.is_empty() {
                effects.push(format!("{place} would be told no more of what is open: {}.", labels(&lost)));
            }
        }
        effects
    }

    /// For which open incidents the change makes a difference, in each room where it does: a team that gets a room of its
    /// own is told there and no longer where everybody is.
    pub(super) fn shifts(&self, room: &RoomRef, to: Option<&Purpose>) -> BTreeMap<RoomRef, Shift> {
        let (before, after) = (&self.setup.rooms, self.setup.rooms.with(room, to));
        let mut shifts: BTreeMap<RoomRef, Shift> = BTreeMap::new();
        for incident in self.open.values() {
            let (was, is) = (told(before, incident), told(&after, incident));
            for (place, _) in is.iter().filter(|it| !was.contains(*it)) {
                shifts.entry(place.clone()).or_default().gained.push(incident.no);
            }
            for (place, _) in was.iter().filter(|it| !is.contains(*it)) {
                shifts.entry(place.clone()).or_default().lost.push(incident.no);
            }
        }
        shifts
    }
}

/// Where an incident is told, and as what.
fn told(rooms: &Rooms, incident: &Incident) -> BTreeSet<(RoomRef, Audience)> {
    let shared = (!incident.own_room).then_some(Audience::WarRoom);
    let audiences = [Audience::Engineering, Audience::Company, Audience::Customers].into_iter().chain(shared);
    let places = |audience| {
        let serving = rooms.serving(audience, incident.team.as_deref());
        serving.into_iter().map(move |room| (room.clone(), audience)).collect::<Vec<_>>()
    };
    audiences.flat_map(places).collect()
}
