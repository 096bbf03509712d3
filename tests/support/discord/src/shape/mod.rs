//! How things look in JSON: the same in answers and events, with every field that Discord's description requires.

mod channel;
mod command;
mod message;

use serde_json::{Value, json};

use crate::clock::iso;
use crate::id::Id;
use crate::state::{Guild, Member, Role, State, User, Webhook};

pub(crate) use channel::{channel, thread_member};
pub(crate) use command::{command, interaction};
pub(crate) use message::{message, passed, reaction_event, withhold};

/// An account.
pub(crate) fn user(user: &User) -> Value {
    let discriminator = if user.bot { "0001" } else { "0" };
    let global = if user.bot { Value::Null } else { json!(user.name) };
    let mut shown = json!({
        "id": user.id, "username": user.name.to_lowercase(), "global_name": global, "discriminator": discriminator,
        "avatar": null, "public_flags": 0, "flags": 0, "banner": null, "accent_color": null,
        "avatar_decoration_data": null, "collectibles": null, "primary_guild": null,
    });
    if user.bot {
        shown["bot"] = json!(true);
        shown["username"] = json!(user.name);
    }
    shown
}

/// An account by its id; one that is gone is shown as such.
pub(crate) fn user_by_id(state: &State, id: Id) -> Value {
    let gone = || User { id, name: "deleted_user".to_owned(), bot: false, dms_open: false };
    state.users.get(&id).map_or_else(|| user(&gone()), user)
}

/// An account to its owner.
pub(crate) fn own_user(account: &User) -> Value {
    let mut shown = user(account);
    shown["mfa_enabled"] = json!(true);
    shown["locale"] = json!("en-US");
    shown["verified"] = json!(true);
    shown["email"] = Value::Null;
    shown
}

/// A member without their account, as messages carry it.
pub(crate) fn partial_member(member: &Member) -> Value {
    json!({
        "avatar": null, "banner": null, "communication_disabled_until": null, "flags": 0, "joined_at": iso(member.joined),
        "nick": member.nick, "pending": false, "premium_since": null, "roles": member.roles, "mute": false, "deaf": false,
    })
}

/// A member.
pub(crate) fn member(state: &State, id: Id, member: &Member) -> Value {
    let mut shown = partial_member(member);
    shown["user"] = user_by_id(state, id);
    shown
}

/// A role.
pub(crate) fn role(role: &Role) -> Value {
    let mut shown = json!({
        "id": role.id, "name": role.name, "permissions": role.permissions.to_string(), "position": role.position,
        "color": role.color,
        "colors": { "primary_color": role.color, "secondary_color": null, "tertiary_color": null },
        "hoist": role.hoist, "managed": role.bot.is_some(), "mentionable": role.mentionable, "icon": null,
        "unicode_emoji": null, "flags": 0,
    });
    if let Some(bot) = role.bot {
        shown["tags"] = json!({ "bot_id": bot });
    }
    shown
}

/// A guild, as `GET` gives it.
pub(crate) fn guild(guild: &Guild) -> Value {
    let roles: Vec<Value> = guild.roles.values().map(role).collect();
    json!({
        "id": guild.id, "name": guild.name, "icon": null, "description": null, "home_header": null, "splash": null,
        "discovery_splash": null, "features": [], "banner": null, "owner_id": guild.owner, "application_id": null,
        "region": "us-west", "afk_channel_id": null, "afk_timeout": 300, "system_channel_id": null,
        "system_channel_flags": 0, "widget_enabled": false, "widget_channel_id": null, "verification_level": 0,
        "roles": roles, "default_message_notifications": 0, "mfa_level": 0, "explicit_content_filter": 0,
        "max_presences": null, "max_members": 500_000, "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25, "vanity_url_code": null, "premium_tier": guild.tier, "premium_subscription_count": 0,
        "preferred_locale": "en-US", "rules_channel_id": null, "safety_alerts_channel_id": null,
        "public_updates_channel_id": null, "premium_progress_bar_enabled": false, "nsfw": false, "nsfw_level": 0,
        "emojis": [], "stickers": [], "incidents_data": null,
    })
}

/// A guild, as the gateway gives it to one bot that joined or connected: with all channels, the threads that it may
/// see, and its own membership (the others only to those who asked for presences).
pub(crate) fn guild_create(state: &State, of: &Guild, bot: Id, with_members: bool) -> Value {
    let mut shown = guild(of);
    let here = || state.channels.values().filter(|it| it.guild == Some(of.id));
    let channels: Vec<Value> = here().filter(|it| it.thread.is_none()).map(|it| channel(state, it, bot)).collect();
    let open = |it: &&crate::state::Channel| it.thread.as_ref().is_some_and(|it| !it.archived);
    let visible = |it: &&crate::state::Channel| crate::permissions::in_channel(state, it, bot) != 0;
    let threads: Vec<Value> = here().filter(open).filter(visible).map(|it| channel(state, it, bot)).collect();
    let told = of.members.iter().filter(|(id, _)| with_members || **id == bot);
    let members: Vec<Value> = told.map(|(id, it)| member(state, *id, it)).collect();
    let joined = of.members.get(&bot).map(|it| iso(it.joined));
    let extra = json!({
        "joined_at": joined, "large": false, "unavailable": false, "member_count": of.members.len(),
        "voice_states": [], "members": members, "channels": channels, "threads": threads, "presences": [],
        "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": [],
    });
    merge(&mut shown, extra);
    shown
}

/// A webhook; its token only to those who may use it.
pub(crate) fn webhook(state: &State, hook: &Webhook, address: &str, with_user: bool) -> Value {
    let mut shown = json!({
        "application_id": hook.app, "avatar": null, "channel_id": hook.channel, "guild_id": hook.guild, "id": hook.id,
        "name": hook.name, "type": 1, "token": hook.token,
        "url": format!("{address}/api/webhooks/{}/{}", hook.id, hook.token),
    });
    if with_user {
        shown["user"] = user_by_id(state, hook.creator);
    }
    shown
}

/// Puts all of an object's fields into another.
pub(crate) fn merge(into: &mut Value, from: Value) {
    if let (Some(into), Value::Object(from)) = (into.as_object_mut(), from) {
        into.extend(from);
    }
}
