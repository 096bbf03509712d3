//! Commands and interactions in JSON.

use serde_json::{Value, json};

use super::{channel, member, merge, message, user_by_id};
use crate::id::Id;
use crate::permissions;
use crate::state::{Command, Interaction, State};

/// A registered command.
pub(crate) fn command(app: Id, guild: Option<Id>, command: &Command) -> Value {
    let mut shown = command.body.clone();
    merge(&mut shown, json!({ "id": command.id, "application_id": app, "version": command.version }));
    if guild.is_some() {
        shown["guild_id"] = json!(guild);
    }
    shown
}

/// What the application is told.
pub(crate) fn interaction(state: &State, it: &Interaction) -> Value {
    let rights = |user| {
        state.channels.get(&it.channel).map_or(0, |channel| permissions::in_channel(state, channel, user)).to_string()
    };
    let owners = it.guild.map_or_else(|| json!({ "0": "0" }), |guild| json!({ "0": guild }));
    let mut shown = json!({
        "id": it.id, "application_id": it.app, "type": it.kind, "token": it.token, "version": 1, "data": it.data,
        "channel_id": it.channel, "app_permissions": rights(it.app), "locale": "en-US", "entitlements": [],
        "authorizing_integration_owners": owners, "context": u8::from(it.guild.is_none()),
        "attachment_size_limit": 10_485_760,
    });
    if let Some(here) = state.channels.get(&it.channel) {
        let mut here = channel(state, here, it.app);
        here["permissions"] = json!(rights(it.user));
        shown["channel"] = here;
    }
    match it.guild.and_then(|id| state.guilds.get(&id)) {
        Some(guild) => {
            shown["guild_id"] = json!(guild.id);
            shown["guild"] = json!({ "id": guild.id, "locale": "en-US", "features": [] });
            shown["guild_locale"] = json!("en-US");
            if let Some(who) = guild.members.get(&it.user) {
                let mut who = member(state, it.user, who);
                who["permissions"] = json!(rights(it.user));
                shown["member"] = who;
            }
        }
        None => shown["user"] = user_by_id(state, it.user),
    }
    if let Some(from) = it.message.and_then(|id| state.message(it.channel, id).ok()) {
        shown["message"] = message(state, from, it.app);
    }
    shown
}
