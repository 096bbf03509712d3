//! Whatever people type, every reader of Matrix sees the words they typed and nothing else.

use bolero::check;
use herald_chat::{MessageRef, Network, Person, Post, RoomRef, SendKey, Span, Text, Tone, UserRef};
use matrix_sdk::ruma::event_id;
use ruma_html::{Html, NodeRef};
use serde_json::{Value, json};

use super::split::{Event, LIMIT};
use super::{edit, message, parts};

/// What tends to break writers and readers of HTML.
#[rustfmt::skip]
const NASTY: &[&str] = &[
    "", " ", "  ", "    ", "\n", "\n\n", "\t", "\r", "\r\n", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{a0}", "\u{3000}",
    "<", ">", "</", "/>", "<b>", "</strong>", "</code>", "</a>", "<br>", "<!--", "-->", "<![CDATA[", "]]>", "<?", "<!",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<mx-reply>", "</mx-reply>", "<plaintext>", "<table><td>",
    "<a href=\"https://matrix.to/#/@ben:x\">", "https://matrix.to/#/@ben:example.org", "javascript:alert(1)",
    "&", "&amp;", "&#42;", "&#x3c;", "&lt", "&lt;", "&nbsp;", "&#0;", "&#128;", "&notit;", "\"", "'", "`", "``", "\\", "\\n", "=",
    "> ", "> <@ben:example.org> hi\n\n", "* ", "@", "@room", "@everyone", "@ben:example.org", "m.mentions", "{\"a\":1}",
    "\u{200b}", "\u{200d}", "\u{feff}", "\u{fe0f}", "\u{202e}", "\u{e0041}", "\0", "\u{1b}[31m", "\u{fffe}", "\u{fffd}",
    "🔥", "👩\u{200d}🚒", "ශ්\u{200d}රී", "e\u{301}", "“", "—", "ß", "日本", "a", "b c", "down", "5%", "INC-2",
];

/// Nasty pieces, with any character at all between them.
pub(super) fn typed(seed: &[(u8, char)]) -> String {
    let piece = |(i, c): &(u8, char)| NASTY.get(usize::from(*i)).map_or_else(|| c.to_string(), |s| (*s).to_owned());
    seed.iter().map(piece).collect()
}

fn user(network: &str, id: &str) -> UserRef {
    UserRef::new(&Network::new(network), id)
}

fn text_of(seed: &[(u8, Vec<(u8, char)>)]) -> Text {
    seed.iter().fold(Text::new(), |text, (how, seed)| {
        let words = typed(seed);
        match how % 10 {
            0 => text.line("Try `!help` or `!status`: "),
            1 => text.strong(&words),
            2 => text.code(&words),
            3 => text.quote(&words),
            4 => text.person(&Person { id: user("matrix", "@ana:example.org"), name: words }),
            5 => text.span(Span::Person(Person { id: user("matrix", &words), name: words })),
            6 => text.span(Span::Person(Person { id: user("discord", "7"), name: words })),
            7 => text.span(Span::Strong(words)),
            8 => text.span(Span::Code(words)),
            _ => text.span(Span::Plain(words)),
        }
    })
}

fn key() -> SendKey {
    SendKey::derive("a", "b", 0)
}

fn content(text: Text) -> Value {
    message(&Post::new(Tone::Notice, text), &key(), None).unwrap()
}

#[test]
fn any_text_reads_as_the_words_it_is_made_of() {
    check!().with_type::<Vec<(u8, Vec<(u8, char)>)>>().for_each(|seed| {
        let text = text_of(seed);
        let content = content(text.clone());
        assert_eq!(words(content["body"].as_str().unwrap()), words(&text.to_string()));
        assert_eq!(shown(&content), without_quotes(&text.to_string()));
        assert_eq!(content["m.mentions"], json!({}));
    });
}

