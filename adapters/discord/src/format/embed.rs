//! A post at a glance, as Discord's embed.

use herald_chat::{Accent, Card, Text};
use serde_json::{Value, json};

use super::split::split;
use super::{markdown, size};

/// Discord's limits, in characters.
const FIELDS: usize = 25;
const NAME: usize = 256;
const VALUE: usize = 1024;
/// All of an embed together.
const ALL: usize = 6000;

/// The card as an embed, as much of it as Discord takes. `None` when nothing of it can be shown.
pub(super) fn embed(card: &Card) -> Option<Value> {
    let mut left = ALL;
    let mut fields = Vec::new();
    for (name, value) in &card.facts {
        let name = first(&Text::new().exact(name), NAME);
        let (Some(name), Some(value)) = (name, first(value, VALUE)) else { continue };
        let taken = size(&name) + size(&value);
        if fields.len() == FIELDS || taken > left {
            break;
        }
        left -= taken;
        fields.push(json!({ "name": name, "value": value, "inline": true }));
    }
    (!fields.is_empty()).then(|| json!({ "color": colour(card.accent), "fields": fields }))
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
