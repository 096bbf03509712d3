//! Answers to queries. Everything shown goes through what the asker's room may see.

use herald_chat::{Person, RoomRef, Text};
use jiff::{SignedDuration, Timestamp};

use super::Engine;
use super::inbound::Site;
use crate::announce::{self, Figures};
use crate::command::{Query, Situation, Standing, Topic, Verb, help};
use crate::incident::sight::{Detail, Viewer, see};
use crate::incident::{Audience, Incident, IncidentNo, List, Record, Refusal};
use crate::journal::Journal;

/// How many lines of a timeline are shown unless somebody asks for more.
const TIMELINE_LINES: usize = 15;
/// What the statistics cover unless somebody asks for more.
const STATS_WINDOW: SignedDuration = SignedDuration::from_hours(30 * 24);

impl<J: Journal> Engine<J> {
    /// Something about one incident, open or over.
    pub(super) fn show(
        &self,
        now: Timestamp,
        (site, room): (Site, &RoomRef),
        named: Option<IncidentNo>,
        query: Query,
        verb: &'static Verb,
    ) -> Result<Text, Refusal> {
        let viewer = site.viewer();
        let no = match named {
            Some(no) => no,
            None => match self.infer(site, room, None, verb.name) {
                // When all is over, what people look at is what was last.
                Err(Refusal::NoneOpen) => *self.over.keys().next_back().ok_or(Refusal::NoneOpen)?,
                found => found?,
            },
        };
        let loaded;
        let incident = if let Some(incident) = self.open.get(&no) {
            incident
        } else {
            let hidden = |refusal| if site == Site::Outside { Refusal::NothingSent } else { refusal };
            loaded = self.load(no).map_err(hidden)?;
            &loaded
        };
        let zone = &self.setup.policy.zone;
        let detail = incident.seen_by(viewer).detail;
        if detail == Detail::Nothing {
            return Err(Refusal::NothingSent);
        }
        if query == Query::Board {
            return Ok(announce::board(incident, viewer, now, zone));
        }
        if detail != Detail::Full {
            return Err(match viewer {
                Viewer::Audience(Audience::WarRoom | Audience::Engineering | Audience::Admin) | Viewer::Own(_) => {
                    self.own_room_only(no)
                }
                Viewer::Audience(Audience::Company | Audience::Customers) => {
                    Refusal::NotHere { verb: verb.name, instead: "`!status` shows what can be said." }
                }
            });
        }
        let label = incident.seen_by(viewer).label;
        let found = match query {
            Query::Board | Query::Incidents | Query::Stats(_) => Ok(announce::board(incident, viewer, now, zone)),
            Query::Drafts => Ok(announce::drafts(incident, now, zone)),
            Query::Sitrep(None) if incident.sitreps.is_empty() => Ok(announce::sitreps(incident, now, zone)),
            Query::Sitrep(n) => {
                let n = n.unwrap_or_else(|| u32::try_from(incident.sitreps.len()).unwrap_or(u32::MAX));
                let shown = announce::old_sitrep(incident, n, &label, now, zone);
                shown.ok_or(Refusal::NoSuch { what: "sitrep", n, list: "!sitreps" })
            }
            Query::Sitreps => Ok(announce::sitreps(incident, now, zone)),
            Query::Problems => Ok(announce::items(incident, List::Problem)),
            Query::Temporaries => Ok(announce::items(incident, List::Temporary)),
            Query::Tasks => Ok(announce::items(incident, List::Task)),
            Query::Questions => Ok(announce::items(incident, List::Question)),
            Query::Who => Ok(announce::who(incident, viewer)),
            Query::Timeline(lines) => {
                let lines = lines.and_then(|lines| usize::try_from(lines).ok());
                let records = self.of(no)?;
                Ok(announce::timeline(no, &label, &records, lines.unwrap_or(TIMELINE_LINES), zone))
            }
        };
        found.map(|text| announce::marked(text, incident, self.is_crowded(incident)))
    }

    /// An incident that is over, folded again from its records.
    pub(super) fn load(&self, no: IncidentNo) -> Result<Incident, Refusal> {
        let records = self.of(no)?;
        let (first, rest) = records.split_first().ok_or(Refusal::NoSuchIncident { no })?;
        let mut incident = Incident::declared(first).ok_or(Refusal::Unreadable)?;
        for record in rest {
            incident.apply(record);
        }
        Ok(incident)
    }

    fn of(&self, no: IncidentNo) -> Result<Vec<Record>, Refusal> {
        let open = self.open.get(&no).map(|incident| (incident.first, self.durable));
        let over = || self.over.get(&no).map(|summary| (summary.first, summary.last.min(self.durable)));
        let (first, last) = open.or_else(over).ok_or(Refusal::NoSuchIncident { no })?;
        self.records(no, first, last).map_err(|fault| {
            tracing::error!(incident = %no, %fault, "the journal could not be read");
            Refusal::Unreadable
        })
    }

    /// The numbers of a window of time, over the incidents of which `viewer` may know how bad they were.
    pub(super) fn stats(&self, window: Option<SignedDuration>, viewer: Viewer, now: Timestamp) -> Text {
        let window = window.unwrap_or(STATS_WINDOW);
        let since = now.checked_sub(window).unwrap_or(Timestamp::MIN);
        let mut figures = Figures::default();
        let open: Vec<_> = self.open.values().map(Incident::summary).collect();
        let all = self.over.values().chain(&open);
        for summary in all.filter(|it| see(it.face(), viewer).detail >= Detail::Public) {
            figures.count(summary, since);
        }
        announce::stats(figures, window)
    }

    /// Help, for where it was asked for.
    pub(super) fn help(&self, topic: Topic, (site, room): (Site, &RoomRef), by: &Person) -> Text {
        let standing = |incident: &Incident| {
            Situation::Open(Standing {
                commander: incident.commander.is_some(),
                spokesperson: incident.spokesperson.is_some(),
                you_command: incident.commander.as_ref() == Some(by),
                you_speak: incident.spokesperson.as_ref() == Some(by),
                drafts: u32::try_from(incident.open_drafts().count()).unwrap_or(u32::MAX),
                status: incident.status,
            })
        };
        let situation = match site {
            Site::Direct => Situation::Outside,
            Site::Outside => Situation::Customer,
            Site::Channel(Audience::WarRoom) => self
                .open
                .values()
                .find(|it| !it.security && self.is_told_in(it, room))
                .map_or(Situation::NothingOpen, standing),
            Site::Channel(Audience::Engineering) => Situation::Reader,
            Site::Channel(Audience::Admin | Audience::Company | Audience::Customers) => Situation::Admin,
            Site::Own(no) => self.open.get(&no).map_or(Situation::NothingOpen, standing),
        };
        help(topic, situation)
    }
}
