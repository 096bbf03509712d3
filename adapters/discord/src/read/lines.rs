//! What a line begins with.

use herald_chat::Kind;

/// Of how many lists within each other it is kept in mind where they stand.
const DEEPEST: usize = 10;

/// What begins a line.
pub(super) enum Lead<'a> {
    /// All that follows is quoted.
    QuotedToEnd(&'a str),
    /// Lines are quoted; without their marks, they are this.
    Quoted(String),
    /// Words in small.
    Small,
    Kind(Kind),
}

/// The lists that a line may stand in, by how far they are indented.
#[derive(Default)]
pub(super) struct Lists(Vec<usize>);

impl Lists {
    /// What the line at the beginning of `rest` begins with, and how many bytes that takes. `None`: nothing but words.
    pub(super) fn lead<'a>(&mut self, rest: &'a str, may_quote: bool) -> Option<(usize, Lead<'a>)> {
        let line = rest.split('\n').next().unwrap_or_default();
        let trimmed = line.trim_start_matches(' ');
        let indent = line.len() - trimmed.len();
        if may_quote && let Some(inner) = rest.trim_start_matches(' ').strip_prefix(">>> ") {
            self.0.clear();
            return Some((rest.len(), Lead::QuotedToEnd(inner)));
        }
        if may_quote && trimmed.starts_with("> ") {
            self.0.clear();
            let (taken, inner) = quoted(rest);
            return Some((taken, Lead::Quoted(inner)));
        }
        if let Some((marks, number)) = item(trimmed) {
            return Some((indent + marks, Lead::Kind(Kind::Item { depth: self.enter(indent), number })));
        }
        if let Some(last) = self.0.last()
            && indent >= last + 2
            && !trimmed.is_empty()
        {
            let depth = self.0.len() - 1;
            return Some((indent, Lead::Kind(Kind::More { depth: u8::try_from(depth).unwrap_or(0) })));
        }
        self.0.clear();
        let hashes = trimmed.len() - trimmed.trim_start_matches('#').len();
        let says = |marks: usize| trimmed[marks..].starts_with(' ') && !trimmed[marks..].trim().is_empty();
        let blanks = |marks: usize| trimmed.len() - trimmed[marks..].trim_start_matches(' ').len();
        if let Some(size) = u8::try_from(hashes).ok().filter(|size| (1..=3).contains(size) && says(hashes)) {
            return Some((indent + blanks(hashes), Lead::Kind(Kind::Heading(size))));
        }
        if trimmed.starts_with("-#") && says(2) {
            return Some((indent + blanks(2), Lead::Small));
        }
        None
    }

    /// No line before belongs to a list any more.
    pub(super) fn end(&mut self) {
        self.0.clear();
    }

    /// In how many other lists one stands that is indented so far.
    fn enter(&mut self, indent: usize) -> u8 {
        while self.0.last().is_some_and(|last| *last > indent) {
            self.0.pop();
        }
        if self.0.len() < DEEPEST && self.0.last().is_none_or(|last| *last + 2 <= indent) {
            self.0.push(indent);
        }
        if self.0.is_empty() {
            self.0.push(indent);
        }
        u8::try_from(self.0.len() - 1).unwrap_or(0)
    }
}

/// The mark of a list's item, with the blank behind it.
fn item(line: &str) -> Option<(usize, Option<u32>)> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let (marks, number) = match line.bytes().next()? {
        b'-' | b'*' => (1, None),
        _ if (1..=9).contains(&digits) && line[digits..].starts_with('.') => (digits + 1, line[..digits].parse().ok()),
        _ => return None,
    };
    let says = line[marks..].starts_with(' ') && !line[marks..].trim().is_empty();
    says.then_some((marks + 1, number))
}

/// The quoted lines at the beginning, and what stands in them.
fn quoted(rest: &str) -> (usize, String) {
    let (mut taken, mut inner) = (0, String::new());
    for line in rest.split_inclusive('\n') {
        let Some(words) = line.trim_start_matches(' ').strip_prefix("> ") else { break };
        inner.push_str(words);
        taken += line.len();
    }
    (taken, inner.strip_suffix('\n').map(str::to_owned).unwrap_or(inner))
}
