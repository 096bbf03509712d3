//! What people's clients send, and what it says.

use bolero::check;
use herald_chat::{Kind, Line, Span, Style, Text};

use super::read;

/// HTML, and its words as a terminal shows them.
const SHOWN: &[(&str, &str)] = &[
    ("plain", "plain"),
    ("a<br>b<br/>\n\nc<br>", "a\nb\nc"),
    ("<p>one</p>\n<p>two</p>\n", "one\n\ntwo"),
    ("one<p>two</p>three", "one\n\ntwo\n\nthree"),
    ("<div>one</div><div>two</div>three", "one\ntwo\nthree"),
    ("  a \n\t b&nbsp; c  ", "a b  c"),
    ("<b>a </b> b", "a b"),
    ("a&lt;b&gt; &amp;amp; &#128293;", "a<b> &amp; 🔥"),
    ("<ul>\n<li>a</li>\n<li>b\n<ul><li>c</li></ul>\nd</li></ul>e", "- a\n- b\n  - c\n  d\ne"),
    ("<ol start=\"7\"><li>a<li>b</ol>", "7. a\n8. b"),
    ("<ol><li><p>a</p><p>b</p></li><li></li></ol>", "1. a\n  \n  b\n2. "),
    ("<ul><li><blockquote>q</blockquote>x</li></ul>", "- \n> q\n  x"),
    ("<blockquote>\n<p>a</p>\n<p>b</p>\n</blockquote>\n<p>c</p>", "> a\n> \n> b\nc"),
    ("<blockquote>a<blockquote>b</blockquote></blockquote>", "> a\n> > b"),
    ("<h1>a</h1>\n<h5>b</h5><p>c</p>", "a\nb\nc"),
    (
        "<p>x</p><pre><code class=\"language-rust\">\nif a &lt; b {\n\tc()\n}\n</code></pre>\n<p>y</p>",
        "x\n```rust\n\nif a < b {\n    c()\n}\n```\ny",
    ),
    ("<pre>\na  b<br>c</pre>", "```\na  b\nc\n```"),
    ("a<hr>b", "a\n———\nb"),
    ("<table><tr><th>a</th><th>b</th></tr><tr><td>1 </td><td> 2</td></tr></table>", "a | b\n1 | 2"),
    ("<details><summary>more</summary>of it</details>", "more\nof it"),
    ("<img src=\"mxc://a/b\" alt=\"a cat\" title=\"no\"> <img title=\"dog\"><img>", "a cat dog"),
    ("<img data-mx-emoticon src=\"mxc://a/b\" alt=\":party:\"><img data-mx-emoticon alt=\"blob\">", ":party::blob:"),
    ("<mx-reply><blockquote>old</blockquote></mx-reply>new", "new"),
    ("<script>alert('<b>')</script><style>b{}</style>ok", "ok"),
    ("<unknown x=1>a<marquee>b</marquee></unknown>", "ab"),
    ("<!-- c --><?php ?>a<![CDATA[b]]>", "a"),
    ("<a href=\"https://matrix.to/#/@ben:example.org\">Ben</a>: look", "Ben: look"),
    (
        "<a href=\"https://matrix.to/#/#ops:example.org\">#ops</a> or <a href=\"matrix:r/ops:example.org\">ops</a>",
        "#ops or ops",
    ),
    ("<a href=\"https://a.example/x\">there</a>", "there (https://a.example/x)"),
    ("<a href=\"javascript:alert(1)\">here</a>", "here (javascript:alert(1))"),
    ("<a href=\"ftp://a.example\">ftp://a.example</a>", "ftp://a.example"),
    ("<a>x</a> <a href=\"\">y</a>", "x y"),
    ("<span data-mx-maths=\"x^2\"><code>x^2</code></span>", "`x^2`"),
    ("x<sup>2</sup> <font color=\"red\">r</font>", "x2 r"),
    ("<b>unclosed <i>both</b> slanted", "unclosed both slanted"),
    ("</b></ul></li></blockquote>a", "a"),
    ("<li>lone</li>", "- lone"),
    ("", ""),
    ("<br><br>", ""),
];

#[test]
fn html_is_read_as_a_browser_shows_it() {
    for (html, words) in SHOWN {
        assert_eq!(read(html).text.to_string(), *words, "{html}");
    }
}

