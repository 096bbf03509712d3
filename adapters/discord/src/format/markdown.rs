//! Lines of spans as Discord's Markdown.

use herald_chat::{Line, Person, Span, Text, defang};

use super::escape::{Around, escape};
use crate::names::NETWORK;

/// What a piece of a line becomes, neighbours of a kind put together: two code spans side by side would read as one with
/// other ends.
enum Piece {
    Words(String),
    Strong(String),
    Code(String),
    /// Markup of Discord's that holds no words of anybody's.
    Sign(String),
}

/// The text as Markdown in which nothing that people typed can mean anything but an address that shows where it leads.
pub(crate) fn write(text: &Text) -> String {
    let lines: Vec<String> = text.lines().iter().map(|line| write_line(&pieces(line))).collect();
    lines.join("\n")
}

/// The account's number, if this is somebody on Discord.
pub(crate) fn number(person: &Person) -> Option<&str> {
    let id = Some(&person.id).filter(|id| id.network().as_str() == NETWORK)?.id();
    (!id.is_empty() && id.len() <= 20 && id.bytes().all(|b| b.is_ascii_digit())).then_some(id)
}

fn pieces(line: &Line) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for span in line {
        match piece(span) {
            Piece::Words(text) | Piece::Strong(text) | Piece::Code(text) if text.is_empty() => {}
            Piece::Words(text) => match pieces.last_mut() {
                Some(Piece::Words(last)) => last.push_str(&text),
                _ => pieces.push(Piece::Words(text)),
            },
            Piece::Strong(text) => match pieces.last_mut() {
                Some(Piece::Strong(last)) => last.push_str(&text),
                _ => pieces.push(Piece::Strong(text)),
            },
            Piece::Code(text) => match pieces.last_mut() {
                Some(Piece::Code(last)) => last.push_str(&text),
                _ => pieces.push(Piece::Code(text)),
            },
            Piece::Sign(sign) => pieces.push(Piece::Sign(sign)),
        }
    }
    pieces
}

fn piece(span: &Span) -> Piece {
    match span {
        Span::Plain(text) | Span::Styled { text, .. } => Piece::Words(on_one_line(text)),
        Span::Strong(text) => Piece::Strong(on_one_line(text)),
        // What cannot stand as code on every client goes without.
        Span::Code(text) if text.contains('`') || text.trim() != text || holds_invitation(text) => {
            Piece::Words(on_one_line(text))
        }
        Span::Code(text) => Piece::Code(defang(&on_one_line(text))),
        Span::Person(person) => match number(person) {
            Some(number) => Piece::Sign(format!("<@{number}>")),
            None => Piece::Strong(on_one_line(&person.name)),
        },
        Span::Time { at, text } => Piece::Sign(format!("<t:{}:{}>", at.as_second(), style(text))),
        Span::Distance { to, .. } => Piece::Sign(format!(" (<t:{}:R>)", to.as_second())),
    }
}

/// Whether a client might see an invitation in it, which it shows wherever that stands.
fn holds_invitation(text: &str) -> bool {
    text.to_ascii_lowercase().contains("discord")
}

/// Discord's style of a moment: the time alone where that was enough for whoever wrote `text`, else with the day.
fn style(text: &str) -> char {
    let mut parts = text.chars();
    let head: String = parts.by_ref().take(5).map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let ends = parts.next().is_none_or(|c| c == ' ');
    let zone_alone = text.split(' ').count() <= 2;
    if head == "00:00" && ends && zone_alone { 't' } else { 'f' }
}

fn on_one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn write_line(pieces: &[Piece]) -> String {
    let mut out = String::new();
    for (i, piece) in pieces.iter().enumerate() {
        let (at_start, goes_on) = (out.trim().is_empty(), i + 1 < pieces.len());
        match piece {
            Piece::Sign(sign) => out.push_str(sign),
            Piece::Words(text) => out.push_str(&escape(text, Around { at_start, goes_on, links: true })),
            Piece::Code(text) => out.extend(["`", text, "`"]),
            Piece::Strong(text) => {
                let inner = text.trim();
                let (before, after) = text.split_once(inner).unwrap_or_default();
                let marks = if inner.is_empty() { "" } else { "**" };
                // Inside, a client may look for the start of a line once more.
                let inner = escape(inner, Around { at_start: true, goes_on: true, links: false });
                out.extend([before, marks, &inner, marks, after]);
            }
        }
    }
    out
}
