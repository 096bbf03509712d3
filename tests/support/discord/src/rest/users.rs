//! Accounts, conversations, and what an application knows of itself.

use serde_json::{Value, json};

use super::{Answered, Call, id, nothing, ok};
use crate::check::{self, NEW_DM, check};
use crate::gateway::intents;
use crate::id::Id;
use crate::permissions;
use crate::refused::{self, Refused};
use crate::shape;
use crate::state::{Channel, State, kind};

pub(super) fn route(state: &mut State, by: Id, method: &str, rest: &[&str], call: &Call) -> Answered {
    match (method, rest) {
        ("GET", ["@me"]) => ok(shape::own_user(state.user(by)?)),
        ("GET", ["@me", "guilds"]) => {
            let here = state.guilds.values().filter(|it| it.members.contains_key(&by));
            let shown: Vec<Value> = here
                .map(|it| {
                    json!({
                        "id": it.id, "name": it.name, "icon": null, "banner": null, "owner": it.owner == by,
                        "permissions": permissions::in_guild(it, by).to_string(), "features": [],
                    })
                })
                .collect();
            ok(json!(shown))
        }
        ("DELETE", ["@me", "guilds", guild]) => {
            let guild = id(guild, "guild_id")?;
            if !state.guild(guild)?.members.contains_key(&by) {
                return Err(refused::unknown_guild());
            }
            super::members::leave(state, guild, by);
            nothing()
        }
        ("POST", ["@me", "channels"]) => {
            check(&call.body, NEW_DM)?;
            let other = Id(check::id(&call.body["recipient_id"]).unwrap_or_default());
            let channel = conversation(state, by, other)?;
            ok(shape::channel(state, state.channel(channel)?, by))
        }
        ("GET", [user]) => ok(shape::user(state.user(id(user, "user_id")?)?)),
        _ => Err(refused::not_found()),
    }
}

/// The conversation of two, which begins when either asks for it.
pub(crate) fn conversation(state: &mut State, by: Id, with: Id) -> Result<Id, Refused> {
    state.user(with)?;
    let both = |it: &&Channel| it.kind == kind::DM && it.recipients.contains(&by) && it.recipients.contains(&with);
    if let Some(there) = state.channels.values().find(both) {
        return Ok(there.id);
    }
    if by == with {
        return Err(refused::cannot_dm());
    }
    let channel = state.id();
    let mut made = Channel::new(channel, None, kind::DM, "");
    made.recipients = vec![by, with];
    state.channels.insert(channel, made);
    Ok(channel)
}

pub(super) fn gateway_bot(state: &State, by: Id) -> Answered {
    let app = state.apps.get(&by).ok_or_else(refused::bots_only)?;
    let reset = app.starts_reset.duration_since(state.now()).as_millis().max(0);
    ok(json!({
        "url": state.gateway_address(), "shards": 1,
        "session_start_limit": {
            "total": crate::gateway::STARTS, "remaining": app.starts_left,
            "reset_after": u64::try_from(reset).unwrap_or_default(), "max_concurrency": 1,
        },
    }))
}

pub(super) fn application(state: &State, by: Id) -> Answered {
    let app = state.apps.get(&by).ok_or_else(refused::bots_only)?;
    // The portal's switches show as the flags of applications in few guilds.
    let limited = [(intents::GUILD_PRESENCES, 13), (intents::GUILD_MEMBERS, 15), (intents::MESSAGE_CONTENT, 19)];
    let flags = limited.iter().filter(|(it, _)| app.privileged & it != 0).fold(0_u64, |all, (_, bit)| all | 1 << bit);
    let guilds = state.guilds.values().filter(|it| it.members.contains_key(&by));
    ok(json!({
        "id": app.id, "name": app.name, "icon": null, "description": "", "type": null, "bot": shape::user(state.user(by)?),
        "bot_public": false, "bot_require_code_grant": false, "verify_key": "0".repeat(64), "flags": flags,
        "flags_new": flags.to_string(), "redirect_uris": [], "interactions_endpoint_url": null,
        "role_connections_verification_url": null, "owner": shape::user_by_id(state, app.owner),
        "approximate_guild_count": guilds.count(), "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0, "explicit_content_filter": 0, "team": null, "eligible_oauth2_scopes": [],
        "integration_types_config": { "0": {} },
    }))
}
