//! Who has which role.

use herald_chat::Person;
use jiff::Timestamp;

use super::{Context, Event, HandoffEnd, Incident, Name, Refusal, Role, commander_only, may_speak};
use crate::incident::words::{ago, span};

pub(super) fn take(incident: &Incident, role: Role, cx: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    if incident.holds(role, cx.by) {
        return Err(Refusal::HasItAlready { role, person: Name::from(cx.by) });
    }
    fit_for(role, cx.by, cx)?;
    let holder = incident.holders(role).first().filter(|_| role.is_single());
    let silent_min = holder.map(|holder| silence(incident, role, holder, cx)).transpose()?;
    let taken = Event::RoleTaken { role, person: cx.by.clone(), from: holder.cloned(), silent_min };
    Ok(overtaken(incident, role, holder).chain(with_entry(incident, cx.by, taken)).collect())
}

/// For how many minutes the holder has been silent, if that is long enough to lose the role.
fn silence(incident: &Incident, role: Role, holder: &Person, cx: &Context<'_>) -> Result<u32, Refusal> {
    let last = incident.heard.get(&holder.id).copied().unwrap_or(Timestamp::MIN);
    let silent = cx.now.duration_since(last);
    if silent < cx.policy.silence {
        let (ago, silence) = (ago(silent), span(cx.policy.silence));
        return Err(Refusal::RoleHeld { role, holder: Name::from(holder), ago, silence });
    }
    Ok(u32::try_from(silent.as_mins()).unwrap_or(u32::MAX))
}

pub(super) fn assign(incident: &Incident, role: Role, to: &Person, cx: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    commander_only(incident, cx.by)?;
    if incident.holds(role, to) {
        return Err(Refusal::HasItAlready { role, person: Name::from(to) });
    }
    if role == Role::Commander {
        return Err(Refusal::HandOffInstead { to: Name::from(to) });
    }
    fit_for(role, to, cx)?;
    let from = incident.holders(role).first().filter(|_| role.is_single());
    let assigned = Event::RoleAssigned { role, person: to.clone(), from: from.cloned() };
    Ok(overtaken(incident, role, from).chain(with_entry(incident, to, assigned)).collect())
}

pub(super) fn release(incident: &Incident, role: Role, cx: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    holder_only(incident, role, cx)?;
    let released = Event::RoleReleased { role, person: cx.by.clone() };
    Ok(overtaken(incident, role, Some(cx.by)).chain([released]).collect())
}

pub(super) fn offer(incident: &Incident, role: Role, to: &Person, cx: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    holder_only(incident, role, cx)?;
    if to == cx.by {
        return Err(Refusal::ToYourself { role });
    }
    if incident.holds(role, to) {
        return Err(Refusal::HasItAlready { role, person: Name::from(to) });
    }
    fit_for(role, to, cx)?;
    // What they are offered could not be said to them, nor could they say yes.
    if incident.security && !incident.members.contains(to) {
        return Err(Refusal::NotInRoom { person: Name::from(to) });
    }
    let mine = incident.offers.iter().find(|offer| offer.role == role && offer.from == *cx.by);
    if mine.is_some_and(|offer| offer.to == *to) {
        return Err(Refusal::OfferedAlready { role, to: Name::from(to) });
    }
    let before = mine.map(|offer| ended(role, &offer.from, &offer.to, HandoffEnd::Overtaken));
    let offered = Event::HandoffOffered { role, from: cx.by.clone(), to: to.clone() };
    Ok(before.into_iter().chain([offered]).collect())
}

pub(super) fn accept(incident: &Incident, cx: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let offer = incident.offers.iter().find(|offer| offer.to == *cx.by).ok_or(Refusal::NothingOffered)?;
    fit_for(offer.role, cx.by, cx)?;
    let accepted = Event::HandoffAccepted { role: offer.role, from: offer.from.clone(), to: offer.to.clone() };
    Ok(with_entry(incident, cx.by, accepted))
}

pub(super) fn decline(incident: &Incident, cx: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let offer = incident.offers.iter().find(|offer| offer.to == *cx.by).ok_or(Refusal::NothingOffered)?;
    Ok(vec![ended(offer.role, &offer.from, &offer.to, HandoffEnd::Declined)])
}

pub(super) fn invite(incident: &Incident, person: &Person, cx: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    commander_only(incident, cx.by)?;
    if !incident.own_room {
        return Err(Refusal::NoOwnRoom { no: incident.no });
    }
    if incident.members.contains(person) {
        return Err(Refusal::InRoomAlready { person: Name::from(person) });
    }
    Ok(vec![Event::Invited { person: person.clone() }])
}

/// Refuses a role to whoever may not have it.
fn fit_for(role: Role, person: &Person, cx: &Context<'_>) -> Result<(), Refusal> {
    if role == Role::Spokesperson { may_speak(person, cx.policy) } else { Ok(()) }
}

fn holder_only(incident: &Incident, role: Role, cx: &Context<'_>) -> Result<(), Refusal> {
    if incident.holds(role, cx.by) {
        return Ok(());
    }
    let who = match incident.holders(role).first() {
        Some(holder) => format!("{} is.", Name::from(holder)),
        None => format!("Nobody is: `!take {role}` makes you {role}."),
    };
    Err(Refusal::NotYours { role, who })
}

/// Whoever was offered the role by its holder hears that the offer stands no more.
fn overtaken<'a>(incident: &'a Incident, role: Role, holder: Option<&'a Person>) -> impl Iterator<Item = Event> + 'a {
    let stale = incident.offers.iter().filter(move |offer| offer.role == role && Some(&offer.from) == holder);
    stale.map(move |offer| ended(role, &offer.from, &offer.to, HandoffEnd::Overtaken))
}

fn ended(role: Role, from: &Person, to: &Person, why: HandoffEnd) -> Event {
    Event::HandoffEnded { role, from: from.clone(), to: to.clone(), why }
}

/// Whoever gets a role can enter the incident's own room.
fn with_entry(incident: &Incident, person: &Person, event: Event) -> Vec<Event> {
    let enters = incident.own_room && !incident.members.contains(person);
    let invited = enters.then(|| Event::Invited { person: person.clone() });
    invited.into_iter().chain([event]).collect()
}
