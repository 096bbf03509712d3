//! How payloads go over a connection: as text, or compressed.

use axum::extract::ws::Message;
use flate2::{Compress, Compression, FlushCompress};
use serde_json::Value;

/// Payloads above this many bytes are compressed one by one for those who asked for it when they identified.
const LARGE: usize = 4_096;

/// A connection's way of writing.
#[derive(Debug)]
pub(super) struct Link {
    /// One stream over all payloads.
    stream: Option<Compress>,
    /// Large payloads on their own.
    pub(super) large: bool,
}

impl Link {
    /// By what the address asked for.
    pub(super) fn new(compress: Option<&str>) -> Self {
        let stream = (compress == Some("zlib-stream")).then(|| Compress::new(Compression::fast(), true));
        Self { stream, large: false }
    }

    pub(super) fn write(&mut self, payload: &Value) -> Message {
        let text = payload.to_string();
        if let Some(stream) = &mut self.stream {
            return Message::Binary(deflate(stream, text.as_bytes(), FlushCompress::Sync).into());
        }
        if self.large && text.len() > LARGE {
            let mut alone = Compress::new(Compression::fast(), true);
            return Message::Binary(deflate(&mut alone, text.as_bytes(), FlushCompress::Finish).into());
        }
        Message::Text(text.into())
    }
}

/// All of `bytes`, ending in a flush: with `Sync`, in the four bytes that end a payload.
fn deflate(stream: &mut Compress, bytes: &[u8], flush: FlushCompress) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() / 2 + 64);
    let begin = stream.total_in();
    loop {
        let done = usize::try_from(stream.total_in() - begin).unwrap_or(bytes.len());
        // Writing to memory fails only for want of room, which is made.
        let _ = stream.compress_vec(&bytes[done..], &mut out, flush);
        let all = usize::try_from(stream.total_in() - begin).is_ok_and(|it| it == bytes.len());
        if all && out.len() < out.capacity() {
            return out;
        }
        out.reserve(1_024);
    }
}
