//! Words that lead somewhere.

use herald_chat::is_address_of;

/// How an address is shown.
#[derive(Debug, PartialEq)]
pub(super) enum Link {
    /// Behind the words, as it is written there.
    Behind(String),
    /// The words are the address: they show where they lead.
    Itself,
    /// Next to the words: Discord would not put it behind them.
    Beside(String),
}

/// How `address` is shown for the words `label`.
pub(super) fn shown(label: &str, address: &str) -> Link {
    let label = label.trim();
    let same = |address: &str| label == address || label == address.trim_end_matches('/');
    let bare = address.strip_prefix("mailto:").unwrap_or(address);
    if same(bare) || same(address) || is_address_of(label, address) {
        return Link::Itself;
    }
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    // Discord's own addresses become something else, and its clients put none behind words that look like another one,
    // or are not sure where words with brackets end.
    let fits = is_web
        && !label.is_empty()
        && !holds_discord(address)
        && !label.contains(['[', ']'])
        && !["://", "www.", "discord"].iter().any(|it| label.to_ascii_lowercase().contains(it));
    if fits { Link::Behind(written(address)) } else { Link::Beside(bare.to_owned()) }
}

fn holds_discord(address: &str) -> bool {
    address.to_ascii_lowercase().contains("discord")
}

/// As it may stand in brackets and in marks: what would end either is written by its number, which means the same.
fn written(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    for c in address.chars() {
        match c {
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            '*' => out.push_str("%2A"),
            '_' => out.push_str("%5F"),
            '~' => out.push_str("%7E"),
            '|' => out.push_str("%7C"),
            '<' | '>' | '\\' | '`' => {}
            other => out.push(other),
        }
    }
    out
}

/// The most that an address takes, in whichever way it is shown.
pub(super) fn weight(address: &str) -> usize {
    let each = |c: char| {
        if "()*_~|".contains(c) {
            3
        } else if c.is_ascii_punctuation() {
            2
        } else {
            c.len_utf16()
        }
    };
    "[](<>)".len() + address.chars().map(each).sum::<usize>()
}
