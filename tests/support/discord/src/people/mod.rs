//! People, who do by hand what a client lets them do.

mod asked;
mod files;
mod modal;
mod seen;
mod slash;

use std::collections::BTreeMap;
use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;

use crate::id::Id;
use crate::permissions::{self, READ_MESSAGE_HISTORY, VIEW_CHANNEL};
use crate::refused::Refused;
use crate::rest::{self, Call};
use crate::server::Server;
use crate::shape;
use crate::state::State;

pub use asked::{Asked, Reply};
pub use files::NewFile;
pub use modal::{Field, Modal};
pub use seen::{Button, Seen, transcript};

/// How long anybody waits for what should come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// What was waited for did not come.
#[derive(Debug, thiserror::Error)]
#[error("after {waited:?}, {reader} still had not seen it; they saw:\n{transcript}")]
pub struct NeverCame {
    /// How long.
    pub waited: Duration,
    /// Who waited.
    pub reader: String,
    /// What they saw in the end.
    pub transcript: String,
}

/// A person with an account. Clones are the same person.
///
/// What they do goes through the same rules as a bot's requests, and is refused in the same words. It happens at once,
/// past rate limits and faults.
#[derive(Clone)]
pub struct Person {
    server: Arc<Server>,
    id: Id,
    name: String,
    patience: Duration,
}

impl Person {
    pub(crate) const fn new(server: Arc<Server>, id: Id, name: String) -> Self {
        Self { server, id, name, patience: PATIENCE }
    }

    /// Their account.
    #[must_use]
    pub const fn id(&self) -> Id {
        self.id
    }

    /// As others see them.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `<@…>`.
    #[must_use]
    pub fn mention(&self) -> String {
        format!("<@{}>", self.id)
    }

    /// The same, but waiting this long for what should come; otherwise 90 s.
    #[must_use]
    pub fn patient(&self, patience: Duration) -> Self {
        Self { patience, ..self.clone() }
    }

