//! Whatever people style and wherever their words stand, it reads as that and as nothing else.

use bolero::check;
use herald_chat::{Kind, Line, Network, Person, Post, SendKey, Span, Style, Text, Tone, UserRef, Voice, safe_link};
use matrix_sdk::ruma::event_id;
use ruma_html::NodeRef;
use serde_json::{Value, json};

use super::html::words;
use super::split::{Event, LIMIT};
use super::tests::{parsed, typed};
use super::{edit, is_of_language, message, user};
use crate::mentions::account;
use crate::read::read;

/// How a piece of a text is made: where its line stands, what it is, how it looks, and its words.
pub(crate) type Seed = (u8, u8, u8, Vec<(u8, char)>);

/// Addresses, most of which nothing may lead to.
const LINKS: [&str; 6] = [
    "https://a.example/x?y=1&z='q'#(_*[",
    "javascript:alert(1)",
    "https://matrix.to/#/@ben:example.org",
    "matrix:u/ben:example.org",
    "https://a\"><b>.example/",
    "mailto:ana@example.org",
];
const LANGUAGES: [&str; 4] = ["", "rust", "c++", "\"><script>\n"];

fn kind(of: u8) -> Kind {
    let depth = of / 9 % 3;
    match of % 9 {
        0..3 => Kind::Words,
        3 => Kind::Heading(of / 9),
        4 => Kind::Item { depth, number: None },
        5 => Kind::Item { depth, number: Some(u32::from(of / 27)) },
        6 => Kind::More { depth },
        first => Kind::Code { language: LANGUAGES[usize::from(of / 64) % 4].to_owned(), first: first == 7 },
    }
}

fn style(of: u8, link: u8) -> Style {
    let is = |bit: u8| of >> bit & 1 == 1;
    let link = LINKS.get(usize::from(link)).map(|link| (*link).to_owned());
    Style { bold: is(0), italic: is(1), underline: is(2), strike: is(3), spoiler: is(4), code: is(5), link }
}

fn span(how: u8, look: u8, words: String) -> Span {
    let person = |network: &str, id: &str, name: String| {
        Span::Person(Person { id: UserRef::new(&Network::new(network), id), name })
    };
    match how % 8 {
        0 => Span::Plain(words),
        1 => Span::Strong(words),
        2 => Span::Code(words),
        3 => person("matrix", "@ana:example.org", words),
        4 => person("matrix", &words.clone(), words),
        5 => person("discord", "7", words),
        how => Span::Styled { text: words, style: style(look, if how == 6 { how / 8 } else { u8::MAX }) },
    }
}

/// Any text of any lines.
fn rich(seed: &[Seed]) -> Text {
    let mut lines: Vec<Line> = Vec::new();
    for (place, how, look, seed) in seed {
        if place % 2 == 0 || lines.is_empty() {
            lines.push(Line { quoted: place / 2 % 4, kind: kind(how.rotate_left(3)), spans: Vec::new() });
        }
        if let Some(line) = lines.last_mut().filter(|_| how % 11 > 0) {
            line.spans.push(span(*how, *look, typed(seed)));
        }
    }
    Text::from(lines)
}

fn key() -> SendKey {
    SendKey::derive("a", "b", 0)
}

fn written(text: &Text) -> Value {
    message(&Post::new(Tone::Notice, text.clone()), &key(), None).unwrap()
}

/// What shows of a span, beside its words.
fn look(span: &Span) -> Style {
    let bold = Style { bold: true, ..Style::default() };
    match span {
        Span::Plain(_) | Span::Time { .. } | Span::Distance { .. } => Style::default(),
        Span::Strong(_) => bold,
        Span::Code(_) => Style { code: true, ..Style::default() },
        Span::Person(person) => match user(&person.id) {
            Some(user) => Style { link: Some(user.matrix_to_uri().to_string()), ..Style::default() },
            None => bold,
        },
        Span::Styled { style, .. } => {
            let link = style.link.as_deref().and_then(safe_link).filter(|link| account(link).is_none());
            Style { link, ..style.clone() }
        }
    }
}

fn blank(c: char) -> char {
    if c.is_control() || c == '\u{a0}' { ' ' } else { c }
}

#[test]
fn any_styled_text_is_shown_so_and_with_nothing_else() {
    check!().with_type::<Vec<Seed>>().for_each(|seed| {
        let text = rich(seed);
        let content = written(&text);
        assert_eq!(content["m.mentions"], json!({}));
        let Some(html) = content.get("formatted_body") else { return };
        let mut shown = Vec::new();
        let plain = Style::default();
        parsed(html.as_str().unwrap()).children().for_each(|node| show(&node, &plain, false, &mut shown));
        let mut expected = Vec::new();
        for line in text.lines() {
            let code = matches!(line.kind, Kind::Code { .. });
            for span in line {
                let look = if code { Style { code: true, ..Style::default() } } else { look(span) };
                expected.extend(words(span).chars().filter(|c| *c != '\n').map(|c| (blank(c), look.clone())));
            }
        }
        assert_eq!(shown, expected, "{html}");
    });
}

