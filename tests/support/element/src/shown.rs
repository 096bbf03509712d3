//! What a client makes of a message's HTML.

use ruma_html::{Html, NodeRef};

/// The words that a reader sees: line breaks as such, code in backquotes.
pub(crate) fn text(html: &str) -> String {
    let html = Html::parse(html);
    let mut words = String::new();
    html.children().for_each(|node| write(&node, &mut words));
    // What is shown by a space that does not break is a space.
    words.replace('\u{a0}', " ")
}

fn write(node: &NodeRef, words: &mut String) {
    if let Some(text) = node.as_text() {
        words.push_str(&text.borrow());
        return;
    }
    let name = node.as_element().map(|element| element.name.local.to_string());
    match name.as_deref() {
        Some("br") => words.push('\n'),
        Some("code") => {
            words.push('`');
            node.children().for_each(|child| write(&child, words));
            words.push('`');
        }
        _ => node.children().for_each(|child| write(&child, words)),
    }
}
