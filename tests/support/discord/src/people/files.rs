//! What people say with more than words.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Person;
use crate::id::Id;
use crate::refused::Refused;
use crate::rest::{HELD, UPLOADED};
use crate::server;

/// A file to post.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub mime: Option<String>,
    /// Width and height, of a picture.
    pub pixels: Option<(u32, u32)>,
    /// Discord's flags: 8 for one that is hidden until somebody wants to see it.
    pub flags: u64,
    /// What it holds.
    pub bytes: Vec<u8>,
}

impl Person {
    /// Posts files, with words or none: the message's id.
    pub fn send_files(&self, channel: Id, text: &str, files: &[NewFile]) -> Result<Id, Refused> {
        let shown: Vec<Value> = files.iter().map(|file| self.upload(file)).collect();
        self.post(channel, json!({ "content": text, UPLOADED: shown }))
    }

    /// Says something with a sticker.
    pub fn send_sticker(&self, channel: Id, sticker: Id) -> Result<Id, Refused> {
        self.post(channel, json!({ "sticker_ids": [sticker] }))
    }

    /// Passes a message on to another channel: the id of the message that does so.
    pub fn forward(&self, from: Id, message: Id, to: Id) -> Result<Id, Refused> {
        self.post(to, json!({ "message_reference": { "type": 1, "channel_id": from, "message_id": message } }))
    }

    /// Asks a question with answers to choose from.
    pub fn poll(&self, channel: Id, question: &str, answers: &[&str]) -> Result<Id, Refused> {
        let answer = |(at, text): (usize, &&str)| json!({ "answer_id": at + 1, "poll_media": { "text": text } });
        let answers: Vec<Value> = answers.iter().enumerate().map(answer).collect();
        let poll = json!({
            "question": { "text": question }, "answers": answers, "expiry": "2030-01-01T00:00:00+00:00",
            "allow_multiselect": false, "layout_type": 1, "results": { "answer_counts": [], "is_finalized": false },
        });
        self.post(channel, json!({ "poll": poll }))
    }

    fn upload(&self, file: &NewFile) -> Value {
        let number = server::number();
        self.server.shared.with(|state| state.files.insert(number, Arc::new(file.bytes.clone())));
        let mut shown = json!({ "filename": file.name, "size": file.bytes.len(), HELD: number });
        if let Some(mime) = &file.mime {
            shown["content_type"] = json!(mime);
        }
        if file.flags != 0 {
            shown["flags"] = json!(file.flags);
        }
        if let Some((width, height)) = file.pixels {
            shown["width"] = json!(width);
            shown["height"] = json!(height);
        }
        shown
    }
}
