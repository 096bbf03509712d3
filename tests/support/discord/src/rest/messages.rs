//! Messages: read, sent, edited, deleted.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::allowed::{need, rights};
use super::{Answered, Call, audit, content, id, nothing, ok};
use crate::check::{self, BULK_DELETE, check, invalid};
use crate::gateway::{message_deleted, message_event, messages_deleted};
use crate::id::Id;
use crate::permissions::{BYPASS_SLOWMODE, MANAGE_MESSAGES, MANAGE_THREADS, READ_MESSAGE_HISTORY, SEND_MESSAGES};
use crate::refused::{self, Refused};
use crate::shape;
use crate::state::{Author, Guild, Message, State, action, flag, kind};

/// How long the server remembers a nonce. Discord says "a few minutes"; who relies on more than two fails here.
pub const NONCE_WINDOW: std::time::Duration = std::time::Duration::from_mins(2);

pub(super) fn route(state: &mut State, by: Id, channel: Id, method: &str, rest: &[&str], call: &Call) -> Answered {
    match (method, rest) {
        ("GET", []) => history(state, by, channel, call),
        ("POST", []) => {
            let (at, id) = send(state, by, channel, &call.body)?;
            one(state, by, at, id)
        }
        ("POST", ["bulk-delete"]) => bulk_delete(state, by, channel, &call.body),
        ("GET", [message]) => {
            need(state, channel, by, READ_MESSAGE_HISTORY)?;
            let id = visible(state, channel, id(message, "message_id")?)?;
            one(state, by, channel, id)
        }
        ("PATCH", [message]) => {
            let id = id(message, "message_id")?;
            edit(state, by, channel, id, &call.body)?;
            one(state, by, channel, id)
        }
        ("DELETE", [message]) => delete(state, by, channel, id(message, "message_id")?),
        ("POST", [message, "crosspost"]) => crosspost(state, by, channel, id(message, "message_id")?),
        _ => Err(refused::not_found()),
    }
}

/// A message that is there for all.
pub(super) fn visible(state: &State, channel: Id, id: Id) -> Result<Id, Refused> {
    let it = state.message(channel, id)?;
    if it.only_for.is_some() { Err(refused::unknown_message()) } else { Ok(id) }
}

/// As an answer to somebody, without what they may not read.
pub(super) fn shown(state: &State, it: &Message, by: Id) -> Value {
    let mut shown = shape::message(state, it, by);
    let blind = state.apps.get(&by).is_some_and(|it| it.privileged & crate::gateway::intents::MESSAGE_CONTENT == 0);
    if blind {
        shape::withhold(&mut shown, it, state.channels.get(&it.channel), by);
    }
    shown
}

fn one(state: &State, by: Id, channel: Id, id: Id) -> Answered {
    let it = state.message(channel, id)?;
    let mut shown = shown(state, it, by);
    if let Some(nonce) = it.nonce.as_ref().filter(|_| it.user() == Some(by)) {
        shown["nonce"] = nonce.clone();
    }
    ok(shown)
}

fn history(state: &State, by: Id, channel: Id, call: &Call) -> Answered {
    let rights = rights(state, channel, by)?;
    let limit = usize::try_from(call.number("limit", 1, 100)?.unwrap_or(50)).unwrap_or(50);
    let (before, after) = (call.number("before", 0, u64::MAX)?, call.number("after", 0, u64::MAX)?);
    let around = call.number("around", 0, u64::MAX)?;
    let here = state.channel(channel)?;
    if !here.has_messages() {
        return Err(refused::no_text_here());
    }
    if rights & READ_MESSAGE_HISTORY == 0 {
        return ok(json!([]));
    }
    let all: Vec<&Message> = here.messages.values().filter(|it| it.only_for.is_none()).collect();
    let slice: Vec<&Message> = if let Some(around) = around {
        let at = all.partition_point(|it| it.id.0 < around);
        let begin = at.saturating_sub(limit / 2);
        all[begin..(begin + limit).min(all.len())].to_vec()
    } else if let Some(after) = after {
        all.into_iter().filter(|it| it.id.0 > after).take(limit).collect()
    } else {
        let older = |it: &&Message| before.is_none_or(|before| it.id.0 < before);
        let older: Vec<&Message> = all.into_iter().filter(older).collect();
        older[older.len().saturating_sub(limit)..].to_vec()
    };
    ok(slice.into_iter().rev().map(|it| shown(state, it, by)).collect())
}

