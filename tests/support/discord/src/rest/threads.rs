//! Threads.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::allowed::{need, rights};
use super::messages::{post, visible};
use super::{Answered, Call, audit, created, id, nothing, ok};
use crate::check::{EDIT_CHANNEL, NEW_THREAD, check};
use crate::gateway::{Watch, channel_event, guild_event, intents};
use crate::id::Id;
use crate::permissions::{
    self, CREATE_PRIVATE_THREADS, CREATE_PUBLIC_THREADS, MANAGE_THREADS, READ_MESSAGE_HISTORY,
    SEND_MESSAGES_IN_THREADS, VIEW_CHANNEL,
};
use crate::refused::{self, Refused};
use crate::shape;
use crate::state::{Author, Channel, Message, State, Thread, action, flag, kind};

pub(super) fn route(state: &mut State, by: Id, channel: Id, method: &str, rest: &[&str], call: &Call) -> Answered {
    match (method, rest) {
        ("POST", ["threads"]) => create(state, by, channel, None, call),
        ("GET", ["threads", "archived", "public"]) => archived(state, by, channel, false, call),
        ("GET", ["threads", "archived", "private"] | ["users", "@me", "threads", "archived", "private"]) => {
            archived(state, by, channel, true, call)
        }
        ("GET", ["thread-members"]) => {
            rights(state, channel, by)?;
            let thread = thread(state, channel)?;
            ok(thread.members.iter().map(|(user, at)| shape::thread_member(channel, *user, *at)).collect())
        }
        (_, ["thread-members", user]) => {
            let user = if *user == "@me" { by } else { id(user, "user_id")? };
            membership(state, by, channel, user, method)
        }
        _ => Err(refused::not_found()),
    }
}

fn thread(state: &State, channel: Id) -> Result<&Thread, Refused> {
    state.channel(channel)?.thread.as_ref().ok_or_else(refused::wrong_channel_kind)
}

/// A thread of its own, or one that hangs on a message.
pub(super) fn create(state: &mut State, by: Id, parent: Id, message: Option<Id>, call: &Call) -> Answered {
    let body = &call.body;
    check(body, NEW_THREAD)?;
    let of = match (message, body["type"].as_u64(), state.channel(parent)?.kind) {
        (Some(_), _, kind::ANNOUNCEMENT) | (None, Some(10), _) => kind::ANNOUNCEMENT_THREAD,
        (Some(_), ..) | (None, Some(11), _) => kind::PUBLIC_THREAD,
        (None, ..) => kind::PRIVATE_THREAD,
    };
    let needed = if of == kind::PRIVATE_THREAD { CREATE_PRIVATE_THREADS } else { CREATE_PUBLIC_THREADS };
    need(state, parent, by, needed)?;
    let here = state.channel(parent)?;
    let Some(guild) = here.guild else { return Err(refused::not_in_a_dm()) };
    if here.thread.is_some() || !matches!(here.kind, kind::TEXT | kind::ANNOUNCEMENT) {
        return Err(refused::wrong_channel_kind());
    }
    if let Some(message) = message {
        need(state, parent, by, READ_MESSAGE_HISTORY)?;
        visible(state, parent, message)?;
        if state.channels.contains_key(&message) {
            return Err(refused::thread_exists());
        }
    }
    let now = state.now();
    let id = message.unwrap_or_else(|| state.id());
    let mut channel = Channel::new(id, Some(guild), of, body["name"].as_str().unwrap_or_default());
    channel.parent = Some(parent);
    channel.thread = Some(Thread {
        owner: by,
        members: BTreeMap::from([(by, now)]),
        archived: false,
        archive_changed: now,
        locked: false,
        invitable: body["invitable"] != false,
        auto_archive: body["auto_archive_duration"].as_u64().unwrap_or(4320),
        created: now,
        sent: 0,
    });
    state.channels.insert(id, channel.clone());
    tell(state, &channel, "THREAD_CREATE", true);
    audit::note(state, guild, by, action::THREAD_CREATE, id, None);
    if let Some(message) = message {
        state.message_mut(parent, message)?.flags |= flag::HAS_THREAD;
        crate::gateway::message_event(state, parent, message, "MESSAGE_UPDATE");
        let start = state.id();
        let mut starter = Message::new(start, id, Author::User(by), 21);
        starter.reference = Some((parent, Some(message)));
        post(state, starter)?;
    } else if of != kind::PRIVATE_THREAD {
        let notice = state.id();
        let mut notice = Message::new(notice, parent, Author::User(by), 18);
        notice.content.clone_from(&channel.name);
        notice.reference = Some((id, None));
        post(state, notice)?;
    }
    created(shape::channel(state, state.channel(id)?, by))
}