#[test]
fn words_look_as_their_elements_say() {
    let styled = |html: &str| {
        let text = read(html).text;
        match text.lines() {
            [Line { quoted: 0, kind: Kind::Words, spans }] => match spans.as_slice() {
                [Span::Styled { style, text }] if text == "x" => style.clone(),
                other => panic!("{html} gave {other:?}"),
            },
            other => panic!("{html} gave {other:?}"),
        }
    };
    let none = Style::default;
    for tag in ["b", "strong"] {
        assert_eq!(styled(&format!("<{tag}>x</{tag}>")), Style { bold: true, ..none() });
    }
    for tag in ["i", "em"] {
        assert_eq!(styled(&format!("<{tag}>x</{tag}>")), Style { italic: true, ..none() });
    }
    for tag in ["s", "del", "strike"] {
        assert_eq!(styled(&format!("<{tag}>x</{tag}>")), Style { strike: true, ..none() });
    }
    assert_eq!(styled("<u>x</u>"), Style { underline: true, ..none() });
    assert_eq!(styled("<code>x</code>"), Style { code: true, ..none() });
    assert_eq!(styled("<span data-mx-spoiler=\"why\">x</span>"), Style { spoiler: true, ..none() });
    let link = Some("https://a.example/".to_owned());
    assert_eq!(
        styled("<a href='https://a.example'><b><i>x</i></b></a>"),
        Style { bold: true, italic: true, link, ..none() }
    );
}

#[test]
fn mentions_are_people() {
    for link in ["https://matrix.to/#/@ben:example.org", "matrix:u/ben:example.org"] {
        let read = read(&format!("<b>hi <a href=\"{link}\"><i>Ben </i>B.</a></b>"));
        let [line] = read.text.lines() else { panic!("{:?}", read.text) };
        assert!(matches!(line.spans.last(), Some(Span::Person(ben)) if ben.id.as_str() == "matrix:@ben:example.org"));
        assert_eq!(read.pills[0].words, "Ben B.");
        assert_eq!(read.pills[0].link, link);
    }
}

#[test]
fn somebody_mentioned_by_words_that_nobody_sees_has_the_name_of_the_account() {
    for words in ["", " ", "\u{200b}", "\u{f1c84}"] {
        let read = read(&format!("<a href=\"matrix:u/ben:example.org\">{words}</a>"));
        let [line] = read.text.lines() else { panic!("{:?}", read.text) };
        assert!(matches!(line.spans.last(), Some(Span::Person(ben)) if ben.name == "ben"), "{line:?}");
    }
}

#[test]
fn nothing_is_deep_enough_to_break_it() {
    for tag in [
        "b",
        "blockquote",
        "ul",
        "li",
        "ol><li",
        "span",
        "div",
        "pre",
        "a href=https://a.example",
        "h1",
        "td",
        "p",
        "code",
        "mx-reply",
    ] {
        let open = format!("<{tag}>");
        let deep = format!("{}x", open.repeat((64 << 10) / open.len()));
        let text = read(&deep).text.to_string();
        assert!(text.len() < 200_000, "{tag} gave {} bytes", text.len());
        let closed = format!("{deep}{}", format!("</{}>", &tag[..1]).repeat(1000));
        read(&closed);
    }
}

#[test]
fn a_message_says_not_much_more_than_it_is_long() {
    let long = format!("https://a.example/{}", "x".repeat(1400));
    let many = format!("<a href=\"{long}\">{}</a>", "x<b>y</b>".repeat(7000));
    let size: usize = read(&many).text.to_string().len();
    assert!(size < 200_000, "{size} bytes came out of {}", many.len());
    // What makes a tree of them grow by the square.
    let formats = (0..5000).map(|n| format!("<b {n}>")).collect::<Vec<_>>().concat();
    let text = read(&format!("<p>{formats}{}", "<p>x".repeat(8000))).text;
    assert!(text.lines().len() <= 16_000);
}

#[test]
fn any_bytes_are_read_as_something_that_is_clean_to_write() {
    const PIECES: [&str; 24] = [
        "<b>",
        "</b>",
        "<ul>",
        "</ul>",
        "<li>",
        "</li>",
        "<ol start=4294967295>",
        "<blockquote>",
        "</blockquote>",
        "<pre>",
        "</pre>",
        "<code class=language-x>",
        "</code>",
        "<p>",
        "</p>",
        "<br>",
        "<a href=matrix:u/b:c>",
        "</a>",
        "<h2>",
        "</h2>",
        "<td>",
        "<a href=x:y>",
        " \n",
        "<mx-reply>",
    ];
    check!().with_type::<Vec<(u8, String)>>().for_each(|seed| {
        let piece =
            |(i, words): &(u8, String)| PIECES.get(usize::from(*i) % 32).map_or(words.clone(), |it| (*it).to_owned());
        let html: String = seed.iter().map(piece).collect();
        let text: Text = read(&html).text;
        for line in text.lines() {
            assert!(line.quoted <= 8);
            for span in line {
                let words = match span {
                    Span::Plain(words) | Span::Styled { text: words, .. } => words.as_str(),
                    Span::Person(person) => &person.name,
                    other => panic!("{other:?} was read"),
                };
                assert!(!words.is_empty() && !words.contains('\n'), "{words:?} in {html:?}");
            }
        }
    });
}
