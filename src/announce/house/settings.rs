//! What admins read about settings.

use herald_chat::Text;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::source;
use crate::incident::{Setting, Source, Value};

/// What can be set, what it is set to and what the configuration says, and who says so.
#[must_use]
pub fn settings(rows: impl Iterator<Item = (Setting, Value, Value, Source)>, now: Timestamp, zone: &TimeZone) -> Text {
    let mut text = Text::says("What can be set here. It counts before what the configuration says.");
    for (key, value, configured, from) in rows {
        text = text.line("").code(key.key()).and(" ").strong(&value.to_string()).and(" · ");
        text = text.join(source(&from, now, zone));
        if from != Source::Config {
            text = text.and(&format!("; the configuration says {configured}"));
        }
        text = text.and(&format!(" · {}", key.meaning()));
    }
    text.line("`!admin set <key> <value>` sets one, `!admin set <key> config` takes what the configuration says.")
}

/// Something is set.
#[must_use]
pub fn set(key: Setting, is: Value, was: Value) -> Text {
    let text = Text::says("Done: ").code(key.key()).and(&format!(" is {is} from now on; it was {was}."));
    match key {
        Setting::Limit(_) | Setting::First(_) => text.and(" What is promised already stays promised."),
        Setting::OwnRoom | Setting::Silence | Setting::DefaultSeverity => text,
    }
}
