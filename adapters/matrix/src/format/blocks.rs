//! HTML as it grows, and what its lines stand in.

use herald_chat::{Kind, Line};

/// Readers of HTML drop blanks at the ends of a line and make one of several: those are written as no-break spaces, so
/// they wait until it is known what follows.
#[derive(Default)]
pub(super) struct Html {
    out: String,
    /// Blanks not yet written.
    blanks: usize,
    /// Whether something that can be seen stands on the line.
    begun: bool,
    /// Whether the line stands among others that `<br>` keeps apart.
    runs: bool,
    /// Whether nothing can be missed if the line is empty: it begins an item, which shows by itself.
    leads: bool,
    /// Quotations that are open.
    quotes: u8,
    /// Lists that are open, and in each an item: of this number, in a numbered list.
    lists: Vec<Option<u32>>,
    /// Whether a block of code is open.
    code: bool,
}

impl Html {
    /// Begins a line.
    pub(super) fn begin(&mut self, line: &Line) {
        if self.code && !matches!(line.kind, Kind::Code { first: false, .. } if line.quoted == self.quotes) {
            self.out.push_str("</code></pre>");
            self.code = false;
        }
        match &line.kind {
            Kind::Words => self.begin_words(line.quoted),
            Kind::Heading(size) => {
                self.leave(line.quoted, 0);
                self.out.extend(["<h", digit(*size), ">"]);
            }
            Kind::Item { depth, number } => self.begin_item(line.quoted, usize::from(*depth), *number),
            // One that was cut off from its item.
            Kind::More { .. } if self.lists.is_empty() || line.quoted != self.quotes => self.begin_words(line.quoted),
            Kind::More { depth } => {
                let open = self.lists.len().min(usize::from(*depth) + 1);
                if open < self.lists.len() {
                    self.leave(line.quoted, open);
                }
                self.run_on();
            }
            Kind::Code { .. } if self.code => {}
            Kind::Code { language, .. } => {
                self.leave(line.quoted, 0);
                self.code = true;
                let language: String = language.chars().filter(|c| is_of_language(*c)).collect();
                self.out.push_str("<pre><code");
                if !language.is_empty() {
                    self.out.extend([" class=\"language-", &language, "\""]);
                }
                self.out.push('>');
            }
        }
    }

    /// Ends it.
    pub(super) fn end(&mut self, line: &Line) {
        match &line.kind {
            Kind::Heading(size) => {
                self.hold_blanks();
                self.out.extend(["</h", digit(*size), ">"]);
                self.begun = false;
            }
            Kind::Code { .. } => self.out.push('\n'),
            Kind::Words | Kind::Item { .. } | Kind::More { .. } => {}
        }
    }

    pub(super) fn finish(mut self) -> String {
        self.hold_blanks();
        if self.code {
            self.out.push_str("</code></pre>");
        }
        if self.quotes > 0 || !self.lists.is_empty() {
            self.leave(0, 0);
        }
        self.out
    }

    fn begin_words(&mut self, quotes: u8) {
        if quotes != self.quotes || !self.lists.is_empty() {
            self.leave(quotes, 0);
        }
        self.run_on();
    }

    /// Lists that nothing stands in are not written: an item can be one deeper than that before, not more.
    fn begin_item(&mut self, quotes: u8, depth: usize, number: Option<u32>) {
        let depth = if quotes == self.quotes { depth.min(self.lists.len()) } else { 0 };
        self.leave(quotes, depth + 1);
        match self.lists.get_mut(depth) {
            Some(last) if last.map(|last| last.checked_add(1)) == number.map(Some) => {
                *last = number;
                self.out.push_str("</li><li>");
            }
            other => {
                if other.is_some() {
                    self.leave(quotes, depth);
                }
                self.lists.push(number);
                match number {
                    None => self.out.push_str("<ul><li>"),
                    Some(1) => self.out.push_str("<ol><li>"),
                    Some(number) => self.out.extend(["<ol start=\"", &number.to_string(), "\"><li>"]),
                }
            }
        }
        (self.runs, self.leads) = (true, true);
    }

    /// Goes on with words.
    fn run_on(&mut self) {
        if self.runs {
            self.end_line();
        }
        self.runs = true;
    }

    /// Leaves the words for a block, or for another: closes and opens what is to be open.
    fn leave(&mut self, quotes: u8, lists: usize) {
        self.hold_blanks();
        if self.runs && !self.begun && !self.leads {
            // Before a block, this ends the empty line.
            self.out.push_str("<br>");
        }
        (self.runs, self.leads, self.begun) = (false, false, false);
        let lists = if quotes == self.quotes { lists } else { 0 };
        while self.lists.len() > lists {
            let numbered = self.lists.pop().flatten().is_some();
            self.out.push_str(if numbered { "</li></ol>" } else { "</li></ul>" });
        }
        while self.quotes > quotes {
            self.out.push_str("</blockquote>");
            self.quotes -= 1;
        }
        while self.quotes < quotes {
            self.out.push_str("<blockquote>");
            self.quotes += 1;
        }
    }

    /// No blank at either edge is left for what stands outside to swallow.
    pub(super) fn element(&mut self, open: &str, text: &str, close: &str) {
        if text.is_empty() {
            return;
        }
        if text.starts_with(is_blank) {
            self.hold_blanks();
        } else {
            self.write_blanks();
        }
        self.out.push_str(open);
        self.words(text);
        if text.ends_with(is_blank) {
            self.hold_blanks();
        }
        self.out.push_str(close);
    }

    pub(super) fn words(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '\n' => self.end_line(),
                c if is_blank(c) => self.blanks += 1,
                c => {
                    self.write_blanks();
                    escape(c, &mut self.out);
                    self.begun = true;
                }
            }
        }
    }

    /// Words of a block of code.
    pub(super) fn verbatim(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '\n' => self.out.push('\n'),
                c if is_blank(c) => self.out.push(' '),
                c => escape(c, &mut self.out),
            }
        }
    }

    fn end_line(&mut self) {
        self.hold_blanks();
        self.out.push_str("<br>");
        (self.begun, self.leads) = (false, false);
    }

    /// Writes the blanks that wait, with something before them and something after.
    fn write_blanks(&mut self) {
        if self.blanks == 1 && self.begun {
            self.out.push(' ');
            self.blanks = 0;
        }
        self.hold_blanks();
    }

    /// Writes the blanks that wait as such that stay.
    fn hold_blanks(&mut self) {
        self.out.extend(std::iter::repeat_n('\u{a0}', self.blanks));
        self.begun |= self.blanks > 0;
        self.blanks = 0;
    }
}

/// The size of a heading, of the six that HTML has.
fn digit(size: u8) -> &'static str {
    match size {
        0 | 1 => "1",
        2 => "2",
        3 => "3",
        4 => "4",
        5 => "5",
        6.. => "6",
    }
}

/// Whether it may stand in the name of a language.
pub(crate) fn is_of_language(c: char) -> bool {
    c.is_ascii_alphanumeric() || "+-#._".contains(c)
}

/// A control character, which no cleaned text has, shows as a space.
fn is_blank(c: char) -> bool {
    c == ' ' || c.is_control()
}

pub(super) fn escape(c: char, out: &mut String) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#39;"),
        c => out.push(c),
    }
}
