//! Which lines of a message are commands.

use std::ops::Range;

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
    let code = code(&text);
    let (mut at, mut quoted) = (0, false);
    for (i, line) in text.split('\n').enumerate() {
        let is_text = !quoted && !is_in(&code, at);
        let begins = is_text && if i == 0 { line.starts_with('!') } else { is_command(line) };
        match (begins, found.last_mut()) {
            (true, _) => found.push(line.trim_start().to_owned()),
            (false, Some(last)) => last.extend(["\n", line]),
            (false, None) => {}
        }
        quoted |= line.starts_with(">>> ");
        at += line.len() + 1;
    }
    found
}

/// Whether what stands at a place of a text is quoted.
pub(super) fn is_quoted(text: &str, at: usize) -> bool {
    is_in(&quotations(text), at)
}

/// The lines of a text that are quoted: those that begin with `>`, and all behind `>>>`. The first line is the writer's own, for
/// the command stands before it.
pub(super) fn quotations(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    for (i, line) in text.split('\n').enumerate() {
        if i > 0 && line.starts_with(">>> ") {
            found.push(at..text.len());
            break;
        }
        if i > 0 && line.trim_start().starts_with('>') {
            found.push(at..at + line.len());
        }
        at += line.len() + 1;
    }
    found
}

/// Whether a place is in one of these ranges, which are in order.
pub(super) fn is_in(ranges: &[Range<usize>], at: usize) -> bool {
    let next = ranges.partition_point(|range| range.end <= at);
    ranges.get(next).is_some_and(|range| range.contains(&at))
}

/// Where code stands: in blocks, each up to a mark that is as long as the one it began with, and between backquotes in a line
/// or over several. A block that nothing ends goes on to the end.
fn code(text: &str) -> Vec<Range<usize>> {
    let runs = runs(text);
    let mut found = Vec::new();
    let mut i = 0;
    while let Some(&(at, mark, length)) = runs.get(i) {
        let is_block = length > 2;
        let ends = |&(_, other, long): &(usize, char, usize)| {
            other == mark && if is_block { long >= length } else { long == length }
        };
        match runs.iter().skip(i + 1).position(ends) {
            Some(next) => {
                i += next + 2;
                let (end, _, long) = runs[i - 1];
                found.push(at..end + long);
            }
            None if is_block => {
                found.push(at..text.len() + 1);
                break;
            }
            None => i += 1,
        }
    }
    found
}

/// Every row of backquotes, and every one of three or more tildes that begins a line: where, of what, how many.
fn runs(text: &str) -> Vec<(usize, char, usize)> {
    let mut found: Vec<(usize, char, usize)> = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| matches!(c, '`' | '~')) {
        match found.last_mut() {
            Some((begin, mark, length)) if *mark == c && *begin + *length == at => *length += 1,
            Some(_) | None => found.push((at, c, 1)),
        }
    }
    let begins_line = |at: usize| {
        let before = text[..at].trim_end_matches(' ');
        before.is_empty() || before.ends_with('\n')
    };
    found.retain(|(at, mark, length)| *mark == '`' || *length > 2 && begins_line(*at));
    found
}

/// Whether a line begins with a command, or with what was most likely meant to be one.
fn is_command(line: &str) -> bool {
    let bare = line.trim_start_matches(' ');
    let Some(typed) = bare.strip_prefix('!').filter(|_| line.len() - bare.len() < 4) else { return false };
    let word = typed.split_whitespace().next().unwrap_or_default();
    let word = unended(word);
    verb::named(word).is_some() || (typed.starts_with(word) && !word.is_empty() && verb::like(word).0.is_some())
}
