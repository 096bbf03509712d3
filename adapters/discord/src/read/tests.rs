//! What people write is read as a reader sees it.

use bolero::check;
use herald_chat::{Kind, Line, Person, Post, Shown, Span, Style, Text, Tone};

use super::{Names, text};
use crate::format;
use crate::names::person;

struct Town;

impl Names for Town {
    fn person(&self, user: u64) -> Person {
        person(user, &[(user == 7).then_some("Ana")])
    }

    fn role(&self, role: u64) -> Option<String> {
        (role == 3).then(|| "Ops".to_owned())
    }

    fn channel(&self, channel: u64) -> Option<String> {
        (channel == 4).then(|| "war-room".to_owned())
    }
}

/// A text as letters: marks before words, so that a table can be read.
fn told(text: &Text) -> String {
    let style = |style: &Style| {
        let is = [
            (style.bold, "b"),
            (style.italic, "i"),
            (style.underline, "u"),
            (style.strike, "s"),
            (style.spoiler, "h"),
            (style.code, "c"),
        ];
        let mut all: String = is.into_iter().filter(|(is, _)| *is).map(|(_, letter)| letter).collect();
        if let Some(link) = &style.link {
            all.extend(["→", link, " "]);
        }
        all
    };
    let span = |span: &Span| match span {
        Span::Plain(text) => text.clone(),
        Span::Styled { text, style: it } => format!("{{{}:{text}}}", style(it)),
        Span::Person(person) => format!("{{@{}}}", person.name),
        Span::Time { at, text } => format!("{{{}={text}}}", at.as_second()),
        other @ (Span::Strong(_) | Span::Code(_) | Span::Distance { .. }) => panic!("{other:?}"),
    };
    let line = |line: &Line| {
        let quote = ">".repeat(usize::from(line.quoted));
        let lead = match &line.kind {
            Kind::Words => String::new(),
            Kind::Heading(size) => format!("h{size} "),
            Kind::Item { depth, number } => {
                format!("{}{} ", "_".repeat(usize::from(*depth)), number.map_or("-".to_owned(), |it| format!("{it}.")))
            }
            Kind::More { depth } => format!("{}+ ", "_".repeat(usize::from(*depth))),
            Kind::Code { language, first } => format!("[{language}{}] ", if *first { "" } else { "…" }),
        };
        format!("{quote}{lead}{}", line.iter().map(span).collect::<String>())
    };
    text.lines().iter().map(line).collect::<Vec<_>>().join("⏎")
}

#[rustfmt::skip]
const TABLE: &[(&str, &str)] = &[
    ("**bold** and *it* _it_", "{b:bold} and {i:it} {i:it}"),
    ("__under__ ~~gone~~ ||secret||", "{u:under} {s:gone} {h:secret}"),
    ("***both***", "{bi:both}"),
    ("**a *b* c** d", "{b:a }{bi:b}{b: c} d"),
    ("*a **b** c*", "{i:a }{bi:b}{i: c}"),
    ("**a *b***", "{b:a }{bi:b}"),
    ("__*a*__ ||~~**x**~~||", "{iu:a} {bsh:x}"),
    ("**open and *not shut", "**open and *not shut"),
    ("2 * 3 * 4", "2 * 3 * 4"),
    ("a snake_case_word stays", "a snake_case_word stays"),
    ("**two\nlines**", "{b:two}⏎{b:lines}"),
    ("`code` ``a`b`` ` ` `*x*`", "{c:code} {c:a`b} {c: } {c:*x*}"),
    ("`open", "`open"),
    ("||a `|` b||", "{h:a }{hc:|}{h: b}"),
    ("```sh\necho *hi*\n\nls\n```after", "[sh] echo *hi*⏎[sh…] ⏎[sh…] ls⏎after"),
    ("see ```one``` there", "see ⏎[] one⏎ there"),
    ("```open", "```open"),
    ("[```a```](https://a.b/)", "{c→https://a.b/ :a}"),
    ("> one\n> **two**\nthree", ">one⏎>{b:two}⏎three"),
    ("a\n>>> one\ntwo\n> x", "a⏎>one⏎>two⏎>> x"),
    (">not quoted", ">not quoted"),
    ("> ```\n> x\n> ```\ny", ">[] x⏎y"),
    ("- a\n- b\n  - c\n    more\n  1. d\nend", "- a⏎- b⏎_- c⏎_+ more⏎_1. d⏎end"),
    ("* a\n    * b\n* c", "- a⏎_- b⏎- c"),
    ("3. x\n4. y", "3. x⏎4. y"),
    ("-not a list", "-not a list"),
    ("- **a\nb**", "- **a⏎b**"),
    ("# One\n## Two\n### Three\n#### Four\n#five", "h1 One⏎h2 Two⏎h3 Three⏎#### Four⏎#five"),
    ("-# small *and* more\nbig", "{i:small and more}⏎big"),
    ("[here](https://a.b/c) [x](<https://a.b/(d)> \"title\")", "{→https://a.b/c :here} {→https://a.b/(d) :x}"),
    ("**[a *b*](https://a.b)**", "{b→https://a.b/ :a }{bi→https://a.b/ :b}"),
    ("[a](javascript:alert(1)) [a](no) [](https://a.b)", "[a](javascript:alert(1)) [a](no) [](https://a.b)"),
    ("[a](https://me:pw@a.b) x", "a (https://me:pw@a.b) x"),
    ("[*a](https://a.b/)*", "{→https://a.b/ :*a}*"),
    ("<https://a.b/c_d> https://a.b/_c_*d* (https://x.y/z_).", "https://a.b/c_d https://a.b/_c_*d* (https://x.y/z_)."),
    ("<@7> <@!7> <@8> <@&3> <@&9> <#4> <#5>", "{@Ana} {@Ana} {@8} @Ops @role #war-room #channel"),
    ("<:blob:12> <a:wave:34> </declare:56> <x>", ":blob: :wave: /declare <x>"),
    ("<t:1700000000:R> <t:1700000000:t> <t:0:d> <t:x>", "{1700000000=14 Nov 2023 22:13 UTC} {1700000000=22:13 UTC} {0=1 Jan 1970} <t:x>"),
    ("\\*a\\* \\_b C:\\dir", "*a* _b C:\\dir"),
    ("¯\\_(ツ)_/¯ *x*", "¯\\_(ツ)_/¯ {i:x}"),
    ("**a**\u{200b}*b*", "{b:a}{i:b}"),
];

