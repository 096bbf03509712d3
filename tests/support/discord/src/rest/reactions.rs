//! Reactions.

use serde_json::{Value, json};

use super::allowed::{need, rights};
use super::messages::visible;
use super::{Answered, Call, id, nothing, ok};
use crate::gateway::{Watch, channel_event};
use crate::id::Id;
use crate::permissions::{ADD_REACTIONS, MANAGE_MESSAGES, READ_MESSAGE_HISTORY};
use crate::refused::{self, Refused};
use crate::shape;
use crate::state::{Reaction, State};

/// Different emojis on one message.
const MOST: usize = 20;

pub(super) fn route(
    state: &mut State,
    by: Id,
    channel: Id,
    message: Id,
    method: &str,
    rest: &[&str],
    call: &Call,
) -> Answered {
    rights(state, channel, by)?;
    visible(state, channel, message)?;
    match (method, rest) {
        ("PUT", [emoji, "@me"]) => add(state, by, channel, message, emoji),
        ("DELETE", [emoji, "@me"]) => remove(state, by, channel, message, emoji),
        ("DELETE", []) => clear(state, by, channel, message, None),
        ("DELETE", [emoji]) => clear(state, by, channel, message, Some(emoji)),
        ("DELETE", [emoji, user]) => {
            let user = id(user, "user_id")?;
            if user != by {
                need(state, channel, by, MANAGE_MESSAGES)?;
            }
            remove(state, user, channel, message, emoji)
        }
        ("GET", [emoji]) => {
            need(state, channel, by, READ_MESSAGE_HISTORY)?;
            let limit = usize::try_from(call.number("limit", 1, 100)?.unwrap_or(25)).unwrap_or(25);
            let after = call.number("after", 0, u64::MAX)?.unwrap_or(0);
            let emoji = known(state, emoji)?;
            let all = &state.message(channel, message)?.reactions;
            let mut users: Vec<Id> =
                all.iter().filter(|it| it.emoji == emoji).flat_map(|it| it.users.clone()).collect();
            users.sort_unstable();
            let users = users.into_iter().filter(|it| it.0 > after).take(limit);
            ok(users.map(|it| shape::user_by_id(state, it)).collect())
        }
        _ => Err(refused::not_found()),
    }
}

/// A Unicode emoji, or the name and id of a custom one.
fn known<'a>(state: &State, emoji: &'a str) -> Result<&'a str, Refused> {
    if let Some((name, id)) = emoji.split_once(':') {
        let there = id.parse().ok().and_then(|id| state.emojis.get(&id)).is_some_and(|it| it == name);
        return if there { Ok(emoji) } else { Err(refused::unknown_emoji()) };
    }
    let plain = !emoji.is_empty()
        && emoji.chars().count() <= 10
        && emoji.chars().any(|it| !it.is_ascii() || it == '\u{20e3}')
        && !emoji.chars().any(char::is_alphabetic);
    if plain { Ok(emoji) } else { Err(refused::unknown_emoji()) }
}

fn add(state: &mut State, by: Id, channel: Id, message: Id, emoji: &str) -> Answered {
    let rights = need(state, channel, by, READ_MESSAGE_HISTORY)?;
    let emoji = known(state, emoji)?;
    let it = state.message_mut(channel, message)?;
    if let Some(there) = it.reactions.iter_mut().find(|it| it.emoji == emoji) {
        if there.users.contains(&by) {
            return nothing();
        }
        there.users.push(by);
    } else {
        if rights & ADD_REACTIONS == 0 {
            return Err(refused::missing_permissions());
        }
        if it.reactions.len() == MOST {
            return Err(refused::max_reactions());
        }
        it.reactions.push(Reaction { emoji: emoji.to_owned(), users: vec![by] });
    }
    let it = state.message(channel, message)?;
    let mut event = shape::reaction_event(state, it, by, emoji);
    if let Some(author) = it.user() {
        event["message_author_id"] = json!(author);
    }
    channel_event(state, channel, Watch::Reactions, "MESSAGE_REACTION_ADD", &event);
    nothing()
}

fn remove(state: &mut State, user: Id, channel: Id, message: Id, emoji: &str) -> Answered {
    let emoji = known(state, emoji)?;
    let it = state.message_mut(channel, message)?;
    let there = it.reactions.iter_mut().find(|it| it.emoji == emoji && it.users.contains(&user));
    let Some(there) = there else { return Err(refused::unknown_emoji()) };
    there.users.retain(|it| *it != user);
    it.reactions.retain(|it| !it.users.is_empty());
    let mut event = shape::reaction_event(state, state.message(channel, message)?, user, emoji);
    if let Some(fields) = event.as_object_mut() {
        fields.remove("member");
    }
    channel_event(state, channel, Watch::Reactions, "MESSAGE_REACTION_REMOVE", &event);
    nothing()
}

fn clear(state: &mut State, by: Id, channel: Id, message: Id, emoji: Option<&str>) -> Answered {
    need(state, channel, by, MANAGE_MESSAGES)?;
    let emoji = emoji.map(|emoji| known(state, emoji)).transpose()?;
    let it = state.message_mut(channel, message)?;
    it.reactions.retain(|it| emoji.is_some_and(|emoji| it.emoji != emoji));
    let mut event = shape::reaction_event(state, state.message(channel, message)?, by, emoji.unwrap_or_default());
    if let Value::Object(fields) = &mut event {
        for name in ["user_id", "member", "burst", "type"] {
            fields.remove(name);
        }
        if emoji.is_none() {
            fields.remove("emoji");
        }
    }
    let name = if emoji.is_some() { "MESSAGE_REACTION_REMOVE_EMOJI" } else { "MESSAGE_REACTION_REMOVE_ALL" };
    channel_event(state, channel, Watch::Reactions, name, &event);
    nothing()
}
