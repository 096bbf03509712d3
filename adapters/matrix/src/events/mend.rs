//! Events of which the SDK's types take nothing because one field is odd. What is said is read all the same: such a field is left
//! out, and the rest stays.

use matrix_sdk::ruma::events::AnySyncTimelineEvent;
use matrix_sdk::ruma::events::room::message::RoomMessageEventContent;
use matrix_sdk::ruma::events::sticker::StickerEventContent;
use matrix_sdk::ruma::serde::Raw;
use matrix_sdk::ruma::{EventId, UserId};
use serde_json::{Map, Value, json};
use tracing::{info, warn};

/// An event, without those of its fields that nobody can read. `None` where nothing is left that means something.
pub(super) fn mended(raw: &Raw<AnySyncTimelineEvent>) -> Option<AnySyncTimelineEvent> {
    if let Ok(event) = raw.deserialize() {
        return Some(event);
    }
    let event: Value = raw.deserialize_as_unchecked().ok()?;
    let (kind, id, by) = (&event["type"], &event["event_id"], &event["sender"]);
    let mended = whole(&event).and_then(|it| serde_json::from_value(it).ok());
    if mended.is_some() {
        info!(%kind, %id, %by, "an event has fields that cannot be read: they are left out");
    } else {
        warn!(%kind, %id, %by, "an event cannot be read: passed over");
    }
    mended
}

/// Whether it only answers, or says something anew: a notice is no command, whatever else is odd in it.
pub(super) fn is_notice(content: &Value) -> bool {
    matches!(content["msgtype"].as_str(), Some("m.notice" | "m.server_notice"))
}

fn whole(event: &Value) -> Option<Value> {
    let content = event["content"].as_object().cloned().unwrap_or_default();
    let content = match event["type"].as_str()? {
        "m.room.message" => Value::Object(message(&content, event)?),
        "m.sticker" => sticker(&content)?,
        "m.room.redaction" => {
            content.get("redacts").filter(|it| is_event(it)).map_or(json!({}), |it| json!({ "redacts": it }))
        }
        "m.room.member" => {
            let mut member = json!({ "membership": content.get("membership")? });
            if let Some(name) = content.get("displayname").filter(|it| it.is_string()) {
                member["displayname"] = name.clone();
            }
            member
        }
        _ => Value::Object(content),
    };
    let mut mended = json!({ "content": content });
    for field in ["type", "event_id", "sender", "origin_server_ts", "state_key", "redacts"] {
        if let Some(value) = event.get(field) {
            mended[field] = value.clone();
        }
    }
    if let Some(because) = event["unsigned"].get("redacted_because") {
        mended["unsigned"] = json!({ "redacted_because": because });
    }
    Some(mended)
}

/// What a message says. `None` for a change that does not say into what.
fn message(content: &Map<String, Value>, event: &Value) -> Option<Map<String, Value>> {
    let mut lean = words(content);
    let relation = content.get("m.relates_to");
    if let Some(relation) = relation.filter(|it| it["rel_type"] == "m.replace" && is_event(&it["event_id"])) {
        let Some(new) = content.get("m.new_content").and_then(Value::as_object) else {
            warn!(id = %event["event_id"], by = %event["sender"], "a change of a message does not say into what");
            return None;
        };
        lean.insert("m.new_content".to_owned(), Value::Object(words(new)));
        let relation = json!({ "rel_type": "m.replace", "event_id": relation["event_id"] });
        lean.insert("m.relates_to".to_owned(), relation);
    } else if let Some(relation) = relation {
        // Of a thread whose answer is odd the thread stays.
        for relation in
            [relation.clone(), json!({ "rel_type": relation["rel_type"], "event_id": relation["event_id"] })]
        {
            if add(&mut lean, "m.relates_to", relation, is_message) {
                break;
            }
        }
    }
    Some(lean)
}

/// The words of a message and its file.
fn words(content: &Map<String, Value>) -> Map<String, Value> {
    let body = content.get("body").and_then(Value::as_str);
    let body = body.or_else(|| content.get("formatted_body").and_then(Value::as_str)).unwrap_or_default();
    let kind = content.get("msgtype").and_then(Value::as_str).unwrap_or("m.text");
    let bare = |kind: &str| Map::from_iter([("msgtype".to_owned(), json!(kind)), ("body".to_owned(), json!(body))]);
    let mut lean = bare(kind);
    // A file is nothing without its place, nor is a place of the earth.
    for field in ["file", "url", "geo_uri"] {
        if let Some(value) = content.get(field)
            && !is_message(&lean)
        {
            add(&mut lean, field, value.clone(), is_message);
        }
    }
    if !is_message(&lean) {
        lean = bare("m.text");
    }
    if content.get("formatted_body").is_some_and(Value::is_string)
        && content.get("format").is_some_and(Value::is_string)
    {
        lean.extend(["format", "formatted_body"].map(|it| (it.to_owned(), content[it].clone())));
    }
    for field in ["filename", crate::events::SPOILER] {
        if let Some(value) = content.get(field) {
            add(&mut lean, field, value.clone(), is_message);
        }
    }
    info_of(content, &mut lean, is_message);
    lean
}

fn sticker(content: &Map<String, Value>) -> Option<Value> {
    let body = content.get("body").and_then(Value::as_str).unwrap_or_default();
    let mut lean = Map::from_iter([("body".to_owned(), json!(body)), ("info".to_owned(), json!({}))]);
    lean.insert("url".to_owned(), content.get("url")?.clone());
    info_of(content, &mut lean, is_sticker);
    if let Some(relation) = content.get("m.relates_to") {
        add(&mut lean, "m.relates_to", relation.clone(), is_sticker);
    }
    is_sticker(&lean).then_some(Value::Object(lean))
}

/// What a client tells of a file, as far as it can be read.
fn info_of(content: &Map<String, Value>, lean: &mut Map<String, Value>, fits: fn(&Map<String, Value>) -> bool) {
    // Each is looked at with all before it, so not any number of them.
    const MOST: usize = 40;
    let mut kept = Map::new();
    for (field, value) in content.get("info").and_then(Value::as_object).into_iter().flatten().take(MOST) {
        let mut more = kept.clone();
        more.insert(field.clone(), value.clone());
        if add(lean, "info", Value::Object(more.clone()), fits) {
            kept = more;
        }
    }
}

/// Adds a field if it can be read with what is there.
fn add(lean: &mut Map<String, Value>, field: &str, value: Value, fits: fn(&Map<String, Value>) -> bool) -> bool {
    let mut more = lean.clone();
    more.insert(field.to_owned(), value);
    let fit = fits(&more);
    if fit {
        *lean = more;
    }
    fit
}

fn is_message(content: &Map<String, Value>) -> bool {
    serde_json::from_value::<RoomMessageEventContent>(Value::Object(content.clone())).is_ok()
}

fn is_sticker(content: &Map<String, Value>) -> bool {
    serde_json::from_value::<StickerEventContent>(Value::Object(content.clone())).is_ok()
}

fn is_event(id: &Value) -> bool {
    id.as_str().is_some_and(|id| EventId::parse(id).is_ok())
}

/// The mention of Herald that somebody put before a command is taken off it: clients write it so when it is picked from a list.
pub(super) fn without_call<'a>(text: &'a str, called: &[String], me: &UserId) -> &'a str {
    let start = text.trim_start();
    let after = called.iter().map(String::as_str).chain([me.as_str()]).find_map(|it| start.strip_prefix(it));
    let command = after.map(|it| it.trim_start_matches([':', ',']).trim_start());
    command.filter(|it| it.starts_with('!')).unwrap_or(text)
}