#[test]
fn any_edit_says_the_same_and_calls_nobody() {
    check!().with_type::<Vec<(u8, Vec<(u8, char)>)>>().for_each(|seed| {
        let text = text_of(seed);
        let post = Post::new(Tone::Update, text.clone()).calling([user("matrix", "@ana:example.org")]);
        let edit = edit(&post, &key(), event_id!("$of")).unwrap();
        assert_eq!(edit["m.relates_to"], json!({ "rel_type": "m.replace", "event_id": "$of" }));
        assert_eq!(shown(&edit["m.new_content"]), without_quotes(&text.to_string()));
        assert_eq!(edit["m.new_content"]["m.mentions"], json!({}));
        assert_eq!(edit["m.mentions"], json!({}));
        assert_eq!(edit.get("formatted_body"), None);
    });
}

#[test]
fn any_long_text_is_cut_into_parts_that_fit_and_loses_nothing() {
    check!().with_type::<Vec<(u8, u16, Vec<(u8, char)>)>>().for_each(|seed| {
        let long = |(how, times, seed): &(u8, u16, Vec<(u8, char)>)| {
            let times = usize::from(*times) % 9000;
            (*how, seed.iter().copied().cycle().take(if seed.is_empty() { 0 } else { times }).collect())
        };
        let text = text_of(&seed.iter().take(6).map(long).collect::<Vec<_>>());
        let parts = text.split(&Event);
        assert_eq!(parts, text.split(&Event));

        let letters = |text: &Text| without_quotes(&text.to_string()).replace('\n', "");
        assert_eq!(parts.iter().map(letters).collect::<String>(), letters(&text));
        for part in &parts {
            let content = content(part.clone());
            let size = |key: &str| content.get(key).map_or(0, |value| value.to_string().len());
            assert!(size("body") + size("formatted_body") <= LIMIT + 4, "{} bytes", content.to_string().len());
            let edit = edit(&Post::new(Tone::Update, part.clone()), &key(), event_id!("$of")).unwrap();
            assert!(edit.to_string().len() * 4 / 3 < 60_000);
        }
    });
}

#[test]
fn a_long_text_is_cut_at_line_ends_else_after_spaces() {
    let line = "word ".repeat(1000);
    let text = Text::new().quote(&[line.trim_end(); 5].join("\n"));
    let lengths: Vec<usize> = text.split(&Event).iter().map(|part| part.lines().len()).collect();
    assert_eq!(lengths, [1, 1, 1, 1, 1]);

    let parts = Text::new().exact(&"word ".repeat(5000)).split(&Event);
    assert!(parts.len() > 2);
    for part in &parts[..parts.len() - 1] {
        assert!(part.to_string().ends_with("word "));
    }
    assert_eq!(Text::new().split(&Event), [Text::new()]);
}

#[test]
fn the_first_part_calls_and_answers() {
    let room = RoomRef::new(&Network::new("matrix"), "!r");
    let mut post =
        Post::new(Tone::Call, Text::new().exact(&"x".repeat(40_000))).calling([user("matrix", "@ana:example.org")]);
    post.reply_to = Some(MessageRef { room, id: "$asked".to_owned() });
    let parts = parts(&post);
    assert_eq!((&parts[0].calls, &parts[0].reply_to), (&post.calls, &post.reply_to));
    for part in &parts[1..] {
        assert_eq!((part.tone, part.calls.len(), &part.reply_to), (Tone::Call, 0, &None));
    }
}

#[test]
fn only_who_is_called_is_mentioned() {
    let ana = Person { id: user("matrix", "@ana:example.org"), name: "Ana <3".to_owned() };
    let ben = Person { id: user("discord", "7"), name: "ben".to_owned() };
    let text = Text::says("🔴 ").strong("INC-1 & co").and("  ").person(&ana).and(" and ").person(&ben).and(" `!take`");
    let post = Post::new(Tone::Call, text.line("@room")).calling([user("matrix", "@cy:example.org"), ben.id]);
    let expected = json!({
        "msgtype": "m.text",
        "body": "🔴 INC-1 & co  Ana <3 and ben `!take`\n@room",
        "format": "org.matrix.custom.html",
        "formatted_body": "🔴 <strong>INC-1 &amp; co</strong>\u{a0}\u{a0}\
            <a href=\"https://matrix.to/#/@ana:example.org\">Ana &lt;3</a> and <strong>ben</strong> \
            <code>!take</code><br>@room",
        "m.mentions": { "user_ids": ["@cy:example.org"] },
        "im.herald.key": key().as_str(),
    });
    assert_eq!(message(&post, &key(), None).unwrap(), expected);
}

