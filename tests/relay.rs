//! What may be passed on in somebody's name, and how it is cut: for any text whatever.

use bolero::check;
use herald::relay::{Heading, cleaned, speech};
use herald_chat::testing::calls_a_room;
use herald_chat::{Kind, Line, Network, Person, Span, Style, Text, UserRef, Weights};
use jiff::Timestamp;

/// What words are made of here.
const PIECES: [&str; 34] = [
    "@",
    "every",
    "everyone",
    "@HERE",
    "@room",
    "channel",
    "here",
    " ",
    "  ",
    "\n",
    "\t",
    "\r\n",
    "\u{200b}",
    "\u{202e}",
    "\u{2066}",
    "\u{e0041}",
    "\u{feff}",
    "\u{7}",
    "\u{85}",
    "\u{ad}",
    "word",
    "über",
    "👩\u{200d}🚒",
    "语",
    "paypal",
    ".",
    "com",
    "。",
    "https://",
    "good.example/path",
    "```",
    "**",
    "<@1>",
    "a rather long word that goes on and on",
];
/// Where links lead.
const LINKS: [&str; 3] = ["https://good.example/path", "https://evil.example/", "mailto:ana@good.example"];

/// A text from a few bytes.
fn text(mut bytes: &[u8]) -> Text {
    let mut next = || {
        let (first, rest) = bytes.split_first()?;
        bytes = rest;
        Some(usize::from(*first))
    };
    let mut text = Text::new();
    while let Some(line) = next() {
        let kind = match line % 7 {
            0 => Kind::Code { language: "sh".to_owned(), first: line % 2 == 0 },
            1 => Kind::Item { depth: 1, number: Some(3) },
            2 => Kind::More { depth: 0 },
            3 => Kind::Heading(2),
            _ => Kind::Words,
        };
        let mut spans = Vec::new();
        for _ in 0..=line % 5 {
            let (Some(how), Some(count)) = (next(), next()) else { break };
            let words: String = (0..=count % 4).filter_map(|_| next()).map(|at| PIECES[at % PIECES.len()]).collect();
            let link = LINKS.get(how / 16 % 4).map(|link| (*link).to_owned());
            spans.push(match how % 6 {
                0 => Span::Strong(words),
                1 => Span::Code(words),
                2 | 3 => Span::Styled { text: words, style: Style { bold: how % 2 == 0, link, ..Style::default() } },
                4 if how < 128 => Span::Person(person(&words)),
                _ => Span::Plain(words),
            });
        }
        text = text.push(Line { quoted: u8::from(line % 3 == 0), kind, spans });
    }
    text
}

fn person(name: &str) -> Person {
    Person { id: UserRef::new(&Network::new("annex"), "u1"), name: name.to_owned() }
}

fn words(span: &Span) -> &str {
    match span {
        Span::Plain(text)
        | Span::Strong(text)
        | Span::Code(text)
        | Span::Styled { text, .. }
        | Span::Time { text, .. }
        | Span::Distance { text, .. } => text,
        Span::Person(person) => &person.name,
    }
}

fn line_words(line: &Line) -> String {
    line.iter().map(words).collect()
}

/// Nothing hides, and nobody is called, whatever spans the words are made of.
fn is_harmless(text: &Text) {
    for line in text.lines() {
        let words = line_words(line);
        let hidden = |c: char| {
            c.is_control()
                || matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
        };
        assert!(!words.contains(hidden), "{words:?}");
        let is_code = |span: &&Span| matches!(span, Span::Code(_));
        let spoken = |span: &Span| if is_code(&span) { "x" } else { self::words(span) }.to_owned();
        let spoken: String = line.iter().map(spoken).collect();
        assert!(matches!(line.kind, Kind::Code { .. }) || !calls_a_room(&spoken), "{words:?}");
    }
}

/// Words that look like an address lead there.
fn leads_where_it_says(text: &Text) {
    let link = |span: &Span| match span {
        Span::Styled { style, .. } => style.link.clone(),
        Span::Plain(_)
        | Span::Strong(_)
        | Span::Code(_)
        | Span::Person(_)
        | Span::Time { .. }
        | Span::Distance { .. } => None,
    };
    for line in text.lines() {
        let mut spans = line.spans.as_slice();
        while let Some(first) = spans.first() {
            let same = spans.iter().take_while(|span| link(span) == link(first)).count();
            let (run, rest) = spans.split_at(same.max(1));
            spans = rest;
            let Some(link) = link(first) else { continue };
            let said: String = run.iter().map(words).collect();
            let said = said.trim().trim_end_matches('/').to_lowercase().replace('。', ".");
            let is_address = said.contains("://") || said.contains("paypal.com") || said.contains("good.example");
            let link = link.trim_end_matches('/');
            let bare = link.trim_start_matches("https://").trim_start_matches("mailto:");
            assert!(!is_address || said == link || said == bare, "{said:?} leads to {link:?}");
        }
    }
}

