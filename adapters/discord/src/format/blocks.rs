//! What lines stand in: quotations, lists, headings and blocks of code.

use herald_chat::{Kind, Line, Span};

use super::markdown::{APART, write_line};
use super::pieces::{on_one_line, pieces};

/// How deep a quotation or a list may seem.
const DEEPEST: u8 = 8;
/// Smaller headings than this are bold words.
pub(super) const SMALLEST: u8 = 3;

/// The lines as Markdown.
pub(super) fn write(lines: &[Line]) -> String {
    let mut out: Vec<String> = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|at| lines.get(at));
        let quote = quote(line);
        match &line.kind {
            Kind::Code { language, .. } => {
                let quote = if line.quoted > 0 { "> " } else { "" };
                if before.is_none_or(|before| !line.goes_on_with(before)) {
                    out.push(format!("{quote}```{}", known(language)));
                }
                out.push(quote.to_owned() + &code(line));
                if lines.get(i + 1).is_none_or(|next| !next.goes_on_with(line)) {
                    out.push(format!("{quote}```"));
                }
            }
            kind @ (Kind::Words | Kind::Heading(_) | Kind::Item { .. } | Kind::More { .. }) => {
                let lead = quote + &mark(kind);
                let words = write_line(&pieces(&small_headings_bold(line)));
                let is_heading = matches!(kind, Kind::Heading(size) if *size <= SMALLEST);
                // A blank alone would go with the end of the line, and a client takes such signs off a heading's end.
                let held = (!lead.is_empty() && words.trim().is_empty()) || (is_heading && words.ends_with('#'));
                out.push(if held { format!("{lead}{words}{APART}") } else { lead + &words });
            }
        }
    }
    out.join("\n")
}

/// The most that stands before the words of a line, its fences' share of it included.
pub(super) fn lead(line: &Line) -> usize {
    let quote = size(&quote(line));
    match &line.kind {
        Kind::Code { .. } => 3 * quote + 1,
        kind @ (Kind::Words | Kind::Heading(_) | Kind::Item { .. } | Kind::More { .. }) => {
            let lead = quote + size(&mark(kind));
            if lead == 0 { 0 } else { lead + 1 }
        }
    }
}

/// What begins and ends a block of code.
pub(super) fn fence(language: &str) -> usize {
    "```\n\n```".len() + language.len()
}

/// A line whose heading is too small for Discord, as bold words.
pub(super) fn small_headings_bold(line: &Line) -> Line {
    if !matches!(line.kind, Kind::Heading(size) if size > SMALLEST) {
        return line.clone();
    }
    let bold = |span: &Span| match span {
        Span::Plain(text) => Span::Strong(text.clone()),
        Span::Styled { text, style } => {
            let style = herald_chat::Style { bold: true, ..style.clone() };
            Span::Styled { text: text.clone(), style }
        }
        Span::Strong(_) | Span::Code(_) | Span::Person(_) | Span::Time { .. } | Span::Distance { .. } => span.clone(),
    };
    Line { quoted: line.quoted, kind: Kind::Words, spans: line.iter().map(bold).collect() }
}

/// Discord knows one quotation; those within are shown by a sign.
fn quote(line: &Line) -> String {
    match line.quoted {
        0 => String::new(),
        depth => format!("> {}", "› ".repeat(usize::from(depth.min(DEEPEST) - 1))),
    }
}

fn mark(kind: &Kind) -> String {
    let indent = |depth: u8| "  ".repeat(usize::from(depth.min(DEEPEST)));
    match kind {
        Kind::Words | Kind::Code { .. } => String::new(),
        Kind::Heading(size) if *size > SMALLEST => String::new(),
        Kind::Heading(size) => "#".repeat(usize::from((*size).max(1))) + " ",
        Kind::Item { depth, number: None } => indent(*depth) + "- ",
        Kind::Item { depth, number: Some(number) } => format!("{}{number}. ", indent(*depth)),
        Kind::More { depth } => indent(*depth + 1),
    }
}

fn known(language: &str) -> &str {
    let is_one = language.chars().all(|c| c.is_ascii_alphanumeric() || "+-#._".contains(c));
    if is_one { language } else { "" }
}

/// A line of a block of code: nothing in it can end the block, and an empty one is not lost.
fn code(line: &Line) -> String {
    let words: String = line.iter().map(plain).collect();
    let words = on_one_line(&words).replace('`', &format!("`{APART}"));
    if words.trim().is_empty() { format!("{words}{APART}") } else { break_invitations(&words) }
}

/// The address of an invitation becomes a button wherever it stands.
fn break_invitations(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        let low = out.get(out.len().saturating_sub("discordapp".len())..).unwrap_or(&out).to_ascii_lowercase();
        if c == '.' && (low.ends_with("discord") || low.ends_with("discordapp")) {
            out.push(APART);
        }
        out.push(c);
    }
    out
}

/// The words of a span alone.
pub(super) fn plain(span: &Span) -> String {
    match span {
        Span::Plain(text)
        | Span::Strong(text)
        | Span::Code(text)
        | Span::Styled { text, .. }
        | Span::Time { text, .. } => text.clone(),
        Span::Person(person) => person.name.clone(),
        Span::Distance { text, .. } => format!(" ({text})"),
    }
}

fn size(text: &str) -> usize {
    super::size(text)
}
