//! What somebody wrote, as it may be passed on: nothing hidden in it, and no words that say they lead elsewhere than they do.

use herald_chat::{Kind, Line, Person, Span, Text, clean_code, clean_line, clean_piece, defang, is_address_of};

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
    let spans = line.spans.into_iter().map(|it| span(it, is_code)).collect();
    let kind = match line.kind {
        Kind::Item { depth, number } => Kind::Item { depth: depth.min(DEEPEST), number },
        Kind::More { depth } => Kind::More { depth: depth.min(DEEPEST) },
        kind @ (Kind::Words | Kind::Heading(_) | Kind::Code { .. }) => kind,
    };
    Line { quoted: line.quoted.min(DEEPEST), kind, spans: if is_code { honest(spans) } else { calm(honest(spans)) } }
}

fn span(span: Span, is_code: bool) -> Span {
    match span {
        // Code is indented with tabs.
        Span::Plain(text) if is_code => Span::Plain(clean_code(&text.replace('\t', "    "))),
        Span::Person(Person { id, name }) => Span::Person(Person { id, name: clean_line(&name) }),
        Span::Plain(text) => Span::Plain(clean_piece(&text)),
        Span::Strong(text) => Span::Strong(clean_piece(&text)),
        Span::Code(text) => Span::Code(clean_code(&text)),
        Span::Styled { text, style } if style.code => Span::Styled { text: clean_code(&text), style },
        Span::Styled { text, style } => Span::Styled { text: clean_piece(&text), style },
        time @ (Span::Time { .. } | Span::Distance { .. }) => time,
    }
}

/// Words that look like an address lead there or are shown beside the one they lead to, in however many pieces they come.
fn honest(spans: Vec<Span>) -> Vec<Span> {
    let mut honest = Vec::new();
    let mut spans = spans.into_iter().peekable();
    while let Some(span) = spans.next() {
        let Some(link) = link(&span) else {
            honest.push(span);
            continue;
        };
        let mut pieces = vec![span];
        pieces.extend(std::iter::from_fn(|| spans.next_if(|next| self::link(next).as_ref() == Some(&link))));
        let words: String = pieces.iter().map(words).collect();
        if !looks_like_address(&words) || same_address(&words, &link) {
            honest.extend(pieces);
            continue;
        }
        for mut piece in pieces {
            if let Span::Styled { style, .. } = &mut piece {
                style.link = None;
            }
            honest.push(piece);
        }
        honest.push(Span::Plain(format!(" ({link})")));
    }
    honest
}

/// Nobody is called, also where a call is made of several pieces. Code calls nobody.
fn calm(mut spans: Vec<Span>) -> Vec<Span> {
    let hidden =
        |span: &Span| if is_code(span) { "x".repeat(words(span).chars().count()) } else { words(span).to_owned() };
    let all: String = spans.iter().map(hidden).collect();
    let calm = defang(&all);
    if calm == all {
        return spans;
    }
    let mut rest = calm.chars();
    for span in &mut spans {
        let (length, code) = (words(span).chars().count(), is_code(span));
        let now: String = rest.by_ref().take(length).collect();
        if let Some(text) = words_mut(span).filter(|_| !code) {
            *text = now;
        }
    }
    spans
}

fn is_code(span: &Span) -> bool {
    match span {
        Span::Code(_) => true,
        Span::Styled { style, .. } => style.code,
        Span::Plain(_) | Span::Strong(_) | Span::Person(_) | Span::Time { .. } | Span::Distance { .. } => false,
    }
}

fn link(span: &Span) -> Option<String> {
    match span {
        Span::Styled { style, .. } => style.link.clone(),
        Span::Plain(_)
        | Span::Strong(_)
        | Span::Code(_)
        | Span::Person(_)
        | Span::Time { .. }
        | Span::Distance { .. } => None,
    }
}

fn words(span: &Span) -> &str {
    match span {
        Span::Plain(text)
        | Span::Strong(text)
        | Span::Code(text)
        | Span::Styled { text, .. }
        | Span::Time { text, .. }
        | Span::Distance { text, .. } => text,
        Span::Person(person) => &person.name,
    }
}

fn words_mut(span: &mut Span) -> Option<&mut String> {
    match span {
        Span::Plain(text) | Span::Strong(text) | Span::Code(text) | Span::Styled { text, .. } => Some(text),
        Span::Person(person) => Some(&mut person.name),
        Span::Time { .. } | Span::Distance { .. } => None,
    }
}

fn looks_like_address(text: &str) -> bool {
    // What browsers take for a dot.
    let text = text.trim().replace(['。', '．', '｡'], ".");
    let has_dots = text.match_indices('.').any(|(at, dot)| {
        let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + dot.len()..).unwrap_or_default());
        let letters = after.chars().take_while(|c| c.is_alphabetic()).count();
        before.ends_with(char::is_alphanumeric) && letters >= 2
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
    bare(text) == bare(link) || is_address_of(text, link) || is_address_of(&format!("https://{}", text.trim()), link)
}

fn is_blank(span: &Span) -> bool {
    match span {
        Span::Plain(text) | Span::Strong(text) | Span::Code(text) | Span::Styled { text, .. } => text.trim().is_empty(),
        Span::Person(_) | Span::Time { .. } | Span::Distance { .. } => false,
    }
}
