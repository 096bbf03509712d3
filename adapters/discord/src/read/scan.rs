//! The pass over a message.

use std::collections::BTreeMap;

use herald_chat::{Kind, Line, safe_link};

use super::Names;
use super::angle::{self, Angle};
use super::lines::{Lead, Lists};
use super::link;
use super::marks::{Mark, Sheet};

/// What clients leave as it is.
const SHRUG: &str = "¯\\_(ツ)_/¯";

/// The lines that a message, or what is quoted in it, has.
pub(super) fn lines(text: &str, quoted: u8, names: &dyn Names) -> Vec<Line> {
    let mut scan = Scan {
        text,
        at: 0,
        quoted,
        names,
        sheet: Sheet::new(),
        done: Vec::new(),
        lists: Lists::default(),
        fences: None,
        links: Vec::new(),
    };
    scan.begin_line();
    while scan.at < text.len() {
        scan.step();
    }
    scan.done.extend(scan.sheet.lines(quoted));
    scan.done
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
    quoted: u8,
    names: &'a dyn Names,
    sheet: Sheet,
    /// Lines that nothing can change any more.
    done: Vec<Line>,
    lists: Lists,
    /// Where backquotes stand, by how many there are.
    fences: Option<BTreeMap<usize, Vec<usize>>>,
    /// The links that are being read: where their label ends, where they end, what is said behind them.
    links: Vec<(usize, usize, String, usize)>,
}

