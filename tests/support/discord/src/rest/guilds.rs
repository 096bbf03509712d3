//! Guilds.

use serde_json::{Value, json};

use super::{Answered, Call, channels, ok};
use crate::id::Id;
use crate::refused;
use crate::shape;
use crate::state::{Channel, State};

pub(super) fn route(state: &mut State, by: Id, guild: Id, method: &str, rest: &[&str], call: &Call) -> Answered {
    match (method, rest) {
        ("GET", []) => {
            let here = state.guild(guild)?;
            let mut shown = shape::guild(here);
            if call.flag("with_counts") {
                shown["approximate_member_count"] = json!(here.members.len());
                shown["approximate_presence_count"] = json!(here.members.len());
            }
            ok(shown)
        }
        ("GET", ["channels"]) => {
            let here = |it: &&Channel| it.guild == Some(guild) && it.thread.is_none();
            let all: Vec<Value> =
                state.channels.values().filter(here).map(|it| shape::channel(state, it, by)).collect();
            ok(json!(all))
        }
        ("PATCH", ["channels"]) => channels::reorder(state, by, guild, &call.body),
        ("POST", ["channels"]) => channels::create(state, by, guild, &call.body),
        _ => Err(refused::not_found()),
    }
}
