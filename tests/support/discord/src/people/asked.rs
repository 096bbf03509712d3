//! What a person asked of an application, and what came back.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::Value;
use tokio::time::timeout;

use super::{Modal, NeverCame, Person, Seen, transcript};
use crate::id::Id;
use crate::refused::Refused;
use crate::rest;
use crate::state::{Interaction, Stage, State, flag};

/// The first answer to an interaction.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// A message, or the news that one will come: then it is `thinking`.
    Message(Box<Seen>),
    /// The message with the button was or will be changed: how it looks now.
    Update(Box<Seen>),
    /// A form to fill in.
    Modal(Modal),
    /// Suggestions, as names and values.
    Choices(Vec<(String, Value)>),
    /// "The application did not respond": nothing within 3 seconds of the server's clock.
    Silence,
}

/// An interaction that a person began.
#[derive(Debug, Clone)]
pub struct Asked {
    pub(super) person: Person,
    pub(super) id: Id,
}

impl Asked {
    /// The interaction.
    #[must_use]
    pub const fn id(&self) -> Id {
        self.id
    }

    /// Waits for the first answer: at most 3 seconds by the server's clock.
    pub async fn reply(&self) -> Reply {
        let shared = &self.person.server.shared;
        loop {
            let left = shared.look(|state| {
                let by = state.interactions.get(&self.id).map(Interaction::answer_by);
                let left = by.map(|it| it.duration_since(state.now())).unwrap_or_default();
                Duration::try_from(left).unwrap_or_default()
            });
            // A little more, since being late begins after the last moment.
            let settled = shared.until(|state| self.settled(state));
            if let Ok(reply) = timeout(left + Duration::from_millis(5), settled).await {
                return reply;
            }
        }
    }

    /// Waits for the message that answers: the whole one, also when it was deferred first.
    ///
    /// # Errors
    /// [`NeverCame`], with what they see of the channel, after the person's patience.
    pub async fn message(&self) -> Result<Seen, NeverCame> {
        let shared = &self.person.server.shared;
        let whole = shared.until(|state| {
            let it = state.interactions.get(&self.id)?;
            let message = state.message(it.channel, it.original?).ok()?;
            (message.flags & flag::LOADING == 0).then(|| Seen::from(state, message))
        });
        timeout(self.person.patience, whole).await.map_err(|_| self.never_came())
    }

    /// Waits for the form that answers.
    ///
    /// # Errors
    /// [`NeverCame`] when the answer was no form, or none.
    pub async fn modal(&self) -> Result<Modal, NeverCame> {
        match self.reply().await {
            Reply::Modal(modal) => Ok(modal),
            Reply::Message(_) | Reply::Update(_) | Reply::Choices(_) | Reply::Silence => Err(self.never_came()),
        }
    }

    /// The further messages that came after the first answer.
    #[must_use]
    pub fn followups(&self) -> Vec<Seen> {
        self.person.server.shared.look(|state| {
            let Some(it) = state.interactions.get(&self.id) else { return Vec::new() };
            let all = it.followups.iter().filter_map(|id| state.message(it.channel, *id).ok());
            all.map(|it| Seen::from(state, it)).collect()
        })
    }

    /// When the application was told, and when its first answer was accepted, by the machine's clock.
    #[must_use]
    pub fn times(&self) -> Option<(Instant, Instant)> {
        self.person.server.shared.look(|state| {
            let it = state.interactions.get(&self.id)?;
            Some((it.dispatched_at, it.answered_at?))
        })
    }

    fn settled(&self, state: &State) -> Option<Reply> {
        let it = state.interactions.get(&self.id)?;
        let shown = || {
            let message = state.message(it.channel, it.original?).ok()?;
            Some(Box::new(Seen::from(state, message)))
        };
        match &it.stage {
            Stage::Open => it.late(state.now()).then_some(Reply::Silence),
            Stage::Message => Some(shown().map_or(Reply::Silence, Reply::Message)),
            Stage::Update => Some(shown().map_or(Reply::Silence, Reply::Update)),
            Stage::Modal(data) => Some(Reply::Modal(Modal::new(self.id, data))),
            Stage::Choices(all) => {
                let choice = |it: &Value| (it["name"].as_str().unwrap_or_default().to_owned(), it["value"].clone());
                Some(Reply::Choices(all.iter().map(choice).collect()))
            }
        }
    }

    fn never_came(&self) -> NeverCame {
        let channel = self.person.server.shared.look(|state| state.interactions.get(&self.id).map(|it| it.channel));
        let seen = channel.and_then(|it| self.person.reads(it)).unwrap_or_default();
        NeverCame { waited: self.person.patience, reader: self.person.name.clone(), transcript: transcript(&seen) }
    }
}

/// What an interaction begins with.
pub(super) struct Beginning {
    pub(super) app: Id,
    pub(super) kind: u8,
    pub(super) channel: Id,
    pub(super) data: Value,
    pub(super) message: Option<Id>,
    pub(super) trigger: Option<Value>,
}

/// Begins an interaction.
pub(super) fn begin(state: &mut State, person: &Person, beginning: Beginning) -> Result<Asked, Refused> {
    let Beginning { app, kind, channel, data, message, trigger } = beginning;
    let id = state.id();
    let guild = state.channel(channel)?.guild;
    let created: Timestamp = state.now();
    let token = format!("aW50ZXJhY3Rpb246{:x}{id}", id.0.wrapping_mul(0xd134_2543_de82_ef95));
    let interaction = Interaction {
        id,
        token,
        app,
        kind,
        user: person.id,
        channel,
        guild,
        data,
        message,
        trigger,
        created,
        dispatched_at: crate::clock::instant(),
        answered_at: None,
        stage: Stage::Open,
        original: None,
        followups: Vec::new(),
    };
    rest::start_interaction(state, interaction);
    Ok(Asked { person: person.clone(), id })
}
