//! Interactions: asked by people, answered by applications within 3 seconds, and after that for 15 minutes.

use serde_json::{Value, json};

use super::messages::{self, post, replace};
use super::{Answer, Answered, Call, components, content, nothing, ok};
use crate::check::{CALLBACK, CHOICES, MODAL, Problems, check, invalid, object as check_object};
use crate::clock;
use crate::gateway::to_app;
use crate::id::Id;
use crate::permissions::{self, ATTACH_FILES, EMBED_LINKS};
use crate::refused::{self, Refused};
use crate::shape;
use crate::state::{Author, Interaction, Message, Stage, State, flag};

/// Tells the application what was asked.
pub(crate) fn start(state: &mut State, interaction: Interaction) -> Id {
    let (id, app) = (interaction.id, interaction.app);
    let shown = shape::interaction(state, &interaction);
    state.interactions.insert(id, interaction);
    to_app(state, app, "INTERACTION_CREATE", &shown);
    id
}

/// The first answer.
pub(super) fn callback(state: &mut State, id: Id, token: &str, call: &Call) -> Answered {
    let now = state.now();
    let known = state.interactions.get(&id).filter(|it| it.token == token && !it.late(now) && !it.expired(now));
    let it = known.cloned().ok_or_else(refused::unknown_interaction)?;
    if it.stage != Stage::Open {
        return Err(refused::already_acknowledged());
    }
    check(&call.body, CALLBACK)?;
    let kind = call.body["type"].as_u64().unwrap_or_default();
    let data = call.body.get("data").filter(|it| !it.is_null());
    let fits = match kind {
        8 => it.kind == 4,
        6 | 7 => it.kind != 4 && it.message.is_some(),
        9 => matches!(it.kind, 2 | 3),
        4 | 5 => it.kind != 4,
        _ => false,
    };
    if !fits {
        return Err(invalid(
            &["type"],
            "INTERACTION_CALLBACK_TYPE_INVALID",
            "Invalid callback type for this interaction",
        ));
    }
    if matches!(kind, 4 | 7 | 8 | 9) && data.is_none() {
        return Err(invalid(&["data"], "BASE_TYPE_REQUIRED", "This field is required"));
    }
    let data = data.unwrap_or(&Value::Null);
    let (became, original) = match kind {
        4 => (Stage::Message, Some(answer(state, &it, data, false).map_err(in_data)?)),
        5 => (Stage::Message, Some(answer(state, &it, data, true)?)),
        6 => (Stage::Update, it.message),
        7 => {
            update(state, &it, data).map_err(in_data)?;
            (Stage::Update, it.message)
        }
        8 => {
            look(data, CHOICES)?;
            (Stage::Choices(data["choices"].as_array().cloned().unwrap_or_default()), None)
        }
        _ => {
            look(data, MODAL)?;
            components::modal(&data["components"], &["data", "components"])?;
            (Stage::Modal(data.clone()), None)
        }
    };
    if let Some(kept) = state.interactions.get_mut(&id) {
        kept.stage = became;
        kept.original = original;
        kept.answered_at = Some(clock::instant());
    }
    if !call.flag("with_response") {
        return nothing();
    }
    let mut interaction = json!({ "id": id, "type": it.kind, "channel_id": it.channel });
    if let Some(guild) = it.guild {
        interaction["guild_id"] = json!(guild);
    }
    let mut shown = json!({ "interaction": interaction });
    if let Some(message) = original.and_then(|id| state.message(it.channel, id).ok()) {
        shown["interaction"]["response_message_id"] = json!(message.id);
        shown["interaction"]["response_message_loading"] = json!(message.flags & flag::LOADING != 0);
        shown["interaction"]["response_message_ephemeral"] = json!(message.only_for.is_some());
        if kind != 6 {
            shown["resource"] = json!({ "type": kind, "message": shape::message(state, message, it.app) });
        }
    }
    ok(shown)
}

