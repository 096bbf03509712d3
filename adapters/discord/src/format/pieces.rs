//! The spans of a line as what is written one after another.

use herald_chat::{Line, Person, Span, Style};

use super::link::{self, Link};
use super::markdown::number;

/// What a piece of a line becomes, neighbours of a kind put together: two code spans side by side would read as one with
/// other ends.
#[derive(Debug, PartialEq)]
pub(super) enum Piece {
    Words(String),
    /// Words with marks around them, but for code and links.
    Marked(String, Style),
    /// In marks, too.
    Code(String, Style),
    /// Words that lead somewhere, in marks.
    Linked(String, String, Style),
    /// Markup of Discord's that holds no words of anybody's.
    Sign(String),
}

/// The pieces of a line.
pub(super) fn pieces(line: &Line) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for span in line {
        for piece in of_span(span) {
            match (pieces.last_mut(), piece) {
                (_, Piece::Words(text) | Piece::Marked(text, _) | Piece::Code(text, _)) if text.is_empty() => {}
                (Some(Piece::Words(last)), Piece::Words(text)) => last.push_str(&text),
                (Some(Piece::Marked(last, style)), Piece::Marked(text, other)) if *style == other => {
                    last.push_str(&text);
                }
                (Some(Piece::Code(last, style)), Piece::Code(text, other)) if *style == other => last.push_str(&text),
                (_, piece) => pieces.push(piece),
            }
        }
    }
    pieces
}

fn of_span(span: &Span) -> Vec<Piece> {
    let bold = || Style { bold: true, ..Style::default() };
    vec![match span {
        Span::Plain(text) => Piece::Words(on_one_line(text)),
        Span::Strong(text) => Piece::Marked(on_one_line(text), bold()),
        Span::Code(text) => code(text, Style::default()),
        Span::Styled { text, style } => return styled(&on_one_line(text), style),
        Span::Person(person) => match number(person) {
            Some(number) => Piece::Sign(format!("<@{number}>")),
            None => Piece::Marked(on_one_line(&person.name), bold()),
        },
        Span::Time { at, text } => Piece::Sign(format!("<t:{}:{}>", at.as_second(), moment(text))),
        Span::Distance { to, .. } => Piece::Sign(format!(" (<t:{}:R>)", to.as_second())),
    }]
}

fn styled(text: &str, style: &Style) -> Vec<Piece> {
    let marks = Style { code: false, link: None, ..style.clone() };
    let is_plain = marks == Style::default();
    let words = |text: &str| {
        if is_plain { Piece::Words(text.to_owned()) } else { Piece::Marked(text.to_owned(), marks.clone()) }
    };
    match style.link.as_deref().map(|address| link::shown(text, address)) {
        Some(Link::Behind(address)) => vec![Piece::Linked(text.to_owned(), address, marks)],
        Some(Link::Beside(address)) => vec![words(text), words(" ("), words(&address), words(")")],
        None if style.code => vec![code(text, marks)],
        Some(Link::Itself) | None => vec![words(text)],
    }
}

/// What cannot stand as code on every client goes without.
fn code(text: &str, marks: Style) -> Piece {
    let is_marked = marks != Style::default();
    // Code in marks might end them: clients look for their end first.
    let ends_marks = is_marked && text.contains(['*', '_', '~', '|', '\\']);
    if text.contains('`') || text.trim() != text || holds_invitation(text) || ends_marks {
        return if is_marked { Piece::Marked(on_one_line(text), marks) } else { Piece::Words(on_one_line(text)) };
    }
    Piece::Code(on_one_line(text), marks)
}

/// Whether a client might see an invitation in it, which it shows wherever that stands.
fn holds_invitation(text: &str) -> bool {
    text.to_ascii_lowercase().contains("discord")
}

/// Discord's style of a moment: the time alone where that was enough for whoever wrote `text`, else with the day.
fn moment(text: &str) -> char {
    let mut parts = text.chars();
    let head: String = parts.by_ref().take(5).map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let ends = parts.next().is_none_or(|c| c == ' ');
    let zone_alone = text.split(' ').count() <= 2;
    if head == "00:00" && ends && zone_alone { 't' } else { 'f' }
}

pub(super) fn on_one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Whether anything of a span can be seen.
pub(super) fn shows(span: &Span) -> bool {
    let words = |text: &str| text.chars().any(|c| !c.is_whitespace() && !c.is_control());
    match span {
        Span::Plain(text) | Span::Strong(text) | Span::Code(text) => words(text),
        Span::Styled { text, style } => words(text) || style.link.is_some(),
        Span::Person(Person { name, .. }) => words(name) || matches!(span, Span::Person(it) if number(it).is_some()),
        Span::Time { .. } | Span::Distance { .. } => true,
    }
}
