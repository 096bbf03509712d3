//! The timeline: what was seen, decided and done, in order, with who and when.

use std::collections::BTreeSet;

use herald_chat::Text;
use jiff::tz::TimeZone;

use super::screen::{SCREEN_CHARS, SCREEN_LINES};
use crate::incident::{Deleted, Event, IncidentNo, List, Record};

/// One record as a line of the timeline, without its time; `None` for what people need not read.
#[must_use]
pub fn entry(record: &Record) -> Option<Text> {
    let who = || record.by.as_ref().map_or(Text::says("Herald"), |by| Text::new().person(by));
    Some(match &record.event {
        Event::Heard | Event::Reminded { .. } | Event::RoomOpened { .. } | Event::House(_) => return None,
        Event::Declared { title, severity, .. } => {
            who().and(&format!(" declared a {severity} incident: ")).quote(title)
        }
        Event::Invited { person } => who().and(" let in ").person(person),
        Event::RoleTaken { role, person, from: Some(from), .. } => {
            Text::new().person(person).and(&format!(" took over as {role} from ")).person(from)
        }
        Event::RoleTaken { role, person, from: None, .. } => Text::new().person(person).and(&format!(" became {role}")),
        Event::RoleAssigned { role, person, .. } => who().and(" made ").person(person).and(&format!(" {role}")),
        Event::RoleReleased { role, person } => Text::new().person(person).and(&format!(" stopped being {role}")),
        Event::HandoffOffered { role, from, to } => {
            Text::new().person(from).and(&format!(" offered {role} to ")).person(to)
        }
        Event::HandoffAccepted { role, from, to } => {
            Text::new().person(to).and(&format!(" became {role}, handed over by ")).person(from)
        }
        Event::HandoffEnded { role, from, to, .. } => {
            Text::new().person(to).and(&format!(" did not take {role} from ")).person(from)
        }
        Event::SeverityChanged { from, to, why, .. } => {
            let text = who().and(&format!(" changed the severity from {from} to {to}"));
            match why {
                Some(why) => text.and(": ").quote(why),
                None => text,
            }
        }
        Event::AccountJoined { account, person } => {
            Text::new().person(person).and(" is ").code(account.as_str()).and(" too")
        }
        Event::PersonLeft { person, .. } => who().and(" took off ").person(person).and(", who left"),
        Event::Identified { cause } => who().and(" identified the cause: ").quote(cause),
        Event::Mitigated { how } => who().and(" called it mitigated: ").quote(how),
        Event::Resolved { summary } => who().and(" called it resolved: ").quote(summary),
        Event::Reopened { why, .. } => who().and(" reopened it: ").quote(why),
        Event::Closed => who().and(" closed it"),
        Event::Cancelled { why, .. } => who().and(" cancelled it: ").quote(why),
        Event::UpdatePublished { update } => {
            let anyway =
                update.overruled().map(|pattern| format!(", though it looks like {pattern}")).unwrap_or_default();
            who().and(&format!(" published {}{anyway}: ", update.name())).quote(update.text())
        }
        Event::DraftProposed { n, text, .. } => who().and(&format!(" proposed draft {n}: ")).quote(text),
        Event::DraftDiscarded { n } => who().and(&format!(" discarded draft {n}")),
        Event::SitrepWritten { n, text } => who().and(&format!(" wrote sitrep {n}: ")).quote(text),
        Event::ImpactStated { text } => who().and(" stated the impact: ").quote(text),
        Event::WorkaroundStated { text } => who().and(" stated a workaround: ").quote(text),
        Event::AttemptStated { text } => who().and(" is trying: ").quote(text),
        Event::Listed { list, n, text, .. } => who().and(&format!(" {} {list} {n}: ", added(*list))).quote(text),
        Event::Owned { list, n, owner } => Text::new().person(owner).and(&format!(" took {list} {n}")),
        Event::Settled { list, n, dropped: None } => who().and(&format!(" {} {list} {n}", settled(*list))),
        Event::Settled { list, n, dropped: Some(why) } => who().and(&format!(" dropped {list} {n}: ")).quote(why),
        Event::HelpNeeded { text } => who().and(" asked engineering for help: ").quote(text),
        Event::Logged { n, kind, text, author, .. } => {
            Text::new().person(author).and(&format!(", {kind} {n}: ")).quote(text)
        }
        Event::LogEdited { n, version, text } => {
            who().and(&format!(" changed entry {n} (version {version}): ")).quote(text)
        }
        Event::LogRemoved { n } if record.by.is_none() => Text::says(&format!("The message of entry {n} was removed")),
        Event::LogRemoved { n } => who().and(&format!(" removed the message of entry {n}")),
        Event::PostDeleted { what, place } => {
            let text = super::person_or_nobody(record.by.as_ref());
            match what {
                Deleted::Statement { name, .. } => text.and(&format!(" deleted {name} in {place}")),
                Deleted::Draft { n } => text.and(&format!(" deleted the post of draft {n} in {place}")),
                Deleted::Board => text.and(&format!(" deleted the board in {place}")),
            }
        }
        Event::ShutOut { person } => match &record.by {
            Some(by) => Text::new().person(by).and(" took ").person(person).and(" out of the incident's own room"),
            None => Text::new().person(person).and(" is not in the incident's own room any more"),
        },
        Event::DeliveryDelayed { what, place, minutes } => {
            Text::says(&format!("{what} had not reached {place} for {}", super::minutes(*minutes)))
        }
        Event::Delivered { what, place } => Text::says(&format!("{what} reached {place} late")),
        Event::DeliveryRefused { what, place, .. } => Text::says(&format!("{what} was refused by {place}")),
    })
}