#[test]
fn markup_is_read_as_clients_show_it() {
    for (content, expected) in TABLE {
        assert_eq!(told(&text(content, &Town)), *expected, "{content:?}");
    }
}

#[test]
fn words_without_markup_are_those_that_were_typed() {
    for content in
        ["", "checkout is down", "a\n\nb", " x\t y ", "2 * 3", "@everyone: 5% [see]", "C:\\dir", "`", "¯\\_(ツ)_/¯"]
    {
        assert_eq!(text(content, &Town), Shown::plain(content).text);
    }
}

#[test]
fn hostile_markup_is_read_to_its_end() {
    #[rustfmt::skip]
    let pieces = [
        "*", "**", "*a", "**a ", "_", "__a", "||", "||a", "~~", "`", "`a``", "```", "```\n", "[", "[a](", "[a](http://", "](",
        "<", "<@", "<t:", "> ", "> > ", ">>> ", "- ", "  - ", "1. ", "\n- ", "\n> ", "\\", "https://", "https://a)", "(", "# ",
        "-# ", "***a",
    ];
    for one in pieces {
        for other in pieces {
            let content: String = (one.repeat(4) + other).chars().cycle().take(4000).collect();
            assert!(text(&content, &Town).lines().len() <= 4001);
        }
    }
}

/// A line or a span: what it is, how deep it stands, how it looks, and its words.
type Piece = (u8, u8, u8, Vec<(u8, char)>);
type Seed = Vec<Piece>;
/// A line: in how many quotations it stands, what it is, and its words.
type Usual = (u8, Kind, Vec<(char, Style)>);

/// What a text comes to once it was written and read: one way for each look.
fn usual(text: &Text) -> Vec<Usual> {
    let plain = |text: &str, style: &Style| -> Vec<(char, Style)> {
        let seen = text.chars().filter(|c| !c.is_whitespace()).map(|c| if c == '＠' { '@' } else { c });
        seen.map(|c| (c, style.clone())).collect()
    };
    let span = |span: &Span| match span {
        Span::Plain(text) => plain(text, &Style::default()),
        Span::Strong(text) => plain(text, &Style { bold: true, ..Style::default() }),
        Span::Code(text) => plain(text, &Style { code: true, ..Style::default() }),
        Span::Styled { text, style } => plain(text, style),
        Span::Time { at, .. } => plain(&at.to_string(), &Style::default()),
        Span::Person(person) => plain(person.id.as_str(), &Style::default()),
        Span::Distance { .. } => Vec::new(),
    };
    text.lines().iter().map(|line| (line.quoted, line.kind.clone(), line.iter().flat_map(span).collect())).collect()
}

