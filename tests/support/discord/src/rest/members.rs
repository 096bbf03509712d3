//! Members of a guild.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::allowed::need_in_guild;
use super::{Answered, Call, id, nothing, ok};
use crate::check::{self, MEMBER, check, invalid};
use crate::gateway::{intents, member_event, own_event};
use crate::id::Id;
use crate::permissions::{self, CHANGE_NICKNAME, KICK_MEMBERS, MANAGE_NICKNAMES, MANAGE_ROLES};
use crate::refused::{self, Refused};
use crate::shape;
use crate::state::State;

pub(super) fn route(state: &mut State, by: Id, guild: Id, method: &str, rest: &[&str], call: &Call) -> Answered {
    let who = |text: &str| if text == "@me" { Ok(by) } else { id(text, "user_id") };
    match (method, rest) {
        ("GET", []) => list(state, by, guild, call),
        ("GET", ["search"]) => search(state, guild, call),
        ("GET", [user]) => one(state, guild, id(user, "user_id")?),
        ("PATCH", [user]) => edit(state, by, guild, who(user)?, &call.body),
        ("DELETE", [user]) => kick(state, by, guild, id(user, "user_id")?),
        ("PUT", [user, "roles", role]) => {
            give(state, by, guild, id(user, "user_id")?, id(role, "role_id")?, true)?;
            nothing()
        }
        ("DELETE", [user, "roles", role]) => {
            give(state, by, guild, id(user, "user_id")?, id(role, "role_id")?, false)?;
            nothing()
        }
        _ => Err(refused::not_found()),
    }
}

fn one(state: &State, guild: Id, user: Id) -> Answered {
    let Some(member) = state.guild(guild)?.members.get(&user) else {
        return Err(if state.users.contains_key(&user) { refused::unknown_member() } else { refused::unknown_user() });
    };
    ok(shape::member(state, user, member))
}

/// The list is for those who were allowed the intent of members in the portal.
fn list(state: &State, by: Id, guild: Id, call: &Call) -> Answered {
    if state.apps.get(&by).is_some_and(|it| it.privileged & intents::GUILD_MEMBERS == 0) {
        return Err(refused::missing_access());
    }
    let limit = usize::try_from(call.number("limit", 1, 1_000)?.unwrap_or(1)).unwrap_or(1);
    let after = call.number("after", 0, u64::MAX)?.unwrap_or(0);
    let members = state.guild(guild)?.members.iter().filter(|(id, _)| id.0 > after).take(limit);
    ok(members.map(|(id, it)| shape::member(state, *id, it)).collect())
}

fn search(state: &State, guild: Id, call: &Call) -> Answered {
    let Some(query) = call.query.get("query").map(|it| it.to_lowercase()) else {
        return Err(invalid(&["query"], "BASE_TYPE_REQUIRED", "This field is required"));
    };
    let limit = usize::try_from(call.number("limit", 1, 1_000)?.unwrap_or(1)).unwrap_or(1);
    let here = state.guild(guild)?;
    let begins = |text: Option<&str>| text.is_some_and(|it| it.to_lowercase().starts_with(&query));
    let fits = |id: &Id, nick: Option<&str>| begins(state.users.get(id).map(|it| it.name.as_str())) || begins(nick);
    let found = here.members.iter().filter(|(id, it)| fits(id, it.nick.as_deref())).take(limit);
    ok(found.map(|(id, it)| shape::member(state, *id, it)).collect())
}

fn edit(state: &mut State, by: Id, guild: Id, user: Id, body: &Value) -> Answered {
    check(body, MEMBER)?;
    if !state.guild(guild)?.members.contains_key(&user) {
        return Err(refused::unknown_member());
    }
    if let Some(nick) = body.get("nick") {
        let needed = if user == by { CHANGE_NICKNAME } else { MANAGE_NICKNAMES };
        need_in_guild(state, guild, by, needed)?;
        if user != by {
            outranks(state, guild, by, user)?;
        }
        let nick = nick.as_str().filter(|it| !it.is_empty()).map(str::to_owned);
        if let Some(member) = state.guild_mut(guild)?.members.get_mut(&user) {
            member.nick = nick;
        }
        member_event(state, guild, user, "GUILD_MEMBER_UPDATE");
    }
    if let Some(roles) = body["roles"].as_array() {
        let wanted: BTreeSet<Id> = roles.iter().filter_map(check::id).map(Id).collect();
        let has = state.guild(guild)?.members.get(&user).map(|it| it.roles.clone()).unwrap_or_default();
        need_in_guild(state, guild, by, MANAGE_ROLES)?;
        for role in has.symmetric_difference(&wanted) {
            give(state, by, guild, user, *role, wanted.contains(role))?;
        }
    }
    one(state, guild, user)
}

/// Gives or takes a role: one below one's own highest, and not one that belongs to a bot.
fn give(state: &mut State, by: Id, guild: Id, user: Id, role: Id, give: bool) -> Result<(), Refused> {
    let rights = permissions::in_guild(state.guild(guild)?, by);
    let here = state.guild(guild)?;
    if !here.members.contains_key(&user) {
        return Err(refused::unknown_member());
    }
    let known = here.roles.get(&role).filter(|it| it.id != guild).ok_or_else(refused::unknown_role)?;
    let below = known.position < permissions::rank(here, by);
    if rights & MANAGE_ROLES == 0 || !below || known.bot.is_some() {
        return Err(refused::missing_permissions());
    }
    set_role(state, guild, user, role, give);
    Ok(())
}

/// Gives or takes a role, whoever asked.
pub(crate) fn set_role(state: &mut State, guild: Id, user: Id, role: Id, give: bool) {
    let member = state.guilds.get_mut(&guild).and_then(|it| it.members.get_mut(&user));
    let Some(member) = member else { return };
    let changed = if give { member.roles.insert(role) } else { member.roles.remove(&role) };
    if changed {
        member_event(state, guild, user, "GUILD_MEMBER_UPDATE");
    }
}

fn kick(state: &mut State, by: Id, guild: Id, user: Id) -> Answered {
    need_in_guild(state, guild, by, KICK_MEMBERS)?;
    if !state.guild(guild)?.members.contains_key(&user) {
        return Err(refused::unknown_member());
    }
    outranks(state, guild, by, user)?;
    leave(state, guild, user);
    super::audit::note(state, guild, by, crate::state::action::MEMBER_KICK, user, None);
    nothing()
}

/// Takes somebody out of a guild.
pub(crate) fn leave(state: &mut State, guild: Id, user: Id) {
    let gone = state.guilds.get_mut(&guild).and_then(|it| it.members.remove(&user));
    if gone.is_none() {
        return;
    }
    if let Some(here) = state.guilds.get_mut(&guild) {
        here.roles.retain(|_, it| it.bot != Some(user));
    }
    member_event(state, guild, user, "GUILD_MEMBER_REMOVE");
    own_event(state, user, intents::GUILDS, "GUILD_DELETE", &json!({ "id": guild }));
}

fn outranks(state: &State, guild: Id, by: Id, user: Id) -> Result<(), Refused> {
    let here = state.guild(guild)?;
    if permissions::rank(here, by) > permissions::rank(here, user) {
        return Ok(());
    }
    Err(refused::missing_permissions())
}
