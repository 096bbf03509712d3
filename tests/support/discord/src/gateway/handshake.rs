//! Identify and resume.

use jiff::SignedDuration;
use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;

use super::{Frame, Session, intents, publish};
use crate::id::Id;
use crate::state::State;

/// Sessions that an application may start in a day.
pub(crate) const STARTS: u64 = 1_000;

/// The least time between two identifies of an application.
const PACE: std::time::Duration = std::time::Duration::from_secs(5);

/// The code and the reason that a connection is closed with.
pub(super) type Closed = (u16, &'static str);

/// Whether a session began or went on.
pub(super) enum Begun {
    /// This one is spoken for now.
    Session(String),
    /// The client must identify anew.
    Invalid,
}

/// Starts a session.
pub(super) fn identify(
    state: &mut State,
    data: &Value,
    connection: u64,
    to: UnboundedSender<Frame>,
    address: &str,
) -> Result<Begun, Closed> {
    let app = authenticate(state, data)?;
    let Some(asked) = data["intents"].as_u64() else { return Err((4013, "Invalid intent(s).")) };
    if !data["properties"].is_object() {
        return Err((4002, "Error while decoding payload."));
    }
    if let Some(shard) = data.get("shard").filter(|it| !it.is_null()) {
        let (number, of) = (shard[0].as_u64(), shard[1].as_u64());
        if number.zip(of).is_none_or(|(number, of)| number >= of) {
            return Err((4010, "Invalid shard."));
        }
    }
    if asked & !intents::KNOWN != 0 {
        return Err((4013, "Invalid intent(s)."));
    }
    let now = state.now();
    let Some(own) = state.apps.get_mut(&app) else { return Err((4004, "Authentication failed.")) };
    if asked & intents::PRIVILEGED & !own.privileged != 0 {
        return Err((4014, "Disallowed intent(s)."));
    }
    if own.starts_reset <= now {
        own.starts_left = STARTS;
        own.starts_reset = now + SignedDuration::from_hours(24);
    }
    // Discord resets the token of who goes on beyond; here the door just stays shut.
    if own.starts_left == 0 {
        return Err((4004, "Authentication failed."));
    }
    own.starts_left -= 1;
    let at = state.clock.monotonic();
    let before = state.sessions.last_identify.insert(app, at);
    let soon = before.is_some_and(|it| at.saturating_duration_since(it) < PACE);
    if soon && state.sessions.paced {
        return Ok(Begun::Invalid);
    }
    state.sessions.identified += 1;
    let id = format!("{:032x}", u128::from(state.id().0) * 0x9e37_79b9_7f4a_7c15);
    state.sessions.by_id.insert(id.clone(), Session::new(app, asked, connection, to));
    publish::ready(state, &id, address);
    Ok(Begun::Session(id))
}

/// Takes up a session.
pub(super) fn resume(
    state: &mut State,
    data: &Value,
    connection: u64,
    to: UnboundedSender<Frame>,
) -> Result<Begun, Closed> {
    let app = authenticate(state, data)?;
    let (Some(id), Some(seen)) = (data["session_id"].as_str(), data["seq"].as_u64()) else {
        return Err((4002, "Error while decoding payload."));
    };
    if state.sessions.unresumable {
        state.sessions.by_id.remove(id);
        return Ok(Begun::Invalid);
    }
    let Some(session) = state.sessions.by_id.get_mut(id).filter(|it| it.app == app) else { return Ok(Begun::Invalid) };
    if seen > session.sequence {
        return Err((4007, "Invalid seq."));
    }
    if !session.resume(connection, to, seen) {
        state.sessions.by_id.remove(id);
        return Ok(Begun::Invalid);
    }
    state.sessions.resumed += 1;
    Ok(Begun::Session(id.to_owned()))
}

fn authenticate(state: &State, data: &Value) -> Result<Id, Closed> {
    let token = data["token"].as_str().unwrap_or_default();
    let token = token.strip_prefix("Bot ").unwrap_or(token);
    let own = state.apps.values().find(|it| it.token == token);
    own.map(|it| it.id).ok_or((4004, "Authentication failed."))
}
