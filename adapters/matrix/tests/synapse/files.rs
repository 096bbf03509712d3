//! Files go through in both directions, byte by byte, and what cannot go through is refused in words.

use std::io::Write;

use herald_chat::{
    Attachment, Content, FileKind, Network, Platform, Post, SendError, SendKey, Shown, Span, Text, Tone, UserRef,
    Voice, What,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::common::{Maybe, Tested};
use crate::town::{LARGEST, Town, attachment, tempfile};

/// More than passes through in one piece, and nothing that anybody could decode.
fn bytes() -> Vec<u8> {
    (0..300_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).take(200_001).collect()
}

fn only(what: &What) -> Maybe<&Attachment> {
    let (What::Message { shown, .. } | What::Edit { shown, .. }) = what else { return Err(format!("{what:?}").into()) };
    match shown.files.as_slice() {
        [file] => Ok(file),
        other => Err(format!("{other:?}").into()),
    }
}

fn with(mut content: Value, more: Value) -> Value {
    if let (Some(content), Value::Object(more)) = (content.as_object_mut(), more) {
        content.extend(more);
    }
    content
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_people_are_read_as_they_are() -> Tested {
    let town = Town::start().await?;
    let bytes = bytes();
    for room in &town.rooms {
        let kept = town.keep(room, &bytes).await?;
        // The name of a file is no command, and nothing that anybody said.
        let what = town.hears(room, with(kept.clone(), json!({ "msgtype": "m.file", "body": "!close" }))).await?;
        let file = only(&what)?.clone();
        assert!(matches!(&what, What::Message { text, shown, .. } if text.is_empty() && shown.text == Text::new()));
        assert_eq!((file.name.as_str(), file.kind, file.spoiler), ("!close", FileKind::File, false));

        let info = json!({ "mimetype": "image/png", "size": bytes.len(), "w": 3, "h": 2 });
        let image = json!({
            "msgtype": "m.image", "filename": "a.png", "body": "**look**", "info": info,
            "format": "org.matrix.custom.html", "formatted_body": "<code>look</code>",
            "page.codeberg.everypizza.msc4193.spoiler": true,
        });
        let image = town.hears(room, with(kept.clone(), image)).await?;
        assert!(
            matches!(&image, What::Message { text, shown, .. } if text == "**look**" && shown.text.to_string() == "`look`")
        );
        let expected = Attachment {
            name: "a.png".to_owned(),
            kind: FileKind::Image,
            mime: Some("image/png".to_owned()),
            size: Some(200_001),
            pixels: Some((3, 2)),
            spoiler: true,
            network: Network::new("matrix"),
            source: file.source.clone(),
        };
        assert_eq!(*only(&image)?, expected);
        for (kind, expected) in [("m.video", FileKind::Video), ("m.audio", FileKind::Audio)] {
            let what = town.hears(room, with(kept.clone(), json!({ "msgtype": kind, "body": "x" }))).await?;
            assert_eq!(only(&what)?.kind, expected);
        }
        let sticker = with(kept.clone(), json!({ "body": "party", "info": { "w": 3, "h": 2 } }));
        let sticker = town.send(room, "m.sticker", sticker).await?;
        let sticker = town.heard(room, &sticker).await?.what;
        assert_eq!((only(&sticker)?.kind, only(&sticker)?.name.as_str()), (FileKind::Sticker, "party"));
        assert!(matches!(sticker, What::Message { text, .. } if text.is_empty()));

        let length = bytes.len() as u64;
        assert!(town.downloads(&file, length).await? == Ok(bytes.clone()), "other bytes came");
        let refused = |answer: Result<Vec<u8>, String>| answer.err().unwrap_or_default();
        let large = refused(town.downloads(&file, length - 1).await?);
        assert_eq!(large, "refused: The file is too large: at most 195 KiB can be passed on.");
        let gone = |source: &str| source.replace("example.org/", "example.org/gone");
        let gone = Attachment { source: gone(&file.source), ..file.clone() };
        assert_eq!(
            refused(town.downloads(&gone, length).await?),
            "refused: The file is gone from the homeserver. Send it again."
        );
        let foreign = Attachment { network: Network::new("discord"), ..file.clone() };
        assert_eq!(refused(town.downloads(&foreign, length).await?), "refused: It is no file of Matrix.");
    }
    let [_, encrypted] = &town.rooms;
    let mut kept = town.keep(encrypted, &bytes).await?;
    kept["file"]["hashes"]["sha256"] = json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    let what = town.hears(encrypted, with(kept, json!({ "msgtype": "m.file", "body": "x" }))).await?;
    let changed = town.downloads(only(&what)?, LARGEST).await?.err().unwrap_or_default();
    assert_eq!(changed, "refused: The file is not the one that was sent: its hash is another. Send it again.");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_others_are_posted_once() -> Tested {
    let town = Town::start().await?;
    let bytes = bytes();
    assert_eq!(town.matrix.carries(), LARGEST);
    let content = || -> Maybe<Content> {
        let mut file = tempfile()?;
        file.write_all(&bytes)?;
        Ok(Content { file, length: bytes.len() as u64 })
    };
    let mut post = Post::new(Tone::Call, Text::new().span(Span::Strong("ben · Discord: ".to_owned())).exact("look"));
    post.voice =
        Some(Voice { account: UserRef::new(&Network::new("discord"), "7"), name: "ben · Discord".to_owned() });
    for room in &town.rooms {
        let began = Timestamp::UNIX_EPOCH;
        let key = SendKey::derive("file", room.as_str(), 0);
        let file = attachment(FileKind::Sticker, "a \u{202e}cat.png");
        assert_eq!(town.matrix.find(room, &post, &key, began).await?, None);
        let posted = town.matrix.post_file(room, &post, &file, content()?, &key).await?;
        assert_eq!(town.matrix.post_file(room, &post, &file, content()?, &key).await?, posted);
        assert_eq!(town.matrix.find(room, &post, &key, began).await?, Some(posted.clone()));

        let files = town.files(room).await?;
        let [shown] = files.as_slice() else { panic!("{files:?}") };
        assert_eq!((&shown["msgtype"], &shown["filename"]), (&json!("m.image"), &json!("a cat.png")));
        assert_eq!(shown["body"], "ben · Discord: look");
        assert_eq!(shown["formatted_body"], "<strong data-mx-profile-fallback>ben · Discord:\u{a0}</strong>look");
        assert_eq!(shown["com.beeper.per_message_profile"]["has_fallback"], true);
        assert_eq!(shown["info"], json!({ "mimetype": "image/png", "size": 200_001, "w": 3, "h": 2 }));
        assert_eq!(shown["page.codeberg.everypizza.msc4193.spoiler"], true);
        assert_eq!((&shown["im.herald.key"], &shown["m.mentions"]), (&json!(key.as_str()), &json!({})));
        assert_eq!(shown["file"].is_object(), *room == town.rooms[1]);
        assert!(town.opens(shown).await? == bytes, "other bytes were posted");

        let kinds = [(FileKind::Video, "m.video"), (FileKind::Audio, "m.audio"), (FileKind::File, "m.file")];
        for (n, (kind, msgtype)) in kinds.into_iter().enumerate() {
            let file = Attachment { mime: Some("no\r\nmime".to_owned()), ..attachment(kind, "") };
            let silent = Post::new(Tone::Call, Text::new());
            let key = SendKey::derive("kinds", room.as_str(), n);
            let posted = town.matrix.post_file(room, &silent, &file, content()?, &key).await?;
            let shown = town.content(room, &posted.id).await?;
            assert_eq!((&shown["msgtype"], &shown["body"]), (&json!(msgtype), &json!("file")));
            assert_eq!(shown["info"]["mimetype"], "application/octet-stream");
            // Herald itself takes it for a file without words.
            let back = town.matrix.read_back(room, None, 200).await?;
            let own = back.events.iter().find(|event| event.id == posted.id).ok_or("not read back")?;
            assert!(
                matches!(&own.what, What::Message { text, shown: Shown { files, .. }, .. } if text.is_empty() && files.len() == 1)
            );
        }

        let length = LARGEST + 1;
        let large = Content { file: tempfile()?, length };
        large.file.set_len(length)?;
        let refused = town.matrix.post_file(room, &post, &file, large, &SendKey::derive("large", "", 0)).await;
        let reason = "The file is too large: at most 1 MiB can be passed on.".to_owned();
        assert_eq!(refused, Err(SendError::Refused { reason }));
    }
    Ok(())
}
