//! From the homeserver onto the disk.

use std::fs::File;
use std::io::{self, Seek, Write};

use herald_chat::{Attachment, SendError};
use matrix_sdk::ruma::MxcUri;
use matrix_sdk::ruma::events::room::{EncryptedFile, MediaSource};
use matrix_sdk_base::crypto::AttachmentDecryptor;

use super::{DEADLINE, cut, denied, disk, too_large};
use crate::Inner;
use crate::failure::{later, refused};
use crate::names::NETWORK;

impl Inner {
    pub(crate) async fn fetch(&self, file: &Attachment, most: u64, into: &mut File) -> Result<u64, SendError> {
        let source = Some(file).filter(|file| file.network.as_str() == NETWORK);
        let source = source.and_then(|file| serde_json::from_str(&file.source).ok());
        begin_again(into).map_err(disk)?;
        match source.ok_or_else(|| refused("It is no file of Matrix."))? {
            MediaSource::Plain(uri) => self.take(&uri, most, into).await,
            MediaSource::Encrypted(encrypted) => {
                let mut sealed = tempfile::tempfile().map_err(disk)?;
                self.take(&encrypted.url, most, &mut sealed).await?;
                let mut out = into.try_clone().map_err(disk)?;
                let unsealed = tokio::task::spawn_blocking(move || unseal(sealed, *encrypted, &mut out)).await;
                let unsealed = unsealed.map_err(disk).and_then(|unsealed| unsealed);
                if unsealed.is_err() {
                    // What was written so far may be anything.
                    begin_again(into).map_err(disk)?;
                }
                unsealed
            }
        }
    }

    /// What the homeserver has under this name, as it is.
    async fn take(&self, uri: &MxcUri, most: u64, into: &mut File) -> Result<u64, SendError> {
        let (server, id) = uri.parts().map_err(|_| refused("The file has no address that Matrix knows."))?;
        let url = self.media.at(&["_matrix", "client", "v1", "media", "download", server.as_str(), id])?;
        let token = self.client.access_token().ok_or_else(|| later("Herald is not logged in yet"))?;
        let mut answer = self.media.http.get(url).bearer_auth(token).timeout(DEADLINE).send().await.map_err(cut)?;
        if answer.status().as_u16() != 200 {
            let (denial, meaning) = denied(answer).await;
            return Err(match (denial.status, denial.code.as_str()) {
                (_, "M_TOO_LARGE") => refused("The file is larger than the homeserver hands out."),
                (404, "M_NOT_FOUND") => refused("The file is gone from the homeserver. Send it again."),
                (300..400, _) => refused("The homeserver keeps the file elsewhere, where Herald does not go for it."),
                _ => meaning,
            });
        }
        if answer.content_length().is_some_and(|length| length > most) {
            return Err(too_large(most));
        }
        let mut length = 0;
        while let Some(piece) = answer.chunk().await.map_err(cut)? {
            length += piece.len() as u64;
            if length > most {
                begin_again(into).map_err(disk)?;
                return Err(too_large(most));
            }
            into.write_all(&piece).map_err(disk)?;
        }
        Ok(length)
    }
}

fn begin_again(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()
}

/// Decrypts a file, and makes sure that it is the one that was sent.
fn unseal(mut sealed: File, how: EncryptedFile, into: &mut File) -> Result<u64, SendError> {
    sealed.rewind().map_err(disk)?;
    let mut open = AttachmentDecryptor::new(&mut sealed, how.into())
        .map_err(|_| refused("The file says not how to decrypt it. Send it again."))?;
    io::copy(&mut open, into).map_err(|error| match error.kind() {
        io::ErrorKind::Other => refused("The file is not the one that was sent: its hash is another. Send it again."),
        _ => disk(error),
    })
}
