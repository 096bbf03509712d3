//! Texts as HTML in which nothing that people typed can mean anything.

use herald_chat::{Kind, Line, Span, Text};

use super::blocks::Html;
use super::marks::{self, Marks};

/// The text with markup. `None` where the plain words say everything. `voiced`: its first words name who speaks, for
/// clients that do not show whose voice it is.
pub(super) fn write(text: &Text, voiced: bool) -> Option<String> {
    if !needs_markup(text) {
        return None;
    }
    let mut html = Html::default();
    for (i, line) in text.lines().iter().enumerate() {
        html.begin(line);
        for (j, span) in line.iter().enumerate() {
            if let Kind::Code { .. } = line.kind {
                html.verbatim(words(span));
            } else if voiced && (i, j) == (0, 0) && names(text) {
                html.element("<strong data-mx-profile-fallback>", words(span), "</strong>");
            } else {
                write_span(&mut html, span);
            }
        }
        html.end(line);
    }
    Some(html.finish())
}

/// Whether the first words name who speaks.
pub(super) fn names(text: &Text) -> bool {
    let Some(Line { kind, spans, .. }) = text.lines().first() else { return false };
    !matches!(kind, Kind::Code { .. }) && matches!(spans.first(), Some(Span::Strong(_)))
}

/// Whether there is markup, or a line that begins like a quotation: clients cut those off the plain words of a reply,
/// as old ones repeated there what is answered.
fn needs_markup(text: &Text) -> bool {
    let marked = |span: &Span| match span {
        Span::Strong(_) | Span::Styled { .. } | Span::Code(_) | Span::Person(_) => true,
        Span::Plain(_) | Span::Time { .. } | Span::Distance { .. } => false,
    };
    let stands_in = |line: &Line| line.quoted > 0 || line.kind != Kind::Words;
    text.lines().iter().any(|line| stands_in(line) || line.iter().any(marked))
        || text.to_string().lines().any(|line| line.starts_with('>'))
}

/// The words of a span, as they are.
pub(super) fn words(span: &Span) -> &str {
    match span {
        Span::Plain(text)
        | Span::Styled { text, .. }
        | Span::Strong(text)
        | Span::Code(text)
        | Span::Time { text, .. }
        | Span::Distance { text, .. } => text,
        Span::Person(person) => &person.name,
    }
}

fn write_span(html: &mut Html, span: &Span) {
    match span {
        Span::Plain(text) | Span::Time { text, .. } => html.words(text),
        Span::Distance { text, .. } => html.words(&format!(" ({text})")),
        Span::Styled { text, style } => match marks::of(style) {
            Some(Marks { open, close }) => html.element(&open, text, &close),
            None => html.words(text),
        },
        Span::Strong(text) => html.element("<strong>", text, "</strong>"),
        Span::Code(text) => html.element("<code>", text, "</code>"),
        Span::Person(person) => match super::user(&person.id) {
            Some(user) => {
                html.element(&marks::link(&user.matrix_to_uri().to_string()), &person.name, "</a>");
            }
            None => html.element("<strong>", &person.name, "</strong>"),
        },
    }
}
