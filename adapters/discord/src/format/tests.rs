//! Whatever people type, every reader of Discord sees the words they typed and nothing else.

#[path = "../../tests/guild/reader.rs"]
pub(super) mod reader;

use bolero::check;
use herald_chat::{
    Accent, Button, Card, MessageRef, Network, Person, Post, Press, RoomRef, SendKey, Span, Text, Tone, UserRef,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::fence::blocks;
use super::split::split;
use super::{LIMIT, embed, markdown, parts, size};
use reader::{Seen, read, words};

/// What tends to break writers and readers of Markdown.
#[rustfmt::skip]
const NASTY: &[&str] = &[
    "", " ", "  ", "    ", "\n", "\n\n", "\t", "\r", "\r\n", "\u{b}", "\u{85}", "\u{2028}", "\u{a0}", "\u{3000}",
    "*", "**", "***", "_", "__", "~~", "`", "``", "```", "```sh\n", "#", "# ", "## ", "-", "- ", "-# ", "---\n", "+ ", "1",
    "1. ", "1) ", "12.", "> ", ">", ">>> ", "|", "||", "[", "]", "(", ")", "](", "[a](http://b.c)", "<", ">", "</", "<b>",
    "<https://a.b>", "<a@b.c>", "<+123>", "http://a.b/c_d_e", "https://a.b", "steam://run/1", "https:", "//", "www.a.b", "a@b.cz",
    "\\", "\\\n", "\\*", "$", ":", ":smile:", "::", ":100:", "10:30:45", "||spoiler||", "@", "@everyone", "@Here", "@ROOM",
    "＠room", "every", "one", "<@123>", "<@!1>", "<@&1>", "<#1>", "<t:0:R>", "<t:0>", "<id:guide>", "</a:1>", "<:x:4>", "<a:x:4>",
    "discord.gg/abc", "https://discord.gg/abc", "Discord.com/invite/x", "discord", ".gg", "¯\\_(ツ)_/¯",
    "\u{200b}", "\u{200d}", "\u{feff}", "\u{fe0f}", "\u{202e}", "\u{e0041}", "\0", "\u{1b}[31m", "🔥", "👩\u{200d}🚒",
    "e\u{301}", "“", "—", "ß", "日本", "a", "b c", "down", "5%", "INC-2", "(see", ").", "'", "\"",
];

/// Nasty pieces, with any character at all between them.
pub(crate) fn typed(seed: &[(u8, char)]) -> String {
    let piece = |(i, c): &(u8, char)| NASTY.get(usize::from(*i)).map_or_else(|| c.to_string(), |s| (*s).to_owned());
    seed.iter().map(piece).collect()
}

fn user(network: &str, id: &str) -> UserRef {
    UserRef::new(&Network::new(network), id)
}

pub(super) fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn text_of(seed: &[(u8, Vec<(u8, char)>)]) -> Text {
    seed.iter().fold(Text::new(), |text, (how, seed)| {
        let words = typed(seed);
        match how % 12 {
            0 => text.line("Try `!help` or `!status`: "),
            1 => text.strong(&words),
            2 => text.code(&words),
            3 => text.quote(&words),
            4 => text.span(Span::Person(Person { id: user("discord", "123456789012345678"), name: words })),
            // No number, so nobody on Discord.
            5 => text.span(Span::Person(Person { id: user("discord", &format!("{words}x")), name: words })),
            6 => text.span(Span::Person(Person { id: user("matrix", "@ana:example.org"), name: words })),
            7 => text.span(Span::Strong(words)),
            8 => text.span(Span::Code(words)),
            9 => text.time(moment(1_700_000_000), "12:30 UTC"),
            10 => text.distance(moment(1_700_000_000), "in 30 min"),
            _ => text.span(Span::Plain(words)),
        }
    })
}

/// What a reader is to see: signs as Discord writes them, whoever is called by `@` without being called.
fn meant(text: &Text) -> String {
    let span = |span: &Span| match span {
        Span::Plain(text) | Span::Strong(text) | Span::Styled { text, .. } | Span::Code(text) => text.clone(),
        Span::Person(person) => match markdown::number(person) {
            Some(number) => format!("<@{number}>"),
            None => person.name.clone(),
        },
        Span::Time { at, .. } => format!("<t:{}:t>", at.as_second()),
        Span::Distance { to, .. } => format!(" (<t:{}:R>)", to.as_second()),
    };
    let line = |line: &herald_chat::Line| line.iter().map(span).collect::<String>();
    let lines: Vec<String> = text.lines().iter().map(|it| line(it).replace(char::is_control, " ")).collect();
    lines.join("\n").replace('＠', "@")
}

fn assert_only_words(content: &str) -> String {
    let seen = read(content);
    for it in &seen {
        let fine = match it {
            Seen::Words(_) | Seen::Strong(_) | Seen::Code(_) | Seen::Link(_) => true,
            Seen::Mention(who) => who == "<@123456789012345678>",
            Seen::Moment(at) => at == "<t:1700000000:t>" || at == "<t:1700000000:R>",
            Seen::Styled(..) | Seen::Lead(_) | Seen::Block(..) | Seen::Quote(_) | Seen::Markup(_) => false,
        };
        assert!(fine, "{it:?} in {content:?}");
    }
    words(&seen).replace('＠', "@")
}

#[test]
fn any_text_reads_as_the_words_it_is_made_of() {
    check!().with_type::<Vec<(u8, Vec<(u8, char)>)>>().for_each(|seed| {
        let text = text_of(seed);
        let content = markdown::write(&text);
        assert_eq!(assert_only_words(&content), meant(&text), "{content:?}");
    });
}

#[test]
fn any_post_calls_nobody_but_whom_it_means_to() {
    check!().with_type::<(Vec<(u8, Vec<(u8, char)>)>, bool)>().for_each(|(seed, calls)| {
        let mut post = Post::new(Tone::Call, text_of(seed));
        if *calls {
            post.calls = vec![user("discord", "77"), user("matrix", "@ben:example.org"), user("discord", "x")];
        }
        for (n, part) in parts(&post, None).iter().enumerate() {
            let called = if *calls && n == 0 {
                json!({ "parse": [], "replied_user": false, "users": ["77"] })
            } else {
                json!({ "parse": [], "replied_user": false })
            };
            assert_eq!(part.create(&key(), Some("5"))["allowed_mentions"], called);
            assert_eq!(part.edit()["allowed_mentions"], json!({ "parse": [], "replied_user": false }));
            assert_eq!(part.content.contains("<@77>"), *calls && n == 0);
        }
    });
}

#[test]
fn any_long_text_is_cut_into_parts_that_fit_and_loses_nothing() {
    check!().with_type::<Vec<(u8, u16, Vec<(u8, char)>)>>().for_each(|seed| {
        let long = |(how, times, seed): &(u8, u16, Vec<(u8, char)>)| {
            let times = usize::from(*times) % 700;
            (*how, seed.iter().copied().cycle().take(if seed.is_empty() { 0 } else { times }).collect())
        };
        let text = text_of(&seed.iter().take(5).map(long).collect::<Vec<_>>());
        let cut = split(&text, LIMIT);
        assert_eq!(cut, split(&text, LIMIT));
        let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        assert_eq!(cut.iter().map(|part| letters(&meant(part))).collect::<String>(), letters(&meant(&text)));
        for part in parts(&Post::new(Tone::Notice, text), None) {
            assert!(size(&part.content) <= LIMIT, "{} characters", size(&part.content));
            assert!(!part.content.trim().is_empty());
            assert_only_words(&part.content);
        }
    });
}

#[test]
fn any_card_keeps_to_discords_limits_and_has_no_markup() {
    check!().with_type::<Vec<(u16, Vec<(u8, char)>)>>().for_each(|seed| {
        let long = |(times, seed): &(u16, Vec<(u8, char)>)| {
            let seed: Vec<(u8, char)> = seed
                .iter()
                .copied()
                .cycle()
                .take(if seed.is_empty() { 0 } else { usize::from(*times) % 500 })
                .collect();
            (typed(&seed), Text::new().quote(&typed(&seed)))
        };
        let facts: Vec<(String, Text)> =
            seed.iter().cycle().take(if seed.is_empty() { 0 } else { 30 }).map(long).collect();
        let Some(embed) = embed::embed(&Card { accent: Accent::Major, facts }) else { return };
        assert_eq!(embed.as_object().unwrap().len(), 2);
        let line = embed["description"].as_str().unwrap();
        assert!((1..=256).contains(&size(line)) && !line.contains('\n'), "{line}");
        assert_only_words(line);
    });
}

#[test]
fn any_typed_words_can_be_copied_from_their_blocks() {
    check!().with_type::<(Vec<(u8, char)>, u16)>().for_each(|(seed, times)| {
        let typed: String = typed(seed).repeat(usize::from(*times) % 300);
        let blocks = blocks(&typed, LIMIT);
        let mut back = String::new();
        for block in &blocks {
            assert!(size(block) <= LIMIT);
            let inner = block.strip_prefix("```\n").and_then(|it| it.strip_suffix("\n```")).unwrap();
            assert!(!inner.contains("``"), "{inner:?} ends its block");
            back.push_str(inner);
        }
        let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace() && *c != '\u{200b}').collect::<String>();
        assert_eq!(letters(&back), letters(&typed));
    });
}

