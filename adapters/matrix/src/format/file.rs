//! Files as messages.

use herald_chat::{FileKind, Post, SendKey};
use matrix_sdk::ruma::events::room::message::{
    AudioInfo, AudioMessageEventContent, FileInfo, FileMessageEventContent, ImageMessageEventContent, MessageType,
    RoomMessageEventContent, VideoInfo, VideoMessageEventContent,
};
use matrix_sdk::ruma::events::room::{ImageInfo, MediaSource};
use matrix_sdk::ruma::{EventId, UInt, assign};
use serde_json::{Value, json};

use super::{formatted, keyed, plain, related};
use crate::events::SPOILER;

/// A file that the homeserver has.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) kind: FileKind,
    pub(crate) mime: String,
    /// In bytes.
    pub(crate) length: u64,
    pub(crate) pixels: Option<(u32, u32)>,
    pub(crate) spoiler: bool,
    pub(crate) source: MediaSource,
}

/// The content of a message that is a file, with the words of `post`.
///
/// # Errors
/// As [`super::message`].
pub(crate) fn with_file(
    post: &Post,
    file: File,
    key: &SendKey,
    thread_root: Option<&EventId>,
) -> serde_json::Result<Value> {
    let spoiler = file.spoiler;
    let content = related(RoomMessageEventContent::new(message(post, file)), post, thread_root);
    let mut content = keyed(content, post, key)?;
    if spoiler {
        content[SPOILER] = json!(true);
    }
    Ok(content)
}

fn message(post: &Post, file: File) -> MessageType {
    let File { name, kind, mime, length, pixels, spoiler: _, source } = file;
    let caption = Some(plain(&post.text)).filter(|words| !words.trim().is_empty());
    let formatted = caption.as_ref().and_then(|_| formatted(post));
    let (body, filename) = (caption.unwrap_or_else(|| name.clone()), Some(name));
    let (mimetype, size) = (Some(mime), UInt::try_from(length).ok());
    let (width, height) = pixels.map(|(width, height)| (width.into(), height.into())).unzip();
    match kind {
        FileKind::Image | FileKind::Sticker => {
            let info = assign!(ImageInfo::new(), { mimetype, size, width, height });
            let content = ImageMessageEventContent::new(body, source);
            MessageType::Image(assign!(content, { formatted, filename, info: Some(Box::new(info)) }))
        }
        FileKind::Video => {
            let info = assign!(VideoInfo::new(), { mimetype, size, width, height });
            let content = VideoMessageEventContent::new(body, source);
            MessageType::Video(assign!(content, { formatted, filename, info: Some(Box::new(info)) }))
        }
        FileKind::Audio => {
            let info = assign!(AudioInfo::new(), { mimetype, size });
            let content = AudioMessageEventContent::new(body, source);
            MessageType::Audio(assign!(content, { formatted, filename, info: Some(Box::new(info)) }))
        }
        FileKind::File => {
            let info = assign!(FileInfo::new(), { mimetype, size });
            let content = FileMessageEventContent::new(body, source);
            MessageType::File(assign!(content, { formatted, filename, info: Some(Box::new(info)) }))
        }
    }
}
