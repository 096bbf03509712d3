//! What somebody wrote, as it may be passed on: nothing hidden in it, and no words that say they lead elsewhere than they do.

use herald_chat::{Kind, Line, Person, Span, Style, Text, clean_line, clean_piece};

/// In how many quotations or lists words stand at most: nobody could tell more apart.
const DEEPEST: u8 = 5;

/// The text without what hides or misleads, and without empty lines at both ends.
#[must_use]
pub fn cleaned(text: Text) -> Text {
    let mut lines: Vec<Line> = text.into_iter().map(line).collect();
    let blank = |line: &Line| !matches!(line.kind, Kind::Code { .. }) && line.iter().all(is_blank);
    while lines.last().is_some_and(blank) {
        lines.pop();
    }
    let first = lines.iter().position(|line| !blank(line)).unwrap_or(lines.len());
    lines.drain(..first);
    Text::from(lines)
}

fn line(line: Line) -> Line {
    let is_code = matches!(line.kind, Kind::Code { .. });
    let spans = line.spans.into_iter().flat_map(|it| span(it, is_code)).collect();
    let kind = match line.kind {
        Kind::Item { depth, number } => Kind::Item { depth: depth.min(DEEPEST), number },
        Kind::More { depth } => Kind::More { depth: depth.min(DEEPEST) },
        kind @ (Kind::Words | Kind::Heading(_) | Kind::Code { .. }) => kind,
    };
    Line { quoted: line.quoted.min(DEEPEST), kind, spans }
}

fn span(span: Span, is_code: bool) -> Vec<Span> {
    match span {
        // Code is indented with tabs.
        Span::Plain(text) if is_code => vec![Span::Plain(clean_piece(&text.replace('\t', "    ")))],
        Span::Plain(text) => vec![Span::Plain(clean_piece(&text))],
        Span::Strong(text) => vec![Span::Strong(clean_piece(&text))],
        Span::Code(text) => vec![Span::Code(clean_piece(&text))],
        Span::Styled { text, style } => styled(&clean_piece(&text), style),
        Span::Person(Person { id, name }) => vec![Span::Person(Person { id, name: clean_line(&name) })],
        time @ (Span::Time { .. } | Span::Distance { .. }) => vec![time],
    }
}

/// Words that look like an address lead there or are shown beside the one they lead to.
fn styled(text: &str, style: Style) -> Vec<Span> {
    match &style.link {
        Some(link) if looks_like_address(text) && !same_address(text, link) => {
            let beside = format!(" ({link})");
            let bare = Style { link: None, ..style };
            vec![Span::Styled { text: text.to_owned(), style: bare }, Span::Plain(beside)]
        }
        Some(_) | None => vec![Span::Styled { text: text.to_owned(), style }],
    }
}

fn looks_like_address(text: &str) -> bool {
    let text = text.trim();
    let has_dots = text.split_whitespace().any(|word| {
        let inner = word.trim_matches(|c: char| !c.is_alphanumeric());
        inner.split_once('.').is_some_and(|(head, tail)| {
            !head.is_empty() && tail.len() >= 2 && tail.chars().next().is_some_and(char::is_alphabetic)
        })
    });
    text.contains("://") || text.contains('@') || has_dots
}

/// Whether an address is the one that words show, which may leave out the scheme and what a reader adds to it.
fn same_address(text: &str, link: &str) -> bool {
    let bare = |it: &str| {
        let it = it.trim().trim_end_matches('/').to_lowercase();
        let it = it.strip_prefix("https://").or_else(|| it.strip_prefix("http://")).unwrap_or(&it).to_owned();
        it.strip_prefix("mailto:").map_or(it.clone(), str::to_owned)
    };
    bare(text) == bare(link)
}

fn is_blank(span: &Span) -> bool {
    match span {
        Span::Plain(text) | Span::Strong(text) | Span::Code(text) | Span::Styled { text, .. } => text.trim().is_empty(),
        Span::Person(_) | Span::Time { .. } | Span::Distance { .. } => false,
    }
}
