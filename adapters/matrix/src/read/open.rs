//! The elements that words stand in.

use herald_chat::{Kind, Style};
use matrix_sdk::ruma::OwnedUserId;

/// How many elements may be open. What is opened beyond that is only its words.
const DEEPEST: usize = 100;
/// How many quotations, or lists, may stand in each other. More are no more than these.
const NESTED: u8 = 8;

/// An element.
pub(super) struct Open {
    /// What it is closed by.
    pub(super) tag: String,
    pub(super) what: What,
}

/// What it does to the words in it.
pub(super) enum What {
    Styled(Style),
    /// An address that words cannot lead to stands behind them.
    Address {
        address: String,
        words: String,
    },
    Pill {
        user: OwnedUserId,
        link: String,
        words: String,
    },
    Quote,
    Heading(u8),
    List {
        /// The next item's number, in a numbered list.
        next: Option<u32>,
    },
    Item {
        number: Option<u32>,
        /// Whether its first line is done.
        begun: bool,
    },
    Code {
        language: String,
        code: String,
    },
    /// Nothing of it shows.
    Hidden,
}

impl What {
    /// Whether it begins and ends lines.
    pub(super) fn is_block(&self) -> bool {
        match self {
            Self::Quote | Self::Heading(_) | Self::List { .. } | Self::Item { .. } | Self::Code { .. } => true,
            Self::Styled(_) | Self::Address { .. } | Self::Pill { .. } | Self::Hidden => false,
        }
    }
}

/// Those that are open, the outermost first.
#[derive(Default)]
pub(super) struct Stack(Vec<Open>);

impl Stack {
    pub(super) fn push(&mut self, tag: &str, what: What) {
        if self.0.len() < DEEPEST {
            self.0.push(Open { tag: tag.to_owned(), what });
        }
    }

    pub(super) fn remove(&mut self, at: usize) -> Option<Open> {
        (at < self.0.len()).then(|| self.0.remove(at))
    }

    pub(super) fn pop(&mut self) -> Option<Open> {
        self.0.pop()
    }

    /// The last one that `closes`.
    pub(super) fn last(&self, closes: impl Fn(&Open) -> bool) -> Option<usize> {
        self.0.iter().rposition(closes)
    }

    /// The innermost block, from `from` on.
    pub(super) fn innermost_block(&self, from: usize) -> Option<usize> {
        self.last(|open| open.what.is_block()).filter(|at| *at >= from)
    }

    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut What> {
        self.0.get_mut(at).map(|open| &mut open.what)
    }

    pub(super) fn is_hidden(&self) -> bool {
        self.0.last().is_some_and(|open| matches!(open.what, What::Hidden))
    }

    /// Whether the element `tag` hides what stands in it.
    pub(super) fn hides(&self, tag: &str) -> bool {
        self.0.last().is_some_and(|open| open.tag == tag)
    }

    /// What takes the words in, instead of the line: the words of a mention, or a block of code.
    pub(super) fn takes(&mut self) -> Option<&mut String> {
        self.0.iter_mut().rev().find_map(|open| match &mut open.what {
            What::Pill { words, .. } => Some(words),
            What::Code { code, .. } => Some(code),
            _ => None,
        })
    }

    /// The words of an address, which are taken in beside the line.
    pub(super) fn address_words(&mut self) -> Option<&mut String> {
        self.0.iter_mut().rev().find_map(|open| match &mut open.what {
            What::Address { words, .. } => Some(words),
            _ => None,
        })
    }

    /// How words look now.
    pub(super) fn style(&self) -> Style {
        let mut style = Style::default();
        for open in &self.0 {
            if let What::Styled(own) = &open.what {
                style.bold |= own.bold;
                style.italic |= own.italic;
                style.underline |= own.underline;
                style.strike |= own.strike;
                style.spoiler |= own.spoiler;
                style.code |= own.code;
                style.link = own.link.clone().or(style.link);
            }
        }
        style
    }

    /// In how many quotations a line stands, and as what. An item's line begins the item if none did before.
    pub(super) fn place(&self) -> (u8, Kind) {
        let quoted = self.0.iter().filter(|open| matches!(open.what, What::Quote)).count();
        let inside = self.last(|open| matches!(open.what, What::Quote)).map_or(0, |at| at + 1);
        let (mut lists, mut kind) = (0_u8, Kind::Words);
        for open in self.0.iter().skip(inside) {
            match &open.what {
                What::List { .. } => lists = (lists + 1).min(NESTED),
                What::Item { number, begun } => {
                    let depth = lists.saturating_sub(1);
                    kind = if *begun { Kind::More { depth } } else { Kind::Item { depth, number: *number } };
                }
                What::Heading(size) if kind == Kind::Words => kind = Kind::Heading(*size),
                _ => {}
            }
        }
        (u8::try_from(quoted).unwrap_or(NESTED).min(NESTED), kind)
    }

    /// The item that the line stands in, if it is the innermost block.
    pub(super) fn item(&mut self) -> Option<&mut bool> {
        let at = self.innermost_block(0)?;
        match &mut self.0.get_mut(at)?.what {
            What::Item { begun, .. } => Some(begun),
            _ => None,
        }
    }

    /// The item that a line stands in, whatever stands between.
    pub(super) fn begin_item(&mut self) {
        for open in self.0.iter_mut().rev() {
            match &mut open.what {
                What::Item { begun, .. } => {
                    *begun = true;
                    return;
                }
                What::Quote => return,
                _ => {}
            }
        }
    }
}
