//! What people say in more than words, as it arrives and as it is read back.

use herald_chat::{Arrival, Attachment, FileKind, Inbound, Kind, Line, Platform, Shown, Span, Style, Text, What};
use herald_guild::NewFile;

use crate::common::{Herald, Maybe, Tested, Town, user};

pub(crate) fn file(name: &str, mime: Option<&str>, bytes: &[u8]) -> NewFile {
    NewFile { name: name.to_owned(), mime: mime.map(str::to_owned), pixels: None, flags: 0, bytes: bytes.to_vec() }
}

impl Herald {
    /// How the next message shows.
    pub(crate) async fn shown(&self) -> Maybe<Shown> {
        self.hears(|arrival| match arrival {
            Arrival::Event(Inbound { what: What::Message { shown, .. }, .. }) => Some(shown),
            Arrival::Event(_) | Arrival::Gap => None,
        })
        .await
    }
}

fn styled(text: &str, style: Style) -> Span {
    Span::Styled { text: text.to_owned(), style }
}

fn plain(text: &str) -> Span {
    Span::Plain(text.to_owned())
}

fn line(spans: Vec<Span>) -> Line {
    Line { spans, ..Line::default() }
}

fn bold() -> Style {
    Style { bold: true, ..Style::default() }
}

#[tokio::test]
async fn what_people_write_arrives_as_it_shows_and_is_read_back_the_same() -> Tested {
    let town = Town::new().await?;
    town.guild.nick(town.ben.id(), "Benjamin")?;
    let ops = town.guild.role("Ops", 0);
    let herald = town.herald().await?;
    herald.gap().await?;
    let ben = herald_chat::Person { id: user(town.ben.id()), name: "Benjamin".to_owned() };
    let item = |text: &str| Line { kind: Kind::Item { depth: 0, number: None }, spans: vec![plain(text)], quoted: 0 };
    let quoted = Line { quoted: 1, spans: vec![plain("it is down")], ..Line::default() };
    let code =
        Line { kind: Kind::Code { language: "sh".to_owned(), first: true }, spans: vec![plain("ls *")], quoted: 0 };
    let link = Style { link: Some("https://example.org/a".to_owned()), ..Style::default() };
    #[rustfmt::skip]
    let table = [
        ("plain words".to_owned(), Shown::plain("plain words").text.into_iter().collect::<Vec<_>>()),
        ("**now** please".to_owned(), vec![line(vec![styled("now", bold()), plain(" please")])]),
        (format!("{} <@&{ops}> <#{}>", town.ben.mention(), town.channel),
            vec![line(vec![Span::Person(ben), plain(" @Ops #war-room")])]),
        ("> it is down\n- a\n- b".to_owned(), vec![quoted, item("a"), item("b")]),
        ("```sh\nls *\n```".to_owned(), vec![code]),
        ("[here](https://example.org/a) <:blob:12>".to_owned(), vec![line(vec![styled("here", link), plain(" :blob:")])]),
    ];
    let mut heard = Vec::new();
    for (content, expected) in table {
        town.ana.say(town.channel, &content)?;
        let shown = herald.shown().await?;
        assert_eq!(shown.text, Text::from(expected), "{content:?}");
        heard.push(shown);
    }
    let page = herald.discord.read_back(&town.room(), None, 100).await?;
    let read: Vec<Shown> = page
        .events
        .into_iter()
        .filter_map(|it| if let What::Message { shown, .. } = it.what { Some(shown) } else { None })
        .collect();
    assert_eq!(read, heard);
    Ok(())
}

