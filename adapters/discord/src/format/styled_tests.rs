//! Whatever people wrote in whatever style, a reader of Discord sees the same words in the same style.

use bolero::check;
use herald_chat::{Kind, Line, Post, Span, Style, Text, Tone};

use super::markdown::APART;
use super::split::split;
use super::tests::reader::{Look, Seen, read};
use super::tests::{moment, typed};
use super::{LIMIT, markdown, parts, size};

/// A line or a span: what it is, how deep it stands, how it looks, and its words.
type Piece = (u8, u8, u8, Vec<(u8, char)>);
type Seed = Vec<Piece>;

/// A text of all that there is.
fn text_of(seed: &[Piece]) -> Text {
    let mut lines: Vec<Line> = Vec::new();
    for (how, quoted, looks, seed) in seed {
        let words = typed(seed).replace(char::is_control, " ");
        let kind = match how % 16 {
            0 => Some(Kind::Words),
            1 => Some(Kind::Heading(1 + looks % 5)),
            2 => Some(Kind::Item { depth: looks % 3, number: None }),
            3 => Some(Kind::Item { depth: looks % 3, number: Some(u32::from(*looks)) }),
            4 => Some(Kind::More { depth: looks % 3 }),
            5 => Some(Kind::Code { language: ["", "sh"][usize::from(looks % 2)].to_owned(), first: true }),
            6 => Some(Kind::Code { language: String::new(), first: false }),
            _ => None,
        };
        if let Some(kind) = kind {
            let mut line = Line { quoted: quoted % 3, kind, spans: Vec::new() };
            // It goes on in the same language.
            if let Some(last) = lines.last().filter(|last| line.goes_on_with(last)) {
                line.kind = last.rest().kind;
            }
            lines.push(line);
        }
        let span = match how / 16 % 6 {
            0 => Span::Plain(words),
            1 => Span::Strong(words),
            2 => Span::Code(words),
            3 => Span::Time { at: moment(1_700_000_000), text: "12:30 UTC".to_owned() },
            _ => Span::Styled { text: words, style: style(*looks, *quoted) },
        };
        match lines.last_mut() {
            Some(line) if matches!(line.kind, Kind::Code { .. }) => {
                line.spans.push(Span::Plain(super::blocks::plain(&span)));
            }
            Some(line) => line.spans.push(span),
            None => lines.push(Line { spans: vec![span], ..Line::default() }),
        }
    }
    Text::from(lines)
}

fn style(looks: u8, link: u8) -> Style {
    let is = |bit: u8| looks & (1 << bit) != 0;
    let link = match link % 9 {
        0 => Some("https://example.org/a_b*c~~d||e(f)?g=[h]"),
        1 => Some("https://discord.gg/abc"),
        2 => Some("mailto:a@b.cz"),
        _ => None,
    };
    Style {
        bold: is(0),
        italic: is(1),
        underline: is(2),
        strike: is(3),
        spoiler: is(4),
        code: is(5) && is(6),
        link: link.map(str::to_owned),
    }
}

/// What a reader sees of one line: whether it is quoted, its marks, and each character as it looks.
type Shown = (bool, String, Vec<(char, Look)>);

fn seen(content: &str) -> Vec<Shown> {
    let mut lines: Vec<Shown> = Vec::new();
    fill(&read(content), false, &mut lines);
    lines.retain(|(_, lead, words)| !lead.is_empty() || !words.is_empty());
    lines
}

fn fill(all: &[Seen], quoted: bool, lines: &mut Vec<Shown>) {
    lines.push((quoted, String::new(), Vec::new()));
    for it in all {
        let (text, look) = match it {
            Seen::Words(text) | Seen::Link(text) | Seen::Moment(text) => (text, Look::default()),
            Seen::Strong(text) => (text, Look { bold: true, ..Look::default() }),
            Seen::Code(text) => (text, Look { code: true, ..Look::default() }),
            Seen::Styled(text, look) => (text, look.clone()),
            Seen::Lead(lead) => {
                if let Some(last) = lines.last_mut() {
                    last.1.clone_from(lead);
                }
                continue;
            }
            Seen::Block(language, code) => {
                lines.extend(
                    code.split('\n').map(|line| (quoted, format!("```{language}"), same(line, &Look::default()))),
                );
                lines.push((quoted, String::new(), Vec::new()));
                continue;
            }
            Seen::Quote(inner) => {
                fill(inner, true, lines);
                lines.push((quoted, String::new(), Vec::new()));
                continue;
            }
            Seen::Mention(_) | Seen::Markup(_) => panic!("{it:?}"),
        };
        for (i, part) in text.split('\n').enumerate() {
            if i > 0 {
                lines.push((quoted, String::new(), Vec::new()));
            }
            if let Some(last) = lines.last_mut() {
                last.2.extend(same(part, &look));
            }
        }
    }
}

