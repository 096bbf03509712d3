//! From the events of a room to what a client shows.

use matrix_sdk::deserialized_responses::{TimelineEvent, TimelineEventKind};
use serde_json::Value;

use crate::{Line, shown};

/// What a client shows of a room, oldest first.
#[derive(Default)]
pub(crate) struct Lines(pub(crate) Vec<Line>);

impl Lines {
    /// Takes in the next event of the room.
    pub(crate) fn take(&mut self, event: &TimelineEvent) {
        let Ok(json) = serde_json::from_str::<Value>(event.raw().json().get()) else { return };
        let content = &json["content"];
        let relation = &content["m.relates_to"];
        let (kind, sender) = (text(&json["type"]), text(&json["sender"]));
        match kind.as_str() {
            "m.room.message" if relation["rel_type"] == "m.replace" => {
                let of = text(&relation["event_id"]);
                if let Some(line) = self.0.iter_mut().find(|line| line.id == of && line.sender == sender) {
                    (line.text, line.plain) = words(&content["m.new_content"]);
                    line.content = content["m.new_content"].clone();
                    line.edits += 1;
                }
            }
            "m.room.message" if content["msgtype"].is_string() => {
                let (shown, plain) = words(content);
                let mentions = content["m.mentions"]["user_ids"].as_array().cloned().unwrap_or_default();
                let falls_back = relation["is_falling_back"] == true;
                self.0.push(Line {
                    id: text(&json["event_id"]),
                    sender,
                    text: shown,
                    plain,
                    content: content.clone(),
                    kind: text(&content["msgtype"]),
                    mentions: mentions.iter().map(text).collect(),
                    has_mentions: content["m.mentions"].is_object(),
                    answers: relation["m.in_reply_to"]["event_id"].as_str().filter(|_| !falls_back).map(str::to_owned),
                    thread: (relation["rel_type"] == "m.thread").then(|| text(&relation["event_id"])),
                    encrypted: matches!(event.kind, TimelineEventKind::Decrypted(_)),
                    reactions: Vec::new(),
                    edits: 0,
                    at: json["origin_server_ts"].as_u64().unwrap_or_default(),
                });
            }
            "m.room.encrypted" if json["unsigned"]["redacted_because"].is_null() => {
                self.0.push(Line {
                    id: text(&json["event_id"]),
                    sender,
                    text: "(cannot be decrypted)".to_owned(),
                    plain: String::new(),
                    content: Value::Null,
                    kind: kind.clone(),
                    mentions: Vec::new(),
                    has_mentions: false,
                    answers: None,
                    thread: None,
                    encrypted: true,
                    reactions: Vec::new(),
                    edits: 0,
                    at: json["origin_server_ts"].as_u64().unwrap_or_default(),
                });
            }
            "m.reaction" => {
                let of = text(&relation["event_id"]);
                if let Some(line) = self.0.iter_mut().find(|line| line.id == of) {
                    line.reactions.push((text(&relation["key"]), sender));
                }
            }
            _ => {}
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What a client shows, and what one without HTML does.
fn words(content: &Value) -> (String, String) {
    let plain = text(&content["body"]);
    match content["formatted_body"].as_str() {
        Some(html) => (shown::text(html), plain),
        None => (plain.clone(), plain),
    }
}
