//! The audit log: who did what to whose things.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::allowed::need_in_guild;
use super::{Answered, Call, ok};
use crate::id::Id;
use crate::permissions::VIEW_AUDIT_LOG;
use crate::shape;
use crate::state::{Audited, Overwrite, State, action};

/// For how long deletions of one person's messages by another in one channel make one entry, whose count grows.
const ONE_ENTRY: SignedDuration = SignedDuration::from_mins(5);

/// Notes that somebody did something.
pub(crate) fn note(state: &mut State, guild: Id, by: Id, what: u64, target: Id, channel: Option<Id>) {
    let count = u64::from(what == action::MESSAGE_DELETE);
    add(state, &Audited { id: Id(0), guild, by, action: what, target, channel, count });
}

fn add(state: &mut State, new: &Audited) {
    let now = state.now();
    let same = |it: &&mut Audited| {
        new.action == action::MESSAGE_DELETE
            && (it.guild, it.by, it.action) == (new.guild, new.by, new.action)
            && (it.target, it.channel) == (new.target, new.channel)
            && now.duration_since(it.id.created()) < ONE_ENTRY
    };
    if let Some(before) = state.audit.iter_mut().rev().find(same) {
        before.count += 1;
        return;
    }
    let id = state.id();
    state.audit.push(Audited { id, ..new.clone() });
}

/// Notes what somebody made of a channel's rules for roles and members: an entry for each.
pub(super) fn note_rules(
    state: &mut State,
    (guild, channel): (Id, Id),
    by: Id,
    before: &BTreeMap<Id, Overwrite>,
    after: &BTreeMap<Id, Overwrite>,
) {
    let all: BTreeSet<Id> = before.keys().chain(after.keys()).copied().collect();
    for id in all {
        let what = match (before.get(&id), after.get(&id)) {
            (None, _) => action::OVERWRITE_CREATE,
            (_, None) => action::OVERWRITE_DELETE,
            (old, new) if old == new => continue,
            (Some(_), Some(_)) => action::OVERWRITE_UPDATE,
        };
        note(state, guild, by, what, channel, None);
    }
}

/// Notes what was done to so many messages at once.
pub(super) fn note_bulk(state: &mut State, guild: Id, by: Id, channel: Id, count: usize) {
    let (action, count) = (action::MESSAGE_BULK_DELETE, count as u64);
    add(state, &Audited { id: Id(0), guild, by, action, target: channel, channel: None, count });
}

/// `GET /guilds/…/audit-logs`.
pub(super) fn list(state: &State, by: Id, guild: Id, call: &Call) -> Answered {
    need_in_guild(state, guild, by, VIEW_AUDIT_LOG)?;
    let limit = usize::try_from(call.number("limit", 1, 100)?.unwrap_or(50)).unwrap_or(50);
    let [user, target, action, before, after] =
        ["user_id", "target_id", "action_type", "before", "after"].map(|name| call.number(name, 0, u64::MAX));
    let (user, target, action, before, after) = (user?, target?, action?, before?, after?);
    let is = |wanted: Option<u64>, found: u64| wanted.is_none_or(|wanted| wanted == found);
    let fits = |it: &&Audited| {
        it.guild == guild
            && is(user, it.by.0)
            && is(target, it.target.0)
            && is(action, it.action)
            && before.is_none_or(|before| it.id.0 < before)
            && after.is_none_or(|after| it.id.0 > after)
    };
    let mut all: Vec<&Audited> = state.audit.iter().filter(fits).collect();
    if after.is_none() {
        all.reverse();
    }
    all.truncate(limit);
    let mut users: Vec<Id> = all.iter().map(|it| it.by).collect();
    users.sort_unstable();
    users.dedup();
    ok(json!({
        "audit_log_entries": all.iter().map(|it| shown(it)).collect::<Vec<Value>>(),
        "users": users.iter().map(|id| shape::user_by_id(state, *id)).collect::<Vec<Value>>(),
        "integrations": [], "webhooks": [], "guild_scheduled_events": [], "threads": [], "application_commands": [],
        "auto_moderation_rules": [],
    }))
}

fn shown(it: &Audited) -> Value {
    let mut shown = json!({ "id": it.id, "action_type": it.action, "user_id": it.by, "target_id": it.target });
    if it.count > 0 {
        shown["options"] = json!({ "count": it.count.to_string() });
        if let Some(channel) = it.channel {
            shown["options"]["channel_id"] = json!(channel.to_string());
        }
    }
    shown
}
