//! Lines as they grow, with the whitespace that a browser shows.

use herald_chat::{Kind, Line, Person, Span, Style, Text, clean_line};

use super::open::{Open, Stack, What};
use super::{Pill, Read};
use crate::format::is_of_language;
use crate::names::user_ref;

/// How many bytes of addresses a text may hold in all: one that stands around many words is said as often.
const ADDRESSES: usize = 30_000;

#[derive(Default)]
pub(super) struct Lines {
    pub(super) stack: Stack,
    done: Vec<Line>,
    pills: Vec<Pill>,
    /// The line that is written.
    spans: Vec<Span>,
    /// How words look now.
    style: Style,
    /// Whether something that shows stands on the line.
    begun: bool,
    /// A space that shows if something follows, and how it looks.
    space: Option<Style>,
    /// Whether a paragraph began or ended since the last line.
    apart: bool,
    /// Whether a newline is none: the first of a block of code.
    pub(super) skips_newline: bool,
    addresses: usize,
    /// How many cells of the table's row are written.
    pub(super) cells: usize,
}

impl Lines {
    pub(super) fn text(&mut self, text: &str) {
        if self.stack.is_hidden() {
            return;
        }
        let text = if std::mem::take(&mut self.skips_newline) { text.strip_prefix('\n').unwrap_or(text) } else { text };
        if let Some(words) = self.stack.takes() {
            words.push_str(text);
            return;
        }
        if let Some(words) = self.stack.address_words() {
            words.push_str(text);
        }
        for c in text.chars() {
            match c {
                ' ' | '\t' | '\n' | '\r' | '\u{c}' => {
                    if self.begun && self.space.is_none() {
                        self.space = Some(self.style.clone());
                    }
                }
                '\u{a0}' => self.show(' '),
                c => self.show(c),
            }
        }
    }

    /// Words of ours, as they are.
    pub(super) fn exact(&mut self, words: &str) {
        match self.stack.takes() {
            Some(taken) => taken.push_str(words),
            None => words.chars().for_each(|c| self.show(c)),
        }
    }

    /// What keeps two cells of a row apart.
    pub(super) fn bar(&mut self) {
        self.space = None;
        self.exact(" | ");
        // Blanks at the beginning of a cell do not show.
        self.begun = false;
    }

    fn show(&mut self, c: char) {
        self.begin();
        let style = self.style.clone();
        self.push(c, style);
    }

    /// Something that shows is about to follow.
    fn begin(&mut self) {
        if self.spans.is_empty() {
            self.keep_apart();
        }
        if let Some(style) = self.space.take() {
            self.push(' ', style);
        }
        self.begun = true;
    }

    fn push(&mut self, c: char, mut style: Style) {
        match self.spans.last_mut() {
            Some(Span::Plain(text)) if style == Style::default() => return text.push(c),
            Some(Span::Styled { text, style: last }) if *last == style => return text.push(c),
            _ => {}
        }
        if let Some(link) = &style.link {
            self.addresses += link.len();
            if self.addresses > ADDRESSES {
                style.link = None;
                self.style.link = None;
            }
        }
        let text = c.to_string();
        self.spans.push(if style == Style::default() { Span::Plain(text) } else { Span::Styled { text, style } });
    }

    /// An empty line between two paragraphs.
    fn keep_apart(&mut self) {
        let Some(last) = self.done.last().filter(|_| std::mem::take(&mut self.apart)) else { return };
        let (quoted, kind) = self.stack.place();
        let follows = match (&last.kind, &kind) {
            (Kind::Words, Kind::Words) => true,
            (Kind::Item { depth: before, .. } | Kind::More { depth: before }, Kind::More { depth }) => before == depth,
            _ => false,
        };
        if follows && last.quoted == quoted && !last.spans.is_empty() {
            self.done.push(Line { quoted, kind, spans: Vec::new() });
        }
    }

    /// Ends the line, if there is one.
    pub(super) fn end_line(&mut self) {
        if self.spans.is_empty() {
            self.space = None;
        } else {
            self.end_any_line();
        }
    }

