//! Roles of a guild.

use serde_json::{Value, json};

use super::allowed::{may_give, need_in_guild};
use super::{Answered, Call, id, nothing, ok};
use crate::check::{self, ROLE, check, invalid};
use crate::gateway::{guild_event, intents, member_event};
use crate::id::Id;
use crate::permissions::{self, MANAGE_ROLES};
use crate::refused::{self, Refused};
use crate::shape;
use crate::state::{Role, State};

pub(super) fn route(state: &mut State, by: Id, guild: Id, method: &str, rest: &[&str], call: &Call) -> Answered {
    match (method, rest) {
        ("GET", []) => ok(state.guild(guild)?.roles.values().map(shape::role).collect()),
        ("GET", [role]) => ok(shape::role(known(state, guild, id(role, "role_id")?)?)),
        ("POST", []) => {
            check(&call.body, ROLE)?;
            let has = need_in_guild(state, guild, by, MANAGE_ROLES)?;
            let everyone = known(state, guild, guild)?.permissions;
            let given = check::id(&call.body["permissions"]).unwrap_or(everyone);
            may_give(has, given)?;
            let name = call.body["name"].as_str().unwrap_or("new role").to_owned();
            let mut role = Role::new(Id(0), &name, given, 1);
            set(&mut role, &call.body);
            let role = create(state, guild, role);
            ok(shape::role(known(state, guild, role)?))
        }
        ("PATCH", [role]) => {
            let role = id(role, "role_id")?;
            check(&call.body, ROLE)?;
            let has = may_manage(state, by, guild, role)?;
            if let Some(given) = check::id(&call.body["permissions"]) {
                may_give(has, given ^ known(state, guild, role)?.permissions)?;
            }
            let mut changed = known(state, guild, role)?.clone();
            set(&mut changed, &call.body);
            replace(state, guild, changed);
            ok(shape::role(known(state, guild, role)?))
        }
        ("DELETE", [role]) => {
            let role = id(role, "role_id")?;
            may_manage(state, by, guild, role)?;
            if known(state, guild, role)?.bot.is_some() || role == guild {
                return Err(invalid(&["role_id"], "ROLE_CANNOT_BE_DELETED", "This role cannot be deleted"));
            }
            remove(state, guild, role);
            nothing()
        }
        _ => Err(refused::not_found()),
    }
}

fn known(state: &State, guild: Id, role: Id) -> Result<&Role, Refused> {
    state.guild(guild)?.roles.get(&role).ok_or_else(refused::unknown_role)
}

/// That a role stands below one's own; what one has.
fn may_manage(state: &State, by: Id, guild: Id, role: Id) -> Result<u64, Refused> {
    let has = need_in_guild(state, guild, by, MANAGE_ROLES)?;
    let position = known(state, guild, role)?.position;
    if position < permissions::rank(state.guild(guild)?, by) { Ok(has) } else { Err(refused::missing_permissions()) }
}

fn set(role: &mut Role, body: &Value) {
    if let Some(name) = body["name"].as_str() {
        name.clone_into(&mut role.name);
    }
    if let Some(bits) = check::id(&body["permissions"]) {
        role.permissions = bits & permissions::ALL;
    }
    if let Some(color) = body["color"].as_u64() {
        role.color = color;
    }
    if let Some(hoist) = body["hoist"].as_bool() {
        role.hoist = hoist;
    }
    if let Some(mentionable) = body["mentionable"].as_bool() {
        role.mentionable = mentionable;
    }
}

/// Adds a role right above `@everyone`, and moves the others up.
pub(crate) fn create(state: &mut State, guild: Id, role: Role) -> Id {
    let id = state.id();
    let Some(here) = state.guilds.get_mut(&guild) else { return id };
    for other in here.roles.values_mut().filter(|it| it.position > 0) {
        other.position += 1;
    }
    here.roles.insert(id, Role { id, position: 1, ..role });
    tell(state, guild, id, "GUILD_ROLE_CREATE");
    id
}

/// Changes a role.
pub(crate) fn replace(state: &mut State, guild: Id, role: Role) {
    let id = role.id;
    if let Some(here) = state.guilds.get_mut(&guild) {
        here.roles.insert(id, role);
    }
    tell(state, guild, id, "GUILD_ROLE_UPDATE");
}

/// Removes a role, from its members and from all overwrites.
pub(crate) fn remove(state: &mut State, guild: Id, role: Id) {
    let Some(here) = state.guilds.get_mut(&guild) else { return };
    here.roles.remove(&role);
    let had: Vec<Id> = here.members.iter_mut().filter_map(|(id, it)| it.roles.remove(&role).then_some(*id)).collect();
    for channel in state.channels.values_mut().filter(|it| it.guild == Some(guild)) {
        channel.overwrites.remove(&role);
    }
    let event = json!({ "guild_id": guild, "role_id": role });
    guild_event(state, guild, intents::GUILDS, "GUILD_ROLE_DELETE", |_, _| Some(event.clone()));
    for user in had {
        member_event(state, guild, user, "GUILD_MEMBER_UPDATE");
    }
}

fn tell(state: &mut State, guild: Id, role: Id, name: &str) {
    guild_event(state, guild, intents::GUILDS, name, |state, _| {
        let role = state.guilds.get(&guild)?.roles.get(&role)?;
        Some(json!({ "guild_id": guild, "role": shape::role(role) }))
    });
}