/// Sends a message as an account: where it is and its id, or those of the one that it repeats, wherever that is.
fn send(state: &mut State, by: Id, channel: Id, body: &Value) -> Result<(Id, Id), Refused> {
    check(body, check::MESSAGE)?;
    let rights = rights(state, channel, by)?;
    may_send(state, by, channel, rights)?;
    let now = state.now();
    let nonce = body.get("nonce").filter(|it| !it.is_null()).cloned();
    let key = nonce.as_ref().map(|it| (by, it.as_str().map_or_else(|| it.to_string(), str::to_owned)));
    if body["enforce_nonce"] == true {
        let window = SignedDuration::try_from(NONCE_WINDOW).unwrap_or_default();
        let before = key.as_ref().and_then(|key| state.nonces.get(key));
        if let Some((at, message, _)) = before.filter(|(.., at)| now.duration_since(*at) <= window) {
            // One that was deleted meanwhile is not made again.
            state.message(*at, *message).map_err(|_| refused::unknown_message())?;
            return Ok((*at, *message));
        }
    }
    let id = state.id();
    let mut message = Message::new(id, channel, Author::User(by), 0);
    refer(state, &mut message, &body["message_reference"], rights)?;
    content::fill(state, &mut message, body, rights)?;
    message.nonce = nonce;
    if let Some(key) = key {
        state.nonces.insert(key, (channel, id, now));
    }
    super::threads::wake(state, channel);
    post(state, message)?;
    Ok((channel, id))
}

/// That somebody may write here at all.
pub(super) fn may_send(state: &State, by: Id, channel: Id, rights: u64) -> Result<(), Refused> {
    let here = state.channel(channel)?;
    if !here.has_messages() {
        return Err(refused::no_text_here());
    }
    if rights & SEND_MESSAGES == 0 {
        return Err(refused::missing_permissions());
    }
    if let Some(thread) = here.thread.as_ref().filter(|it| it.locked)
        && rights & MANAGE_THREADS == 0
    {
        return Err(if thread.archived { refused::thread_archived() } else { refused::thread_locked() });
    }
    let slow = here.slowmode > 0 && !state.is_bot(by) && rights & BYPASS_SLOWMODE == 0;
    let since = here.messages.values().rev().find(|it| it.user() == Some(by)).map(|it| it.id.created());
    let wait = SignedDuration::from_secs(i64::try_from(here.slowmode).unwrap_or(i64::MAX));
    let left = since.map(|it| wait - state.now().duration_since(it)).filter(|it| slow && it.is_positive());
    if let Some(left) = left {
        return Err(Refused { retry_after: Some(left.as_secs_f64()), ..refused::slowmode() });
    }
    if here.kind == kind::DM {
        let other = here.recipients.iter().find(|it| **it != by);
        let open = other.and_then(|it| state.users.get(it)).is_some_and(|it| it.dms_open);
        let meet =
            |it: &Guild| other.is_some_and(|other| it.members.contains_key(other) && it.members.contains_key(&by));
        if state.is_bot(by) && !(open && state.guilds.values().any(meet)) {
            return Err(refused::cannot_dm());
        }
    }
    Ok(())
}

/// Makes a message an answer to another.
pub(super) fn refer(state: &State, message: &mut Message, reference: &Value, rights: u64) -> Result<(), Refused> {
    let Some(to) = check::id(&reference["message_id"]).map(Id) else { return Ok(()) };
    let channel = check::id(&reference["channel_id"]).map_or(message.channel, Id);
    if reference["type"] == 1 {
        return pass_on(state, message, channel, to);
    }
    let unknown = || {
        let said = "Unknown message";
        invalid(&["message_reference"], "REPLIES_UNKNOWN_MESSAGE", said)
    };
    if channel != message.channel {
        let said = "Cannot reply to a message in a different channel";
        return Err(invalid(&["message_reference"], "MESSAGE_REFERENCE_CHANNEL_MISMATCH", said));
    }
    if rights & READ_MESSAGE_HISTORY == 0 {
        return Err(refused::reply_without_history());
    }
    match state.message(channel, to) {
        Ok(answered) if answered.is_system() => {
            let said = "Cannot reply to a system message";
            return Err(invalid(&["message_reference"], "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE", said));
        }
        Ok(answered) if answered.only_for.is_none() => {}
        _ if reference["fail_if_not_exists"] == false => return Ok(()),
        _ => return Err(unknown()),
    }
    message.kind = 19;
    message.reference = Some((channel, Some(to)));
    Ok(())
}

/// Makes a message one that passes another on, from a channel that its author reads.
fn pass_on(state: &State, message: &mut Message, channel: Id, to: Id) -> Result<(), Refused> {
    if let Author::User(by) = message.author {
        need(state, channel, by, READ_MESSAGE_HISTORY)?;
    }
    let passed = state.message(channel, visible(state, channel, to)?)?;
    message.passed = Some(shape::passed(state, passed));
    message.reference = Some((channel, Some(to)));
    Ok(())
}

