//! What people may do, and what follows. Everything here may refuse, and changes nothing.

mod admin;
mod course;
mod lists;
mod roles;
mod statements;

pub use admin::{Office, leave, test_channel};

use herald_chat::Person;
use jiff::Timestamp;

use super::Deadline;
use super::{
    Command, Declaration, Event, HandoffEnd, Incident, Name, Policy, Proposed, Refusal, Role, Severity, Status, Why,
};

/// The circumstances of a command.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Who asks, by the account the platform vouches for.
    pub by: &'a Person,
    /// When.
    pub now: Timestamp,
    /// What the company has agreed on.
    pub policy: &'a Policy,
}

/// What declaring an incident leads to; `team` is whose room it is declared in.
///
/// # Errors
/// [`Refusal::Leak`] when the title holds what must not leave the war room.
pub fn declare(declaration: &Declaration, team: Option<&str>, cx: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    if let Some(name) = super::guard::found(&declaration.title, &cx.policy.guard) {
        // That of a security incident stays in its room.
        let everywhere = if declaration.security { "" } else { "A title stands in every update. " };
        let instead = format!("Take that out and send it again. {everywhere}");
        return Err(Refusal::Leak { pattern: name.to_owned(), instead });
    }
    let severity = declaration.severity.unwrap_or(cx.policy.default_severity);
    let limits = cx.policy.of(severity);
    let what = if declaration.security { "a technical problem" } else { &format!("this: {}", declaration.title) };
    let text = format!("We are looking into {what}. Engineers are working on it.");
    Ok(vec![
        Event::Declared {
            title: declaration.title.clone(),
            severity,
            security: declaration.security,
            drill: declaration.drill,
            own_room: declaration.security || cx.policy.own_room,
            due: limits.first.map(|first| statements::after(cx.now, first)),
            team: team.map(str::to_owned),
        },
        Event::DraftProposed {
            n: 1,
            text,
            next: Some(Proposed::Minutes(statements::minutes(limits.usual))),
            customers: false,
        },
    ])
}

/// What a command leads to.
///
/// # Errors
/// A [`Refusal`], whose words are the answer.
pub fn decide(incident: &Incident, command: &Command, cx: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    if incident.is_over() {
        return Err(Refusal::Over { no: incident.no, how: incident.status.to_string() });
    }
    match command {
        Command::Take { role } => roles::take(incident, *role, cx),
        Command::Assign { role, to } => roles::assign(incident, *role, to, cx),
        Command::Release { role } => roles::release(incident, *role, cx),
        Command::Handoff { role, to } => roles::offer(incident, *role, to, cx),
        Command::Accept => roles::accept(incident, cx),
        Command::Decline => roles::decline(incident, cx),
        Command::Invite { person } => roles::invite(incident, person, cx),
        Command::Severity { level, why } => course::severity(incident, *level, why.as_deref(), cx),
        Command::Identified { cause } => course::identified(incident, cause, cx),
        Command::Mitigated { how } => course::mitigated(incident, how, cx),
        Command::Resolve { summary } => course::resolve(incident, summary, cx),
        Command::Reopen { why } => course::reopen(incident, why, cx),
        Command::Close => course::close(incident, cx),
        Command::Cancel { why } => course::cancel(incident, why, None, cx),
        Command::Duplicate { of } => course::cancel(incident, &format!("duplicate of {of}"), Some(*of), cx),
        Command::Update { text, next, customers, anyway } => {
            statements::update(incident, text, next.as_ref(), (*customers, *anyway), cx)
        }
        Command::Draft { text, next, customers } => statements::draft(incident, text, next.as_ref(), *customers, cx),
        Command::Publish { n, next, anyway } => statements::publish_draft(incident, *n, next.as_ref(), *anyway, cx),
        Command::Redraft { n, text, next, customers } => {
            statements::redraft(incident, *n, text, next.as_ref(), *customers, cx)
        }
        Command::Discard { n } => statements::discard(incident, *n, cx),
        Command::Correct { update, text, next, anyway } => {
            statements::correct(incident, *update, text, next.as_ref(), *anyway, cx)
        }
        Command::Sitrep { text } => course::sitrep(incident, text, cx),
        Command::Impact { text } => Ok(vec![Event::ImpactStated { text: text.clone() }]),
        Command::Workaround { text } => Ok(vec![Event::WorkaroundStated { text: text.clone() }]),
        Command::Trying { text } => Ok(vec![Event::AttemptStated { text: text.clone() }]),
        Command::Need { text } => Ok(vec![Event::HelpNeeded { text: text.clone() }]),
        Command::Add { list, text, owner } => lists::add(incident, *list, text, owner.as_ref(), cx),
        Command::Own { list, n, owner } => lists::own(incident, *list, *n, owner, cx),
        Command::Settle { list, n } => lists::settle(incident, *list, *n, None),
        Command::Drop { list, n, why } => lists::settle(incident, *list, *n, Some(why.clone())),
        Command::Log { kind, text, source } => Ok(lists::log(incident, *kind, text, cx.by, source.clone())),
        Command::Pin { text, author, source } => lists::pin(incident, text, author, source),
        Command::EditLog { n, text } => Ok(lists::edit_log(incident, *n, text)),
        Command::RemoveLog { n } => Ok(lists::remove_log(incident, *n)),
        Command::Ask { text } => lists::ask(incident, text, cx),
    }
}