/// All that comes after the first answer: `/webhooks/<application>/<token>/…`.
pub(super) fn with_token(state: &mut State, id: Id, method: &str, rest: &[&str], call: &Call) -> Answered {
    let now = state.now();
    let it = state.interactions.get(&id).cloned().ok_or_else(refused::unknown_webhook)?;
    if it.expired(now) {
        return Err(refused::invalid_webhook_token());
    }
    if it.stage == Stage::Open {
        return Err(refused::unknown_webhook());
    }
    let message = match rest {
        [] => None,
        ["messages", "@original"] => Some(it.original.ok_or_else(refused::unknown_message)?),
        ["messages", message] => {
            let message = super::id(message, "message_id")?;
            let own = it.original == Some(message) || it.followups.contains(&message);
            Some(if own { message } else { return Err(refused::unknown_message()) })
        }
        _ => return Err(refused::not_found()),
    };
    match (method, message) {
        ("POST", None) => {
            let id = follow(state, &it, &call.body)?;
            shown(state, &it, id)
        }
        ("GET", Some(message)) => shown(state, &it, message),
        ("PATCH", Some(message)) => {
            edit(state, &it, message, &call.body)?;
            shown(state, &it, message)
        }
        ("DELETE", Some(message)) => {
            messages::remove(state, it.channel, message)?;
            nothing()
        }
        _ => Err(refused::not_found()),
    }
}

fn shown(state: &State, it: &Interaction, message: Id) -> Answered {
    Ok(Answer { status: 200, body: shape::message(state, state.message(it.channel, message)?, it.app) })
}

fn rights(state: &State, it: &Interaction) -> u64 {
    let own = state.channels.get(&it.channel).map_or(0, |here| permissions::in_channel(state, here, it.app));
    // An answer needs no right to speak in the channel.
    own | EMBED_LINKS | ATTACH_FILES
}

fn answer(state: &mut State, it: &Interaction, data: &Value, deferred: bool) -> Result<Id, Refused> {
    let id = state.id();
    let mut message = Message::new(id, it.channel, Author::User(it.app), 0);
    if deferred {
        message.flags = flag::LOADING;
    } else {
        content::fill(state, &mut message, data, rights(state, it))?;
    }
    finish(state, it, message, data["flags"].as_u64().unwrap_or_default() & flag::EPHEMERAL != 0)?;
    Ok(id)
}

/// Gives a message what tells where it came from, and posts it.
fn finish(state: &mut State, it: &Interaction, mut message: Message, ephemeral: bool) -> Result<(), Refused> {
    message.app = Some(it.app);
    message.interaction = Some(content::metadata(state, it));
    message.kind = if it.kind == 2 { 20 } else { 0 };
    if let Some(from) = it.message {
        message.kind = 19;
        message.reference = Some((it.channel, Some(from)));
    }
    if ephemeral {
        message.flags |= flag::EPHEMERAL;
        message.only_for = Some(it.user);
    }
    post(state, message)
}

fn follow(state: &mut State, it: &Interaction, body: &Value) -> Result<Id, Refused> {
    // The first message after a deferral is what was deferred.
    let waiting = it.original.filter(|id| state.message(it.channel, *id).is_ok_and(|it| it.flags & flag::LOADING != 0));
    if let Some(waiting) = waiting {
        edit(state, it, waiting, body)?;
        return Ok(waiting);
    }
    let id = state.id();
    let mut message = Message::new(id, it.channel, Author::User(it.app), 0);
    content::fill(state, &mut message, body, rights(state, it))?;
    finish(state, it, message, body["flags"].as_u64().unwrap_or_default() & flag::EPHEMERAL != 0)?;
    if let Some(kept) = state.interactions.get_mut(&it.id) {
        kept.followups.push(id);
    }
    Ok(id)
}

fn edit(state: &mut State, it: &Interaction, message: Id, body: &Value) -> Result<(), Refused> {
    let mut edited = state.message(it.channel, message)?.clone();
    content::fill(state, &mut edited, body, rights(state, it))?;
    edited.hushed = true;
    if edited.flags & flag::LOADING == 0 {
        edited.edited = Some(state.now());
    }
    edited.flags &= !flag::LOADING;
    replace(state, edited)
}

fn update(state: &mut State, it: &Interaction, data: &Value) -> Result<(), Refused> {
    let message = it.message.ok_or_else(refused::unknown_message)?;
    edit(state, it, message, data)
}

fn look(data: &Value, fields: &'static [crate::check::Field]) -> Result<(), Refused> {
    let mut problems = Problems::default();
    check_object(data, fields, &mut vec!["data".to_owned()], &mut problems);
    problems.finish()
}

/// What is wrong with a message in `data` is told as such.
fn in_data(refused: Refused) -> Refused {
    let errors = refused.errors.map(|it| json!({ "data": it }));
    Refused { errors, ..refused }
}
