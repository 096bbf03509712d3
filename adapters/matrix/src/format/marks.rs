//! What stands around styled words.

use herald_chat::{Style, safe_link};

use super::blocks::escape;
use crate::mentions::account;

/// The tags around some words.
pub(super) struct Marks {
    pub(super) open: String,
    pub(super) close: String,
}

/// `None` where the words look like all others.
pub(super) fn of(style: &Style) -> Option<Marks> {
    let Style { bold, italic, underline, strike, spoiler, code, link } = style;
    let (mut open, mut close) = (String::new(), String::new());
    // An address that is somebody's account would show as a mention.
    if let Some(link) = link.as_ref().and_then(|link| safe_link(link)).filter(|link| account(link).is_none()) {
        open.push_str(&self::link(&link));
        close.push_str("</a>");
    }
    let elements = [
        (*spoiler, "<span data-mx-spoiler>", "</span>"),
        (*bold, "<strong>", "</strong>"),
        (*italic, "<em>", "</em>"),
        (*underline, "<u>", "</u>"),
        (*strike, "<del>", "</del>"),
        (*code, "<code>", "</code>"),
    ];
    for (_, begin, end) in elements.into_iter().filter(|(is, _, _)| *is) {
        open.push_str(begin);
        close.insert_str(0, end);
    }
    (!open.is_empty()).then_some(Marks { open, close })
}

/// The tag that opens a link.
pub(super) fn link(address: &str) -> String {
    let mut open = "<a href=\"".to_owned();
    address.chars().for_each(|c| escape(c, &mut open));
    open.push_str("\">");
    open
}

/// What the tags of `style` take, in bytes of JSON, beside the plain words that tell of them.
pub(super) fn weight(style: &Style, character: impl Fn(char) -> usize) -> usize {
    let Style { bold, italic, underline, strike, spoiler, code, link } = style;
    let elements = [
        (*spoiler, "<span data-mx-spoiler></span>"),
        (*bold, "<strong></strong>"),
        (*italic, "<em></em>"),
        (*underline, "<u></u>"),
        (*strike, "<del></del>"),
        (*code, "``<code></code>"),
    ];
    let own: usize = elements.into_iter().filter(|(is, _)| *is).map(|(_, tags)| tags.len()).sum();
    let leads = |link: &String| "<a href=\\\"\\\"></a> ()".len() + 3 * link.chars().map(&character).sum::<usize>();
    own + link.as_ref().map_or(0, leads)
}
