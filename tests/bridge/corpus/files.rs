//! What is more than words: files, stickers, what is passed on and what is refused, in both directions.

use herald_guild::{Id, NewFile};
use herald_synapse::Synapse;
use serde_json::{Value, json};

use super::read::{There, rows};
use super::{Wrong, say};
use crate::town::Town;

/// The largest file that is passed on: 1 KiB.
const CONFIG: &str = "[relay]\nfile_limit = \"1KiB\"\n";
/// What a picture begins with.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n, and what a picture shows";

/// What is read of files that Herald could not fetch, before the reasons.
const LATE: [&str; 3] = [
    "📎 a.bin (10 bytes) was not passed on. ",
    "📎 a.txt (5 bytes) was not passed on. ",
    "📎 a.txt (5 bytes) was not passed on. ",
];

/// What a reader on Matrix gets: the type of the message, its words, its file's name and how many bytes that holds.
type Got = (String, String, Option<(String, usize)>);

fn got(kind: &str, words: &str, file: Option<(&str, usize)>) -> Got {
    (kind.to_owned(), words.to_owned(), file.map(|(name, length)| (name.to_owned(), length)))
}

fn refused(name: &str, size: &str) -> String {
    format!("📎 {name} ({size}) was not passed on. Files up to 1 KiB are; put it where both sides can read it.")
}

fn file(name: &str, mime: &str, bytes: &[u8]) -> NewFile {
    NewFile { name: name.to_owned(), mime: Some(mime.to_owned()), pixels: None, flags: 0, bytes: bytes.to_vec() }
}

/// What is said on Discord, and what comes of it.
#[rustfmt::skip]
fn from_discord(town: &Town) -> Vec<(&'static str, Vec<Got>)> {
    let (ana, war) = (&town.ana, town.war_there());
    let picture = NewFile { pixels: Some((640, 480)), ..file("graph.png", "image/png", PNG) };
    let mut told = Vec::new();
    let mut row = |name: &'static str, does: &dyn Fn(), expected: Vec<Got>| {
        ana.say(war, &format!("row {}", told.len())).unwrap();
        does();
        told.push((name, expected));
    };
    let send = |words: &str, files: &[NewFile]| { ana.send_files(war, words, files).unwrap(); };
    row("a file", &|| send("", &[file("a.txt", "text/plain", b"hello")]), vec![got("m.file", "a.txt", Some(("a.txt", 5)))]);
    row("a picture", &|| send("", std::slice::from_ref(&picture)), vec![got("m.image", "graph.png", Some(("graph.png", PNG.len())))]);
    row("sound", &|| send("", &[file("a.ogg", "audio/ogg", b"sound")]), vec![got("m.audio", "a.ogg", Some(("a.ogg", 5)))]);
    row("a moving picture", &|| send("", &[file("a.mp4", "video/mp4", b"moves")]), vec![got("m.video", "a.mp4", Some(("a.mp4", 5)))]);
    row("a hidden picture", &|| send("", &[file("SPOILER_a.png", "image/png", PNG)]), vec![got("m.image", "a.png", Some(("a.png", PNG.len())))]);
    row("a file with words", &|| send("look **here**", &[file("a.txt", "text/plain", b"hello")]), vec![got("m.text", "look here", None), got("m.file", "a.txt", Some(("a.txt", 5)))]);
    row("two files", &|| send("", &[file("a.txt", "text/plain", b"a"), file("b.txt", "text/plain", b"bb")]), vec![got("m.file", "a.txt", Some(("a.txt", 1))), got("m.file", "b.txt", Some(("b.txt", 2)))]);
    row("a file of just the size", &|| send("", &[file("a.bin", "application/octet-stream", &[7; 1024])]), vec![got("m.file", "a.bin", Some(("a.bin", 1024)))]);
    row("a file that is too large", &|| send("", &[file("a.bin", "application/octet-stream", &[7; 1025])]), vec![got("m.text", &refused("a.bin", "2 KiB"), None)]);
    row("words with a file that is too large", &|| send("words", &[file("a.bin", "x/y", &[7; 3000])]), vec![got("m.text", "words", None), got("m.text", &refused("a.bin", "3 KiB"), None)]);
    row("a name that hides what it is", &|| send("", &[file("a\u{202e}txt.exe", "text/plain", b"x")]), vec![got("m.file", "atxt.exe", Some(("atxt.exe", 1)))]);
    row("a file of no type", &|| send("", &[NewFile { mime: None, ..file("Makefile", "", b"all:") }]), vec![got("m.file", "Makefile", Some(("Makefile", 4)))]);
    let sticker = town.guild.sticker("wave", 1, PNG);
    row("a sticker", &|| { ana.send_sticker(war, sticker).unwrap(); }, vec![got("m.image", "wave.png", Some(("wave.png", PNG.len())))]);
    let drawn = town.guild.sticker("dance", 3, b"{}");
    row("a sticker that is a drawing", &|| { ana.send_sticker(war, drawn).unwrap(); }, vec![got("m.text", ":dance:", None)]);
    let blob = town.guild.emoji("blob");
    row("an emoji of the server's own", &|| { ana.say(war, &format!("<:{blob}> ok")).unwrap(); }, vec![got("m.text", ":blob: ok", None)]);
    let other = town.guild.channel("elsewhere").unwrap();
    let said = town.olga.say(other, "seen *there*\nand more").unwrap();
    row("what is passed on from elsewhere", &|| { ana.forward(other, said, war).unwrap(); }, vec![got("m.text", "\n> seen there\n> and more", None)]);
    let said = town.olga.send_files(other, "with it", &[file("f.txt", "text/plain", b"file")]).unwrap();
    row("a file that is passed on from elsewhere", &|| { ana.forward(other, said, war).unwrap(); }, vec![got("m.text", "\n> with it", None), got("m.file", "f.txt", Some(("f.txt", 4)))]);
    row("a question to choose from", &|| { ana.poll(war, "Roll back?", &["yes", "no"]).unwrap(); }, vec![got("m.text", "Roll back?\n- yes\n- no", None)]);
    told
}

