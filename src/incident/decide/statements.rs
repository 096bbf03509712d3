//! Statements for the company: the gate, the promise, the drafts.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};

use super::{Context, Event, Incident, Proposed, Refusal, Status, spokesperson_only};
use crate::incident::policy::LIST_MAX;
use crate::incident::public::{Kind, PublicUpdate, Statement};
use crate::incident::words::{clock_time, span};
use crate::incident::{Draft, DraftState, Excerpt, Next};

pub(super) fn update(
    incident: &Incident,
    text: &str,
    next: Option<&Next>,
    customers: bool,
    cx: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    if spokesperson_only(incident, cx).is_err() {
        return draft(incident, text, next, customers, cx);
    }
    let Some(next) = next else {
        return Err(Refusal::UpdateWithoutPromise { text: Excerpt::of(text), usual: usual(incident, cx) });
    };
    publish(incident, text, next, customers, None, cx)
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
        Some(Next::At { time, tomorrow, zone }) => {
            Some(Proposed::At(resolve_time(*time, *tomorrow, zone.as_ref(), cx)))
        }
    };
    Ok(vec![Event::DraftProposed { n, text: text.to_owned(), next, customers }])
}

pub(super) fn publish_draft(
    incident: &Incident,
    n: u32,
    next: Option<&Next>,
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
    match next.cloned().or(proposed) {
        Some(next) => publish(incident, &draft.text, &next, draft.customers, Some(n), cx),
        None => Err(Refusal::DraftWithoutPromise { n, usual: usual(incident, cx) }),
    }
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

pub(super) fn correct(incident: &Incident, of: u32, text: &str, cx: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    spokesperson_only(incident, cx)?;
    if !incident.published.iter().any(|it| it.update.number() == Some(of)) {
        return Err(Refusal::NoSuch { what: "update", n: of, list: "!timeline" });
    }
    guard(text, cx)?;
    let said = incident.published.iter().filter(|it| it.update.number() == Some(of));
    let customers = said.clone().any(|it| it.update.is_for_customers());
    let next = incident.promise.as_ref().map(|promise| promise.due);
    let kind = Kind::Correction { of, next };
    let statement = Statement { kind, spokesperson: cx.by, text, customers, draft: None, late_min: None };
    Ok(vec![Event::UpdatePublished { update: PublicUpdate::new(incident, statement) }])
}

/// The gate. Whoever comes here is the spokesperson at this moment, and has said when the next update comes.
fn publish(
    incident: &Incident,
    text: &str,
    next: &Next,
    customers: bool,
    draft: Option<u32>,
    cx: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    if incident.final_is_out {
        return Err(Refusal::FinalIsOut { no: incident.no });
    }
    let n = incident.last_update().unwrap_or(0) + 1;
    let kind = match next {
        Next::Final if matches!(incident.status, Status::Resolved | Status::Cancelled) => Kind::Final { n },
        Next::Final => {
            let (no, status) = (incident.no, incident.status);
            return Err(Refusal::FinalTooEarly { no, status, usual: usual(incident, cx) });
        }
        Next::In(_) | Next::At { .. } => Kind::Update { n, next: promise(incident, next, cx)? },
    };
    guard(text, cx)?;
    let late = incident.promise.as_ref().map(|promise| cx.now.duration_since(promise.due));
    let late_min = late.filter(SignedDuration::is_positive).map(|late| minutes(late).max(1));
    let statement = Statement { kind, spokesperson: cx.by, text, customers, draft, late_min };
    Ok(vec![Event::UpdatePublished { update: PublicUpdate::new(incident, statement) }])
}

/// The moment that is promised, on a whole minute, so that what people read is what is kept.
fn promise(incident: &Incident, next: &Next, cx: &Context<'_>) -> Result<Timestamp, Refusal> {
    let due = match next {
        Next::At { time, tomorrow, zone } => resolve_time(*time, *tomorrow, zone.as_ref(), cx),
        Next::In(wait) => after(cx.now, *wait),
        Next::Final => cx.now,
    };
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

fn resolve_time(time: Time, tomorrow: bool, zone: Option<&TimeZone>, cx: &Context<'_>) -> Timestamp {
    let now: Zoned = cx.now.to_zoned(zone.unwrap_or(&cx.policy.zone).clone());
    let day = if tomorrow { now.date().saturating_add(1.day()) } else { now.date() };
    day.to_datetime(time).to_zoned(now.time_zone().clone()).map_or(cx.now, |at| at.timestamp())
}

/// Refuses what looks like a secret.
pub(super) fn guard(text: &str, cx: &Context<'_>) -> Result<(), Refusal> {
    match cx.policy.guard.iter().find(|guard| guard.regex.is_match(text)) {
        Some(guard) => Err(Refusal::Leak { pattern: guard.name.clone() }),
        None => Ok(()),
    }
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