/// What a browser shows: every character and how it looks.
fn show(node: &NodeRef, style: &Style, code: bool, shown: &mut Vec<(char, Style)>) {
    if let Some(text) = node.as_text() {
        let text = text.borrow();
        let mut last = None;
        for c in text.chars().filter(|c| !(code && *c == '\n')) {
            assert!(code || (c != '\n' && !(c == ' ' && last == Some(' '))), "a blank is lost in {text:?}");
            last = Some(c);
            shown.push((blank(c), style.clone()));
        }
        return;
    }
    let element = node.as_element().expect("a comment came out");
    let attributes: Vec<String> =
        element.attrs.borrow().iter().map(|a| format!("{}={}", &*a.name.local, a.value)).collect();
    let (mut style, mut code) = (style.clone(), code);
    match (&*element.name.local, attributes.iter().map(String::as_str).collect::<Vec<_>>().as_slice()) {
        ("br", []) => assert!(node.children().next().is_none()),
        ("strong", []) => style.bold = true,
        ("em", []) => style.italic = true,
        ("u", []) => style.underline = true,
        ("del", []) => style.strike = true,
        ("span", ["data-mx-spoiler="]) => style.spoiler = true,
        ("code", []) => style.code = true,
        ("code", [class]) if code => {
            assert!(class.strip_prefix("class=language-").unwrap().chars().all(is_of_language));
            style.code = true;
        }
        ("a", [href]) => style.link = Some(href.strip_prefix("href=").unwrap().to_owned()),
        ("pre", []) => code = true,
        ("ol", [start]) => assert!(start.strip_prefix("start=").unwrap().parse::<u32>().is_ok()),
        ("blockquote" | "ul" | "ol" | "li" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6", []) => {}
        other => panic!("{other:?} came out"),
    }
    node.children().for_each(|node| show(&node, &style, code, shown));
}

/// The text as its HTML can tell it: pieces that look the same together, and no line in what is not there.
fn told(text: &Text) -> Text {
    let (mut lines, mut lists, mut quoted, mut code): (Vec<Line>, u8, u8, bool) = (Vec::new(), 0, 0, false);
    for line in text.lines() {
        let open = if line.quoted == quoted { lists } else { 0 };
        let goes_on = code && line.quoted == quoted;
        let kind = match &line.kind {
            Kind::Words => Kind::Words,
            Kind::Heading(size) => Kind::Heading((*size).clamp(1, 6)),
            Kind::Item { depth, number } => Kind::Item { depth: (*depth).min(open), number: *number },
            Kind::More { .. } if open == 0 => Kind::Words,
            Kind::More { depth } => Kind::More { depth: (*depth).min(open - 1) },
            Kind::Code { language, first } => {
                let of = |line: &Line| match &line.kind {
                    Kind::Code { language, .. } => Some(language.clone()),
                    _ => None,
                };
                let language = match lines.last().and_then(of).filter(|_| goes_on && !first) {
                    Some(language) => language,
                    None => language.chars().filter(|c| is_of_language(*c)).collect(),
                };
                Kind::Code { language, first: *first || !goes_on }
            }
        };
        (lists, quoted) = match &kind {
            Kind::Item { depth, .. } | Kind::More { depth } => (depth + 1, line.quoted),
            _ => (0, line.quoted),
        };
        code = matches!(kind, Kind::Code { .. });
        let mut spans: Vec<Span> = Vec::new();
        for span in line {
            let text: String = words(span).chars().map(blank).collect();
            let style = if code { Style::default() } else { look(span) };
            let is_person = matches!(span, Span::Person(person) if !code && user(&person.id).is_some());
            match (spans.last_mut(), span) {
                _ if text.is_empty() => {}
                (_, person) if is_person => spans.push(person.clone()),
                (Some(Span::Plain(last)), _) if style == Style::default() => last.push_str(&text),
                (Some(Span::Styled { text: last, style: own }), _) if *own == style => last.push_str(&text),
                _ if style == Style::default() => spans.push(Span::Plain(text)),
                _ => spans.push(Span::Styled { text, style }),
            }
        }
        // An empty heading takes no room.
        if !matches!(kind, Kind::Heading(_)) || !spans.is_empty() {
            lines.push(Line { quoted, kind, spans });
        }
    }
    let shows = |line: &Line| line.kind != Kind::Words || !line.spans.is_empty();
    let end = lines.iter().rposition(shows).map_or(0, |at| at + 1);
    lines.truncate(end);
    let start = lines.iter().position(shows).unwrap_or(0);
    Text::from(lines.split_off(start))
}

#[test]
fn any_text_that_is_written_is_read_as_the_same() {
    check!().with_type::<Vec<Seed>>().for_each(|seed| {
        let on_one_line = |(place, how, look, words): &Seed| {
            let words = words.iter().filter(|piece| !typed(&[**piece]).contains('\n'));
            (*place, *how, *look, words.copied().collect())
        };
        let text = rich(&seed.iter().map(on_one_line).collect::<Vec<Seed>>());
        if let Some(html) = written(&text).get("formatted_body") {
            let html = html.as_str().unwrap();
            assert_eq!(read(html).text, told(&text), "{html}");
        }
    });
}

#[test]
fn any_long_styled_text_is_cut_into_parts_that_fit_and_loses_nothing() {
    check!().with_type::<Vec<(u16, Seed)>>().for_each(|seed| {
        let long = |(times, (place, how, look, words)): &(u16, Seed)| {
            let times = if words.is_empty() { 0 } else { usize::from(*times) % 9000 };
            (*place, *how, *look, words.iter().copied().cycle().take(times).collect())
        };
        let text = told(&rich(&seed.iter().take(6).map(long).collect::<Vec<Seed>>()));
        let parts = text.split(&Event);
        let letters = |text: &Text| text.lines().iter().flatten().map(words).collect::<String>();
        assert_eq!(parts.iter().map(letters).collect::<String>(), letters(&text));
        let mut before: Option<&Line> = None;
        for part in &parts {
            let first = part.lines().first();
            if let (Some(before), Some(first)) = (before, first)
                && let (Kind::Code { language, .. }, Kind::Code { language: again, first: false }) =
                    (&before.kind, &first.kind)
            {
                assert_eq!((language, before.quoted), (again, first.quoted), "a block of code goes on as another");
            }
            before = part.lines().last();
            let mut post = Post::new(Tone::Call, part.clone());
            post.voice = Some(Voice { account: UserRef::new(&Network::new("discord"), "7"), name: "ben".to_owned() });
            let content = message(&post, &key(), None).unwrap();
            let size = |key: &str| content.get(key).map_or(0, |value| value.to_string().len());
            assert!(size("body") + size("formatted_body") <= LIMIT + 4, "{} bytes", content.to_string().len());
            assert!(edit(&post, &key(), event_id!("$of")).unwrap().to_string().len() * 4 / 3 < 60_000);
        }
    });
}

#[test]
fn lines_stand_in_quotations_lists_headings_and_code() {
    let line = |quoted, kind, words: &str| Line { quoted, kind, spans: vec![Span::Plain(words.to_owned())] };
    let item = |depth, number| Kind::Item { depth, number };
    let code = |first| Kind::Code { language: "rust".to_owned(), first };
    let text = Text::from(vec![
        line(0, Kind::Heading(2), "What"),
        line(1, Kind::Words, "it is"),
        line(2, Kind::Words, "down"),
        line(0, Kind::Words, "so:"),
        line(0, item(0, Some(3)), "look"),
        line(0, Kind::More { depth: 0 }, "closely"),
        line(0, item(1, None), "here"),
        line(0, item(0, Some(4)), "fix"),
        line(0, code(true), "if a < b {"),
        line(0, code(false), "  c()"),
        line(0, Kind::Words, "done"),
    ]);
    let content = written(&text);
    assert_eq!(
        content["formatted_body"],
        "<h2>What</h2><blockquote>it is<blockquote>down</blockquote></blockquote>so:\
         <ol start=\"3\"><li>look<br>closely<ul><li>here</li></ul></li><li>fix</li></ol>\
         <pre><code class=\"language-rust\">if a &lt; b {\n  c()\n</code></pre>done"
    );
    assert_eq!(
        content["body"],
        "What\n> it is\n> > down\nso:\n3. look\n  closely\n  - here\n4. fix\n```rust\nif a < b {\n  c()\n```\ndone"
    );
}

#[test]
fn somebody_elses_words_carry_their_name() {
    let text = Text::new().strong("ana · Discord:").span(Span::Plain(" hi ".to_owned())).strong("you");
    let mut post = Post::new(Tone::Call, text);
    let account = UserRef::new(&Network::new("discord"), "7");
    post.voice = Some(Voice { account, name: "ana · Discord".to_owned() });
    let html = "<strong data-mx-profile-fallback>ana · Discord:</strong> hi <strong>you</strong>";
    let profile = json!({ "id": "discord:7", "displayname": "ana · Discord", "has_fallback": true });
    let content = message(&post, &key(), None).unwrap();
    assert_eq!(content["formatted_body"], html);
    assert_eq!(content["com.beeper.per_message_profile"], profile);
    assert_eq!((&content["msgtype"], &content["m.mentions"]), (&json!("m.text"), &json!({})));
    let edit = edit(&post, &key(), event_id!("$of")).unwrap();
    assert_eq!(edit["m.new_content"]["formatted_body"], html);
    assert_eq!(edit["m.new_content"]["com.beeper.per_message_profile"], profile);
    assert_eq!(edit["com.beeper.per_message_profile"], profile);

    post.text = Text::new().exact("more of it");
    let content = message(&post, &key(), None).unwrap();
    assert_eq!(content["com.beeper.per_message_profile"]["has_fallback"], false);
}