/// A text as clients can show it: lists begin at their beginning, and no quotation stands in another.
fn text_of(seed: &[Piece]) -> Text {
    let mut lines: Vec<Line> = Vec::new();
    for (how, quoted, looks, seed) in seed {
        let words = match herald_chat::clean_line(&format::tests::typed(seed)) {
            words if words.is_empty() => "x".to_owned(),
            words => words,
        };
        let quoted = quoted % 2;
        let depth = lines.last().filter(|last| last.quoted == quoted).and_then(|last| match &last.kind {
            Kind::Item { depth, .. } | Kind::More { depth } => Some(*depth),
            Kind::Words | Kind::Heading(_) | Kind::Code { .. } => None,
        });
        let item = |number| Kind::Item { depth: depth.map_or(0, |last| looks % (last + 2)), number };
        let kind = match (how % 12, depth) {
            (0, _) => Some(Kind::Words),
            (1, _) => Some(Kind::Heading(1 + looks % 3)),
            (2, _) => Some(item(None)),
            (3, _) => Some(item(Some(u32::from(*looks)))),
            (4, Some(depth)) => Some(Kind::More { depth }),
            (5, _) => Some(Kind::Code { language: ["", "sh"][usize::from(looks % 2)].to_owned(), first: true }),
            (6, _) => lines.last().map(|last| last.rest().kind).filter(|kind| matches!(kind, Kind::Code { .. })),
            _ if lines.is_empty() => Some(Kind::Words),
            _ => None,
        };
        if let Some(kind) = kind {
            let quoted =
                if matches!(kind, Kind::Code { first: false, .. }) { lines[lines.len() - 1].quoted } else { quoted };
            lines.push(Line { quoted, kind, spans: Vec::new() });
        }
        let Some(line) = lines.last_mut() else { continue };
        line.spans.push(match how / 12 % 6 {
            _ if matches!(line.kind, Kind::Code { .. }) => Span::Plain(words),
            0 => Span::Plain(words),
            1 => Span::Strong(words),
            2 => Span::Time { at: jiff::Timestamp::from_second(1_700_000_000).unwrap(), text: "12:30 UTC".to_owned() },
            3 => Span::Person(person(7, &[])),
            _ => Span::Styled { text: words, style: style(*looks) },
        });
    }
    Text::from(lines)
}

fn style(looks: u8) -> Style {
    let is = |bit: u8| looks & (1 << bit) != 0;
    let link = is(5).then(|| "https://example.org/a?b=c".to_owned());
    Style { bold: is(0), italic: is(1), underline: is(2), strike: is(3), spoiler: is(4), code: false, link }
}

/// Whether its words are such that Discord puts an address behind them.
fn can_be_shown(text: &Text) -> bool {
    text.lines().iter().flatten().all(|span| match span {
        Span::Styled { text, style } if style.link.is_some() => {
            let low = text.to_lowercase();
            !low.contains(['[', ']']) && !["://", "www.", "discord"].iter().any(|it| low.contains(it))
        }
        Span::Styled { .. }
        | Span::Plain(_)
        | Span::Strong(_)
        | Span::Code(_)
        | Span::Person(_)
        | Span::Time { .. }
        | Span::Distance { .. } => true,
    })
}

#[test]
fn any_text_that_is_written_is_read_as_it_was() {
    check!().with_type::<Seed>().for_each(|seed| {
        let written = text_of(seed);
        let parts = format::parts(&Post::new(Tone::Notice, written.clone()), None);
        let [part] = parts.as_slice() else { return };
        if !can_be_shown(&written) {
            return;
        }
        let (read, meant) = (usual(&text(&part.content, &Town)), usual(&written));
        for (i, (read, meant)) in read.iter().zip(&meant).enumerate() {
            assert_eq!((read.0, &read.1), (meant.0, &meant.1), "line {i} of {:?}", part.content);
            let differs = read.2.iter().zip(&meant.2).position(|(read, meant)| read != meant);
            assert_eq!(differs.map(|at| (at, &read.2[at], &meant.2[at])), None, "line {i} of {:?}", part.content);
            assert_eq!(read.2.len(), meant.2.len(), "line {i} of {:?}", part.content);
        }
        assert_eq!(read.len(), meant.len(), "{:?}", part.content);
    });
}

#[test]
fn any_content_at_all_is_read() {
    check!().with_type::<Vec<(u8, char)>>().for_each(|seed| {
        let read = text(&format::tests::typed(seed), &Town);
        // What was read can be passed on, and be read there.
        for part in format::parts(&Post::new(Tone::Notice, read), None) {
            let _ = text(&part.content, &Town);
        }
    });
}
