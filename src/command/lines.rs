//! Which lines of a message are commands.

use herald_chat::clean;

use super::args::unended;
use super::verb;

/// The commands that a message holds, each with all of its lines, in the order in which they stand. A line that begins with a
/// command is one of its own; what stands in blocks of code or quotations is none. A message that begins with `!` is one
/// even if nothing is known by that word.
#[must_use]
pub fn commands(text: &str) -> Vec<String> {
    // Nearly every message.
    if !text.contains('!') {
        return Vec::new();
    }
    let text = clean(text);
    let mut found: Vec<String> = Vec::new();
    let (mut fence, mut quoted) = (None, false);
    for (i, line) in text.split('\n').enumerate() {
        let begins = fence.is_none() && !quoted && if i == 0 { line.starts_with('!') } else { is_command(line) };
        match (begins, found.last_mut()) {
            (true, _) => found.push(line.trim_start().to_owned()),
            (false, Some(last)) => last.extend(["\n", line]),
            (false, None) => {}
        }
        quoted |= line.starts_with(">>> ");
        fence = after(line, fence);
    }
    found
}

/// The block of code that is open after a line, when that one was open before it.
fn after(line: &str, open: Option<&'static str>) -> Option<&'static str> {
    match open {
        Some(mark) if line.matches(mark).count() % 2 == 1 => None,
        Some(mark) => Some(mark),
        None if line.matches("```").count() % 2 == 1 => Some("```"),
        None => Some("~~~").filter(|mark| line.trim_start().starts_with(mark)),
    }
}

/// Whether a line begins with a command, or with what was most likely meant to be one.
fn is_command(line: &str) -> bool {
    let bare = line.trim_start_matches(' ');
    let Some(typed) = bare.strip_prefix('!').filter(|_| line.len() - bare.len() < 4) else { return false };
    let word = typed.split_whitespace().next().unwrap_or_default();
    let word = unended(word);
    verb::named(word).is_some() || (typed.starts_with(word) && !word.is_empty() && verb::like(word).0.is_some())
}