impl Scan<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Begins a line with what it stands in.
    fn begin_line(&mut self) {
        let text = self.text;
        let rest = text.get(self.at..).unwrap_or_default();
        let Some((taken, lead)) = self.lists.lead(rest, self.quoted == 0) else {
            self.sheet.begin(Kind::Words);
            return;
        };
        self.sheet.settle();
        self.at += taken;
        match lead {
            Lead::QuotedToEnd(inner) => self.quote(inner),
            Lead::Quoted(inner) => {
                self.quote(&inner);
                if self.at < self.text.len() {
                    self.begin_line();
                }
            }
            Lead::Small => {
                self.sheet.begin(Kind::Words);
                self.sheet.small();
            }
            Lead::Kind(kind) => self.sheet.begin(kind),
        }
    }

    fn quote(&mut self, inner: &str) {
        let sheet = std::mem::replace(&mut self.sheet, Sheet::new());
        self.done.extend(sheet.lines(self.quoted));
        self.done.extend(lines(inner, self.quoted + 1, self.names));
    }

    /// Takes one thing.
    fn step(&mut self) {
        if let Some((_, end, beside, floor)) = self.links.pop_if(|(label, ..)| *label <= self.at) {
            self.sheet.unlink(floor);
            self.sheet.words(&beside);
            self.at = end;
            return;
        }
        let text = self.text;
        let end = self.links.last().map_or(text.len(), |(label, ..)| *label);
        let Some(rest) = text.get(self.at..end) else { return };
        let Some(first) = rest.chars().next() else { return };
        let taken = match first {
            '\n' => {
                self.at += 1;
                if !self.sheet.line_goes_on() {
                    self.sheet.settle();
                }
                self.begin_line();
                return;
            }
            '\\' => self.escape(rest),
            '`' => return self.backquotes(rest),
            '<' => self.angle(rest),
            '[' => self.masked(),
            'h' => link::bare(rest).map(|taken| self.say(&rest[..taken])),
            '¯' if rest.starts_with(SHRUG) => Some(self.say(SHRUG)),
            '*' | '_' | '~' | '|' => Some(self.marks(rest, first)),
            _ => None,
        };
        self.at += taken.unwrap_or_else(|| {
            let plain = rest.char_indices().skip(1).find(|(_, c)| means_something(*c)).map_or(rest.len(), |(at, _)| at);
            self.say(&rest[..plain])
        });
    }

    fn say(&mut self, words: &str) -> usize {
        self.sheet.words(words);
        words.len()
    }

    fn escape(&mut self, rest: &str) -> Option<usize> {
        let escaped = rest[1..].chars().next().filter(|c| !c.is_ascii_alphanumeric() && !c.is_whitespace())?;
        self.sheet.words(escaped.encode_utf8(&mut [0; 4]));
        Some(1 + escaped.len_utf8())
    }

    fn angle(&mut self, rest: &str) -> Option<usize> {
        let (taken, found) = angle::read(rest, self.names)?;
        match found {
            Angle::Person(person) => self.sheet.person(person),
            Angle::Words(words) => self.sheet.words(&words),
            Angle::Time(at, text) => self.sheet.time(at, text),
        }
        Some(taken)
    }

    /// A link: its label is read as all else is, but no mark goes past its ends.
    fn masked(&mut self) -> Option<usize> {
        if !self.links.is_empty() {
            return None;
        }
        let rest = self.text.get(self.at..)?;
        let (label, address, taken) = link::masked(rest)?;
        let safe = safe_link(address);
        let beside = if safe.is_some() { String::new() } else { format!(" ({address})") };
        let floor = self.sheet.link(safe);
        self.links.push((self.at + label, self.at + taken, beside, floor));
        Some(1)
    }

    /// A block of code, code in a line, or words.
    fn backquotes(&mut self, rest: &str) {
        let run = rest.len() - rest.trim_start_matches('`').len();
        if self.links.is_empty()
            && let Some(tail) = rest.strip_prefix("```")
            && let Some(end) = tail.find("```").filter(|end| !tail[..*end].trim_matches('\n').is_empty())
        {
            // The last three of more end it.
            let more = tail[end + 3..].len() - tail[end + 3..].trim_start_matches('`').len();
            return self.block(&tail[..end + more], end + more + 6);
        }
        let end = self.links.last().map_or(self.text.len(), |(label, ..)| *label);
        let Some(at) = self.same_run(run).filter(|at| at + run <= end) else {
            self.sheet.words(&rest[..run]);
            self.at += run;
            return;
        };
        for (i, line) in self.text[self.at + run..at].split('\n').enumerate() {
            if i > 0 {
                self.sheet.begin(Kind::Words);
            }
            self.sheet.code(trimmed(line));
        }
        self.at = at + run;
    }

    /// Where the next backquotes stand that are so many.
    fn same_run(&mut self, run: usize) -> Option<usize> {
        let text = self.text;
        let places = self.fences.get_or_insert_with(|| runs(text)).get(&run)?;
        places.get(places.partition_point(|at| *at <= self.at)).copied()
    }

    fn block(&mut self, inner: &str, taken: usize) {
        let is_language =
            |it: &str| !it.is_empty() && it.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-#._".contains(&b));
        let (language, code) = inner.split_once('\n').filter(|(it, _)| is_language(it)).unwrap_or(("", inner));
        self.sheet.settle();
        self.lists.end();
        self.sheet.drop_empty();
        for (i, line) in code.trim_matches('\n').split('\n').enumerate() {
            self.sheet.begin(Kind::Code { language: language.to_owned(), first: i == 0 });
            self.sheet.words(line);
        }
        self.at += taken;
        if self.rest().starts_with('\n') {
            self.at += 1;
        }
        if self.at < self.text.len() {
            self.begin_line();
        }
    }

    /// A run of one kind of marks.
    fn marks(&mut self, rest: &str, first: char) -> usize {
        let run = rest.len() - rest.trim_start_matches(first).len();
        let next = rest[run..].chars().next();
        let before = self.text[..self.at].chars().next_back();
        match first {
            '~' => self.pairs(rest, run, Mark::Tildes),
            '|' => self.pairs(rest, run, Mark::Bars),
            '*' => {
                let may_close = before.is_some_and(|c| !c.is_whitespace());
                let may_open = next.is_some_and(|c| !c.is_whitespace());
                self.ones_and_twos(rest, run, (Mark::Star, Mark::TwoStars), (may_open, may_close));
            }
            _ => {
                let may_close = next.is_none_or(|c| !c.is_ascii_alphanumeric());
                self.ones_and_twos(rest, run, (Mark::Underscore, Mark::TwoUnderscores), (next.is_some(), may_close));
            }
        }
        run
    }

    /// Marks that are always two.
    fn pairs(&mut self, rest: &str, run: usize, mark: Mark) {
        let mut left = run;
        if left >= 2 && self.ends(mark) {
            self.sheet.close(mark);
            left -= 2;
        }
        if (left == 2 || left == 3) && !self.sheet.waits(mark) {
            self.sheet.open(mark);
            left -= 2;
        }
        self.sheet.words(&rest[..left]);
    }

    /// Marks that are one, two, or both at once.
    fn ones_and_twos(&mut self, rest: &str, run: usize, (one, two): (Mark, Mark), (may_open, may_close): (bool, bool)) {
        let ends_one = self.sheet.waits(one) && may_close;
        match (run, ends_one, self.ends(two)) {
            (1, true, _) => self.sheet.close(one),
            (3, true, true) if self.sheet.innermost() == Some(one) => {
                self.sheet.close(one);
                self.sheet.close(two);
            }
            (3, true, true) => {
                self.sheet.close(two);
                self.sheet.close(one);
            }
            (3, true, false) => {
                self.sheet.words(&rest[..2]);
                self.sheet.close(one);
            }
            // What stands before the last two is still within.
            (2.., _, true) => {
                self.sheet.words(&rest[..run - 2]);
                self.sheet.close(two);
            }
            (2 | 3, _, false) if !self.sheet.waits(two) => {
                self.sheet.open(two);
                if run == 3 {
                    self.one(one, may_open);
                }
            }
            (1, false, _) => self.one(one, may_open),
            _ => self.sheet.words(&rest[..run]),
        }
    }

    /// A single mark that ends nothing.
    fn one(&mut self, mark: Mark, may_open: bool) {
        if may_open {
            // No single one may stand within: the one before was words.
            self.sheet.give_up(mark);
            self.sheet.open(mark);
        } else {
            self.sheet.words(mark.written());
        }
    }

    fn ends(&self, mark: Mark) -> bool {
        self.sheet.waits(mark) && !self.sheet.is_empty_since(mark)
    }
}

/// Code is shown without the blank that keeps backquotes at its ends apart.
fn trimmed(code: &str) -> &str {
    let inner = code.strip_prefix(' ').and_then(|it| it.strip_suffix(' '));
    inner.filter(|it| it.starts_with('`') || it.ends_with('`')).unwrap_or(code)
}

fn runs(text: &str) -> BTreeMap<usize, Vec<usize>> {
    let mut found: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut at = 0;
    while let Some(next) = text[at..].find('`') {
        let begin = at + next;
        let run = text[begin..].len() - text[begin..].trim_start_matches('`').len();
        found.entry(run).or_default().push(begin);
        at = begin + run;
    }
    found
}

fn means_something(c: char) -> bool {
    matches!(c, '\n' | '\\' | '`' | '<' | '[' | 'h' | '¯' | '*' | '_' | '~' | '|')
}
