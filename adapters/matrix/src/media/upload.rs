//! From the disk to the homeserver, and into a room.

use std::fs::File;
use std::io::{self, Read, Seek};

use futures::stream;
use herald_chat::{Attachment, Content, MessageRef, Post, RoomRef, SendError, SendKey, clean_line};
use matrix_sdk::Room;
use matrix_sdk::reqwest::{Body, header};
use matrix_sdk::ruma::OwnedMxcUri;
use matrix_sdk::ruma::events::room::{EncryptedFile, MediaSource};
use matrix_sdk_base::crypto::{AttachmentEncryptor, MediaEncryptionInfo};

use super::{DEADLINE, cut, denied, disk, said, too_large};
use crate::Inner;
use crate::failure::{later, meaning};
use crate::format::File as Attached;

/// How much is in memory of a file at once, in bytes.
const PIECE: usize = 64 << 10;
/// What a file is when nobody says.
const ANYTHING: &str = "application/octet-stream";
/// The longest name of a file, in characters.
const LONGEST: usize = 200;

impl Inner {
    pub(crate) async fn say_with_file(
        &self,
        at: &RoomRef,
        post: &Post,
        file: &Attachment,
        content: Content,
        key: &SendKey,
    ) -> Result<MessageRef, SendError> {
        let room = self.room(at)?;
        self.writable(&room).await?;
        if content.length > self.media.carries {
            return Err(too_large(self.media.carries));
        }
        let mime = file.mime.as_deref().filter(|mime| is_mime(mime)).unwrap_or(ANYTHING).to_owned();
        let name: String = clean_line(&file.name).chars().take(LONGEST).collect();
        let name = if name.is_empty() { "file".to_owned() } else { name };
        let length = content.length;
        let source = self.hand_in(&room, content, &name, &mime).await?;
        let (kind, pixels, spoiler) = (file.kind, file.pixels, file.spoiler);
        self.say_parts(&room, post, Some(Attached { name, kind, mime, length, pixels, spoiler, source }), key).await
    }

    /// Has the homeserver keep it, encrypted for an encrypted room.
    async fn hand_in(&self, room: &Room, content: Content, name: &str, mime: &str) -> Result<MediaSource, SendError> {
        let Content { mut file, length } = content;
        if !room.latest_encryption_state().await.map_err(|error| meaning(&error))?.is_encrypted() {
            file.rewind().map_err(disk)?;
            return self.upload(file, length, Some(name), mime).await.map(MediaSource::Plain);
        }
        let sealed = tokio::task::spawn_blocking(move || seal(file, length)).await.map_err(disk)?;
        let (sealed, MediaEncryptionInfo { encryption_info, hashes }) = sealed.map_err(disk)?;
        let url = self.upload(sealed, length, None, ANYTHING).await?;
        Ok(MediaSource::Encrypted(Box::new(EncryptedFile::new(url, encryption_info, hashes))))
    }

    async fn upload(&self, file: File, length: u64, name: Option<&str>, mime: &str) -> Result<OwnedMxcUri, SendError> {
        let mut url = self.media.at(&["_matrix", "media", "v3", "upload"])?;
        if let Some(name) = name {
            url.query_pairs_mut().append_pair("filename", name);
        }
        let token = self.client.access_token().ok_or_else(|| later("Herald is not logged in yet"))?;
        let request = self.media.http.post(url).bearer_auth(token).timeout(DEADLINE);
        let request = request.header(header::CONTENT_TYPE, mime).header(header::CONTENT_LENGTH, length);
        let answer = request.body(pieces(file, length)).send().await.map_err(cut)?;
        if answer.status().as_u16() != 200 {
            let (denial, meaning) = denied(answer).await;
            let large = denial.status == 413 || denial.code == "M_TOO_LARGE";
            return Err(if large { too_large(self.media.carries) } else { meaning });
        }
        let kept = said(answer).await["content_uri"].as_str().map(OwnedMxcUri::from);
        kept.filter(|uri| uri.is_valid()).ok_or_else(|| later("the homeserver does not say where it keeps a file"))
    }
}

/// The first `length` bytes of what is left of a file.
fn pieces(file: File, length: u64) -> Body {
    Body::wrap_stream(stream::try_unfold(file.take(length), |mut left| async move {
        let mut piece = vec![0; PIECE];
        let n = left.read(&mut piece)?;
        piece.truncate(n);
        Ok::<_, io::Error>((n > 0).then_some((piece, left)))
    }))
}

/// Encrypts a file.
fn seal(mut file: File, length: u64) -> io::Result<(File, MediaEncryptionInfo)> {
    file.rewind()?;
    let mut sealed = tempfile::tempfile()?;
    let mut plain = file.take(length);
    let mut seal = AttachmentEncryptor::new(&mut plain);
    io::copy(&mut seal, &mut sealed)?;
    let how = seal.finish();
    sealed.rewind()?;
    Ok((sealed, how))
}

/// Whether it is the name of a kind of file, and nothing else.
fn is_mime(mime: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part.len() < 100
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c))
    };
    mime.split_once('/').is_some_and(|(kind, of)| part(kind) && part(of))
}
