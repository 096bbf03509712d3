//! What people's clients send arrives as it shows, and what Herald passes on shows as it was.

use herald_chat::{
    Kind, Line, MessageRef, Network, Person, Platform, Post, SendKey, Shown, Span, Style, Text, Tone, UserRef, Voice,
    What,
};
use serde_json::{Value, json};

use crate::common::Tested;
use crate::town::Town;

const HTML: &str = "org.matrix.custom.html";

/// A message's content, what was typed, and what shows.
fn sent(ana: &str) -> Vec<(Value, String, String)> {
    let html =
        |body: &str, html: &str| json!({ "msgtype": "m.text", "body": body, "format": HTML, "formatted_body": html });
    let row = |content: Value, text: &str, shown: &str| (content, text.to_owned(), shown.to_owned());
    vec![
        row(
            json!({ "msgtype": "m.text", "body": " **not** \u{202e}bold\n> x" }),
            " **not** \u{202e}bold\n> x",
            "**not** bold\n> x",
        ),
        row(html("**a** _b_", "<strong>a</strong> <em>b</em>"), "**a** _b_", "a b"),
        row(html("a\n\nb", "<p>a</p>\n<p>b</p>"), "a\n\nb", "a\n\nb"),
        row(html("!status", "<p><code>!status</code></p>"), "!status", "`!status`"),
        row(html("ana", &format!("<a href=\"https://matrix.to/#/{ana}\">whoever</a>")), "ana", "ana"),
        row(html("gone", "<a href=\"https://matrix.to/#/@gone:example.org\">Gone</a>"), "gone", "Gone"),
        row(
            html("```\na\n```", "<pre><code class=\"language-sh\">a\n b\n</code></pre>"),
            "```\na\n```",
            "```sh\na\n b\n```",
        ),
        row(html("words", ""), "words", "words"),
        row(
            json!({ "msgtype": "m.text", "body": "*x*", "format": "org.example", "formatted_body": "<b>y</b>" }),
            "*x*",
            "*x*",
        ),
        row(json!({ "msgtype": "m.emote", "body": "waves" }), "waves", "ana waves"),
        row(json!({ "msgtype": "m.notice", "body": "n", "format": HTML, "formatted_body": "<h4>n</h4>" }), "n", "n"),
        row(json!({ "msgtype": "m.location", "body": "at home", "geo_uri": "geo:1,2" }), "at home", "at home"),
        row(json!({ "msgtype": "org.example.new", "body": "something new" }), "something new", "something new"),
        row(
            json!({
                "msgtype": "m.text", "body": "> <@ben:x> old\n\nnew", "format": HTML,
                "formatted_body": "<mx-reply><blockquote>old</blockquote></mx-reply><b>new</b>",
                "m.relates_to": { "m.in_reply_to": { "event_id": "$old" } },
            }),
            "new",
            "new",
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_send_arrives_as_it_shows() -> Tested {
    let town = Town::start().await?;
    for room in &town.rooms {
        let mut heard = Vec::new();
        for (content, typed, words) in sent(town.ana.account.user_id()) {
            let what = town.hears(room, content.clone()).await?;
            let What::Message { text, shown, .. } = &what else { panic!("{content} came as {what:?}") };
            assert_eq!((text, shown.text.to_string()), (&typed, words), "{content}");
            assert_eq!(shown.files, [], "{content}");
            if content.get("format").is_none() && content["msgtype"] == "m.text" {
                assert_eq!(*shown, Shown::plain(&typed));
            }
            heard.push(what);
        }
        // A poll's question is no command.
        let poll = json!({ "org.matrix.msc1767.text": "!close", "org.matrix.msc3381.poll.start": {
            "question": { "org.matrix.msc1767.text": "!close" }, "kind": "org.matrix.msc3381.poll.disclosed",
            "max_selections": 1, "answers": [{ "id": "a", "org.matrix.msc1767.text": "a" }],
        }});
        let poll = town.send(room, "org.matrix.msc3381.poll.start", poll).await?;
        heard.push(town.heard(room, &poll).await?.what);
        let What::Message { text, shown, .. } = heard.last().ok_or("a poll")? else { panic!("{heard:?}") };
        assert_eq!((text.as_str(), shown), ("", &Shown::plain("!close")));

        let edit = json!({
            "msgtype": "m.text", "body": "* *c*", "m.relates_to": { "rel_type": "m.replace", "event_id": poll },
            "m.new_content": { "msgtype": "m.text", "body": "*c*", "format": HTML, "formatted_body": "<i>c</i>" },
        });
        let edit = town.hears(room, edit).await?;
        let italic = Style { italic: true, ..Style::default() };
        let text = Text::new().span(Span::Styled { text: "c".to_owned(), style: italic });
        let shown = Shown { text, files: Vec::new() };
        assert_eq!(edit, What::Edit { of: poll.clone(), text: "*c*".to_owned(), shown });
        heard.push(edit);

        // Of a reaction that is taken off, its own id is told, also when nothing says what it was.
        let thumb = town
            .send(
                room,
                "m.reaction",
                json!({
                    "m.relates_to": { "rel_type": "m.annotation", "event_id": poll, "key": "any words" },
                }),
            )
            .await?;
        let reaction = town.heard(room, &thumb).await?.what;
        assert!(
            matches!(&reaction, What::Reaction { to, emoji, .. } if *to == poll && emoji == "any words"),
            "{reaction:?}"
        );
        let off = town.ana.account.redact(room.id(), &thumb).await?;
        let off = town.heard(room, &off).await?.what;
        assert_eq!(off, What::Delete { of: thumb });
        heard.push(off);

        let again: Vec<What> = town.read_back(room).await?.into_iter().map(|inbound| inbound.what).collect();
        assert_eq!(again, heard);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_herald_passes_on_is_heard_as_it_was_said() -> Tested {
    let town = Town::start().await?;
    let styled = |text: &str, style: Style| Span::Styled { text: text.to_owned(), style };
    let bold = Style { bold: true, ..Style::default() };
    let ana = Person { id: UserRef::new(&Network::new("matrix"), town.ana.account.user_id()), name: "ana".to_owned() };
    let line = |kind, spans| Line { quoted: 0, kind, spans };
    let text = Text::from(vec![
        line(
            Kind::Words,
            vec![styled("ben · Discord: ", bold.clone()), Span::Plain("<b>@room</b> ".to_owned()), Span::Person(ana)],
        ),
        Line { quoted: 1, kind: Kind::Words, spans: vec![styled("so", Style { spoiler: true, ..Style::default() })] },
        line(Kind::Item { depth: 0, number: Some(4) }, vec![Span::Plain("four".to_owned())]),
        line(Kind::Code { language: "rust".to_owned(), first: true }, vec![Span::Plain("  a < b".to_owned())]),
        line(Kind::Code { language: "rust".to_owned(), first: false }, vec![]),
    ]);
    let mut post = Post::new(Tone::Call, text.clone());
    post.voice =
        Some(Voice { account: UserRef::new(&Network::new("discord"), "7"), name: "ben · Discord".to_owned() });
    for (n, room) in town.rooms.iter().enumerate() {
        let key = SendKey::derive("formatted", room.as_str(), n);
        let posted = town.matrix.post(room, &post, &key).await?;
        let page = town.matrix.read_back(room, None, 100).await?;
        let own = page.events.iter().find(|event| event.id == posted.id).ok_or("not read back")?;
        assert!(matches!(&own.what, What::Message { shown, .. } if shown.text == text), "{own:?}");

        let content = town.content(room, &posted.id).await?;
        assert_eq!((&content["msgtype"], &content["m.mentions"]), (&json!("m.text"), &json!({})));
        assert_eq!(content["com.beeper.per_message_profile"]["displayname"], "ben · Discord");
        let edited = Post {
            text: Text::new().span(Span::Strong("ben · Discord: ".to_owned())).exact("better"),
            ..post.clone()
        };
        let message = MessageRef { room: room.clone(), id: posted.id.clone() };
        town.matrix.edit(&message, &edited, &SendKey::derive("edited", room.as_str(), n)).await?;
        let shown = town.ana.person.hears(room.id(), "better").await?;
        assert_eq!((shown.id, shown.text.as_str()), (posted.id, "ben · Discord: better"));
    }
    Ok(())
}