    /// Ends the line, also when nothing stands on it.
    pub(super) fn end_any_line(&mut self) {
        let (quoted, kind) = self.stack.place();
        self.done.push(Line { quoted, kind, spans: std::mem::take(&mut self.spans) });
        self.stack.begin_item();
        (self.begun, self.space, self.apart) = (false, None, false);
    }

    /// A paragraph begins or ends here.
    pub(super) fn paragraph(&mut self) {
        self.end_line();
        self.apart = true;
    }

    pub(super) fn open(&mut self, tag: &str, what: What) {
        if what.is_block() {
            self.end_line();
            // An item begins with its own line, even if there is nothing on it.
            if matches!(what, What::Quote | What::List { .. } | What::Code { .. })
                && self.stack.item().is_some_and(|begun| !*begun)
            {
                self.end_any_line();
            }
        }
        self.skips_newline = matches!(what, What::Code { .. });
        self.stack.push(tag, what);
        self.style = self.stack.style();
    }

    /// Closes the element at `at`, and every block in it.
    pub(super) fn close(&mut self, at: usize) {
        if self.stack.get_mut(at).is_some_and(|what| what.is_block()) {
            while let Some(block) = self.stack.innermost_block(at + 1) {
                self.close_one(block);
            }
        }
        self.close_one(at);
    }

    fn close_one(&mut self, at: usize) {
        if self.stack.get_mut(at).is_some_and(|what| what.is_block()) {
            self.end_line();
            if matches!(self.stack.get_mut(at), Some(What::Item { begun: false, .. })) {
                self.end_any_line();
            }
        }
        if let Some(open) = self.stack.remove(at) {
            self.closed(open);
        }
    }

    fn closed(&mut self, open: Open) {
        self.style = self.stack.style();
        match open.what {
            What::Pill { user, link, words } => {
                let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
                self.pills.push(Pill { words: words.clone(), link, user: user.clone() });
                // Words that nobody sees are no name.
                let seen = Some(clean_line(&words)).filter(|seen| !seen.is_empty());
                let name = seen.unwrap_or_else(|| user.localpart().to_owned());
                if let Some(taken) = self.stack.takes() {
                    taken.push_str(&name);
                } else {
                    self.begin();
                    self.spans.push(Span::Person(Person { id: user_ref(&user), name }));
                }
            }
            What::Address { address, words } if words.trim() != address => self.exact(&format!(" ({address})")),
            What::Code { language, code } => self.code(&language, &code),
            What::Styled(_)
            | What::Address { .. }
            | What::Quote
            | What::Heading(_)
            | What::List { .. }
            | What::Item { .. }
            | What::Hidden => {}
        }
    }

    fn code(&mut self, language: &str, code: &str) {
        if code.is_empty() {
            return;
        }
        let (quoted, _) = self.stack.place();
        let language: String = language.chars().filter(|c| is_of_language(*c)).collect();
        let code = code.replace('\t', "    ").replace('\u{a0}', " ");
        for (i, line) in code.strip_suffix('\n').unwrap_or(&code).split('\n').enumerate() {
            let kind = Kind::Code { language: language.clone(), first: i == 0 };
            let spans = if line.is_empty() { Vec::new() } else { vec![Span::Plain(line.to_owned())] };
            self.done.push(Line { quoted, kind, spans });
        }
        self.apart = false;
    }

    pub(super) fn finish(mut self) -> Read {
        while let Some(block) = self.stack.innermost_block(0) {
            self.close_one(block);
        }
        while let Some(open) = self.stack.pop() {
            self.closed(open);
        }
        self.end_line();
        let shows = |line: &Line| !(line.kind == Kind::Words && line.spans.is_empty());
        let end = self.done.iter().rposition(shows).map_or(0, |at| at + 1);
        self.done.truncate(end);
        let start = self.done.iter().position(shows).unwrap_or(0);
        Read { text: Text::from(self.done.split_off(start)), pills: self.pills }
    }
}
