//! Statements for the company: the gate, the promise, the drafts.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::{Context, Event, Incident, Proposed, Refusal, Status, spokesperson_only};
use crate::incident::guard::found;
use crate::incident::policy::{CORRECTIONS_AFTER_FINAL, LIST_MAX};
use crate::incident::public::{Kind, PublicUpdate, Statement};
use crate::incident::words::{clock_time, span};
use crate::incident::{Again, Draft, DraftState, Next};

pub(super) fn update(
    incident: &Incident,
    text: &str,
    next: Option<&Next>,
    (customers, anyway): (bool, bool),
    cx: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    match spokesperson_only(incident, cx) {
        Ok(()) => {}
        // Nobody else overrules the guard.
        Err(refusal) if anyway => return Err(refusal),
        Err(_) => return draft(incident, text, next, customers, cx),
    }
    publish(incident, text, next, customers, (None, anyway), cx)
}

pub(super) fn draft(
    incident: &Incident,
    text: &str,
    next: Option<&Next>,
    customers: bool,
    cx: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let n = u32::try_from(incident.drafts.len()).unwrap_or(u32::MAX).saturating_add(1);
    if incident.open_drafts().count() >= LIST_MAX as usize {
        return Err(Refusal::TooMany { no: incident.no, limit: LIST_MAX });
    }
    let next = match next {
        None => None,
        Some(Next::Final) => Some(Proposed::Final),
        Some(Next::In(wait)) => Some(Proposed::Minutes(minutes(*wait))),
        Some(next @ (Next::At { .. } | Next::On { .. })) => Some(Proposed::At(moment(next, cx))),
    };
    Ok(vec![Event::DraftProposed { n, text: text.to_owned(), next, customers }])
}

pub(super) fn publish_draft(
    incident: &Incident,
    n: u32,
    next: Option<&Next>,
    anyway: bool,
    cx: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let draft = open_draft(incident, n)?;
    spokesperson_only(incident, cx)?;
    let proposed = match draft.next {
        None => None,
        Some(Proposed::Final) => Some(Next::Final),
        Some(Proposed::Minutes(minutes)) => Some(Next::In(SignedDuration::from_mins(minutes.into()))),
        Some(Proposed::At(at)) => Some(Next::In(at.duration_since(cx.now))),
    };
    let next = next.cloned().or(proposed);
    publish(incident, &draft.text, next.as_ref(), draft.customers, (Some(n), anyway), cx)
}

pub(super) fn discard(incident: &Incident, n: u32, cx: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let draft = open_draft(incident, n)?;
    if draft.by.as_ref() != Some(cx.by) {
        spokesperson_only(incident, cx)?;
    }
    Ok(vec![Event::DraftDiscarded { n }])
}

/// A draft is never edited in place: what somebody has read may be published by somebody else at that moment.
pub(super) fn redraft(
    incident: &Incident,
    n: u32,
    text: &str,
    next: Option<&Next>,
    customers: bool,
    cx: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let customers = customers || open_draft(incident, n)?.customers;
    let mut events = discard(incident, n, cx)?;
    events.extend(draft(incident, text, next, customers, cx)?);
    Ok(events)
}

fn open_draft(incident: &Incident, n: u32) -> Result<&Draft, Refusal> {
    let (what, list) = ("draft", "!drafts");
    let draft = incident.draft(n).ok_or(Refusal::NoSuch { what, n, list })?;
    match draft.state {
        DraftState::Open => Ok(draft),
        DraftState::Published => Err(Refusal::SettledAlready { what: "Draft", n, how: "published", list }),
        DraftState::Discarded => Err(Refusal::SettledAlready { what: "Draft", n, how: "discarded", list }),
    }
}