#[test]
fn any_words_are_passed_on_without_what_hides_calls_or_leads_elsewhere() {
    check!().with_iterations(20_000).for_each(|bytes: &[u8]| {
        let clean = cleaned(text(bytes));
        is_harmless(&clean);
        leads_where_it_says(&clean);
        assert_eq!(cleaned(clean.clone()).to_string(), clean.to_string(), "cleaning what is clean changes nothing");
    });
}

#[test]
fn any_name_speaks_on_one_line_and_calls_nobody() {
    check!().with_iterations(20_000).for_each(|bytes: &[u8]| {
        let (name, rest) = bytes.split_at(bytes.len().min(4));
        let name: String = name.iter().map(|at| PIECES[usize::from(*at) % PIECES.len()]).collect();
        let (by, network) = (person(&name), Network::new("annex"));
        let at = bytes.len() % 2;
        let when = (at == 0).then_some((Timestamp::UNIX_EPOCH, "00:00 UTC"));
        let heading = Heading { by: &by, network: &network, when, answers_unknown: bytes.len().is_multiple_of(3) };
        let post = speech(heading, cleaned(text(rest)));
        is_harmless(&post.text);
        leads_where_it_says(&post.text);
        assert!(post.calls.is_empty());
        let first = post.text.lines().first().unwrap().iter().next().unwrap();
        let voice = post.voice.unwrap();
        assert!(
            matches!(first, Span::Strong(words) if words.trim_end().trim_end_matches(':') == voice.name),
            "{first:?}"
        );
        assert!(voice.name.ends_with(" · Annex") && !voice.name.contains('\n'), "{}", voice.name);
    });
}

/// A platform that counts wide characters twice.
struct Toy;

impl Toy {
    const LIMIT: usize = 120;
}

impl Weights for Toy {
    fn limit(&self) -> usize {
        Self::LIMIT
    }

    fn line_end(&self) -> usize {
        1
    }

    fn lead(&self, line: &Line) -> usize {
        2 * usize::from(line.quoted)
            + match &line.kind {
                Kind::Item { .. } => 6,
                Kind::More { .. } => 4,
                Kind::Words | Kind::Heading(_) | Kind::Code { .. } => 0,
            }
    }

    fn fence(&self, language: &str) -> usize {
        12 + language.len()
    }

    fn character(&self, c: char) -> usize {
        if c.is_ascii() { 1 } else { 2 }
    }

    fn markup(&self, span: &Span) -> usize {
        match span {
            Span::Code(_) => 2,
            Span::Distance { .. } => 3,
            Span::Styled { style, .. } => style.link.as_ref().map_or(0, |link| link.len() + 3),
            Span::Plain(_) | Span::Strong(_) | Span::Person(_) | Span::Time { .. } => 0,
        }
    }

    fn words<'a>(&self, span: &'a Span) -> &'a str {
        words(span)
    }
}

/// Each character that can be seen, and whether it stands in a block of code.
fn shown(texts: &[Text]) -> Vec<(char, bool)> {
    let lines = texts.iter().flat_map(Text::lines);
    let of = |line: &Line| {
        let is_code = matches!(line.kind, Kind::Code { .. });
        line_words(line).chars().map(move |c| (c, is_code)).collect::<Vec<_>>()
    };
    lines.flat_map(of).filter(|(c, _)| !c.is_whitespace()).collect()
}

#[test]
fn any_text_is_cut_into_parts_that_fit_and_say_it_all() {
    check!().with_iterations(20_000).for_each(|bytes: &[u8]| {
        let whole = cleaned(text(bytes));
        let parts = whole.split(&Toy);
        for part in &parts {
            let weight: usize = part.to_string().chars().map(|c| Toy.character(c)).sum();
            assert!(weight <= Toy::LIMIT, "{weight}: {part}");
        }
        assert_eq!(shown(&parts), shown(std::slice::from_ref(&whole)));
        assert_eq!(parts, whole.split(&Toy), "always the same parts");
    });
}
