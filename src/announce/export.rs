//! The incident file: everything about one incident that an audience may have, as data or as Markdown.

use std::fmt::Write as _;

use herald_chat::Text;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::minutes;
use super::public::name_alone;
use super::timeline::entry;
use crate::incident::sight::{Detail, Viewer};
use crate::incident::words::clock_time;
use crate::incident::{Event, Incident, Record, Severity, Status};

/// The incident file.
#[derive(Debug, Serialize)]
pub struct File {
    /// What the incident is called for this audience.
    label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<Head>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    updates: Vec<Entry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sitreps: Vec<Entry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    roles: Vec<Entry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    timeline: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct Head {
    severity: Severity,
    status: Status,
    declared: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<Timestamp>,
    promises_kept: u32,
    promises_broken: u32,
}

#[derive(Debug, Serialize)]
struct Entry {
    at: Timestamp,
    text: String,
    #[serde(skip)]
    shown: Text,
}

impl Entry {
    fn new(at: Timestamp, shown: Text) -> Self {
        Self { at, text: shown.to_string(), shown }
    }
}

/// What `viewer` may have of an incident, from all its records.
#[must_use]
pub fn export(incident: &Incident, records: &[Record], viewer: Viewer) -> File {
    let seen = incident.seen_by(viewer);
    let full = seen.detail == Detail::Full;
    let public = seen.detail >= Detail::Public;
    let sent = seen.detail == Detail::Sent;
    let head = Head {
        severity: incident.severity,
        status: incident.status,
        declared: incident.times.declared,
        resolved: incident.times.resolved,
        ended: incident.times.ended,
        promises_kept: incident.kept,
        promises_broken: incident.broken,
    };
    let told = incident.published.iter().filter(|it| public || (sent && it.update.is_for_customers()));
    let updates = told.map(|published| {
        let update = &published.update;
        let speaker = update.spokesperson();
        let text = Text::says(&update.name()).and(" by ");
        let text = if full { text.person(speaker) } else { text.exact(name_alone(speaker)) };
        let text = match update.late_min() {
            Some(late) => text.and(&format!(" ({} later than promised)", minutes(late))),
            None => text,
        };
        Entry::new(published.at, text.and(": ").quote(update.text()))
    });
    let sitreps = (1..).zip(&incident.sitreps).map(|(n, sitrep)| {
        let text = sitrep.by.iter().fold(Text::says(&format!("sitrep {n} ")), |text, by| text.and("by ").person(by));
        Entry::new(sitrep.at, text.and(": ").quote(&sitrep.text))
    });
    let lines = |wanted: fn(&Event) -> bool| -> Vec<Entry> {
        let wanted = records.iter().filter(|record| wanted(&record.event));
        wanted.filter_map(|record| Some(Entry::new(record.at, entry(record)?))).collect()
    };
    File {
        label: seen.label,
        head: public.then_some(head),
        updates: updates.collect(),
        sitreps: if full { sitreps.collect() } else { Vec::new() },
        roles: if full { lines(is_role) } else { Vec::new() },
        timeline: if full { lines(|_| true) } else { Vec::new() },
    }
}

fn is_role(event: &Event) -> bool {
    matches!(
        event,
        Event::Declared { .. }
            | Event::RoleTaken { .. }
            | Event::RoleAssigned { .. }
            | Event::RoleReleased { .. }
            | Event::HandoffAccepted { .. }
            | Event::PersonLeft { .. }
    )
}

impl File {
    /// As Markdown. What people typed stands in it as plain words.
    #[must_use]
    pub fn to_markdown(&self, zone: &TimeZone) -> String {
        let mut out = format!("# {}\n", Text::new().exact(&self.label).to_markdown());
        let time = |at: Timestamp| clock_time(at, Timestamp::UNIX_EPOCH, zone);
        if let Some(head) = &self.head {
            let _ = writeln!(out, "\n- severity: {}\n- status: {}", head.severity, head.status);
            let _ = writeln!(out, "- declared: {}", time(head.declared));
            for (what, at) in [("resolved", head.resolved), ("ended", head.ended)] {
                if let Some(at) = at {
                    let _ = writeln!(out, "- {what}: {}", time(at));
                }
            }
            let _ = writeln!(out, "- promises: {} kept, {} broken", head.promises_kept, head.promises_broken);
        }
        for (title, entries) in [
            ("Updates", &self.updates),
            ("Situation reports", &self.sitreps),
            ("Roles over time", &self.roles),
            ("Timeline", &self.timeline),
        ] {
            if !entries.is_empty() {
                let _ = writeln!(out, "\n## {title}\n");
            }
            for entry in entries {
                let text = entry.shown.to_markdown().replace('\n', "\n  ");
                let _ = writeln!(out, "- {}: {text}", time(entry.at));
            }
        }
        out
    }
}