/// A correction is no way round the promise: it goes out while one is running, or with a new one. After the final update
/// there are a few.
pub(super) fn correct(
    incident: &Incident,
    of: u32,
    text: &str,
    next: Option<&Next>,
    anyway: bool,
    cx: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    spokesperson_only(incident, cx)?;
    let said = incident.published.iter().filter(|it| it.update.number() == Some(of));
    if said.clone().next().is_none() {
        return Err(Refusal::NoSuch { what: "update", n: of, list: "!timeline" });
    }
    let customers = said.clone().any(|it| it.update.is_for_customers());
    let running = incident.promise.as_ref().map(|promise| promise.due);
    if incident.final_is_out {
        let after = incident.published.iter().rev().take_while(|it| !it.update.is_final()).count();
        if after >= CORRECTIONS_AFTER_FINAL {
            return Err(Refusal::CorrectionsUsedUp { no: incident.no, most: CORRECTIONS_AFTER_FINAL });
        }
        if next.is_some() {
            return Err(Refusal::FinalIsOut { no: incident.no });
        }
    }
    let overruled = guard(text, anyway, cx)?;
    let due = match next {
        Some(next) => Some(promise(incident, next, cx)?),
        None if incident.final_is_out => None,
        None if running.is_some_and(|due| due >= cx.now) => running,
        None => {
            let why = if running.is_some() { "The next update is late" } else { "No update is promised" };
            let end = format!("next {}", usual(incident, cx));
            let again = Again::of(&format!("!correct {of}{}", Again::options(false, anyway)), text, &end);
            return Err(Refusal::CorrectionWithoutPromise { why, again });
        }
    };
    let kind = Kind::Correction { of, next: due };
    let late_min = if next.is_some() { late(incident, cx) } else { None };
    let statement = Statement { kind, spokesperson: cx.by, text, customers, draft: None, late_min, overruled };
    Ok(vec![Event::UpdatePublished { update: PublicUpdate::new(incident, statement) }])
}

/// The gate. Whoever comes here is the spokesperson at this moment.
fn publish(
    incident: &Incident,
    text: &str,
    next: Option<&Next>,
    customers: bool,
    (draft, anyway): (Option<u32>, bool),
    cx: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    if incident.final_is_out {
        return Err(Refusal::FinalIsOut { no: incident.no });
    }
    let overruled = guard(text, anyway, cx).map_err(|refusal| match (refusal, draft) {
        (Refusal::Leak { pattern, .. }, Some(n)) => Refusal::Leak { pattern, instead: of_draft(n) },
        (refusal, _) => refusal,
    });
    let Some(next) = next else {
        overruled?;
        let end = ending(incident, cx);
        if let Some(n) = draft {
            return Err(Refusal::DraftWithoutPromise { n, end });
        }
        let again = Again::of(&format!("!update{}", Again::options(customers, anyway)), text, &end);
        return Err(Refusal::UpdateWithoutPromise { again });
    };
    let n = incident.last_update().unwrap_or(0) + 1;
    let kind = match next {
        Next::Final if matches!(incident.status, Status::Resolved | Status::Cancelled) => Kind::Final { n },
        Next::Final => {
            let (no, status) = (incident.no, incident.status);
            return Err(Refusal::FinalTooEarly { no, status, usual: usual(incident, cx) });
        }
        Next::In(_) | Next::At { .. } | Next::On { .. } => Kind::Update { n, next: promise(incident, next, cx)? },
    };
    let overruled = overruled?;
    let late_min = late(incident, cx);
    let statement = Statement { kind, spokesperson: cx.by, text, customers, draft, late_min, overruled };
    Ok(vec![Event::UpdatePublished { update: PublicUpdate::new(incident, statement) }])
}

/// By how many minutes the promise is broken.
fn late(incident: &Incident, cx: &Context<'_>) -> Option<u32> {
    let late = incident.promise.as_ref().map(|promise| cx.now.duration_since(promise.due));
    late.filter(SignedDuration::is_positive).map(|late| minutes(late).max(1))
}

/// How an update ends now: `final` where it can be the last, else the usual promise.
fn ending(incident: &Incident, cx: &Context<'_>) -> String {
    match incident.status {
        Status::Resolved | Status::Cancelled => "final".to_owned(),
        Status::Investigating | Status::Identified | Status::Mitigated | Status::Closed => {
            format!("next {}", usual(incident, cx))
        }
    }
}

