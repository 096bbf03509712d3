//! The timeline: what was seen, decided and done, in order, with who and when.

use herald_chat::Text;
use jiff::tz::TimeZone;

use crate::incident::{Event, List, Record};

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
        Event::LogRemoved { n } => who().and(&format!(" removed the message of entry {n}")),
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

/// The newest `limit` lines of the timeline, oldest first, each with its time.
#[must_use]
pub fn timeline(name: &str, records: &[Record], limit: usize, zone: &TimeZone) -> Text {
    let lines: Vec<(&Record, Text)> = records.iter().filter_map(|record| Some((record, entry(record)?))).collect();
    let skipped = lines.len().saturating_sub(limit);
    let mut text = Text::says("Timeline of ").strong(name);
    text = text.and(&match skipped {
        0 => String::new(),
        skipped => format!(" · {skipped} earlier entries: `!timeline {}` shows all", lines.len()),
    });
    let mut day = None;
    for (record, line) in lines.into_iter().skip(skipped) {
        let at = record.at.to_zoned(zone.clone());
        if day.is_some_and(|day| day != at.date()) {
            text = text.line(&at.strftime("%A %-d %B").to_string());
        }
        day = Some(at.date());
        text = text.append(Text::new().line("").time(record.at, at.strftime("%H:%M").to_string()).and(" ").join(line));
    }
    text
}
