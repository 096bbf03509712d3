//! Texts that are too long for one message, as several.

use crate::{Kind, Line, Span, Text};

/// What a text takes on a platform, in the unit that the platform counts in, and never less than it takes.
pub trait Weights {
    /// The most that one part may take: several times what a mention or a time takes.
    fn limit(&self) -> usize;

    /// What a line end takes.
    fn line_end(&self) -> usize;

    /// What a line takes beside its spans, the marks of its quotation or list, without those of [`Weights::fence`].
    fn lead(&self, line: &Line) -> usize;

    /// What begins and ends the block of code that a line stands in.
    fn fence(&self, language: &str) -> usize;

    /// What a character of the words takes.
    fn character(&self, c: char) -> usize;

    /// What a span takes beside its words.
    fn markup(&self, span: &Span) -> usize;

    /// The words of a span as the platform writes them. None where it writes a sign of its own.
    fn words<'a>(&self, span: &'a Span) -> &'a str;
}

impl Text {
    /// The text in parts that each fit, always the same ones for the same text. It is cut at line ends, else after spaces,
    /// else between characters. A block of code that is cut goes on as one.
    #[must_use]
    pub fn split(&self, weights: &impl Weights) -> Vec<Self> {
        let mut parts: Vec<Vec<Line>> = vec![Vec::new()];
        let mut used = 0;
        for line in self.lines() {
            for (i, piece) in pieces(line, weights).into_iter().enumerate() {
                let words = piece.iter().map(|span| weigh(span, weights)).sum::<usize>();
                let weight = weights.line_end() + weights.lead(&piece) + words;
                let alone = weight + fence(&piece, None, weights);
                match parts.last_mut() {
                    Some(part) if part.is_empty() => {
                        part.push(piece);
                        used = alone;
                    }
                    // The pieces of one line never meet again in a part: there would be a line end between them.
                    Some(part) if i == 0 && used + weight + fence(&piece, part.last(), weights) <= weights.limit() => {
                        used += weight + fence(&piece, part.last(), weights);
                        part.push(piece);
                    }
                    Some(_) | None => {
                        parts.push(vec![piece]);
                        used = alone;
                    }
                }
            }
        }
        parts.into_iter().map(Text::from).collect()
    }
}

/// What opening and closing a block of code takes, where `line` does not go on with the one `before` it.
fn fence(line: &Line, before: Option<&Line>, weights: &impl Weights) -> usize {
    match &line.kind {
        Kind::Code { language, .. } if before.is_none_or(|before| !line.goes_on_with(before)) => {
            weights.fence(language)
        }
        Kind::Code { .. } | Kind::Words | Kind::Heading(_) | Kind::Item { .. } | Kind::More { .. } => 0,
    }
}

/// The line in pieces that each fit.
fn pieces(line: &Line, weights: &impl Weights) -> Vec<Line> {
    let own = weights.lead(line).max(weights.lead(&line.rest())) + fence(line, None, weights);
    // Where what a line stands in leaves hardly any room, its words come first.
    let whole = weights.limit().saturating_sub(weights.line_end() + own).max(weights.limit() / 4);
    let first = Line { quoted: line.quoted, kind: line.kind.clone(), spans: Vec::new() };
    let (mut pieces, mut left) = (vec![first], whole);
    for span in line {
        let mut rest = span.clone();
        while weigh(&rest, weights) > left {
            let (head, tail) = cut(&rest, left, whole, weights);
            if let (Some(head), Some(piece)) = (head, pieces.last_mut()) {
                piece.spans.push(head);
            }
            pieces.push(line.rest());
            left = whole;
            rest = tail;
        }
        left -= weigh(&rest, weights);
        if let Some(piece) = pieces.last_mut() {
            piece.spans.push(rest);
        }
    }
    pieces
}

/// What of the span fits into `room`, and the others.
fn cut(span: &Span, room: usize, whole: usize, weights: &impl Weights) -> (Option<Span>, Span) {
    let indivisible = matches!(span, Span::Person(_) | Span::Time { .. } | Span::Distance { .. });
    if indivisible && weigh(span, weights) <= weights.limit() / 2 {
        return (None, span.clone());
    }
    let (text, again): (&str, fn(String) -> Span) = match span {
        Span::Strong(text) => (text, Span::Strong),
        Span::Code(text) => (text, Span::Code),
        // An indivisible one is longer only by malice: its words will do.
        Span::Person(person) => (&person.name, Span::Strong),
        Span::Distance { text, .. } => return (None, Span::Plain(format!(" ({text})"))),
        // Marks that leave no room for the words, such as an address of that length, are left out.
        Span::Styled { text, .. } if weights.markup(span) > whole / 2 => return (None, Span::Plain(text.clone())),
        Span::Plain(text) | Span::Styled { text, .. } | Span::Time { text, .. } => (text, Span::Plain),
    };
    let mut left = room.saturating_sub(weights.markup(span));
    let (mut end, mut after_space) = (0, 0);
    for (at, c) in text.char_indices() {
        let weight = weights.character(c);
        if weight > left {
            break;
        }
        left -= weight;
        end = at + c.len_utf8();
        if c == ' ' {
            after_space = end;
        }
    }
    if after_space == 0 && weigh(span, weights) <= whole {
        return (None, span.clone());
    }
    let at = if after_space > 0 { after_space } else { end };
    let (head, tail) = text.split_at(at);
    let again = |words: &str| match span {
        Span::Styled { style, .. } => Span::Styled { text: words.to_owned(), style: style.clone() },
        Span::Plain(_)
        | Span::Strong(_)
        | Span::Code(_)
        | Span::Person(_)
        | Span::Time { .. }
        | Span::Distance { .. } => again(words.to_owned()),
    };
    ((!head.is_empty()).then(|| again(head)), again(tail))
}

fn weigh(span: &Span, weights: &impl Weights) -> usize {
    weights.markup(span) + weights.words(span).chars().map(|c| weights.character(c)).sum::<usize>()
}
