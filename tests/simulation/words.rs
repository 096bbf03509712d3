//! Words that can be found again: every text that somebody types holds a token that no other text holds.

use std::collections::BTreeSet;

/// A token: `tk` and five digits.
pub(crate) type Token = String;

/// Makes tokens, each once.
#[derive(Debug, Default)]
pub(crate) struct Mint(u32);

impl Mint {
    pub(crate) fn token(&mut self) -> Token {
        self.0 += 1;
        format!("tk{:05}", self.0)
    }
}

/// The tokens in a text.
pub(crate) fn tokens(text: &str) -> BTreeSet<Token> {
    let found = text.match_indices("tk").filter_map(|(at, _)| text.get(at..at + 7));
    found.filter(|token| token.bytes().skip(2).all(|b| b.is_ascii_digit())).map(str::to_owned).collect()
}
