//! The REST API: which route does what. People act through the same routes as bots, in process.

mod allowed;
mod audit;
mod channels;
mod commands;
mod components;
mod content;
mod embeds;
mod guilds;
mod interactions;
mod members;
mod mentions;
mod messages;
mod options;
mod overwrites;
mod pins;
mod reactions;
mod roles;
mod threads;
mod users;
mod webhooks;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::id::Id;
use crate::refused::{self, Refused};
use crate::state::State;

pub(crate) use commands::find as find_command;
pub(crate) use content::{HELD, UPLOADED};
pub(crate) use interactions::start as start_interaction;
pub(crate) use members::{leave, set_role};
pub use messages::NONCE_WINDOW;
pub(crate) use roles::{create as create_role, remove as remove_role, replace as replace_role};

/// A request, without its address and version.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: String,
    /// Decoded segments, without `/api/v10`.
    pub(crate) path: Vec<String>,
    pub(crate) query: BTreeMap<String, String>,
    /// Null when there is none.
    pub(crate) body: Value,
}

impl Call {
    /// A whole number from the query, and 50035 when it is none or out of bounds.
    fn number(&self, name: &str, min: u64, max: u64) -> Result<Option<u64>, Refused> {
        let Some(text) = self.query.get(name) else { return Ok(None) };
        let Ok(number) = text.parse() else {
            return Err(crate::check::invalid(&[name], "NUMBER_TYPE_COERCE", &format!("Value \"{text}\" is not int.")));
        };
        if number < min {
            let said = format!("int value should be greater than or equal to {min}.");
            return Err(crate::check::invalid(&[name], "NUMBER_TYPE_MIN", &said));
        }
        if number > max {
            let said = format!("int value should be less than or equal to {max}.");
            return Err(crate::check::invalid(&[name], "NUMBER_TYPE_MAX", &said));
        }
        Ok(Some(number))
    }

    fn flag(&self, name: &str) -> bool {
        self.query.get(name).is_some_and(|it| it == "true" || it == "1" || it == "True")
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Null for 204.
    pub(crate) body: Value,
}

type Answered = Result<Answer, Refused>;

#[expect(clippy::unnecessary_wraps, reason = "every route ends in one of these")]
fn ok(body: Value) -> Answered {
    Ok(Answer { status: 200, body })
}

#[expect(clippy::unnecessary_wraps, reason = "every route ends in one of these")]
fn created(body: Value) -> Answered {
    Ok(Answer { status: 201, body })
}

#[expect(clippy::unnecessary_wraps, reason = "every route ends in one of these")]
fn nothing() -> Answered {
    Ok(Answer { status: 204, body: Value::Null })
}

/// A snowflake from a path, and 50035 when it is none.
fn id(segment: &str, name: &str) -> Result<Id, Refused> {
    let wrong = format!("Value \"{segment}\" is not snowflake.");
    segment.parse().map_err(|_| crate::check::invalid(&[name], "NUMBER_TYPE_COERCE", &wrong))
}

/// Answers a request of somebody, or of nobody in particular.
pub(crate) fn route(state: &mut State, by: Option<Id>, call: &Call) -> Answered {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    let method = call.method.as_str();
    // Their token is in the path.
    match (method, path.as_slice()) {
        ("GET", ["gateway"]) => return ok(json!({ "url": state.gateway_address() })),
        ("POST", ["interactions", it, token, "callback"]) => {
            let it = id(it, "interaction_id")?;
            return interactions::callback(state, it, token, call);
        }
        (_, ["webhooks", hook, token, rest @ ..]) => {
            return webhooks::with_token(state, id(hook, "webhook_id")?, token, method, rest, call);
        }
        _ => {}
    }
    let by = by.ok_or_else(refused::unauthorized)?;
    match (method, path.as_slice()) {
        ("GET", ["gateway", "bot"]) => users::gateway_bot(state, by),
        ("GET", ["applications", "@me"] | ["oauth2", "applications", "@me"]) => users::application(state, by),
        (_, ["applications", app, rest @ ..]) => {
            let app = id(app, "application_id")?;
            if app != by {
                return Err(refused::missing_access());
            }
            commands::route(state, app, method, rest, call)
        }
        (_, ["users", rest @ ..]) => users::route(state, by, method, rest, call),
        (_, ["channels", channel, rest @ ..]) => in_channel(state, by, id(channel, "channel_id")?, method, rest, call),
        (_, ["guilds", guild, rest @ ..]) => in_guild(state, by, id(guild, "guild_id")?, method, rest, call),
        (_, ["webhooks", hook]) => webhooks::without_token(state, by, id(hook, "webhook_id")?, method, call),
        _ => Err(refused::not_found()),
    }
}

fn in_channel(state: &mut State, by: Id, channel: Id, method: &str, rest: &[&str], call: &Call) -> Answered {
    match rest {
        [] => channels::route(state, by, channel, method, call),
        ["messages", "pins", rest @ ..] | ["pins", rest @ ..] => pins::route(state, by, channel, method, rest, call),
        ["messages", message, "reactions", rest @ ..] => {
            reactions::route(state, by, channel, id(message, "message_id")?, method, rest, call)
        }
        ["messages", message, "threads"] if method == "POST" => {
            threads::create(state, by, channel, Some(id(message, "message_id")?), call)
        }
        ["messages", rest @ ..] => messages::route(state, by, channel, method, rest, call),
        ["permissions", over] => overwrites::route(state, by, channel, id(over, "overwrite_id")?, method, call),
        ["typing"] if method == "POST" => channels::typing(state, by, channel),
        ["threads" | "thread-members", ..] | ["users", "@me", "threads", ..] => {
            threads::route(state, by, channel, method, rest, call)
        }
        ["webhooks"] => webhooks::of_channel(state, by, channel, method, call),
        _ => Err(refused::not_found()),
    }
}

fn in_guild(state: &mut State, by: Id, guild: Id, method: &str, rest: &[&str], call: &Call) -> Answered {
    let here = state.guild(guild)?;
    if !here.members.contains_key(&by) {
        return Err(if state.is_bot(by) { refused::unknown_guild() } else { refused::missing_access() });
    }
    match rest {
        ["members", rest @ ..] => members::route(state, by, guild, method, rest, call),
        ["roles", rest @ ..] => roles::route(state, by, guild, method, rest, call),
        ["audit-logs"] if method == "GET" => audit::list(state, by, guild, call),
        ["webhooks"] if method == "GET" => webhooks::of_guild(state, by, guild),
        ["threads", "active"] if method == "GET" => threads::active(state, by, guild),
        _ => guilds::route(state, by, guild, method, rest, call),
    }
}
