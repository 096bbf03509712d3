//! Whom a message mentions, and with which of its words.

use matrix_sdk::ruma::matrix_uri::MatrixId;
use matrix_sdk::ruma::{MatrixToUri, MatrixUri, OwnedUserId, UserId};

use crate::read::Pill;

/// The words of `text` that stand for somebody, and who that is: accounts that are written out, and what the client made
/// a mention of.
pub(crate) fn mentions(text: &str, pills: &[Pill]) -> Vec<(String, OwnedUserId)> {
    let mut found: Vec<(String, OwnedUserId)> = text
        .split_whitespace()
        .map(|word| word.trim_end_matches([':', ',', '.', ';', '!', '?', ')']))
        .filter(|word| word.starts_with('@') && word.contains(':'))
        .filter_map(|word| Some((word.to_owned(), UserId::parse(word).ok()?)))
        .collect();
    for Pill { words, link, user } in pills {
        // Some clients write a mention into the plain text as Markdown.
        for written in [format!("[{words}]({link})"), format!("[{user}]({link})"), words.clone()] {
            if !written.is_empty() && text.contains(&written) {
                found.push((written, user.clone()));
                break;
            }
        }
    }
    found
}

/// The account that a link leads to.
pub(crate) fn account(link: &str) -> Option<OwnedUserId> {
    let user = |id: &MatrixId| match id {
        MatrixId::User(user) => Some(user.clone()),
        _ => None,
    };
    match MatrixToUri::parse(link) {
        Ok(uri) => user(uri.id()),
        Err(_) => user(MatrixUri::parse(link).ok()?.id()),
    }
}
