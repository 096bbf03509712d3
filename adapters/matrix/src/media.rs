//! Files that people share: from the homeserver onto the disk, and from the disk to the homeserver. They pass through in
//! pieces, and nobody looks into them.
//!
//! The SDK has a file in memory as a whole, so Herald asks for files itself: from its own homeserver alone, which fetches
//! those of others. No redirect is followed.

mod download;
mod upload;

use std::fmt;
use std::time::Duration;

use herald_chat::SendError;
use matrix_sdk::Client;
use matrix_sdk::reqwest::{self, Response, Url};
use matrix_sdk::ruma::api::client::authenticated_media::get_media_config::v1::Request;
use serde_json::Value;

use crate::failure::{Denial, later, refused};
use crate::{Settings, StartError, session};

/// How long one file may take.
const DEADLINE: Duration = Duration::from_mins(1);
/// How large files may be where the homeserver does not say, in bytes.
const USUAL: u64 = 10 << 20;
/// How much is read of an answer that is no file, in bytes.
const WORDS: usize = 64 << 10;

/// The way to the homeserver's files.
pub(crate) struct Media {
    http: reqwest::Client,
    homeserver: Url,
    /// The largest file that the homeserver takes, in bytes.
    pub(crate) carries: u64,
}

impl Media {
    pub(crate) async fn open(settings: &Settings, client: &Client) -> Result<Self, StartError> {
        let (http, homeserver) = session::for_files(settings)?;
        let carries = match client.send(Request::new()).await {
            Ok(config) => config.upload_size.into(),
            Err(error) => {
                tracing::info!(reason = %crate::failure::http(&error), "the homeserver does not say how large files may be");
                USUAL
            }
        };
        Ok(Self { http, homeserver, carries })
    }

    /// The address of something of the homeserver's.
    fn at(&self, parts: &[&str]) -> Result<Url, SendError> {
        let mut url = self.homeserver.clone();
        url.path_segments_mut().map_err(|()| later("the homeserver has no address"))?.pop_if_empty().extend(parts);
        Ok(url)
    }
}

/// What an answer says that is no file.
async fn said(mut answer: Response) -> Value {
    let mut words = Vec::new();
    while let Ok(Some(piece)) = answer.chunk().await
        && words.len() + piece.len() <= WORDS
    {
        words.extend_from_slice(&piece);
    }
    serde_json::from_slice(&words).unwrap_or_default()
}

/// What an answer means that is a no. Nothing was done.
async fn denied(answer: Response) -> (Denial, SendError) {
    let status = answer.status().as_u16();
    let json = said(answer).await;
    let word = |key: &str| json[key].as_str().unwrap_or_default().to_owned();
    let after = json["retry_after_ms"].as_u64().map(Duration::from_millis);
    let denial = Denial { status, code: word("errcode"), message: word("error"), after };
    let meaning = match denial.means() {
        SendError::Unknown { reason } => later(reason),
        other => other,
    };
    (denial, meaning)
}

/// What a connection that failed means. Nothing was done.
#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn cut(error: reqwest::Error) -> SendError {
    if error.is_timeout() {
        later(format!("a file took longer than {} s", DEADLINE.as_secs()))
    } else if error.is_connect() {
        later("the homeserver cannot be reached")
    } else {
        later("the connection to the homeserver was cut")
    }
}

/// What a disk that fails means.
fn disk(error: impl fmt::Display) -> SendError {
    later(format!("a file could not be kept for a moment: {error}"))
}

fn too_large(most: u64) -> SendError {
    refused(format!("The file is too large: at most {} can be passed on.", size(most)))
}

/// A size for people. Rounded down: so much can be.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} bytes"),
        1_024..1_048_576 => format!("{} KiB", bytes >> 10),
        1_048_576.. => format!("{} MiB", bytes >> 20),
    }
}
