//! What each element means.

use herald_chat::{Style, safe_link};
use html5ever::tokenizer::Tag;
use matrix_sdk::ruma::matrix_uri::MatrixId;
use matrix_sdk::ruma::{MatrixToUri, MatrixUri};

use super::attribute;
use super::lines::Lines;
use super::open::What;
use crate::mentions::account;

/// Longer addresses are no words.
const LONGEST: usize = 1500;

impl Lines {
    pub(super) fn start(&mut self, name: &str, tag: &Tag) {
        if self.stack.is_hidden() {
            return;
        }
        self.skips_newline = false;
        match name {
            "mx-reply" | "script" | "style" => self.open(name, What::Hidden),
            "a" => self.start_link(attribute(tag, "href").unwrap_or_default()),
            "span" => {
                let spoiler = attribute(tag, "data-mx-spoiler").is_some();
                self.open(name, What::Styled(Style { spoiler, ..Style::default() }));
            }
            "blockquote" => self.open(name, What::Quote),
            "ul" => self.open(name, What::List { next: None }),
            "ol" => {
                let start = attribute(tag, "start").and_then(|start| start.trim().parse().ok()).unwrap_or(1);
                self.open(name, What::List { next: Some(start) });
            }
            "li" => self.start_item(),
            "pre" => self.open(name, What::Code { language: String::new(), code: String::new() }),
            "code" if self.name_language(tag) => {}
            "p" => self.paragraph(),
            "br" => match self.stack.takes() {
                Some(words) => words.push('\n'),
                None => self.end_any_line(),
            },
            "hr" => {
                self.end_line();
                self.exact("———");
                self.end_line();
            }
            "tr" => {
                self.end_line();
                self.cells = 0;
            }
            "td" | "th" => {
                if self.cells > 0 {
                    self.bar();
                }
                self.cells += 1;
            }
            "img" => self.picture(tag),
            _ => match (heading(name), style(name)) {
                (Some(size), _) => {
                    if let Some(at) = self.stack.last(|open| matches!(open.what, What::Heading(_))) {
                        self.close(at);
                    }
                    self.open(name, What::Heading(size));
                }
                (None, Some(style)) => self.open(name, What::Styled(style)),
                (None, None) if is_block(name) => self.end_line(),
                (None, None) => {}
            },
        }
    }

    pub(super) fn stop(&mut self, name: &str) {
        if self.stack.is_hidden() && !self.stack.hides(name) {
            return;
        }
        if name == "p" {
            self.paragraph();
        } else if is_block(name) {
            self.end_line();
        } else if let Some(at) = self.stack.last(|open| open.tag == name) {
            self.close(at);
        }
    }

    fn start_link(&mut self, href: &str) {
        if let Some(at) = self.stack.last(|open| open.tag == "a") {
            self.close(at);
        }
        let what = if let Some(user) = account(href) {
            What::Pill { user, link: href.to_owned(), words: String::new() }
        } else if is_room(href) || href.trim().is_empty() || href.len() > LONGEST {
            What::Styled(Style::default())
        } else if let Some(link) = safe_link(href) {
            What::Styled(Style { link: Some(link), ..Style::default() })
        } else {
            What::Address { address: href.trim().to_owned(), words: String::new() }
        };
        self.open("a", what);
    }

    fn start_item(&mut self) {
        let list = self.stack.last(|open| matches!(open.what, What::List { .. }));
        let item = self.stack.last(|open| matches!(open.what, What::Item { .. }));
        if let Some(item) = item.filter(|item| list.is_none_or(|list| *item > list)) {
            self.close(item);
        }
        let number = match list.and_then(|list| self.stack.get_mut(list)) {
            Some(What::List { next }) => {
                let number = *next;
                *next = number.map(|number| number.saturating_add(1));
                number
            }
            _ => None,
        };
        self.open("li", What::Item { number, begun: false });
    }

    /// What a block of code is written in stands on the element inside it.
    fn name_language(&mut self, tag: &Tag) -> bool {
        let Some(at) = self.stack.last(|open| matches!(open.what, What::Code { .. })) else { return false };
        let class = attribute(tag, "class").unwrap_or_default();
        let named = class.split_whitespace().find_map(|class| class.strip_prefix("language-"));
        if let (Some(What::Code { language, code }), Some(named)) = (self.stack.get_mut(at), named)
            && code.is_empty()
        {
            named.clone_into(language);
        }
        true
    }

    fn picture(&mut self, tag: &Tag) {
        let says = |name| attribute(tag, name).map(str::trim).filter(|words| !words.is_empty());
        let Some(words) = says("alt").or_else(|| says("title")) else { return };
        match attribute(tag, "data-mx-emoticon") {
            Some(_) => self.exact(&format!(":{}:", words.trim_matches(':'))),
            None => self.text(words),
        }
    }
}

/// Whether it leads to a room.
fn is_room(link: &str) -> bool {
    let is = |id: &MatrixId| matches!(id, MatrixId::Room(_) | MatrixId::RoomAlias(_));
    MatrixToUri::parse(link).is_ok_and(|uri| is(uri.id())) || MatrixUri::parse(link).is_ok_and(|uri| is(uri.id()))
}

fn heading(name: &str) -> Option<u8> {
    let size = name.strip_prefix('h')?.parse().ok()?;
    (1..=6).contains(&size).then_some(size)
}

fn style(name: &str) -> Option<Style> {
    let none = Style::default();
    match name {
        "b" | "strong" => Some(Style { bold: true, ..none }),
        "i" | "em" => Some(Style { italic: true, ..none }),
        "u" | "ins" => Some(Style { underline: true, ..none }),
        "s" | "strike" | "del" => Some(Style { strike: true, ..none }),
        "code" | "tt" => Some(Style { code: true, ..none }),
        _ => None,
    }
}

/// Whether it begins and ends lines, and does nothing else.
fn is_block(name: &str) -> bool {
    const BLOCKS: [&str; 16] = [
        "div", "table", "thead", "tbody", "tfoot", "tr", "caption", "details", "summary", "section", "article",
        "figure", "center", "dl", "dt", "dd",
    ];
    BLOCKS.contains(&name)
}
