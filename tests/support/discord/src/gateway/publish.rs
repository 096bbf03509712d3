//! Who is told of what happened: by intents, and by what they may see.

use serde_json::{Value, json};

use super::Fate;
use super::intents::{
    DIRECT_MESSAGE_REACTIONS, DIRECT_MESSAGES, GUILD_MEMBERS, GUILD_MESSAGE_REACTIONS, GUILD_MESSAGES, GUILD_PRESENCES,
    GUILDS, MESSAGE_CONTENT,
};
use crate::id::Id;
use crate::permissions::{self, VIEW_CHANNEL};
use crate::shape;
use crate::state::{Message, State};

/// The intent that an event of a channel needs, in a guild and in a conversation.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Watch {
    Messages,
    Reactions,
    Pins,
}

impl Watch {
    const fn intent(self, in_guild: bool) -> u64 {
        match (self, in_guild) {
            (Self::Messages, true) => GUILD_MESSAGES,
            (Self::Reactions, true) => GUILD_MESSAGE_REACTIONS,
            (Self::Pins, true) => GUILDS,
            (Self::Messages | Self::Pins, false) => DIRECT_MESSAGES,
            (Self::Reactions, false) => DIRECT_MESSAGE_REACTIONS,
        }
    }
}

/// Tells every session what `look` makes of it, given its application and intents.
fn publish(state: &mut State, name: &str, look: impl Fn(&State, Id, u64) -> Option<Value>) {
    let all: Vec<(String, Id, u64)> =
        state.sessions.by_id.iter().map(|(id, it)| (id.clone(), it.app, it.intents)).collect();
    for (session, app, intents) in all {
        if let Some(data) = look(state, app, intents)
            && state.sessions.by_id.contains_key(&session)
        {
            let fate = fate(state);
            if let Some(session) = state.sessions.by_id.get_mut(&session) {
                session.push(name, &data, fate);
            }
        }
    }
}

/// What chance makes of an event.
fn fate(state: &mut State) -> Fate {
    let (twice, late) = (state.sessions.twice, state.sessions.late);
    if state.faults.roll(twice) {
        Fate::Twice
    } else if state.faults.roll(late) {
        Fate::Late
    } else {
        Fate::Once
    }
}

/// To one application, whatever its intents.
pub(crate) fn to_app(state: &mut State, app: Id, name: &str, data: &Value) {
    publish(state, name, |_, it, _| (it == app).then(|| data.clone()));
}

/// To the bots of a guild with an intent. What is told may differ by who is told.
pub(crate) fn guild_event(
    state: &mut State,
    guild: Id,
    need: u64,
    name: &str,
    make: impl Fn(&State, Id) -> Option<Value>,
) {
    publish(state, name, |state, app, intents| {
        let member = state.guilds.get(&guild).is_some_and(|it| it.members.contains_key(&app));
        if member && intents & need == need { make(state, app) } else { None }
    });
}

/// Of a member: to bots with the intent, and to the bot that it is.
pub(crate) fn member_event(state: &mut State, guild: Id, user: Id, name: &str) {
    publish(state, name, |state, app, intents| {
        let here = state.guilds.get(&guild)?;
        here.members.get(&app)?;
        let own = app == user && name == "GUILD_MEMBER_UPDATE";
        if intents & GUILD_MEMBERS == 0 && !own {
            return None;
        }
        let mut data = match here.members.get(&user) {
            Some(member) => shape::member(state, user, member),
            None => json!({ "user": shape::user_by_id(state, user) }),
        };
        data["guild_id"] = json!(guild);
        Some(data)
    });
}

/// To those who see a channel.
pub(crate) fn channel_event(state: &mut State, channel: Id, watch: Watch, name: &str, data: &Value) {
    publish(state, name, |state, app, intents| sees(state, channel, app, intents, watch).then(|| data.clone()));
}

/// To the sessions of one bot with an intent.
pub(crate) fn own_event(state: &mut State, app: Id, need: u64, name: &str, data: &Value) {
    publish(state, name, |_, it, intents| (it == app && intents & need == need).then(|| data.clone()));
}

/// Of a message that is there, with what each may read of it.
pub(crate) fn message_event(state: &mut State, channel: Id, id: Id, name: &str) {
    publish(state, name, |state, app, intents| {
        let it = state.message(channel, id).ok()?;
        if it.only_for.is_some() || !sees(state, channel, app, intents, Watch::Messages) {
            return None;
        }
        Some(told(state, it, app, intents))
    });
}

/// Of a message that is gone.
pub(crate) fn message_deleted(state: &mut State, channel: Id, id: Id) {
    gone(state, channel, "MESSAGE_DELETE", json!({ "channel_id": channel, "id": id }));
}

/// Of messages that were taken away at once, be it one of them.
pub(crate) fn messages_deleted(state: &mut State, channel: Id, ids: &[Id]) {
    gone(state, channel, "MESSAGE_DELETE_BULK", json!({ "channel_id": channel, "ids": ids }));
}

fn gone(state: &mut State, channel: Id, name: &str, mut data: Value) {
    if let Some(guild) = state.channels.get(&channel).and_then(|it| it.guild) {
        data["guild_id"] = json!(guild);
    }
    channel_event(state, channel, Watch::Messages, name, &data);
}

