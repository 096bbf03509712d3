//! What was administered.

use herald_chat::Text;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::incident::words::clock_time;
use crate::incident::{Event, House, Record};

/// The last changes, newest first: when, who, and from what to what.
#[must_use]
pub fn audit<'a>(records: impl Iterator<Item = &'a Record>, now: Timestamp, zone: &TimeZone) -> Text {
    let mut lines = records.filter_map(|record| {
        let Event::House(house) = &record.event else { return None };
        let by = record.by.as_ref().map_or(Text::says("the configuration"), |by| Text::new().person(by));
        let when = Text::new().line("").time(record.at, clock_time(record.at, now, zone));
        Some(when.and(" ").join(by).and(" ").join(change(house)?))
    });
    let Some(first) = lines.next() else { return Text::says("Nothing has been administered yet.") };
    lines.fold(Text::says("The last changes, newest first:").append(first), Text::append)
}

fn change(house: &House) -> Option<Text> {
    let text = Text::new();
    Some(match house {
        House::LinkOffered { .. } | House::LinkVoided { .. } | House::NameMoved { .. } => return None,
        House::RoomFound { written, room } => {
            text.and("had ").code(written.as_str()).and(" be ").code(room.as_str()).and(" from then on")
        }
        House::AccountLinked { account, to, .. } => {
            text.and("linked ").code(account.as_str()).and(" with ").code(to.as_str())
        }
        House::AccountUnlinked { account } => text.and("took ").code(account.as_str()).and(" apart"),
        House::RoomMapped { room, to, was, .. } => {
            let was = was.as_ref().map_or_else(|| "nobody".to_owned(), ToString::to_string);
            text.and("mapped ").code(room.as_str()).and(&format!(": from {was} to {to}"))
        }
        House::RoomUnmapped { room, was } => {
            text.and("unmapped ").code(room.as_str()).and(&format!(": from {was} to nobody"))
        }
        House::SettingChanged { key, was, to } => {
            let to = to.map_or_else(|| "what the configuration says".to_owned(), |to| to.to_string());
            text.and("set ").code(key.key()).and(&format!(": from {was} to {to}"))
        }
        House::PersonRemoved { person } => text.and("removed ").person(person),
        House::RoomReplaced { room, with, .. } => {
            text.and("gave up ").code(room.as_str()).and(" for ").code(with.as_str())
        }
        House::ChannelTested { test } => text.and("tested ").code(test.room().as_str()),
    })
}
