//! What a request makes of a message: shared by people, bots, interactions and webhooks.

use serde_json::{Value, json};

use super::{components, embeds, mentions};
use crate::check::{self, MESSAGE, check, invalid};
use crate::id::Id;
use crate::permissions::{ATTACH_FILES, EMBED_LINKS};
use crate::refused::{self, Refused};
use crate::state::{Message, State, flag};

/// Where the files that came with a request are described in its body.
pub(crate) const UPLOADED: &str = "(uploaded)";

/// The number of what a file holds, in its description.
pub(crate) const HELD: &str = "(held)";

/// How large a file may be on a server of this tier, in bytes.
fn largest(tier: u64) -> u64 {
    match tier {
        0 | 1 => 10 << 20,
        2 => 50 << 20,
        _ => 100 << 20,
    }
}

/// Fills a message with what a request gives it. What the request leaves out stays.
pub(super) fn fill(state: &State, message: &mut Message, body: &Value, rights: u64) -> Result<(), Refused> {
    check(body, MESSAGE)?;
    let given = |name: &str| body.get(name);
    if let Some(content) = given("content") {
        content.as_str().unwrap_or_default().trim().clone_into(&mut message.content);
    }
    if let Some(all) = given("embeds") {
        let embeds = embeds::kept(all)?;
        if !embeds.is_empty() && rights & EMBED_LINKS == 0 {
            return Err(refused::missing_permissions());
        }
        message.embeds = embeds;
    }
    if let Some(all) = given("components") {
        message.components = components::kept(all)?;
    }
    if let Some(kept) = given("attachments").and_then(Value::as_array) {
        let ids: Vec<u64> = kept.iter().filter_map(|it| check::id(&it["id"])).collect();
        message.attachments.retain(|it| check::id(&it["id"]).is_some_and(|it| ids.contains(&it)));
    }
    let files = given(UPLOADED).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if !files.is_empty() && rights & ATTACH_FILES == 0 {
        return Err(refused::missing_permissions());
    }
    let guild = state.channels.get(&message.channel).and_then(|it| it.guild).and_then(|id| state.guilds.get(&id));
    let largest = largest(guild.map_or(0, |it| it.tier));
    if files.iter().any(|it| it["size"].as_u64().is_some_and(|size| size > largest)) {
        return Err(refused::too_large());
    }
    if let Some(ids) = given("sticker_ids").and_then(Value::as_array) {
        message.stickers = ids.iter().filter_map(check::id).map(Id).collect();
        if message.stickers.iter().any(|id| !state.stickers.contains_key(id)) {
            return Err(refused::unknown_sticker());
        }
    }
    if let Some(poll) = given("poll").filter(|it| it.is_object()) {
        message.poll = Some(poll.clone());
    }
    for (at, file) in files.iter().enumerate() {
        let mut file = file.clone();
        file["id"] = json!(Id(message.id.0 + 1 + at as u64));
        message.attachments.push(file);
    }
    if message.attachments.len() > 10 {
        return Err(invalid(&["attachments"], "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length."));
    }
    if let Some(flags) = given("flags").and_then(Value::as_u64) {
        if flags & flag::COMPONENTS_V2 != 0 {
            let said = "This server knows only the first generation of components";
            return Err(invalid(&["flags"], "COMPONENTS_V2_UNSUPPORTED", said));
        }
        let settable = flag::SUPPRESS_EMBEDS | flag::SUPPRESS_NOTIFICATIONS;
        message.flags = message.flags & !settable | flags & settable;
    }
    message.tts = given("tts").is_some_and(|it| it == true);
    if message.content.is_empty()
        && message.embeds.is_empty()
        && message.components.is_empty()
        && message.attachments.is_empty()
        && message.stickers.is_empty()
        && message.poll.is_none()
        && message.passed.is_none()
    {
        return Err(refused::empty_message());
    }
    mentions::resolve(state, message, body, rights)
}

/// The metadata that an answer to an interaction carries.
pub(super) fn metadata(state: &State, it: &crate::state::Interaction) -> Value {
    let owners = it.guild.map_or_else(|| json!({ "0": "0" }), |guild| json!({ "0": guild }));
    let user = crate::shape::user_by_id(state, it.user);
    let mut shown = json!({ "id": it.id, "type": it.kind, "user": user, "authorizing_integration_owners": owners });
    match it.kind {
        3 => shown["interacted_message_id"] = json!(it.message),
        5 => shown["triggering_interaction_metadata"] = it.trigger.clone().unwrap_or_default(),
        _ => {}
    }
    shown
}
