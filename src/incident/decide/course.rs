//! The course of an incident: severity, status, the situation report, and how it ends.

use super::{Context, Event, Incident, Refusal, Severity, Status, commander_only, statements};
use crate::incident::{IncidentNo, List};

pub(super) fn severity(
    incident: &Incident,
    level: Severity,
    why: Option<&str>,
    cx: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    commander_only(incident, cx.by)?;
    if incident.severity == level {
        return Err(Refusal::SameSeverity { no: incident.no, severity: level });
    }
    Ok(vec![Event::SeverityChanged {
        from: incident.severity,
        to: level,
        why: why.map(str::to_owned),
        due: first_update(incident, level, cx),
    }])
}

/// What the company has been promised stands. Only while nothing has been published can the first update be owed
/// sooner than before.
fn first_update(incident: &Incident, level: Severity, cx: &Context<'_>) -> Option<jiff::Timestamp> {
    let due = statements::after(cx.now, cx.policy.of(level).first?);
    let sooner = incident.promise.as_ref().is_none_or(|promise| due < promise.due);
    (incident.last_update().is_none() && sooner).then_some(due)
}

pub(super) fn identified(incident: &Incident, cause: &str, cx: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    under_way(incident, cx)?;
    Ok(vec![Event::Identified { cause: cause.to_owned() }])
}

pub(super) fn mitigated(incident: &Incident, how: &str, cx: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    under_way(incident, cx)?;
    Ok(vec![Event::Mitigated { how: how.to_owned() }])
}

pub(super) fn resolve(incident: &Incident, summary: &str, cx: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    under_way(incident, cx)?;
    Ok(vec![Event::Resolved { summary: summary.to_owned() }])
}

pub(super) fn reopen(incident: &Incident, why: &str, cx: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    commander_only(incident, cx.by)?;
    if !matches!(incident.status, Status::Mitigated | Status::Resolved) {
        return Err(Refusal::NothingToReopen { no: incident.no, status: incident.status });
    }
    let limits = cx.policy.of(incident.severity);
    let told = incident.last_update().is_some().then_some(limits.usual);
    let owed = limits.first.or(told).filter(|_| incident.promise.is_none());
    Ok(vec![Event::Reopened { why: why.to_owned(), due: owed.map(|owed| statements::after(cx.now, owed)) }])
}

pub(super) fn sitrep(incident: &Incident, text: &str, cx: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    commander_only(incident, cx.by)?;
    let n = u32::try_from(incident.sitreps.len()).unwrap_or(u32::MAX).saturating_add(1);
    Ok(vec![Event::SitrepWritten { n, text: text.to_owned() }])
}

pub(super) fn close(incident: &Incident, cx: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    commander_only(incident, cx.by)?;
    let owed = owed(incident);
    if owed.is_empty() {
        return Ok(vec![Event::Closed]);
    }
    Err(Refusal::StillOwed { no: incident.no, owed: owed.join("; ") })
}

/// What stands between an incident and its end, each with what to type.
fn owed(incident: &Incident) -> Vec<String> {
    let mut owed = Vec::new();
    // What is cancelled waits for its last word alone.
    if !matches!(incident.status, Status::Resolved | Status::Cancelled) {
        owed.push(format!("it is {}, not resolved (`!resolve <summary>`)", incident.status));
    }
    if incident.last_update().is_some() && !incident.final_is_out {
        owed.push("the final update (`!update <text>. final`)".to_owned());
    }
    for list in [List::Temporary, List::Problem, List::Task, List::Question] {
        let open: Vec<u32> = incident.open_items(list).map(|(n, _)| n).collect();
        let named = if open.len() > NAMED { &open[..FIRST] } else { &open[..] };
        owed.extend(
            named
                .iter()
                .map(|n| format!("{list} {n} (`{}` or `!drop {} {n} <why>`)", list.settle_with(*n), list.short())),
        );
        if let more @ 1.. = open.len() - named.len() {
            owed.push(format!("{more} more {list}s (`{}`)", list.shown_by()));
        }
    }
    owed
}

/// How many open entries of one list are named one by one, and how many of them when there are more.
const NAMED: usize = 5;
const FIRST: usize = 3;

pub(super) fn cancel(
    incident: &Incident,
    why: &str,
    of: Option<IncidentNo>,
    cx: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    commander_only(incident, cx.by)?;
    if of == Some(incident.no) {
        return Err(Refusal::DuplicateOfItself { no: incident.no });
    }
    if incident.status == Status::Cancelled {
        return Err(Refusal::CancelledAlready { no: incident.no });
    }
    Ok(vec![Event::Cancelled { why: why.to_owned(), of }])
}

/// Refuses anybody but the commander, and whatever is no longer under way.
fn under_way(incident: &Incident, cx: &Context<'_>) -> Result<(), Refusal> {
    commander_only(incident, cx.by)?;
    match incident.status {
        Status::Investigating | Status::Identified | Status::Mitigated => Ok(()),
        Status::Resolved => Err(Refusal::ResolvedAlready { no: incident.no }),
        Status::Cancelled => Err(Refusal::CancelledAlready { no: incident.no }),
        Status::Closed => Err(Refusal::Over { no: incident.no, how: incident.status.to_string() }),
    }
}
