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
    for pill in pills {
        for written in pill.written() {
            if !written.is_empty() && text.contains(&written) {
                found.push((written, pill.user.clone()));
                break;
            }
        }
    }
    found
}

impl Pill {
    /// How it may stand in the plain text: some clients write a mention there as Markdown.
    pub(crate) fn written(&self) -> [String; 3] {
        let Self { words, link, user } = self;
        [format!("[{words}]({link})"), format!("[{user}]({link})"), words.clone()]
    }
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
