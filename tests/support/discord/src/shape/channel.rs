//! Channels, threads and conversations in JSON.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::user_by_id;
use crate::clock::iso;
use crate::id::Id;
use crate::state::{Channel, Overwrite, State, kind};

/// A channel of any kind, as `viewer` gets it.
pub(crate) fn channel(state: &State, it: &Channel, viewer: Id) -> Value {
    if it.kind == kind::DM {
        return dm(state, it, viewer);
    }
    let mut shown = json!({
        "id": it.id, "type": it.kind, "flags": 0, "guild_id": it.guild, "name": it.name, "parent_id": it.parent,
        "rate_limit_per_user": it.slowmode, "last_message_id": it.last_message,
    });
    if let Some(pinned) = it.last_pin {
        shown["last_pin_timestamp"] = json!(iso(pinned));
    }
    let Some(thread) = &it.thread else {
        let overwrites: Vec<Value> = it.overwrites.iter().map(|(id, over)| overwrite(*id, over)).collect();
        shown["position"] = json!(it.position);
        shown["permission_overwrites"] = json!(overwrites);
        shown["nsfw"] = json!(it.nsfw);
        if it.has_messages() {
            shown["topic"] = json!(it.topic);
        } else if let Some(fields) = shown.as_object_mut() {
            fields.remove("last_message_id");
        }
        if it.kind == kind::VOICE {
            shown["bitrate"] = json!(64_000);
            shown["user_limit"] = json!(0);
            shown["rtc_region"] = Value::Null;
        }
        return shown;
    };
    shown["owner_id"] = json!(thread.owner);
    shown["message_count"] = json!(thread.sent.min(it.messages.len() as u64));
    shown["total_message_sent"] = json!(thread.sent);
    shown["member_count"] = json!(thread.members.len().min(50));
    let mut metadata = json!({
        "archived": thread.archived, "archive_timestamp": iso(thread.archive_changed),
        "auto_archive_duration": thread.auto_archive, "locked": thread.locked, "create_timestamp": iso(thread.created),
    });
    if it.kind == kind::PRIVATE_THREAD {
        metadata["invitable"] = json!(thread.invitable);
    }
    shown["thread_metadata"] = metadata;
    if let Some(joined) = thread.members.get(&viewer) {
        shown["member"] = thread_member(it.id, viewer, *joined);
    }
    shown
}

/// A conversation: the other side is its recipient.
pub(crate) fn dm(state: &State, it: &Channel, viewer: Id) -> Value {
    let others: Vec<Value> =
        it.recipients.iter().filter(|id| **id != viewer).map(|id| user_by_id(state, *id)).collect();
    let mut shown =
        json!({ "id": it.id, "type": it.kind, "flags": 0, "last_message_id": it.last_message, "recipients": others });
    if let Some(pinned) = it.last_pin {
        shown["last_pin_timestamp"] = json!(iso(pinned));
    }
    shown
}

/// An overwrite.
pub(crate) fn overwrite(id: Id, it: &Overwrite) -> Value {
    json!({ "id": id, "type": u8::from(it.member), "allow": it.allow.to_string(), "deny": it.deny.to_string() })
}

/// Who follows a thread.
pub(crate) fn thread_member(thread: Id, user: Id, joined: Timestamp) -> Value {
    json!({ "id": thread, "user_id": user, "join_timestamp": iso(joined), "flags": 0 })
}
