//! What comes of a command: that it was taken, and what Herald says to it.

use std::time::Duration;

use herald_chat::{Arrival, Inbound, MessageRef, Post, SendError, SendKey, Tone, What};
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tracing::{info, warn};

use super::open::{Open, Taken};
use super::{Door, EPHEMERAL};
use crate::Inner;
use crate::failure::later;
use crate::format::{Part, fence};
use crate::names::{interaction_of, message_ref, snowflake};
use crate::rest::{Failure, Request};

/// How long Discord waits to be told.
const DEADLINE: SignedDuration = SignedDuration::from_millis(2900);
/// How long to wait before it is told again.
const AGAIN: Duration = Duration::from_millis(200);
/// How long an answer waits until Discord has been told.
const UNTOLD: SignedDuration = SignedDuration::from_secs(5);
/// The flags that a message may be changed to.
const CHANGEABLE: u64 = 4;
/// How much of what was typed is given back in one message, and what stands above it.
const COPY: usize = 1800;
const COPY_HEADING: &str = "What you typed, to copy:\n";

impl Inner {
    /// A command is durable: whoever gave it is told so.
    pub(crate) async fn acknowledge(&self, command: &MessageRef, answer: Option<Tone>) {
        let Some(open) = self.opened(command) else { return };
        let (body, then) = match answer {
            None => {
                let data = json!({ "content": "Done.", "flags": EPHEMERAL, "allowed_mentions": { "parse": [] } });
                (json!({ "type": 4, "data": data }), Taken::Over)
            }
            Some(Tone::Answer) => {
                (json!({ "type": 5, "data": { "flags": EPHEMERAL } }), Taken::Waits { ephemeral: true })
            }
            Some(Tone::Update | Tone::Call | Tone::Notice) => (json!({ "type": 5 }), Taken::Waits { ephemeral: false }),
        };
        let taken = self.tell_taken(&open, &body).await;
        open.taken().send_replace(if taken { then } else { Taken::Over });
    }

    /// Whether Discord has told whoever gave a command that nobody answers, before its turn came: while what was said
    /// before is read back, say. They give it again, so it is not done.
    pub(crate) fn is_given_up(&self, arrival: &Arrival) -> bool {
        let Arrival::Event(Inbound { room, id, what: What::Command { .. }, .. }) = arrival else { return false };
        let Some((number, _)) = interaction_of(id) else { return false };
        let now = self.clock.now();
        let Some(open) = self.open.get(number, now) else { return true };
        let waited = now.duration_since(open.came());
        if waited < DEADLINE {
            return false;
        }
        warn!(%room, after_ms = waited.as_millis(), "a command waited for longer than Discord does, and is not done");
        open.taken().send_replace(Taken::Over);
        true
    }

    /// Whether Discord knows now.
    async fn tell_taken(&self, open: &Open, body: &Value) -> bool {
        let until = open.came().saturating_add(DEADLINE).unwrap_or(Timestamp::MAX);
        loop {
            let why = match self.rest.ask(callback(&open.door, body.clone())).await {
                Ok(_) => return true,
                // The answer to the first time was lost.
                Err(failure) if failure.is_code(40060) => return true,
                Err(failure @ Failure::Denied { .. }) => SendError::from(failure),
                Err(failure) if self.clock.now() < until => {
                    let _ = failure;
                    self.wait(AGAIN).await;
                    continue;
                }
                Err(failure) => SendError::from(failure),
            };
            let ms = self.clock.now().duration_since(open.came()).as_millis();
            warn!(%why, after_ms = ms, "a command was taken, and Discord could not be told so in time");
            return false;
        }
    }

