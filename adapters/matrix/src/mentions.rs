//! Whom a message mentions, and with which of its words.

use matrix_sdk::ruma::matrix_uri::MatrixId;
use matrix_sdk::ruma::{MatrixToUri, OwnedUserId, UserId};
use ruma_html::{Html, NodeRef};

/// The words of `text` that stand for somebody, and who that is: accounts that are written out, and what the client made
/// a mention of in `html`.
pub(crate) fn mentions(text: &str, html: Option<&str>) -> Vec<(String, OwnedUserId)> {
    let mut found: Vec<(String, OwnedUserId)> = text
        .split_whitespace()
        .map(|word| word.trim_end_matches([':', ',', '.', ';', '!', '?', ')']))
        .filter(|word| word.starts_with('@') && word.contains(':'))
        .filter_map(|word| Some((word.to_owned(), UserId::parse(word).ok()?)))
        .collect();
    if let Some(html) = html {
        for (words, link, user) in pills(html) {
            // Some clients write a mention into the plain text as Markdown.
            for written in [format!("[{words}]({link})"), format!("[{user}]({link})"), words] {
                if text.contains(&written) {
                    found.push((written, user.clone()));
                    break;
                }
            }
        }
    }
    found
}

/// The mentions in a message's HTML: words, link and account.
fn pills(html: &str) -> Vec<(String, String, OwnedUserId)> {
    let html = Html::parse(html);
    let mut found = Vec::new();
    html.children().for_each(|node| gather(&node, &mut found));
    found
}

fn gather(node: &NodeRef, found: &mut Vec<(String, String, OwnedUserId)>) {
    let link = node.as_element().filter(|element| &*element.name.local == "a").and_then(|element| {
        element.attrs.borrow().iter().find(|it| &*it.name.local == "href").map(|it| it.value.to_string())
    });
    if let Some(link) = link
        && let Some(user) = account(&link)
    {
        let mut words = String::new();
        node.children().for_each(|child| write(&child, &mut words));
        found.push((words, link, user));
        return;
    }
    node.children().for_each(|child| gather(&child, found));
}

fn write(node: &NodeRef, words: &mut String) {
    if let Some(text) = node.as_text() {
        words.push_str(&text.borrow());
    }
    node.children().for_each(|child| write(&child, words));
}

pub(crate) fn account(link: &str) -> Option<OwnedUserId> {
    match MatrixToUri::parse(link).ok()?.id() {
        MatrixId::User(user) => Some(user.clone()),
        _ => None,
    }
}
