//! Finds the paths in Rust source, in macros too: `crate::journal::Journal`, `use crate::{engine, outbox::Entry}`.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// All paths of two parts or more in `source`, and what is imported in one, each with its line.
pub(super) fn paths(source: &str) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    walk(&tokens_of(source.parse().unwrap()), &mut found);
    found
}

/// Finds the paths in `tokens`.
fn walk(tokens: &[TokenTree], found: &mut Vec<(usize, Vec<String>)>) {
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Group(group) if group.to_string().replace(' ', "") == "[cfg(test)]" => {
                let rest = &tokens[at..];
                at += rest.iter().position(ends_an_item).unwrap_or(rest.len()) + 1;
            }
            TokenTree::Group(group) => {
                walk(&tokens_of(group.stream()), found);
                at += 1;
            }
            TokenTree::Ident(_) => {
                let before = found.len();
                let imported = at > 0 && tokens[at - 1].to_string() == "use";
                at = path_at(tokens, at, &[], found);
                if !imported && found.get(before).is_some_and(|(_, path)| path.len() == 1) {
                    found.truncate(before);
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => at += 1,
        }
    }
}

/// Reads the path that goes on from `prefix` at `tokens[at]`, all of its branches if it is a tree of imports, and says
/// where it ends.
fn path_at(tokens: &[TokenTree], mut at: usize, prefix: &[String], found: &mut Vec<(usize, Vec<String>)>) -> usize {
    let line = tokens[at].span().start().line;
    let mut path = prefix.to_vec();
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                for branch in tokens_of(group.stream()).split(|token| token.to_string() == ",") {
                    if !branch.is_empty() {
                        path_at(branch, 0, &path, found);
                    }
                }
                return at + 1;
            }
            TokenTree::Ident(word) if word == "self" && !path.is_empty() => {}
            TokenTree::Ident(_) => path.push(token.to_string()),
            TokenTree::Punct(star) if star.as_char() == '*' => path.push("*".to_owned()),
            TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => break,
        }
        at += 1;
        let goes_on = tokens.get(at..at + 2).is_some_and(|next| next.iter().all(|colon| colon.to_string() == ":"));
        if !goes_on {
            break;
        }
        at += 2;
    }
    found.push((line, path));
    at
}

fn tokens_of(stream: TokenStream) -> Vec<TokenTree> {
    stream.into_iter().collect()
}

fn ends_an_item(token: &TokenTree) -> bool {
    match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(end) => end.as_char() == ';',
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    }
}
