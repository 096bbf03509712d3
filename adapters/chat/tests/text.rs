//! Whatever people type, it comes out as the words they typed and as nothing else.

use bolero::check;
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
        || matches!(c, '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{2060}' | '\u{feff}')
        || matches!(c, '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
        || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[test]
fn clean_text_hides_nothing_and_calls_nobody() {
    for_each_text(|text| {
        let once = clean(text);
        assert!(!once.contains(is_hidden), "{once:?} hides something");
        assert_eq!(clean(&once), once, "cleaning again changes {once:?}");
        assert_eq!(once.trim(), once);
        let low = once.to_lowercase();
        for call in ["@everyone", "@here", "@room", "@channel"] {
            assert!(!low.contains(call), "{once:?} calls {call}");
        }
        for pair in once.chars().collect::<Vec<_>>().windows(2) {
            if let ['\u{200d}', other] | [other, '\u{200d}'] = pair {
                assert!(!other.is_ascii(), "{once:?} hides a joiner in a word");
            }
        }
        assert!(!clean_line(text).contains('\n'));
    });
}

#[test]
fn cleaning_keeps_what_people_can_see() {
    for text in
        ["👩\u{200d}🚒 is on it", "❤\u{fe0f}\u{200d}🔥", "1\u{fe0f}\u{20e3} first", "ශ්\u{200d}රී ලංකා", "a\n\n    b"]
    {
        assert_eq!(clean(text), text);
    }
    assert_eq!(clean("  pass\u{fe0f}wo\u{200d}rd \u{202e}x \t\n y  \n\n"), "password x\n y");
    assert_eq!(clean("@\u{200b}Everyone @he\u{ad}re me@roomy.example"), "＠Everyone ＠here me＠roomy.example");
}

#[test]
fn quoted_words_are_only_words_in_markdown() {
    for_each_text(|text| {
        let seen = read(&Text::new().quote(text).to_markdown());
        assert!(seen.iter().all(|s| matches!(s, Seen::Words(_) | Seen::Break)), "{text:?} became {seen:?}");
        assert_eq!(words(&seen), clean(text));
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
