//! The pinned board: where an incident stands, in one message that is edited in place.

use herald_chat::{Line, Text};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{board, crowd};
use crate::incident::Incident;
use crate::incident::sight::Viewer;

/// How many lines a board has at most: it is one message, and every change shows it whole.
const LINES: usize = 40;
/// How many characters of a line it shows.
const WIDTH: usize = 200;

/// Where an incident stands, for the room where it is worked on. It goes on being true while nothing happens: every time
/// has its date, and nothing says how far off it is.
#[must_use]
pub fn pinned(incident: &Incident, viewer: Viewer, zone: &TimeZone) -> Text {
    let long_ago = Timestamp::UNIX_EPOCH;
    let mut text = board::board(incident, viewer, long_ago, zone).aged();
    text = if incident.is_over() {
        text.line(&format!("{} is over: this is how it ended.", incident.no))
    } else {
        text.line("I keep this board up to date.")
    };
    let text = short(&text, incident);
    match viewer {
        Viewer::Own(_) => text,
        // Other incidents come and go in that room, and this one's board stays as it is.
        Viewer::Audience(_) => crowd::named(&text, incident.no),
    }
}

/// The board cannot be pinned.
#[must_use]
pub fn not_pinned(incident: &Incident, reason: &str) -> Text {
    let text = Text::says(&format!("The board of {} cannot be pinned here: ", incident.no));
    let text = text.exact(reason.trim_end_matches('.'));
    let text = text.and(". I keep it up to date all the same. When that is put right, delete it, and I pin a new one.");
    if incident.drill { crowd::drill(text) } else { text }
}

/// The first lines and the last one, none of them too long.
fn short(text: &Text, incident: &Incident) -> Text {
    let lines = text.lines();
    let (last, first) = match lines.split_last() {
        Some((last, first)) if lines.len() > LINES => (Some(last), first.get(..LINES - 2).unwrap_or(first)),
        Some(_) | None => (None, lines),
    };
    let short = first.iter().fold(Text::new(), |text, line| text.append(cut(line)));
    match last {
        Some(last) => {
            let left = lines.len() - LINES + 1;
            short.line(&format!("… {left} more lines: `!status {}`", incident.no)).append(cut(last))
        }
        None => short,
    }
}

/// A line, up to [`WIDTH`].
fn cut(line: &Line) -> Text {
    let mut left = WIDTH;
    let mut text = Text::new().line("");
    for span in line {
        let shown = Text::new().span(span.clone()).to_string();
        let length = shown.chars().count();
        if length <= left {
            left -= length;
            text = text.span(span.clone());
        } else {
            let part: String = shown.chars().take(left).collect();
            return text.exact(part.trim_end()).exact("…");
        }
    }
    text
}
