//! Channels: made, changed, removed.

use std::collections::BTreeMap;

use serde_json::Value;

use super::allowed::{may_give, need, need_in_guild, rights};
use super::{Answered, Call, audit, created, nothing, ok, overwrites, threads};
use crate::check::{self, EDIT_CHANNEL, NEW_CHANNEL, PLACE, check, invalid};
use crate::gateway::{guild_event, intents};
use crate::id::Id;
use crate::permissions::{self, MANAGE_CHANNELS, MANAGE_ROLES, SEND_MESSAGES};
use crate::refused::{self, Refused};
use crate::shape;
use crate::state::{Channel, Overwrite, State, action, kind};

/// Channels of one guild, categories included.
const MOST: usize = 500;

pub(super) fn route(state: &mut State, by: Id, channel: Id, method: &str, call: &Call) -> Answered {
    rights(state, channel, by)?;
    match method {
        "GET" => ok(shape::channel(state, state.channel(channel)?, by)),
        "PATCH" if state.channel(channel)?.thread.is_some() => threads::edit(state, by, channel, &call.body),
        "PATCH" => edit(state, by, channel, &call.body),
        "DELETE" => delete(state, by, channel),
        _ => Err(refused::not_found()),
    }
}

pub(super) fn typing(state: &State, by: Id, channel: Id) -> Answered {
    need(state, channel, by, SEND_MESSAGES)?;
    nothing()
}

/// Tells of a channel to all bots of its guild: Discord hides messages from those who may not see it, not its being.
pub(super) fn tell(state: &mut State, guild: Id, channel: &Channel, name: &str) {
    guild_event(state, guild, intents::GUILDS, name, |state, app| Some(shape::channel(state, channel, app)));
}

/// `POST /guilds/…/channels`.
pub(super) fn create(state: &mut State, by: Id, guild: Id, body: &Value) -> Answered {
    check(body, NEW_CHANNEL)?;
    let has = need_in_guild(state, guild, by, MANAGE_CHANNELS)?;
    let here: Vec<&Channel> = state.channels.values().filter(|it| it.guild == Some(guild)).collect();
    if here.iter().filter(|it| it.thread.is_none()).count() >= MOST {
        return Err(refused::max_channels());
    }
    let position = here.iter().filter(|it| it.thread.is_none()).map(|it| it.position + 1).max().unwrap_or(0);
    let kind = u8::try_from(body["type"].as_u64().unwrap_or(0)).unwrap_or(kind::TEXT);
    if matches!(kind, 13..=16) {
        let said = "Stages, directories and forums do not exist here";
        return Err(invalid(&["type"], "BASE_TYPE_CHOICES", said));
    }
    let id = state.id();
    let mut channel = Channel::new(id, Some(guild), kind, body["name"].as_str().unwrap_or_default());
    channel.name = named(&channel.name, kind);
    channel.position = position;
    channel.parent = parent(state, guild, kind, &body["parent_id"])?;
    if let Some(given) = body["permission_overwrites"].as_array() {
        channel.overwrites = overwrites(state, guild, given)?;
        let bits = channel.overwrites.values().fold(0, |all, it| all | it.allow | it.deny);
        // Only an administrator may hand out the right to hand out rights.
        let has = if has & permissions::ADMINISTRATOR == 0 { has & !MANAGE_ROLES } else { has };
        may_give(has, bits)?;
    } else if let Some(parent) = channel.parent {
        channel.overwrites = state.channel(parent)?.overwrites.clone();
    }
    set(&mut channel, body);
    state.channels.insert(id, channel.clone());
    tell(state, guild, &channel, "CHANNEL_CREATE");
    audit::note(state, guild, by, action::CHANNEL_CREATE, id, None);
    created(shape::channel(state, &channel, by))
}

/// `PATCH /guilds/…/channels`: several places at once.
pub(super) fn reorder(state: &mut State, by: Id, guild: Id, body: &Value) -> Answered {
    need_in_guild(state, guild, by, MANAGE_CHANNELS)?;
    let Some(all) = body.as_array() else {
        return Err(invalid(&[], "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"));
    };
    for it in all {
        check(it, PLACE)?;
        let id = Id(check::id(&it["id"]).unwrap_or_default());
        let before = state.channel(id)?.clone();
        let mut channel = before.clone();
        if channel.guild != Some(guild) || channel.thread.is_some() {
            return Err(refused::unknown_channel());
        }
        if it.get("parent_id").is_some() {
            channel.parent = parent(state, guild, channel.kind, &it["parent_id"])?;
        }
        if let (true, Some(parent)) = (it["lock_permissions"] == true, channel.parent) {
            // It takes over the category's rules.
            need_in_guild(state, guild, by, MANAGE_ROLES)?;
            channel.overwrites = state.channel(parent)?.overwrites.clone();
        }
        set(&mut channel, it);
        state.channels.insert(id, channel.clone());
        tell(state, guild, &channel, "CHANNEL_UPDATE");
        note_change(state, guild, by, &before, &channel);
    }
    nothing()
}

