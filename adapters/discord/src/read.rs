//! Discord's Markdown, as its client reads it, as a text.
//!
//! One pass from the beginning to the end: what begins a mark waits on a stack until its end comes, and is words if none
//! does. No mark waits twice, so that the stack stays small and each character is looked at a few times at most.

mod angle;
mod lines;
mod link;
mod marks;
mod scan;
#[cfg(test)]
mod tests;
mod typed;

use herald_chat::{Kind, Line, Person, Shown, Span, Style, Text, clean_code};

pub(crate) use typed::{People, typed};

/// Who and what stands behind Discord's numbers.
pub(crate) trait Names {
    /// Somebody.
    fn person(&self, user: u64) -> Person;

    /// What a role is called, if that is known.
    fn role(&self, role: u64) -> Option<String>;

    /// What a channel is called, if that is known.
    fn channel(&self, channel: u64) -> Option<String>;
}

/// What a message says. Without any markup, exactly the words that were typed.
pub(crate) fn text(content: &str, names: &dyn Names) -> Text {
    let unified = content.replace("\r\n", "\n").replace('\r', "\n");
    let lines = scan::lines(&unified, 0, names);
    if says_only(&lines, &unified) {
        return Shown::plain(content).text;
    }
    Text::from(lines.into_iter().map(cleaned).collect::<Vec<_>>())
}

/// Whether the lines are nothing but these words.
fn says_only(lines: &[Line], words: &str) -> bool {
    let plain = |line: &Line| {
        let plain = line.iter().all(|span| matches!(span, Span::Plain(_)));
        line.quoted == 0 && line.kind == Kind::Words && plain
    };
    let word = |span: &Span| if let Span::Plain(text) = span { text.clone() } else { String::new() };
    let said = || lines.iter().map(|line| line.iter().map(word).collect::<String>()).collect::<Vec<_>>().join("\n");
    lines.iter().all(plain) && said() == words
}

/// A line without signs that nobody sees, neighbours of a kind put together.
fn cleaned(line: Line) -> Line {
    let is_code = matches!(line.kind, Kind::Code { .. });
    let mut spans: Vec<Span> = Vec::new();
    for span in line.spans {
        let span = match span {
            Span::Plain(text) if is_code => Span::Plain(clean_code(&text.replace('\t', "    "))),
            Span::Plain(text) => Span::Plain(clean(&text)),
            Span::Styled { text, style } if style.code => Span::Styled { text: clean_code(&text), style },
            Span::Styled { text, style } => Span::Styled { text: clean(&text), style },
            other @ (Span::Strong(_) | Span::Code(_) | Span::Person(_) | Span::Time { .. } | Span::Distance { .. }) => {
                other
            }
        };
        match (spans.last_mut(), span) {
            (_, Span::Plain(text) | Span::Styled { text, .. }) if text.is_empty() => {}
            (Some(Span::Plain(last)), Span::Plain(text)) => last.push_str(&text),
            (Some(Span::Styled { text: last, style: one }), Span::Styled { text, style }) if *one == style => {
                last.push_str(&text);
            }
            (_, span) => spans.push(span),
        }
    }
    Line { quoted: line.quoted, kind: line.kind, spans }
}

/// What may stand in a message, blanks at the ends as they are.
fn clean(text: &str) -> String {
    // A letter at each end holds the blanks.
    let held = herald_chat::clean(&format!("x{text}x"));
    held.get(1..held.len().saturating_sub(1)).unwrap_or_default().to_owned()
}

/// Words in a style, or plain ones.
fn span(text: String, style: &Style) -> Span {
    if *style == Style::default() { Span::Plain(text) } else { Span::Styled { text, style: style.clone() } }
}
