//! Pins, by the old routes and the new ones.

use serde_json::{Value, json};

use super::allowed::{need, rights};
use super::messages::{post, shown, visible};
use super::{Answered, Call, id, nothing, ok};
use crate::clock::iso;
use crate::gateway::{Watch, channel_event, message_event};
use crate::id::Id;
use crate::permissions::{PIN_MESSAGES, READ_MESSAGE_HISTORY};
use crate::refused::{self, Refused};
use crate::state::{Author, Message, State};

/// Pins of one channel.
const MOST: usize = 250;

pub(super) fn route(state: &mut State, by: Id, channel: Id, method: &str, rest: &[&str], call: &Call) -> Answered {
    match (method, rest) {
        ("GET", []) => list(state, by, channel, call),
        ("PUT", [message]) => {
            set(state, by, channel, id(message, "message_id")?, true)?;
            nothing()
        }
        ("DELETE", [message]) => {
            set(state, by, channel, id(message, "message_id")?, false)?;
            nothing()
        }
        _ => Err(refused::not_found()),
    }
}

/// What is pinned, the latest pin first. Without the right to read the history there is nothing to see.
fn list(state: &State, by: Id, channel: Id, call: &Call) -> Answered {
    let rights = rights(state, channel, by)?;
    let new_route = call.path.get(2).is_some_and(|it| it == "messages");
    let here = state.channel(channel)?;
    let mut pinned: Vec<&Message> = here.messages.values().filter(|it| it.pinned.is_some()).collect();
    pinned.sort_by_key(|it| std::cmp::Reverse(it.pinned));
    if rights & READ_MESSAGE_HISTORY == 0 {
        pinned.clear();
    }
    if !new_route {
        let all = pinned.into_iter().take(50);
        return ok(all.map(|it| shown(state, it, by)).collect());
    }
    let limit = usize::try_from(call.number("limit", 1, 50)?.unwrap_or(50)).unwrap_or(50);
    let before = call.query.get("before").and_then(|it| it.parse::<jiff::Timestamp>().ok());
    pinned.retain(|it| before.is_none_or(|before| it.pinned.is_some_and(|at| at < before)));
    let item = |it: &&Message| json!({ "pinned_at": it.pinned.map(iso), "message": shown(state, it, by) });
    let items: Vec<Value> = pinned.iter().take(limit).map(item).collect();
    ok(json!({ "items": items, "has_more": pinned.len() > limit }))
}

fn set(state: &mut State, by: Id, channel: Id, message: Id, pin: bool) -> Result<(), Refused> {
    need(state, channel, by, PIN_MESSAGES)?;
    let now = state.now();
    let there = state.message(channel, visible(state, channel, message)?)?;
    if there.is_system() {
        return Err(refused::system_message());
    }
    if there.pinned.is_some() == pin {
        return Ok(());
    }
    let count = state.channel(channel)?.messages.values().filter(|it| it.pinned.is_some()).count();
    if pin && count >= MOST {
        return Err(refused::max_pins());
    }
    state.message_mut(channel, message)?.pinned = pin.then_some(now);
    let here = state.channel_mut(channel)?;
    here.last_pin = here.messages.values().filter_map(|it| it.pinned).max();
    let guild = here.guild;
    let mut event = json!({ "channel_id": channel, "last_pin_timestamp": here.last_pin.map(iso) });
    if let Some(guild) = guild {
        event["guild_id"] = json!(guild);
    }
    message_event(state, channel, message, "MESSAGE_UPDATE");
    channel_event(state, channel, Watch::Pins, "CHANNEL_PINS_UPDATE", &event);
    if pin {
        let id = state.id();
        let mut notice = Message::new(id, channel, Author::User(by), 6);
        notice.reference = Some((channel, Some(message)));
        post(state, notice)?;
    }
    Ok(())
}
