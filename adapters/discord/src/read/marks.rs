//! Marks that wait for their end.

use herald_chat::{Kind, Line, Person, Span, Style};
use jiff::Timestamp;

use super::span;

/// What stands around words to change how they look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Star,
    TwoStars,
    Underscore,
    TwoUnderscores,
    Tildes,
    Bars,
}

impl Mark {
    pub(super) fn written(self) -> &'static str {
        match self {
            Self::Star => "*",
            Self::TwoStars => "**",
            Self::Underscore => "_",
            Self::TwoUnderscores => "__",
            Self::Tildes => "~~",
            Self::Bars => "||",
        }
    }
}

/// What was read, one after another.
enum Item {
    /// A line begins.
    Begin(Kind),
    /// The line is in small.
    Small,
    Words(String),
    /// Code in a line, or a line of a block.
    Code(String),
    Person(Person),
    Time(Timestamp, String),
    /// A mark begins: if its end came, else it is words.
    Open(Mark, bool),
    Close(Mark),
    Link(Option<String>),
}

/// What was read so far.
pub(super) struct Sheet {
    items: Vec<Item>,
    /// The marks that wait, by where they stand; none of them twice.
    waiting: Vec<(Mark, usize)>,
    /// Where those begin that what is read now can end.
    floor: usize,
    /// Whether the line is no item of a list and no heading.
    in_words: bool,
}

impl Sheet {
    pub(super) fn new() -> Self {
        Self { items: Vec::new(), waiting: Vec::new(), floor: 0, in_words: true }
    }

    /// Begins a line.
    pub(super) fn begin(&mut self, kind: Kind) {
        self.in_words = kind == Kind::Words;
        self.items.push(Item::Begin(kind));
    }

    /// The line is in small, which is shown in italics.
    pub(super) fn small(&mut self) {
        self.in_words = false;
        self.items.push(Item::Small);
    }

    /// Whether a mark in this line may end in the next.
    pub(super) fn line_goes_on(&self) -> bool {
        self.in_words
    }

    /// Takes back a line in which nothing stands.
    pub(super) fn drop_empty(&mut self) {
        if matches!(self.items.last(), Some(Item::Begin(Kind::Words))) {
            self.items.pop();
        }
    }

    pub(super) fn words(&mut self, words: &str) {
        match self.items.last_mut() {
            Some(Item::Words(last)) => last.push_str(words),
            _ => self.items.push(Item::Words(words.to_owned())),
        }
    }

    pub(super) fn code(&mut self, code: &str) {
        self.items.push(Item::Code(code.to_owned()));
    }

    pub(super) fn person(&mut self, person: Person) {
        self.items.push(Item::Person(person));
    }

    pub(super) fn time(&mut self, at: Timestamp, text: String) {
        self.items.push(Item::Time(at, text));
    }

    /// The innermost mark that waits.
    pub(super) fn innermost(&self) -> Option<Mark> {
        self.waiting.get(self.floor..)?.last().map(|(mark, _)| *mark)
    }

    pub(super) fn waits(&self, mark: Mark) -> bool {
        self.waiting.iter().skip(self.floor).any(|(other, _)| *other == mark)
    }

    /// Whether nothing stands between this mark and here.
    pub(super) fn is_empty_since(&self, mark: Mark) -> bool {
        self.waiting.iter().rev().find(|(other, _)| *other == mark).is_some_and(|(_, at)| at + 1 == self.items.len())
    }

    pub(super) fn open(&mut self, mark: Mark) {
        self.waiting.push((mark, self.items.len()));
        self.items.push(Item::Open(mark, false));
    }

    /// Ends a mark that waits. Those that began within it are words.
    pub(super) fn close(&mut self, mark: Mark) {
        let Some(at) = self.waiting.iter().rposition(|(other, _)| *other == mark) else { return };
        if let Some(Item::Open(_, is_real)) = self.waiting.get(at).and_then(|(_, at)| self.items.get_mut(*at)) {
            *is_real = true;
        }
        self.waiting.truncate(at);
        self.items.push(Item::Close(mark));
    }

    /// A mark that waited is words: its end cannot come any more.
    pub(super) fn give_up(&mut self, mark: Mark) {
        self.waiting.retain(|(other, _)| *other != mark);
    }

    /// All that waits is words.
    pub(super) fn settle(&mut self) {
        self.waiting.truncate(self.floor);
    }

    /// Words begin that lead somewhere. Returns what [`Sheet::unlink`] wants back.
    pub(super) fn link(&mut self, address: Option<String>) -> usize {
        let floor = self.floor;
        self.floor = self.waiting.len();
        self.items.push(Item::Link(address));
        floor
    }

    pub(super) fn unlink(&mut self, floor: usize) {
        self.settle();
        self.floor = floor;
        self.items.push(Item::Link(None));
    }

    /// The lines, each in so many quotations.
    pub(super) fn lines(self, quoted: u8) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        let (mut marks, mut small, mut link): (Vec<Mark>, bool, Option<String>) = (Vec::new(), false, None);
        for item in self.items {
            let found = match item {
                Item::Begin(kind) => {
                    small = false;
                    lines.push(Line { quoted, kind, spans: Vec::new() });
                    continue;
                }
                Item::Small => {
                    small = true;
                    continue;
                }
                Item::Open(mark, true) => {
                    marks.push(mark);
                    continue;
                }
                Item::Close(mark) => {
                    marks.retain(|other| *other != mark);
                    continue;
                }
                Item::Link(address) => {
                    link = address;
                    continue;
                }
                Item::Open(mark, false) => span(mark.written().to_owned(), &style(&marks, small, link.as_ref())),
                Item::Words(words) => span(words, &style(&marks, small, link.as_ref())),
                Item::Code(code) => span(code, &Style { code: true, ..style(&marks, small, link.as_ref()) }),
                Item::Person(person) => Span::Person(person),
                Item::Time(at, text) => Span::Time { at, text },
            };
            if let Some(line) = lines.last_mut() {
                match (line.spans.last_mut(), found) {
                    (Some(Span::Plain(last)), Span::Plain(text)) => last.push_str(&text),
                    (_, found) => line.spans.push(found),
                }
            }
        }
        lines
    }
}

fn style(marks: &[Mark], small: bool, link: Option<&String>) -> Style {
    let is = |mark: Mark| marks.contains(&mark);
    Style {
        bold: is(Mark::TwoStars),
        italic: is(Mark::Star) || is(Mark::Underscore) || small,
        underline: is(Mark::TwoUnderscores),
        strike: is(Mark::Tildes),
        spoiler: is(Mark::Bars),
        code: false,
        link: link.cloned(),
    }
}
