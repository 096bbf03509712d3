//! No answer is longer than a screen.

use herald_chat::Text;

/// How many lines an answer has at most.
pub(super) const SCREEN_LINES: usize = 25;
/// How many characters it has at most. One line that is longer by itself stays whole.
pub(super) const SCREEN_CHARS: usize = 2000;

/// As much of an answer as a screen shows, and where the rest is: `rest` is a sentence or two that says so.
#[must_use]
pub fn screen(text: Text, rest: &str) -> Text {
    let mut room = SCREEN_CHARS.saturating_sub(rest.chars().count() + 40);
    let length = |line: &herald_chat::Line| Text::new().push(line.clone()).to_string().chars().count() + 1;
    let whole: usize = text.lines().iter().map(length).sum();
    if text.lines().len() <= SCREEN_LINES && whole <= SCREEN_CHARS {
        return text;
    }
    let mut kept = 0;
    for line in text.lines().iter().take(SCREEN_LINES - 1) {
        let Some(left) = room.checked_sub(length(line)).or_else(|| (kept == 0).then_some(0)) else { break };
        room = left;
        kept += 1;
    }
    let left = text.lines().len() - kept;
    if left == 0 {
        return text;
    }
    let lines = if left == 1 { "line" } else { "lines" };
    let shown = text.lines().iter().take(kept).fold(Text::new(), |shown, line| shown.push(line.clone()));
    shown.line(format!("… and {left} more {lines}. {rest}").trim_end())
}