/// What somebody's speaking in the incident's room leads to: their silence is over. Kept once a minute at most.
#[must_use]
pub fn heard(incident: &Incident, cx: &Context<'_>) -> Vec<Event> {
    let fresh = incident.heard.get(&cx.by.id).is_some_and(|last| cx.now.duration_since(*last).as_secs() < 60);
    if fresh || incident.is_over() || !incident.has_role(&cx.by.id) { Vec::new() } else { vec![Event::Heard] }
}

impl Incident {
    /// When this incident next needs attention, and why. `None` when nothing is pending.
    #[must_use]
    pub fn next_deadline(&self, policy: &Policy) -> Option<Deadline> {
        let promise = self.promise.as_ref().and_then(|promise| promise.next_step(&policy.ladder));
        let promise = promise.map(|(at, ..)| Deadline { at, why: Why::Promise });
        let offers = self
            .offers
            .iter()
            .map(|offer| Deadline { at: statements::after(offer.at, policy.handoff), why: Why::Offer(offer.role) });
        offers.chain(promise).min_by_key(|deadline| deadline.at)
    }
}

/// What a deadline that has come leads to. Empty when it has passed in the meantime.
#[must_use]
pub fn due(incident: &Incident, now: Timestamp, policy: &Policy) -> Vec<Event> {
    match incident.next_deadline(policy) {
        Some(Deadline { at, why: Why::Promise }) if at <= now => {
            let promise = incident.promise.as_ref();
            let step = promise.and_then(|it| it.due_step(&policy.ladder, now).map(|(step, _)| (it.n, step)));
            step.map(|(promise, step)| Event::Reminded { promise, step }).into_iter().collect()
        }
        Some(Deadline { at, why: Why::Offer(role) }) if at <= now => incident
            .offers
            .iter()
            .filter(|offer| offer.role == role && statements::after(offer.at, policy.handoff) <= now)
            .map(|offer| Event::HandoffEnded {
                role,
                from: offer.from.clone(),
                to: offer.to.clone(),
                why: HandoffEnd::Unanswered,
            })
            .collect(),
        Some(_) | None => Vec::new(),
    }
}

/// Refuses anybody but the commander.
fn commander_only(incident: &Incident, by: &Person) -> Result<(), Refusal> {
    match &incident.commander {
        Some(commander) if commander == by => Ok(()),
        Some(commander) => Err(Refusal::OnlyCommander { commander: Name::from(commander) }),
        None => Err(Refusal::NoCommander),
    }
}

/// Refuses anybody but the spokesperson. Whoever became it before the company named those who may be is none.
fn spokesperson_only(incident: &Incident, cx: &Context<'_>) -> Result<(), Refusal> {
    match &incident.spokesperson {
        Some(spokesperson) if spokesperson == cx.by => may_speak(cx.by, cx.policy),
        Some(spokesperson) => Err(Refusal::OnlySpokesperson { spokesperson: Name::from(spokesperson) }),
        None => Err(Refusal::NoSpokesperson),
    }
}

/// Refuses whoever is none of those whom the company lets speak.
fn may_speak(person: &Person, policy: &Policy) -> Result<(), Refusal> {
    match &policy.spokespersons {
        Some(listed) if !listed.accounts.contains(&person.id) => {
            let called: Vec<String> = listed.called.iter().map(Name::to_string).collect();
            Err(Refusal::NoSpeaker { person: Name::from(person), listed: called.join(", ") })
        }
        Some(_) | None => Ok(()),
    }
}