#[tokio::test]
async fn files_arrive_by_what_they_are() -> Tested {
    let town = Town::new().await?;
    let herald = town.herald().await?;
    herald.gap().await?;
    let picture = NewFile { pixels: Some((640, 480)), ..file("SPOILER_graph.png", Some("image/png"), b"png") };
    let files = [
        picture,
        file("a.mp4", Some("video/mp4"), b"film"),
        file("a.ogg", Some("audio/ogg"), b"song"),
        NewFile { flags: 8, ..file("log", None, b"") },
    ];
    town.ana.send_files(town.channel, "see", &files)?;
    let shown = herald.shown().await?;
    assert_eq!(shown.text, Shown::plain("see").text);
    let of = |it: &Attachment| (it.name.clone(), it.kind, it.mime.clone(), it.size, it.pixels, it.spoiler);
    let kinds = [FileKind::Image, FileKind::Video, FileKind::Audio, FileKind::File];
    assert_eq!(shown.files.iter().map(|it| it.kind).collect::<Vec<_>>(), kinds);
    let mime = Some("image/png".to_owned());
    assert_eq!(of(&shown.files[0]), ("graph.png".to_owned(), FileKind::Image, mime, Some(3), Some((640, 480)), true));
    assert_eq!(of(&shown.files[3]), ("log".to_owned(), FileKind::File, None, Some(0), None, true));
    town.ana.send_files(town.channel, "", &files[3..])?;
    assert_eq!(herald.shown().await?.text, Text::new());
    Ok(())
}

#[tokio::test]
async fn stickers_forwarded_messages_and_polls_arrive_as_something() -> Tested {
    let town = Town::new().await?;
    let (still, drawn) = (town.guild.sticker("wave", 1, b"png"), town.guild.sticker("hop", 3, b"{}"));
    let herald = town.herald().await?;
    herald.gap().await?;
    town.ana.send_sticker(town.channel, still)?;
    let shown = herald.shown().await?;
    assert_eq!((shown.text, shown.files.len()), (Text::new(), 1));
    assert_eq!((shown.files[0].name.as_str(), shown.files[0].kind), ("wave.png", FileKind::Sticker));
    town.ana.send_sticker(town.channel, drawn)?;
    assert_eq!(herald.shown().await?, Shown { text: Text::from(vec![line(vec![plain(":hop:")])]), files: Vec::new() });

    let other = town.guild.channel("elsewhere")?;
    let said = town.ben.send_files(other, "**down**\nsince noon", &[file("a.txt", Some("text/plain"), b"words")])?;
    herald.shown().await?;
    town.ana.forward(other, said, town.channel)?;
    let shown = herald.shown().await?;
    let quoted = |span| Line { quoted: 1, spans: vec![span], ..Line::default() };
    assert_eq!(shown.text, Text::from(vec![quoted(styled("down", bold())), quoted(plain("since noon"))]));
    assert_eq!(shown.files.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["a.txt"]);
    let mut into = tempfile::tempfile()?;
    assert_eq!(herald.discord.download(&shown.files[0], 100, &mut into).await?, 5);

    town.ana.poll(town.channel, "Roll back?", &["yes", "no"])?;
    let item = |text: &str| Line { kind: Kind::Item { depth: 0, number: None }, spans: vec![plain(text)], quoted: 0 };
    let asked = vec![line(vec![styled("Roll back?", bold())]), item("yes"), item("no")];
    assert_eq!(herald.shown().await?.text, Text::from(asked));
    Ok(())
}

#[tokio::test]
async fn an_edit_arrives_as_it_shows() -> Tested {
    let town = Town::new().await?;
    let herald = town.herald().await?;
    herald.gap().await?;
    let said = town.ana.send_files(town.channel, "see", &[file("a.txt", None, b"x")])?;
    herald.shown().await?;
    town.ana.edit(town.channel, said, "see **this**")?;
    let shown = herald
        .hears(|arrival| match arrival {
            Arrival::Event(Inbound { what: What::Edit { shown, .. }, .. }) => Some(shown),
            Arrival::Event(_) | Arrival::Gap => None,
        })
        .await?;
    assert_eq!(shown.text, Text::from(vec![line(vec![plain("see "), styled("this", bold())])]));
    assert_eq!(shown.files.len(), 1);
    Ok(())
}