/// Blanks look the same in any style, and signs that nobody sees are none.
fn same(text: &str, look: &Look) -> Vec<(char, Look)> {
    let it = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\u{200b}' | '\u{feff}'));
    it.map(|c| (if c == '＠' { '@' } else { c }, look.clone())).collect()
}

fn meant(text: &Text) -> Vec<Shown> {
    let mut lines: Vec<Shown> = text.lines().iter().map(line).collect();
    lines.retain(|(_, lead, words)| !lead.is_empty() || !words.is_empty());
    lines
}

fn line(line: &Line) -> Shown {
    let deep = usize::from(line.quoted.saturating_sub(1));
    let bold = matches!(line.kind, Kind::Heading(size) if size > 3);
    let (lead, more) = match &line.kind {
        Kind::Words | Kind::More { .. } => (String::new(), false),
        Kind::Heading(size) if *size > 3 => (String::new(), false),
        Kind::Heading(size) => ("#".repeat(usize::from(*size)), false),
        Kind::Item { depth, number } => {
            let mark = number.map_or("-".to_owned(), |number| format!("{number}."));
            ("  ".repeat(usize::from(*depth)) + &mark, false)
        }
        Kind::Code { language, .. } => (format!("```{language}"), true),
    };
    let mut words = same(&"›".repeat(if more { 0 } else { deep }), &Look::default());
    // A mark behind the sign of a deeper quotation begins no line.
    let lead = if deep > 0 && !more && !lead.is_empty() {
        words.extend(same(&lead, &Look::default()));
        String::new()
    } else {
        lead
    };
    for span in line {
        if more {
            words.extend(same(&super::blocks::plain(span), &Look::default()));
            continue;
        }
        words.extend(match span {
            Span::Plain(text) => same(text, &Look { bold, ..Look::default() }),
            Span::Strong(text) => same(text, &Look { bold: true, ..Look::default() }),
            Span::Code(text) => same(text, &Look { code: is_code(text, false), ..Look::default() }),
            Span::Time { at, .. } => same(&format!("<t:{}:t>", at.as_second()), &Look::default()),
            Span::Styled { text, style } => styled(text, style, bold),
            Span::Person(_) | Span::Distance { .. } => Vec::new(),
        });
    }
    (line.quoted > 0, lead, words)
}

fn styled(text: &str, style: &Style, bold: bool) -> Vec<(char, Look)> {
    let marks = Look {
        bold: style.bold || bold,
        italic: style.italic,
        underline: style.underline,
        strike: style.strike,
        spoiler: style.spoiler,
        code: false,
        link: None,
    };
    let is_marked = marks != Look::default();
    match style.link.as_deref().map(|address| (address, super::link::shown(text, address))) {
        Some((_, super::link::Link::Behind(address))) => same(text, &Look { link: Some(address), ..marks }),
        Some((address, super::link::Link::Beside(_))) => {
            same(&format!("{text} ({})", address.trim_start_matches("mailto:")), &marks)
        }
        Some((_, super::link::Link::Itself)) => same(text, &marks),
        None => same(text, &Look { code: style.code && is_code(text, is_marked), ..marks }),
    }
}

fn is_code(text: &str, is_marked: bool) -> bool {
    let fits = text.trim() == text && !text.contains('`') && !text.to_ascii_lowercase().contains("discord");
    fits && !(is_marked && text.contains(['*', '_', '~', '|', '\\']))
}

#[test]
fn any_style_reads_as_it_was_meant() {
    check!().with_type::<Seed>().for_each(|seed| {
        let text = text_of(seed);
        let content = markdown::write(&text);
        let (seen, meant) = (seen(&content), meant(&text));
        for (i, (seen, meant)) in seen.iter().zip(&meant).enumerate() {
            assert_eq!((seen.0, &seen.1), (meant.0, &meant.1), "line {i} of {content:?}");
            let differs = seen.2.iter().zip(&meant.2).position(|(seen, meant)| seen != meant);
            assert_eq!(differs.map(|at| (at, &seen.2[at], &meant.2[at])), None, "line {i} of {content:?}");
            assert_eq!(seen.2.len(), meant.2.len(), "line {i} of {content:?}");
        }
        assert_eq!(seen.len(), meant.len(), "{content:?}");
    });
}