pub(super) fn edit(state: &mut State, by: Id, id: Id, body: &Value) -> Answered {
    check(body, EDIT_CHANNEL)?;
    let rights = rights(state, id, by)?;
    let now = state.now();
    let mut channel = state.channel(id)?.clone();
    let Some(thread) = channel.thread.as_mut() else { return Err(refused::wrong_channel_kind()) };
    let manages = rights & MANAGE_THREADS != 0;
    let only_opens =
        body.as_object().is_some_and(|it| it.keys().all(|it| it == "archived")) && body["archived"] == false;
    let opener = only_opens && rights & SEND_MESSAGES_IN_THREADS != 0 && !thread.locked;
    let owner = thread.owner == by && body.get("locked").is_none() && body.get("rate_limit_per_user").is_none();
    // What is closed and locked only those open who manage threads, and it has to be opened to be changed.
    let is_shut = thread.archived && thread.locked;
    if !manages && (is_shut || !owner && !opener) {
        return Err(refused::missing_permissions());
    }
    if thread.archived && body["archived"] != false {
        return Err(refused::thread_archived());
    }
    if let Some(archived) = body["archived"].as_bool() {
        thread.archived = archived;
        thread.archive_changed = now;
    }
    if let Some(locked) = body["locked"].as_bool() {
        thread.locked = locked;
    }
    if let Some(invitable) = body["invitable"].as_bool() {
        thread.invitable = invitable;
    }
    if let Some(minutes) = body["auto_archive_duration"].as_u64() {
        thread.auto_archive = minutes;
    }
    let renamed = body["name"].as_str().map(str::trim).filter(|name| *name != channel.name).map(str::to_owned);
    if let Some(name) = &renamed {
        channel.name.clone_from(name);
    }
    if let Some(seconds) = body["rate_limit_per_user"].as_u64() {
        channel.slowmode = seconds;
    }
    state.channels.insert(id, channel.clone());
    tell(state, &channel, "THREAD_UPDATE", false);
    if let Some(guild) = channel.guild {
        audit::note(state, guild, by, action::THREAD_UPDATE, id, None);
    }
    if let Some(name) = renamed {
        // Discord itself says so in the thread, and nobody can take that away.
        let mut notice = Message::new(state.id(), id, Author::User(by), 4);
        notice.content = name;
        post(state, notice)?;
    }
    ok(shape::channel(state, &channel, by))
}

/// Opens an archived thread, since somebody speaks in it.
pub(super) fn wake(state: &mut State, id: Id) {
    let now = state.now();
    let Some(channel) = state.channels.get_mut(&id) else { return };
    let Some(thread) = channel.thread.as_mut().filter(|it| it.archived) else { return };
    thread.archived = false;
    thread.archive_changed = now;
    let channel = channel.clone();
    tell(state, &channel, "THREAD_UPDATE", false);
}

/// Takes a thread away, and tells those who saw it.
pub(super) fn remove(state: &mut State, id: Id) {
    let Some(channel) = state.channels.get(&id).cloned() else { return };
    let event = json!({ "id": id, "guild_id": channel.guild, "parent_id": channel.parent, "type": channel.kind });
    channel_event(state, id, Watch::Pins, "THREAD_DELETE", &event);
    state.channels.remove(&id);
}

fn tell(state: &mut State, channel: &Channel, name: &str, new: bool) {
    let Some(guild) = channel.guild else { return };
    guild_event(state, guild, intents::GUILDS, name, |state, app| {
        if permissions::in_channel(state, channel, app) & VIEW_CHANNEL == 0 {
            return None;
        }
        let mut shown = shape::channel(state, channel, app);
        if new {
            shown["newly_created"] = json!(true);
        }
        Some(shown)
    });
}

