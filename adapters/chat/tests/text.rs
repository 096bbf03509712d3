//! Whatever people type, it comes out as the words they typed and as nothing else.

use bolero::check;
use herald_chat::testing::calls_a_room;
use herald_chat::{Network, Person, Span, Text, UserRef, clean, clean_line};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// What tends to break writers of markup, cleaners and readers of both.
#[rustfmt::skip]
const NASTY: &[&str] = &[
    "", " ", "  ", "    ", "\n", "\n\n", "\t", "\r", "\r\n", "\u{b}", "\u{85}", "\u{2028}", "\u{a0}", "\u{3000}",
    "*", "**", "***", "_", "__", "~~", "`", "``", "```", "```sh\n", "~~~\n", "#", "# ", "## ", "-", "- ", "---\n",
    "===\n", "+ ", "1", "1. ", "1) ", "12.", "> ", ">", "|", "|-|-|\n", "[", "]", "(", ")", "![", "](", "[x]: ", "[^1]",
    "[a](http://b.c)", "<", ">", "</", "<b>", "<!--", "-->", "<script>alert(1)</script>", "<https://a.b>", "<a@b.c>",
    "http://a.b/c_d_e", "www.a.b", "a@b.cz", "&", "&amp;", "&#42;", "&lt;", "&nbsp;", "\\", "\\\n", "\\*", "$", "$$x$$",
    ":smile:", "||spoiler||", "{#id .c}", "[[wiki]]", "@", "@everyone", "@Here", "@ROOM", "@chan", "nel", "＠room",
    "<@123>", "<@&1>", "<#1>", "<t:0:R>", "@\u{200b}everyone", "@every\u{ad}one", "@\u{202e}room",
    "\u{200b}", "\u{200d}", "\u{200c}", "\u{feff}", "\u{fe0f}", "\u{20e3}", "\u{202e}", "\u{2066}", "\u{e0041}", "\0",
    "\u{1b}[31m", "🔥", "👩\u{200d}🚒", "❤\u{fe0f}", "1\u{fe0f}\u{20e3}", "ශ්\u{200d}රී", "e\u{301}", "“", "”", "—", "ß",
    "a", "b c", "down", "5%", "INC-2", "é", "日本",
];

/// Bytes as nasty pieces, with any character at all between them.
fn typed(seed: &[(u8, char)]) -> String {
    let piece = |(i, c): &(u8, char)| NASTY.get(usize::from(*i)).map_or_else(|| c.to_string(), |s| (*s).to_owned());
    seed.iter().map(piece).collect()
}

/// Tries long texts and, as what stands at the ends matters most, many short ones.
fn for_each_text(test: impl Fn(&str) + std::panic::RefUnwindSafe) {
    check!().with_type::<Vec<(u8, char)>>().for_each(|seed| {
        test(&typed(seed));
        seed.chunks(4).for_each(|seed| test(&typed(seed)));
    });
}

fn person(name: &str) -> Person {
    Person { id: UserRef::new(&Network::new("console"), "ana"), name: name.to_owned() }
}

fn is_hidden(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}' | '\u{feff}')
        || matches!(c, '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
        || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}')
}

/// Without what is seen as one flag.
fn without_flags(text: &str) -> String {
    text.split('\u{1f3f4}')
        .enumerate()
        .map(|(i, part)| match part.split_once('\u{e007f}') {
            Some((region, rest)) if i > 0 && region.chars().all(|c| ('\u{e0030}'..='\u{e007a}').contains(&c)) => rest,
            _ => part,
        })
        .collect()
}

#[test]
fn a_long_word_with_a_call_in_every_part_is_read_once() {
    let many = 50_000;
    assert_eq!(clean(&"@here".repeat(many)), "＠here".repeat(many));
    let mut text = "https://example.org/".to_owned();
    text.push_str(&"@here/".repeat(many));
    assert_eq!(clean(&text), text);
    let code = "`@here` ".repeat(many);
    assert_eq!(clean(&code), code.trim());
}

#[test]
fn clean_text_hides_nothing_and_calls_nobody() {
    for_each_text(|text| {
        let once = clean(text);
        assert!(!without_flags(&once).contains(is_hidden), "{once:?} hides something");
        assert_eq!(clean(&once), once, "cleaning again changes {once:?}");
        assert_eq!(once.trim(), once);
        assert!(!calls_a_room(&once), "{once:?} calls a room");
        for pair in once.chars().collect::<Vec<_>>().windows(2) {
            // What chooses the form of a character stands behind one.
            if let ['\u{200d}' | '\u{200c}', other] | [other, '\u{200d}' | '\u{200c}' | '\u{e0100}'..='\u{e01ef}'] =
                pair
            {
                assert!(!other.is_ascii(), "{once:?} hides a joiner in a word");
            }
        }
        assert!(!clean_line(text).contains('\n'));
    });
}

