//! Lines of spans as Discord's Markdown.

use herald_chat::{Person, Style, Text};

use super::blocks;
use super::escape::{Around, escape};
use super::pieces::Piece;
use crate::names::NETWORK;

/// A character that nobody sees. It keeps marks apart that would run into each other, and Herald takes it out again when a
/// text comes back.
pub(super) const APART: char = '\u{200b}';

/// The text as Markdown in which nothing that people typed can mean anything but an address that shows where it leads.
pub(crate) fn write(text: &Text) -> String {
    blocks::write(text.lines())
}

/// The account's number, if this is somebody on Discord.
pub(crate) fn number(person: &Person) -> Option<&str> {
    let id = Some(&person.id).filter(|id| id.network().as_str() == NETWORK)?.id();
    (!id.is_empty() && id.len() <= 20 && id.bytes().all(|b| b.is_ascii_digit())).then_some(id)
}

/// The words of one line.
pub(super) fn write_line(pieces: &[Piece]) -> String {
    let mut out = String::new();
    // Whether a mark stands right before.
    let mut marked = false;
    for (i, piece) in pieces.iter().enumerate() {
        let (at_start, goes_on) = (out.trim().is_empty(), i + 1 < pieces.len());
        let (text, style) = match piece {
            Piece::Sign(sign) => {
                out.push_str(sign);
                marked = false;
                continue;
            }
            Piece::Words(text) => {
                out.push_str(&escape(text, Around { at_start, goes_on, links: true }));
                marked = false;
                continue;
            }
            Piece::Marked(text, style) | Piece::Code(text, style) | Piece::Linked(text, _, style) => (text, style),
        };
        let inner = text.trim_matches(is_blank);
        let (before, after) = text.split_once(inner).unwrap_or_default();
        out.push_str(before);
        if inner.is_empty() {
            out.push_str(after);
            marked = false;
            continue;
        }
        // Inside, a client may look for the start of a line once more. Of the marks, names of emoji hold underscores only.
        let goes_on = style.italic || style.underline;
        let words = || escape(inner, Around { at_start: true, goes_on, links: false });
        let written = match piece {
            Piece::Code(..) => format!("`{inner}`"),
            Piece::Linked(_, address, _) => format!("[{}](<{address}>)", words()),
            Piece::Words(_) | Piece::Marked(..) | Piece::Sign(_) => words(),
        };
        let written = in_marks(&written, style);
        if marked && before.is_empty() && run_together(&out, &written) {
            out.push(APART);
        }
        out.push_str(&written);
        out.push_str(after);
        marked = after.is_empty();
    }
    out
}

/// What no mark may stand beside, on the inside.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

/// Whether marks at the end of one and the beginning of the other would be read as others.
fn run_together(before: &str, after: &str) -> bool {
    const MARKS: [char; 4] = ['*', '_', '~', '|'];
    let (Some(last), Some(first)) = (before.chars().next_back(), after.chars().next()) else { return false };
    (MARKS.contains(&last) && MARKS.contains(&first)) || (last == '`' && first == '`')
}

/// Words in the marks of a style, the innermost first.
fn in_marks(words: &str, style: &Style) -> String {
    let mut out = words.to_owned();
    if style.italic {
        // Some clients take an escaped star for the end of what stands between stars. Underscores do not end before a letter.
        out = if words.contains('*') { format!("_{words}_{APART}") } else { format!("*{words}*") };
    }
    let marks = [(style.bold, "**"), (style.underline, "__"), (style.strike, "~~"), (style.spoiler, "||")];
    for (_, marks) in marks.into_iter().filter(|(is_so, _)| *is_so) {
        // An escaped mark before them would be read as part of them.
        let ends_in_one = matches!(marks, "~~" | "||") && out.ends_with(marks.split_at(1).0);
        let apart = if ends_in_one { APART.to_string() } else { String::new() };
        out = format!("{marks}{out}{apart}{marks}");
    }
    out
}
