//! A person on the server, who speaks plain HTTP: what they see owes nothing to any SDK.

mod wait;

use std::collections::BTreeMap;
use std::fmt::{self, Debug, Formatter};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::error::Error;
use crate::event::Event;
use crate::homeserver::{Homeserver, encoded, path, text};

pub use wait::Invite;

/// Sets the transactions of this process apart. Those of others have another device.
static TRANSACTION: AtomicU64 = AtomicU64::new(0);

/// A person on a [`Homeserver`], logged in on one device. Clones are the same person on the same device.
///
/// A refusal is an [`Error::Refused`], and [`Error::code`] is made to be compared:
///
/// ```no_run
/// # async fn example(ben: herald_synapse::Account, channel: &str) {
/// assert_eq!(ben.say(channel, "hello").await.unwrap_err().code(), Some((403, "M_FORBIDDEN")));
/// # }
/// ```
#[derive(Clone)]
pub struct Account {
    server: Homeserver,
    name: String,
    user_id: String,
    device_id: String,
    token: String,
    password: String,
    patience: Duration,
}

impl Account {
    pub(crate) const fn new(
        server: Homeserver,
        name: String,
        user_id: String,
        device_id: String,
        token: String,
        password: String,
    ) -> Self {
        Self { server, name, user_id, device_id, token, password, patience: crate::PATIENCE }
    }

    /// The name they registered with, also their display name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `@ana:example.org`.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// The device they are logged in on.
    #[must_use]
    pub fn device_id(&self) -> &str {
        &self.device_id
    }