#[test]
fn emphasis_code_people_and_times_come_out_as_such() {
    let ana = Person { id: user("discord", "7"), name: "Ana".to_owned() };
    let ben = Person { id: user("matrix", "@ben:example.org"), name: "ben*".to_owned() };
    let text = Text::says("🔴 ").strong("INC-1 *x*").and(": ask ").person(&ana).and(" or ").person(&ben);
    let text = text
        .line("next by ")
        .time(moment(60), "12:30 UTC")
        .distance(moment(60), "in 5 min")
        .and(", say `!take <role>`.");
    let text = text.line("since ").time(moment(60), "Tue 4 Mar 12:30 UTC");
    assert_eq!(
        markdown::write(&text),
        "🔴 **INC-1 \\*x\\***: ask <@7> or **ben\\***\nnext by <t:60:t> (<t:60:R>), say `!take <role>`.\nsince <t:60:f>"
    );
}

#[test]
fn plain_words_stay_as_they_are_for_phones_to_show() {
    for words in
        ["checkout is down: 5% of orders (since 12:30) fail!", "a - b", "e-mail ops@example.org; +49 30 123", "10.5 s"]
    {
        let expected = words.replace("- b", "\\- b").replace("+49", "\\+49");
        assert_eq!(markdown::write(&Text::new().quote(words)), expected);
    }
    let typed = "see https://status.example.org/x_y?a=1. Or (http://b.c) or https://discord.gg/abc or https://a@b.c";
    let expected =
        "see <https://status.example.org/x_y?a=1>. Or (<http://b.c>) or https\\://discord\\.gg/abc or https\\://a@b.c";
    assert_eq!(markdown::write(&Text::new().quote(typed)), expected);
    for address in [
        "https://de.example.org/wiki/Stra%C3%9Fe_(Begriff)",
        "https://grafana.example.org/d/x?from=now-1h&var-host=$__all&q=~foo",
        "https://people.example.org/~ana/#(a,b)",
        "https://medium.com/@everyonebank",
        "https://web.archive.org/web/2026/https://example.org/",
        "https://müller.example/grüße?q=ä*b|c[1]{2}^!'x",
    ] {
        for (before, after) in [("", ""), ("(", ")."), ("see ", ", now"), ("„", "“")] {
            let typed = format!("{before}{address}{after}");
            let written = markdown::write(&Text::new().quote(&typed));
            assert_eq!(written, format!("{before}<{address}>{after}"), "{typed}");
            assert_eq!(assert_only_words(&written), typed);
        }
    }
    // These lead elsewhere than they seem to, or end where not every reader sees it.
    for typed in ["https://bank.example@b.c/", "https://b\u{430}nk.example/", "https://b.c/<x"] {
        assert!(!markdown::write(&Text::new().quote(typed)).contains("<http"), "{typed}");
    }
}