/// Puts a finished message into its channel, and tells those who see it.
pub(super) fn post(state: &mut State, message: Message) -> Result<(), Refused> {
    let (id, channel, author) = (message.id, message.channel, message.user());
    let now = state.now();
    let hidden = message.only_for.is_some();
    let here = state.channel_mut(channel)?;
    if !hidden {
        here.last_message = Some(id);
        if let Some(thread) = &mut here.thread {
            thread.sent += 1;
            if let Some(author) = author {
                thread.members.entry(author).or_insert(now);
            }
        }
    }
    here.messages.insert(id, message);
    message_event(state, channel, id, "MESSAGE_CREATE");
    Ok(())
}

fn edit(state: &mut State, by: Id, channel: Id, id: Id, body: &Value) -> Result<(), Refused> {
    let rights = rights(state, channel, by)?;
    let mut edited = state.message(channel, id).cloned()?;
    if edited.only_for.is_some() {
        return Err(refused::unknown_message());
    }
    let only_flags = body.as_object().is_some_and(|it| it.keys().all(|it| it == "flags"));
    if edited.user() != Some(by) {
        // Who may manage messages may hide the embeds of others, and nothing else.
        if rights & MANAGE_MESSAGES == 0 || !only_flags {
            return Err(refused::not_the_author());
        }
    }
    if edited.is_system() {
        return Err(refused::system_message());
    }
    content::fill(state, &mut edited, body, rights)?;
    edited.hushed = true;
    // Whether links are shown is no change of what it says.
    if !only_flags {
        edited.edited = Some(state.now());
    }
    replace(state, edited)
}

/// Puts an edited message in its place, and tells those who see it.
pub(super) fn replace(state: &mut State, message: Message) -> Result<(), Refused> {
    let (channel, id) = (message.channel, message.id);
    *state.message_mut(channel, id)? = message;
    message_event(state, channel, id, "MESSAGE_UPDATE");
    Ok(())
}

fn delete(state: &mut State, by: Id, channel: Id, id: Id) -> Answered {
    let rights = rights(state, channel, by)?;
    let it = state.message(channel, visible(state, channel, id)?)?;
    if it.user() != Some(by) && rights & MANAGE_MESSAGES == 0 {
        return Err(refused::missing_permissions());
    }
    if matches!(it.kind, 1..=5 | 21) {
        return Err(refused::system_message());
    }
    let author = match &it.author {
        Author::User(author) | Author::Webhook { id: author, .. } => *author,
    };
    // A bot's deletion of a single message is not on record.
    let guild = state.channel(channel)?.guild.filter(|_| author != by && !state.is_bot(by));
    remove(state, channel, id)?;
    if let Some(guild) = guild {
        audit::note(state, guild, by, action::MESSAGE_DELETE, author, Some(channel));
    }
    nothing()
}

/// Takes a message out, and tells those who saw it.
pub(super) fn remove(state: &mut State, channel: Id, id: Id) -> Result<(), Refused> {
    let gone = state.channel_mut(channel)?.messages.remove(&id).ok_or_else(refused::unknown_message)?;
    if gone.only_for.is_none() {
        message_deleted(state, channel, id);
    }
    Ok(())
}

fn bulk_delete(state: &mut State, by: Id, channel: Id, body: &Value) -> Answered {
    check(body, BULK_DELETE)?;
    need(state, channel, by, MANAGE_MESSAGES)?;
    let here = state.channel(channel)?;
    if here.guild.is_none() {
        return Err(refused::not_in_a_dm());
    }
    let mut ids: Vec<Id> = body["messages"].as_array().into_iter().flatten().filter_map(check::id).map(Id).collect();
    ids.sort_unstable();
    ids.dedup();
    if !(2..=100).contains(&ids.len()) {
        return Err(refused::bulk_count());
    }
    let oldest = state.now() - SignedDuration::from_hours(14 * 24);
    if ids.iter().any(|it| it.created() < oldest) {
        return Err(refused::bulk_too_old());
    }
    let here = state.channel_mut(channel)?;
    ids.retain(|id| here.messages.get(id).is_some_and(|it| it.only_for.is_none()));
    for id in &ids {
        here.messages.remove(id);
    }
    let guild = here.guild;
    if !ids.is_empty() {
        messages_deleted(state, channel, &ids);
        if let Some(guild) = guild {
            audit::note_bulk(state, guild, by, channel, ids.len());
        }
    }
    nothing()
}

fn crosspost(state: &mut State, by: Id, channel: Id, id: Id) -> Answered {
    let rights = need(state, channel, by, SEND_MESSAGES)?;
    if state.channel(channel)?.kind != kind::ANNOUNCEMENT {
        return Err(refused::wrong_channel_kind());
    }
    let it = state.message_mut(channel, id)?;
    if it.user() != Some(by) && rights & MANAGE_MESSAGES == 0 {
        return Err(refused::missing_permissions());
    }
    it.flags |= flag::CROSSPOSTED;
    message_event(state, channel, id, "MESSAGE_UPDATE");
    one(state, by, channel, id)
}
