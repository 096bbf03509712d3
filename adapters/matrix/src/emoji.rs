//! What an emoji is. On Matrix the key of a reaction is any text of up to 500 characters.

use std::sync::LazyLock;

use regex::Regex;

/// One emoji: a flag, a keycap, the flag of a part of a country, or a picture with its colour, joined to at most three others.
static EMOJI: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let picture = r"\p{Extended_Pictographic}[\x{FE0E}\x{FE0F}]?[\x{1F3FB}-\x{1F3FF}]?\x{FE0F}?";
    let part = r"\x{1F3F4}[\x{E0030}-\x{E0039}\x{E0061}-\x{E007A}]{2,6}\x{E007F}";
    let flag = r"\p{Regional_Indicator}{2}";
    let keycap = r"[0-9#*]\x{FE0F}?\x{20E3}";
    Regex::new(&format!(r"^(?:{flag}|{keycap}|{part}|{picture}(?:\x{{200D}}{picture}){{0,3}})$")).ok()
});

/// Whether this is one emoji and nothing else: no words, no letters one after the other, no picture from elsewhere.
pub(crate) fn is_emoji(key: &str) -> bool {
    EMOJI.as_ref().is_some_and(|emoji| emoji.is_match(key))
}

#[cfg(test)]
mod tests {
    use super::is_emoji;

    #[test]
    fn one_emoji_is_one() {
        for emoji in [
            "👍",
            "👍🏽",
            "✅",
            "❤\u{fe0f}",
            "📌",
            "👩\u{200d}❤\u{fe0f}\u{200d}💋\u{200d}👨",
            "🏳\u{fe0f}\u{200d}🌈",
            "🇨🇿",
            "1\u{fe0f}\u{20e3}",
            "👨\u{200d}👩\u{200d}👧\u{200d}👦",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "🧑🏿\u{200d}💻",
            "©",
        ] {
            assert!(is_emoji(emoji), "{emoji:?}");
        }
    }

    #[test]
    fn words_are_none() {
        let long = "🔥\u{200d}".repeat(9) + "🔥";
        for text in [
            "",
            " ",
            "+1",
            "ok",
            "1",
            "*",
            "It is over, go home",
            "👍 all fine",
            "👍👍",
            "🇸",
            "🇸🇨🇦🇲",
            "🅰🅱",
            "mxc://example.org/cat",
            ":cat:",
            "👍\n",
            "a\u{20e3}",
            "🏴\u{e0067}\u{e0062}",
            "\u{200d}",
            "\u{fe0f}",
            &long,
        ] {
            assert!(!is_emoji(text), "{text:?}");
        }
    }
}