#[test]
fn plain_words_need_no_markup_unless_they_look_like_a_quotation() {
    assert_eq!(content(Text::new().exact("a < b")).get("formatted_body"), None);
    assert_eq!(content(Text::new().typed("a\n> b"))["formatted_body"], "a<br>&gt; b");
    // A line that goes on with what somebody typed is marked, so it looks like none.
    assert_eq!(content(Text::new().quote("a\n> b")).get("formatted_body"), None);
}

#[test]
fn answers_and_threads_are_relations() {
    let root = event_id!("$root");
    let mut post = Post::new(Tone::Answer, Text::says("no"));
    let relation = |post: &Post, root| message(post, &key(), root).unwrap()["m.relates_to"].clone();
    assert_eq!(relation(&post, None), Value::Null);
    assert_eq!(
        relation(&post, Some(root)),
        json!({ "rel_type": "m.thread", "event_id": "$root", "m.in_reply_to": { "event_id": "$root" }, "is_falling_back": true })
    );
    let asked =
        |network: &str| MessageRef { room: RoomRef::new(&Network::new(network), "!r"), id: "$asked".to_owned() };
    post.reply_to = Some(asked("discord"));
    assert_eq!(relation(&post, None), Value::Null);
    post.reply_to = Some(asked("matrix"));
    assert_eq!(relation(&post, None), json!({ "m.in_reply_to": { "event_id": "$asked" } }));
    assert_eq!(
        relation(&post, Some(root)),
        json!({ "rel_type": "m.thread", "event_id": "$root", "m.in_reply_to": { "event_id": "$asked" } })
    );
}

/// As a reader takes them in: nobody sees which kind of space it is, or a byte order mark.
fn words(text: &str) -> String {
    let seen = text.chars().filter(|c| *c != '\u{feff}');
    seen.map(|c| if c != '\n' && (c.is_control() || c == '\u{a0}') { ' ' } else { c }).collect()
}

/// [`words`], without the backquotes that only the plain words have around what is to be typed.
fn without_quotes(text: &str) -> String {
    words(text).replace('`', "")
}

/// What stands first may be taken for a byte order mark, and left out. So one stands there that is.
pub(super) fn parsed(html: &str) -> Html {
    Html::parse(&format!("\u{feff}{html}"))
}

/// What a client shows.
fn shown(content: &Value) -> String {
    match content.get("formatted_body") {
        Some(html) => {
            let mut seen = String::new();
            parsed(html.as_str().unwrap()).children().for_each(|node| read(&node, &mut seen));
            without_quotes(&seen)
        }
        None => without_quotes(content["body"].as_str().unwrap()),
    }
}

/// Reads HTML as browsers do: of several spaces one stays, at the ends of a line none.
fn read(node: &NodeRef, seen: &mut String) {
    if let Some(text) = node.as_text() {
        let text = text.borrow();
        for c in text.chars() {
            assert!(c != '\n' && c != '\t', "HTML drops it");
            assert!(c != ' ' || !(seen.is_empty() || seen.ends_with([' ', '\n'])), "a space is lost in {text:?}");
            seen.push(c);
        }
    } else if let Some(element) = node.as_element() {
        let attributes: Vec<String> =
            element.attrs.borrow().iter().map(|a| format!("{}={}", &*a.name.local, a.value)).collect();
        match (&*element.name.local, &attributes[..]) {
            ("br", []) => {
                assert!(!seen.ends_with(' '), "a space is lost");
                seen.push('\n');
            }
            ("strong" | "code", []) => node.children().for_each(|node| read(&node, seen)),
            ("a", [href]) if href.starts_with("href=https://matrix.to/#/@") => {
                node.children().for_each(|node| read(&node, seen));
            }
            other => panic!("{other:?} came out"),
        }
    } else {
        panic!("a comment came out");
    }
}
