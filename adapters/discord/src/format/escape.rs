//! Words as Discord's Markdown in which they are only words.
//!
//! Only what could mean something is escaped: phones show the text of a notification as it was sent.

use herald_chat::defang;

/// What stands around words, and whether addresses of the web in them become links: those show where they lead, and have
/// no preview.
#[derive(Clone, Copy)]
pub(super) struct Around {
    /// Nothing stands before them in their line.
    pub(super) at_start: bool,
    /// Something follows them directly.
    pub(super) goes_on: bool,
    pub(super) links: bool,
}

/// `text`, which stands on one line, as Markdown that shows it.
pub(super) fn escape(text: &str, around: Around) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let text = defang(text);
    let mut start = around.at_start;
    let mut left = text.len();
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        left -= word.len();
        let goes_on = around.goes_on && left == 0 && bare.len() == word.len();
        match link(bare).filter(|_| around.links) {
            Some((before, address, after)) => {
                out.push_str(&escape_word(before, start, true));
                out.push('<');
                out.push_str(address);
                out.push('>');
                out.push_str(&escape_word(after, false, goes_on));
            }
            None => out.push_str(&escape_word(bare, start, goes_on)),
        }
        out.push_str(&word[bare.len()..]);
        start &= bare.is_empty();
    }
    out
}

/// One word, none of whose characters is a space. `goes_on`: nor is what follows it.
fn escape_word(word: &str, at_start: bool, goes_on: bool) -> String {
    let mut out = String::with_capacity(word.len() + 4);
    for (i, c) in word.char_indices() {
        let (before, after) = (&word[..i], &word[i + c.len_utf8()..]);
        let means = match c {
            '\\' | '*' | '_' | '~' | '`' | '|' | '[' | ']' | '<' => true,
            // What is left of these stands in an address or in somebody's code.
            '@' => begins_with(after, "everyone") || begins_with(after, "here"),
            // A heading, a list or a quotation, at the start of a line or after other markup.
            '#' | '-' | '+' | '>' => before.is_empty(),
            // A numbered list.
            '.' | ')' if at_start && after.is_empty() && !before.is_empty() => {
                before.bytes().all(|b| b.is_ascii_digit())
            }
            // The address of an invitation becomes a button although it is no link.
            '.' => ends_with(before, "discord") || ends_with(before, "discordapp"),
            // A link or the name of an emoji.
            ':' => goes_on || after.starts_with("//") || after.contains(':'),
            _ => false,
        };
        if means {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn begins_with(text: &str, begin: &str) -> bool {
    text.get(..begin.len()).is_some_and(|head| head.eq_ignore_ascii_case(begin))
}

fn ends_with(text: &str, end: &str) -> bool {
    let at = text.len().checked_sub(end.len());
    at.and_then(|at| text.get(at..)).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

/// The address in a word, with what stands around it. Only what every reader takes for all of the address, and what
/// leads where it seems to lead: no account before a host, no letters of other scripts in one, none of Discord's own
/// addresses, which become something else.
fn link(word: &str) -> Option<(&str, &str, &str)> {
    let inner = word.trim_start_matches(['(', '[', '{', '"', '\'', '„', '“', '‘', '«']);
    let address = without_end(inner);
    let bare = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    let (host, path) = bare.split_at(bare.find(['/', '?', '#']).unwrap_or(bare.len()));
    let is_of_host = |c: char| c.is_ascii_alphanumeric() || is_latin(c) || "-._:".contains(c);
    let is_of_path = |c: char| c.is_alphanumeric() || is_latin(c) || (c.is_ascii_graphic() && !"<>\"`\\".contains(c));
    let fine = host.starts_with(|c: char| c.is_ascii_alphanumeric() || is_latin(c))
        && host.chars().all(is_of_host)
        && path.chars().all(is_of_path)
        && !address.to_ascii_lowercase().contains("discord");
    let before = &word[..word.len() - inner.len()];
    fine.then(|| (before, address, &inner[address.len()..]))
}

/// A Latin letter with a mark, or such a mark by itself.
fn is_latin(c: char) -> bool {
    matches!(c, '\u{c0}'..='\u{24f}' if c.is_alphabetic()) || matches!(c, '\u{300}'..='\u{36f}')
}

/// Without what ends a sentence, and a bracket that was opened before.
fn without_end(address: &str) -> &str {
    let mut address = address;
    let count = |address: &str, c: char| address.matches(c).count();
    let (mut shut, opens) = ([')', ']', '}'].map(|c| count(address, c)), ['(', '[', '{'].map(|c| count(address, c)));
    while let Some(last) = address.chars().next_back() {
        match (last, [')', ']', '}'].iter().position(|c| *c == last)) {
            ('.' | ',' | ';' | ':' | '!' | '?' | '"' | '\'' | '“' | '”' | '’' | '»' | '…', _) => {}
            (_, Some(kind)) if shut[kind] > opens[kind] => shut[kind] -= 1,
            _ => break,
        }
        address = &address[..address.len() - last.len_utf8()];
    }
    address
}
