//! What Herald says about messages that are passed on.

use herald_chat::{Attachment, Network, Person, Post, Text};

use crate::incident::words::capital;

use super::{Reacted, Side, mark};

/// Who reacted how on the other sides, for one of them. `None`: nobody.
#[must_use]
pub fn reactions(all: &[Reacted], side: &Side) -> Option<Text> {
    let mut by_emoji: Vec<(&str, Vec<&Person>)> = Vec::new();
    for it in all.iter().filter(|it| it.side != *side) {
        match by_emoji.iter_mut().find(|(emoji, _)| *emoji == it.emoji) {
            Some((_, people)) if people.contains(&&it.by) => {}
            Some((_, people)) => people.push(&it.by),
            None => by_emoji.push((&it.emoji, vec![&it.by])),
        }
    }
    let mut text = Text::new();
    for (i, (emoji, people)) in by_emoji.iter().enumerate() {
        text = text.and(if i > 0 { " · " } else { "" }).exact(emoji).and(" ");
        for (n, person) in people.iter().enumerate() {
            text = text.and(if n > 0 { ", " } else { "" }).exact(&person.name);
        }
    }
    (!by_emoji.is_empty()).then_some(text)
}

/// Somebody changed a message that nobody knows of any more.
#[must_use]
pub fn unknown_edit(by: &Person, network: &Network) -> Text {
    let text = Text::new().strong(&format!("{} · {}", by.name, mark(network)));
    text.and(" changed a message that is not known here any more. Ask them to write it anew if it matters.")
}

/// So many messages were said too long ago to be passed on.
#[must_use]
pub fn too_old(count: u32, network: &Network, limit: &str) -> Text {
    let messages = if count == 1 { "1 message".to_owned() } else { format!("{count} messages") };
    let were = if count == 1 { "was" } else { "were" };
    Text::says(&format!("{messages} from {}, said more than {limit} ago, {were} not passed on. ", mark(network)))
        .and("Look there if it matters.")
}

/// A file that was not passed on, and why.
#[must_use]
pub fn file_refused(file: &Attachment, reason: &str) -> Text {
    let reason = capital(reason.trim_end_matches('.'));
    of(file).and(" was not passed on. ").exact(&reason).and(".")
}

/// A file, by its name and size.
fn of(file: &Attachment) -> Text {
    let size = file.size.map_or_else(String::new, |bytes| format!(" ({})", size(bytes)));
    Text::says("📎 ").exact(&file.name).and(&size)
}

/// The same as a post in place of the one that was to have the file.
#[must_use]
pub fn in_place(post: &Post, file: &Attachment, reason: &str) -> Post {
    let name = post.text.lines().first().and_then(|line| line.iter().next()).cloned();
    let text = name.into_iter().fold(Text::new(), Text::span);
    Post { text: text.join(file_refused(file, reason)), ..post.clone() }
}

/// A file that is larger than files may be.
#[must_use]
pub fn file_too_large(file: &Attachment, limit: u64) -> Text {
    let reason = if limit == 0 {
        "No files are passed on here; put it where both sides can read it.".to_owned()
    } else {
        format!("Files up to {} are; put it where both sides can read it.", size(limit))
    };
    file_refused(file, &reason)
}

/// What was said cannot be passed on to a network.
#[must_use]
pub fn not_passed_on(network: &Network, reason: &str) -> Text {
    let text = Text::says(&format!("What is said here does not reach {}: ", mark(network)));
    text.exact(reason)
}

/// Something that was done here has not got to a network, although all else does.
#[must_use]
pub fn gave_way(network: &Network, reason: &str) -> Text {
    let text = Text::says(&format!("This has not reached {}, and I have stopped trying: ", mark(network)));
    text.exact(reason.trim_end_matches('.')).and(". Say it again there if it matters.")
}

/// What was removed here still stands on a network, although all else gets there.
#[must_use]
pub fn not_removed(network: &Network, reason: &str) -> Text {
    let text =
        Text::says(&format!("What was removed here still stands on {}, and I have stopped trying: ", mark(network)));
    text.exact(reason.trim_end_matches('.')).and(". Remove it there by hand if it matters.")
}

/// What was changed here stands on a network as it was, although all else gets there.
#[must_use]
pub fn not_changed(network: &Network, reason: &str) -> Text {
    let text = Text::says(&format!(
        "What was changed here stands on {} as it was, and I have stopped trying: ",
        mark(network)
    ));
    text.exact(reason.trim_end_matches('.')).and(". Say there what is new if it matters.")
}

/// A file has not got to a network, although all else does.
#[must_use]
pub fn file_not_passed_on(file: &Attachment, network: &Network, reason: &str) -> Text {
    let text = of(file).and(&format!(" has not reached {}, and I have stopped trying: ", mark(network)));
    text.exact(reason.trim_end_matches('.')).and(". Send it again, or put it where both sides can read it.")
}

/// So many bytes, for people.
pub(super) fn size(bytes: u64) -> String {
    const KIB: u64 = 1024;
    const MIB: u64 = KIB * 1024;
    match bytes {
        0..KIB => format!("{bytes} bytes"),
        KIB..MIB => format!("{} KiB", bytes.div_ceil(KIB)),
        _ => {
            let tenths = (bytes * 10).div_ceil(MIB);
            format!("{}.{} MiB", tenths / 10, tenths % 10)
        }
    }
}
