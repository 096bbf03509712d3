//! Files, both ways.

use std::io::{Read, Seek, Write};
use std::time::Duration;

use herald_chat::{Attachment, Content, FileKind, Network, Platform, Post, SendError, Text, Tone};
use herald_guild::permissions::ATTACH_FILES;
use herald_guild::{Fault, Rule};
use jiff::Timestamp;

use crate::common::{Herald, INVITED, Maybe, Tested, Town, key, words};
use crate::shown::file;

/// A megabyte and a bit, of all bytes.
fn bytes() -> Vec<u8> {
    (0..1_100_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect()
}

async fn heard(town: &Town, bytes: &[u8]) -> Maybe<(Herald, Attachment)> {
    let herald = town.herald().await?;
    herald.gap().await?;
    town.ana.send_files(town.channel, "", &[file("graph.png", Some("image/png"), bytes)])?;
    let shown = herald.shown().await?;
    Ok((herald, shown.files.into_iter().next().ok_or("no file came")?))
}

fn why<T: std::fmt::Debug>(result: Result<T, SendError>) -> Maybe<String> {
    match result {
        Err(SendError::Refused { reason }) => Ok(reason),
        other => Err(format!("{other:?}").into()),
    }
}

#[tokio::test]
async fn a_file_is_read_byte_for_byte_from_its_beginning() -> Tested {
    let town = Town::new().await?;
    let (herald, it) = heard(&town, &bytes()).await?;
    let mut into = tempfile::tempfile()?;
    into.write_all(&vec![7; 2_000_000])?;
    assert_eq!(herald.discord.download(&it, 2_000_000, &mut into).await?, bytes().len() as u64);
    let mut read = Vec::new();
    into.rewind()?;
    into.read_to_end(&mut read)?;
    assert_eq!(read, bytes());
    Ok(())
}

#[tokio::test]
async fn a_file_is_read_again_after_its_address_has_expired_and_not_when_it_is_gone() -> Tested {
    let town = Town::new().await?;
    let (herald, it) = heard(&town, b"words").await?;
    town.discord.advance(Duration::from_hours(25));
    let mut into = tempfile::tempfile()?;
    assert_eq!(herald.discord.download(&it, 100, &mut into).await?, 5);
    assert_eq!(town.discord.requests().iter().filter(|it| it.route == "GET /attachments").count(), 2);
    let message = town.ana.reads(town.channel).and_then(|all| all.last().map(|it| it.id)).ok_or("nothing there")?;
    town.ana.delete(town.channel, message)?;
    let reason = why(herald.discord.download(&it, 100, &mut into).await)?;
    assert_eq!(reason, "Discord has this file no more.");
    Ok(())
}

#[tokio::test]
async fn a_file_is_not_read_past_what_is_wanted_nor_from_elsewhere() -> Tested {
    let town = Town::new().await?;
    let (herald, it) = heard(&town, &bytes()).await?;
    let mut into = tempfile::tempfile()?;
    let unsaid = Attachment { size: None, ..it.clone() };
    for it in [&it, &unsaid] {
        let reason = why(herald.discord.download(it, 1_000_000, &mut into).await)?;
        assert!(reason.contains("longer than the 976 KiB"), "{reason}");
        assert!(into.metadata()?.len() <= 1_000_000);
    }
    let lies = Attachment { size: Some(5), ..it.clone() };
    let reason = why(herald.discord.download(&lies, 2_000_000, &mut into).await)?;
    assert!(reason.contains("not as long"), "{reason}");
    for elsewhere in
        ["https://evil.example/a.png", "http://127.0.0.1:1/a.png", "file:///etc/passwd", "http://[::1]/a.png"]
    {
        let other = Attachment { source: format!("{{\"url\":{elsewhere:?}}}"), ..it.clone() };
        let reason = why(herald.discord.download(&other, 2_000_000, &mut into).await)?;
        assert_eq!(reason, "This file is not where Discord keeps files.");
    }
    let matrix = Attachment { network: Network::new("matrix"), ..it.clone() };
    assert_eq!(why(herald.discord.download(&matrix, 10, &mut into).await)?, "This file is not on Discord.");
    town.discord.fault(Rule::new(Fault::Elsewhere).on(|_, path| path.starts_with("/attachments")).times(1));
    let reason = why(herald.discord.download(&it, 2_000_000, &mut into).await)?;
    assert_eq!(reason, "Discord sends elsewhere for this file.");
    Ok(())
}

#[tokio::test]
async fn a_file_that_breaks_off_can_be_read_again() -> Tested {
    let town = Town::new().await?;
    let (herald, it) = heard(&town, &bytes()).await?;
    let mut into = tempfile::tempfile()?;
    for fault in [Fault::LoseAnswer, Fault::Cut, Fault::Error(503)] {
        town.discord.fault(Rule::new(fault).on(|_, path| path.starts_with("/attachments")).times(1));
        let broken = herald.discord.download(&it, 2_000_000, &mut into).await;
        assert!(matches!(broken, Err(SendError::Retry { .. })), "{fault:?}: {broken:?}");
    }
    assert_eq!(herald.discord.download(&it, 2_000_000, &mut into).await?, bytes().len() as u64);
    assert_eq!(into.metadata()?.len(), bytes().len() as u64);
    Ok(())
}

pub(crate) fn content(bytes: &[u8]) -> Maybe<Content> {
    let mut file = tempfile::tempfile()?;
    file.write_all(bytes)?;
    Ok(Content { file, length: bytes.len() as u64 })
}

pub(crate) fn from_matrix(name: &str, spoiler: bool) -> Attachment {
    Attachment {
        name: name.to_owned(),
        kind: FileKind::Image,
        mime: Some("image/png".to_owned()),
        size: None,
        pixels: None,
        spoiler,
        network: Network::new("matrix"),
        source: "mxc://example.org/abc".to_owned(),
    }
}

fn post(words: &str) -> Post {
    Post::new(Tone::Notice, Text::says(words))
}

#[tokio::test]
async fn a_file_is_posted_once_with_its_words_and_found_again() -> Tested {
    let town = Town::new().await?;
    town.guild.permit(town.role, INVITED | ATTACH_FILES);
    let herald = town.herald().await?;
    let (room, it) = (town.room(), from_matrix("graph.png", true));
    let since = town.discord.now();
    let first = herald.discord.post_file(&room, &post("see `this`"), &it, content(&bytes())?, &key("a")).await?;
    let again = herald.discord.post_file(&room, &post("see `this`"), &it, content(&bytes())?, &key("a")).await?;
    assert_eq!(first, again);
    let silent =
        herald.discord.post_file(&room, &Post::new(Tone::Notice, Text::new()), &it, content(b"x")?, &key("b")).await?;
    let seen = town.ana.reads(town.channel).ok_or("no channel")?;
    assert_eq!(seen.len(), 2);
    assert_eq!(
        (words(&seen[0]).as_str(), &seen[0].files),
        ("see `this`", &vec![("SPOILER_graph.png".to_owned(), bytes())])
    );
    assert_eq!((seen[1].content.as_str(), seen[1].files.len()), ("", 1));
    let found = herald.discord.find(&room, &post("see `this`"), &key("a"), since).await?;
    assert_eq!(found, Some(first));
    let found =
        herald.discord.find(&room, &Post::new(Tone::Notice, Text::new()), &key("b"), Timestamp::UNIX_EPOCH).await?;
    assert_eq!(found, Some(silent));
    let none = herald.discord.find(&room, &post("other"), &key("c"), Timestamp::UNIX_EPOCH).await?;
    assert_eq!(none, None);
    Ok(())
}

#[tokio::test]
async fn an_upload_whose_answer_is_lost_is_made_once() -> Tested {
    let town = Town::new().await?;
    town.guild.permit(town.role, INVITED | ATTACH_FILES);
    let herald = town.herald().await?;
    let (room, it) = (town.room(), from_matrix("graph.png", false));
    town.discord.fault(
        Rule::new(Fault::LoseAnswer).on(|method, path| method == "POST" && path.ends_with("/messages")).times(1),
    );
    let lost = herald.discord.post_file(&room, &post("see"), &it, content(b"x")?, &key("a")).await;
    assert!(matches!(lost, Err(SendError::Unknown { .. })), "{lost:?}");
    herald.discord.post_file(&room, &post("see"), &it, content(b"x")?, &key("a")).await?;
    assert_eq!(town.ana.reads(town.channel).map(|all| all.len()), Some(1));
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_too_large_or_not_allowed_is_refused_in_words() -> Tested {
    let town = Town::new().await?;
    let herald = town.herald().await?;
    herald.gap().await?;
    let (room, it) = (town.room(), from_matrix("graph.png", false));
    assert_eq!(herald.discord.carries(), 10 << 20);
    town.guild.overwrite(town.channel, town.bot.id, 0, ATTACH_FILES)?;
    let large = vec![0; (10 << 20) + 1];
    let reason = why(herald.discord.post_file(&room, &post("see"), &it, content(&large)?, &key("a")).await)?;
    assert_eq!(reason, "The file is larger than the 10 MiB that Discord takes on this server.");
    let reason = why(herald.discord.post_file(&room, &post("see"), &it, content(b"x")?, &key("b")).await)?;
    assert!(reason.contains("Attach Files"), "{reason}");
    assert_eq!(town.ana.reads(town.channel).map(|all| all.len()), Some(0));

    town.guild.overwrite(town.channel, town.bot.id, ATTACH_FILES, 0)?;
    town.guild.boost(2);
    while herald.discord.carries() != 50 << 20 {
        tokio::task::yield_now().await;
    }
    herald.discord.post_file(&room, &post("see"), &it, content(&large)?, &key("c")).await?;
    // More than a request may have: Discord says so itself.
    let huge = vec![0; 26 << 20];
    let reason = why(herald.discord.post_file(&room, &post("see"), &it, content(&huge)?, &key("d")).await)?;
    assert_eq!(reason, "The file is larger than the 50 MiB that Discord takes on this server.");
    Ok(())
}
