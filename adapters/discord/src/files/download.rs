//! Reading a file.

use std::fs::File;
use std::io::{Seek, Write};

use herald_chat::{Attachment, SendError};
use reqwest::StatusCode;

use super::Source;
use crate::Inner;
use crate::events::wire::Message;
use crate::failure::{later, refused};
use crate::rest::Request;

/// What reading from an address came to.
enum Got {
    All(u64),
    /// The address is good no more, or there is nothing at it.
    Nothing,
}

impl Inner {
    /// Reads a file into `into`, at most so many bytes.
    pub(crate) async fn fetch(&self, file: &Attachment, most: u64, into: &mut File) -> Result<u64, SendError> {
        let source: Source = Some(file)
            .filter(|file| file.network == crate::names::network())
            .and_then(|file| serde_json::from_str(&file.source).ok())
            .ok_or_else(|| refused("This file is not on Discord."))?;
        if file.size.is_some_and(|size| size > most) {
            return Err(too_long(most));
        }
        let got = match self.read_from(&source.url, most, into).await? {
            Got::All(length) => Some(length),
            Got::Nothing => match self.renewed(&source).await? {
                Some(url) => match self.read_from(&url, most, into).await? {
                    Got::All(length) => Some(length),
                    Got::Nothing => None,
                },
                None => None,
            },
        };
        let length = got.ok_or_else(|| refused("Discord has this file no more."))?;
        if file.size.is_some_and(|size| size != length) {
            return Err(refused("What Discord has is not as long as the file was said to be."));
        }
        Ok(length)
    }

    async fn read_from(&self, address: &str, most: u64, into: &mut File) -> Result<Got, SendError> {
        let url = self.hosts.allowed(address).ok_or_else(|| refused("This file is not where Discord keeps files."))?;
        let mut answer = self.hosts.http.get(url).send().await.map_err(|error| lost(&error))?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(Got::Nothing),
            other if other.is_redirection() => return Err(refused("Discord sends elsewhere for this file.")),
            other if other.is_server_error() || other == StatusCode::TOO_MANY_REQUESTS => {
                return Err(later(format!("Discord answered {} for a file", other.as_u16())));
            }
            other => return Err(refused(format!("Discord answered {} for this file.", other.as_u16()))),
        }
        if answer.content_length().is_some_and(|length| length > most) {
            return Err(too_long(most));
        }
        // A try before may have left something.
        let on_disk = |error: std::io::Error| later(format!("the file cannot be written: {error}"));
        into.rewind().and_then(|()| into.set_len(0)).map_err(on_disk)?;
        let mut length = 0_u64;
        while let Some(piece) = answer.chunk().await.map_err(|error| lost(&error))? {
            length += piece.len() as u64;
            if length > most {
                return Err(too_long(most));
            }
            into.write_all(&piece).map_err(on_disk)?;
        }
        Ok(Got::All(length))
    }

    /// Where the file is now. The message says, if it is there.
    async fn renewed(&self, source: &Source) -> Result<Option<String>, SendError> {
        let Some((channel, message, attachment)) = source.of else { return Ok(None) };
        let path = format!("/channels/{channel}/messages/{message}");
        let found: Message = match self.rest.ask_as(Request::get(path)).await {
            Ok(found) => found,
            Err(failure) if failure.is_status(404) => return Ok(None),
            Err(failure) => return Err(failure.into()),
        };
        let passed = found.passed_on.iter().flat_map(|it| &it.message.attachments);
        let file = found.attachments.iter().chain(passed).find(|it| it.id.0 == attachment);
        Ok(file.map(|it| it.url.clone()))
    }
}

/// Nothing of ours was changed by a file that was not read.
fn lost(error: &reqwest::Error) -> SendError {
    later(if error.is_timeout() { "a file took too long" } else { "the connection was cut while a file was read" })
}

fn too_long(most: u64) -> SendError {
    refused(format!("The file is longer than the {} that Herald passes on.", amount(most)))
}

/// An amount of bytes, for people.
pub(super) fn amount(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..0x10_0000 => format!("{} KiB", bytes >> 10),
        _ => format!("{} MiB", bytes >> 20),
    }
}