/// The moment that is promised, on a whole minute, so that what people read is what is kept.
fn promise(incident: &Incident, next: &Next, cx: &Context<'_>) -> Result<Timestamp, Refusal> {
    let due = moment(next, cx);
    let when = clock_time(due, cx.now, &cx.policy.zone);
    if due <= cx.now {
        return Err(Refusal::PromisePast { when, usual: usual(incident, cx) });
    }
    let limit = cx.policy.of(incident.severity).limit;
    if due > after(cx.now, limit) {
        let (severity, limit) = (incident.severity, span(limit));
        return Err(Refusal::PromiseTooFar { when, severity, limit, usual: usual(incident, cx) });
    }
    Ok(due)
}

/// The moment that somebody means. A time of day is the coming one, also where clocks are turned back and it comes twice.
fn moment(next: &Next, cx: &Context<'_>) -> Timestamp {
    match next {
        Next::In(wait) => after(cx.now, *wait),
        Next::Final => cx.now,
        Next::At { time, tomorrow, zone } => {
            let zone = zone.as_ref().unwrap_or(&cx.policy.zone);
            let today = cx.now.to_zoned(zone.clone()).date();
            let days = if *tomorrow { [1, 1] } else { [0, 1] };
            let coming = days.into_iter().flat_map(|n| times(today.saturating_add(n.days()).to_datetime(*time), zone));
            coming.filter(|at| *at > cx.now).min().unwrap_or(cx.now)
        }
        Next::On { at, zone } => {
            let found = times(*at, zone.as_ref().unwrap_or(&cx.policy.zone));
            let coming = found.iter().find(|at| **at > cx.now).or(found.last());
            coming.copied().unwrap_or(cx.now)
        }
    }
}

/// The moments at which clocks show this, in order. Where they leap over it, the one that it would be.
fn times(at: DateTime, zone: &TimeZone) -> Vec<Timestamp> {
    let zoned = zone.to_ambiguous_zoned(at);
    let all = [zoned.clone().compatible(), zoned.later()];
    all.into_iter().flatten().map(|zoned| zoned.timestamp()).collect()
}

/// Refuses what looks like a secret. The spokesperson may overrule that: the answer is what was overruled.
pub(super) fn guard(text: &str, anyway: bool, cx: &Context<'_>) -> Result<Option<String>, Refusal> {
    let Some(name) = found(text, &cx.policy.guard) else { return Ok(None) };
    if anyway {
        return Ok(Some(name.to_owned()));
    }
    let instead = "Take that out and send it again. If it is none, send it again with `--anyway` at its end, which is on record. ";
    Err(Refusal::Leak { pattern: name.to_owned(), instead: instead.to_owned() })
}

/// How a draft is sent that the guard holds back.
fn of_draft(n: u32) -> String {
    format!(
        "`!redraft {n} <text>` puts other words in its place. If it is none, `!publish {n} --anyway` sends it as it is, which is on record. "
    )
}

/// The moment that lies so long after another, rounded up to a whole minute.
pub(super) fn after(now: Timestamp, wait: SignedDuration) -> Timestamp {
    let exact = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
    let floor = exact.as_second().div_euclid(60) * 60;
    let whole = exact.as_second() == floor && exact.subsec_nanosecond() == 0;
    Timestamp::from_second(if whole { floor } else { floor.saturating_add(60) }).unwrap_or(Timestamp::MAX)
}

/// Whole minutes, rounded up.
pub(super) fn minutes(span: SignedDuration) -> u32 {
    u32::try_from(span.as_secs().div_euclid(60) + i64::from(span.as_secs().rem_euclid(60) > 0)).unwrap_or(0)
}

fn usual(incident: &Incident, cx: &Context<'_>) -> String {
    cx.policy.usual(incident.severity)
}