#[test]
fn any_long_styled_text_is_cut_into_parts_that_fit_and_loses_nothing() {
    check!().with_type::<Vec<(u8, u8, u8, u16, Vec<(u8, char)>)>>().for_each(|seed| {
        let long = |(how, quoted, looks, times, seed): &(u8, u8, u8, u16, Vec<(u8, char)>)| {
            let times = if seed.is_empty() { 0 } else { usize::from(*times) % 500 };
            (*how, *quoted, *looks, seed.iter().copied().cycle().take(times).collect())
        };
        let text = text_of(&seed.iter().take(6).map(long).collect::<Seed>());
        let letters = |text: &Text| {
            let all = text.lines().iter().flatten().map(super::blocks::plain).collect::<String>();
            all.chars().filter(|c| !c.is_whitespace()).collect::<String>()
        };
        let cut = split(&text, LIMIT);
        assert_eq!(cut.iter().map(letters).collect::<String>(), letters(&text));
        for part in &cut {
            assert!(size(&markdown::write(part)) <= LIMIT, "{} characters", size(&markdown::write(part)));
            let again = parts(&Post::new(Tone::Notice, part.clone()), None);
            assert_eq!(again.len(), 1, "{part:?}");
            seen(&again[0].content);
        }
    });
}

fn words(text: &str, style: Style) -> Span {
    Span::Styled { text: text.to_owned(), style }
}

#[test]
fn marks_stand_where_clients_take_them_for_marks() {
    let bold = || Style { bold: true, ..Style::default() };
    let italic = || Style { italic: true, ..Style::default() };
    let write = |spans: Vec<Span>| markdown::write(&Text::from(vec![Line { spans, ..Line::default() }]));
    assert_eq!(write(vec![words("a ", bold()), words("b", italic())]), "**a** *b*");
    assert_eq!(write(vec![words("a", bold()), words("b", italic())]), format!("**a**{APART}*b*"));
    assert_eq!(write(vec![words("a*b", italic())]), format!("_a\\*b_{APART}"));
    assert_eq!(write(vec![words("a|", Style { spoiler: true, ..Style::default() })]), format!("||a\\|{APART}||"));
    let all = Style { bold: true, italic: true, underline: true, strike: true, spoiler: true, ..Style::default() };
    assert_eq!(write(vec![words("a", all)]), "||~~__***a***__~~||");
    let link = |to: &str| Style { link: Some(to.to_owned()), ..Style::default() };
    assert_eq!(write(vec![words("here", link("https://a.b/c"))]), "[here](<https://a.b/c>)");
    assert_eq!(write(vec![words("https://a.b/c", link("https://a.b/c"))]), "<https://a.b/c>");
    assert_eq!(write(vec![words("https://a.b/ü", link("https://a.b/%C3%BC"))]), "<https://a.b/ü>");
    assert_eq!(write(vec![words("https://a.b", link("https://x.y/"))]), "<https://a.b> (<https://x.y/>)");
    assert_eq!(write(vec![words("here", link("https://discord.gg/c"))]), "here (https\\://discord\\.gg/c)");
}

#[test]
fn lines_stand_in_what_they_stood_in() {
    let line = |quoted, kind, text: &str| Line { quoted, kind, spans: vec![Span::Plain(text.to_owned())] };
    let item = |depth, number| Kind::Item { depth, number };
    let code = |first| Kind::Code { language: "sh".to_owned(), first };
    let text = Text::from(vec![
        line(0, Kind::Heading(2), "What we know"),
        line(0, Kind::Heading(4), "Small"),
        line(1, Kind::Words, "one"),
        line(2, Kind::Words, "two"),
        line(0, item(0, None), "a"),
        line(0, item(1, Some(3)), "b"),
        line(0, Kind::More { depth: 1 }, "c"),
        line(0, code(true), "echo ``` *x*"),
        line(0, code(false), ""),
        line(1, code(true), "ls"),
    ]);
    let expected = format!(
        "## What we know\n**Small**\n> one\n> › two\n- a\n  3. b\n    c\n```sh\necho `{APART}`{APART}`{APART} *x*\n\
         {APART}\n```\n> ```sh\n> ls\n> ```"
    );
    assert_eq!(markdown::write(&text), expected);
}
