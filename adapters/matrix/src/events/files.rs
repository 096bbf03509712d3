//! The files that come with messages.

use herald_chat::{Attachment, FileKind};
use matrix_sdk::ruma::UInt;
use matrix_sdk::ruma::events::room::MediaSource;
use matrix_sdk::ruma::events::room::message::{FormattedBody, MessageType};
use matrix_sdk::ruma::events::sticker::StickerEventContent;

use crate::names::network;

/// Where a content says that its file is hidden (MSC4193).
pub(crate) const SPOILER: &str = "page.codeberg.everypizza.msc4193.spoiler";

/// The words of a message beside its file: the body, and the same as HTML.
pub(super) type Words<'a> = (&'a str, Option<&'a FormattedBody>);

/// What a message says, and its file. The name of a file is not what somebody says.
pub(super) fn parts(message: &MessageType) -> (Words<'_>, Option<Attachment>) {
    match message {
        MessageType::Image(it) => {
            let info = it.info.as_deref();
            let info = info.map(|info| Info::new(info.mimetype.as_ref(), info.size, info.width, info.height));
            (
                (it.caption().unwrap_or_default(), it.formatted_caption()),
                file(FileKind::Image, it.filename(), info, &it.source),
            )
        }
        MessageType::Video(it) => {
            let info = it.info.as_deref();
            let info = info.map(|info| Info::new(info.mimetype.as_ref(), info.size, info.width, info.height));
            (
                (it.caption().unwrap_or_default(), it.formatted_caption()),
                file(FileKind::Video, it.filename(), info, &it.source),
            )
        }
        MessageType::Audio(it) => {
            let info = it.info.as_deref().map(|info| Info::new(info.mimetype.as_ref(), info.size, None, None));
            (
                (it.caption().unwrap_or_default(), it.formatted_caption()),
                file(FileKind::Audio, it.filename(), info, &it.source),
            )
        }
        MessageType::File(it) => {
            let info = it.info.as_deref().map(|info| Info::new(info.mimetype.as_ref(), info.size, None, None));
            (
                (it.caption().unwrap_or_default(), it.formatted_caption()),
                file(FileKind::File, it.filename(), info, &it.source),
            )
        }
        MessageType::Text(it) => ((&it.body, it.formatted.as_ref()), None),
        MessageType::Notice(it) => ((&it.body, it.formatted.as_ref()), None),
        MessageType::Emote(it) => ((&it.body, it.formatted.as_ref()), None),
        other => ((other.body(), None), None),
    }
}

pub(super) fn sticker(sticker: &StickerEventContent) -> Option<Attachment> {
    let info = &sticker.info;
    let info = Info::new(info.mimetype.as_ref(), info.size, info.width, info.height);
    file(FileKind::Sticker, &sticker.body, Some(info), &sticker.source.clone().into())
}

/// What a client tells of a file.
#[derive(Default)]
struct Info {
    mime: Option<String>,
    size: Option<u64>,
    pixels: Option<(u32, u32)>,
}

impl Info {
    fn new(mime: Option<&String>, size: Option<UInt>, width: Option<UInt>, height: Option<UInt>) -> Self {
        let pixels = |it: Option<UInt>| it.and_then(|it| u32::try_from(it).ok());
        Self { mime: mime.cloned(), size: size.map(u64::from), pixels: pixels(width).zip(pixels(height)) }
    }
}

fn file(kind: FileKind, name: &str, info: Option<Info>, source: &MediaSource) -> Option<Attachment> {
    let Info { mime, size, pixels } = info.unwrap_or_default();
    let source = serde_json::to_string(source).ok()?;
    Some(Attachment { name: name.to_owned(), kind, mime, size, pixels, spoiler: false, network: network(), source })
}
