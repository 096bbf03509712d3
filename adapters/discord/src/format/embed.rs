//! A post at a glance, as Discord's embed.

use herald_chat::{Accent, Card, Text};
use serde_json::{Value, json};

use super::markdown;
use super::split::split;

/// How long the line may be: Discord takes 4096 characters, and people read one line.
const LINE: usize = 256;

/// The card as an embed: its colour, and what it comes to in one line, since the text beside it says it all. `None` when
/// there is nothing to be shown in it.
pub(super) fn embed(card: &Card) -> Option<Value> {
    let fact = |line: Text, (name, value): &(String, Text)| {
        let between = if line.is_empty() { "" } else { " · " };
        let words = value.lines().iter().flatten().fold(Text::new(), |words, span| words.span(span.clone()));
        line.and(between).exact(name).and(": ").join(words)
    };
    let line = first(&card.facts.iter().fold(Text::new(), fact), LINE)?;
    Some(json!({ "color": colour(card.accent), "description": line }))
}

/// The text as Markdown, as much of it as fits.
fn first(text: &Text, limit: usize) -> Option<String> {
    const MORE: &str = "…";
    let mut parts = split(text, limit - MORE.len()).into_iter();
    let shown = markdown::write(&parts.next()?).trim().to_owned();
    Some(if parts.next().is_some() { shown + MORE } else { shown })
}

fn colour(accent: Accent) -> u32 {
    match accent {
        Accent::Minor => 0x00f0_b232,
        Accent::Major => 0x00e6_7e22,
        Accent::Critical => 0x00da_373c,
        Accent::Good => 0x0023_a55a,
    }
}

/// A label as Discord shows it: without markup, at most `limit` characters.
pub(crate) fn label(text: &str, limit: usize) -> String {
    let mut used = 0;
    herald_chat::clean_line(text)
        .chars()
        .take_while(|c| {
            used += c.len_utf16();
            used <= limit
        })
        .collect()
}
