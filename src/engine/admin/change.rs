//! What a change of a room would do, and whether somebody has to say yes to that.

use herald_chat::{Person, RoomRef, Text};
use jiff::{SignedDuration, Timestamp};

use super::Previewed;
use crate::announce;
use crate::engine::people::{code, signs};
use crate::engine::{Engine, Step};
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

/// The incidents that are told in a room from a change on, and those that are not any more.
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
            (true, false) => effects.push(
                "Herald would no longer keep others from writing there: who may is up to the room's own settings."
                    .to_owned(),
            ),
            (true, true) | (false, false) => {}
        }
        let shift = self.shift(room, to);
        let labels = |all: &[IncidentNo]| {
            let label = |no: &IncidentNo| Some(self.open.get(no)?.seen_by(Viewer::Audience(Audience::Admin)).label);
            let labels: Vec<String> = all.iter().filter_map(label).map(|label| label.replace('`', "'")).collect();
            labels.join(", ")
        };
        if !shift.gained.is_empty() {
            effects.push(format!("It would be told of what is open: {}.", labels(&shift.gained)));
        }
        if !shift.lost.is_empty() {
            effects.push(format!("It would be told no more of what is open: {}.", labels(&shift.lost)));
        }
        effects
    }

    /// For which open incidents the change makes a difference.
    pub(super) fn shift(&self, room: &RoomRef, to: Option<&Purpose>) -> Shift {
        let (before, after) = (&self.setup.rooms, self.setup.rooms.with(room, to));
        let told = |rooms: &crate::engine::Rooms, incident: &Incident| match rooms.audience(room) {
            Some(Audience::WarRoom) if incident.own_room => None,
            Some(Audience::Admin) | None => None,
            Some(audience) => Some(audience).filter(|_| rooms.serves(room, incident.team.as_deref())),
        };
        let mut shift = Shift::default();
        for incident in self.open.values() {
            let (was, is) = (told(before, incident), told(&after, incident));
            if was != is {
                shift.gained.extend(is.map(|_| incident.no));
                shift.lost.extend(was.map(|_| incident.no));
            }
        }
        shift
    }
}