fn added(list: List) -> &'static str {
    match list {
        List::Problem => "found",
        List::Temporary => "made",
        List::Task => "opened",
        List::Question => "asked",
    }
}

fn settled(list: List) -> &'static str {
    match list {
        List::Problem => "solved",
        List::Temporary => "undid",
        List::Task => "did",
        List::Question => "answered",
    }
}

/// The newest `limit` entries of the timeline, as far as a screen shows them, oldest first, each with its time.
#[must_use]
pub fn timeline(no: IncidentNo, name: &str, records: &[Record], limit: usize, zone: &TimeZone) -> Text {
    let entries: Vec<(&Record, Text)> = records.iter().filter_map(|record| Some((record, entry(record)?))).collect();
    let day = |record: &Record| record.at.to_zoned(zone.clone()).date();
    let days: BTreeSet<_> = entries.iter().map(|(record, _)| day(record)).collect();
    let shown = fitting(&entries, days.len());
    let all_fit = shown == entries.len();
    let shown = shown.min(limit);
    let skipped = entries.len() - shown;
    let mut text = Text::says("Timeline of ").strong(name);
    text = text.and(&match skipped {
        0 => String::new(),
        skipped if all_fit => format!(" · {skipped} earlier entries: `!timeline {}` shows all", entries.len()),
        skipped => format!(" · not shown: {skipped} earlier, which `herald export {no}` has"),
    });
    let mut day = None;
    for (record, line) in entries.into_iter().skip(skipped) {
        let at = record.at.to_zoned(zone.clone());
        if day.is_some_and(|day| day != at.date()) {
            text = text.line(&at.strftime("%A %-d %B").to_string());
        }
        day = Some(at.date());
        text = text.append(Text::new().line("").time(record.at, at.strftime("%H:%M").to_string()).and(" ").join(line));
    }
    text
}

/// How many of the newest entries a screen shows, beside a line with the name and one for each new day: one at least.
fn fitting(entries: &[(&Record, Text)], days: usize) -> usize {
    let (mut lines, mut chars) = (SCREEN_LINES.saturating_sub(days.clamp(1, 5)), SCREEN_CHARS - 200);
    let mut count = 0;
    for (_, text) in entries.iter().rev() {
        let (high, long) = (text.lines().len().max(1), text.to_string().chars().count() + 8);
        if count > 0 && (high > lines || long > chars) {
            break;
        }
        lines = lines.saturating_sub(high);
        chars = chars.saturating_sub(long);
        count += 1;
    }
    count
}
