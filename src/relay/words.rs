//! What somebody said, as Herald says it for them.

use herald_chat::{Attachment, Kind, Network, Person, Post, Span, Style, Text, Tone, Voice, clean_line};
use jiff::Timestamp;

use crate::incident::words::capital;

/// What stands before the words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heading<'a> {
    /// Who says it, by the name that tells them apart.
    pub by: &'a Person,
    /// Where they say it.
    pub network: &'a Network,
    /// When, if that is worth saying, and how that reads.
    pub when: Option<(Timestamp, &'a str)>,
    /// Whether it answers a message that nobody knows of.
    pub answers_unknown: bool,
}

/// What a network is called among people.
#[must_use]
pub fn mark(network: &Network) -> String {
    capital(network.as_str())
}

/// The words as a post in their speaker's name: an ordinary message, which calls nobody.
#[must_use]
pub fn speech(heading: Heading<'_>, words: Text) -> Post {
    let name = name(heading);
    let goes_on = words.lines().first().is_some_and(|line| line.quoted == 0 && line.kind == Kind::Words);
    let colon = if goes_on { ": " } else { ":" };
    let mut text = Text::new().span(Span::Strong(format!("{name}{colon}")));
    let space = |text: Text| if goes_on { text } else { text.span(Span::Plain(" ".to_owned())) };
    if let Some((at, shown)) = heading.when {
        text = space(text).and("(").time(at, shown).and(if goes_on { ") " } else { ")" });
    }
    if heading.answers_unknown {
        text = space(text).span(aside("(in answer to a message that is not known here)"));
        text = if goes_on { text.and(" ") } else { text };
    }
    let text = if goes_on { text.join(words) } else { text.append(words) };
    Post { voice: Some(voice(heading, name)), ..Post::new(Tone::Call, text) }
}

/// A file as a post in the name of whoever sent it.
#[must_use]
pub fn file(heading: Heading<'_>, file: &Attachment) -> Post {
    speech(heading, Text::new().exact(&file.name))
}

fn name(heading: Heading<'_>) -> String {
    format!("{} · {}", clean_line(&heading.by.name), mark(heading.network))
}

fn voice(heading: Heading<'_>, name: String) -> Voice {
    Voice { account: heading.by.id.clone(), name }
}

fn aside(words: &str) -> Span {
    Span::Styled { text: words.to_owned(), style: Style { italic: true, ..Style::default() } }
}