#[test]
fn cleaning_keeps_what_people_can_see() {
    for text in [
        "👩\u{200d}🚒 is on it",
        "❤\u{fe0f}\u{200d}🔥",
        "1\u{fe0f}\u{20e3} first",
        "ශ්\u{200d}රී ලංකා",
        "a\n\n    b",
        // Persian, and the flags of England, Scotland and Texas.
        "نمی\u{200c}دانم",
        "خانه\u{200c}ها",
        "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f} won",
        "🏴\u{e0075}\u{e0073}\u{e0074}\u{e0078}\u{e007f}",
        "🏳\u{fe0f}\u{200d}🌈 🏴\u{200d}☠\u{fe0f} 👍🏽 🇨🇿",
        "☎\u{fe0e} or ☎\u{fe0f}",
        "葛\u{e0100}城",
        "ক্\u{200c}ষ",
        // No calls.
        "mail support@channel.io, see https://medium.com/@everyonebank",
        "me@roomy.example",
        "@roomba:example.org",
        "run `kubectl get @here` now",
        "```\n@everyone\n```",
        "git+ssh://git@here.example/x",
        "ops@everyone-health.org",
    ] {
        assert_eq!(clean(text), text);
    }
    assert_eq!(clean("  pass\u{fe0f}wo\u{200d}rd \u{202e}x \t\n y  \n\n"), "password x\n y");
    assert_eq!(clean("@\u{200b}Everyone @he\u{ad}re me@roomy.example"), "＠Everyone ＠here me@roomy.example");
    for (typed, shown) in [
        ("@everyonebank", "＠everyonebank"),
        ("(@here)", "(＠here)"),
        ("hi@here", "hi＠here"),
        ("`@here` @here `", "`@here` ＠here `"),
        ("https://a.example @room", "https://a.example ＠room"),
        ("pass\u{200c}word", "password"),
        ("🏴\u{e0067}\u{e0062}x", "🏴x"),
        ("\u{e0067}\u{e007f}x", "x"),
        ("a\u{fe0e}b\u{e0100}", "ab"),
    ] {
        assert_eq!(clean(typed), shown, "{typed:?}");
    }
}

#[test]
fn quoted_words_are_only_words_in_markdown() {
    for_each_text(|text| {
        let seen = read(&Text::new().quote(text).to_markdown());
        assert!(seen.iter().all(|s| matches!(s, Seen::Words(_) | Seen::Break)), "{text:?} became {seen:?}");
        // Every line after the first has a mark that no line of Herald's has.
        let lines = clean(text);
        let marked = |(i, line): (usize, &str)| {
            if i == 0 { line.to_owned() } else { format!("│ {line}").trim_end().to_owned() }
        };
        let marked: Vec<String> = lines.split('\n').enumerate().map(marked).collect();
        assert_eq!(words(&seen), marked.join("\n"));
    });
}

#[test]
fn no_mixture_of_spans_becomes_a_link_or_html() {
    check!().with_type::<Vec<(u8, Vec<(u8, char)>)>>().for_each(|seed| {
        let mut text = Text::new();
        for (how, seed) in seed {
            let words = typed(seed);
            text = match how % 8 {
                0 => text.line("Try `!help` or `!status`: "),
                1 => text.strong(&words),
                2 => text.code(&words),
                3 => text.quote(&words),
                4 => text.person(&person(&words)),
                5 => text.span(Span::Strong(words)),
                6 => text.span(Span::Code(words)),
                _ => text.span(Span::Plain(words)),
            };
        }
        let seen = read(&text.to_markdown());
        assert!(!seen.iter().any(|s| matches!(s, Seen::Markup(_))), "{text:?} became {seen:?}");
        let shown: Vec<String> = text.lines().iter().map(|line| line.iter().map(shown).collect()).collect();
        assert_eq!(words(&seen).trim_end_matches('\n'), shown.join("\n").trim_end_matches('\n'));
    });
}

#[test]
fn emphasis_and_code_come_out_as_such() {
    let seen = read(&Text::says("🔴 ").strong("INC-1 *x*").and(" · say `!take <role>`").to_markdown());
    let expected = ["🔴 ", "INC-1 *x*", " · say ", "!take <role>"].map(str::to_owned);
    let [plain, strong, more, code] = expected;
    assert_eq!(seen, [Seen::Words(plain), Seen::Strong(strong), Seen::Words(more), Seen::Code(code)]);
}

fn shown(span: &Span) -> String {
    let text = match span {
        Span::Plain(text)
        | Span::Strong(text)
        | Span::Styled { text, .. }
        | Span::Code(text)
        | Span::Time { text, .. }
        | Span::Distance { text, .. } => text,
        Span::Person(person) => &person.name,
    };
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// What a reader of Markdown sees.
#[derive(Debug, PartialEq)]
enum Seen {
    Words(String),
    Strong(String),
    Code(String),
    Break,
    /// What should never come out.
    Markup(String),
}

/// Reads Markdown with every extension there is.
#[expect(clippy::wildcard_enum_match_arm, reason = "all the rest is markup")]
fn read(markdown: &str) -> Vec<Seen> {
    let mut seen = Vec::new();
    let mut strong = false;
    for event in Parser::new_ext(markdown, Options::all() - Options::ENABLE_SMART_PUNCTUATION) {
        match event {
            Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {}
            Event::Start(Tag::Strong) => strong = true,
            Event::End(TagEnd::Strong) => strong = false,
            Event::Code(text) => seen.push(Seen::Code(text.into_string())),
            Event::HardBreak => seen.push(Seen::Break),
            Event::Text(text) => match seen.last_mut() {
                Some(Seen::Words(last)) if !strong => last.push_str(&text),
                Some(Seen::Strong(last)) if strong => last.push_str(&text),
                _ if strong => seen.push(Seen::Strong(text.into_string())),
                _ => seen.push(Seen::Words(text.into_string())),
            },
            other => seen.push(Seen::Markup(format!("{other:?}"))),
        }
    }
    seen
}

fn words(seen: &[Seen]) -> String {
    let word = |s: &Seen| match s {
        Seen::Words(text) | Seen::Strong(text) | Seen::Code(text) | Seen::Markup(text) => text.clone(),
        Seen::Break => "\n".to_owned(),
    };
    seen.iter().map(word).collect()
}