    /// Answers the interaction that `post` replies to. `None` when that cannot be answered any more: it came before a
    /// restart, or more than 15 minutes ago, or Discord was told too late that it was taken.
    pub(crate) async fn answer(&self, post: &Post, key: &SendKey) -> Result<Option<MessageRef>, SendError> {
        let Some(open) = post.reply_to.as_ref().and_then(|command| self.opened(command)) else { return Ok(None) };
        let Some(ephemeral) = self.told_taken(&open).await else { return Ok(None) };
        let mut bodies: Vec<Value> = self.parts(post).iter().map(Part::bare).collect();
        bodies.extend(self.not_lost(post));
        let mut parts = bodies.into_iter();
        let Some(mut first) = parts.next() else { return Ok(None) };
        first["flags"] = json!(first["flags"].as_u64().unwrap_or(0) & CHANGEABLE);
        let path = format!("{}/messages/@original", self.webhook(&open.door));
        let made = match self.rest.ask(Request::patch(path, first)).await {
            Ok(made) => made,
            Err(failure) if is_gone(&failure) => {
                info!("an interaction could not be answered any more");
                open.taken().send_replace(Taken::Over);
                return Ok(None);
            }
            Err(failure) => return Err(failure.into()),
        };
        for (n, part) in parts.enumerate() {
            self.follow(&open, n, part, ephemeral, key).await?;
        }
        let id = made["id"].as_str().and_then(snowflake).ok_or_else(|| later("Discord named no message"))?;
        Ok(Some(message_ref(open.channel, id)))
    }

    /// Sends a further part of an answer, unless it was sent before.
    async fn follow(
        &self,
        open: &Open,
        n: usize,
        mut part: Value,
        ephemeral: bool,
        key: &SendKey,
    ) -> Result<(), SendError> {
        if n < open.followed() {
            return Ok(());
        }
        let request = if ephemeral {
            part["flags"] = json!(part["flags"].as_u64().unwrap_or(0) & CHANGEABLE | EPHEMERAL);
            Request::post(self.webhook(&open.door), part)
        } else {
            // In the channel, a message can be told by its nonce: sent twice, it stands there once.
            part["nonce"] = json!(SendKey::derive(key.as_str(), "part", n + 1));
            part["enforce_nonce"] = json!(true);
            Request::post(format!("/channels/{}/messages", open.channel), part)
        };
        self.rest.ask(request).await?;
        self.open.follow(open.door.id);
        Ok(())
    }

    /// What somebody typed in a form that `post` refuses, as messages to copy it from.
    pub(crate) fn not_lost(&self, post: &Post) -> Vec<Value> {
        let command = post.reply_to.as_ref().filter(|_| post.tone == Tone::Answer);
        command.and_then(|command| self.opened(command)).map(|open| to_copy(open.typed())).unwrap_or_default()
    }

    fn opened(&self, command: &MessageRef) -> Option<Open> {
        let (id, _) = interaction_of(&command.id)?;
        self.open.get(id, self.clock.now())
    }

    /// Waits until Discord has been told that a command was taken. Whether the answer is for one alone; `None` when
    /// there can be none.
    async fn told_taken(&self, open: &Open) -> Option<bool> {
        let mut taken = open.taken().subscribe();
        let patience = self.clock.until(self.clock.now().saturating_add(UNTOLD).unwrap_or(Timestamp::MAX));
        let known = tokio::select! {
            known = taken.wait_for(|taken| *taken != Taken::NotYet) => known.map_or(Taken::Over, |taken| *taken),
            () = patience => Taken::NotYet,
        };
        match known {
            Taken::Waits { ephemeral } => Some(ephemeral),
            Taken::NotYet | Taken::Over => None,
        }
    }

    fn webhook(&self, door: &Door) -> String {
        format!("/webhooks/{}/{}", self.application, door.token.expose_secret())
    }
}

/// Tells Discord something about an interaction for the first time.
pub(super) fn callback(door: &Door, body: Value) -> Request {
    Request::post(format!("/interactions/{}/{}/callback", door.id, door.token.expose_secret()), body)
}

/// Whether an interaction is not known any more, or its answer was removed.
fn is_gone(failure: &Failure) -> bool {
    failure.is_status(404) || failure.is_code(50027)
}

/// What was typed in a form, to copy it from.
fn to_copy(typed: &[String]) -> Vec<Value> {
    let blocks = typed.iter().flat_map(|text| fence::blocks(text, COPY)).enumerate();
    let copy = |(n, block): (usize, String)| {
        let content = if n == 0 { format!("{COPY_HEADING}{block}") } else { block };
        json!({ "content": content, "allowed_mentions": { "parse": [] } })
    };
    blocks.map(copy).collect()
}
