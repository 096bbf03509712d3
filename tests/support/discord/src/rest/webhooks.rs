//! Webhooks, and the tokens of interactions, which are written like theirs.

use serde_json::{Value, json};

use super::allowed::{need, need_in_guild};
use super::{Answered, Call, audit, content, interactions, messages, nothing, ok, threads};
use crate::check::{self, WEBHOOK, check, invalid};
use crate::gateway::{guild_event, intents};
use crate::id::Id;
use crate::permissions::{ALL, MANAGE_WEBHOOKS};
use crate::refused::{self, Refused};
use crate::shape;
use crate::state::{Author, Message, State, Webhook, action};

/// Webhooks of one channel.
const MOST: usize = 15;

/// `/channels/…/webhooks`.
pub(super) fn of_channel(state: &mut State, by: Id, channel: Id, method: &str, call: &Call) -> Answered {
    need(state, channel, by, MANAGE_WEBHOOKS)?;
    let here = state.channel(channel)?;
    let Some(guild) = here.guild else { return Err(refused::not_in_a_dm()) };
    let address = state.address().to_owned();
    let all: Vec<&Webhook> = state.webhooks.values().filter(|it| it.channel == channel).collect();
    match method {
        "GET" => ok(all.into_iter().map(|it| shape::webhook(state, it, &address, true)).collect()),
        "POST" => {
            check(&call.body, WEBHOOK)?;
            let Some(name) = call.body["name"].as_str().map(str::to_owned) else {
                return Err(invalid(&["name"], "BASE_TYPE_REQUIRED", "This field is required"));
            };
            may_be_called(&name, "name")?;
            if all.len() >= MOST {
                return Err(refused::max_webhooks());
            }
            if here.thread.is_some() || !here.has_messages() {
                return Err(refused::wrong_channel_kind());
            }
            let app = state.is_bot(by).then_some(by);
            let id = state.id();
            let token = format!("hook-{:x}-{id}", id.0.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let hook = Webhook { id, guild, channel, name, token, creator: by, app };
            let shown = shape::webhook(state, &hook, &address, true);
            state.webhooks.insert(id, hook);
            tell(state, guild, channel);
            audit::note(state, guild, by, action::WEBHOOK_CREATE, id, None);
            ok(shown)
        }
        _ => Err(refused::not_found()),
    }
}

/// `/guilds/…/webhooks`.
pub(super) fn of_guild(state: &State, by: Id, guild: Id) -> Answered {
    need_in_guild(state, guild, by, MANAGE_WEBHOOKS)?;
    let all = state.webhooks.values().filter(|it| it.guild == guild);
    ok(all.map(|it| shape::webhook(state, it, state.address(), true)).collect())
}

/// `/webhooks/<id>`, with an account's rights.
pub(super) fn without_token(state: &mut State, by: Id, hook: Id, method: &str, call: &Call) -> Answered {
    let channel = state.webhooks.get(&hook).ok_or_else(refused::unknown_webhook)?.channel;
    need(state, channel, by, MANAGE_WEBHOOKS)?;
    manage(state, hook, method, &call.body, Some(by))
}

/// `/webhooks/<id>/<token>/…`: whoever has the token.
pub(super) fn with_token(
    state: &mut State,
    hook: Id,
    token: &str,
    method: &str,
    rest: &[&str],
    call: &Call,
) -> Answered {
    let interaction = state.interactions.values().find(|it| it.app == hook && it.token == token).map(|it| it.id);
    if let Some(interaction) = interaction {
        return interactions::with_token(state, interaction, method, rest, call);
    }
    let known = state.webhooks.get(&hook).ok_or_else(refused::unknown_webhook)?;
    if known.token != token {
        return Err(refused::invalid_webhook_token());
    }
    let known = known.clone();
    match (method, rest) {
        ("POST", []) => {
            let id = execute(state, &known, call)?;
            if !call.flag("wait") {
                return nothing();
            }
            let at = place(state, &known, call)?;
            ok(shape::message(state, state.message(at, id)?, known.creator))
        }
        (_, []) => manage(state, hook, method, &call.body, None),
        (_, ["messages", message]) => {
            let message = super::id(message, "message_id")?;
            let at = place(state, &known, call)?;
            let found = state.message(at, message)?.clone();
            if !matches!(&found.author, Author::Webhook { id, .. } if *id == hook) {
                return Err(refused::unknown_message());
            }
            match method {
                "GET" => ok(shape::message(state, &found, known.creator)),
                "PATCH" => {
                    let mut edited = found;
                    content::fill(state, &mut edited, &call.body, ALL)?;
                    edited.hushed = true;
                    edited.edited = Some(state.now());
                    messages::replace(state, edited)?;
                    ok(shape::message(state, state.message(at, message)?, known.creator))
                }
                "DELETE" => {
                    messages::remove(state, at, message)?;
                    nothing()
                }
                _ => Err(refused::not_found()),
            }
        }
        _ => Err(refused::not_found()),
    }
}

/// Names that nobody may speak under.
fn may_be_called(name: &str, field: &str) -> Result<(), Refused> {
    let low = name.to_lowercase();
    match ["clyde", "discord"].iter().find(|it| low.contains(**it)) {
        Some(word) => {
            let said = format!("Username cannot contain \"{word}\"");
            Err(invalid(&[field], "USERNAME_INVALID_CONTAINS", &said))
        }
        None => Ok(()),
    }
}

/// The webhook's channel, or a thread of it.
fn place(state: &State, hook: &Webhook, call: &Call) -> Result<Id, Refused> {
    let Some(thread) = call.number("thread_id", 0, u64::MAX)?.map(Id) else { return Ok(hook.channel) };
    let there = state.channels.get(&thread).filter(|it| it.thread.is_some() && it.parent == Some(hook.channel));
    there.map(|it| it.id).ok_or_else(refused::unknown_channel)
}

fn execute(state: &mut State, hook: &Webhook, call: &Call) -> Result<Id, Refused> {
    check(&call.body, check::MESSAGE)?;
    let at = place(state, hook, call)?;
    let id = state.id();
    let name = call.body["username"].as_str().unwrap_or(&hook.name).to_owned();
    may_be_called(&name, "username")?;
    let mut message = Message::new(id, at, Author::Webhook { id: hook.id, name }, 0);
    // No overwrite holds a webhook back.
    content::fill(state, &mut message, &call.body, ALL)?;
    message.app = hook.app;
    threads::wake(state, at);
    messages::post(state, message)?;
    Ok(id)
}

/// By somebody with an account's rights, or by whoever has its token.
fn manage(state: &mut State, hook: Id, method: &str, body: &Value, by: Option<Id>) -> Answered {
    let with_user = by.is_some();
    let address = state.address().to_owned();
    let mut known = state.webhooks.get(&hook).ok_or_else(refused::unknown_webhook)?.clone();
    match method {
        "GET" => ok(shape::webhook(state, &known, &address, with_user)),
        "PATCH" => {
            check(body, WEBHOOK)?;
            if let Some(name) = body["name"].as_str() {
                name.clone_into(&mut known.name);
            }
            // Whoever may manage webhooks in both channels moves it. Its token stays the same.
            if let (Some(by), Some(to)) = (by, check::id(&body["channel_id"]).map(Id)) {
                need(state, to, by, MANAGE_WEBHOOKS)?;
                let there = state.channel(to)?;
                if there.guild != Some(known.guild) || there.thread.is_some() || !there.has_messages() {
                    return Err(refused::wrong_channel_kind());
                }
                known.channel = to;
            }
            state.webhooks.insert(hook, known.clone());
            tell(state, known.guild, known.channel);
            if let Some(by) = by {
                audit::note(state, known.guild, by, action::WEBHOOK_UPDATE, hook, None);
            }
            ok(shape::webhook(state, &known, &address, with_user))
        }
        "DELETE" => {
            state.webhooks.remove(&hook);
            tell(state, known.guild, known.channel);
            if let Some(by) = by {
                audit::note(state, known.guild, by, action::WEBHOOK_DELETE, hook, None);
            }
            nothing()
        }
        _ => Err(refused::not_found()),
    }
}

fn tell(state: &mut State, guild: Id, channel: Id) {
    let event = json!({ "guild_id": guild, "channel_id": channel });
    guild_event(state, guild, intents::GUILD_WEBHOOKS, "WEBHOOKS_UPDATE", |_, _| Some(event.clone()));
}
