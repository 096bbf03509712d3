//! Under whose name something is said.

use herald_chat::{Line, Span, Text};

/// How long a name may be, in characters.
const NAME: usize = 80;

/// The text without the name that it begins with, and what stands between the two.
pub(super) fn without_name(text: &Text) -> Text {
    let mut lines: Vec<Line> = text.lines().to_vec();
    let Some(first) = lines.first_mut() else { return text.clone() };
    if !matches!(first.spans.first(), Some(Span::Strong(_))) {
        return text.clone();
    }
    first.spans.remove(0);
    if let Some(Span::Plain(words)) = first.spans.first_mut() {
        let rest = words.strip_prefix(':').unwrap_or(words);
        *words = rest.strip_prefix(' ').unwrap_or(rest).to_owned();
    }
    let is_empty = first.iter().all(|span| matches!(span, Span::Plain(words) if words.is_empty()));
    if is_empty {
        lines.remove(0);
    }
    Text::from(lines)
}

/// A name as Discord lets a webhook have it.
pub(crate) fn username(name: &str) -> String {
    let mut shown = String::new();
    for c in herald_chat::clean_line(name).chars() {
        shown.push(match c {
            '@' => '＠',
            '#' => '＃',
            ':' => '：',
            '`' => '\'',
            other => other,
        });
    }
    // Nobody may speak under these words.
    for (word, at) in [("discord", 3), ("clyde", 2)] {
        while let Some(begin) = shown.to_ascii_lowercase().find(word) {
            shown.insert(begin + at, '·');
        }
    }
    if ["everyone", "here", ""].contains(&shown.to_ascii_lowercase().as_str()) {
        shown.push('·');
    }
    shown.chars().take(NAME).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_that_discord_lets_a_webhook_have() {
        assert_eq!(username("ana · Matrix"), "ana · Matrix");
        assert_eq!(username("DisCord"), "Dis·Cord");
        assert_eq!(username("xclydex @a:b #c"), "xcl·ydex ＠a：b ＃c");
        assert_eq!(username("everyone"), "everyone·");
        assert_eq!(username(" \n"), "·");
        assert_eq!(username(&"ü".repeat(100)).chars().count(), NAME);
    }

    #[test]
    fn the_name_is_left_out_and_nothing_else() {
        let text = Text::new().strong("ana · Matrix").and(": it is down").line("really");
        assert_eq!(without_name(&text), Text::says("it is down").line("really"));
        let alone = Text::new().strong("ana").line("it is down");
        assert_eq!(without_name(&alone), Text::says("it is down"));
        assert_eq!(without_name(&Text::says("it is down")), Text::says("it is down"));
    }
}