    /// Any request, from the first slash after `/api/v10` on, for all that has no method here.
    pub fn call(&self, method: &str, path: &str, body: Value) -> Result<Value, Refused> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let pairs = query.split('&').filter_map(|it| it.split_once('='));
        let query: BTreeMap<String, String> = pairs.map(|(name, it)| (name.to_owned(), it.to_owned())).collect();
        let path = path.split('/').filter(|it| !it.is_empty()).map(str::to_owned).collect();
        let call = Call { method: method.to_owned(), path, query, body };
        self.server.shared.with(|state| rest::route(state, Some(self.id), &call)).map(|it| it.body)
    }

    /// Writes a message: its id.
    pub fn say(&self, channel: Id, text: &str) -> Result<Id, Refused> {
        self.post(channel, json!({ "content": text }))
    }

    /// Answers a message: the answer's id.
    pub fn reply(&self, channel: Id, to: Id, text: &str) -> Result<Id, Refused> {
        self.post(channel, json!({ "content": text, "message_reference": { "message_id": to } }))
    }

    /// Changes what they wrote.
    pub fn edit(&self, channel: Id, message: Id, text: &str) -> Result<(), Refused> {
        self.call("PATCH", &format!("/channels/{channel}/messages/{message}"), json!({ "content": text })).map(drop)
    }

    /// Deletes a message: theirs, or another's if they may.
    pub fn delete(&self, channel: Id, message: Id) -> Result<(), Refused> {
        self.call("DELETE", &format!("/channels/{channel}/messages/{message}"), Value::Null).map(drop)
    }

    /// Adds a reaction.
    pub fn react(&self, channel: Id, message: Id, emoji: &str) -> Result<(), Refused> {
        let path = format!("/channels/{channel}/messages/{message}/reactions/{emoji}/@me");
        self.call("PUT", &path, Value::Null).map(drop)
    }

    /// Takes their reaction back.
    pub fn unreact(&self, channel: Id, message: Id, emoji: &str) -> Result<(), Refused> {
        let path = format!("/channels/{channel}/messages/{message}/reactions/{emoji}/@me");
        self.call("DELETE", &path, Value::Null).map(drop)
    }

    /// Pins a message.
    pub fn pin(&self, channel: Id, message: Id) -> Result<(), Refused> {
        self.call("PUT", &format!("/channels/{channel}/messages/pins/{message}"), Value::Null).map(drop)
    }

    /// Takes a pin away.
    pub fn unpin(&self, channel: Id, message: Id) -> Result<(), Refused> {
        self.call("DELETE", &format!("/channels/{channel}/messages/pins/{message}"), Value::Null).map(drop)
    }

    /// Their conversation with somebody, which begins if there is none.
    pub fn dm(&self, with: Id) -> Result<Id, Refused> {
        let shown = self.call("POST", "/users/@me/channels", json!({ "recipient_id": with }))?;
        Ok(Id(crate::check::id(&shown["id"]).unwrap_or_default()))
    }

    /// Whether bots may write to them. They may until somebody says otherwise.
    pub fn take_dms(&self, open: bool) {
        self.server.shared.with(|state| {
            if let Some(user) = state.users.get_mut(&self.id) {
                user.dms_open = open;
            }
        });
    }

    /// Starts a thread on a message: its id.
    pub fn thread(&self, channel: Id, message: Id, name: &str) -> Result<Id, Refused> {
        let path = format!("/channels/{channel}/messages/{message}/threads");
        let shown = self.call("POST", &path, json!({ "name": name }))?;
        Ok(Id(crate::check::id(&shown["id"]).unwrap_or_default()))
    }

    /// Whether they see a channel.
    #[must_use]
    pub fn sees(&self, channel: Id) -> bool {
        self.rights(channel) & VIEW_CHANNEL != 0
    }

    /// What they may do in a channel, as bits of [`crate::permissions`].
    #[must_use]
    pub fn rights(&self, channel: Id) -> u64 {
        let rights =
            |state: &State| state.channels.get(&channel).map_or(0, |it| permissions::in_channel(state, it, self.id));
        self.server.shared.look(rights)
    }

    /// All messages of a channel as they see them, oldest first, with the ephemeral ones meant for them. `None` when
    /// they do not see the channel.
    #[must_use]
    pub fn reads(&self, channel: Id) -> Option<Vec<Seen>> {
        self.server.shared.look(|state| self.looks_at(state, channel))
    }

    /// A message as the API gives it to them. `None` when they do not see it.
    #[must_use]
    pub fn shown(&self, channel: Id, message: Id) -> Option<Value> {
        self.server.shared.look(|state| {
            let it = state.message(channel, message).ok()?;
            let rights = permissions::in_channel(state, state.channels.get(&channel)?, self.id);
            let sees = rights & VIEW_CHANNEL != 0 && it.only_for.is_none_or(|only| only == self.id);
            sees.then(|| shape::message(state, it, self.id))
        })
    }

    /// What only they see in a channel.
    #[must_use]
    pub fn whispers(&self, channel: Id) -> Vec<Seen> {
        self.reads(channel).into_iter().flatten().filter(|it| it.ephemeral).collect()
    }

    /// What is pinned in a channel, in the order in which it was said.
    #[must_use]
    pub fn pins(&self, channel: Id) -> Vec<Seen> {
        self.reads(channel).into_iter().flatten().filter(|it| it.pinned).collect()
    }

    /// Waits until `look` finds something in all that they see of a channel, oldest first, and returns it.
    ///
    /// # Errors
    /// [`NeverCame`], with what was to be seen in the end, after [`Person::patient`]'s time.
    pub async fn wait_for<T>(&self, channel: Id, mut look: impl FnMut(&[Seen]) -> Option<T>) -> Result<T, NeverCame> {
        let search = self.server.shared.until(|state| look(&self.looks_at(state, channel).unwrap_or_default()));
        timeout(self.patience, search).await.map_err(|_| NeverCame {
            waited: self.patience,
            reader: self.name.clone(),
            transcript: transcript(&self.reads(channel).unwrap_or_default()),
        })
    }

    fn looks_at(&self, state: &State, channel: Id) -> Option<Vec<Seen>> {
        let here = state.channels.get(&channel)?;
        let rights = permissions::in_channel(state, here, self.id);
        if rights & VIEW_CHANNEL == 0 {
            return None;
        }
        let mine = |it: &&crate::state::Message| match it.only_for {
            Some(user) => user == self.id,
            None => rights & READ_MESSAGE_HISTORY != 0,
        };
        Some(here.messages.values().filter(mine).map(|it| Seen::from(state, it)).collect())
    }

    fn post(&self, channel: Id, body: Value) -> Result<Id, Refused> {
        let shown = self.call("POST", &format!("/channels/{channel}/messages"), body)?;
        Ok(Id(crate::check::id(&shown["id"]).unwrap_or_default()))
    }
}

impl Debug for Person {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}

/// What a client does not let its user do, before any server is asked: status and code are 0.
pub(super) fn cannot(why: impl Into<String>) -> Refused {
    Refused::new(0, 0, why)
}