/// What somebody's client sends on Matrix, and what comes of it on Discord.
#[rustfmt::skip]
async fn from_matrix(town: &Town) -> Vec<(&'static str, &'static str, Value, Vec<There>)> {
    let mia = &town.mia.person;
    let uploads = async |bytes: &[u8]| mia.upload_encrypted(bytes).await.unwrap();
    let with = |kind: &str, name: &str, mime: &str, size: usize, file: &Value| json!({
        "msgtype": kind, "body": name, "filename": name, "file": file, "info": { "mimetype": mime, "size": size },
    });
    let words = |words: &str| There { words: words.to_owned(), files: Vec::new() };
    let file = |name: &str, length: usize| There { words: name.to_owned(), files: vec![(name.to_owned(), length)] };
    let (hello, picture, large) = (uploads(b"hello").await, uploads(PNG).await, uploads(&[7; 2000]).await);
    let mut captioned = with("m.image", "graph.png", "image/png", PNG.len(), &picture);
    captioned["body"] = json!("look here");
    captioned["format"] = json!("org.matrix.custom.html");
    captioned["formatted_body"] = json!("look <b>here</b>");
    let mut broken = hello.clone();
    broken["hashes"]["sha256"] = json!("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU");
    let mut gone = hello.clone();
    gone["url"] = json!("mxc://example.org/nothing");
    vec![
        ("a file", "m.room.message", with("m.file", "a.txt", "text/plain", 5, &hello), vec![file("a.txt", 5)]),
        ("a picture", "m.room.message", with("m.image", "graph.png", "image/png", PNG.len(), &picture), vec![file("graph.png", PNG.len())]),
        ("sound", "m.room.message", with("m.audio", "a.ogg", "audio/ogg", 5, &hello), vec![file("a.ogg", 5)]),
        ("a moving picture", "m.room.message", with("m.video", "a.mp4", "video/mp4", 5, &hello), vec![file("a.mp4", 5)]),
        ("a picture with words", "m.room.message", captioned, vec![words("look **here**"), file("graph.png", PNG.len())]),
        ("a file that is too large", "m.room.message", with("m.file", "a.bin", "x/y", 2000, &large), vec![words(&refused("a.bin", "2 KiB"))]),
        ("a file that is larger than it says", "m.room.message", with("m.file", "a.bin", "x/y", 10, &large), vec![]),
        ("a file that was tampered with", "m.room.message", with("m.file", "a.txt", "text/plain", 5, &broken), vec![]),
        ("a file that is gone", "m.room.message", with("m.file", "a.txt", "text/plain", 5, &gone), vec![]),
        ("an emote", "m.room.message", json!({ "msgtype": "m.emote", "body": "waves" }), vec![words("*mia waves*")]),
        ("a notice", "m.room.message", json!({ "msgtype": "m.notice", "body": "beep" }), vec![]),
        ("a place", "m.room.message", json!({ "msgtype": "m.location", "body": "in Prague", "geo_uri": "geo:50,14" }), vec![words("in Prague")]),
        ("something new", "m.room.message", json!({ "msgtype": "org.example.new", "body": "what it says" }), vec![words("what it says")]),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn files_go_over_with_their_names_and_what_does_not_is_named_with_its_size_and_why() {
    let (town, herald) = Town::new(Synapse::shared().await.unwrap(), CONFIG).await;
    let there = town.war_there();
    let mut wrong = Wrong::default();
    let told = from_discord(&town);
    town.ana.say(there, &format!("row {}", told.len())).unwrap();
    town.mia.person.overhears(&town.war, &format!("ana · Discord: row {}", told.len())).await.unwrap();
    let mut all: Vec<Got> = Vec::new();
    for line in town.mia.person.lines(&town.war).await.unwrap() {
        let Some(words) = line.plain.strip_prefix("ana · Discord:").filter(|_| line.sender == town.me.user_id())
        else {
            continue;
        };
        let has_file = line.content["file"].is_object() || line.content["url"].is_string();
        let name = line.content["filename"].as_str().unwrap_or_default().to_owned();
        let file = if has_file { Some((name, town.mia.person.reads_file(&line).await.unwrap().len())) } else { None };
        assert!(!has_file || line.content["file"].is_object(), "a file in an encrypted room is encrypted: {line:?}");
        all.push((line.kind.clone(), words.strip_prefix(' ').unwrap_or(words).to_owned(), file));
    }
    let came = rows(&all, told.len(), |it| &it.1);
    for ((name, expected), came) in told.iter().zip(&came) {
        wrong.row("Discord to Matrix", name, came, expected);
    }

    let before = town.newest(there);
    let sent = from_matrix(&town).await;
    for (n, (_, kind, content, _)) in sent.iter().enumerate() {
        say(&town, &format!("row {n}")).await;
        town.mia.person.send_json(&town.war, kind, content.clone()).await.unwrap();
    }
    let mut came = super::come_back(&town, there, before, sent.len()).await;
    // What turns out to be no such file only when it is fetched is named behind what was said meanwhile.
    let late = |it: &There| it.words.starts_with("📎") && !it.words.contains("Files up to");
    for row in &mut came {
        row.retain(|it| !late(it));
    }
    let named = || {
        let all = town.stands(there, before).into_iter().filter_map(|it| There::of(&it, super::MIA));
        let all: Vec<String> = all.filter(late).map(|it| it.words).collect();
        (all.len() == LATE.len()).then_some(all)
    };
    let named = town.discord.eventually(named).await.unwrap();
    for (words, named) in LATE.iter().zip(&named) {
        // Behind that stands why, in words of the homeserver's or the client's.
        assert!(named.strip_prefix(words).is_some_and(|why| why.len() > 10), "{named:?}");
    }
    for ((name, _, _, expected), came) in sent.iter().zip(&came) {
        wrong.row("Matrix to Discord", name, came, expected);
    }
    let files = town.stands(there, Id(0)).into_iter().filter(|it| it.author == town.bot.id).flat_map(|it| it.files);
    let files: Vec<Vec<u8>> = files.map(|(_, bytes)| bytes).collect();
    assert!(files.iter().all(|it| it.as_slice() == PNG || it.as_slice() == b"hello"), "{files:?}");
    wrong.end(told.len() + sent.len());
    assert_eq!(herald.stop().await, 0);
}