#[test]
fn a_long_text_is_cut_at_line_ends_else_after_spaces() {
    let line = "word ".repeat(300);
    let text = Text::new().quote(&[line.trim_end(); 3].join("\n"));
    assert_eq!(parts(&Post::new(Tone::Notice, text), None).len(), 3);
    let cut = parts(&Post::new(Tone::Notice, Text::new().exact(&"word ".repeat(1000))), None);
    assert!(cut.len() > 2);
    for part in &cut {
        assert!(part.content.trim_end_matches(super::GOES_ON).ends_with("word"));
    }
    assert_eq!(parts(&Post::new(Tone::Notice, Text::new()), None), []);
    assert_eq!(parts(&Post::new(Tone::Notice, Text::new().quote(" \n \n")), None), []);
}

#[test]
fn the_first_part_calls_and_the_last_one_has_card_and_buttons() {
    let mut post = Post::new(Tone::Call, Text::new().exact(&"x".repeat(4500))).calling([user("discord", "7")]);
    post.reply_to = Some(MessageRef { room: RoomRef::new(&Network::new("discord"), "1"), id: "5".to_owned() });
    post.card = Some(Card { accent: Accent::Critical, facts: vec![("Severity".to_owned(), Text::says("critical"))] });
    let press = |label: &str, press| Button { label: label.to_owned(), press };
    post.buttons = vec![
        press("Publish", Press::Says("!publish 1".to_owned())),
        press("Edit", Press::Opens("edit 1".to_owned())),
        press("Publish", Press::Says("!publish 1".to_owned())),
        press("Long", Press::Says("x".repeat(97))),
        press("", Press::Says("!x".to_owned())),
    ];
    let parts = parts(&post, None);
    assert_eq!(parts.len(), 3);
    let first = parts[0].create(&key(), Some("5"));
    assert_eq!((&first["embeds"], &first["components"]), (&json!([]), &json!([])));
    assert!(first["content"].as_str().unwrap().ends_with(" <@7>"));
    let last = parts[2].create(&key(), Some("6"));
    let button = |label, id| json!({ "type": 2, "style": 2, "label": label, "custom_id": id });
    let row = json!({ "type": 1, "components": [button("Publish", "say:!publish 1"), button("Edit", "open:edit 1")] });
    assert_eq!(last["components"], json!([row]));
    assert_eq!(last["embeds"], json!([{ "color": 0x00da_373c, "description": "Severity: critical" }]));
}

#[test]
fn a_message_carries_its_key_its_answer_and_its_tone() {
    let body = |tone, answered| parts(&Post::new(tone, Text::says("hello")), None)[0].create(&key(), answered);
    let update = body(Tone::Update, None);
    assert_eq!(update["nonce"], key().as_str());
    assert_eq!(update["enforce_nonce"], true);
    assert_eq!((&update["flags"], &update["message_reference"]), (&Value::Null, &Value::Null));
    assert_eq!(body(Tone::Notice, Some("5"))["flags"], 4096);
    let answered = json!({ "message_id": "5", "fail_if_not_exists": false });
    assert_eq!(body(Tone::Answer, Some("5"))["message_reference"], answered);
}

fn key() -> SendKey {
    SendKey::derive("a", "b", 0)
}