fn membership(state: &mut State, by: Id, channel: Id, user: Id, method: &str) -> Answered {
    let rights = rights(state, channel, by)?;
    let now = state.now();
    let it = thread(state, channel)?;
    match method {
        "GET" => {
            let at = it.members.get(&user).ok_or_else(refused::unknown_member)?;
            return ok(shape::thread_member(channel, user, *at));
        }
        "PUT" | "DELETE" if it.archived => return Err(refused::thread_archived()),
        "PUT" => {
            let guild = state.channel(channel)?.guild;
            let member = guild.and_then(|it| state.guilds.get(&it)).is_some_and(|it| it.members.contains_key(&user));
            if !member {
                return Err(refused::unknown_member());
            }
            if user != by && rights & SEND_MESSAGES_IN_THREADS == 0 {
                return Err(refused::missing_permissions());
            }
        }
        "DELETE" => {
            let owns = it.owner == by && state.channel(channel)?.kind == kind::PRIVATE_THREAD;
            if user != by && rights & MANAGE_THREADS == 0 && !owns {
                return Err(refused::missing_permissions());
            }
        }
        _ => return Err(refused::not_found()),
    }
    let adds = method == "PUT";
    let here = state.channel_mut(channel)?;
    let guild = here.guild;
    let Some(thread) = here.thread.as_mut() else { return Err(refused::wrong_channel_kind()) };
    let changed =
        if adds { thread.members.insert(user, now).is_none() } else { thread.members.remove(&user).is_some() };
    if changed {
        let count = thread.members.len().min(50);
        tell_members(state, guild, channel, user, adds.then_some(now), count);
    }
    nothing()
}

fn tell_members(state: &mut State, guild: Option<Id>, thread: Id, user: Id, added: Option<Timestamp>, count: usize) {
    let Some(guild) = guild else { return };
    guild_event(state, guild, intents::GUILDS, "THREAD_MEMBERS_UPDATE", |state, app| {
        let seen = permissions::in_channel(state, state.channels.get(&thread)?, app) & VIEW_CHANNEL != 0;
        if !seen && app != user {
            return None;
        }
        let mut event = json!({ "id": thread, "guild_id": guild, "member_count": count });
        match added {
            Some(at) => {
                let mut one = shape::thread_member(thread, user, at);
                let member = state.guilds.get(&guild)?.members.get(&user)?;
                one["member"] = shape::member(state, user, member);
                one["presence"] = Value::Null;
                event["added_members"] = json!([one]);
            }
            None => event["removed_member_ids"] = json!([user]),
        }
        Some(event)
    });
}

/// `GET /guilds/…/threads/active`.
pub(super) fn active(state: &State, by: Id, guild: Id) -> Answered {
    listed(state, by, |it| it.guild == Some(guild) && it.thread.as_ref().is_some_and(|it| !it.archived), None)
}

fn archived(state: &State, by: Id, channel: Id, private: bool, call: &Call) -> Answered {
    need(state, channel, by, READ_MESSAGE_HISTORY)?;
    let limit = call.number("limit", 2, 100)?.unwrap_or(50);
    let before: Option<Timestamp> = call.query.get("before").and_then(|it| it.parse().ok());
    let fits = |it: &Channel| {
        let archived = |it: &Thread| it.archived && before.is_none_or(|before| it.archive_changed < before);
        it.parent == Some(channel)
            && it.thread.as_ref().is_some_and(archived)
            && (it.kind == kind::PRIVATE_THREAD) == private
    };
    listed(state, by, fits, Some(usize::try_from(limit).unwrap_or(50)))
}

fn listed(state: &State, by: Id, fits: impl Fn(&Channel) -> bool, limit: Option<usize>) -> Answered {
    let seen = |it: &&Channel| permissions::in_channel(state, it, by) & VIEW_CHANNEL != 0;
    let mut all: Vec<&Channel> = state.channels.values().filter(|it| fits(it)).filter(seen).collect();
    all.sort_by_key(|it| std::cmp::Reverse(it.thread.as_ref().map(|it| it.archive_changed)));
    let shown = &all[..limit.unwrap_or(all.len()).min(all.len())];
    let own = |it: &&Channel| Some(shape::thread_member(it.id, by, *it.thread.as_ref()?.members.get(&by)?));
    ok(json!({
        "threads": shown.iter().map(|it| shape::channel(state, it, by)).collect::<Vec<Value>>(),
        "members": shown.iter().filter_map(own).collect::<Vec<Value>>(),
        "has_more": shown.len() < all.len(),
    }))
}