    /// The access token of that device.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Their password, for a further login.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.password
    }

    /// The same person and device, who reaches the server through another port: that of a proxy.
    #[must_use]
    pub fn through(&self, port: u16) -> Self {
        Self { server: self.server.through(port), ..self.clone() }
    }

    /// The same, but waiting this long for what should come; otherwise 90 s.
    #[must_use]
    pub fn patient(&self, patience: Duration) -> Self {
        Self { patience, ..self.clone() }
    }

    /// `GET` of a path from its first slash on, encoded, with its query: for all that has no method here.
    pub async fn get(&self, path: &str) -> Result<Value, Error> {
        self.server.request(Method::GET, path, Some(&self.token), None).await
    }

    /// `PUT`, as [`Account::get`].
    pub async fn put(&self, path: &str, body: &Value) -> Result<Value, Error> {
        self.server.request(Method::PUT, path, Some(&self.token), Some(body)).await
    }

    /// `POST`, as [`Account::get`].
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, Error> {
        self.server.request(Method::POST, path, Some(&self.token), Some(body)).await
    }

    /// Creates a room from a body of `/createRoom`: its id.
    pub async fn create_room(&self, room: Value) -> Result<String, Error> {
        let path = path(&["createRoom"]);
        text(&self.post(&path, &room).await?, "room_id", &path)
    }

    /// Joins a room by its id or alias: its id.
    pub async fn join(&self, room: &str) -> Result<String, Error> {
        let path = path(&["join", room]);
        text(&self.post(&path, &json!({})).await?, "room_id", &path)
    }

    /// Leaves a room, or declines an invitation to it.
    pub async fn leave(&self, room: &str) -> Result<(), Error> {
        self.post(&path(&["rooms", room, "leave"]), &json!({})).await.map(drop)
    }

    /// Invites somebody, by user id.
    pub async fn invite(&self, room: &str, user: &str) -> Result<(), Error> {
        self.post(&path(&["rooms", room, "invite"]), &json!({ "user_id": user })).await.map(drop)
    }

    /// Removes somebody, by user id.
    pub async fn kick(&self, room: &str, user: &str) -> Result<(), Error> {
        self.post(&path(&["rooms", room, "kick"]), &json!({ "user_id": user })).await.map(drop)
    }

    /// Sends an event of any type: its id.
    pub async fn send(&self, room: &str, kind: &str, content: Value) -> Result<String, Error> {
        let path = path(&["rooms", room, "send", kind, &transaction()]);
        text(&self.put(&path, &content).await?, "event_id", &path)
    }

    /// Says something, as a person types it: an `m.text` without markup.
    pub async fn say(&self, room: &str, said: &str) -> Result<String, Error> {
        self.send(room, "m.room.message", json!({ "msgtype": "m.text", "body": said })).await
    }

    /// Lets an application service that `server` knows by this token say something for them, at a time of its choice, in
    /// milliseconds since 1970: the event's id.
    pub async fn as_service(
        &self,
        server: &Homeserver,
        token: &str,
        room: &str,
        content: &Value,
        at: i64,
    ) -> Result<String, Error> {
        let path = path(&["rooms", room, "send", "m.room.message", &transaction()]);
        let asked = format!("{path}?user_id={}&ts={at}", encoded(&self.user_id));
        text(&server.request(Method::PUT, &asked, Some(token), Some(content)).await?, "event_id", &path)
    }

    /// Replaces the text of a message of one's own: the id of the edit.
    pub async fn edit(&self, room: &str, event: &str, said: &str) -> Result<String, Error> {
        let content = json!({
            "msgtype": "m.text",
            "body": format!("* {said}"),
            "m.new_content": { "msgtype": "m.text", "body": said },
            "m.relates_to": { "rel_type": "m.replace", "event_id": event },
        });
        self.send(room, "m.room.message", content).await
    }

    /// Reacts to a message: the id of the reaction.
    pub async fn react(&self, room: &str, event: &str, emoji: &str) -> Result<String, Error> {
        let relation = json!({ "rel_type": "m.annotation", "event_id": event, "key": emoji });
        self.send(room, "m.reaction", json!({ "m.relates_to": relation })).await
    }

    /// Removes what an event says: the id of the redaction.
    pub async fn redact(&self, room: &str, event: &str) -> Result<String, Error> {
        let path = path(&["rooms", room, "redact", event, &transaction()]);
        text(&self.put(&path, &json!({})).await?, "event_id", &path)
    }

    /// The content of one piece of state.
    pub async fn state(&self, room: &str, kind: &str, key: &str) -> Result<Value, Error> {
        self.get(&path(&["rooms", room, "state", kind, key])).await
    }

    /// Sets one piece of state: the id of its event.
    pub async fn put_state(&self, room: &str, kind: &str, key: &str, content: &Value) -> Result<String, Error> {
        let path = path(&["rooms", room, "state", kind, key]);
        text(&self.put(&path, content).await?, "event_id", &path)
    }

    /// All state of a room.
    pub async fn all_state(&self, room: &str) -> Result<Vec<Event>, Error> {
        self.get(&path(&["rooms", room, "state"])).await.map(|all| events(&all))
    }

    /// All events of a room that this person may see, state included, oldest first.
    pub async fn messages(&self, room: &str) -> Result<Vec<Event>, Error> {
        let path = path(&["rooms", room, "messages"]);
        let mut all = Vec::new();
        let mut from = String::new();
        loop {
            let page = self.get(&format!("{path}?dir=f&limit=1000{from}")).await?;
            let chunk = events(&page["chunk"]);
            let last = chunk.is_empty();
            all.extend(chunk);
            match page["end"].as_str() {
                Some(end) if !last => from = format!("&from={}", encoded(end)),
                _ => return Ok(all),
            }
        }
    }

    /// Who has to do with a room: user id and membership, which is `join`, `invite`, `leave`, `knock` or `ban`.
    pub async fn members(&self, room: &str) -> Result<BTreeMap<String, String>, Error> {
        let members = events(&self.get(&path(&["rooms", room, "members"])).await?["chunk"]);
        let membership = |it: &Event| it.content()["membership"].as_str().unwrap_or_default().to_owned();
        Ok(members.iter().map(|it| (it.state_key().unwrap_or_default().to_owned(), membership(it))).collect())
    }

    /// The rooms that they are in, in the order of their ids.
    pub async fn joined_rooms(&self) -> Result<Vec<String>, Error> {
        let rooms = self.get(&path(&["joined_rooms"])).await?;
        let rooms = rooms["joined_rooms"].as_array().into_iter().flatten();
        let mut rooms: Vec<String> = rooms.filter_map(Value::as_str).map(str::to_owned).collect();
        rooms.sort();
        Ok(rooms)
    }

    /// Who may do what in a room: the content of `m.room.power_levels`.
    pub async fn power_levels(&self, room: &str) -> Result<Value, Error> {
        self.state(room, "m.room.power_levels", "").await
    }

    /// Gives somebody a power level. From room version 12 on a creator has one above all, and must not be named here.
    pub async fn set_power(&self, room: &str, user: &str, level: i64) -> Result<(), Error> {
        let mut levels = self.power_levels(room).await?;
        levels["users"][user] = json!(level);
        self.put_state(room, "m.room.power_levels", "", &levels).await.map(drop)
    }

    /// Points an alias at a room.
    pub async fn point(&self, alias: &str, room: &str) -> Result<(), Error> {
        self.put(&path(&["directory", "room", alias]), &json!({ "room_id": room })).await.map(drop)
    }

    /// Takes an alias away from the room that it points at.
    pub async fn unpoint(&self, alias: &str) -> Result<(), Error> {
        let path = path(&["directory", "room", alias]);
        self.server.request(Method::DELETE, &path, Some(&self.token), None).await.map(drop)
    }

    /// Takes another display name. Rooms show it a moment later, when the server has told them; [`Account::name`]
    /// stays.
    pub async fn set_display_name(&self, name: &str) -> Result<(), Error> {
        let path = path(&["profile", &self.user_id, "displayname"]);
        self.put(&path, &json!({ "displayname": name })).await.map(drop)
    }

    /// Sets how fast somebody may send, as an administrator: `burst` at once, then so many a second. 0 and 0 is no
    /// limit at all. Works on a shared server too, since nobody else meets it.
    pub async fn limit_messages(&self, user: &str, per_second: u32, burst: u32) -> Result<(), Error> {
        let path = format!("/_synapse/admin/v1/users/{}/override_ratelimit", encoded(user));
        self.post(&path, &json!({ "messages_per_second": per_second, "burst_count": burst })).await.map(drop)
    }
}

impl Debug for Account {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

fn events(list: &Value) -> Vec<Event> {
    list.as_array().into_iter().flatten().cloned().map(Event).collect()
}

fn transaction() -> String {
    format!("herald-{}", TRANSACTION.fetch_add(1, Ordering::Relaxed))
}
