//! What people's clients send as HTML, as the port's lines.
//!
//! It is read tag by tag, and no tree is ever made of it: what one is made of can be nested as deep as the message is
//! long, and a few thousand tags of the wrong kind make a tree of millions.

mod lines;
mod open;
mod tags;
#[cfg(test)]
mod tests;

use std::cell::RefCell;

use herald_chat::Text;
use html5ever::TokenizerResult;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use matrix_sdk::ruma::OwnedUserId;

use lines::Lines;

/// What a message's HTML says.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// Its lines. People have the names that the message gives them.
    pub(crate) text: Text,
    /// Whom it mentions.
    pub(crate) pills: Vec<Pill>,
}

/// A mention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pill {
    /// The words that lead to the account.
    pub(crate) words: String,
    /// As it is written.
    pub(crate) link: String,
    /// Who it is.
    pub(crate) user: OwnedUserId,
}

/// Reads a message's HTML.
pub(crate) fn read(html: &str) -> Read {
    let tokens = Tokenizer::new(Tokens::default(), TokenizerOpts { discard_bom: false, ..TokenizerOpts::default() });
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from(html));
    while !matches!(tokens.feed(&queue), TokenizerResult::Done) {}
    tokens.end();
    tokens.sink.0.into_inner().finish()
}

#[derive(Default)]
struct Tokens(RefCell<Lines>);

impl TokenSink for Tokens {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut lines = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) => match tag.kind {
                TagKind::StartTag => lines.start(&tag.name, &tag),
                TagKind::EndTag => lines.stop(&tag.name),
            },
            Token::CharacterTokens(text) => lines.text(&text),
            Token::DoctypeToken(_)
            | Token::CommentToken(_)
            | Token::NullCharacterToken
            | Token::EOFToken
            | Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }
}

/// An attribute's value.
fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    tag.attrs.iter().find(|it| &*it.name.local == name).map(|it| &*it.value)
}