/// What a session learns when it begins.
pub(crate) fn ready(state: &mut State, session: &str, address: &str) {
    let Some((app, intents)) = state.sessions.by_id.get(session).map(|it| (it.app, it.intents)) else { return };
    let guilds: Vec<Id> = state.guilds.values().filter(|it| it.members.contains_key(&app)).map(|it| it.id).collect();
    let Ok(user) = state.user(app) else { return };
    let unavailable: Vec<Value> = guilds.iter().map(|id| json!({ "id": id, "unavailable": true })).collect();
    let data = json!({
        "v": 10, "user": shape::own_user(user), "guilds": unavailable, "session_id": session, "session_type": "normal",
        "resume_gateway_url": address, "shard": [0, 1], "application": { "id": app, "flags": 0 }, "private_channels": [],
        "user_settings": {}, "relationships": [], "presences": [], "guild_join_requests": [], "geo_ordered_rtc_regions": [],
        "_trace": [],
    });
    let mut events = vec![("READY", data)];
    if intents & GUILDS != 0 {
        // Without presences, members have to be asked for.
        let with_members = intents & GUILD_PRESENCES != 0;
        let guilds = guilds.iter().filter_map(|id| state.guilds.get(id));
        events.extend(guilds.map(|it| ("GUILD_CREATE", shape::guild_create(state, it, app, with_members))));
    }
    if let Some(session) = state.sessions.by_id.get_mut(session) {
        for (name, data) in events {
            session.push(name, &data, Fate::Once);
        }
    }
}

fn sees(state: &State, channel: Id, app: Id, intents: u64, watch: Watch) -> bool {
    let Some(channel) = state.channels.get(&channel) else { return false };
    intents & watch.intent(channel.guild.is_some()) != 0
        && permissions::in_channel(state, channel, app) & VIEW_CHANNEL != 0
}

fn told(state: &State, it: &Message, app: Id, intents: u64) -> Value {
    let channel = state.channels.get(&it.channel);
    let mut shown = shape::message(state, it, app);
    let guild = channel.and_then(|it| it.guild).and_then(|id| state.guilds.get(&id));
    if let Some(guild) = guild {
        shown["guild_id"] = json!(guild.id);
        if let Some(member) = it.user().and_then(|id| guild.members.get(&id)) {
            shown["member"] = shape::partial_member(member);
        }
        for (mention, id) in shown["mentions"].as_array_mut().into_iter().flatten().zip(&it.mentions) {
            if let Some(member) = guild.members.get(id) {
                mention["member"] = shape::partial_member(member);
            }
        }
    }
    if intents & MESSAGE_CONTENT == 0 {
        shape::withhold(&mut shown, it, channel, app);
    }
    shown["channel_type"] = json!(channel.map_or(0, |it| it.kind));
    if let Some(nonce) = it.nonce.as_ref().filter(|_| it.user() == Some(app)) {
        shown["nonce"] = nonce.clone();
    }
    shown
}

/// Answers a request for members: all of them, those whose name begins so, or those named.
pub(crate) fn chunk(state: &mut State, session: &str, data: &Value) {
    let Some(app) = state.sessions.by_id.get(session).map(|it| it.app) else { return };
    let guild = crate::check::id(&data["guild_id"]).map(Id);
    let Some(guild) = guild.and_then(|id| state.guilds.get(&id)).filter(|it| it.members.contains_key(&app)) else {
        return;
    };
    let query = data["query"].as_str().map(str::to_lowercase);
    let limit = data["limit"].as_u64().filter(|it| *it > 0).map_or(usize::MAX, |it| usize::try_from(it).unwrap_or(100));
    let named: Option<Vec<Id>> = match &data["user_ids"] {
        Value::Array(ids) => Some(ids.iter().filter_map(crate::check::id).map(Id).collect()),
        Value::Null => None,
        one @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
            crate::check::id(one).map(|id| vec![Id(id)])
        }
    };
    let fits = |id: &Id| match (&named, &query) {
        (Some(named), _) => named.contains(id),
        (None, Some(query)) => state.users.get(id).is_some_and(|it| it.name.to_lowercase().starts_with(query)),
        (None, None) => false,
    };
    let found = guild.members.iter().filter(|(id, _)| fits(id)).take(limit);
    let members: Vec<Value> = found.map(|(id, it)| shape::member(state, *id, it)).collect();
    let missing: Vec<Id> = named.iter().flatten().filter(|id| !guild.members.contains_key(id)).copied().collect();
    let mut chunk = json!({ "guild_id": guild.id, "members": members, "chunk_index": 0, "chunk_count": 1 });
    if !missing.is_empty() {
        chunk["not_found"] = json!(missing);
    }
    if let Some(nonce) = data.get("nonce").filter(|it| !it.is_null()) {
        chunk["nonce"] = nonce.clone();
    }
    if let Some(session) = state.sessions.by_id.get_mut(session) {
        session.push("GUILD_MEMBERS_CHUNK", &chunk, Fate::Once);
    }
}
