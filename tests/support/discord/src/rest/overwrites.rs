//! Overwrites of a channel's permissions.

use std::collections::BTreeMap;

use serde_json::Value;

use super::allowed::{may_give, need};
use super::{Answered, Call, audit, channels, nothing};
use crate::check::{self, PUT_OVERWRITE, check, invalid};
use crate::id::Id;
use crate::permissions::{self, MANAGE_ROLES};
use crate::refused::{self, Refused};
use crate::state::{Channel, Overwrite, State};

/// `PUT` and `DELETE /channels/…/permissions/…`.
pub(super) fn route(state: &mut State, by: Id, channel: Id, over: Id, method: &str, call: &Call) -> Answered {
    need(state, channel, by, MANAGE_ROLES)?;
    let mut here = state.channel(channel)?.clone();
    let Some(guild) = here.guild else { return Err(refused::not_in_a_dm()) };
    if here.thread.is_some() {
        return Err(refused::wrong_channel_kind());
    }
    let before = here.overwrites.clone();
    match method {
        "PUT" => {
            check(&call.body, PUT_OVERWRITE)?;
            let new = from(&call.body);
            if !exists(state, guild, over, new.member) {
                return Err(invalid(&["overwrite_id"], "INVALID_OVERWRITE_TARGET", "Unknown role or member"));
            }
            here.overwrites.insert(over, new);
        }
        "DELETE" => {
            here.overwrites.remove(&over).ok_or_else(refused::unknown_overwrite)?;
        }
        _ => return Err(refused::not_found()),
    }
    may_change(state, by, &here, &before, &here.overwrites)?;
    if before != here.overwrites {
        state.channels.insert(channel, here.clone());
        channels::tell(state, guild, &here, "CHANNEL_UPDATE");
        audit::note_rules(state, (guild, channel), by, &before, &here.overwrites);
    }
    nothing()
}

pub(super) fn from(given: &Value) -> Overwrite {
    let bits = |name: &str| check::id(&given[name]).unwrap_or(0) & permissions::ALL;
    Overwrite { member: given["type"] == 1, allow: bits("allow"), deny: bits("deny") }
}

/// Whether there is such a role or member.
pub(super) fn exists(state: &State, guild: Id, id: Id, member: bool) -> bool {
    let Some(guild) = state.guilds.get(&guild) else { return false };
    if member { guild.members.contains_key(&id) } else { guild.roles.contains_key(&id) }
}

/// That somebody may make this change: of rights that they have on the server or in the category themselves, unless they were
/// made the master of rights in this very channel.
pub(super) fn may_change(
    state: &State,
    by: Id,
    channel: &Channel,
    before: &BTreeMap<Id, Overwrite>,
    after: &BTreeMap<Id, Overwrite>,
) -> Result<(), Refused> {
    let none = Overwrite { member: false, allow: 0, deny: 0 };
    let mut changed = 0;
    for id in before.keys().chain(after.keys()) {
        let (old, new) = (before.get(id).unwrap_or(&none), after.get(id).unwrap_or(&none));
        changed |= (old.allow ^ new.allow) | (old.deny ^ new.deny);
    }
    let Some(guild) = channel.guild.and_then(|it| state.guilds.get(&it)) else { return Err(refused::not_in_a_dm()) };
    let member = guild.members.get(&by);
    let own = |id: &Id| *id == by || member.is_some_and(|it| it.roles.contains(id));
    let master = before.iter().any(|(id, it)| own(id) && it.allow & MANAGE_ROLES != 0);
    if master {
        return Ok(());
    }
    let category = channel.parent.and_then(|it| state.channels.get(&it));
    let there = category.map_or(0, |category| permissions::in_channel(state, category, by));
    may_give(permissions::in_guild(guild, by) | there, changed)
}