fn edit(state: &mut State, by: Id, id: Id, body: &Value) -> Answered {
    check(body, EDIT_CHANNEL)?;
    let before = state.channel(id)?.clone();
    let mut channel = before.clone();
    let Some(guild) = channel.guild else { return Err(refused::not_in_a_dm()) };
    let mine = permissions::in_channel(state, &channel, by);
    let other_than_rights = body.as_object().is_some_and(|it| it.keys().any(|it| it != "permission_overwrites"));
    let needed = if other_than_rights { MANAGE_CHANNELS } else { MANAGE_ROLES };
    if mine & needed == 0 {
        return Err(refused::missing_permissions());
    }
    if let Some(name) = body["name"].as_str() {
        channel.name = named(name, channel.kind);
    }
    if let Some(kind) = body["type"].as_u64().and_then(|it| u8::try_from(it).ok()) {
        channel.kind = kind;
    }
    if body.get("parent_id").is_some() {
        channel.parent = parent(state, guild, channel.kind, &body["parent_id"])?;
    }
    if let Some(given) = body["permission_overwrites"].as_array() {
        if mine & MANAGE_ROLES == 0 {
            return Err(refused::missing_permissions());
        }
        let new = overwrites(state, guild, given)?;
        overwrites::may_change(state, by, &channel, &channel.overwrites, &new)?;
        channel.overwrites = new;
    }
    set(&mut channel, body);
    state.channels.insert(id, channel.clone());
    tell(state, guild, &channel, "CHANNEL_UPDATE");
    note_change(state, guild, by, &before, &channel);
    ok(shape::channel(state, &channel, by))
}

/// Notes what somebody changed of a channel. Where it stands among others is not on record, and rules have entries of their
/// own.
fn note_change(state: &mut State, guild: Id, by: Id, before: &Channel, after: &Channel) {
    let looks = |it: &Channel| (it.name.clone(), it.topic.clone(), it.kind, it.nsfw, it.slowmode);
    if looks(before) != looks(after) {
        audit::note(state, guild, by, action::CHANNEL_UPDATE, after.id, None);
    }
    audit::note_rules(state, (guild, after.id), by, &before.overwrites, &after.overwrites);
}

fn delete(state: &mut State, by: Id, id: Id) -> Answered {
    let channel = state.channel(id)?.clone();
    let Some(guild) = channel.guild else {
        // A conversation is only closed: it comes back with the next message.
        return ok(shape::channel(state, &channel, by));
    };
    if channel.thread.is_some() {
        need(state, id, by, permissions::MANAGE_THREADS)?;
        threads::remove(state, id);
        audit::note(state, guild, by, action::THREAD_DELETE, id, None);
        return ok(shape::channel(state, &channel, by));
    }
    need(state, id, by, MANAGE_CHANNELS)?;
    let threads: Vec<Id> =
        state.channels.values().filter(|it| it.thread.is_some() && it.parent == Some(id)).map(|it| it.id).collect();
    for thread in threads {
        threads::remove(state, thread);
    }
    state.channels.remove(&id);
    state.webhooks.retain(|_, it| it.channel != id);
    for orphan in state.channels.values_mut().filter(|it| it.parent == Some(id)) {
        orphan.parent = None;
    }
    tell(state, guild, &channel, "CHANNEL_DELETE");
    audit::note(state, guild, by, action::CHANNEL_DELETE, id, None);
    ok(shape::channel(state, &channel, by))
}

fn set(channel: &mut Channel, body: &Value) {
    if let Some(topic) = body.get("topic") {
        channel.topic = topic.as_str().map(str::to_owned).filter(|it| !it.is_empty());
    }
    if let Some(nsfw) = body["nsfw"].as_bool() {
        channel.nsfw = nsfw;
    }
    if let Some(position) = body["position"].as_i64() {
        channel.position = position;
    }
    if let Some(seconds) = body["rate_limit_per_user"].as_u64() {
        channel.slowmode = seconds;
    }
}

/// Text channels have lowercase names without spaces.
fn named(name: &str, of: u8) -> String {
    if matches!(of, kind::TEXT | kind::ANNOUNCEMENT) {
        name.trim().to_lowercase().replace(char::is_whitespace, "-")
    } else {
        name.trim().to_owned()
    }
}

fn parent(state: &State, guild: Id, of: u8, given: &Value) -> Result<Option<Id>, Refused> {
    let Some(id) = check::id(given).map(Id) else { return Ok(None) };
    let there = state.channels.get(&id).filter(|it| it.guild == Some(guild) && it.kind == kind::CATEGORY);
    if there.is_none() {
        return Err(invalid(&["parent_id"], "CHANNEL_PARENT_INVALID", "Category does not exist"));
    }
    if of == kind::CATEGORY {
        let said = "Categories cannot have parents";
        return Err(invalid(&["parent_id"], "CHANNEL_PARENT_INVALID_PARENT", said));
    }
    if state.channels.values().filter(|it| it.parent == Some(id)).count() >= 50 {
        let said = "Maximum number of channels in category reached (50)";
        return Err(invalid(&["parent_id"], "CHANNEL_PARENT_MAX_CHANNELS", said));
    }
    Ok(Some(id))
}

fn overwrites(state: &State, guild: Id, given: &[Value]) -> Result<BTreeMap<Id, Overwrite>, Refused> {
    let mut all = BTreeMap::new();
    for (at, it) in given.iter().enumerate() {
        let Some(id) = check::id(&it["id"]).map(Id) else { continue };
        let over = overwrites::from(it);
        if !overwrites::exists(state, guild, id, over.member) {
            let path = ["permission_overwrites", &at.to_string(), "id"];
            return Err(invalid(&path, "INVALID_OVERWRITE_TARGET", "Unknown role or member"));
        }
        all.insert(id, over);
    }
    Ok(all)
}
