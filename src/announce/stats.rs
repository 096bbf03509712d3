//! Numbers over incidents. Drills are left out, and so are security incidents but in their own rooms. Nothing here can tell
//! what any one incident was about.

use std::collections::BTreeMap;

use herald_chat::Text;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::incident::words::span;
use crate::incident::{Milestones, Severity, Status, Summary};

/// What can be counted over incidents.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Figures {
    counts: BTreeMap<Severity, u32>,
    cancelled: u32,
    kept: u32,
    broken: u32,
    commanded: Vec<SignedDuration>,
    updated: Vec<SignedDuration>,
    mitigated: Vec<SignedDuration>,
    resolved: Vec<SignedDuration>,
}

impl Figures {
    /// Counts an incident that was declared at or after `since`.
    pub fn count(&mut self, summary: &Summary, since: Timestamp) {
        if summary.drill || summary.times.declared < since {
            return;
        }
        if summary.status == Status::Cancelled {
            self.cancelled += 1;
            return;
        }
        *self.counts.entry(summary.severity).or_default() += 1;
        self.kept += summary.kept;
        self.broken += summary.broken;
        let Milestones { declared, commanded, updated, mitigated, resolved, ended: _ } = summary.times;
        for (list, moment) in [
            (&mut self.commanded, commanded),
            (&mut self.updated, updated),
            (&mut self.mitigated, mitigated.or(resolved)),
            (&mut self.resolved, resolved),
        ] {
            list.extend(moment.map(|moment| moment.duration_since(declared)));
        }
    }
}

/// The numbers of the last `days` days.
#[must_use]
pub fn stats(mut figures: Figures, window: SignedDuration) -> Text {
    let total: u32 = figures.counts.values().sum();
    let of = |severity| figures.counts.get(&severity).copied().unwrap_or(0);
    let by = [Severity::Critical, Severity::Major, Severity::Minor].map(|it| format!("{} {it}", of(it))).join(", ");
    let cancelled = match figures.cancelled {
        0 => String::new(),
        n => format!(" {n} cancelled."),
    };
    let incidents = if total == 1 { "incident" } else { "incidents" };
    let mut text = Text::says(&format!("Last {}: {total} {incidents} ({by}).{cancelled}", span(window)));
    for (what, list) in [
        ("Time to a commander", &mut figures.commanded),
        ("Time to the first update", &mut figures.updated),
        ("Time to mitigation", &mut figures.mitigated),
        ("Time to resolution", &mut figures.resolved),
    ] {
        list.sort_unstable();
        let line = match (percentile(list, 50), percentile(list, 90)) {
            (Some(median), Some(high)) => format!("{what}: median {}, 90% within {}", span(median), span(high)),
            (None, _) | (_, None) => format!("{what}: none yet"),
        };
        text = text.line(&line);
    }
    let promises = figures.kept + figures.broken;
    text.line(&match promises {
        0 => "Promises kept: none made".to_owned(),
        promises => format!("Promises kept: {} of {promises}", figures.kept),
    })
}

/// The value that `percent` of a sorted list do not exceed (nearest rank).
fn percentile(sorted: &[SignedDuration], percent: usize) -> Option<SignedDuration> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}
