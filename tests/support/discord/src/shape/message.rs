//! Messages in JSON.

use serde_json::{Value, json};

use super::{merge, partial_member, user_by_id};
use crate::clock::iso;
use crate::id::Id;
use crate::rest::HELD;
use crate::state::{Author, Channel, Message, State};

/// A message, as `viewer` gets it.
pub(crate) fn message(state: &State, it: &Message, viewer: Id) -> Value {
    let mut shown = plain(state, it, viewer);
    if let (19, Some((channel, Some(id)))) = (it.kind, it.reference) {
        let answered = state.message(channel, id).ok();
        // As Discord describes it, without who reacted.
        shown["referenced_message"] = answered.map_or(Value::Null, |it| {
            let mut quoted = plain(state, it, viewer);
            quoted.as_object_mut().map(|it| it.remove("reactions"));
            quoted
        });
    }
    shown
}

fn plain(state: &State, it: &Message, viewer: Id) -> Value {
    let author = match &it.author {
        Author::User(id) => user_by_id(state, *id),
        Author::Webhook { id, name } => json!({
            "id": id, "username": name, "global_name": null, "discriminator": "0000", "avatar": null, "public_flags": 0,
            "flags": 0, "bot": true, "primary_guild": null,
        }),
    };
    let mentions: Vec<Value> = it.mentions.iter().map(|id| user_by_id(state, *id)).collect();
    let mut shown = json!({
        "type": it.kind, "content": it.content, "mentions": mentions, "mention_roles": it.mention_roles,
        "attachments": attachments(state, it), "embeds": it.embeds, "timestamp": iso(it.id.created()),
        "edited_timestamp": it.edited.map(iso), "flags": it.flags, "components": it.components, "id": it.id,
        "channel_id": it.channel, "author": author, "pinned": it.pinned.is_some(),
        "mention_everyone": it.mention_everyone, "tts": it.tts,
    });
    if !it.reactions.is_empty() {
        let reactions: Vec<Value> = it
            .reactions
            .iter()
            .map(|each| {
                json!({
                    "emoji": emoji(&each.emoji), "count": each.users.len(),
                    "count_details": { "burst": 0, "normal": each.users.len() }, "burst_colors": [], "me_burst": false,
                    "me": each.users.contains(&viewer),
                })
            })
            .collect();
        shown["reactions"] = json!(reactions);
    }
    if let Author::Webhook { id, .. } = it.author {
        shown["webhook_id"] = json!(id);
    }
    if let Some(app) = it.app {
        shown["application_id"] = json!(app);
        if it.interaction.is_some() {
            shown["webhook_id"] = json!(app);
        }
    }
    if let Some(metadata) = &it.interaction {
        shown["interaction_metadata"] = metadata.clone();
    }
    if let Some((channel, id)) = it.reference {
        let guild = state.channels.get(&channel).and_then(|it| it.guild);
        let mut reference = json!({ "type": u8::from(it.passed.is_some()), "channel_id": channel });
        if let Some(id) = id {
            reference["message_id"] = json!(id);
        }
        if let Some(guild) = guild {
            reference["guild_id"] = json!(guild);
        }
        shown["message_reference"] = reference;
    }
    if !it.stickers.is_empty() {
        shown["sticker_items"] = stickers(state, it);
    }
    if let Some(poll) = &it.poll {
        shown["poll"] = poll.clone();
    }
    if let Some(passed) = &it.passed {
        let mut passed = passed.clone();
        let files = passed["attachments"].as_array().cloned().unwrap_or_default();
        passed["attachments"] = files.into_iter().map(|file| signed(state, file)).collect();
        shown["message_snapshots"] = json!([{ "message": passed }]);
    }
    if let Some(thread) = state.channels.get(&it.id).filter(|it| it.thread.is_some()) {
        shown["thread"] = super::channel(state, thread, viewer);
    }
    shown
}

/// What of a message is shown where it is passed on.
pub(crate) fn passed(state: &State, it: &Message) -> Value {
    let mentions: Vec<Value> = it.mentions.iter().map(|id| user_by_id(state, *id)).collect();
    let mut shown = json!({
        "type": it.kind, "content": it.content, "mentions": mentions, "mention_roles": it.mention_roles,
        "attachments": it.attachments, "embeds": it.embeds, "timestamp": iso(it.id.created()),
        "edited_timestamp": it.edited.map(iso), "flags": it.flags, "components": it.components,
    });
    for file in shown["attachments"].as_array_mut().into_iter().flatten() {
        file[CHANNEL] = json!(it.channel);
    }
    if !it.stickers.is_empty() {
        shown["sticker_items"] = stickers(state, it);
    }
    shown
}

fn stickers(state: &State, it: &Message) -> Value {
    let known = it.stickers.iter().filter_map(|id| state.stickers.get(id).map(|sticker| (id, sticker)));
    known.map(|(id, it)| json!({ "id": id, "name": it.name, "format_type": it.format })).collect()
}

fn emoji(emoji: &str) -> Value {
    match emoji.split_once(':') {
        Some((name, id)) => json!({ "id": id, "name": name }),
        None => json!({ "id": null, "name": emoji }),
    }
}

/// The channel that a file was posted in, in the description of one that is passed on.
const CHANNEL: &str = "(channel)";

fn attachments(state: &State, it: &Message) -> Value {
    let all = it.attachments.iter().cloned().map(|mut file| {
        file[CHANNEL] = json!(it.channel);
        signed(state, file)
    });
    all.collect()
}

/// A file with addresses that are good for a while.
fn signed(state: &State, mut file: Value) -> Value {
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    let (id, channel, name) = (text(&file["id"]), text(&file[CHANNEL]), text(&file["filename"]));
    if let Some(fields) = file.as_object_mut() {
        fields.remove(HELD);
        fields.remove(CHANNEL);
    }
    let address = crate::files::address(state, &channel, &id, &name);
    file["url"] = json!(address);
    file["proxy_url"] = json!(address);
    file
}

/// Takes out what an application without the right to read contents does not get: everything but its own messages,
/// those that mention it, and direct ones.
pub(crate) fn withhold(shown: &mut Value, of: &Message, channel: Option<&Channel>, app: Id) {
    let direct = channel.is_some_and(|it| it.guild.is_none());
    let own = of.user() == Some(app) || of.app == Some(app);
    if direct || own || of.mentions.contains(&app) {
        return;
    }
    blank(shown);
    let quoted = shown.get_mut("referenced_message").filter(|it| it.is_object());
    if let Some(quoted) = quoted.filter(|it| it["author"]["id"] != json!(app)) {
        blank(quoted);
    }
}

fn blank(shown: &mut Value) {
    merge(shown, json!({ "content": "", "embeds": [], "attachments": [], "components": [] }));
    if let Some(fields) = shown.as_object_mut() {
        fields.remove("poll");
    }
}

/// The common part of the events of reactions.
pub(crate) fn reaction_event(state: &State, it: &Message, user: Id, emoji: &str) -> Value {
    let guild = state.channels.get(&it.channel).and_then(|it| it.guild);
    let mut event = json!({
        "user_id": user, "channel_id": it.channel, "message_id": it.id, "emoji": self::emoji(emoji),
        "burst": false, "type": 0,
    });
    if let Some(guild) = guild {
        event["guild_id"] = json!(guild);
        if let Some(member) = state.guilds.get(&guild).and_then(|it| it.members.get(&user)) {
            let mut member = partial_member(member);
            member["user"] = user_by_id(state, user);
            event["member"] = member;
        }
    }
    event
}
