//! Waiting for what should come, on the server's own word: a long poll, never a pause.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use tokio::time::timeout;

use super::{Account, TRANSACTION};
use crate::error::Error;
use crate::event::{Event, transcript};
use crate::homeserver::{encoded, path, text};

/// How long one poll may stay open, in ms.
const POLL: u64 = 10_000;

/// An invitation to a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// The room.
    pub room: String,
    /// Who sent it, by user id.
    pub by: String,
    /// Whether it is meant as a conversation of two.
    pub direct: bool,
}

impl Account {
    /// Waits until `look` finds something in all events of a room, oldest first, and returns it.
    ///
    /// # Errors
    /// [`Error::NeverCame`], with the room as it was in the end, after [`Account::patient`]'s time.
    pub async fn wait_for<T>(&self, room: &str, mut look: impl FnMut(&[Event]) -> Option<T>) -> Result<T, Error> {
        let only = json!({
            "presence": { "types": [] },
            "account_data": { "types": [] },
            "room": { "rooms": [room], "timeline": { "limit": 1 }, "state": { "lazy_load_members": true } },
        });
        let mut seen = Vec::new();
        let search = async {
            let mut since = None;
            loop {
                // The position is taken before the room is read, so nothing falls between.
                let (next, _) = self.poll(&only, since.as_deref()).await?;
                since = Some(next);
                seen = self.messages(room).await?;
                if let Some(found) = look(&seen) {
                    return Ok(found);
                }
            }
        };
        match timeout(self.patience, search).await {
            Ok(found) => found,
            Err(_) => Err(self.never_came(transcript(&seen))),
        }
    }

    /// Waits until somebody, by user id, is in a room that this person is in.
    ///
    /// # Errors
    /// As [`Account::wait_for`].
    pub async fn wait_for_join(&self, room: &str, user: &str) -> Result<(), Error> {
        let joined = |event: &Event| event.state_key() == Some(user) && event.content()["membership"] == "join";
        self.wait_for(room, |events| events.iter().any(joined).then_some(())).await
    }

    /// Waits for a message that contains `words`.
    ///
    /// # Errors
    /// As [`Account::wait_for`].
    pub async fn hears(&self, room: &str, words: &str) -> Result<Event, Error> {
        let says = |event: &&Event| event.kind() == "m.room.message" && event.body().contains(words);
        self.wait_for(room, |events| events.iter().find(says).cloned()).await
    }

    /// Begins a conversation of two with somebody, by user id, who takes the invitation up of themselves: the room.
    ///
    /// # Errors
    /// As [`Account::wait_for`].
    pub async fn begin_talk(&self, with: &str) -> Result<String, Error> {
        let talk = json!({ "is_direct": true, "invite": [with], "preset": "trusted_private_chat" });
        let talk = self.create_room(talk).await?;
        self.wait_for_join(&talk, with).await?;
        Ok(talk)
    }

    /// The invitations that they have not answered.
    pub async fn invites(&self) -> Result<Vec<Invite>, Error> {
        self.poll(&invites_only(), None).await.map(|(_, sync)| invites(&sync, &self.user_id))
    }

    /// Waits for an invitation that `fits`.
    ///
    /// # Errors
    /// As [`Account::wait_for`], with the invitations that did come.
    pub async fn wait_for_invite(&self, fits: impl Fn(&Invite) -> bool) -> Result<Invite, Error> {
        let only = invites_only();
        let mut seen = Vec::new();
        let search = async {
            let mut since = None;
            loop {
                let (next, sync) = self.poll(&only, since.as_deref()).await?;
                since = Some(next);
                let came = invites(&sync, &self.user_id);
                if let Some(found) = came.iter().find(|it| fits(it)) {
                    return Ok(found.clone());
                }
                seen.extend(came);
            }
        };
        match timeout(self.patience, search).await {
            Ok(found) => found,
            Err(_) => Err(self.never_came(format!("{seen:#?}"))),
        }
    }

    /// One `/sync`: the next position, and all of the answer. Without a position it returns at once.
    async fn poll(&self, filter: &Value, since: Option<&str>) -> Result<(String, Value), Error> {
        let path = path(&["sync"]);
        // Synapse answers the same question with the same answer for two minutes; without a position the time says
        // nothing to it, so it makes every question another.
        let other = POLL + TRANSACTION.fetch_add(1, Ordering::Relaxed);
        let position =
            since.map_or_else(|| format!("&timeout={other}"), |it| format!("&timeout={POLL}&since={}", encoded(it)));
        let sync = self.get(&format!("{path}?filter={}{position}", encoded(&filter.to_string()))).await?;
        Ok((text(&sync, "next_batch", &path)?, sync))
    }

    fn never_came(&self, transcript: String) -> Error {
        Error::NeverCame { waited: self.patience, reader: self.user_id.clone(), transcript }
    }
}

fn invites_only() -> Value {
    json!({
        "presence": { "types": [] },
        "account_data": { "types": [] },
        "room": { "timeline": { "limit": 0 }, "state": { "types": [] }, "ephemeral": { "types": [] } },
    })
}

fn invites(sync: &Value, user: &str) -> Vec<Invite> {
    let mut found = Vec::new();
    for (room, invite) in sync["rooms"]["invite"].as_object().into_iter().flatten() {
        let events = invite["invite_state"]["events"].as_array().into_iter().flatten();
        for event in events.filter(|it| it["type"] == "m.room.member" && it["state_key"] == user) {
            let by = event["sender"].as_str().unwrap_or_default().to_owned();
            let direct = event["content"]["is_direct"] == true;
            found.push(Invite { room: room.clone(), by, direct });
        }
    }
    found
}
